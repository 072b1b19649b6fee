//! The arguments, declared once: the parser, `--help`, completions and the man page come from here.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Parser, Subcommand, ValueEnum};

use crate::config::{self, FailOn};
use crate::report::graph::Drawing;
use crate::report::{Format, summary};
use crate::rule::{Profile, Rule};
use crate::rules;

const EXAMPLES: &str = "\
Examples:
  hullguard                                    lint everything below the current folder
  hullguard check Dockerfile compose.yaml      lint these files
  hullguard check --staged                     lint what is about to be committed
  hullguard check --history                    secrets in all that was ever committed
  hullguard check --commits main..HEAD         secrets in the commits of a branch
  hullguard check --fix                        apply safe fixes
  hullguard check --fix-unsafe --diff          show what all fixes would change
  hullguard check --format sarif=out.sarif --format human
  cat Dockerfile | hullguard check - --stdin-path app/Dockerfile
  hullguard baseline                           take what is found today as known; only what is new fails
  hullguard explain DL3007                     what a rule is about, also by another tool's code

Exit codes: 0 nothing found, 1 findings at or above --fail-on, 2 the tool could not do its work or was interrupted.";

const GRAPH_EXAMPLES: &str = "\
Examples:
  hullguard graph api/Dockerfile                      as a tree
  hullguard graph --format mermaid > stages.mmd       all Dockerfiles below the current folder
  hullguard graph --format dot Dockerfile | dot -Tsvg > stages.svg

Compose files below the current folder are read, too: the stages that they build ship. Findings are counted, and do
not fail the command.";

const BASELINE: &str = "\
Examples:
  hullguard baseline                           write .hullguard-baseline.jsonl; commit it
  hullguard baseline --update                  drop what is gone, add what is new, keep reasons and days
  hullguard check --no-baseline                see everything all the same

An entry may be given a \"reason\" and a day, \"expires\": \"2027-06-30\", after which it no longer counts.";

/// What `--version` prints; `-V` prints the number alone.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("HULLGUARD_BUILD"), ")");

/// Keeps containers fit to ship: lints Dockerfiles and Compose files.
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
    /// Lint files and folders (what plain `hullguard` does)
    #[command(after_help = EXAMPLES)]
    Check(Box<Check>),
    /// Write down all that is found, so that from then on only what is new counts
    #[command(after_help = BASELINE)]
    Baseline(Box<Baseline>),
    /// Check what an event of GitHub Actions brought, and tell GitHub (run by action.yml; docs/github.md)
    Action,
    /// Tell what a rule is about
    Explain {
        /// A rule's id, or another tool's code for it (DL3007, trivy/DS-0002)
        id: String,
    },
    /// Draw the stages of Dockerfiles, what flows between them, and which of them ship
    #[command(after_help = GRAPH_EXAMPLES)]
    Graph(Box<Graph>),
    /// List all rules
    Rules {
        #[arg(long, value_enum, default_value_t = TableFormat::Text)]
        format: TableFormat,
    },
    /// Print a completion script for a shell
    Completions { shell: clap_complete::Shell },
    /// Print the man page
    Man,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum TableFormat {
    Text,
    Json,
    Markdown,
}

/// A hook of git that is told of a push on standard input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Hook {
    PrePush,
    PreReceive,
}

impl Hook {
    pub(super) fn name(self) -> &'static str {
        match self {
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
    /// Dockerfiles, and folders that hold some; `-` for standard input [default: the current folder]
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// What to call standard input, and where it would lie
    #[arg(long, value_name = "NAME")]
    pub(super) stdin_path: Option<PathBuf>,
    /// How to draw: text, mermaid, dot
    #[arg(long, value_name = "FORMAT", value_parser = str::parse::<Drawing>, default_value = "text")]
    pub(super) format: Drawing,
    /// How many findings to count: default, strict, style
    #[arg(long, value_name = "PROFILE", value_parser = profile)]
    pub(super) profile: Option<Profile>,
    /// Leave these paths out; may be given several times
    #[arg(long, value_name = "GLOB")]
    pub(super) exclude: Vec<String>,
    /// The configuration file [default: hullguard.yaml or another of its names (docs/configuration.md)]
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(super) config: Option<PathBuf>,
    /// Read no configuration file
    #[arg(long)]
    pub(super) no_config: bool,
}

/// What is looked at, by which rules, and what is known already.
#[derive(Debug, Default, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Look {
    /// Files and folders to lint, `-` for standard input [default: the current folder]; with --history and --commits a
    /// repository, or files and folders to which the search is limited; with --hook pre-push what git gives the hook
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Lint what is in the git index and differs from HEAD, whatever lies on disk; a configuration file that git
    /// tracks is read from the index, too
    #[arg(long)]
    pub(super) staged: bool,
    /// Search all that git has, every version of every file and every message, for secrets
    #[arg(long, help_heading = "History", conflicts_with_all = ["staged", "commits", "hook"])]
    pub(super) history: bool,
    /// Search for secrets what these commits brought, merges included: `main..HEAD`, `A...B`, `v1`, `^A B`
    #[arg(long, value_name = "RANGE", help_heading = "History", conflicts_with_all = ["staged", "hook"])]
    pub(super) commits: Option<String>,
    /// With --history: also what no ref leads to any more (amended, rebased and deleted commits, the reflog)
    #[arg(long, help_heading = "History", requires = "history")]
    pub(super) unreachable: bool,
    /// With --history: only what came since that day (2026-01-31) or time ago (2 weeks)
    #[arg(long, value_name = "WHEN", help_heading = "History", requires = "history")]
    pub(super) since: Option<String>,
    /// With --history: only what is in the history of this branch
    #[arg(long, value_name = "REF", help_heading = "History", requires = "history")]
    pub(super) branch: Option<String>,
    /// Search what a push brings; git names it on standard input, and for pre-push the remote as arguments ("$@")
    #[arg(long, value_enum, value_name = "HOOK", help_heading = "History", conflicts_with = "staged")]
    pub(super) hook: Option<Hook>,
    /// What to call standard input, and where it would lie
    #[arg(long, value_name = "NAME")]
    pub(super) stdin_path: Option<PathBuf>,
    /// How many threads to use [default: as many as there are cores]
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<std::num::NonZeroUsize>,

    /// How much to say: default, strict, style
    #[arg(long, value_name = "PROFILE", value_parser = profile, help_heading = "What to find")]
    pub(super) profile: Option<Profile>,
    /// Run rules in preview, too
    #[arg(long, help_heading = "What to find")]
    pub(super) preview: bool,
    /// Only this rule, or this family of rules (`secrets`); may be given several times
    #[arg(long, value_name = "ID", value_parser = rule, help_heading = "What to find")]
    pub(super) rule: Vec<Found>,
    /// Leave these paths out; may be given several times
    #[arg(long, value_name = "GLOB", help_heading = "What to find")]
    pub(super) exclude: Vec<String>,
    /// The configuration file [default: hullguard.yaml or another of its names (docs/configuration.md)]
    #[arg(long, value_name = "FILE", conflicts_with = "no_config", help_heading = "What to find")]
    pub(super) config: Option<PathBuf>,
    /// Read no configuration file, `.gitleaks.toml` neither
    #[arg(long, help_heading = "What to find")]
    pub(super) no_config: bool,

    /// A list of known findings: a baseline of hullguard, a report of gitleaks, a .gitleaksignore or a .secrets.baseline;
    /// may be given several times [default: those with the usual names in the top folder]
    #[arg(
        long,
        value_name = "FILE",
        visible_alias = "gitleaks-baseline",
        conflicts_with = "no_baseline",
        help_heading = "What to silence"
    )]
    pub(super) baseline: Vec<PathBuf>,
    /// Read no list of known findings
    #[arg(long, help_heading = "What to silence")]
    pub(super) no_baseline: bool,
    /// Patterns and allowlists of gitleaks [default: .gitleaks.toml or .betterleaks.toml in the top folder]
    #[arg(long, value_name = "FILE", help_heading = "What to silence")]
    pub(super) gitleaks_config: Option<PathBuf>,
    /// Let no comment in a file silence anything
    #[arg(long, help_heading = "What to silence")]
    pub(super) no_inline_ignore: bool,
}

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) look: Look,

    /// Apply safe fixes
    #[arg(long, help_heading = "Fixes", conflicts_with = "fix_unsafe")]
    pub(super) fix: bool,
    /// Apply all fixes; look at the result
    #[arg(long, help_heading = "Fixes")]
    pub(super) fix_unsafe: bool,
    /// Show what fixes would change and write nothing; secrets are masked, so read it, and apply with --fix
    #[arg(long, help_heading = "Fixes")]
    pub(super) diff: bool,

    /// How to report: human, json, jsonl, sarif, github, summary; may be given several times, each perhaps with a file
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = report, help_heading = "Output")]
    pub(super) format: Vec<Report>,
    /// The most bytes that `--format summary` may write, from 4096 on [default: 1048576, GitHub's limit]
    #[arg(long, value_name = "BYTES", value_parser = summary_limit, help_heading = "Output")]
    pub(super) summary_limit: Option<usize>,
    /// Use colours
    #[arg(long, value_enum, default_value_t, value_name = "WHEN", help_heading = "Output")]
    pub(super) color: Color,
    /// Show silenced findings, too
    #[arg(long, help_heading = "Output")]
    pub(super) show_suppressed: bool,
    /// The severity from which on findings fail the run: error, warning, note, never [default: warning]
    #[arg(long, value_name = "SEVERITY", value_parser = fail_on, help_heading = "Output")]
    pub(super) fail_on: Option<FailOn>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Baseline {
    #[command(flatten)]
    pub(super) look: Look,
    /// The file to write, `-` for standard output [default: the configuration's, or .hullguard-baseline.jsonl in the
    /// top folder]
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Bring a baseline up to date: entries that still match keep their reasons and days, those that match nothing go
    #[arg(long)]
    pub(super) update: bool,
}

impl Check {
    /// What clap cannot say by itself.
    pub(super) fn validate(&self) -> Result<()> {
        self.look.validate()?;
        let stdin = self.look.is_stdin();
        if self.look.staged && (self.fix || self.fix_unsafe) && !self.diff {
            bail!("--staged never touches the work tree, so it fixes nothing; add --diff to see the fixes");
        }
        if self.look.is_past() && (self.fix || self.fix_unsafe || self.diff) {
            bail!("what is committed cannot be fixed");
        }
        if stdin && (self.fix || self.fix_unsafe) && !self.diff {
            bail!("standard input cannot be fixed in place; add --diff to see the fixes");
        }
        if self.format.iter().filter(|report| report.file.is_none()).count() > 1 {
            bail!("only one --format can go to standard output; write the others as FORMAT=FILE");
        }
        Ok(())
    }
}

impl Look {
    pub(super) fn validate(&self) -> Result<()> {
        let stdin = self.is_stdin();
        if stdin && self.is_past() {
            bail!("`-` and git's history are two places to read from; take one");
        }
        if stdin && self.staged {
            bail!("`-` and --staged are two places to read from; take one");
        }
        if stdin && self.paths.len() > 1 {
            bail!("`-` stands for the only file; leave the other paths out");
        }
        if self.stdin_path.is_some() && !stdin {
            bail!("--stdin-path names standard input; add `-`");
        }
        match self.hook {
            Some(Hook::PreReceive) if !self.paths.is_empty() => {
                bail!(
                    "git gives a pre-receive hook no arguments, and a push is searched whole; leave the paths out"
                )
            }
            Some(Hook::PrePush) if self.paths.len() > 2 => {
                bail!(
                    "git gives a pre-push hook two arguments, the remote's name and its address; leave others out"
                )
            }
            _ => Ok(()),
        }
    }
    /// It looks at commits, and so for secrets only.
    pub(super) fn is_past(&self) -> bool {
        self.history || self.commits.is_some() || self.hook.is_some()
    }
    pub(super) fn is_stdin(&self) -> bool {
        self.paths.iter().any(|path| path.as_os_str() == "-")
    }
}

/// The rules of one `--rule`; a code of another tool may stand for several.
#[derive(Clone, Debug)]
pub(super) struct Found(pub(super) Vec<&'static Rule>);

fn report(text: &str) -> Result<Report, String> {
    let (name, file) = match text.split_once('=') {
        Some((_, "")) => return Err("a file name belongs after `=`".to_owned()),
        Some((name, "-")) => (name, None),
        Some((name, file)) => (name, Some(PathBuf::from(file))),
        None => (text, None),
    };
    Ok(Report { format: name.parse()?, file })
}

fn fail_on(text: &str) -> Result<FailOn, String> {
    FailOn::parse(text).ok_or_else(|| format!("one of {}", FailOn::NAMES.join(", ")))
}

fn profile(text: &str) -> Result<Profile, String> {
    config::profile(text).ok_or_else(|| "one of default, strict, style".to_owned())
}

fn summary_limit(text: &str) -> Result<usize, String> {
    let least = summary::LEAST;
    let limit = text.parse().ok().filter(|&limit: &usize| limit >= least);
    limit.ok_or_else(|| format!("a number of bytes, {least} or more"))
}

fn rule(text: &str) -> Result<Found, String> {
    let family: Vec<_> = rules::RULES.iter().filter(|rule| rule.family.name() == text).collect();
    if family.is_empty() { find(text).map(Found) } else { Ok(Found(family)) }
}

/// The rules of an id or a foreign code, or a sentence that says what was perhaps meant.
pub(super) fn find(text: &str) -> Result<Vec<&'static Rule>, String> {
    let mut found: Vec<_> = rules::find(&text.to_ascii_lowercase()).into_iter().collect();
    if found.is_empty() {
        found.extend(rules::by_alias(text));
    }
    if !found.is_empty() {
        return Ok(found);
    }
    let near_id = config::suggest(text, rules::RULES.iter().map(|rule| rule.id));
    Err(match near_id {
        Some(meant) => format!("no rule `{text}`; did you mean `{meant}`?"),
        None => format!("no rule `{text}`; `hullguard rules` lists them"),
    })
}
