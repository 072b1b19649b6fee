use super::shipping::in_image;
use crate::dockerfile::{Dockerfile, MountKind};
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Call, Join, Script};

/// Programs for people at a terminal.
const INTERACTIVE: [&str; 8] = ["vim", "vi", "nano", "emacs", "top", "htop", "less", "more"];
/// Programs that show the state of the machine.
const SHOWING: [&str; 4] = ["ps", "free", "ifconfig", "uptime"];
/// Programs that change the machine, which a build may not do.
const CHANGING: [&str; 7] = ["shutdown", "reboot", "halt", "poweroff", "mount", "swapon", "modprobe"];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs().filter(|run| in_image(file, run)) {
        // A build that may do everything may mount, too.
        let is_insecure = run.flag("security").is_some();
        let has_ssh = run.mounts().iter().any(|mount| mount.kind() == Some(MountKind::Ssh));
        let pipelines = run.scripts().iter().flat_map(|script| &script.pipelines);
        let fallbacks = pipelines.filter(|pipeline| pipeline.joined_by == Join::Or);
        let last_fallback = fallbacks.map(|pipeline| pipeline.span.start).max();
        let calls = run.scripts().iter().flat_map(Script::calls).filter(stands_alone);
        for call in calls.filter(|call| last_fallback.is_none_or(|last| last < call.pipeline.span.end)) {
            let Some(name) = call.name() else { continue };
            let why = if INTERACTIVE.contains(&name) {
                "waits for a person, and a build has none"
            } else if SHOWING.contains(&name) {
                "only shows the state of the machine that builds"
            } else if CHANGING.contains(&name) && !is_insecure {
                "changes the machine, which a build is not allowed to do"
            } else if name == "ssh" && !has_ssh {
                "needs a key that a build should not have"
            } else {
                continue;
            };
            out.at(file.source, call.name_span(), format!("`{name}` {why}; remove it"));
        }
    }
}

/// It runs for its own sake: its output goes nowhere, and nothing asks how it ended.
fn stands_alone(call: &Call) -> bool {
    let asks = call.has_flag('V', "version") || call.has_flag('h', "help") || call.has_flag('\0', "version");
    call.pipeline.commands.len() == 1
        && call.redirects().is_empty()
        && !call.place.in_substitution
        && !call.place.tested
        && !call.place.conditional
        && !asks
}
