use super::starts;
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{self, Call};
use crate::text::Joined;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    if file.starts.text.is_empty() || !keeps_program_below(&file.starts.text) {
        return;
    }
    let mut told = Vec::new();
    for stage in file.stages.iter().filter(|stage| stage.ships) {
        let mut named = starts::of(file, stage.index).map(|start| (start, starts::programs(start)));
        let Some((start, names)) = named.find(|(_, names)| !names.is_empty()) else { continue };
        // It passes signals on to all processes.
        let passes_on = names.iter().any(|name| name == "dumb-init");
        if passes_on || told.contains(&start.index) || !starts::script(file, stage.index) {
            continue;
        }
        told.push(start.index);
        out.at(
            file.source,
            start.keyword.span,
            "the script that this starts does not replace itself by its program, so the program does not get the signal that \
             stops the container; start its last command with `exec`",
        );
    }
}

/// What ends a script without running for long.
const SHORT: [&str; 12] =
    [":", "cat", "chmod", "chown", "cp", "echo", "exit", "mkdir", "printf", "return", "set", "true"];

/// The last command of the scripts is a program that runs below the shell, and nothing passes signals on to it.
fn keeps_program_below(scripts: &str) -> bool {
    let script = shell::parse(&Joined::unbroken(scripts, 0));
    let calls = script.calls();
    let passes_on = |call: &Call<'_>| {
        call.wrapped_by("exec").is_some()
            || matches!(call.name(), Some("exec" | "trap" | "wait" | "source" | "."))
            || call.name().is_some_and(|name| name.contains("supervis") || name.contains("s6-"))
    };
    let last = calls.iter().rev().find(|call| !call.place.in_substitution);
    last.is_some_and(|call| call.name().is_some_and(|name| !SHORT.contains(&name)))
        && !calls.iter().any(passes_on)
        && !scripts.trim_end().ends_with('&')
}
