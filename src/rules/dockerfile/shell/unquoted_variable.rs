use std::collections::HashMap;

use super::{Code, scripts};
use crate::dockerfile::{Dialect, Dockerfile};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::shell::{What, splits};
use crate::text::{Edit, Span};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for code in scripts(file) {
        for (name, spans) in variables(file, code) {
            let message =
                format!("`${name}` is split at blanks and expanded as a pattern; put it in double quotes");
            super::report(file.source, &spans, message, out);
            if let Some(found) = out.list.last_mut().filter(|_| !code.is_quoted()) {
                let quote = |at: u32| Edit::insert(at as usize, "\"");
                let edits = spans.iter().flat_map(|span| [quote(span.start), quote(span.end)]).collect();
                found.fix(Safety::Unsafe, "put the variable in double quotes", edits);
            }
        }
    }
}

/// Whether a name says that the value is several words, which quotes would make one: `buildDeps`, `CONFIGURE_ARGS`, `savedAptMark`.
fn is_list(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with('s') && !name.ends_with("ss") || ["mark", "list"].iter().any(|end| name.ends_with(end))
}

/// The variables of a script that need quotes, in order, each with its places.
fn variables<'f>(file: &Dockerfile, code: Code<'f, '_>) -> Vec<(&'f str, Vec<Span>)> {
    let is_given = |name: &str| file.is_given(code.at, name);
    let mut found: Vec<(&str, Vec<Span>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for split in splits(code.script, code.dialect == Dialect::Sh, &is_given) {
        let What::Variable(parameter) = split.what else { continue };
        if is_list(&parameter.name) {
            continue;
        }
        let at = *places.entry(&parameter.name).or_insert(found.len());
        if at == found.len() {
            found.push((&parameter.name, Vec::new()));
        }
        found[at].1.push(split.span);
    }
    found
}
