use crate::dockerfile::{Command, Dockerfile, Instruction, Kind};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::shell::{CommandKind, Join};
use crate::text::{Edit, Span};

/// A RUN of more commands is a step of its own.
const FEW: usize = 2;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for stage in file.stages.iter().filter(|stage| stage.in_shipped_image) {
        let instructions = file.stage_instructions(stage.index);
        let mut rest = instructions;
        while let Some(at) = rest.iter().position(is_short) {
            let first = &rest[at];
            let group = rest[at..].iter().take_while(|run| is_short(run) && same_flags(first, run)).count();
            if group > 1 {
                let second = &rest[at + 1];
                let found = out.at(
                    file.source,
                    second.keyword.span,
                    format!("{group} `RUN` instructions in a row make {group} layers; join them with `&&`"),
                );
                found.see(file.source, first.keyword.span, "the first of them");
                if let Some(edits) = joined(file, &rest[at..at + group]) {
                    found.fix(Safety::Unsafe, "join them", edits);
                }
            }
            rest = &rest[at + group..];
        }
    }
}

/// A RUN of few commands, for a shell.
fn is_short(instruction: &Instruction) -> bool {
    matches!(&instruction.kind, Kind::Run(Command::Shell(_)))
        && instruction.heredocs.is_empty()
        && instruction.script().is_some_and(|script| script.calls().len() <= FEW)
}

/// The edits that make one RUN of several; `None` if the commands would not do the same in one shell.
fn joined(file: &Dockerfile, runs: &[Instruction]) -> Option<Vec<Edit>> {
    let (_, before) = runs.split_last()?;
    if !before.iter().all(leaves_nothing) || !runs.iter().all(|run| is_chain(file, run)) {
        return None;
    }
    let join = |pair: &[Instruction]| {
        let between = Span { start: pair[0].span.end, end: pair[1].span.start };
        let start = pair[1].script()?.pipelines.first()?.span.start;
        let text = format!(" && {}{}    ", file.escape, file.source.newline());
        let is_blank = file.source.slice(between).trim().is_empty();
        is_blank.then(|| Edit::replace(Span { start: between.start, end: start }, text))
    };
    runs.windows(2).map(join).collect()
}

/// The commands are joined by `&&`, and nothing is written around them.
fn is_chain(file: &Dockerfile, run: &Instruction) -> bool {
    let Some(script) = run.script() else { return false };
    let (Some(first), Some(last)) = (script.pipelines.first(), script.pipelines.last()) else { return false };
    let flags = run.flags.last().map_or(run.keyword.span.end, |flag| flag.span.end);
    let around =
        [Span { start: flags, end: first.span.start }, Span { start: last.span.end, end: run.span.end }];
    around.iter().all(|&span| file.source.slice(span).trim().is_empty())
        && script.pipelines.iter().all(|pipeline| matches!(pipeline.joined_by, Join::Start | Join::And))
}

/// What a command does to its own shell, later commands would see.
const CHANGES_SHELL: [&str; 15] = [
    ".", "alias", "cd", "eval", "exec", "exit", "export", "popd", "pushd", "readonly", "set", "shopt",
    "source", "ulimit", "umask",
];

/// The shell that runs it is as it was.
fn leaves_nothing(run: &Instruction) -> bool {
    let Some(script) = run.script() else { return false };
    let sets =
        script.pipelines.iter().flat_map(|pipeline| &pipeline.commands).any(|command| match &command.kind {
            CommandKind::Simple { words, .. } => words.is_empty(),
            _ => true,
        });
    !sets && script.calls().iter().all(|call| call.name().is_some_and(|name| !CHANGES_SHELL.contains(&name)))
}

fn same_flags(one: &Instruction, other: &Instruction) -> bool {
    let text = |instruction: &Instruction| {
        let flags = instruction.flags.iter();
        flags
            .map(|flag| (flag.name.text.to_string(), flag.value.as_ref().map(|value| value.text.to_string())))
            .collect::<Vec<_>>()
    };
    text(one) == text(other)
}
