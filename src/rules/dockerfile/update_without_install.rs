use super::apt;
use super::shipping::follows;
use crate::dockerfile::{Dockerfile, Instruction};
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Action, Call, Manager, PackageCall};

/// Programs that install nothing, so that a RUN of these and an update is an update alone. Anything else may be a
/// script that installs.
const HARMLESS: [&str; 27] = [
    "echo",
    "printf",
    "set",
    "rm",
    "sed",
    "cat",
    "true",
    "export",
    "mkdir",
    "add-apt-repository",
    "curl",
    "wget",
    "gpg",
    "apt-key",
    "tee",
    "apt-mark",
    "mv",
    "cp",
    "chmod",
    "ln",
    "test",
    "[",
    "exit",
    "cd",
    "touch",
    "ls",
    "dpkg",
];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs().filter(|run| !apt::lists_are_mounted(run)) {
        let Some(update) = lone_update(run) else { continue };
        let span = update.subcommand.as_ref().map_or(update.span, |(_, span)| update.program.cover(*span));
        let user = file.runs().filter(|later| follows(file, later, run)).find_map(|later| {
            let facts = later.scripts().iter().flat_map(|script| &script.facts().packages);
            let mut calls = facts.filter(|call| same(call.manager, update.manager));
            calls.find(|call| call.action.installs() || call.action == Action::Upgrade)
        });
        if let Some(install) = user {
            out.at(
                file.source,
                span,
                "these package lists grow old in the cache; update in the `RUN` that installs",
            )
            .see(file.source, install.span, "uses the lists");
        } else {
            out.at(file.source, span, "nothing here installs from these package lists; remove the update");
        }
    }
}

/// The update of a RUN that does nothing else of weight.
pub(super) fn lone_update<'f>(run: &'f Instruction) -> Option<&'f PackageCall> {
    let mut update = None;
    for script in run.scripts() {
        for call in &script.facts().packages {
            match call.action {
                Action::Update => update = update.or(Some(call)),
                Action::Clean | Action::Query => {}
                _ => return None,
            }
        }
        let known = |call: &Call| {
            let is_manager =
                script.facts().packages.iter().any(|found| found.program.start == call.name_span().start);
            is_manager || call.name().is_some_and(|name| HARMLESS.contains(&name))
        };
        if !script.calls().iter().all(known) {
            return None;
        }
    }
    // `dnf makecache` and its like look after the age of what they fetched.
    update.filter(|call| call.manager.is_apt() || matches!(call.manager, Manager::Apk | Manager::Zypper))
}

fn same(one: Manager, other: Manager) -> bool {
    one == other || one.is_apt() && other.is_apt()
}
