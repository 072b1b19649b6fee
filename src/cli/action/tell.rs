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
use crate::finding::{Finding, Status};
use crate::github::{Delivery, Gate, Target};
use crate::outcome::Outcome;
use crate::report::{self, Format, Options, Web, markdown};
use crate::rule::{Family, Severity};

/// Bytes that the report may have; the runner drops a summary of more than 1 MiB as a whole, and words follow.
const LONGEST: usize = 900 << 10;
/// How many words on the run itself follow, and how many characters of each.
const WORDS: usize = 100;
const WORD: usize = 500;
/// How many findings that a change silences the log and the summary name.
const SILENCED: usize = 5;

pub(super) struct Run<'a> {
    pub(super) target: &'a Target,
    pub(super) sides: &'a Sides,
    /// What the gate is on.
    pub(super) scope: &'a Outcome,
    /// Of that, what is told.
    pub(super) shown: &'a Outcome,
    /// How many findings the change silences.
    pub(super) silenced: usize,
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
        append("GITHUB_STEP_SUMMARY", &self.summary()?)?;
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
            ("suppressed", self.silenced.to_string()),
            ("conclusion", conclusion.to_owned()),
            ("complete", (!self.scope.is_incomplete()).to_string()),
            ("report-used", told.map_or_else(String::new, |told| told.reporter.name().to_owned())),
            ("sarif-id", told.and_then(|told| told.sarif_id.clone()).unwrap_or_default()),
            ("sarif-file", sarif.map_or_else(String::new, |file| file.to_string_lossy().into_owned())),
        ])
    }

    /// The report of the run in Markdown, and what it came to on the way.
    fn summary(&self) -> Result<String> {
        let Target { server_url, repository, head_sha, .. } = self.target;
        let web = Web::new(server_url, repository, head_sha);
        let options = Options { web, limit: Some(LONGEST), ..Options::default() };
        let mut text = Vec::new();
        report::write(Format::Summary, self.shown, &options, &mut text).context("cannot make the summary")?;
        let mut text = String::from_utf8_lossy(&text).into_owned();
        let known = self.sides.all.findings.iter().filter(|f| f.status == Status::Open).count();
        let known = known.saturating_sub(open(self.shown).count());
        let known = (known > 0)
            .then(|| format!("{known} more are known, have a lower severity, or are outside the gate"));
        let fell = self.delivery.fell.iter().map(|fell| format!("{}: {}", fell.reporter.name(), fell.why));
        let told = self.delivery.told.iter().flat_map(|told| told.words.iter().cloned());
        text.push('\n');
        for word in known.into_iter().chain(fell).chain(told).chain(self.words.iter().cloned()).take(WORDS) {
            let word: String = word.chars().take(WORD).collect();
            let _ = writeln!(text, "- {}", markdown::text(&word));
        }
        Ok(text)
    }
}

/// A sentence on what the change silences.
pub(super) fn silenced(findings: &[Finding]) -> Option<String> {
    let one = |finding: &Finding| {
        let (rule, place) = (finding.rule.id, &finding.place);
        format!("`{rule}` at {}:{} by {}", place.path, place.start.line, Sides::silencer(finding))
    };
    let mut some: Vec<String> = findings.iter().take(SILENCED).map(one).collect();
    if findings.len() > some.len() {
        some.push("…".to_owned());
    }
    let count = crate::cli::plural(findings.len(), "finding");
    (!findings.is_empty()).then(|| format!("{count} suppressed by this change: {}", some.join(", ")))
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
            bail!("the value of the output `{name}` contains the random end marker");
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
