//! Markdown for check runs and reviews that keeps within GitHub's limit, and says how much did not fit.

use std::fmt::Write as _;

use super::annotations::is_inside;
use super::target::Target;
use crate::finding::Finding;
use crate::outcome::Outcome;
use crate::report::{human, markdown, privileges};

/// GitHub's limit is one of characters, which are never more than the bytes.
pub(super) const LIMIT: usize = 65_535;
/// Room for the sentence that says how much did not fit, and for what the caller closes.
const RESERVE: usize = 300;
/// How many files that could not be checked are named.
const TROUBLES: usize = 20;
/// How many services whose privileges change are named.
const CHANGES: usize = 20;

/// What the run came to, and what kept it from checking all.
pub(super) fn opening(outcome: &Outcome) -> String {
    let mut out = format!("{}\n", markdown::text(&human::summary(outcome)));
    let told = outcome
        .failed
        .iter()
        .map(|told| format!("- {}: {}\n", markdown::code(&told.path), markdown::text(&told.why)));
    let interrupted = outcome.interrupted.then(|| "- the run was interrupted\n".to_owned());
    let error = outcome.error.iter().map(|why| format!("- {}\n", markdown::text(why)));
    let troubles: Vec<String> = error.chain(interrupted).chain(told).collect();
    if !troubles.is_empty() {
        out.push_str("\n**Not everything was checked:**\n\n");
        push_list(&mut out, troubles.into_iter(), LIMIT / 4, TROUBLES);
    }
    if !outcome.changes.is_empty() {
        out.push_str("\n**Privileges:**\n\n");
        let changes = outcome.changes.iter();
        let changes =
            changes.map(|change| format!("- {}\n", markdown::message(&privileges::sentence(change))));
        push_list(&mut out, changes, LIMIT / 4, CHANGES);
    }
    out
}

/// As many findings as fit, an item each, and the number of the others.
pub(super) fn push_findings(out: &mut String, findings: &[&Finding], target: &Target) {
    push_list(out, findings.iter().map(|finding| item(finding, target)), LIMIT, usize::MAX);
}

fn push_list(out: &mut String, mut items: impl Iterator<Item = String>, limit: usize, most: usize) {
    let mut count = 0;
    while let Some(item) = items.next() {
        if count == most || out.len() + item.len() + RESERVE > limit {
            let _ = writeln!(out, "- … and {} more, which do not fit here", items.count() + 1);
            return;
        }
        out.push_str(&item);
        count += 1;
    }
}

fn item(finding: &Finding, target: &Target) -> String {
    let place = location(finding.place.path.as_ref(), finding.place.start.line, target);
    format!("- {} {place}: {}\n", heading(finding), markdown::message(&finding.message))
}

/// Severity and rule, which leads to its page.
pub(super) fn heading(finding: &Finding) -> String {
    let rule = markdown::link(&markdown::code(finding.rule.id.get()), &finding.rule.url());
    format!("**{}** {rule}", finding.severity.name())
}

/// Path and line, with a link to it where GitHub has it.
pub(super) fn location(path: &str, line: u32, target: &Target) -> String {
    let shown = markdown::code(&format!("{path}:{line}"));
    if is_inside(path) { markdown::link(&shown, &target.line_url(path, line)) } else { shown }
}
