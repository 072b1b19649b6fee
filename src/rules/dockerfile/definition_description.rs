use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

/// Source: `validateDefinitionDescription` of moby/buildkit.
pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in &file.instructions {
        let names: Vec<&str> = match &instruction.kind {
            Kind::From(from) => from.name.iter().map(|name| &*name.text).collect(),
            Kind::Arg(pairs) => pairs.iter().map(|pair| &*pair.key.text).collect(),
            _ => continue,
        };
        let Some(comment) = file.comments.get(instruction.comments_above.clone()).and_then(<[_]>::last)
        else {
            continue;
        };
        let Some(name) = names.first() else { continue };
        let text = file.source.slice(*comment).trim_start_matches('#').trim();
        let word = text.split(' ').next().unwrap_or_default();
        if text.is_empty() || names.iter().any(|name| name.eq_ignore_ascii_case(word)) {
            continue;
        }
        let message = format!(
            "`docker build --call=outline` shows no description for `{name}`; start the comment with `# {name} `, or \
             add an empty comment line after it"
        );
        out.at(file.source, *comment, message);
    }
}
