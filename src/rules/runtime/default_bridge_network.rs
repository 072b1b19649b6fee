use super::pulled;
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(mode) = spec.network_mode.as_ref().filter(|mode| mode.is("bridge")) else { return };
    let message = format!(
        "{} uses Docker's default bridge network{}, which unrelated containers share; remove {}, or name a network",
        pulled::name(spec),
        pulled::by_default(mode.from_default()),
        pulled::word(spec, "network_mode")
    );
    pulled::on(cx, spec, out, mode.at, message);
}
