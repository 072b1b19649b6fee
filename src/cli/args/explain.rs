//! The arguments of commands on what is known: `explain`, `rules`, `practices`.

use std::path::PathBuf;

use clap::ValueEnum;

use super::look::Settings;
use super::values::{OverviewFormat, among, families, family, profile, profiles};
use crate::cli::practices::write::Draft;
use crate::rule::{Family, Profile};

pub(super) const EXPLAIN_EXAMPLES: &str = "\
Examples:
  hullguard explain latest-tag                    a rule
  hullguard explain DL3007                        a rule of another tool
  hullguard explain --finding config/app.env:12   why this line is reported, or why not
  hullguard explain --finding 5c1e… --history     a secret in git history, by its fingerprint

The value of a secret is never shown.";

pub(super) const RULES_EXAMPLES: &str = "\
Examples:
  hullguard rules                          all rules, by family
  hullguard rules --family secrets         the kinds of secrets
  hullguard rules --coverage hadolint      hadolint's codes, and which rule covers them
  hullguard explain latest-tag             one rule";

pub(super) const PRACTICES_EXAMPLES: &str = "\
Examples:
  hullguard practices                        all practices, the broken ones first
  hullguard practices --only 000-non-root    one practice: its rules and all places
  hullguard practices --write daemon         write a first draft of daemon.json

All rules run, also those of the strict profile and in preview.
The exit code is 0, or 2 if something could not be read.";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Explain {
    /// A rule (latest-tag), a family (image), or another tool's code (DL3007, trivy/DS-0002)
    #[arg(required_unless_present = "finding", conflicts_with = "finding")]
    pub(in crate::cli) id: Option<String>,
    /// Explain why this finding is reported: its fingerprint, or FILE:LINE
    #[arg(long, value_name = "FINDING")]
    pub(in crate::cli) finding: Option<String>,
    /// With --finding: search the git history for the fingerprint
    #[arg(long, requires = "finding")]
    pub(in crate::cli) history: bool,
    /// With --finding: which rules run: default, reproducible, strict, style
    /// [default: default]
    #[arg(long, value_name = "PROFILE", requires = "finding", value_parser = among(profile, profiles), hide_possible_values = true)]
    pub(in crate::cli) profile: Option<Profile>,
    /// With --finding: also run rules in preview
    #[arg(long, requires = "finding")]
    pub(in crate::cli) preview: bool,
    /// With --finding: format of the explanation: text, json
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = WhyFormat::Text, hide_possible_values = true)]
    pub(in crate::cli) format: WhyFormat,
    #[command(flatten)]
    pub(in crate::cli) settings: Settings,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum WhyFormat {
    Text,
    Json,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Rules {
    /// Only this family: dockerfile, image, compose, runtime, project, daemon, pipeline,
    /// secrets, shellcheck; repeatable [default: all but secrets and shellcheck]
    #[arg(long, value_name = "FAMILY", value_parser = among(family, families), hide_possible_values = true)]
    pub(in crate::cli) family: Vec<Family>,
    /// List the codes of another tool, and which rule covers each: hadolint, buildkit,
    /// trivy, checkov, kics, compose-lint, dclint, cis, owasp and others
    #[arg(long, value_name = "TOOL", conflicts_with = "family")]
    pub(in crate::cli) coverage: Option<String>,
    /// Format of the list
    #[arg(long, value_enum, default_value_t = TableFormat::Text)]
    pub(in crate::cli) format: TableFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum TableFormat {
    Text,
    Json,
    Markdown,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Practices {
    /// Files and folders to judge [default: the current folder]
    #[arg(value_name = "PATH")]
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// Only this practice, with its rules and all places; repeatable
    #[arg(long, value_name = "PRACTICE")]
    pub(in crate::cli) only: Vec<String>,
    /// Write a first draft of what a practice needs outside of the checked files
    #[arg(long, value_enum, value_name = "DRAFT", conflicts_with_all = ["paths", "only", "format"])]
    pub(in crate::cli) write: Option<Draft>,
    /// Format of the result
    #[arg(long, value_enum, default_value_t = OverviewFormat::Text)]
    pub(in crate::cli) format: OverviewFormat,
    #[command(flatten)]
    pub(in crate::cli) settings: Settings,
}
