//! From ShellCheck's comments on a script to findings in the Dockerfile.

use super::Script;
use super::answer::{Comment, Fix, Level, Place};
use crate::dockerfile::Dialect;
use crate::finding::{Draft, Findings, Safety};
use crate::gap::{Gap, Reason};
use crate::rule::{Policy, Profile, Rule, Severity};
use crate::rules;
use crate::text::{Edit, Span};

/// The rule for codes that are newer than this program.
const OTHER: &str = "shellcheck-other";
/// A longer message is cut, in characters.
const LONGEST: usize = 400;

/// What the comments come to. `sure`: ShellCheck knows the script's shell.
///
/// # Errors
/// A comment is about a place that the script does not have.
pub fn findings(
    script: &Script,
    comments: &[Comment],
    policy: &Policy,
    sure: bool,
) -> Result<Vec<Draft>, Gap> {
    let lines = Lines::of(script.text());
    let mut drafts = Vec::new();
    for comment in comments.iter().filter(|comment| is_own_fault(comment, comments)) {
        let nowhere = || Gap::new(Reason::Unreadable, "ShellCheck reported a place that does not exist");
        let range = lines.range(comment.place).ok_or_else(nowhere)?;
        let Some(rule) = rule(comment).filter(|rule| policy.shows(rule)) else { continue };
        if range.start < script.header() || is_beside_the_point(script, comment, range.clone(), policy, sure)
        {
            continue;
        }
        let mut out = Findings::new(rule);
        let span = script.text.span(range);
        let draft = out.at(&script.source, script.source.inside(span.range()), message(comment, rule));
        if rule.id == OTHER {
            draft.severity(severity(comment.level));
        }
        if let Some(edits) = comment.fix.as_ref().and_then(|fix| edits(script, fix, &lines)) {
            draft.fix(Safety::Unsafe, "apply ShellCheck's correction", edits);
        }
        drafts.append(&mut out.list);
    }
    Ok(drafts)
}

/// Where ShellCheck cannot go on, it says so in up to four comments. Of those the first that names a cause stays.
fn is_own_fault(comment: &Comment, all: &[Comment]) -> bool {
    let is_end = |one: &Comment| matches!(one.code, 1009 | 1072 | 1073);
    let is_cause = |one: &Comment| one.level == Level::Error && one.code < 2000 && !is_end(one);
    if !all.iter().any(|one| one.code == 1072) || !is_end(comment) && !is_cause(comment) {
        return true;
    }
    let place = |one: &&Comment| (one.place.line, one.place.column, one.code);
    match all.iter().filter(|one| is_cause(one)).min_by_key(place) {
        Some(first) => std::ptr::eq(first, comment),
        None => comment.code == 1072,
    }
}

fn rule(comment: &Comment) -> Option<&'static Rule> {
    rules::find(&format!("SC{:04}", comment.code)).or_else(|| rules::find(OTHER))
}

fn severity(level: Level) -> Severity {
    match level {
        Level::Error => Severity::Error,
        Level::Warning => Severity::Warning,
        Level::Info | Level::Style => Severity::Note,
    }
}

/// Whether it does not apply to a Dockerfile, or depends on something that the file does not say.
fn is_beside_the_point(
    script: &Script,
    comment: &Comment,
    range: std::ops::Range<usize>,
    policy: &Policy,
    sure: bool,
) -> bool {
    match comment.code {
        // The variable is not assigned, another one with a similar name is, or `sh` does not have it by itself.
        2153 | 2154 | 3028 if names_one_of(&script.declared, script, range.clone()) => true,
        // Whoever sets it in the file knows whether it has blanks.
        2086 if names_one_of(&script.outside, script, range.clone()) => true,
        // Nothing comes after `cd`, so its failure is that of the script.
        2164 => script.text()[range.end..].trim().is_empty(),
        // What `sh` does not have. It may be a shell that has it.
        2039 | 3000..=3999 => (script.dialect == Dialect::Sh || !sure) && policy.profile < Profile::Strict,
        _ => false,
    }
}

/// The variable under a place is one of these.
fn names_one_of(names: &[Box<str>], script: &Script, range: std::ops::Range<usize>) -> bool {
    let text = script.text()[range].trim_start_matches(['$', '{', '#', '!', '"']);
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    names.iter().any(|name| **name == text[..end])
}

/// ShellCheck's own sentence.
fn message(comment: &Comment, rule: &Rule) -> String {
    let mut text: String = comment.message.chars().take(LONGEST).collect();
    if rule.id == OTHER {
        text = format!("SC{}: {text}", comment.code);
    }
    text
}

/// The edits of a fix; `None` if they cannot be made in the file: they would go over a line continuation, or into JSON.
fn edits(script: &Script, fix: &Fix, lines: &Lines) -> Option<Vec<Edit>> {
    if script.is_quoted || fix.replacements.is_empty() {
        return None;
    }
    let one = |replacement: &super::answer::Replacement| {
        let range = lines.range(replacement.place).filter(|range| range.start >= script.header())?;
        let span = if !range.is_empty() {
            script.text.is_unbroken(range.clone()).then(|| script.text.span(range))?
        } else if replacement.insertion_point == "beforeStart" && range.start > script.header() {
            // Behind the last byte of what ends here, not before what comes after a hole.
            Span::at(script.text.offset(range.start - 1) + 1)
        } else {
            Span::at(script.text.offset(range.start))
        };
        Some(Edit::replace(span, &*replacement.text))
    };
    fix.replacements.iter().map(one).collect()
}

/// Lines and columns of a text as its bytes.
struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }
    fn range(&self, place: Place) -> Option<std::ops::Range<usize>> {
        let (start, end) =
            (self.offset(place.line, place.column)?, self.offset(place.end_line, place.end_column)?);
        (start <= end).then_some(start..end)
    }
    fn offset(&self, line: u32, column: u32) -> Option<usize> {
        let line = (line as usize).checked_sub(1)?;
        let start = *self.starts.get(line)?;
        let end = self.starts.get(line + 1).map_or(self.text.len(), |next| next - 1);
        let before = (column as usize).checked_sub(1)?;
        let mut places = self.text[start..end].char_indices().map(|(at, _)| start + at);
        match places.nth(before) {
            Some(at) => Some(at),
            // Behind the last character.
            None => (self.text[start..end].chars().count() == before).then_some(end),
        }
    }
}
