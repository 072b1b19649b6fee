//! Reports: an [`Outcome`] in, bytes out, one small file a format.
//!
//! A report looks at nothing but the outcome: it reads no file, no configuration and no environment, so the same
//! outcome gives the same bytes everywhere. Where the bytes go, and whether colour is wanted, is `cli`'s business.

use std::borrow::Cow;
use std::io::{self, Write};
use std::str::FromStr;

use crate::finding::{Finding, Status, Suppressor};
use crate::outcome::Outcome;
use crate::rule::Severity;

mod checkstyle;
mod compact;
mod ending;
pub mod escape;
pub mod github;
mod gitlab;
pub mod graph;
pub mod hardening;
mod hide;
pub mod human;
pub mod json;
mod junit;
pub mod markdown;
pub mod privileges;
pub mod sarif;
mod sonarqube;
pub mod summary;
mod table;
pub mod why;

pub use hide::{Hider, hide};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For a terminal.
    Human,
    /// One object; see `docs/json.md`.
    Json,
    /// One object a line, a finding each, then one for the run.
    Jsonl,
    /// SARIF 2.1.0.
    Sarif,
    /// GitHub Actions workflow commands.
    Github,
    /// Markdown for the summary of a step in GitHub Actions, or for a comment.
    Summary,
    /// One line a finding, as compilers write it and editors read it.
    Compact,
    /// JUnit XML: a finding that fails the run is a failed test.
    Junit,
    /// Checkstyle XML.
    Checkstyle,
    /// GitLab's code quality report.
    Gitlab,
    /// SonarQube's generic format for issues of other tools.
    Sonarqube,
    /// Markdown tables, a file each; nothing is left out.
    Markdown,
}

impl Format {
    pub const ALL: [(&'static str, Self); 12] = [
        ("human", Self::Human),
        ("json", Self::Json),
        ("jsonl", Self::Jsonl),
        ("sarif", Self::Sarif),
        ("github", Self::Github),
        ("summary", Self::Summary),
        ("compact", Self::Compact),
        ("junit", Self::Junit),
        ("checkstyle", Self::Checkstyle),
        ("gitlab", Self::Gitlab),
        ("sonarqube", Self::Sonarqube),
        ("markdown", Self::Markdown),
    ];
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|&(_, format)| format).ok_or_else(|| {
            let known: Vec<&str> = Self::ALL.iter().map(|&(known, _)| known).collect();
            format!("unknown format `{name}`; use one of {}", known.join(", "))
        })
    }
}

#[derive(Clone, Debug, Default)]
pub struct Options {
    /// ANSI colours, in the human report only.
    pub colour: bool,
    /// How many columns a sentence of the human report may take; `None` for one line each.
    pub width: Option<usize>,
    /// Show suppressed findings, marked as such, in the human report and in SARIF. JSON has them always, workflow
    /// commands never; SARIF that is uploaded to GitHub must not have them, for GitHub ignores the mark.
    pub show_suppressed: bool,
    /// Where the files can be seen, for links in the summary.
    pub web: Option<Web>,
    /// The most bytes that the summary may have, if GitHub's own limit is too many.
    pub limit: Option<usize>,
    /// How much the human report says.
    pub detail: Detail,
    /// From which severity on findings fail the run; for reports of tests, which pass or fail.
    pub failing: Option<Severity>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// Only the end of the report.
    Quiet,
    /// Of very many findings errors one by one, the rest by rule.
    Short,
    #[default]
    Full,
    /// Every skipped file by name, too.
    Verbose,
}

/// A commit of a repository on the web.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Web {
    /// `https://github.com/owner/name`
    repository: String,
    commit: String,
}

impl Web {
    /// As GitHub's environment names them; `None` if one of them is not what it should be.
    pub fn new(server: &str, repository: &str, commit: &str) -> Option<Self> {
        let server = server.trim_end_matches('/');
        let host = server.strip_prefix("https://").or_else(|| server.strip_prefix("http://"))?;
        let (owner, name) = repository.split_once('/')?;
        let is_name = |text: &str, also: &[u8]| {
            !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || also.contains(&b))
        };
        let fits = is_name(host, b".-:/") && is_name(owner, b"._-") && is_name(name, b"._-");
        let is_commit = commit.len() >= 7 && commit.bytes().all(|b| b.is_ascii_hexdigit());
        (fits && is_commit)
            .then(|| Self { repository: format!("{server}/{repository}"), commit: commit.to_owned() })
    }
}

/// Writes the report in that format.
pub fn write(format: Format, outcome: &Outcome, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Human => human::write(outcome, options, out),
        Format::Json => json::write(outcome, options, out),
        Format::Jsonl => json::write_lines(outcome, options, out),
        Format::Sarif => sarif::write(outcome, options, out),
        Format::Github => github::write(outcome, options, out),
        Format::Summary => summary::write(outcome, options, out),
        Format::Compact => compact::write(outcome, options, out),
        Format::Junit => junit::write(outcome, options, out),
        Format::Checkstyle => checkstyle::write(outcome, options, out),
        Format::Gitlab => gitlab::write(outcome, options, out),
        Format::Sonarqube => sonarqube::write(outcome, options, out),
        Format::Markdown => table::write(outcome, options, out),
    }
}

/// The beginning of a text, with a mark if there is more.
fn clip(text: &str, shown: usize) -> Cow<'_, str> {
    match text.char_indices().nth(shown) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// What kept a run from checking everything, each with the path that it is about; for reports that have no place of their
/// own for it. What is about no file has the program's name.
fn faults(outcome: &Outcome) -> Vec<(&str, Cow<'_, str>)> {
    let mut faults: Vec<(&str, Cow<str>)> = Vec::new();
    faults.extend(outcome.error.iter().map(|why| ("hullguard", Cow::Borrowed(why.as_str()))));
    faults.extend(outcome.failed.iter().map(|told| (&*told.path, Cow::Borrowed(told.why.as_str()))));
    if outcome.interrupted {
        faults.push(("hullguard", Cow::Borrowed("the run was interrupted; not all files were checked")));
    }
    faults
}

/// The open findings, file by file.
fn by_file(outcome: &Outcome) -> Vec<Vec<&Finding>> {
    let open: Vec<&Finding> = outcome.findings.iter().filter(|finding| is_open(finding)).collect();
    open.chunk_by(|a, b| a.place.path == b.place.path).map(<[&Finding]>::to_vec).collect()
}

fn is_open(finding: &Finding) -> bool {
    finding.status == Status::Open
}

fn suppressor(by: Suppressor) -> &'static str {
    match by {
        Suppressor::Inline => "inline",
        Suppressor::Config => "config",
        Suppressor::Baseline => "baseline",
    }
}

#[cfg(test)]
mod tests;
