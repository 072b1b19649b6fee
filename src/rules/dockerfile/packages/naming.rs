//! How a message names a call of a package manager.

use crate::dockerfile::Dockerfile;
use crate::shell::PackageCall;
use crate::text::Span;

/// A call as people name it, `apk add` or `conda env create`, and its place. Flags between the words are left out.
pub(super) fn named(file: &Dockerfile, call: &PackageCall) -> (String, Span) {
    let manager = file.source.slice(call.program);
    let Some((name, span)) = &call.subcommand else { return (manager.to_owned(), call.program) };
    let between = file.source.slice(Span { start: call.program.end, end: span.start.max(call.program.end) });
    let word = between.trim();
    let is_word = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let what = if is_word { format!("{manager} {word} {name}") } else { format!("{manager} {name}") };
    (what, call.program.cover(*span))
}
