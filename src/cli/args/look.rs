//! The arguments that say what is looked at: files, the index, commits; by which rules and which configuration.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::ValueEnum;

use super::values::{Found, among, ids, profile, profiles, rule, shellcheck, shellchecks};
use crate::config::UseShellCheck;
use crate::rule::Profile;

/// A hook of git. Those of a push get it on standard input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[expect(clippy::enum_variant_names, reason = "git calls them so")]
pub(in crate::cli) enum Hook {
    PreCommit,
    PrePush,
    PreReceive,
}

impl Hook {
    pub(in crate::cli) fn name(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::PrePush => "pre-push",
            Self::PreReceive => "pre-receive",
        }
    }
}

/// What is left out, and by which configuration.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Settings {
    /// Skip these paths; repeatable
    #[arg(long, value_name = "GLOB")]
    pub(in crate::cli) exclude: Vec<String>,
    /// Configuration file [default: hullguard.yaml, .hullguard.yaml, .github/hullguard.yaml, or .yml]
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(in crate::cli) config: Option<PathBuf>,
    /// Do not read a configuration file
    #[arg(long)]
    pub(in crate::cli) no_config: bool,
}

impl Settings {
    /// A run over these paths, without ShellCheck.
    pub(in crate::cli) fn look(&self, paths: &[PathBuf]) -> Look {
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

/// What is looked at, by which rules, and what is known already.
#[derive(Debug, Default, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(in crate::cli) struct Look {
    /// Files and folders to check; `-` is standard input [default: the current folder]
    #[arg(value_name = "PATH")]
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// Check the staged changes (git index), not the files on disk
    #[arg(long)]
    pub(in crate::cli) staged: bool,
    /// Search the whole git history for secrets: all versions of files, all messages
    #[arg(long, help_heading = "History", conflicts_with_all = ["staged", "commits", "hook"])]
    pub(in crate::cli) history: bool,
    /// Search these commits for secrets: `main..HEAD`, `A...B`, `v1`, `^A B`
    #[arg(long, value_name = "RANGE", help_heading = "History", conflicts_with_all = ["staged", "hook"])]
    pub(in crate::cli) commits: Option<String>,
    /// With --history: also search commits that no branch or tag contains
    #[arg(long, help_heading = "History", requires = "history")]
    pub(in crate::cli) unreachable: bool,
    /// With --history: only what is newer than this (2026-01-31, `2 weeks`)
    #[arg(long, value_name = "WHEN", help_heading = "History", requires = "history")]
    pub(in crate::cli) since: Option<String>,
    /// With --history: only the history of this branch
    #[arg(long, value_name = "REF", help_heading = "History", requires = "history")]
    pub(in crate::cli) branch: Option<String>,
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
    pub(in crate::cli) hook: Option<Hook>,
    /// Report only findings that this commit does not have: `HEAD`, `main`, `v1`
    #[arg(long, value_name = "REV", help_heading = "What to find", conflicts_with_all = ["history", "commits"])]
    pub(in crate::cli) new_from: Option<String>,
    /// Path of the file that standard input holds
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) stdin_path: Option<PathBuf>,
    /// Number of threads [default: number of cores]
    #[arg(long, value_name = "N")]
    pub(in crate::cli) threads: Option<std::num::NonZeroUsize>,

    /// Which rules run: default, reproducible, strict, style [default: default]
    #[arg(long, value_name = "PROFILE", value_parser = among(profile, profiles), hide_possible_values = true, help_heading = "What to find")]
    pub(in crate::cli) profile: Option<Profile>,
    /// Also run rules in preview
    #[arg(long, help_heading = "What to find")]
    pub(in crate::cli) preview: bool,
    /// Run only this rule or family (`secrets`); repeatable, or several with commas
    #[arg(long, value_name = "ID", value_delimiter = ',', visible_alias = "only", value_parser = among(rule, ids), hide_possible_values = true, help_heading = "What to find")]
    pub(in crate::cli) rule: Vec<Found>,
    /// Do not run this rule or family; repeatable, or several with commas
    #[arg(long, value_name = "ID", value_delimiter = ',', value_parser = among(rule, ids), hide_possible_values = true, help_heading = "What to find")]
    pub(in crate::cli) ignore: Vec<Found>,
    /// Skip these paths; repeatable
    #[arg(long, value_name = "GLOB", help_heading = "What to find")]
    pub(in crate::cli) exclude: Vec<String>,
    /// Configuration file [default: hullguard.yaml, .hullguard.yaml, .github/hullguard.yaml, or .yml]
    #[arg(long, value_name = "FILE", conflicts_with = "no_config", help_heading = "What to find")]
    pub(in crate::cli) config: Option<PathBuf>,
    /// Do not read a configuration file or .gitleaks.toml
    #[arg(long, help_heading = "What to find")]
    pub(in crate::cli) no_config: bool,

    /// File with known findings: a baseline of hullguard, a report of gitleaks, a
    /// .gitleaksignore or .secrets.baseline; repeatable [default: the usual names]
    #[arg(
        long,
        value_name = "FILE",
        visible_alias = "gitleaks-baseline",
        conflicts_with = "no_baseline",
        help_heading = "What to ignore"
    )]
    pub(in crate::cli) baseline: Vec<PathBuf>,
    /// Do not read files with known findings
    #[arg(long, help_heading = "What to ignore")]
    pub(in crate::cli) no_baseline: bool,
    /// Configuration of gitleaks [default: .gitleaks.toml or .betterleaks.toml]
    #[arg(long, value_name = "FILE", help_heading = "What to ignore")]
    pub(in crate::cli) gitleaks_config: Option<PathBuf>,
    /// Do not accept ignore comments in files
    #[arg(long, help_heading = "What to ignore")]
    pub(in crate::cli) no_inline_ignore: bool,
    /// Check shell code with ShellCheck: auto (if it is installed), require, off [default: auto]
    #[arg(long, value_name = "WHEN", value_parser = among(shellcheck, shellchecks), hide_possible_values = true, help_heading = "What to find")]
    pub(in crate::cli) shellcheck: Option<UseShellCheck>,
    /// Print which configuration is used, and every skipped file
    #[arg(short, long, help_heading = "Output")]
    pub(in crate::cli) verbose: bool,
}

impl Look {
    pub(in crate::cli) fn validate(&self) -> Result<()> {
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
    pub(in crate::cli) fn is_past(&self) -> bool {
        self.history || self.commits.is_some() || matches!(self.hook, Some(Hook::PrePush | Hook::PreReceive))
    }
    pub(in crate::cli) fn is_stdin(&self) -> bool {
        self.paths.iter().any(|path| path.as_os_str() == "-")
    }
}
