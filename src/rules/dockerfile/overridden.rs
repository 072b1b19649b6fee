//! Instructions of which an image keeps only the last: CMD and ENTRYPOINT.

use crate::dockerfile::{Command, Dockerfile, Instruction};
use crate::finding::{Findings, Safety};
use crate::text::{Edit, Span};

/// Reports all but the last instruction of a stage that `wanted` accepts.
pub(super) fn report(file: &Dockerfile, name: &str, wanted: fn(&Instruction) -> bool, out: &mut Findings) {
    for stage in 0..file.stages.len() {
        let found: Vec<_> = file.stage_instructions(stage).iter().filter(|i| wanted(i)).collect();
        let Some((last, before)) = found.split_last() else { continue };
        // `ENTRYPOINT []` takes away what the base image has.
        for instruction in before.iter().filter(|instruction| !resets(instruction)) {
            let message = format!(
                "this `{name}` has no effect, because a later one overrides it; remove it, or move it to its own stage"
            );
            out.at(file.source, instruction.keyword.span, message)
                .see(file.source, last.keyword.span, "only this one has an effect")
                .fix(
                    Safety::Unsafe,
                    format!("remove the `{name}` that has no effect"),
                    vec![Edit::delete(with_line_end(file, instruction))],
                );
        }
    }
}

fn resets(instruction: &Instruction) -> bool {
    matches!(instruction.command(), Some(Command::Exec { words, .. }) if words.is_empty())
}

/// An instruction and the end of its last line.
fn with_line_end(file: &Dockerfile, instruction: &Instruction) -> Span {
    let end = instruction.span.end as usize;
    let rest = &file.source.text()[end..];
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t', '\r']).len();
    let newline = usize::from(rest[blanks..].starts_with('\n'));
    Span::new(instruction.span.start as usize, end + blanks + newline)
}
