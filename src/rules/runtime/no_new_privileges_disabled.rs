use super::{pulled, security_options, settings};
use crate::container::{ContainerSpec, Setting, Surface, Text};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::text::Edit;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    if starts_with_capabilities(spec) {
        return;
    }
    for opt in security_options::known(spec).filter(|opt| opt.no_new_privileges() == Some(false)) {
        // Of Kubernetes, `false` is the safe value, and what a privileged container may not have.
        let (advice, safe) = match spec.surface {
            Surface::Kubernetes if spec.privileged.as_ref().is_some_and(Setting::is_true) => return,
            Surface::Kubernetes => ("write `false`", "false"),
            _ => ("write `true`, or remove the option", "true"),
        };
        let message = format!("{} lets programs gain privileges; {advice}", pulled::name(spec));
        let finding = pulled::on(cx, spec, out, opt.text.at, message);
        let value = opt.value.and_then(|value| opt.text.raw.rfind(value).map(|at| at..at + value.len()));
        if let (Some(range), true) = (value, pulled::is_own(opt.text.at) && opt.text.skip.is_some()) {
            let edit = Edit::replace(opt.text.part(range), safe);
            finding.fix(Safety::Unsafe, format!("write `{safe}`"), vec![edit]);
        }
    }
}

/// A capability is added for somebody else than root, who gets it only from the program's file: with the option, the
/// program would not start.
fn starts_with_capabilities(spec: &ContainerSpec) -> bool {
    let user = spec.user.as_ref().and_then(Text::value);
    !spec.cap_add.is_empty() && user.is_some_and(|user| !settings::is_root(user))
}
