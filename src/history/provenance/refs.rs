//! The refs of a repository, HEAD, its reflogs, and what they reach.

use std::collections::HashSet;
use std::path::Path;

use git2::{Oid, Repository};

use super::Reach;
use super::commits::Commits;
use crate::gap::{Gap, Reason};
use crate::history::Kind;
use crate::history::gaps::Gaps;
use crate::history::objects::{NAME, Store, file};
use crate::history::refs::{self, Refs, Target};

/// So many tags of tags are followed.
const TAGS: usize = 1000;
/// The largest log, or list of cut commits, that is read.
const LOG: u64 = 256 << 20;

pub(crate) struct Tips {
    /// By name.
    pub(crate) refs: Vec<Tip>,
    pub(crate) head: Option<u32>,
    pub(crate) head_tree: Option<u32>,
    pub(crate) shallow: HashSet<Oid>,
    by_ref: Vec<bool>,
    by_log: Vec<bool>,
}

pub(crate) struct Tip {
    pub(crate) name: String,
    pub(crate) commit: Option<u32>,
    /// The tags on the way to the commit, or the blob or tree the ref leads to.
    pub(crate) objects: Vec<u32>,
}

impl Tips {
    /// Follows all refs. What they name and is not here is told.
    pub(crate) fn read(repository: &Repository, store: &Store, commits: &Commits, gaps: &Gaps) -> Self {
        let mut tell = |path: &Path, gap| gaps.add(path, gap);
        let named = Refs::read(repository.path(), repository.commondir(), &mut tell);
        let mut refs = Vec::new();
        let follow = |name: &str, target: &Target| {
            let mut tip = Tip { name: name.to_owned(), commit: None, objects: Vec::new() };
            let followed = named.resolve(target).and_then(|id| {
                tip.follow(id, store, commits)?;
                let is_branch = name == "HEAD" || name.starts_with("refs/heads/");
                if id.is_some() && tip.commit.is_none() && is_branch {
                    return Err("a branch must lead to a commit, and this one does not".to_owned());
                }
                Ok(())
            });
            if let Err(why) = followed {
                let reason =
                    if why.ends_with("is missing") { Reason::MissingObject } else { Reason::Damaged };
                gaps.tell(name, reason, why);
            }
            tip
        };
        for (name, target) in &named.all {
            refs.push(follow(name, target));
        }
        let head = named.head.as_ref().and_then(|target| follow("HEAD", target).commit);
        let mut by_ref = vec![false; commits.len()];
        commits.reach(refs.iter().filter_map(|tip| tip.commit).chain(head), &mut by_ref);
        let mut by_log = by_ref.clone();
        let logged = logged(repository, gaps);
        commits.reach(logged.iter().filter_map(|id| commits.find(store.number(id)?)), &mut by_log);
        let head_tree = head.and_then(|at| commits.get(at).tree);
        let shallow = shallow(repository).unwrap_or_else(|gap| {
            gaps.add(Path::new("shallow"), gap);
            HashSet::new()
        });
        Self { refs, head, head_tree, shallow, by_ref, by_log }
    }

    pub(crate) fn reach(&self, commit: u32) -> Reach {
        if self.by_ref[commit as usize] {
            Reach::Ref
        } else if self.by_log[commit as usize] {
            Reach::Reflog
        } else {
            Reach::Dangling
        }
    }
}

impl Tip {
    /// Follows what a ref names over tags to a commit, or to what else it leads to.
    fn follow(&mut self, id: Option<Oid>, store: &Store, commits: &Commits) -> Result<(), String> {
        let mut next = id;
        while let Some(id) = next {
            let number = store.number(&id).ok_or_else(|| format!("object {id} is missing"))?;
            self.commit = commits.find(number);
            if self.commit.is_some() {
                break;
            }
            if self.objects.contains(&number) || self.objects.len() > TAGS {
                return Err(format!("tag {id} leads to itself, or to tags without end"));
            }
            self.objects.push(number);
            next = match store.kind(&id)? {
                Kind::Tag => Some(tagged(store, &id)?),
                Kind::Commit => return Err(format!("commit {id} cannot be read")),
                Kind::Tree | Kind::Blob => None,
            };
        }
        Ok(())
    }
}

/// What a tag stands for.
fn tagged(store: &Store, id: &Oid) -> Result<Oid, String> {
    let (_, bytes) = store.read(id)?;
    let hex = bytes.strip_prefix(b"object ").and_then(|rest| rest.get(..2 * NAME));
    hex.and_then(refs::object).ok_or_else(|| format!("tag {id} names no object"))
}

/// All commits that the reflogs name. Read by us, because libgit2 makes a file for a log that is missing.
fn logged(repository: &Repository, gaps: &Gaps) -> HashSet<Oid> {
    let mut found = HashSet::new();
    let mut paths = vec![repository.commondir().join("logs"), repository.path().join("logs")];
    while let Some(path) = paths.pop() {
        // A link could lead round in a circle.
        if path.is_symlink() {
            continue;
        }
        let read = if path.is_dir() {
            file::list(&path).map(|names| paths.extend(names.iter().map(|name| path.join(name))))
        } else {
            file::read(&path, LOG).map(|log| {
                for line in log.iter().flat_map(|log| log.split(|&byte| byte == b'\n')) {
                    let ids = line.split(|&byte| byte == b' ').take(2);
                    found.extend(ids.filter_map(refs::object));
                }
            })
        };
        if let Err(gap) = read {
            gaps.add(&path, gap);
        }
    }
    found
}

/// The commits where a shallow clone was cut.
pub(crate) fn shallow(repository: &Repository) -> Result<HashSet<Oid>, Gap> {
    let list = file::read(&repository.commondir().join("shallow"), LOG)?.unwrap_or_else(Vec::new);
    let lines = list.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            refs::object(line).ok_or_else(|| Gap::new(Reason::Damaged, "a line of it is not a commit"))
        })
        .collect()
}

/// Whether a clone is shallow. Of a list that cannot be read nobody knows what it would say, so it is.
pub(crate) fn is_shallow(repository: &Repository) -> bool {
    shallow(repository).map_or(true, |cuts| !cuts.is_empty())
}
