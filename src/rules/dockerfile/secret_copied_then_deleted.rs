use std::cell::OnceCell;

use super::paths;
use super::secret_files::{self, Brought, Removed};
use super::shipping::in_image;
use crate::dockerfile::{Dockerfile, Instruction, Kind};
use crate::finding::Findings;
use crate::rule::{Context, Severity};
use crate::shell::Call;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let brings = |instruction| {
        let mut brought = secret_files::copied(file, instruction);
        brought.extend(written(file, instruction));
        brought
    };
    secret_files::each(file, brings, |brought, removal| {
        let Some(removal) = removal else { return };
        let ships = in_image(file, brought.instruction);
        let whose = if ships { "in this layer of the image" } else { "in the build cache" };
        let finding = out.at(
            file.source,
            brought.span,
            format!("`{}` is deleted later, but stays {whose}; use `RUN --mount=type=secret`", brought.name),
        );
        finding.see(file.source, removal.call, "deleted here, in a later layer");
        if !ships {
            finding.severity(Severity::Note);
        }
    });
}

/// The secret files that a RUN writes with `>` and does not remove itself.
fn written<'f, 'a>(file: &Dockerfile<'a>, run: &'f Instruction<'a>) -> Vec<Brought<'f, 'a>> {
    let mut found = Vec::new();
    if !matches!(run.kind, Kind::Run(_)) {
        return found;
    }
    for script in run.scripts() {
        let removed = OnceCell::new();
        let calls = script.calls();
        for redirect in calls.iter().filter(|call| !prints_constant(call)).flat_map(Call::redirects) {
            let path = &redirect.target.text;
            let writes = matches!(redirect.operator, ">" | ">>" | ">|");
            let Some(holds) = secret_files::holds(path).filter(|holds| writes && holds.sure) else {
                continue;
            };
            let target = paths::resolve(file, run, path);
            if removed.get_or_init(|| Removed::by(file, run, &script.facts().removals)).holds(&target) {
                continue;
            }
            found.push(Brought {
                instruction: run,
                span: redirect.target.span,
                name: path.to_string(),
                target,
                holds,
            });
        }
    }
    found
}

/// What it prints is in the Dockerfile for everybody to read, so the file that takes it adds no secret.
fn prints_constant(call: &Call) -> bool {
    (call.is("echo") || call.is("printf")) && call.args().iter().all(|word| word.literal().is_some())
}
