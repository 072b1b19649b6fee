use super::pulled;
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    // The image's check is one of the program that it starts by itself.
    let is_other = spec.command.is_some() || spec.entrypoint.is_some();
    let check = spec.healthcheck.as_ref().filter(|check| check.disabled && !is_other);
    let Some(check) = check else { return };
    let message = format!(
        "the health check of {} is switched off, so Docker does not notice when it hangs; replace it with one that fits",
        pulled::name(spec)
    );
    pulled::on(cx, spec, out, check.at, message);
}
