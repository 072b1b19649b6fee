//! The arguments, declared once: the parser, `--help`, completions and the man page come from here.

use std::ffi::OsStr;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Parser, Subcommand, ValueEnum};

use super::coverage::{self, State};
use super::meant;
use super::practices::write::Draft;
use crate::config::{self, FailOn, UseShellCheck};
use crate::report::graph::Drawing;
use crate::report::privileges::Telling;
use crate::report::{Format, summary};
use crate::rule::{Family, Profile, Rule, Severity};
use crate::rules;

const EXAMPLES: &str = "\
Examples:
  hullguard                            check everything below this folder
  hullguard check Dockerfile a.yaml    check these files
  hullguard check --staged             check what is about to be committed
  hullguard check --new-from main      report only what main does not have
  hullguard check --history            search the git history for secrets
  hullguard check --fix                apply safe fixes
  hullguard check --fix-unsafe --diff  show what all fixes would change
  hullguard check --format sarif=out.sarif --format human
  cat Dockerfile | hullguard check - --stdin-path app/Dockerfile
  hullguard baseline                   record findings; only new ones fail
  hullguard explain DL3007             explain a rule of another tool

Exit codes: 0 nothing to fail on, 1 findings at or above --fail-on,
2 hullguard could not check everything, or was interrupted.";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  hullguard explain latest-tag                    a rule
  hullguard explain DL3007                        a rule of another tool
  hullguard explain --finding config/app.env:12   why this line is reported, or why not
  hullguard explain --finding 5c1e… --history     a secret in git history, by its fingerprint

The value of a secret is never shown.";

const GRAPH_EXAMPLES: &str = "\
Examples:
  hullguard graph api/Dockerfile                  draw one file as a tree
  hullguard graph --format mermaid > stages.mmd   draw all files below the current folder
  hullguard graph --format dot Dockerfile | dot -Tsvg > stages.svg
  hullguard graph --network compose.yaml          who is on which network, what is published

Compose files below the current folder are also read: a stage that a service builds
ships. Findings are counted in the picture. They do not change the exit code.";

const PRIVILEGES_EXAMPLES: &str = "\
Examples:
  hullguard privileges                    all services below the current folder
  hullguard privileges web                one service
  hullguard privileges -f prod.yaml --format json
  hullguard privileges --new-from main    what this branch gives or takes

The result assumes a Docker engine that runs as root and has no user namespaces.
The exit code is 0, or 2 if something could not be read.";

const HARDEN_EXAMPLES: &str = "\
Examples:
  hullguard harden                 a diff of all services below the current folder
  hullguard harden web -f prod.yaml
  hullguard harden --no-questions  only the edits
  hullguard harden --write         make the sure edits; questions are only shown

No edit was tested: start the services afterwards, and check what they do.
The exit code is 0, or 2 if something could not be read or written.";

const RULES_EXAMPLES: &str = "\
Examples:
  hullguard rules                          all rules, by family
  hullguard rules --family secrets         the kinds of secrets
  hullguard rules --coverage hadolint      hadolint's codes, and which rule covers them
  hullguard explain latest-tag             one rule";

const PRACTICES_EXAMPLES: &str = "\
Examples:
  hullguard practices                        all practices, the broken ones first
  hullguard practices --only 000-non-root    one practice: its rules and all places
  hullguard practices --write daemon         write a first draft of daemon.json

All rules run, also those of the strict profile and in preview.
The exit code is 0, or 2 if something could not be read.";

const BASELINE: &str = "\
Examples:
  hullguard baseline             write .hullguard-baseline.jsonl; commit it
  hullguard baseline --update    remove old entries, add new ones, keep reasons
  hullguard check --no-baseline  report all findings

You may give an entry a \"reason\", and a last day: \"expires\": \"2027-06-30\".";

const INIT: &str = "\
Writes hullguard.yaml, an entry in .pre-commit-config.yaml, and .github/workflows/hullguard.yml.
Files that exist are not overwritten, and a second run changes nothing.";

/// What `--version` prints; `-V` prints the number alone.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("HULLGUARD_BUILD"), ")");

/// Checks Dockerfiles and Compose files, and finds secrets in files and in git history.
#[derive(Debug, Parser)]
#[command(name = "hullguard", bin_name = "hullguard", version, long_version = VERSION, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) check: Check,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check files and folders (the default command)
    #[command(after_help = EXAMPLES)]
    Check(Box<Check>),
    /// Record all findings of today, so that only new ones fail
    #[command(after_help = BASELINE)]
    Baseline(Box<Baseline>),
    /// Set hullguard up in this repository: configuration, pre-commit hooks, workflow
    #[command(after_help = INIT)]
    Init(Init),
    /// Check an event of GitHub Actions and report to GitHub (action.yml runs this)
    Action,
    /// Explain a rule, a family of rules, another tool's code, or a finding
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(Box<Explain>),
    /// Draw the stages of Dockerfiles and what they copy from each other
    #[command(after_help = GRAPH_EXAMPLES)]
    Graph(Box<Graph>),
    /// Show what each service of Compose files may do, and its paths to the host
    #[command(after_help = PRIVILEGES_EXAMPLES)]
    Privileges(Privileges),
    /// Show the practices behind the rules, and which of them these files break
    #[command(after_help = PRACTICES_EXAMPLES)]
    Practices(Practices),
    /// Show the edits that take from services what they do not need, or make them
    #[command(after_help = HARDEN_EXAMPLES)]
    Harden(Harden),
    /// List the rules, or the codes of another tool
    #[command(after_help = RULES_EXAMPLES)]
    Rules(Rules),
    /// Print a completion script: bash, elvish, fish, powershell, zsh
    Completions { shell: clap_complete::Shell },
    /// Print the man page of hullguard or of one command, or write all of them
    Man {
        /// The command that the page is about
        #[arg(conflicts_with = "dir")]
        command: Option<String>,
        /// Write all pages into this folder
        #[arg(long, value_name = "FOLDER")]
        dir: Option<PathBuf>,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct Explain {
    /// A rule (latest-tag), a family (image), or another tool's code (DL3007, trivy/DS-0002)
    #[arg(required_unless_present = "finding", conflicts_with = "finding")]
    pub(super) id: Option<String>,
    /// Explain why this finding is reported: its fingerprint, or FILE:LINE
    #[arg(long, value_name = "FINDING")]
    pub(super) finding: Option<String>,
    /// With --finding: search the git history for the fingerprint
    #[arg(long, requires = "finding")]
    pub(super) history: bool,
    /// With --finding: which rules run: default, reproducible, strict, style
    /// [default: default]
    #[arg(long, value_name = "PROFILE", requires = "finding", value_parser = among(profile, profiles), hide_possible_values = true)]
    pub(super) profile: Option<Profile>,
    /// With --finding: also run rules in preview
    #[arg(long, requires = "finding")]
    pub(super) preview: bool,
    /// With --finding: format of the explanation: text, json
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = WhyFormat::Text, hide_possible_values = true)]
    pub(super) format: WhyFormat,
    #[command(flatten)]
    pub(super) settings: Settings,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum WhyFormat {
    Text,
    Json,
}

#[derive(Debug, clap::Args)]
pub(super) struct Init {
    /// Write the files without questions
    #[arg(long, short)]
    pub(super) yes: bool,
    /// Also record today's findings in a baseline
    #[arg(long)]
    pub(super) baseline: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Rules {
    /// Only this family: dockerfile, image, compose, runtime, project, daemon,
    /// secrets, shellcheck; repeatable [default: all but secrets and shellcheck]
    #[arg(long, value_name = "FAMILY", value_parser = among(family, families), hide_possible_values = true)]
    pub(super) family: Vec<Family>,
    /// List the codes of another tool, and which rule covers each: hadolint, buildkit,
    /// trivy, checkov, kics, compose-lint, dclint, cis, owasp and others
    #[arg(long, value_name = "TOOL", conflicts_with = "family")]
    pub(super) coverage: Option<String>,
    /// Format of the list
    #[arg(long, value_enum, default_value_t = TableFormat::Text)]
    pub(super) format: TableFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum TableFormat {
    Text,
    Json,
    Markdown,
}

/// A hook of git. Those of a push get it on standard input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[expect(clippy::enum_variant_names, reason = "git calls them so")]
pub(super) enum Hook {
    PreCommit,
    PrePush,
    PreReceive,
}

impl Hook {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::PrePush => "pre-push",
            Self::PreReceive => "pre-receive",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

/// `FORMAT` or `FORMAT=FILE`.
#[derive(Clone, Debug)]
pub(super) struct Report {
    pub(super) format: Format,
    pub(super) file: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Graph {
    /// Dockerfiles and folders; `-` is standard input [default: the current folder]
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Draw the networks of Compose files, not the stages of Dockerfiles
    #[arg(long)]
    pub(super) network: bool,
    /// Path of the file that standard input holds
    #[arg(long, value_name = "NAME")]
    pub(super) stdin_path: Option<PathBuf>,
    /// Format of the drawing: text, mermaid, dot
    #[arg(long, value_name = "FORMAT", value_parser = among(str::parse::<Drawing>, drawings), hide_possible_values = true, default_value = "text")]
    pub(super) format: Drawing,
    /// Profile for the counted findings: default, reproducible, strict, style [default: default]
    #[arg(long, value_name = "PROFILE", value_parser = among(profile, profiles), hide_possible_values = true)]
    pub(super) profile: Option<Profile>,
    #[command(flatten)]
    pub(super) settings: Settings,
}

/// What is left out, and by which configuration.
#[derive(Debug, clap::Args)]
pub(super) struct Settings {
    /// Skip these paths; repeatable
    #[arg(long, value_name = "GLOB")]
    pub(super) exclude: Vec<String>,
    /// Configuration file [default: hullguard.yaml, .hullguard.yaml, .github/hullguard.yaml, or .yml]
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(super) config: Option<PathBuf>,
    /// Do not read a configuration file
    #[arg(long)]
    pub(super) no_config: bool,
}

impl Settings {
    /// A run over these paths, without ShellCheck.
    pub(super) fn look(&self, paths: &[PathBuf]) -> Look {
        Look {
            paths: paths.to_vec(),
            exclude: self.exclude.clone(),
            config: self.config.clone(),
            no_config: self.no_config,
            shellcheck: Some(UseShellCheck::Off),
            ..Look::default()
        }
    }
}

#[derive(Debug, clap::Args)]
pub(super) struct Privileges {
    /// Only these services [default: all]
    #[arg(value_name = "SERVICE")]
    pub(super) services: Vec<String>,
    /// Compose files and folders; repeatable [default: the current folder]
    #[arg(long, short, value_name = "PATH")]
    pub(super) file: Vec<PathBuf>,
    /// Show only what changed since this commit
    #[arg(long, value_name = "REV")]
    pub(super) new_from: Option<String>,
    /// Format of the result: text, json, mermaid
    #[arg(long, value_name = "FORMAT", value_parser = among(str::parse::<Telling>, || Telling::ALL.map(|(name, _)| name).to_vec()), hide_possible_values = true, default_value = "text")]
    pub(super) format: Telling,
    #[command(flatten)]
    pub(super) settings: Settings,
    /// Colour: auto, always, never
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub(super) color: Color,
}

#[derive(Debug, clap::Args)]
pub(super) struct Practices {
    /// Files and folders to judge [default: the current folder]
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Only this practice, with its rules and all places; repeatable
    #[arg(long, value_name = "PRACTICE")]
    pub(super) only: Vec<String>,
    /// Write a first draft of what a practice needs outside of the checked files
    #[arg(long, value_enum, value_name = "DRAFT", conflicts_with_all = ["paths", "only", "format"])]
    pub(super) write: Option<Draft>,
    /// Format of the result
    #[arg(long, value_enum, default_value_t = OverviewFormat::Text)]
    pub(super) format: OverviewFormat,
    #[command(flatten)]
    pub(super) settings: Settings,
}

#[derive(Debug, clap::Args)]
pub(super) struct Harden {
    /// Only these services [default: all]
    #[arg(value_name = "SERVICE")]
    pub(super) services: Vec<String>,
    /// Compose files and folders; repeatable [default: the current folder]
    #[arg(long, short, value_name = "PATH")]
    pub(super) file: Vec<PathBuf>,
    /// Write the sure edits into the files
    #[arg(long)]
    pub(super) write: bool,
    /// Show only the edits, without the questions
    #[arg(long)]
    pub(super) no_questions: bool,
    /// Format of the result
    #[arg(long, value_enum, default_value_t = OverviewFormat::Text)]
    pub(super) format: OverviewFormat,
    #[command(flatten)]
    pub(super) settings: Settings,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum OverviewFormat {
    Text,
    Json,
}

/// What is looked at, by which rules, and what is known already.
#[derive(Debug, Default, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Look {
    /// Files and folders to check; `-` is standard input [default: the current folder]
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Check the staged changes (git index), not the files on disk
    #[arg(long)]
    pub(super) staged: bool,
    /// Search the whole git history for secrets: all versions of files, all messages
    #[arg(long, help_heading = "History", conflicts_with_all = ["staged", "commits", "hook"])]
    pub(super) history: bool,
    /// Search these commits for secrets: `main..HEAD`, `A...B`, `v1`, `^A B`
    #[arg(long, value_name = "RANGE", help_heading = "History", conflicts_with_all = ["staged", "hook"])]
    pub(super) commits: Option<String>,
    /// With --history: also search commits that no branch or tag contains
    #[arg(long, help_heading = "History", requires = "history")]
    pub(super) unreachable: bool,
    /// With --history: only what is newer than this (2026-01-31, `2 weeks`)
    #[arg(long, value_name = "WHEN", help_heading = "History", requires = "history")]
    pub(super) since: Option<String>,
    /// With --history: only the history of this branch
    #[arg(long, value_name = "REF", help_heading = "History", requires = "history")]
    pub(super) branch: Option<String>,
    /// Run as a git hook. pre-commit: the named files, only new findings.
    /// pre-push (add "$@"), pre-receive: secrets in the pushed commits
    #[arg(
        long,
        value_enum,
        value_name = "HOOK",
        hide_possible_values = true,
        help_heading = "History",
        conflicts_with = "staged"
    )]
    pub(super) hook: Option<Hook>,
    /// Report only findings that this commit does not have: `HEAD`, `main`, `v1`
    #[arg(long, value_name = "REV", help_heading = "What to find", conflicts_with_all = ["history", "commits"])]
    pub(super) new_from: Option<String>,
    /// Path of the file that standard input holds
    #[arg(long, value_name = "NAME")]
    pub(super) stdin_path: Option<PathBuf>,
    /// Number of threads [default: number of cores]
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<std::num::NonZeroUsize>,

    /// Which rules run: default, reproducible, strict, style [default: default]
    #[arg(long, value_name = "PROFILE", value_parser = among(profile, profiles), hide_possible_values = true, help_heading = "What to find")]
    pub(super) profile: Option<Profile>,
    /// Also run rules in preview
    #[arg(long, help_heading = "What to find")]
    pub(super) preview: bool,
    /// Run only this rule or family (`secrets`); repeatable, or several with commas
    #[arg(long, value_name = "ID", value_delimiter = ',', visible_alias = "only", value_parser = among(rule, ids), hide_possible_values = true, help_heading = "What to find")]
    pub(super) rule: Vec<Found>,
    /// Do not run this rule or family; repeatable, or several with commas
    #[arg(long, value_name = "ID", value_delimiter = ',', value_parser = among(rule, ids), hide_possible_values = true, help_heading = "What to find")]
    pub(super) ignore: Vec<Found>,
    /// Skip these paths; repeatable
    #[arg(long, value_name = "GLOB", help_heading = "What to find")]
    pub(super) exclude: Vec<String>,
    /// Configuration file [default: hullguard.yaml, .hullguard.yaml, .github/hullguard.yaml, or .yml]
    #[arg(long, value_name = "FILE", conflicts_with = "no_config", help_heading = "What to find")]
    pub(super) config: Option<PathBuf>,
    /// Do not read a configuration file or .gitleaks.toml
    #[arg(long, help_heading = "What to find")]
    pub(super) no_config: bool,

    /// File with known findings: a baseline of hullguard, a report of gitleaks, a
    /// .gitleaksignore or .secrets.baseline; repeatable [default: the usual names]
    #[arg(
        long,
        value_name = "FILE",
        visible_alias = "gitleaks-baseline",
        conflicts_with = "no_baseline",
        help_heading = "What to ignore"
    )]
    pub(super) baseline: Vec<PathBuf>,
    /// Do not read files with known findings
    #[arg(long, help_heading = "What to ignore")]
    pub(super) no_baseline: bool,
    /// Configuration of gitleaks [default: .gitleaks.toml or .betterleaks.toml]
    #[arg(long, value_name = "FILE", help_heading = "What to ignore")]
    pub(super) gitleaks_config: Option<PathBuf>,
    /// Do not accept ignore comments in files
    #[arg(long, help_heading = "What to ignore")]
    pub(super) no_inline_ignore: bool,
    /// Check shell code with ShellCheck: auto (if it is installed), require, off [default: auto]
    #[arg(long, value_name = "WHEN", value_parser = among(shellcheck, shellchecks), hide_possible_values = true, help_heading = "What to find")]
    pub(super) shellcheck: Option<UseShellCheck>,
    /// Print which configuration is used, and every skipped file
    #[arg(short, long, help_heading = "Output")]
    pub(super) verbose: bool,
}

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) look: Look,

    /// Apply safe fixes
    #[arg(long, help_heading = "Fixes", conflicts_with = "fix_unsafe")]
    pub(super) fix: bool,
    /// Apply all fixes, also those that you should review
    #[arg(long, help_heading = "Fixes")]
    pub(super) fix_unsafe: bool,
    /// Show what fixes would change; write nothing. Secrets are masked
    #[arg(long, help_heading = "Fixes")]
    pub(super) diff: bool,

    /// Report format: human, compact, json, jsonl, sarif, github, summary, markdown,
    /// gitlab, junit, checkstyle, sonarqube; repeatable [default: human]
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = among(report, formats), hide_possible_values = true, help_heading = "Output")]
    pub(super) format: Vec<Report>,
    /// Size limit of `--format summary`, 4096 or more [default: 1048576]
    #[arg(long, value_name = "BYTES", value_parser = summary_limit, help_heading = "Output")]
    pub(super) summary_limit: Option<usize>,
    /// In the human report, print only the summary
    #[arg(short, long, help_heading = "Output", conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Hide milder findings: error, warning, note [default: note]. The exit code
    /// does not change; see --fail-on
    #[arg(long, value_name = "SEVERITY", value_parser = among(severity, severities), hide_possible_values = true, help_heading = "Output")]
    pub(super) min_severity: Option<Severity>,
    /// List every finding on a terminal, even if there are more than 50
    #[arg(long, help_heading = "Output")]
    pub(super) full: bool,
    /// Use colours
    #[arg(long, value_enum, default_value_t, value_name = "WHEN", help_heading = "Output")]
    pub(super) color: Color,
    /// Also show suppressed findings
    #[arg(long, help_heading = "Output")]
    pub(super) show_suppressed: bool,
    /// Fail at this severity or above: error, warning, note, never [default: warning]
    #[arg(long, value_name = "SEVERITY", value_parser = among(fail_on, fail_ons), hide_possible_values = true, help_heading = "Output")]
    pub(super) fail_on: Option<FailOn>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Baseline {
    #[command(flatten)]
    pub(super) look: Look,
    /// File to write; `-` is standard output [default: .hullguard-baseline.jsonl]
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Update an existing baseline; entries that still match keep their reasons
    #[arg(long)]
    pub(super) update: bool,
}

impl Check {
    /// What clap cannot say by itself.
    pub(super) fn validate(&self) -> Result<()> {
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

impl Look {
    pub(super) fn validate(&self) -> Result<()> {
        let stdin = self.is_stdin();
        if self.new_from.is_some() && self.is_past() {
            bail!("--new-from cannot be combined with --history, --commits or a hook of a push");
        }
        if stdin && self.is_past() {
            bail!("`-` cannot be combined with --history, --commits or --hook");
        }
        if stdin && self.staged {
            bail!("`-` cannot be combined with --staged");
        }
        if stdin && self.paths.len() > 1 {
            bail!("`-` cannot be combined with other paths");
        }
        if self.stdin_path.is_some() && !stdin {
            bail!("--stdin-path needs `-` as the path");
        }
        match self.hook {
            Some(Hook::PreReceive) if !self.paths.is_empty() => {
                bail!("--hook pre-receive takes no paths; the whole push is searched")
            }
            Some(Hook::PreCommit) if self.paths.is_empty() => {
                bail!("--hook pre-commit needs the names of files; without them use --staged --new-from HEAD")
            }
            Some(Hook::PrePush) if self.paths.len() > 2 => {
                bail!(
                    "--hook pre-push takes only the two arguments of git: the name and the address of the remote"
                )
            }
            _ => Ok(()),
        }
    }
    /// It looks at commits, and so for secrets only.
    pub(super) fn is_past(&self) -> bool {
        self.history || self.commits.is_some() || matches!(self.hook, Some(Hook::PrePush | Hook::PreReceive))
    }
    pub(super) fn is_stdin(&self) -> bool {
        self.paths.iter().any(|path| path.as_os_str() == "-")
    }
}

/// A parser of ours, with the values that a shell may complete.
#[derive(Clone)]
struct Among<T> {
    parse: fn(&str) -> Result<T, String>,
    values: fn() -> Vec<&'static str>,
}

fn among<T>(parse: fn(&str) -> Result<T, String>, values: fn() -> Vec<&'static str>) -> Among<T> {
    Among { parse, values }
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Among<T> {
    type Value = T;

    fn parse_ref(&self, command: &clap::Command, arg: Option<&Arg>, value: &OsStr) -> Result<T, clap::Error> {
        self.parse.parse_ref(command, arg, value)
    }
    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.values)().into_iter().map(PossibleValue::new)))
    }
}

fn families() -> Vec<&'static str> {
    Family::ALL.map(Family::name).to_vec()
}

/// Families and rules, but for the hundreds of secrets, which would make a script slow to load.
fn ids() -> Vec<&'static str> {
    let rules = rules::RULES.iter().filter(|rule| rule.family != Family::Secrets);
    families().into_iter().chain(rules.map(|rule| rule.id.get())).collect()
}

fn formats() -> Vec<&'static str> {
    Format::ALL.map(|(name, _)| name).to_vec()
}

fn profiles() -> Vec<&'static str> {
    ["default", "reproducible", "strict", "style"].to_vec()
}

fn severities() -> Vec<&'static str> {
    FailOn::NAMES[..3].to_vec()
}

fn fail_ons() -> Vec<&'static str> {
    FailOn::NAMES.to_vec()
}

fn shellchecks() -> Vec<&'static str> {
    UseShellCheck::NAMES.to_vec()
}

fn drawings() -> Vec<&'static str> {
    ["text", "mermaid", "dot"].to_vec()
}

fn family(text: &str) -> Result<Family, String> {
    let known = Family::ALL.into_iter().find(|family| family.name().eq_ignore_ascii_case(text));
    known.ok_or_else(|| match config::suggest(text, families()) {
        Some(meant) => format!("no family `{text}`; did you mean `{meant}`?"),
        None => format!("no family `{text}`; there are {}", families().join(", ")),
    })
}

/// The rules of one `--rule`; a code of another tool may stand for several.
#[derive(Clone, Debug)]
pub(super) struct Found(pub(super) Vec<&'static Rule>);

fn report(text: &str) -> Result<Report, String> {
    let (name, file) = match text.split_once('=') {
        Some((_, "")) => return Err("write a file name after `=`".to_owned()),
        Some((name, "-")) => (name, None),
        Some((name, file)) => (name, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let known = Format::ALL.map(|(known, _)| known);
    let format = name.parse().map_err(|_| meant::format(name, &known))?;
    Ok(Report { format, file })
}

fn fail_on(text: &str) -> Result<FailOn, String> {
    FailOn::parse(text).ok_or_else(|| meant::severity(text, &FailOn::NAMES))
}

fn severity(text: &str) -> Result<Severity, String> {
    config::severity(text).ok_or_else(|| meant::severity(text, &FailOn::NAMES[..3]))
}

fn profile(text: &str) -> Result<Profile, String> {
    config::profile(text).ok_or_else(|| meant::profile(text, &["default", "reproducible", "strict", "style"]))
}

pub(super) fn shellcheck(text: &str) -> Result<UseShellCheck, String> {
    let names = UseShellCheck::NAMES.join(", ");
    UseShellCheck::parse(text).ok_or_else(|| format!("`{text}` is not one of {names}"))
}

fn summary_limit(text: &str) -> Result<usize, String> {
    let least = summary::LEAST;
    let limit = text.parse().ok().filter(|&limit: &usize| limit >= least);
    limit.ok_or_else(|| format!("a number of bytes, {least} or more"))
}

fn rule(text: &str) -> Result<Found, String> {
    if let Some(family) = Family::ALL.into_iter().find(|family| family.name().eq_ignore_ascii_case(text)) {
        return Ok(Found(rules::of(family).collect()));
    }
    let found = find(text);
    if !found.is_empty() {
        return Ok(Found(found));
    }
    if let Some(code) = coverage::find(text).first() {
        return Err(match &code.state {
            State::Covered(rules) => {
                let ids: Vec<String> = rules.iter().map(|rule| format!("`{}`", rule.id)).collect();
                format!("another rule checks `{text}`; use {}", ids.join(", "))
            }
            State::Family(family) => format!("use the family `{}`", family.name()),
            State::Planned => format!("`{text}` is not checked yet (it is planned); leave it out"),
            State::OutOfScope(why) => format!("`{text}` is not checked: {why}; leave it out"),
        });
    }
    Err(match near(text) {
        Some(meant) => format!("no rule or family `{text}`; did you mean `{meant}`?"),
        None => format!(
            "no rule or family `{text}`; the families are {}, and `hullguard rules` lists the rules",
            families().join(", ")
        ),
    })
}

/// A rule or a family that was probably meant. Half a word is no guess at one of the hundreds of secrets.
pub(super) fn near(text: &str) -> Option<&'static str> {
    let secrets = rules::RULES.iter().filter(|rule| rule.family == Family::Secrets).map(|rule| rule.id.get());
    let word = text.to_ascii_lowercase();
    config::suggest(text, ids()).or_else(|| config::suggest(text, secrets).filter(|id| !id.contains(&word)))
}

/// The rules of an id or a foreign code; none if it is unknown.
pub(super) fn find(text: &str) -> Vec<&'static Rule> {
    let mut found: Vec<_> = rules::find(&text.to_ascii_lowercase()).into_iter().collect();
    if found.is_empty() {
        found.extend(rules::by_alias(text));
    }
    found
}
