use super::contexts::{self, Source};
use crate::dockerfile::Dockerfile;
use crate::dockerignore::{Ignore, Pattern};
use crate::finding::Findings;
use crate::project::Sent;
use crate::rule::{Context, Severity};
use crate::text::last_part;

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let contexts = contexts::of(cx, file);
    if contexts.iter().all(|sent| sent.ignore.is_none()) {
        return;
    }
    for source in contexts::sources(file) {
        let found = contexts.iter().find_map(|sent| {
            let ignore = sent.ignore.as_ref()?;
            Some((ignore, excluded(sent, ignore, &source)?))
        });
        let Some((ignore, pattern)) = found else { continue };
        let path = ignore.source.path();
        let name = last_part(path);
        let message = format!(
            "`{}` is excluded by `{}` in `{name}`, so the build does not find it; remove the pattern or do not copy it",
            source.word.text, pattern.text
        );
        let found = out.at(file.source, source.word.span, message);
        found.see(&ignore.source, pattern.span, "excluded here");
        if source.has_wildcard() {
            // A wildcard that fits nothing is no error.
            found.severity(Severity::Warning);
        }
    }
}

/// The pattern that leaves a source out, with all that may lie below it.
fn excluded<'i>(sent: &Sent, ignore: &'i Ignore, source: &Source) -> Option<&'i Pattern> {
    let all = || ignore.patterns.iter().find(|pattern| matches!(&*pattern.text, "*" | "**" | "**/*"));
    let pattern = if source.path == "." { all() } else { ignore.leaves_out(&source.path).ok()? }?;
    if !ignore.has_exceptions() {
        return Some(pattern);
    }
    // A file of a folder that is left out may be sent after all.
    if source.has_wildcard() || source.path == "." {
        return None;
    }
    let files = sent.files.as_ref()?;
    let folder = format!("{}/", source.path);
    let mut below = files.below(&folder).peekable();
    let is_known = below.peek().is_some() || files.may_have(&source.path);
    let is_sent = |path: &str| ignore.leaves_out(path).map_or(true, |by| by.is_none());
    (is_known && !below.any(is_sent)).then_some(pattern)
}
