use std::collections::HashMap;

use crate::dockerfile::{Base, Command, Dockerfile, Instruction};
use crate::finding::{Findings, Safety};
use crate::rule::{Context, Profile, Severity};
use crate::shell::{Call, Pipe, Pipeline};
use crate::text::{Edit, Spans};

/// Programs that fail by themselves when they are given nothing, or half of it.
const NOTICES: [&str; 28] = [
    "tar",
    "bsdtar",
    "gtar",
    "gpg",
    "gpg2",
    "gunzip",
    "gzip",
    "pigz",
    "unpigz",
    "unzip",
    "zcat",
    "xz",
    "unxz",
    "xzcat",
    "zstd",
    "unzstd",
    "bzip2",
    "bunzip2",
    "funzip",
    "cpio",
    "apt-key",
    "sha256sum",
    "sha512sum",
    "sha1sum",
    "grep",
    "egrep",
    "rpm2cpio",
    "docker",
];

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs().filter(|run| !sets_pipefail(file, run)) {
        // One edit sets it for all pipes of a RUN.
        let mut edit = setting(file, run);
        for script in run.scripts() {
            let pipes = script.pipes();
            if pipes.is_empty() {
                continue;
            }
            let mut inside: HashMap<*const Pipeline, Vec<Call>> = HashMap::new();
            let calls = script.calls();
            let printing = Printing::of(&calls);
            for call in calls {
                inside.entry(call.pipeline).or_default().push(call);
            }
            let fed: Spans = script.facts().piped_scripts.iter().map(|fed| fed.span).collect();
            for pipe in pipes.iter().filter(|pipe| !pipe.place.pipefail && !pipe.pipeline.negated) {
                let calls = inside.get(&std::ptr::from_ref(pipe.pipeline)).map_or(&[][..], Vec::as_slice);
                let download = hidden_download(pipe, calls);
                // What a shell is fed is `pipe-to-shell`'s, and goes away with it.
                let fed = fed.any_in(pipe.pipeline.span);
                // With `pipefail`, `yes | …` would fail, and a condition would mean something else.
                let harmless = download.is_none() && (pipe.place.tested || printing.feeds(pipe.pipeline));
                if harmless || cx.policy.profile < Profile::Strict && (download.is_none() || fed) {
                    continue;
                }
                report(file, run, pipe, (download.as_ref(), edit.take()), out);
            }
        }
    }
}

fn report(
    file: &Dockerfile,
    run: &Instruction,
    pipe: &Pipe,
    (download, edit): (Option<&Call>, Option<Edit>),
    out: &mut Findings,
) {
    let advice = if knows_pipefail(file, run) {
        "start the `RUN` with `set -o pipefail`"
    } else if download.is_some() {
        "save the download to a file first, or use `SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]`"
    } else {
        "use `SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]`"
    };
    let message = match download {
        Some(call) => {
            let name = call.name().unwrap_or_default();
            format!("if `{name}` fails, the pipe hides it and the build continues; {advice}")
        }
        None => format!("if an earlier command of this pipe fails, the build continues; {advice}"),
    };
    let found = out.at(file.source, pipe.pipeline.span, message);
    if download.is_none() {
        found.severity(Severity::Note);
    }
    if let Some(edit) = edit {
        found.fix(Safety::Unsafe, "start the `RUN` with `set -o pipefail`", vec![edit]);
    }
}

/// The edit that sets the option for a RUN, if its shell has it.
fn setting(file: &Dockerfile, run: &Instruction) -> Option<Edit> {
    let is_plain = matches!(run.command(), Some(Command::Shell(_))) && run.heredocs.is_empty();
    let first = run.script().filter(|_| is_plain && knows_pipefail(file, run))?.pipelines.first()?;
    Some(Edit::insert(first.span.start as usize, "set -o pipefail && "))
}

/// SHELL, or the array of the RUN itself, sets the option.
fn sets_pipefail(file: &Dockerfile, run: &Instruction) -> bool {
    let set = |words: &[crate::dockerfile::Word]| words.iter().any(|word| word.text.contains("pipefail"));
    match run.command() {
        Some(Command::Exec { words, .. }) => words.len() > 2 && set(&words[..words.len() - 1]),
        _ => set(file.shell_at(run).words()),
    }
}

/// The shell at hand is one that has the option: not Debian's `sh`.
fn knows_pipefail(file: &Dockerfile, run: &Instruction) -> bool {
    let program = file.shell_at(run).program;
    let alpine = || {
        let base = run.stage.map(|stage| file.root_base(stage));
        matches!(base, Some(Base::Image(image)) if image.contains("alpine") || image.contains("busybox"))
    };
    matches!(program, "bash" | "zsh" | "ash" | "ksh") || program == "sh" && alpine()
}

/// Where the calls of a script begin, in their order, and whether they only print.
struct Printing(Vec<(u32, bool)>);

impl Printing {
    fn of(calls: &[Call]) -> Self {
        let prints = |call: &Call| matches!(call.name(), Some("echo" | "printf" | "yes" | "true" | ":"));
        let outside = calls.iter().filter(|call| !call.place.in_substitution);
        let mut starts: Vec<_> = outside.map(|call| (call.span().start, prints(call))).collect();
        starts.sort_unstable();
        Self(starts)
    }

    /// The commands before the last one only print, also in braces: `{ echo a; echo b; } | tee c`.
    fn feeds(&self, pipeline: &Pipeline) -> bool {
        let end = pipeline.commands[pipeline.commands.len() - 1].span.start;
        let at = |offset: u32| self.0.partition_point(|&(start, _)| start < offset);
        let before = &self.0[at(pipeline.span.start)..at(end)];
        !before.is_empty() && before.iter().all(|&(_, prints)| prints)
    }
}

/// A download in the pipe whose failure its last command would not notice. `calls` are those of the pipe.
fn hidden_download<'s>(pipe: &Pipe<'s>, calls: &[Call<'s>]) -> Option<Call<'s>> {
    let last = pipe.pipeline.commands.len() - 1;
    let mut ends = calls.iter().filter(|call| call.position == last);
    let notices = |call: &Call| {
        let name = if call.is("busybox") { call.subcommand() } else { call.name() };
        name.is_some_and(|name| NOTICES.contains(&name))
    };
    if ends.any(notices) {
        return None;
    }
    let downloads = |call: &&Call| matches!(call.name(), Some("curl" | "wget"));
    calls.iter().find(|call| call.position < last && downloads(call)).copied()
}
