use super::{pulled, settings};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    if !spec.is_complete() || settings::is_ephemeral(spec) || !settings::is_unlimited(spec.limits.cpus) {
        return;
    }
    let at = spec.limits.cpus.map_or(spec.at, |limit| limit.at);
    let message = format!(
        "{} has no CPU limit and can slow down the whole host; set `cpus` or a limit in `deploy`",
        pulled::name(spec)
    );
    pulled::on(cx, spec, out, at, message);
}
