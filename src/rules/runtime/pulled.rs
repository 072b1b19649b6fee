//! Findings on a container's values, with the place that pulled the value in where it stands elsewhere.

use crate::container::{At, ContainerSpec, PullKind, Surface};
use crate::finding::{Draft, Findings};
use crate::rule::Context;
use crate::text::{Edit, Source, Span};

/// Says that something is wrong with a value, and, if it came through an anchor or `extends`, where it came in.
pub fn on<'o>(
    cx: &Context,
    spec: &ContainerSpec,
    out: &'o mut Findings,
    at: At,
    message: impl Into<String>,
) -> &'o mut Draft {
    let draft = out.on(cx, at, message);
    if let Some(pull) = spec.via(at) {
        let how = match pull.how {
            PullKind::Alias => "set through this alias",
            PullKind::Extends => "set through this `extends`",
        };
        draft.see_on(cx, At::new(pull.file, pull.span), how);
    }
    draft
}

/// The value stands where it counts, for this container alone: an edit there changes nothing else.
pub fn is_own(at: At) -> bool {
    at.pull.is_none()
}

/// How to speak of a container: its name, where the surface gives it one.
pub fn name(spec: &ContainerSpec) -> String {
    match (&*spec.name, spec.surface) {
        ("", Surface::Build) => "the image".to_owned(),
        ("", _) => "the container".to_owned(),
        (name, _) => format!("`{name}`"),
    }
}

/// How to speak of a setting, by the key that it has in Compose files.
pub fn word(spec: &ContainerSpec, key: &'static str) -> String {
    format!("`{}`", spec.surface.word(key))
}

/// What to say of a value that only holds while a variable is not set.
pub fn by_default(from_default: bool) -> &'static str {
    if from_default { " by default" } else { "" }
}

/// The edit that writes `item` on a line of its own below a list's item, with the same indentation.
pub fn item_below(cx: &Context, at: At, item: &str) -> Option<Edit> {
    below(cx.project.source(at), at.span, item)
}

/// As [`item_below`], of the item at `span`.
pub fn below(source: &Source, span: Span, item: &str) -> Option<Edit> {
    let line = source.line_span(source.line_of(span.start as usize));
    let before = source.text().get(line.start as usize..span.start as usize)?;
    let blank = |text: &str| text.bytes().all(|b| b == b' ');
    let rest = source.text().get(span.end as usize..line.end as usize)?.trim_start();
    let block = before.trim_start().strip_prefix('-').is_some_and(blank);
    (block && (rest.is_empty() || rest.starts_with('#')))
        .then(|| Edit::insert(line.end as usize, format!("{}{before}{item}", source.newline())))
}
