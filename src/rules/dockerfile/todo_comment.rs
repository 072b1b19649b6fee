use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::text::Span;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for comment in &file.comments {
        let text = file.source.slice(*comment);
        for mark in ["TODO", "FIXME"] {
            let is_word = |at: &usize| {
                let beside = |c: char| c.is_alphanumeric() || c == '_';
                !text[..*at].ends_with(beside) && !text[at + mark.len()..].starts_with(beside)
            };
            if let Some(at) = text.match_indices(mark).map(|(at, _)| at).find(is_word) {
                let start = comment.start as usize + at;
                let message = format!("this comment says `{mark}`; do it, or write an issue for it");
                out.at(file.source, Span::new(start, start + mark.len()), message);
            }
        }
    }
}
