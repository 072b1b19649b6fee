//! What a push brings: all that its refs lead to and the other side is not known to have.
//!
//! A server has what its refs lead to. A client knows little of a remote: the remote-tracking refs of that remote, and what
//! git says of the refs that are pushed. Branches, tags and the stash of the client are no proof of anything. Tracking
//! refs may be stale: what a remote had when it was last fetched and has lost since then counts as known.

use anyhow::{Context as _, Result, bail};
use git2::{ObjectType, Oid, Repository};

use super::range::Ends;

/// So many tags may lead to each other.
const DEEPEST: usize = 100;

/// A ref that a push moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// What the other side has; zero for nothing.
    pub old: Oid,
    /// Zero for nothing: the ref is deleted.
    pub new: Oid,
    /// On the other side.
    pub name: String,
}

/// Where a push goes, in the words of git: a remote's name or what stands for one, and an address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Remote {
    pub name: String,
    pub url: String,
}

impl Ends {
    /// Of a push that this repository sends. Without a remote nothing but `updates` says what the other side has.
    pub fn sent(repository: &Repository, updates: &[Update], remote: Option<&Remote>) -> Result<Self> {
        let known = match remote {
            Some(remote) => tracked(repository, remote)?.into_iter().map(|(_, id)| id).collect(),
            None => Vec::new(),
        };
        Self::of(repository, updates, known)
    }

    /// Of a push that this repository receives.
    pub fn received(repository: &Repository, updates: &[Update]) -> Result<Self> {
        let mut known = Vec::new();
        for reference in repository.references().context("cannot list the refs")? {
            let reference = reference.context("cannot read a ref")?;
            // git itself says what these were: a hook may run after they were moved.
            let is_pushed = updates.iter().any(|update| update.name.as_bytes() == reference.name_bytes());
            known.extend(reference.target().filter(|_| !is_pushed));
        }
        Self::of(repository, updates, known)
    }

    /// One walk for all refs: what is known is known of the other side, so that no ref hides what another brings.
    fn of(repository: &Repository, updates: &[Update], mut known: Vec<Oid>) -> Result<Self> {
        let mut ends = Self::default();
        known.extend(updates.iter().map(|update| update.old).filter(|old| !old.is_zero()));
        known.sort_unstable();
        known.dedup();
        for update in updates.iter().filter(|update| !update.new.is_zero()) {
            let mut id = update.new;
            let mut kind = kind(repository, id).context("the pushed object is missing")?;
            for step in 0.. {
                if kind != ObjectType::Tag || known.binary_search(&id).is_ok() {
                    break;
                }
                if step == DEEPEST {
                    bail!("{} leads through more than {DEEPEST} tags", update.name);
                }
                ends.tags.push(id);
                let tag = repository.find_tag(id).with_context(|| format!("cannot read the tag {id}"))?;
                (id, kind) = (tag.target_id(), tag.target_type().unwrap_or(ObjectType::Any));
            }
            match kind {
                _ if known.binary_search(&id).is_ok() => {}
                ObjectType::Commit => ends.with.push(id),
                _ => ends.bare.push((id, content(repository, update.old))),
            }
        }
        for list in [&mut ends.tags, &mut ends.with] {
            list.sort_unstable();
            list.dedup();
        }
        // Where nothing is to be walked, nothing needs to be left out.
        if !ends.with.is_empty() {
            ends.without = known.iter().filter_map(|&id| commit(repository, id)).collect();
            ends.without.dedup();
        }
        Ok(ends)
    }
}

fn kind(repository: &Repository, id: Oid) -> Result<ObjectType, git2::Error> {
    repository.odb().and_then(|odb| odb.read_header(id)).map(|(_, kind)| kind)
}

/// The commit that something known leads to. What the other side has and this one lacks leads nowhere here, and so
/// leaves nothing out.
fn commit(repository: &Repository, id: Oid) -> Option<Oid> {
    match kind(repository, id).ok()? {
        ObjectType::Commit => Some(id),
        ObjectType::Tag => Some(repository.find_object(id, None).ok()?.peel_to_commit().ok()?.id()),
        _ => None,
    }
}

/// The tree or blob that a ref led to.
fn content(repository: &Repository, id: Oid) -> Option<Oid> {
    match kind(repository, id).ok()? {
        ObjectType::Tag => {
            let tag = repository.find_tag(id).ok()?;
            let peeled = tag.peel().ok()?;
            Some(peeled.id()).filter(|_| matches!(peeled.kind(), Some(ObjectType::Tree | ObjectType::Blob)))
        }
        ObjectType::Tree | ObjectType::Blob => Some(id),
        _ => None,
    }
}

/// The refs that say what a remote has, by name.
pub(super) fn tracked(repository: &Repository, remote: &Remote) -> Result<Vec<(String, Oid)>> {
    let all: Vec<String> = {
        let remotes = repository.remotes().context("cannot list the remotes")?;
        remotes.iter().flatten().flatten().map(str::to_owned).collect()
    };
    let is_meant = |name: &&String| {
        **name == remote.name
            || repository.find_remote(name).is_ok_and(|found| is_at(repository, &found, name, remote))
    };
    let mut tips = Vec::new();
    for name in all.iter().filter(is_meant) {
        let start = format!("refs/remotes/{name}/");
        // `a/b` may be a branch of the remote `a`, or the remote `a/b`, whose refs say nothing of `a`.
        let others: Vec<String> = all.iter().map(|other| format!("refs/remotes/{other}/")).collect();
        let is_others = |path: &str| {
            others.iter().any(|other| other.len() > start.len() && path.starts_with(other.as_str()))
        };
        for reference in repository.references().context("cannot list the refs")? {
            let reference = reference.context("cannot read a ref")?;
            let path = String::from_utf8_lossy(reference.name_bytes()).into_owned();
            // A symbolic one (HEAD) could lead to a branch of ours.
            if let Some(id) = reference.target().filter(|_| path.starts_with(&start) && !is_others(&path)) {
                tips.push((path, id));
            }
        }
    }
    Ok(tips)
}

/// Whether a remote has the address of the push: as it is configured, or as git rewrites it (`insteadOf`).
fn is_at(repository: &Repository, found: &git2::Remote, name: &str, remote: &Remote) -> bool {
    let same = |address: &[u8]| {
        let trimmed = |mut address: &[u8]| {
            while let Some(shorter) = address.strip_suffix(b"/") {
                address = shorter;
            }
            address.to_vec()
        };
        let of_push = [&remote.url, &remote.name].map(|word| trimmed(word.as_bytes()));
        !address.is_empty() && of_push.contains(&trimmed(address))
    };
    let configured = |key: &str| -> Result<bool, git2::Error> {
        let config = repository.config()?;
        let mut entries = config.multivar(&format!("remote.{name}.{key}"), None)?;
        while let Some(entry) = entries.next() {
            if same(entry?.value_bytes()) {
                return Ok(true);
            }
        }
        Ok(false)
    };
    // A key that is not set names no address.
    let is_configured = |key| configured(key).is_ok_and(|named| named);
    same(found.url_bytes())
        || found.pushurl_bytes().is_some_and(same)
        || ["url", "pushurl"].into_iter().any(is_configured)
}
