use std::collections::HashSet;

use super::apt;
use crate::dockerfile::{Dockerfile, Instruction, Kind};
use crate::finding::Findings;
use crate::rule::Context;
use crate::rules::dockerfile::shipping::backwards;
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
    let installs = |instruction| {
        let calls =
            packages(instruction).filter(|call| call.action.installs() || call.action == Action::Upgrade);
        // `apk add --no-cache` leaves no lists and uses none.
        let own_lists = |call: &PackageCall| call.manager == Manager::Apk && call.has_flag('\0', "no-cache");
        calls.map(|call| (lists(call.manager), (call.span, own_lists(call)))).collect()
    };
    // Where a script or another program may install, nobody can say that nothing does.
    let unseen = |instruction: &Instruction| {
        let calls = instruction.scripts().iter().flat_map(crate::shell::Script::calls);
        let mut calls = calls.filter(|_| matches!(instruction.kind, Kind::Run(_)));
        calls.any(|call| apt::is_unseen(&call))
    };
    let last_unseen = file.all().filter(|run| unseen(run)).map(|run| run.index).max();
    backwards(file, installs, |run, later| {
        if !matches!(run.kind, Kind::Run(_)) || apt::lists_are_mounted(run) {
            return;
        }
        let Some(update) = lone_update(run) else { return };
        let span = update.subcommand.as_ref().map_or(update.span, |(_, span)| update.program.cover(*span));
        if let Some(&(_, (install, own_lists))) = later.get(&lists(update.manager)) {
            if own_lists {
                let message = "the installation does not use these package lists, because `--no-cache` downloads its own; remove the update";
                out.at(file.source, span, message).see(file.source, install, "installed here");
                return;
            }
            out.at(
                file.source,
                span,
                "these package lists get old in the cache; run the update in the `RUN` that installs",
            )
            .see(file.source, install, "the lists are used here");
        } else if last_unseen.is_none_or(|index| index < run.index) {
            out.at(file.source, span, "no later `RUN` uses these package lists; remove the update");
        }
    });
}

/// The calls of package managers in a RUN.
fn packages<'f>(instruction: &'f Instruction) -> impl Iterator<Item = &'f PackageCall> {
    let scripts = if matches!(instruction.kind, Kind::Run(_)) { instruction.scripts() } else { &[] };
    scripts.iter().flat_map(|script| &script.facts().packages)
}

/// Whose lists a manager reads: those of apt read the same.
fn lists(manager: Manager) -> Manager {
    if manager.is_apt() { Manager::Apt } else { manager }
}

/// The update of a RUN that otherwise runs only harmless programs.
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
        let managers: HashSet<u32> =
            script.facts().packages.iter().map(|found| found.program.start).collect();
        let known = |call: &Call| {
            managers.contains(&call.name_span().start)
                || call.name().is_some_and(|name| HARMLESS.contains(&name))
        };
        if !script.calls().iter().all(known) {
            return None;
        }
    }
    // `dnf makecache` and similar commands refresh what is too old.
    update.filter(|call| call.manager.is_apt() || matches!(call.manager, Manager::Apk | Manager::Zypper))
}
