use super::naming::named;
use crate::dockerfile::{Dockerfile, Instruction};
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Action, Manager, PackageCall};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    if file.source.text().contains("PIP_REQUIRE_HASHES") {
        return;
    }
    for script in file.runs().flat_map(Instruction::scripts) {
        for call in script.facts().packages.iter().filter(|call| trusts_versions(call)) {
            let (what, span) = named(file, call);
            out.at(
                file.source,
                span,
                format!("`{what}` checks no hashes of the requirements; list hashes in the file and add `--require-hashes`"),
            );
        }
    }
}

fn trusts_versions(call: &PackageCall) -> bool {
    let reads_file = call.has_flag('r', "requirement") || call.has_flag('\0', "requirements");
    matches!(call.manager, Manager::Pip | Manager::UvPip)
        && call.action == Action::Install
        && reads_file
        && !call.has_flag('\0', "require-hashes")
}
