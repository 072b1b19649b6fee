use std::collections::{HashMap, HashSet};

use super::near;
use crate::dockerfile::{Dockerfile, Instruction, Kind, Modifier, Origin, Value, Word};
use crate::finding::Findings;
use crate::image;
use crate::rule::{Context, Severity};

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let mut guesses = near::Guesses::new();
    let mut told: HashMap<&str, usize> = HashMap::new();
    let mut in_stages: Option<HashSet<&str>> = None;
    for stage in 0..file.stages.len() {
        let Some(from) = file.from_of(stage) else { continue };
        let Some(instruction) = file.stage_instructions(stage).first() else { continue };
        let mut in_this: Option<usize> = None;
        for variable in file.variables(&from.image) {
            if !matches!(variable.modifier, Modifier::None | Modifier::Edit) {
                continue;
            }
            let name = variable.name;
            let binding = file.lookup(name, instruction);
            let (message, severity) = match (binding.origin, binding.value) {
                (Origin::Undeclared { .. }, _) => {
                    let inside = in_stages.get_or_insert_with(|| set_in_stages(file)).contains(name);
                    (undeclared(file, name, inside, &mut guesses), Severity::Error)
                }
                (Origin::Arg(at), Value::Unknown | Value::Default(_))
                    if has_no_value(file, at, name) && !stands_without(file, &from.image, instruction) =>
                {
                    match passed(cx, file, name) {
                        Passed::Always => continue,
                        Passed::Not(service) => (
                            format!(
                                "`{name}` has no default, and service `{service}` does not pass it; add a default"
                            ),
                            Severity::Error,
                        ),
                        Passed::Unknown => (
                            format!(
                                "`{name}` has no default, so this builds only with `--build-arg {name}=…`; add a default"
                            ),
                            Severity::Note,
                        ),
                    }
                }
                _ => continue,
            };
            // One variable is one mistake, however many stages stand on it.
            if let Some(&draft) = told.get(name) {
                out.list[draft].see(file.source, variable.span, "and here");
                continue;
            }
            // One FROM is one mistake, however many variables it uses.
            if let Some(draft) = in_this {
                out.list[draft].see(file.source, variable.span, "and this one");
                continue;
            }
            told.insert(name, out.list.len());
            in_this = Some(out.list.len());
            let found = out.at(file.source, variable.span, message);
            found.severity(severity);
        }
    }
}

/// The names that ARG and ENV set below a FROM.
fn set_in_stages<'f>(file: &'f Dockerfile) -> HashSet<&'f str> {
    let inside = file.instructions.iter().filter(|instruction| instruction.stage.is_some());
    let pairs = inside.filter_map(|instruction| match &instruction.kind {
        Kind::Arg(pairs) | Kind::Env(pairs) => Some(pairs),
        _ => None,
    });
    pairs.flatten().map(|pair| &*pair.key.text).collect()
}

fn undeclared(file: &Dockerfile, name: &str, inside: bool, guesses: &mut near::Guesses) -> String {
    let globals = || {
        let before = file.instructions.iter().take_while(|instruction| instruction.stage.is_none());
        before.filter_map(|instruction| match &instruction.kind {
            Kind::Arg(pairs) => Some(pairs),
            _ => None,
        })
    };
    if let Some(meant) = guesses.nearest(name, || globals().flatten().map(|pair| &*pair.key.text)) {
        return format!("`{name}` is not set; did you mean `{meant}`?");
    }
    if inside {
        format!(
            "`{name}` is set inside a stage, which `FROM` does not see; declare it before the first `FROM`"
        )
    } else {
        format!(
            "`{name}` is not set, so the image name is incomplete; declare it with `ARG {name}=…` before the first `FROM`"
        )
    }
}

/// The ARG gives no value, or an empty one.
fn has_no_value(file: &Dockerfile, at: usize, name: &str) -> bool {
    let Some(Kind::Arg(pairs)) = file.instructions.get(at).map(|instruction| &instruction.kind) else {
        return false;
    };
    let pair = pairs.iter().rev().find(|pair| pair.key.text == name);
    pair.is_some_and(|pair| {
        pair.value.as_ref().is_none_or(|value| value.text.trim_matches(['"', '\'']).is_empty())
    })
}

/// The image's name is whole without the variables that have no value: `debian${SUFFIX}`.
fn stands_without(file: &Dockerfile, image: &Word, at: &Instruction) -> bool {
    if file.source.slice(image.span) != image.text {
        return true;
    }
    let mut text = String::new();
    let mut end = image.span.start;
    for variable in file.variables(image).into_iter().filter(|variable| variable.modifier == Modifier::None) {
        if variable.span.start < end {
            continue;
        }
        text.push_str(file.source.slice(crate::text::Span { start: end, end: variable.span.start }));
        match file.lookup(variable.name, at).value {
            Value::Known(value) | Value::Default(value) => text.push_str(&value),
            Value::Unset | Value::Unknown => {}
        }
        end = variable.span.end;
    }
    text.push_str(file.source.slice(crate::text::Span { start: end, end: image.span.end }));
    image::parse(text.trim_matches(['"', '\''])).is_ok()
}

enum Passed {
    Always,
    /// By no service of this name.
    Not(String),
    /// No service builds the file.
    Unknown,
}

/// Whether the services that build the file pass an argument.
fn passed(cx: &Context, file: &Dockerfile, name: &str) -> Passed {
    let mut any = false;
    for (_, container) in cx.project.builders_of(file.source.path()) {
        any = true;
        let args = container.build.iter().flat_map(|build| &build.args);
        let has = args.map(|pair| pair.key.value()).any(|key| key.is_none_or(|key| key == name));
        if !has && container.gaps.is_empty() {
            return Passed::Not(container.name.to_string());
        }
    }
    any |= cx.project.passed.args.contains(name);
    if any { Passed::Always } else { Passed::Unknown }
}
