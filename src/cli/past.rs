//! `hullguard check --history`, `--commits` and `--hook`: secrets in what was committed.
//!
//! git's environment is read here, so that hooks see the objects of a push that is still being checked.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, anyhow, bail};
use git2::Repository;

use super::args::Look;
use super::pushed;
use crate::config::Date;
use crate::history::leaks::{self, Law, Wish};
use crate::history::opening::{self, At, Reads};
use crate::history::{self, Ends, Folders, History, Range};
use crate::input;
use crate::outcome::{Outcome, Told};
use crate::scan::Watch;

/// Where to look: the repository that is meant, and the files and folders in it; none means all.
pub(super) struct Asked {
    pub(super) repository: Repository,
    within: Vec<String>,
}

impl Asked {
    /// A path may name a repository (perhaps bare), or limit the search to what is below it, as in `git log -- PATH`. Without
    /// one the repository is that of git's environment, or the one around.
    pub(super) fn of(look: &Look, current: &Path) -> Result<Self> {
        let paths: &[PathBuf] = if look.hook.is_some() { &[] } else { &look.paths };
        // A whole history is read by us, and what is broken in it is told; libgit2 finds a branch's tip, walks ranges and
        // looks for paths.
        let whole = look.history && look.branch.is_none();
        let open = |at: At<'_>, reads: Reads| {
            opening::open(at, reads).map_err(|refused| anyhow!("cannot open a git repository: {refused}"))
        };
        let reads = if whole { Reads::Index } else { Reads::Objects };
        let around = || open(At::Environment(current), reads);
        let mut asked: Option<Self> = None;
        for path in paths {
            let path = input::tidy(&current.join(path));
            // What a commit has may be on disk no longer.
            let (path, repository) = match path.canonicalize() {
                Ok(real) => {
                    let folder = if real.is_dir() { &real } else { real.parent().unwrap_or(&real) };
                    let repository = open(At::Around(folder), reads)?;
                    (real, repository)
                }
                Err(_) => (real_start(&path), around()?),
            };
            let git = real(repository.path());
            let top = repository.workdir().map_or_else(|| git.clone(), real);
            let is_git = repository.workdir().is_some() && path.starts_with(&git);
            let below = if is_git { Some(String::new()) } else { input::below(&top, &path) };
            let below = below.with_context(|| format!("{} is not in {}", path.display(), top.display()))?;
            match &mut asked {
                None => asked = Some(Self { repository, within: vec![below] }),
                Some(asked) if real(asked.repository.path()) == git => asked.within.push(below),
                Some(_) => {
                    bail!("--history and --commits search one repository; name paths of one repository only")
                }
            }
        }
        let Some(mut asked) = asked else { return Ok(Self { repository: around()?, within: Vec::new() }) };
        if asked.within.iter().any(String::is_empty) {
            asked.within.clear();
        } else if whole {
            asked.repository = open(At::Bare(asked.repository.path()), Reads::Objects)?;
        }
        Ok(asked)
    }

    /// A name that no commit has is a mistake, and what is found below it would pass for all there is.
    fn validate(&self, ends: Option<&Ends>) -> Result<()> {
        for path in &self.within {
            if !has(&self.repository, ends, Path::new(path)).context("cannot walk the commits")? {
                bail!("no searched commit contains {path}");
            }
        }
        Ok(())
    }
}

fn real(path: &Path) -> PathBuf {
    input::tidy(&path.canonicalize().unwrap_or_else(|_| path.to_owned()))
}

/// A path whose last parts may be on disk no longer.
fn real_start(path: &Path) -> PathBuf {
    let there = path.ancestors().find(|above| above.exists()).unwrap_or(path);
    let rest = path.strip_prefix(there).unwrap_or(Path::new(""));
    if rest.as_os_str().is_empty() { real(there) } else { real(there).join(rest) }
}

fn has(repository: &Repository, ends: Option<&Ends>, path: &Path) -> Result<bool, git2::Error> {
    let mut walk = repository.revwalk()?;
    if let Some(ends) = ends {
        ends.with.iter().try_for_each(|&id| walk.push(id))?;
    } else {
        walk.push_glob("*")?;
        if let Ok(head) = repository.head().and_then(|head| head.peel_to_commit()) {
            walk.push(head.id())?;
        }
    }
    for id in walk {
        // What is missing or damaged is told by the search.
        let Ok(id) = id else { return Ok(true) };
        let tree = repository.find_commit(id).and_then(|commit| commit.tree());
        if tree.map_or(true, |tree| tree.get_path(path).is_ok()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What to search, made ready as far as it can fail.
pub(super) struct Search {
    over: Over,
    wish: Wish,
    skipped: Vec<Told>,
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
        let asked = Asked::of(look, current)?;
        let repository = &asked.repository;
        let excluded = move |path: &str| input::excluded_with_folders(path, &excluded);
        let mut wish =
            Wish { unreachable: look.unreachable, within: asked.within.clone(), ..Wish::default() };
        wish.excluded = Some(Box::new(excluded));
        wish.files_only = !wish.within.is_empty();
        if let Some(since) = &look.since {
            wish.since = Some(since_when(since)?);
        }
        if let Some(branch) = &look.branch {
            let tip = repository.revparse_single(branch).and_then(|object| object.peel_to_commit());
            let tip = tip.map_err(|_| {
                let help = history::near(repository, branch).map_or_else(
                    || "; `git branch --all` lists them".to_owned(),
                    |meant| format!("; did you mean `{meant}`?"),
                );
                anyhow!("--branch {branch}: there is no branch or tag `{branch}`{help}")
            })?;
            wish.branch = Some(tip.id());
        }
        let mut skipped = Vec::new();
        let ends = match (look.hook, &look.commits) {
            (Some(hook), _) => {
                let (ends, told) = pushed::read(repository, hook, look)?;
                skipped = told;
                Some(ends)
            }
            (None, Some(words)) => {
                Some(Ends::parse(repository, &words.split_whitespace().collect::<Vec<_>>())?)
            }
            (None, None) => None,
        };
        if !look.unreachable {
            asked.validate(ends.as_ref())?;
        }
        let over = match ends {
            Some(ends) => {
                let range = Range::read(repository, &ends)?;
                Over::Range(asked.repository, range)
            }
            None => Over::All(History::open(asked.repository, &Folders::from_env())),
        };
        Ok(Self { over, wish, skipped })
    }

    pub(super) fn run(&self, law: Law, watch: &Watch) -> Outcome {
        let mut outcome = match &self.over {
            Over::All(history) => leaks::all(history, law, &self.wish, watch),
            Over::Range(repository, range) => {
                leaks::range((repository, &Folders::from_env()), range, law, &self.wish, watch)
            }
        };
        outcome.skipped.extend(self.skipped.iter().cloned());
        outcome
    }
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
        _ => bail!("--since takes a date (2026-01-31) or an age (2 weeks)"),
    }
}
