//! The arguments of `check`, and of `baseline` and `init`, which check as well.

use std::ffi::OsStr;
use std::path::PathBuf;

use anyhow::{Result, bail};

use super::look::Look;
use super::values::{Color, among, fail_on, fail_ons, formats, report, severities, severity, summary_limit};
use crate::config::FailOn;
use crate::report::Format;
use crate::rule::Severity;

pub(super) const BASELINE: &str = "\
Examples:
  hullguard baseline             write .hullguard-baseline.jsonl; commit it
  hullguard baseline --update    remove old entries, add new ones, keep reasons
  hullguard check --no-baseline  report all findings

You may give an entry a \"reason\", and a last day: \"expires\": \"2027-06-30\".";

pub(super) const INIT: &str = "\
Writes hullguard.yaml, an entry in .pre-commit-config.yaml, and .github/workflows/hullguard.yml.
Files that exist are not overwritten, and a second run changes nothing.";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Init {
    /// Write the files without questions
    #[arg(long, short)]
    pub(in crate::cli) yes: bool,
    /// Also record today's findings in a baseline
    #[arg(long)]
    pub(in crate::cli) baseline: bool,
}

/// `FORMAT` or `FORMAT=FILE`.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Report {
    pub(in crate::cli) format: Format,
    pub(in crate::cli) file: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(in crate::cli) struct Check {
    #[command(flatten)]
    pub(in crate::cli) look: Look,

    /// Apply safe fixes
    #[arg(long, help_heading = "Fixes", conflicts_with = "fix_unsafe")]
    pub(in crate::cli) fix: bool,
    /// Apply all fixes, also those that you should review
    #[arg(long, help_heading = "Fixes")]
    pub(in crate::cli) fix_unsafe: bool,
    /// Show what fixes would change; write nothing. Secrets are masked
    #[arg(long, help_heading = "Fixes")]
    pub(in crate::cli) diff: bool,

    /// Report format: human, compact, json, jsonl, sarif, github, summary, markdown,
    /// gitlab, junit, checkstyle, sonarqube; repeatable [default: human]
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = among(report, formats), hide_possible_values = true, help_heading = "Output")]
    pub(in crate::cli) format: Vec<Report>,
    /// Size limit of `--format summary`, 4096 or more [default: 1048576]
    #[arg(long, value_name = "BYTES", value_parser = summary_limit, help_heading = "Output")]
    pub(in crate::cli) summary_limit: Option<usize>,
    /// In the human report, print only the summary
    #[arg(short, long, help_heading = "Output", conflicts_with = "verbose")]
    pub(in crate::cli) quiet: bool,
    /// Hide milder findings: error, warning, note [default: note]. The exit code
    /// does not change; see --fail-on
    #[arg(long, value_name = "SEVERITY", value_parser = among(severity, severities), hide_possible_values = true, help_heading = "Output")]
    pub(in crate::cli) min_severity: Option<Severity>,
    /// List every finding on a terminal, even if there are more than 50
    #[arg(long, help_heading = "Output")]
    pub(in crate::cli) full: bool,
    /// Use colours
    #[arg(long, value_enum, default_value_t, value_name = "WHEN", help_heading = "Output")]
    pub(in crate::cli) color: Color,
    /// Also show suppressed findings
    #[arg(long, help_heading = "Output")]
    pub(in crate::cli) show_suppressed: bool,
    /// Fail at this severity or above: error, warning, note, never [default: warning]
    #[arg(long, value_name = "SEVERITY", value_parser = among(fail_on, fail_ons), hide_possible_values = true, help_heading = "Output")]
    pub(in crate::cli) fail_on: Option<FailOn>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Baseline {
    #[command(flatten)]
    pub(in crate::cli) look: Look,
    /// File to write; `-` is standard output [default: .hullguard-baseline.jsonl]
    #[arg(long, short, value_name = "FILE")]
    pub(in crate::cli) output: Option<PathBuf>,
    /// Update an existing baseline; entries that still match keep their reasons
    #[arg(long)]
    pub(in crate::cli) update: bool,
}

impl Check {
    /// What clap cannot say by itself.
    pub(in crate::cli) fn validate(&self) -> Result<()> {
        self.look.validate()?;
        let stdin = self.look.is_stdin();
        if self.look.staged && (self.fix || self.fix_unsafe) && !self.diff {
            bail!("--staged does not change files; add --diff to see the fixes");
        }
        if self.look.is_past() && (self.fix || self.fix_unsafe || self.diff) {
            bail!("commits cannot be fixed; leave out --fix and --diff");
        }
        if stdin && (self.fix || self.fix_unsafe) && !self.diff {
            bail!("standard input cannot be changed; add --diff to see the fixes");
        }
        if self.format.iter().filter(|report| report.file.is_none()).count() > 1 {
            bail!("only one --format can go to standard output; write the others as FORMAT=FILE");
        }
        self.validate_paths()
    }

    /// `--format sarif out.sarif`: the file of the report was taken for a path to check.
    fn validate_paths(&self) -> Result<()> {
        let report =
            self.format.iter().find(|report| report.file.is_none() && report.format != Format::Human);
        let Some(report) = report.filter(|_| !self.look.staged && !self.look.is_past()) else {
            return Ok(());
        };
        let is_report = |path: &&PathBuf| {
            let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default();
            REPORTS.contains(&ending) && path.symlink_metadata().is_err()
        };
        let Some(path) = self.look.paths.iter().find(is_report) else { return Ok(()) };
        let path = path.display();
        let name =
            Format::ALL.iter().find(|(_, format)| *format == report.format).map_or("", |(name, _)| name);
        bail!(
            "{path}: no such file or folder; to write the report to this file, use `--format {name}={path}`"
        )
    }
}

/// How names of reports end.
const REPORTS: [&str; 8] = ["sarif", "json", "jsonl", "ndjson", "xml", "md", "txt", "html"];
