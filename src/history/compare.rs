//! Trees compared with those that were there before: which blobs came in, under which paths, and which went.
//!
//! All parents of a commit count, so what only a merge put there is found in the merge. Folders that are the same in one
//! parent are not opened. Which paths matter is not known here, so every path of a blob is noted, up to a limit that
//! is told.

use std::collections::HashMap;
use std::collections::HashSet;
use std::collections::hash_map::Entry;

use anyhow::{Context as _, Result, bail};
use git2::{ObjectType, Oid, Repository, Tree};

use super::range::{Brought, Gone, Site};

/// Longer paths are no work of people, and every folder on the way takes room on the stack.
const LONGEST: usize = 16 << 10;
/// So many paths of one blob are noted.
const SITES: usize = 64;
/// How often folders are compared again because they stand in another place, too. A few trees that name each other many
/// times make endless paths.
const AGAIN: usize = 20_000;

pub(super) struct Compare<'a> {
    repository: &'a Repository,
    commit: Option<Oid>,
    brought: Vec<Brought>,
    /// Where in that list a blob stands.
    at: HashMap<Oid, usize>,
    /// What the commit that is compared now brought: the blob's place in the list, and that of the site.
    fresh: Vec<(usize, usize)>,
    /// A folder with what the parents had there, and the path under which it was compared.
    trees: HashMap<(Oid, Vec<Option<Oid>>), String>,
    again: usize,
    /// Folders that went in the commit that is compared now, and blobs that did, with their paths.
    lost: HashSet<Oid>,
    went: Vec<Gone>,
    gone: Vec<Gone>,
}

impl<'a> Compare<'a> {
    pub(super) fn new(repository: &'a Repository) -> Self {
        Self {
            repository,
            commit: None,
            brought: Vec::new(),
            at: HashMap::new(),
            fresh: Vec::new(),
            trees: HashMap::new(),
            again: AGAIN,
            lost: HashSet::new(),
            went: Vec::new(),
            gone: Vec::new(),
        }
    }

    /// A commit with the trees of its parents.
    pub(super) fn commit(&mut self, id: Oid, tree: &Tree, parents: &[Option<Tree>]) -> Result<()> {
        self.commit = Some(id);
        self.all(tree, parents)
    }

    /// A tree or blob that a ref leads to, and what it led to before.
    pub(super) fn bare(&mut self, id: Oid, before: Option<Oid>) -> Result<()> {
        self.commit = None;
        let find = |id| {
            self.repository.find_object(id, None).with_context(|| format!("cannot read the object {id}"))
        };
        let object = find(id)?;
        if let Some(tree) = object.as_tree() {
            let before = before.map(find).transpose()?.and_then(|object| object.into_tree().ok());
            return self.all(tree, &[before]);
        }
        if object.kind() == Some(ObjectType::Blob) && before != Some(id) {
            let path = format!("object {id}");
            self.bring(id, path.clone());
            self.fresh.clear();
            let before = before.filter(|id| self.repository.find_blob(*id).is_ok());
            self.gone.extend(before.map(|blob| Gone { blob, path }));
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> (Vec<Brought>, Vec<Gone>) {
        self.gone.sort_unstable();
        self.gone.dedup();
        if self.again == 0 {
            self.brought.iter_mut().for_each(|brought| brought.more = true);
        }
        (self.brought, self.gone)
    }

    fn all(&mut self, tree: &Tree, parents: &[Option<Tree>]) -> Result<()> {
        self.trees(tree, parents, "")?;
        self.lost.clear();
        let fresh = std::mem::take(&mut self.fresh);
        if !fresh.is_empty() && !self.went.is_empty() {
            let mut from: HashMap<Oid, Vec<&str>> = HashMap::new();
            for gone in &self.went {
                from.entry(gone.blob).or_default().push(&gone.path);
            }
            for (blob, site) in fresh {
                let brought = &mut self.brought[blob];
                let paths = from.get(&brought.blob).into_iter().flatten().take(SITES);
                brought.sites[site].moved.extend(paths.map(|&path| path.to_owned()));
            }
        }
        self.gone.append(&mut self.went);
        Ok(())
    }

    /// One folder in the commit and in its parents; a parent may not have it.
    fn trees(&mut self, tree: &Tree, parents: &[Option<Tree>], folder: &str) -> Result<()> {
        let old = parents.iter().map(|parent| parent.as_ref().map(Tree::id)).collect();
        match self.trees.entry((tree.id(), old)) {
            Entry::Occupied(seen) if seen.get() == folder || self.again == 0 => return Ok(()),
            Entry::Occupied(_) => self.again -= 1,
            Entry::Vacant(place) => drop(place.insert(folder.to_owned())),
        }
        if folder.len() > LONGEST {
            bail!("the folders of {} are nested too deep", self.what());
        }
        for parent in parents.iter().flatten() {
            self.lost(tree, parent, folder)?;
        }
        for entry in tree {
            let name = entry.name_bytes();
            let before: Vec<_> =
                parents.iter().map(|parent| parent.as_ref().and_then(|tree| named(tree, name))).collect();
            if before.iter().flatten().any(|(id, _)| *id == entry.id()) {
                continue;
            }
            let path = format!("{folder}{}", String::from_utf8_lossy(name));
            match entry.kind() {
                Some(ObjectType::Tree) => {
                    let below = self.open(entry.id(), &path)?;
                    let mut parents = Vec::with_capacity(before.len());
                    for (id, kind) in before.iter().map(|before| before.unzip()) {
                        parents.push(match (id, kind) {
                            (Some(id), Some(Some(ObjectType::Tree))) => Some(self.open(id, &path)?),
                            _ => None,
                        });
                    }
                    self.trees(&below, &parents, &format!("{path}/"))?;
                }
                Some(ObjectType::Blob) => self.bring(entry.id(), path),
                // A submodule's commit is another repository's.
                _ => {}
            }
        }
        Ok(())
    }

    fn bring(&mut self, blob: Oid, path: String) {
        let at = *self.at.entry(blob).or_insert_with(|| {
            self.brought.push(Brought { blob, sites: Vec::new(), more: false });
            self.brought.len() - 1
        });
        let brought = &mut self.brought[at];
        if brought.sites.iter().any(|site| site.path == path) {
            return;
        }
        if brought.sites.len() == SITES {
            brought.more = true;
            return;
        }
        self.fresh.push((at, brought.sites.len()));
        brought.sites.push(Site { path, commit: self.commit, moved: Vec::new() });
    }

    /// Notes what stands in a parent's folder and not in the commit's.
    fn lost(&mut self, tree: &Tree, parent: &Tree, folder: &str) -> Result<()> {
        for entry in parent {
            let now = named(tree, entry.name_bytes());
            let path = || format!("{folder}{}", String::from_utf8_lossy(entry.name_bytes()));
            match entry.kind() {
                Some(ObjectType::Blob) if now.is_none_or(|(id, _)| id != entry.id()) => {
                    self.went.push(Gone { blob: entry.id(), path: path() });
                }
                // A folder that is still one is compared itself.
                Some(ObjectType::Tree) if now.is_none_or(|(_, kind)| kind != Some(ObjectType::Tree)) => {
                    self.lost_folder(entry.id(), &(path() + "/"))?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A folder that stands in two places is noted in one: what is not known to have gone is told as new.
    fn lost_folder(&mut self, id: Oid, folder: &str) -> Result<()> {
        if !self.lost.insert(id) {
            return Ok(());
        }
        if folder.len() > LONGEST {
            bail!("the folders before {} are nested too deep", self.what());
        }
        for entry in &self.open(id, folder)? {
            let path = format!("{folder}{}", String::from_utf8_lossy(entry.name_bytes()));
            match entry.kind() {
                Some(ObjectType::Blob) => self.went.push(Gone { blob: entry.id(), path }),
                Some(ObjectType::Tree) => self.lost_folder(entry.id(), &(path + "/"))?,
                _ => {}
            }
        }
        Ok(())
    }

    fn open(&self, id: Oid, path: &str) -> Result<Tree<'a>> {
        self.repository.find_tree(id).with_context(|| format!("cannot read the tree {id} of {path}"))
    }

    fn what(&self) -> String {
        self.commit.map_or("a pushed tree".to_owned(), |id| format!("commit {id}"))
    }
}

fn named(tree: &Tree, name: &[u8]) -> Option<(Oid, Option<ObjectType>)> {
    let entry = tree.get_name_bytes(name)?;
    Some((entry.id(), entry.kind()))
}
