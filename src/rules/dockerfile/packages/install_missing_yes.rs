use super::apt;
use crate::dockerfile::{Dockerfile, Instruction};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::shell::{Action, Manager, PackageCall};
use crate::text::Edit;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    // yum.conf and dnf.conf can say so for good; how far that reaches is not known here.
    if apt::is_configured(file, "assumeyes") {
        return;
    }
    for script in file.runs().flat_map(Instruction::scripts) {
        for call in script.facts().packages.iter().filter(|call| asks(call)) {
            let Some((name, span)) = &call.subcommand else { continue };
            let manager = file.source.slice(call.program);
            let is_pacman = call.manager == Manager::Pacman;
            let flag = if is_pacman { "--noconfirm" } else { "-y" };
            let what = if is_pacman { manager.to_owned() } else { format!("{manager} {name}") };
            out.at(
                file.source,
                call.program.cover(*span),
                format!("`{what}` asks for confirmation, and a build cannot answer; add `{flag}`"),
            )
            .fix(
                Safety::Safe,
                format!("add `{flag}`"),
                vec![Edit::insert(span.end as usize, format!(" {flag}"))],
            );
        }
    }
}

/// apt has a rule of its own; apk never asks, and conda takes the end of its input for a yes.
fn asks(call: &PackageCall) -> bool {
    let manager = call.manager.is_dnf() || matches!(call.manager, Manager::Zypper | Manager::Pacman);
    let changes = call.action.installs()
        || matches!(call.action, Action::Upgrade | Action::DistUpgrade | Action::Remove | Action::Autoremove);
    let removes = call.manager == Manager::Pip && call.action == Action::Remove;
    (manager && changes || removes) && !call.assume_yes && !apt::may_have_hidden_flags(call)
}
