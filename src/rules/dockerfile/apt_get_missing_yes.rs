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
    for script in file.runs().flat_map(Instruction::scripts) {
        for call in script.facts().packages.iter().filter(|call| asks(call)) {
            let Some((name, span)) = &call.subcommand else { continue };
            let manager = file.source.slice(call.program);
            let finding = out.at(
                file.source,
                call.program.cover(*span),
                format!("`{manager} {name}` asks, and nobody answers; add `-y`"),
            );
            finding.fix(Safety::Safe, "add `-y`", vec![Edit::insert(span.end as usize, " -y")]);
            // It asks only if there is something to remove.
            if call.action == Action::Autoremove {
                finding.severity(Severity::Warning);
            }
        }
    }
}

fn asks(call: &PackageCall) -> bool {
    let changes = call.action.installs()
        || matches!(call.action, Action::Upgrade | Action::DistUpgrade | Action::Remove | Action::Autoremove);
    let only_looks = call.has_flag('s', "simulate")
        || ["just-print", "dry-run", "recon", "no-act", "print-uris"].iter().any(|f| call.has_flag('\0', f));
    apt::is_apt(call) && changes && !call.assume_yes && !only_looks && !apt::may_have_hidden_flags(call)
}
