use crate::dockerfile::{Command, Dockerfile, Instruction, Kind};
use crate::finding::Findings;
use crate::rule::Context;

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
                out.at(
                    file.source,
                    second.keyword.span,
                    format!("{group} `RUN` instructions in a row make {group} layers; join them with `&&`"),
                )
                .see(file.source, first.keyword.span, "the first of them");
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

fn same_flags(one: &Instruction, other: &Instruction) -> bool {
    let text = |instruction: &Instruction| {
        let flags = instruction.flags.iter();
        flags
            .map(|flag| (flag.name.text.to_string(), flag.value.as_ref().map(|value| value.text.to_string())))
            .collect::<Vec<_>>()
    };
    text(one) == text(other)
}
