//! The step summary and the outputs: what people and later steps read of a run.
//!
//! Both are files that the runner names. An output's value stands between two lines with a word that nobody can
//! guess, so that no text from a repository can end it.

use std::collections::hash_map::RandomState;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::inputs::variable;
use super::sides::Sides;
use crate::blob::Origin;
use crate::finding::{Finding, Status};
use crate::github::{Delivery, Gate, Target};
use crate::outcome::Outcome;
use crate::report::{escape, human, markdown};
use crate::rule::{Family, Severity};

/// How many findings the table has; the runner drops a summary of more than 1 MiB as a whole.
const ROWS: usize = 200;
/// Of one message, in characters.
const LONGEST: usize = 500;

pub(super) struct Run<'a> {
    pub(super) target: &'a Target,
    pub(super) sides: &'a Sides,
    pub(super) scope: &'a Outcome,
    pub(super) gate: Gate,
    pub(super) delivery: &'a Delivery,
    pub(super) words: &'a [String],
}

impl Run<'_> {
    pub(super) fn tell(&self, sarif: Option<&Path>) -> Result<()> {
        for fell in &self.delivery.fell {
            let why = format!("{}: {}", fell.reporter.name(), fell.why);
            super::term::complain(&why);
        }
        append("GITHUB_STEP_SUMMARY", &self.summary())?;
        let open = || open(self.scope);
        let count = |severity| open().filter(|finding| finding.severity == severity).count().to_string();
        let told = self.delivery.told.as_ref();
        let conclusion = match self.gate {
            Gate::Passed => "success",
            Gate::Failed => "failure",
            Gate::Neutral => "neutral",
        };
        let all = self.sides.all.findings.iter().filter(|finding| finding.status == Status::Open).count();
        outputs(&[
            ("findings", all.to_string()),
            ("new", self.sides.fresh.len().to_string()),
            ("errors", count(Severity::Error)),
            ("warnings", count(Severity::Warning)),
            ("secrets", open().filter(|finding| finding.rule.family == Family::Secrets).count().to_string()),
            ("conclusion", conclusion.to_owned()),
            ("complete", (!self.scope.is_incomplete()).to_string()),
            ("report-used", told.map_or_else(String::new, |told| told.reporter.name().to_owned())),
            ("sarif-id", told.and_then(|told| told.sarif_id.clone()).unwrap_or_default()),
            ("sarif-file", sarif.map_or_else(String::new, |file| file.to_string_lossy().into_owned())),
        ])
    }

    fn summary(&self) -> String {
        let mut text = format!("### hullguard: {}\n\n", markdown::text(&human::summary(self.scope)));
        let known = self.sides.all.findings.iter().filter(|f| f.status == Status::Open).count();
        let known = known.saturating_sub(open(self.scope).count());
        if known > 0 {
            let _ =
                writeln!(text, "{known} more were known before, or lie outside of what the gate is on.\n");
        }
        let mut findings: Vec<&Finding> = open(self.scope).collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        if !findings.is_empty() {
            text.push_str("| | Where | Rule | What |\n|---|---|---|---|\n");
        }
        for finding in findings.iter().take(ROWS) {
            let _ = writeln!(text, "{}", self.row(finding));
        }
        if findings.len() > ROWS {
            let _ = writeln!(text, "\nand {} more, none severer than these", findings.len() - ROWS);
        }
        let failed = self.scope.failed.iter().take(ROWS);
        let failed = failed.map(|told| format!("{}: not checked: {}", told.path, told.why));
        let fell = self.delivery.fell.iter().map(|fell| format!("{}: {}", fell.reporter.name(), fell.why));
        let told = self.delivery.told.iter().flat_map(|told| told.words.iter().cloned());
        let words: Vec<String> = failed.chain(fell).chain(told).chain(self.words.iter().cloned()).collect();
        if !words.is_empty() {
            text.push('\n');
        }
        for word in words {
            let _ = writeln!(text, "- {}", markdown::text(&word));
        }
        text
    }

    fn row(&self, finding: &Finding) -> String {
        let place = &finding.place;
        let shown = markdown::code(&format!("{}:{}", place.path, place.start.line)).replace('|', "\\|");
        let Target { server_url, repository, head_sha, .. } = self.target;
        let url = match &place.origin {
            // What came and went stands nowhere but in its commit.
            Origin::Commit(commit) if commit.id != *head_sha => {
                format!("{server_url}/{repository}/commit/{}", commit.id)
            }
            _ => {
                let path = escape::uri(&place.path);
                format!("{server_url}/{repository}/blob/{head_sha}/{path}#L{}", place.start.line)
            }
        };
        let message: String = finding.message.chars().take(LONGEST).collect();
        let message = markdown::message(&message);
        // In a code span of a table, too, a bar ends the cell; in text it is escaped already.
        let message = message.replace("\\|", "|").replace('|', "\\|");
        let (severity, rule) = (finding.severity.name(), markdown::code(finding.rule.id));
        format!("| {severity} | {} | {rule} | {message} |", markdown::link(&shown, &url))
    }
}

fn open(outcome: &Outcome) -> impl Iterator<Item = &Finding> {
    outcome.findings.iter().filter(|finding| finding.status == Status::Open)
}

/// Sets outputs of the step.
pub(super) fn outputs(values: &[(&str, String)]) -> Result<()> {
    let mut text = String::new();
    for (name, value) in values {
        let word = unguessed();
        if value.contains(&word) {
            bail!("the value of the output `{name}` holds a word that was drawn by lot");
        }
        let _ = writeln!(text, "{name}<<{word}\n{value}\n{word}");
    }
    append("GITHUB_OUTPUT", &text)
}

/// The standard library seeds its hash maps from the system's randomness.
fn unguessed() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("hullguard_{:016x}{:016x}", random(), random())
}

fn append(variable_name: &str, text: &str) -> Result<()> {
    let Some(file) = variable(variable_name) else { return Ok(()) };
    let opened = OpenOptions::new().append(true).create(true).open(&file);
    let written = opened.and_then(|mut out| out.write_all(text.as_bytes()));
    written.with_context(|| format!("cannot write {variable_name}"))
}
