use super::pulled;
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(mode) = spec.userns_mode.as_ref().filter(|mode| mode.is("host")) else { return };
    let message = format!(
        "root in {} is root on the host even if the engine maps users; remove {}",
        pulled::name(spec),
        pulled::word(spec, "userns_mode")
    );
    pulled::on(cx, spec, out, mode.at, message);
}
