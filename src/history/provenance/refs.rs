//! The refs of a repository, HEAD, its reflogs, and what they reach.

use std::collections::HashSet;
use std::fs;

use git2::{Oid, Repository};

use super::Reach;
use super::commits::Commits;
use crate::history::Kind;
use crate::history::objects::{NAME, Store};

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
    pub(crate) fn read(repository: &Repository, store: &Store, commits: &Commits) -> Self {
        let mut refs = Vec::new();
        for reference in repository.references().into_iter().flatten().flatten() {
            let name = String::from_utf8_lossy(reference.name_bytes()).into_owned();
            let mut tip = Tip { name, commit: None, objects: Vec::new() };
            let mut object = reference.resolve().ok().and_then(|direct| direct.target());
            while let Some(id) = object.take() {
                let Some(number) = store.number(&id) else { break };
                tip.commit = commits.find(number);
                if tip.commit.is_none() {
                    tip.objects.push(number);
                    object = tagged(store, &id);
                }
            }
            refs.push(tip);
        }
        refs.sort_by(|a, b| a.name.cmp(&b.name));
        let head = repository.head().ok().and_then(|head| head.target());
        let head = head.and_then(|id| commits.find(store.number(&id)?));
        let mut by_ref = vec![false; commits.len()];
        commits.reach(refs.iter().filter_map(|tip| tip.commit).chain(head), &mut by_ref);
        let mut by_log = by_ref.clone();
        let logged = logged(repository);
        commits.reach(logged.iter().filter_map(|id| commits.find(store.number(id)?)), &mut by_log);
        let head_tree = head.and_then(|at| commits.get(at).tree);
        Self { refs, head, head_tree, shallow: shallow(repository), by_ref, by_log }
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

/// What a tag stands for.
fn tagged(store: &Store, id: &Oid) -> Option<Oid> {
    let (Kind::Tag, bytes) = store.read(id).ok()? else { return None };
    Oid::from_str(str::from_utf8(bytes.strip_prefix(b"object ")?.get(..2 * NAME)?).ok()?).ok()
}

/// All commits that the reflogs name. Read by us, because libgit2 makes a file for a log that is missing.
fn logged(repository: &Repository) -> HashSet<Oid> {
    let mut found = HashSet::new();
    let mut paths = vec![repository.commondir().join("logs"), repository.path().join("logs")];
    while let Some(path) = paths.pop() {
        // A link could lead round in a circle.
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            paths.extend(fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path()));
        } else if let Ok(log) = fs::read(&path) {
            for line in log.split(|&byte| byte == b'\n') {
                let ids = line.split(|&byte| byte == b' ').take(2);
                found.extend(ids.filter_map(|hex| Oid::from_str(str::from_utf8(hex).ok()?).ok()));
            }
        }
    }
    found
}

/// The commits where a shallow clone was cut.
pub(crate) fn shallow(repository: &Repository) -> HashSet<Oid> {
    let list = fs::read_to_string(repository.commondir().join("shallow")).unwrap_or_default();
    list.lines().filter_map(|line| Oid::from_str(line.trim()).ok()).collect()
}
