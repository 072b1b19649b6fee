//! Markdown for people: the summary of a step in GitHub Actions, or a comment on a pull request.
//!
//! GitHub throws a summary that is too large away, whole and without a word. So there is a limit, the severest comes
//! first, and whatever did not fit is told. All that comes from the repository is escaped for the place it goes to.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::fmt::{Display, Write as _};
use std::io::{self, Write};

use super::graph::{self, Marked};
use super::{Options, Web, escape, human, is_open, markdown, privileges};
use crate::blob::Origin;
use crate::finding::{Finding, Place};
use crate::outcome::{Outcome, Told};

/// GitHub's limit for the summary of a step.
const LIMIT: usize = 1 << 20;
/// The least limit that is kept to: what is always said needs room.
pub const LEAST: usize = 4096;
/// Room for what is said of things that did not fit, and for ends of lists.
const RESERVE: usize = 1024;
/// How many graphs are drawn; a browser draws each by itself.
const GRAPHS: usize = 20;
/// How many characters of a text from the repository are shown.
const SHOWN: usize = 300;
/// A longer address is left out.
const ADDRESS: usize = 2000;

pub fn write(outcome: &Outcome, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { text: String::new(), limit: options.limit.unwrap_or(LIMIT).max(LEAST) };
    page.text.push_str("## hullguard\n\n");
    if let Some(error) = &outcome.error {
        page.text.push_str("**Nothing was checked:**\n");
        let lines = error.lines().map(|line| format!("- {}\n", markdown::code(&clip(line))));
        let lines: Vec<String> = lines.collect();
        page.list("", lines.into_iter(), "", "line");
        return out.write_all(page.text.as_bytes());
    }
    let _ = writeln!(page.text, "**{}**", human::summary(outcome));
    if outcome.is_incomplete() {
        page.text.push_str("\nNot everything was checked, so there may be more findings.\n");
    }
    page.list("\n### Could not be checked\n\n", told(&outcome.failed), "", "file");
    let changes = outcome.changes.iter();
    let changes = changes.map(|change| format!("- {}\n", markdown::message(&privileges::sentence(change))));
    page.list("\n### Privileges\n\n", changes, "", "service");

    let mut open: Vec<&Finding> = outcome.findings.iter().filter(|finding| is_open(finding)).collect();
    // The sort is stable: among equals the order of files stays.
    open.sort_by_key(|finding| {
        Reverse((finding.severity, finding.secret.as_ref().map(|secret| secret.confidence())))
    });
    let (secrets, others): (Vec<&Finding>, Vec<&Finding>) =
        open.into_iter().partition(|finding| finding.secret.is_some());
    let web = options.web.as_ref();
    let head = "\n### Secrets\n\nEverybody who can read the repository may have them: revoke them, then remove \
                them.\n\n| severity | confidence | rule | where | what |\n|---|---|---|---|---|\n";
    page.list(head, secrets.iter().map(|finding| row(finding, web)), "", "secret");
    let head = "\n### Findings\n\n| severity | rule | where | what |\n|---|---|---|---|\n";
    page.list(head, others.iter().map(|finding| row(finding, web)), "", "finding");
    graphs(outcome, &mut page);
    let head = "\n<details><summary>Skipped files</summary>\n\n";
    page.list(head, told(&outcome.skipped), "\n</details>\n", "skipped file");
    out.write_all(page.text.as_bytes())
}

/// The text so far, and how long it may become.
struct Page {
    text: String,
    limit: usize,
}

impl Page {
    /// Adds a list as far as it fits, and says how many of its items did not.
    fn list(&mut self, head: &str, items: impl ExactSizeIterator<Item = String>, tail: &str, noun: &str) {
        let count = items.len();
        let mut shown = 0;
        for item in items {
            let head = if shown == 0 { head } else { "" };
            if self.text.len() + head.len() + item.len() + tail.len() + RESERVE > self.limit {
                break;
            }
            self.text.push_str(head);
            self.text.push_str(&item);
            shown += 1;
        }
        if shown > 0 {
            self.text.push_str(tail);
        }
        if shown < count {
            let more = if shown == 0 { "" } else { "more " };
            let left = human::count(count - shown, &format!("{more}{noun}"));
            self.note(format_args!("There is no room here for {left}."));
        }
    }
    /// A word for which [`RESERVE`] is kept.
    fn note(&mut self, word: impl Display) {
        let _ = writeln!(self.text, "\n_{word}_");
    }
}

fn told(all: &[Told]) -> impl ExactSizeIterator<Item = String> {
    let line = |told: &Told| {
        format!("- {}: {}\n", markdown::code(&clip(&told.path)), markdown::text(&clip(&told.why)))
    };
    all.iter().map(line)
}

/// A line of a table.
fn row(finding: &Finding, web: Option<&Web>) -> String {
    let severity = finding.severity.name();
    let confidence = match &finding.secret {
        Some(secret) => format!(" {} |", secret.confidence().name()),
        None => String::new(),
    };
    // A rule's id and addresses are ours, not the repository's.
    let rule = format!("[{}]({})", finding.rule.id, finding.rule.url());
    let revoke = match (&finding.secret, finding.rule.revoke.get()) {
        (None, _) | (_, "") => String::new(),
        (Some(_), page) => format!(" ([revoke]({page}))"),
    };
    let (place, message) = (place(&finding.place, web), markdown::message_in_cell(&clip(&finding.message)));
    let commit = commit(finding, web);
    format!("| {severity} |{confidence} {rule} | {place} | {message}{commit}{revoke} |\n")
}

/// Path and line, as a link where there is something to link to.
fn place(place: &Place, web: Option<&Web>) -> String {
    let line = place.start.line;
    let shown = markdown::code_in_cell(&format!("{}:{line}", clip(&place.path)));
    // What stands in place of a path where a secret was found in a message of git.
    let message = matches!(&*place.path, "commit message" | "tag message");
    let outside = message || place.path.starts_with('/') || place.path.split('/').any(|part| part == "..");
    let commit = match &place.origin {
        Origin::WorkTree => web.map(|web| &web.commit),
        Origin::Commit(commit) => Some(&commit.id),
        Origin::Index | Origin::Stdin => None,
    };
    match (web, commit) {
        (Some(Web { repository, .. }), Some(commit)) if !outside => {
            let link = format!("{repository}/blob/{commit}/{}#L{line}", escape::uri(&place.path));
            if link.len() <= ADDRESS { markdown::link(&shown, &link) } else { shown }
        }
        _ => shown,
    }
}

/// For a secret of a history: the commit that brought it.
fn commit(finding: &Finding, web: Option<&Web>) -> String {
    let past = finding.secret.as_ref().and_then(|secret| secret.past.as_ref());
    let id = past.and_then(|past| past.commit.as_ref()).map(|commit| &commit.id);
    let ours = id.zip(web).map(|(id, web)| format!("{}/commit/{id}", web.repository));
    let page = ours.or_else(|| past.and_then(|past| past.url.as_deref().map(str::to_owned)));
    page.map_or_else(String::new, |page| format!(" ([commit]({page}))"))
}

/// The stages of files that have several, those with the worst findings first.
fn graphs(outcome: &Outcome, page: &mut Page) {
    let mut marked: Vec<Marked> = graph::mark(outcome);
    marked.retain(|marked| marked.graph.stages.len() > 1);
    marked.sort_by_key(|marked| Reverse(marked.worst()));
    let beyond = marked.len().saturating_sub(GRAPHS);
    marked.truncate(GRAPHS);
    let (mut drawn, mut large) = (Vec::new(), 0);
    for marked in &marked {
        let path = markdown::code(&clip(&marked.graph.path));
        match graph::mermaid::measured(std::slice::from_ref(marked)) {
            (text, true) => drawn.push(format!(
                "\n<details><summary>\n\nStages of {path}\n\n</summary>\n\n```mermaid\n{text}```\n\n</details>\n"
            )),
            (_, false) => large += 1,
        }
    }
    page.list("\n### Stages\n", drawn.into_iter(), "", "stage graph");
    if large > 0 {
        let large = human::count(large, "stage graph");
        page.note(format_args!("GitHub cannot draw {large} of this size; use `hullguard graph`."));
    }
    if beyond > 0 {
        let beyond = human::count(beyond, "more Dockerfile");
        page.note(format_args!("The stages of {beyond} are not drawn here; use `hullguard graph`."));
    }
}

fn clip(text: &str) -> Cow<'_, str> {
    super::clip(text, SHOWN)
}
#[cfg(test)]
mod tests;
