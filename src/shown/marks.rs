//! The spans of credentials that only those know who read a text as a document: values behind anchors, words of
//! continued instructions, what an instruction that cannot be read would have held.

use std::collections::HashMap;
use std::sync::Arc;

use crate::container::{ContainerSpec, Pair};
use crate::dockerfile::{Dockerfile, Kind, Word};
use crate::project::Project;
use crate::secrets::names;
use crate::secrets::values::{Value, judge, repeats_name};
use crate::text::Span;

/// The marked spans by path, in any order.
pub type Marks = HashMap<Arc<str>, Vec<Span>>;

/// The values of credentials in a Dockerfile.
pub fn dockerfile(file: &Dockerfile, marks: &mut Marks) {
    let mut spans = Vec::new();
    let mut add = |value: &Word| {
        let inner = value.text.trim_matches(['"', '\'']);
        if judge(inner) == Value::Literal {
            let start = value.text.len() - value.text.trim_start_matches(['"', '\'']).len();
            spans.push(value.place(start..start + inner.len()));
        }
    };
    for instruction in file.all() {
        match &instruction.kind {
            Kind::Env(pairs) | Kind::Arg(pairs) | Kind::Label(pairs) => pairs
                .iter()
                .filter(|pair| names::is_credential(&pair.key.text))
                .filter_map(|pair| {
                    pair.value.as_ref().filter(|value| !repeats_name(&pair.key.text, &value.text))
                })
                .for_each(&mut add),
            // All behind the name: where the value ends is what could not be read.
            Kind::Unknown(words) => {
                let name = |word: &Word| {
                    let name = word.text.split('=').next().unwrap_or_default();
                    names::is_credential(name)
                };
                let mut rest = words.iter().skip_while(|word| !name(word));
                rest.next();
                rest.for_each(&mut add);
            }
            _ => {}
        }
    }
    if !spans.is_empty() {
        marks.entry(Arc::clone(file.source.path())).or_default().extend(spans);
    }
}

/// The values of credentials in containers' settings, wherever they are written.
pub fn project(project: &Project, marks: &mut Marks) {
    for spec in &project.containers {
        for pair in pairs(spec).filter(|pair| names::is_credential(&pair.key.raw)) {
            let hides = |raw: &str| judge(raw) == Value::Literal && !repeats_name(&pair.key.raw, raw);
            let Some(value) = pair.value.as_ref().filter(|value| hides(&value.raw)) else { continue };
            let path = Arc::clone(project.source(value.at).path());
            marks.entry(path).or_default().push(value.part(0..value.raw.len()));
        }
    }
}

fn pairs(spec: &ContainerSpec) -> impl Iterator<Item = &Pair> {
    let build = spec.build.iter().flat_map(|build| &build.args);
    let hooks = spec.hooks.iter().flat_map(|hook| &hook.environment);
    spec.environment.iter().chain(&spec.labels).chain(build).chain(hooks)
}
