use super::pulled;
use crate::container::{ContainerSpec, Setting};
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    // Nothing is added to what the container may do anyway.
    if spec.privileged.is_some_and(|privileged| privileged.is_true()) {
        return;
    }
    for hook in &spec.hooks {
        let Some(privileged) = hook.privileged.filter(Setting::is_true) else { continue };
        let message = format!(
            "the command in `{}` of {} is privileged{} and has full control of the host; remove `privileged`",
            hook.when,
            pulled::name(spec),
            pulled::by_default(privileged.from_default)
        );
        pulled::on(cx, spec, out, privileged.at, message);
    }
}
