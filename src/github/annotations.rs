//! Findings as the annotations of a check run. They are plain text: GitHub shows Markdown in them raw.

use serde_json::{Value, json};

use crate::finding::Finding;
use crate::report::escape;
use crate::rule::Severity;

/// How much of a message is sent; GitHub takes 64 KB, and nobody reads so much.
const MESSAGE: usize = 4_000;

/// `None` for a file that does not lie in the repository.
pub(super) fn annotation(finding: &Finding) -> Option<Value> {
    let place = &finding.place;
    if !is_inside(&place.path) {
        return None;
    }
    let mut message: String = escape::plain(&finding.message).chars().take(MESSAGE).collect();
    if let Some(fix) = &finding.fix {
        message.push_str("\nhelp: ");
        message.extend(escape::plain(&fix.title).chars().take(MESSAGE));
    }
    // One line, as in all reports for GitHub; it takes columns only then.
    let end = if place.end.line == place.start.line { place.end.column } else { place.line_end };
    Some(json!({
        "path": &*place.path,
        "start_line": place.start.line,
        "end_line": place.start.line,
        "start_column": place.start.column,
        "end_column": end.max(place.start.column),
        "annotation_level": match finding.severity {
            Severity::Error => "failure",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        },
        "title": finding.rule.id,
        "message": message,
    }))
}

/// Whether a path, as it counts from the top of the repository, leads to a file in it.
pub(super) fn is_inside(path: &str) -> bool {
    !path.starts_with('/') && path != ".." && !path.starts_with("../")
}
