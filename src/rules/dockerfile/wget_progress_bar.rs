use crate::dockerfile::{Base, Dockerfile, Instruction};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::shell::{Call, Script};
use crate::text::Edit;

/// Flags that make wget quieter, or send what it says to a file.
const QUIET: [(char, &str); 6] = [
    ('q', "quiet"),
    ('o', "output-file"),
    ('a', "append-output"),
    ('\0', "progress"),
    ('\0', "no-verbose"),
    ('\0', "no-show-progress"),
];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs().filter(|run| !has_busybox(file, run)) {
        let shows = |call: &Call| call.is("wget") && shows_bar(call);
        let mut calls = run.scripts().iter().flat_map(Script::calls).filter(shows);
        let Some(first) = calls.next() else { continue };
        let message = "`wget` fills the log with its progress bar; add `--progress=dot:giga`";
        let found = out.at(file.source, first.name_span(), message);
        let edit = |call: &Call| Edit::insert(call.name_span().end as usize, " --progress=dot:giga");
        let mut edits = vec![edit(&first)];
        for call in calls {
            found.see(file.source, call.name_span(), "and here");
            edits.push(edit(&call));
        }
        found.fix(Safety::Safe, "add `--progress=dot:giga`", edits);
    }
}

fn shows_bar(call: &Call) -> bool {
    let is_quiet = QUIET.iter().any(|&(short, long)| call.has_flag(short, long));
    let only_asks =
        call.has_flag('V', "version") || call.has_flag('h', "help") || call.has_flag('\0', "spider");
    let is_short = call.args().iter().any(|word| &*word.text == "-nv");
    !is_quiet && !only_asks && !is_short && !call.may_hide_flags() && !call.operands().is_empty()
}

/// BusyBox has a `wget` without this flag, unless the real one is installed.
fn has_busybox(file: &Dockerfile, run: &Instruction) -> bool {
    let base = run.stage.map(|stage| file.root_base(stage));
    !matches!(base, Some(Base::Image(image)) if !image.contains("alpine") && !image.contains("busybox"))
}
