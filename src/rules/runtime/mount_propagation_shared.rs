use super::pulled;
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    for mount in &spec.mounts {
        let Some(mode) = mount.propagation.as_ref().filter(|mode| mode.is("shared") || mode.is("rshared"))
        else {
            continue;
        };
        let message = format!(
            "what {} mounts below this folder appears on the host; remove `{}`, or use `rslave`",
            pulled::name(spec),
            mode.value().unwrap_or_default()
        );
        pulled::on(cx, spec, out, mode.at, message);
    }
}
