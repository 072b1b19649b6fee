//! The arguments, declared once: the parser, `--help`, completions and the man page come from here.

mod check;
mod explain;
mod look;
mod services;
mod values;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub(super) use check::{Baseline, Check, Init, Report};
pub(super) use explain::{Explain, Practices, Rules, TableFormat, WhyFormat};
pub(super) use look::{Hook, Look};
pub(super) use services::{Graph, Harden, Privileges};
pub(super) use values::{Color, Found, OverviewFormat, find, near, shellcheck};

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
    #[command(after_help = check::BASELINE)]
    Baseline(Box<Baseline>),
    /// Set hullguard up in this repository: configuration, pre-commit hooks, workflow
    #[command(after_help = check::INIT)]
    Init(Init),
    /// Check an event of GitHub Actions and report to GitHub (action.yml runs this)
    Action,
    /// Explain a rule, a family of rules, another tool's code, or a finding
    #[command(after_help = explain::EXPLAIN_EXAMPLES)]
    Explain(Box<Explain>),
    /// Draw the stages of Dockerfiles and what they copy from each other
    #[command(after_help = services::GRAPH_EXAMPLES)]
    Graph(Box<Graph>),
    /// Show what each service of Compose files may do, and its paths to the host
    #[command(after_help = services::PRIVILEGES_EXAMPLES)]
    Privileges(Privileges),
    /// Show the practices behind the rules, and which of them these files break
    #[command(after_help = explain::PRACTICES_EXAMPLES)]
    Practices(Practices),
    /// Show the edits that take from services what they do not need, or make them
    #[command(after_help = services::HARDEN_EXAMPLES)]
    Harden(Harden),
    /// List the rules, or the codes of another tool
    #[command(after_help = explain::RULES_EXAMPLES)]
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
