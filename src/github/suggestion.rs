//! A safe fix as a block that a reader of the pull request applies with one click.
//!
//! Such a block replaces exactly the lines that its comment stands on. It publishes them as well, so there is none
//! where a line holds what must not be shown, or what a reader could not see. (On the corpus 471 of 484 safe fixes
//! become one, and make of the file what `--fix` makes of it.)

use std::ops::RangeInclusive;

use crate::blob::Tree;
use crate::finding::{Finding, Safety};
use crate::fix;
use crate::report::escape;
use crate::shown::Veil;
use crate::text::{Source, Span};

/// More lines than this are no suggestion but a rewrite.
const LINES: u32 = 20;

/// New text for some lines.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Suggestion {
    pub lines: RangeInclusive<u32>,
    /// Each line with its end; empty if the lines go.
    pub text: String,
}

/// `hidden` is what must not be shown of the finding's file, besides what its text gives away.
pub(super) fn of(finding: &Finding, tree: &dyn Tree, hidden: &[Span]) -> Option<Suggestion> {
    let fix = finding.fix.as_ref().filter(|fix| fix.safety == Safety::Safe && finding.secret.is_none())?;
    let source = Source::new(finding.place.path.clone(), tree.read(&finding.place.path).ok()?);
    let end = source.text().len();
    let first = fix.edits.iter().map(|edit| edit.span.start as usize).min()?;
    let last = fix.edits.iter().map(|edit| edit.span.end as usize).max()?;
    if source.is_lossy() || last > end {
        return None; // the file is not the one that was checked
    }
    let new = String::from_utf8(fix::apply(source.bytes(), &[finding])).ok()?;
    let start = source.line_of(first);
    // What goes up to the end of a line does not touch the next.
    let ends_before = last > first && source.line_span(source.line_of(last)).start as usize == last;
    let stop = source.line_of(last) - u32::from(ends_before);
    let lines = start..=stop;
    if !lines.contains(&finding.place.start.line) || stop - start >= LINES {
        return None;
    }
    let from = source.line_span(start).start as usize;
    let to = source.text()[source.line_span(stop).end as usize..].find('\n');
    let to = to.map_or(end, |at| source.line_span(stop).end as usize + at + 1);
    let text = new.get(from..new.len() - (end - to))?;
    let old = &source.text()[from..to];
    // A block holds whole lines.
    let is_whole = text.is_empty() || text.ends_with('\n') == old.ends_with('\n');
    let is_shown = |text: &str| text.split('\n').all(is_shown);
    let veil = Veil::new(source.text(), hidden);
    let is_open = Span::new(from, to).among(veil.spans()).is_empty() && veil.lets(text);
    // Where the new lines stand in the new text something may be hidden that is not hidden alone.
    let is_open = is_open && {
        let veil = Veil::new(&new, &[]);
        Span::new(from, from + text.len()).among(veil.spans()).is_empty()
    };
    (is_whole && text != old && is_open && is_shown(text) && is_shown(old))
        .then(|| Suggestion { lines, text: text.to_owned() })
}

fn is_shown(line: &str) -> bool {
    line.split('\t').all(|part| escape::plain(part) == part)
}

// hullguard: ignore-file=assigned-password the tests' samples
#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::{One, Origin};
    use crate::finding::{Fix, Status, Values};
    use crate::place::place;
    use crate::rules::RULES;
    use crate::text::Edit;

    fn suggested(text: &'static str, at: &str, edits: Vec<Edit>, safety: Safety) -> Option<Suggestion> {
        let source = Source::new("f", text.into());
        let start = text.find(at).unwrap();
        let finding = Finding {
            rule: &RULES[0],
            severity: RULES[0].severity,
            place: place(&source, Span::new(start, start + at.len()), &Origin::WorkTree, &[]),
            message: String::new(),
            related: Vec::new(),
            fix: Some(Fix { title: String::new(), edits, safety, secret: false }),
            status: Status::Open,
            fingerprint: 0,
            secret: None,
            values: Values::default(),
            container: None,
        };
        of(&finding, &One(text), &[])
    }

    fn safe(text: &'static str, at: &str, edits: Vec<Edit>) -> Option<(RangeInclusive<u32>, String)> {
        suggested(text, at, edits, Safety::Safe).map(|s| (s.lines, s.text))
    }

    #[test]
    fn whole_lines_are_suggested() {
        let text = "FROM a\nADD x y\nRUN z\n";
        assert_eq!(
            safe(text, "ADD", vec![Edit::replace(Span::new(7, 10), "COPY")]),
            Some((2..=2, "COPY x y\n".into()))
        );
        assert_eq!(safe(text, "ADD", vec![Edit::delete(Span::new(7, 15))]), Some((2..=2, String::new())));
        assert_eq!(
            safe(text, "ADD", vec![Edit::insert(7, "USER b\n")]),
            Some((2..=2, "USER b\nADD x y\n".into()))
        );
        let both = vec![Edit::insert(7, "# x\n"), Edit::replace(Span::new(19, 20), "w")];
        assert_eq!(safe(text, "RUN", both), Some((2..=3, "# x\nADD x y\nRUN w\n".into())));
        assert_eq!(safe("A b", "b", vec![Edit::replace(Span::new(2, 3), "c")]), Some((1..=1, "A c".into())));
    }

    #[test]
    fn what_does_not_fit_or_must_not_be_shown_is_not() {
        let text = "FROM a\nADD x y\nRUN z\n";
        let edit = vec![Edit::replace(Span::new(7, 10), "COPY")];
        assert_eq!(suggested(text, "ADD", edit.clone(), Safety::Unsafe), None);
        assert_eq!(safe(text, "RUN", edit), None, "the finding stands elsewhere");
        assert_eq!(safe(text, "ADD", vec![Edit::delete(Span::new(14, 15))]), None, "two lines become one");
        assert_eq!(safe(text, "ADD", vec![Edit::insert(200, "x")]), None);
        let one = |from: usize, to: usize| vec![Edit::replace(Span::new(from, to), "x")];
        assert_eq!(safe("A b\r\n", "A", one(0, 1)), None);
        assert_eq!(safe("A \u{202e}b\n", "A", one(0, 1)), None);
        assert_eq!(safe("ENV DB_PASSWORD=hunter2hunter A\n", "ENV", one(0, 3)), None);
    }
}
