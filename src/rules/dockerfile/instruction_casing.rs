use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::text::{Edit, Span};

/// Source: `validateCommandCasing` and `doesFromCaseMatchAsCase` of moby/buildkit. ARG before the first FROM does not
/// count there, and neither do triggers.
pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let keywords = || file.instructions.iter().filter(|instruction| instruction.stage.is_some());
    let (mut lower, mut upper) = (0, 0);
    for instruction in keywords() {
        let word = &*instruction.keyword.text;
        lower += usize::from(is_lower(word));
        upper += usize::from(is_upper(word) && !is_lower(word));
    }
    let wants_lower = lower > upper;
    let (fits, case): (fn(&str) -> bool, _) =
        if wants_lower { (is_lower, "lower case") } else { (is_upper, "upper case") };
    let write = |word: &str| if wants_lower { word.to_ascii_lowercase() } else { word.to_ascii_uppercase() };

    let mut first: Option<usize> = None;
    let mut edits = Vec::new();
    let mut wrong = |span: Span, word: &str, out: &mut Findings| {
        edits.push(Edit::replace(span, write(word)));
        if let Some(draft) = first {
            out.list[draft].see(file.source, span, "and here");
            return;
        }
        first = Some(out.list.len());
        let message = format!("most instructions of the file are in {case}; write `{}`", write(word));
        out.at(file.source, span, message);
    };
    for instruction in keywords() {
        let word = &*instruction.keyword.text;
        if !fits(word) {
            wrong(instruction.keyword.span, word, out);
        }
        // `AS` has the case of its FROM, once that is right.
        if let Kind::From(from) = &instruction.kind
            && let Some(span) = from.as_keyword
            && !fits(file.source.slice(span))
        {
            wrong(span, "as", out);
        }
    }
    if let Some(draft) = first {
        out.list[draft].fix(Safety::Safe, format!("write all keywords in {case}"), edits);
    }
}

fn is_lower(word: &str) -> bool {
    !word.bytes().any(|b| b.is_ascii_uppercase())
}
fn is_upper(word: &str) -> bool {
    !word.bytes().any(|b| b.is_ascii_lowercase())
}
