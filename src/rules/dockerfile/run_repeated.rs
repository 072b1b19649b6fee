use crate::dockerfile::{Dockerfile, Instruction, Kind};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let mut before: Option<&Instruction> = None;
    for instruction in &file.instructions {
        // Anything between them may change what the command does.
        let last = before.replace(instruction);
        let Some(last) =
            last.filter(|last| matches!((&last.kind, &instruction.kind), (Kind::Run(_), Kind::Run(_))))
        else {
            continue;
        };
        if file.source.slice(last.span).trim_end() == file.source.slice(instruction.span).trim_end() {
            let message = "this `RUN` is the same as the one before; delete it";
            out.at(file.source, instruction.keyword.span, message).see(
                file.source,
                last.keyword.span,
                "the first one",
            );
        }
    }
}
