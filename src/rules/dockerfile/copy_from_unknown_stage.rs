use std::cell::LazyCell;
use std::collections::HashMap;

use super::{froms, near};
use crate::dockerfile::{Dockerfile, FromRef};
use crate::finding::Findings;
use crate::rule::{Context, Severity};
use crate::rules::image::known;

/// Ends of longer names are not looked for; bytes.
const LONGEST: usize = 200;

/// What only a stage is called. Any other bare word is, in real files, nearly always a named context that `docker buildx
/// build --build-context` or a bake file gives.
const MADE_BY_STAGES: [&str; 9] =
    ["build", "builder", "builds", "compile", "compiler", "dependencies", "deps", "install", "installer"];

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let mut guesses = near::Guesses::new();
    let ends = LazyCell::new(|| ends(file));
    froms::each(file, |instruction, word| match file.resolve_from(word, instruction) {
        FromRef::NoSuchIndex(index) => {
            let last = file.stages.len().saturating_sub(1);
            out.at(
                file.source,
                word.span,
                format!(
                    "there is no stage `{index}`, the last one is `{last}`; correct the number or use a name"
                ),
            )
            .severity(Severity::Error);
        }
        FromRef::Outside(name) if is_stage_name(&name) && !known::is_official(&name) => {
            if is_context(cx, file, &name) {
                return;
            }
            let names = || (0..file.stages.len()).filter_map(|stage| file.stage_name(stage));
            let meant = guesses.nearest(&name, names).or_else(|| ends.get(&*name).copied());
            let advice = match meant {
                Some(meant) => format!("did you mean `{meant}`?"),
                None if !MADE_BY_STAGES.contains(&&*name) => return,
                None => "name a stage, or an image with its tag".to_owned(),
            };
            out.at(file.source, word.span, format!("there is no stage `{name}`; {advice}"));
        }
        _ => {}
    });
}

/// What stages' names end with, each with the first of these stages: `set` of `license-set`.
fn ends<'f>(file: &'f Dockerfile) -> HashMap<&'f str, &'f str> {
    let mut ends = HashMap::new();
    for name in (0..file.stages.len()).filter_map(|stage| file.stage_name(stage)) {
        for (at, _) in name.match_indices(['-', '_']).filter(|_| name.len() <= LONGEST) {
            ends.entry(&name[at + 1..]).or_insert(name);
        }
    }
    ends
}

/// It looks like the name of a stage, not like an image (`a/b`, `a:1`, `a.b`) or something to be filled in.
fn is_stage_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// A Compose or bake file gives the build a context of this name, or one could not be read well enough to tell.
fn is_context(cx: &Context, file: &Dockerfile, name: &str) -> bool {
    cx.project.passed.contexts.contains(name)
        || cx.project.builders_of(file.source.path()).any(|(_, container)| {
            let contexts = container.build.iter().flat_map(|build| &build.additional_contexts);
            !container.gaps.is_empty()
                || contexts.map(|pair| pair.key.value()).any(|key| key.is_none_or(|k| k == name))
        })
}
