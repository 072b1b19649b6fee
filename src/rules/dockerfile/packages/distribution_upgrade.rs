use super::naming::named;
use crate::dockerfile::{Dockerfile, Instruction};
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Action, Manager, PackageCall};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for script in file.runs().flat_map(Instruction::scripts) {
        for call in script.facts().packages.iter().filter(|call| upgrades_all(call)) {
            let (what, span) = named(file, call);
            out.at(
                file.source,
                span,
                format!("`{what}` upgrades all packages, so the image depends on the day of the build; use a newer base image"),
            );
        }
    }
}

/// Arch has no versions of its packages but the latest: an upgrade belongs to each installation.
fn upgrades_all(call: &PackageCall) -> bool {
    let all = call.packages.is_empty() && !call.from_input;
    call.manager.is_system()
        && call.manager != Manager::Pacman
        && (call.action == Action::DistUpgrade || call.action == Action::Upgrade && all)
}
