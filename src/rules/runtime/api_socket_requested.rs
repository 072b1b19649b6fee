use super::pulled;
use crate::container::{ContainerSpec, Setting};
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(wants) = spec.use_api_socket.filter(Setting::is_true) else { return };
    let message = format!(
        "{} gets the container engine's socket and your registry credentials, so it is root on the host; remove \
         {}",
        pulled::name(spec),
        pulled::word(spec, "use_api_socket")
    );
    pulled::on(cx, spec, out, wants.at, message);
}
