use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::{Confidence, Context};
use crate::secrets::{self, about::About};
use crate::text::Span;

const INSTEAD: &str = "revoke it, and use `RUN --mount=type=secret` or pass it when the container starts";

/// Looks at the file as it stands: heredocs, labels and commands need no telling apart. What is a secret by its name only
/// is for the rules that know what the name does.
pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    if cx.is_spotless {
        return;
    }
    let in_comment = |span: Span| file.comments.iter().any(|comment| comment.contains(span));
    for hit in secrets::find(file.source.bytes(), About::path(file.source.path())) {
        let span = Span::new(hit.span.start, hit.span.end);
        if hit.confidence() > Confidence::Low && !hit.is_assigned() && !in_comment(span) {
            let title = hit.rule.title;
            out.at(
                file.source,
                span,
                format!("{title}, readable by everyone with this file or the image; {INSTEAD}"),
            );
        }
    }
}
