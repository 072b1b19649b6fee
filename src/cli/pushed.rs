//! What a hook is told of a push, and by whom: git on standard input (githooks(5)), or a framework in variables.
//!
//! A hook that was told nothing has seen nothing, so that is an error. Only git itself, which names the remote, may say
//! with no line at all that there is nothing to push.

use std::collections::HashSet;
use std::env;
use std::io::{self, Read as _};

use anyhow::{Context as _, Result, anyhow, bail};
use git2::{Oid, Repository};

use super::args::{Hook, Look};
use crate::gap::{Gap, Reason};
use crate::history::{Ends, Remote, Update};
use crate::outcome::Told;

/// More than git says of any push.
const MOST: u64 = 64 << 20;
/// So many refs are named, the others counted.
const NAMED: usize = 10;

/// What is pushed, and what of the push may not have been told.
pub(super) fn read(repository: &Repository, hook: Hook, look: &Look) -> Result<(Ends, Vec<Told>)> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(MOST + 1).read_to_end(&mut bytes).context("cannot read standard input")?;
    if bytes.len() as u64 > MOST {
        bail!("standard input is larger than 64 MiB, which is too much for a list of refs");
    }
    let text = String::from_utf8_lossy(&bytes);
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let updates: Vec<Update> = lines.map(|line| update(hook, line)).collect::<Result<_>>()?;
    match hook {
        Hook::PreReceive if updates.is_empty() => {
            bail!(
                "git did not say what is pushed: a pre-receive hook gets a line for each ref on standard input; pass it to hullguard"
            )
        }
        Hook::PreReceive => Ok((Ends::received(repository, &updates)?, Vec::new())),
        // It looks at files.
        Hook::PreCommit => Ok((Ends::default(), Vec::new())),
        Hook::PrePush => {
            let remote = remote(look);
            if !updates.is_empty() {
                return Ok((Ends::sent(repository, &updates, remote.as_ref())?, Vec::new()));
            }
            if let Some((update, remote)) = framework(repository)? {
                let ends = Ends::sent(repository, std::slice::from_ref(&update), remote.as_ref())?;
                let told = remote.map(|remote| others(repository, &update, &remote)).transpose()?;
                return Ok((ends, told.into_iter().flatten().collect()));
            }
            if remote.is_none() {
                bail!(
                    "git did not say what is pushed: a pre-push hook gets the remote as arguments and a line for each ref on standard \
                     input; pass both to hullguard (`--hook pre-push \"$@\"`). Frameworks set PRE_COMMIT_TO_REF"
                );
            }
            Ok((Ends::default(), Vec::new()))
        }
    }
}

/// The remote of a push, as git gives it to the hook: its name, or its address twice.
fn remote(look: &Look) -> Option<Remote> {
    let word = |at: usize| look.paths.get(at).map(|word| word.to_string_lossy().into_owned());
    let name = word(0)?;
    Some(Remote { url: word(1).unwrap_or_else(|| name.clone()), name })
}

fn update(hook: Hook, line: &str) -> Result<Update> {
    let id = |word: &str| {
        let is_whole = word.len() == 40;
        Oid::from_str(word).ok().filter(|_| is_whole)
    };
    // What is pushed may be called `HEAD@{1 day ago}`, so a line is read from its end.
    let words: Vec<&str> = line.rsplitn(4, ' ').collect();
    let read = match (hook, words.as_slice()) {
        (Hook::PrePush, [old, name, new, _]) => Some((*old, *new, *name)),
        (Hook::PreReceive, [name, new, old]) => Some((*old, *new, *name)),
        _ => None,
    };
    read.and_then(|(old, new, name)| Some(Update { old: id(old)?, new: id(new)?, name: name.to_owned() }))
        .ok_or_else(|| anyhow!("`{line}` is not a line that git gives to a {} hook", hook.name()))
}

/// What the pre-commit framework and prek say. They read git's lines themselves, hand on the first ref that brings
/// anything, and name no commits where the remote has none of its history.
fn framework(repository: &Repository) -> Result<Option<(Update, Option<Remote>)>> {
    let variable = |name: &str| env::var(format!("PRE_COMMIT_{name}")).ok().filter(|value| !value.is_empty());
    let find = |word: &str| {
        let found = repository.revparse_single(word).map(|object| object.id());
        found.with_context(|| format!("cannot find {word}, which is pushed"))
    };
    let (old, new) = match (variable("FROM_REF"), variable("TO_REF"), variable("LOCAL_BRANCH")) {
        (Some(from), Some(to), _) => (find(&from)?, find(&to)?),
        (_, _, Some(local)) => (Oid::ZERO_SHA1, find(&local)?),
        _ => return Ok(None),
    };
    let name = variable("REMOTE_BRANCH").unwrap_or_default();
    let remote = variable("REMOTE_NAME").map(|name| {
        let url = variable("REMOTE_URL").unwrap_or_else(|| name.clone());
        Remote { name, url }
    });
    Ok(Some((Update { old, new, name }, remote)))
}

/// The branches and tags that might be pushed as well, for all that a framework says.
fn others(repository: &Repository, update: &Update, remote: &Remote) -> Result<Option<Told>> {
    let mut tips: Vec<(String, Oid)> = Vec::new();
    for pattern in ["refs/heads/*", "refs/tags/*"] {
        for reference in repository.references_glob(pattern).context("cannot list the refs")? {
            let reference = reference.context("cannot read a ref")?;
            // Of a tag that leads to no commit a framework says nothing, and nor does this.
            if let Ok(commit) = reference.peel_to_commit() {
                tips.push((String::from_utf8_lossy(reference.shorthand_bytes()).into_owned(), commit.id()));
            }
        }
    }
    let new = |id| Update { old: update.new, new: id, name: String::new() };
    let updates: Vec<Update> = tips.iter().map(|(_, id)| new(*id)).collect();
    let ends = Ends::sent(repository, &updates, Some(remote))?;
    let mut walk = repository.revwalk().context("cannot walk the commits")?;
    for id in &ends.without {
        walk.hide(*id).with_context(|| format!("cannot walk from commit {id}"))?;
    }
    for id in &ends.with {
        walk.push(*id).with_context(|| format!("cannot walk from commit {id}"))?;
    }
    // Where the clone is cut off there is no more to be said of them.
    let news: HashSet<Oid> = walk.map_while(Result::ok).collect();
    let mut names: Vec<&str> =
        tips.iter().filter(|(_, id)| news.contains(id)).map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    let count = names.len();
    if count == 0 {
        return Ok(None);
    }
    names.truncate(NAMED);
    let more = if count > NAMED { format!(" and {} more", count - NAMED) } else { String::new() };
    let why = format!(
        "pre-commit and prek name only the first ref of a push, so these were not searched, should they be pushed, too: \
         {}{more}",
        names.join(", ")
    );
    Ok(Some(Told::new("other branches and tags", Gap::new(Reason::Excluded, why))))
}
