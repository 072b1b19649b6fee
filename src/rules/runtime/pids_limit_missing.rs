use super::{known_images, pulled, settings};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let is_limitable = spec.surface.limits_processes() && !known_images::runs_windows(cx, spec);
    if !spec.is_complete() || !settings::is_service(spec) || !is_limitable {
        return;
    }
    let by_user = spec.ulimits.iter().any(|limit| limit.name.is("nproc"));
    let unlimited = spec.limits.pids.is_none_or(|limit| limit.value.is_some_and(|limit| limit <= 0));
    if unlimited && !by_user {
        let message = format!(
            "{} may start any number of processes and so stop the host; set {}",
            pulled::name(spec),
            pulled::word(spec, "pids_limit")
        );
        pulled::on(cx, spec, out, spec.at, message);
    }
}
