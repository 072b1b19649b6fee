use super::{hardening, pulled, settings};
use crate::container::{ContainerSpec, Surface};
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    if hardening::is_beside_the_point(cx, spec) || !settings::is_unlimited(spec.limits.memory) {
        return;
    }
    let at = spec.limits.memory.map_or(spec.at, |limit| limit.at);
    let how = if spec.surface != Surface::ComposeService {
        pulled::word(spec, "mem_limit")
    } else if cx.project.around.swarm {
        "`deploy.resources.limits.memory`".to_owned()
    } else {
        "`mem_limit` or a limit in `deploy`".to_owned()
    };
    let message =
        format!("{} has no memory limit and can use all of the host's memory; set {how}", pulled::name(spec));
    pulled::on(cx, spec, out, at, message);
}
