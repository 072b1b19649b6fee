//! Whether ShellCheck is used, and where it is: the flag, then `HULLGUARD_SHELLCHECK`, then the configuration.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, anyhow, bail};

use super::args;
use crate::config::UseShellCheck;
use crate::input::shellcheck::{self, ShellCheck, Surroundings};
use crate::outcome::Outcome;
use crate::rule::{Family, Policy, Profile};
use crate::rules;
use crate::shellcheck::Program;

const VARIABLE: &str = "HULLGUARD_SHELLCHECK";
/// What a program may need to start: a temporary folder, and where those that choose between versions have them.
const VARIABLES: [&str; 10] = [
    "ASDF_DATA_DIR",
    "HOME",
    "LOCALAPPDATA",
    "MISE_DATA_DIR",
    "PYENV_ROOT",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "TMPDIR",
    "USERPROFILE",
];
const HOW: &str = "install it from https://www.shellcheck.net, or with `pip install 'hullguard[shellcheck]'`";

/// What was decided.
#[derive(Default)]
pub(super) struct Chosen {
    pub(super) program: Option<Arc<ShellCheck>>,
    /// It would be used if it were there.
    is_missing: bool,
    /// Somebody wrote down that it is to be used.
    is_named: bool,
}

impl Chosen {
    /// Looks for the program, and keeps rules from running whose findings it would have to make.
    ///
    /// # Errors
    /// It is not there, and nothing can be done without it.
    pub(super) fn of(
        given: Option<UseShellCheck>,
        configured: Option<UseShellCheck>,
        repository: &Path,
        policy: &mut Policy,
    ) -> Result<Self> {
        let named = given.map_or_else(variable, |given| Ok(Some(given)))?.or(configured);
        let mode = named.unwrap_or_default();
        let mut chosen = Self { is_named: named.is_some(), ..Self::default() };
        if mode != UseShellCheck::Off {
            let surroundings = surroundings();
            let found = shellcheck::find(&surroundings, repository);
            chosen.is_missing = found.is_none();
            chosen.program =
                found.map(|program| Arc::new(ShellCheck::new(program, surroundings, repository)));
        }
        let is_code = |id: &&str| rules::find(id).is_some_and(|rule| rule.family == Family::Shellcheck);
        let needs_it = !policy.only.is_empty() && policy.only.iter().all(is_code);
        if chosen.is_missing && (mode == UseShellCheck::Require || needs_it) {
            bail!("ShellCheck is not installed; {HOW}");
        }
        if chosen.program.is_none() {
            if needs_it {
                bail!("`--shellcheck off` leaves no rule to run");
            }
            policy.off.extend(rules::of(Family::Shellcheck).map(|rule| rule.id.get()));
            policy.off.sort_unstable();
            policy.off.dedup();
        }
        Ok(chosen)
    }

    /// For [`crate::scan::Watch`].
    pub(super) fn for_scan(&self) -> Option<Arc<dyn Program + Send>> {
        self.program.clone().map(|program| program as Arc<dyn Program + Send>)
    }

    /// What to say at the end of a run that had shell code and no ShellCheck: to those who expect it. All others would
    /// read it after every commit.
    pub(super) fn note(
        &self,
        outcome: &Outcome,
        policy: &Policy,
        expects: impl FnOnce() -> bool,
    ) -> Option<String> {
        let is_missed = self.is_missing && outcome.has_shell_code;
        let is_said = is_missed && (self.is_named || policy.profile >= Profile::Strict || expects());
        is_said.then(|| format!("shell code was not checked with ShellCheck, which is not installed; {HOW}"))
    }

    /// What `--verbose` says.
    pub(super) fn state(&self) -> String {
        match &self.program {
            Some(program) => program.program().display().to_string(),
            None if self.is_missing => "not installed".to_owned(),
            None => "off".to_owned(),
        }
    }
}

fn variable() -> Result<Option<UseShellCheck>> {
    let value = env::var(VARIABLE).unwrap_or_default();
    if value.is_empty() {
        return Ok(None);
    }
    args::shellcheck(&value).map(Some).map_err(|why| anyhow!("{VARIABLE}: {why}"))
}

fn surroundings() -> Surroundings {
    let variables = VARIABLES.iter().filter_map(|name| Some((name.into(), env::var_os(name)?)));
    let own = env::current_exe().ok().and_then(|file| file.canonicalize().ok());
    Surroundings {
        path: env::var_os("PATH").unwrap_or_default(),
        beside: own.and_then(|file| file.parent().map(Path::to_owned)),
        temporary: env::var_os("RUNNER_TEMP").map_or_else(env::temp_dir, PathBuf::from),
        variables: variables.collect(),
    }
}
