use super::{hardening, known_images, pulled, security_options, settings};
use crate::container::ContainerSpec;
use crate::finding::{Findings, Safety};
use crate::rule::Context;

const OPTION: &str = "no-new-privileges:true";

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    // A privileged container has nothing left to gain, and Swarm knows no `security_opt`.
    let pointless =
        spec.privileged.is_some_and(|privileged| !privileged.is_false()) || settings::is_swarm(cx, spec);
    if hardening::is_beside_the_point(cx, spec) || pointless || known_images::runs_windows(cx, spec) {
        return;
    }
    if settings::engine(cx, spec).is_some_and(|engine| engine.no_new_privileges.is_some()) {
        return;
    }
    // What is written about it, on or off, is another rule's; what is unknown may be it.
    let mentioned =
        security_options::known(spec).any(|opt| opt.name.eq_ignore_ascii_case("no-new-privileges"));
    if mentioned || spec.security_opt.iter().any(crate::container::Text::is_unknown) {
        return;
    }
    let message = format!(
        "programs in {} can gain privileges; {}",
        pulled::name(spec),
        spec.surface.no_new_privileges()
    );
    let finding = pulled::on(cx, spec, out, spec.at, message);
    let edit = match (spec.security_opt.last(), spec.insertion) {
        (Some(last), _) if pulled::is_own(last.at) && last.at.file == spec.at.file => {
            pulled::item_below(cx, last.at, OPTION)
        }
        (None, Some(insertion)) if spec.key("security_opt").is_none() && insertion.file == spec.at.file => {
            let lines = format!("security_opt:\n  - {OPTION}");
            Some(insertion.edit(cx.project.source(spec.at), &lines))
        }
        _ => None,
    };
    if let Some(edit) = edit {
        finding.fix(Safety::Unsafe, format!("add `{OPTION}`"), vec![edit]);
    }
}
