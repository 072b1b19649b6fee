use super::contexts;
use crate::dockerfile::Dockerfile;
use crate::dockerignore::{Ignore, Pattern};
use crate::finding::Findings;
use crate::rule::{Context, Severity};
use crate::text::last_part;

/// The patterns are in a file of their own, which several Dockerfiles may share; what is wrong is said where one of them
/// copies from the context.
pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let Some(source) = contexts::sources(file).into_iter().next() else { return };
    let contexts = contexts::of(cx, file);
    let Some(ignore) = contexts.iter().find_map(|sent| sent.ignore.as_ref()) else { return };
    let path = ignore.source.path();
    let name = last_part(path);
    for (at, pattern) in ignore.patterns.iter().enumerate() {
        let Some(fault) = fault(ignore, at, pattern) else { continue };
        let line = ignore.source.line_of(pattern.span.start as usize);
        let message = format!("line {line} of `{name}` {fault}");
        let found = out.at(file.source, source.word.span, message);
        found.see(&ignore.source, pattern.span, "this pattern");
        if pattern.is_bad() {
            found.severity(Severity::Error);
        }
    }
}

/// What is wrong with a pattern, and what to do.
fn fault(ignore: &Ignore, at: usize, pattern: &Pattern) -> Option<&'static str> {
    let text = &*pattern.text;
    if pattern.is_bad() {
        Some("is not a valid pattern, so the build fails; correct it")
    } else if text.contains(" #") {
        Some("has a comment after the pattern, which is read as part of it; move the comment to its own line")
    } else if text.starts_with("../") {
        Some("names a file outside of the build context; remove it")
    } else if is_windows(text) {
        Some("separates folders with `\\`, which has another meaning there; write `/`")
    } else if pattern.is_exception && excludes_nothing_before(ignore, at, text) {
        Some(
            "includes a file that no pattern before it excludes, so it has no effect; move it below the pattern that excludes the file",
        )
    } else {
        None
    }
}

/// `dir\file`
fn is_windows(text: &str) -> bool {
    let parts: Vec<&str> = text.split('\\').collect();
    parts.len() > 1 && parts.iter().all(|part| part.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

/// No pattern before an exception can fit what the exception fits.
fn excludes_nothing_before(ignore: &Ignore, at: usize, text: &str) -> bool {
    let is_plain = |text: &str| !text.contains(['*', '?', '[', '\\']);
    let meets = |other: &str| {
        let below =
            |a: &str, b: &str| a.strip_prefix(b).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        !is_plain(other) || below(text, other) || below(other, text)
    };
    let mut before = ignore.patterns[..at].iter().filter(|pattern| !pattern.is_exception);
    is_plain(text) && before.all(|pattern| !meets(&pattern.text))
}
