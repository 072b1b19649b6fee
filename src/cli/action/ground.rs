//! The commits of an event, found in the clone that the job has, which is often cut off.
//!
//! What is missing is fetched. Where that fails the run ends: an answer from half a history would say that all is well.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};
use git2::{Oid, Repository};

use super::fetch::{Depth, Remote};
use crate::github::event::{Against, Look};
use crate::history::opening::{self, At, Reads};
use crate::history::{Ends, Range};

const GONE: &str =
    "the commits before this forced push are gone, so the branch was compared with the default branch";

/// What an event is about, all of it here.
pub(super) struct Ground {
    pub(super) head: Oid,
    /// `None`: there is nothing to compare with, so all is new.
    pub(super) base: Option<Oid>,
    /// `None`: nothing less than all that git has.
    pub(super) range: Option<Range>,
    /// What people should know of it.
    pub(super) words: Vec<&'static str>,
}

/// What is not here, and what to ask the server for to get it.
struct Missing {
    why: anyhow::Error,
    wanted: Vec<String>,
}

impl Missing {
    fn commit(id: &str) -> Self {
        Self { why: anyhow!("commit {id} is not in this clone"), wanted: vec![id.to_owned()] }
    }
    /// The head, which may have no branch here.
    fn head(look: &Look, why: anyhow::Error) -> Self {
        Self { why, wanted: look.fetch.iter().chain([&look.head]).cloned().collect() }
    }
}

/// What has been asked of the server already.
#[derive(Clone, Copy, Default)]
struct Tried {
    /// What the branch was before a push.
    before: bool,
    /// All that there is.
    all: bool,
}

/// Finds it, with the help of the remote if need be. `all`: the whole history is wanted, not just that of the event.
pub(super) fn find(repository: &Repository, look: &Look, remote: &Remote, all: bool) -> Result<Ground> {
    let mut missing = match attempt(repository, look, all, Tried::default()) {
        Ok(ground) => return Ok(ground),
        Err(missing) => missing,
    };
    let (mut refused, mut asked) = (None, Vec::new());
    // What came shows what else is missing, once for each: a branch of the server, and where the head left it.
    for depth in [Depth::More, Depth::More, Depth::All, Depth::All] {
        let ask = (depth, missing.wanted.clone());
        if asked.contains(&ask) {
            continue;
        }
        refused = None;
        for wanted in &missing.wanted {
            refused = remote.fetch(repository, wanted, depth).err().or(refused);
        }
        asked.push(ask);
        let tried = Tried { before: true, all: depth == Depth::All || !repository.is_shallow() };
        missing = match attempt(repository, look, all, tried) {
            Ok(ground) => return Ok(ground),
            Err(missing) => missing,
        };
    }
    let help = "set `fetch-depth: 0` for actions/checkout";
    match refused {
        Some(refused) => bail!("{:#}, and git could not fetch it ({refused}); {help}", missing.why),
        None => bail!("{:#}; {help}", missing.why),
    }
}

fn attempt(repository: &Repository, look: &Look, all: bool, tried: Tried) -> Result<Ground, Missing> {
    let head = Oid::from_str(&look.head)
        .ok()
        .filter(|&id| repository.find_commit(id).is_ok())
        .ok_or_else(|| Missing::head(look, anyhow!("commit {} is not in this clone", look.head)))?;
    if all && repository.is_shallow() {
        return Err(Missing::head(
            look,
            anyhow!("this clone is shallow, so a part of the history is missing"),
        ));
    }
    let mut words = Vec::new();
    let base = match &look.against {
        Against::Nothing => return Ok(Ground { head, base: None, range: None, words }),
        Against::Fork(base) => {
            let base = known(repository, base).ok_or_else(|| Missing::commit(base))?;
            fork(repository, base, head, look, tried)?
        }
        Against::Push { before, default_branch } => {
            match before.as_ref().map(|before| known(repository, before).ok_or(before)) {
                Some(Ok(before)) => Some(before),
                // After a forced push the server may have forgotten what was there.
                Some(Err(before)) if !tried.before => return Err(Missing::commit(before)),
                gone => {
                    words.extend(gone.map(|_| GONE));
                    let tip = default_branch.as_ref().map(|name| tip(repository, name)).transpose()?;
                    tip.map(|tip| fork(repository, tip, head, look, tried)).transpose()?.flatten()
                }
            }
        }
    };
    let ends = Ends { with: vec![head], without: base.into_iter().collect(), ..Ends::default() };
    let range = Range::read(repository, &ends).map_err(|why| Missing::head(look, why))?;
    Ok(Ground { head, base, range: Some(range), words })
}

fn known(repository: &Repository, id: &str) -> Option<Oid> {
    Oid::from_str(id).ok().filter(|&id| repository.find_commit(id).is_ok())
}

/// Where a branch of the server is.
fn tip(repository: &Repository, branch: &str) -> Result<Oid, Missing> {
    let reference = repository.find_reference(&format!("refs/remotes/origin/{branch}"));
    let commit = reference.and_then(|reference| reference.peel_to_commit());
    commit.map(|commit| commit.id()).map_err(|_| Missing {
        why: anyhow!("the branch {branch} is not in this clone"),
        wanted: vec![format!("+refs/heads/{branch}:refs/remotes/origin/{branch}")],
    })
}

/// The best common ancestor. Two whole histories may have none; one that is cut off may only seem to.
fn fork(
    repository: &Repository,
    base: Oid,
    head: Oid,
    look: &Look,
    tried: Tried,
) -> Result<Option<Oid>, Missing> {
    match repository.merge_base(base, head) {
        Ok(id) => Ok(Some(id)),
        Err(_) if tried.all && !repository.is_shallow() => Ok(None),
        Err(_) => {
            let why = anyhow!("the common commit of {head} and {base} is not in this clone");
            let mut missing = Missing::head(look, why);
            missing.wanted.push(base.to_string());
            Err(missing)
        }
    }
}

/// What to do about a clone that leaves objects out until somebody asks for them; nobody does here. `None` for any other.
pub(super) fn partial(repository: &Repository) -> Option<&'static str> {
    let config = repository.config().ok()?;
    let mut promises = config.entries(Some("^remote\\..*\\.promisor$")).ok()?;
    promises.next().is_some().then_some(
        "this is a partial clone, so missing files cannot be checked; remove `filter` from actions/checkout, or run \
         `git fetch --refetch --no-filter` before this step",
    )
}

/// The repository of the job, in a folder of the workspace.
///
/// A pull request can bring a folder that looks like a bare repository, with settings of its own, or a link to one; it
/// cannot bring a `.git`, which git takes into no tree. So only what has one is a repository, and the way there is no link.
///
/// In a container the workspace is often another user's, and git takes it for a stranger's, who could have set programs
/// for git to run. It is the job's own, by the runner's word, and libgit2 runs none: so `open_bare`, which does not ask
/// whose it is.
pub(super) fn repository(workspace: &Path, below: &Path) -> Result<Repository> {
    let folder = workspace.join(below);
    let mut way = workspace.to_owned();
    for part in below.components() {
        way.push(part);
        if way.symlink_metadata().is_ok_and(|meta| meta.is_symlink()) {
            bail!(
                "`working-directory`: {} is a symbolic link, which could point outside the workspace",
                way.display()
            );
        }
    }
    let git = folder.join(".git");
    let opened = match opening::open(At::Exactly(&git), Reads::Objects) {
        Err(refused) if refused.is_owner() => {
            opening::open(At::Bare(&git), Reads::Objects).map_err(|_| refused)
        }
        opened => opened,
    };
    opened.map_err(|refused| anyhow!("{refused}")).with_context(|| {
        format!(
            "{} is not a git repository; run actions/checkout before this step, and set `working-directory` to its \
             `path`",
            folder.display()
        )
    })
}
