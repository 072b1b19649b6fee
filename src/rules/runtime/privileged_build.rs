use super::pulled;
use crate::container::{ContainerSpec, Setting};
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(build) = &spec.build else { return };
    let privileged = build.privileged.filter(Setting::is_true).map(|privileged| privileged.at);
    let insecure = build.entitlements.iter().filter(|entitlement| entitlement.is("security.insecure"));
    for at in privileged.into_iter().chain(insecure.map(|entitlement| entitlement.at)) {
        let message = format!(
            "the build of {} may run commands with full control of the machine that builds; remove it",
            pulled::name(spec)
        );
        pulled::on(cx, spec, out, at, message);
    }
}
