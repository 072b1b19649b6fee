use super::apt;
use crate::dockerfile::{Dockerfile, Instruction};
use crate::finding::{Findings, Safety};
use crate::rule::{Context, Severity};
use crate::shell::{Action, PackageCall};
use crate::text::Edit;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    if apt::is_configured(file, "apt::get::assume-yes") {
        return;
    }
    for script in file.runs().filter(|run| !apt::base_assumes_yes(file, run)).flat_map(Instruction::scripts) {
        for call in script.facts().packages.iter().filter(|call| asks(call)) {
            let Some((name, span)) = &call.subcommand else { continue };
            let manager = file.source.slice(call.program);
            let condition = condition(call);
            let finding = out.at(
                file.source,
                call.program.cover(*span),
                format!(
                    "`{manager} {name}` asks for confirmation{condition}, and a build cannot answer; add `-y`"
                ),
            );
            finding.fix(Safety::Safe, "add `-y`", vec![Edit::insert(span.end as usize, " -y")]);
            if !condition.is_empty() {
                finding.severity(Severity::Warning);
            }
        }
    }
}

/// The condition under which apt asks; empty if it always does.
fn condition(call: &PackageCall) -> &'static str {
    match call.action {
        Action::Autoremove => " if there is something to remove",
        Action::BuildDep => "",
        action if action.installs() && call.packages.is_empty() && !call.from_input => {
            " if something is missing"
        }
        action if action.installs() => " if other packages are needed as well",
        _ => "",
    }
}

fn asks(call: &PackageCall) -> bool {
    let changes = call.action.installs()
        || matches!(call.action, Action::Upgrade | Action::DistUpgrade | Action::Remove | Action::Autoremove);
    apt::is_apt(call) && changes && !call.assume_yes && !apt::may_have_hidden_flags(call)
}
