use super::hardened;
use crate::dockerfile::{Command, Dockerfile, Instruction, Kind};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.instructions.iter().filter(|run| matches!(run.kind, Kind::Run(_))) {
        let Some(stage) = run.stage.filter(|_| run.mounts().is_empty()) else { continue };
        if let Some(base) = needs_shell(file, stage, run) {
            let message = format!(
                "`{base}` has no shell, so this `RUN` fails; do it in a stage that has one, and copy the result"
            );
            out.at(file.source, run.keyword.span, message);
        }
    }
    for stage in file.stages.iter().filter(|stage| stage.ships) {
        for start in starts(file, stage.index) {
            if let Some(base) = needs_shell(file, stage.index, start) {
                let message = format!(
                    "this form needs `/bin/sh`, and `{base}` has no shell, so the command cannot start; write a JSON array"
                );
                out.at(file.source, start.keyword.span, message);
            }
        }
    }
}

/// What a container of a stage runs: its program, and its health check. A CMD behind an ENTRYPOINT is an argument.
fn starts<'f>(file: &'f Dockerfile, stage: usize) -> impl Iterator<Item = &'f Instruction<'f>> {
    let program = file.entrypoint_of(stage).or_else(|| file.cmd_of(stage));
    program.into_iter().chain(file.healthcheck_of(stage))
}

/// The base without a shell, if an instruction is in shell form all the same.
pub(super) fn needs_shell<'f>(
    file: &'f Dockerfile<'_>,
    stage: usize,
    instruction: &Instruction,
) -> Option<&'f str> {
    let shell_form = matches!(instruction.command(), Some(Command::Shell(_)));
    // A SHELL of the file's own says that there is one.
    let by_default = file.shell_at(instruction).set_by.is_none() && instruction.heredocs.is_empty();
    let before = if matches!(instruction.kind, Kind::Run(_)) { instruction.index } else { usize::MAX };
    (shell_form && by_default).then(|| hardened::without_shell(file, stage, before)).flatten()
}
