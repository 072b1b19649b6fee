//! `hullguard check --history`, `--commits` and `--hook`: secrets in what was committed.
//!
//! git's environment is read here, so that hooks see the objects of a push that is still being checked.

use std::env;
use std::io::{self, Read as _};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, anyhow, bail};
use git2::Repository;

use super::args::{Hook, Look};
use crate::config::Date;
use crate::history::leaks::{self, Wish};
use crate::history::opening::{self, At, Reads};
use crate::history::{Ends, Folders, History, Range};
use crate::input;
use crate::outcome::Outcome;
use crate::rule::Policy;
use crate::scan::Watch;

/// The repository that is meant: the named one (perhaps bare), the one that git's environment names, or the one around.
pub(super) fn repository(look: &Look, current: &Path) -> Result<Repository> {
    // A whole history is read by us, and what is broken in it is told; libgit2 finds a branch's tip, and walks ranges.
    let whole = look.history && look.branch.is_none();
    let reads = if whole { Reads::Index } else { Reads::Objects };
    let found = match look.paths.as_slice() {
        [] => opening::open(At::Environment(current), reads),
        [path] => opening::open(At::Around(&current.join(path)), reads),
        _ => bail!("--history and --commits look at one repository at a time"),
    };
    found.map_err(|refused| anyhow!("no git repository to look at: {refused}"))
}

/// What to search, made ready as far as it can fail.
pub(super) struct Search {
    over: Over,
    wish: Wish,
}

enum Over {
    All(History),
    Range(Repository, Range),
}

impl Search {
    pub(super) fn new(
        look: &Look,
        current: &Path,
        excluded: impl Fn(&str) -> bool + Sync + Send + 'static,
    ) -> Result<Self> {
        let repository = repository(look, current)?;
        let excluded = move |path: &str| input::excluded_with_folders(path, &excluded);
        let mut wish = Wish { unreachable: look.unreachable, deaf: look.no_inline_ignore, ..Wish::default() };
        wish.excluded = Some(Box::new(excluded));
        if let Some(since) = &look.since {
            wish.since = Some(since_when(since)?);
        }
        if let Some(branch) = &look.branch {
            let tip = repository.revparse_single(branch).and_then(|object| object.peel_to_commit());
            let tip = tip.map_err(|error| anyhow!("--branch {branch}: {}", error.message()))?;
            wish.branch = Some(tip.id());
        }
        let ends = match (look.hook, &look.commits) {
            (Some(hook), _) => Some(pushed(&repository, hook)?),
            (None, Some(words)) => {
                Some(Ends::parse(&repository, &words.split_whitespace().collect::<Vec<_>>())?)
            }
            (None, None) => None,
        };
        let over = match ends {
            Some(ends) => {
                let range = Range::read(&repository, &ends)?;
                Over::Range(repository, range)
            }
            None => Over::All(History::open(repository, &Folders::from_env())),
        };
        Ok(Self { over, wish })
    }

    pub(super) fn run(&self, policy: &Policy, watch: &Watch) -> Outcome {
        match &self.over {
            Over::All(history) => leaks::all(history, policy, &self.wish, watch),
            Over::Range(repository, range) => leaks::range(repository, range, policy, &self.wish, watch),
        }
    }
}

/// The commits of a push, from the lines that git gives to its hooks on standard input (githooks(5)).
fn pushed(repository: &Repository, hook: Hook) -> Result<Ends> {
    let mut lines = String::new();
    io::stdin().lock().take(16 << 20).read_to_string(&mut lines).context("cannot read what git says")?;
    // The pre-commit framework reads git's lines itself and hands on what it made of them.
    if let (true, Ok(from), Ok(to)) =
        (lines.trim().is_empty(), env::var("PRE_COMMIT_FROM_REF"), env::var("PRE_COMMIT_TO_REF"))
    {
        return Ends::parse(repository, &[&format!("{from}..{to}")]);
    }
    let mut all = Ends::default();
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        let words: Vec<&str> = line.split(' ').collect();
        let ends = match (hook, words.as_slice()) {
            (Hook::PreReceive, [old, new, name, ..]) => Ends::push(repository, old, new, name)?,
            (Hook::PrePush, [_, new, name, old]) => match Ends::push(repository, old, new, name) {
                Ok(ends) => ends,
                // The remote has what was never fetched; what any of its known branches has is not new.
                Err(_) => Ends::push(repository, &"0".repeat(new.len()), new, name)?,
            },
            _ => bail!("`{line}` is no line of a {} hook", hook.name()),
        };
        all.with.extend(ends.with);
        all.without.extend(ends.without);
    }
    Ok(all)
}

/// `2026-01-31`, or `3 days`, `2 weeks`, `6 months`, `1 year` (ago).
fn since_when(text: &str) -> Result<i64> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs().cast_signed());
    if let Some(date) = Date::parse(text) {
        return Ok(date.seconds());
    }
    let text = text.replace(['.', '-'], " ");
    let mut words = text.split_whitespace();
    let count = words.next().and_then(|word| word.parse::<i64>().ok());
    let unit = match words.next().map(|word| word.trim_end_matches('s')) {
        Some("hour") => Some(3_600),
        Some("day") => Some(86_400),
        Some("week") => Some(7 * 86_400),
        Some("month") => Some(30 * 86_400),
        Some("year") => Some(365 * 86_400),
        _ => None,
    };
    match (count, unit) {
        (Some(count), Some(unit)) => Ok(now.saturating_sub(count.saturating_mul(unit))),
        _ => bail!("--since takes a day (2026-01-31) or a time ago (2 weeks)"),
    }
}
