use std::collections::HashMap;

use super::shipping::in_image;
use crate::dockerfile::{Assignment, Dockerfile, Expanded, Instruction, Kind, Origin};
use crate::finding::Findings;
use crate::rule::{Context, Severity};
use crate::secrets::values::{Value, judge, repeats_name};
use crate::secrets::{self, names};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    // The finding of each ARG, by its instruction and name.
    let mut told: HashMap<(usize, &str), usize> = HashMap::new();
    for instruction in file.all() {
        let (assignments, is_arg) = match &instruction.kind {
            Kind::Env(assignments) => (assignments, false),
            Kind::Arg(assignments) => (assignments, true),
            _ => continue,
        };
        for assignment in assignments.iter().filter(|assignment| names::is_credential(&assignment.key.text)) {
            let before = out.list.len();
            if let Some(&draft) = argument(file, instruction, assignment).and_then(|key| told.get(&key)) {
                let found = &mut out.list[draft];
                if found.severity == Some(Severity::Note) && is_lasting(file, instruction, assignment) {
                    found.severity(Severity::Warning);
                }
                found.see(file.source, assignment.key.span, "stored in the image here");
                continue;
            }
            match (&assignment.value, is_arg) {
                (Some(_), _) => with_value(file, instruction, assignment, is_arg, out),
                (None, true) => without_default(file, instruction, assignment, out),
                (None, false) => {}
            }
            if is_arg && out.list.len() > before {
                told.insert((instruction.index, &assignment.key.text), before);
            }
        }
    }
}

/// The ARG whose value an ENV takes over: `ENV X=$X`.
fn argument<'f>(
    file: &'f Dockerfile,
    instruction: &Instruction,
    assignment: &'f Assignment,
) -> Option<(usize, &'f str)> {
    let value = assignment.value.as_ref().filter(|_| matches!(instruction.kind, Kind::Env(_)))?;
    let variables = file.variables(value);
    let [variable] = &variables[..] else { return None };
    match file.lookup(variable.name, instruction).origin {
        Origin::Arg(at) => Some((at, variable.name)),
        _ => None,
    }
}

/// The argument has no default, so what it is given for one build stays in the image that ships.
fn is_lasting(file: &Dockerfile, instruction: &Instruction, assignment: &Assignment) -> bool {
    let unknown = |value| matches!(file.expand(value, instruction), Expanded::Unknown);
    in_image(file, instruction) && assignment.value.as_ref().is_some_and(unknown)
}

fn with_value(
    file: &Dockerfile,
    instruction: &Instruction,
    assignment: &Assignment,
    is_arg: bool,
    out: &mut Findings,
) {
    let Some(value) = &assignment.value else { return };
    let name = &assignment.key.text;
    let ships = in_image(file, instruction) || instruction.stage.is_none();
    let value = match file.expand(value, instruction) {
        Expanded::Known(text) | Expanded::Default(text) => text,
        Expanded::Unknown => {
            // Built from a build argument: its value ends up in the image's configuration.
            let from_arg = file
                .variables(value)
                .iter()
                .any(|variable| matches!(file.lookup(variable.name, instruction).origin, Origin::Arg(_)));
            if from_arg && !is_arg && in_image(file, instruction) {
                out.at(
                    file.source,
                    assignment.key.span,
                    format!(
                        "`{name}` stores a build argument in the image, where everyone can read it; \
                         use `RUN --mount=type=secret`, or pass it when the container starts"
                    ),
                );
            }
            return;
        }
    };
    // A token is `hardcoded-secret-value`'s.
    if secrets::holds_token(&value) {
        return;
    }
    let repeats = repeats_name(name, &value);
    let judged = if repeats { Value::Placeholder } else { judge(&value) };
    match judged {
        Value::Harmless => {}
        Value::Placeholder => {
            // Such a name is hidden, because it is the value, too.
            let what = if repeats { "the value of this credential".to_owned() } else { format!("`{name}`") };
            out.at(
                file.source,
                assignment.key.span,
                format!("{what} is a placeholder, which is easily forgotten; remove it"),
            )
            .severity(Severity::Note);
        }
        Value::Literal => {
            let instead = if is_arg || !ships {
                "use `RUN --mount=type=secret`"
            } else {
                "pass it when the container starts"
            };
            let finding = out.at(
                file.source,
                assignment.key.span,
                format!("`{name}` holds a credential, which everyone with the image can read; {instead}"),
            );
            if !ships {
                finding.severity(Severity::Note);
            }
        }
    }
}

fn without_default(
    file: &Dockerfile,
    instruction: &Instruction,
    assignment: &Assignment,
    out: &mut Findings,
) {
    if in_image(file, instruction) {
        let name = &assignment.key.text;
        out.at(
            file.source,
            assignment.key.span,
            format!("the value of `{name}` stays in the history of the image; use `RUN --mount=type=secret`"),
        )
        .severity(Severity::Note);
    }
}
