//! Reports: an [`Outcome`] in, bytes out, one small file a format.
//!
//! A report looks at nothing but the outcome: it reads no file, no configuration and no environment, so the same
//! outcome gives the same bytes everywhere. Where the bytes go, and whether colour is wanted, is `cli`'s business.

use std::io::{self, Write};
use std::str::FromStr;

use crate::finding::{Finding, Status, Suppressor};
use crate::outcome::Outcome;

pub mod escape;
pub mod github;
pub mod human;
pub mod json;
pub mod markdown;
pub mod sarif;

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
}

impl Format {
    pub const ALL: [(&'static str, Self); 5] = [
        ("human", Self::Human),
        ("json", Self::Json),
        ("jsonl", Self::Jsonl),
        ("sarif", Self::Sarif),
        ("github", Self::Github),
    ];
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|&(_, format)| format).ok_or_else(|| {
            let known: Vec<&str> = Self::ALL.iter().map(|&(known, _)| known).collect();
            format!("no format `{name}`; there are {}", known.join(", "))
        })
    }
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// ANSI colours, in the human report only.
    pub colour: bool,
    /// Show suppressed findings, marked as such, in the human report and in SARIF. JSON has them always, workflow
    /// commands never; SARIF that is uploaded to GitHub must not have them, for GitHub ignores the mark.
    pub show_suppressed: bool,
}

/// Writes the report in that format.
pub fn write(format: Format, outcome: &Outcome, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Human => human::write(outcome, options, out),
        Format::Json => json::write(outcome, options, out),
        Format::Jsonl => json::write_lines(outcome, options, out),
        Format::Sarif => sarif::write(outcome, options, out),
        Format::Github => github::write(outcome, options, out),
    }
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
