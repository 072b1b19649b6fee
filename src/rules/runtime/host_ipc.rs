use super::pulled;
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(ipc) = spec.ipc.as_ref().filter(|ipc| ipc.is("host")) else { return };
    let message = format!(
        "{} reads and changes{} the shared memory of the host's processes; set {} if it needs more shared memory",
        pulled::name(spec),
        pulled::by_default(ipc.from_default()),
        pulled::word(spec, "shm_size")
    );
    pulled::on(cx, spec, out, ipc.at, message);
}
