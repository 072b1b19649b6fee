use super::{pulled, settings};
use crate::container::{ContainerSpec, Surface};
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    if !spec.is_complete() || !settings::is_service(spec) || !settings::is_unlimited(spec.limits.cpus) {
        return;
    }
    let at = spec.limits.cpus.map_or(spec.at, |limit| limit.at);
    let in_deploy = if spec.surface == Surface::ComposeService { " or a limit in `deploy`" } else { "" };
    let message = format!(
        "{} has no CPU limit and can slow down the whole host; set {}{in_deploy}",
        pulled::name(spec),
        pulled::word(spec, "cpus")
    );
    pulled::on(cx, spec, out, at, message);
}
