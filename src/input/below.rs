//! A commit as seen from a folder of it, so that its paths are those of a run that began there. What a submodule has is
//! read from its own repository, at the commit that this one names.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use anyhow::Result;
use git2::{Oid, Repository};

use super::commit::Committed;
use super::{Listing, inside};
use crate::blob::{Miss, Origin, Tracked, Tree};
use crate::gap::Gap;
use crate::history::opening::{self, At, Reads};
use crate::scan::around;

pub struct Below {
    commit: Arc<Committed>,
    /// From the top to the folder, empty or ending with `/`.
    base: String,
    around: OnceLock<Vec<Arc<str>>>,
    tracked: OnceLock<Option<Arc<[Tracked]>>>,
    /// The work tree, if the commit has submodules.
    work: Option<PathBuf>,
    /// By their folders on disk; `None` if they are not here, or not with that commit.
    submodules: Mutex<HashMap<PathBuf, Option<Arc<Committed>>>>,
}

impl Below {
    pub fn open(repository: &Repository, id: Oid, base: &str) -> Result<Self> {
        let commit = Arc::new(Committed::open(repository, id)?);
        let work = repository.workdir().filter(|_| commit.exists(".gitmodules")).map(Path::to_owned);
        let submodules = Mutex::default();
        let (around, tracked) = (OnceLock::new(), OnceLock::new());
        Ok(Self { commit, base: base.to_owned(), around, tracked, work, submodules })
    }

    /// The commit that has a path, its own or a submodule's, and the path there. `None` if it leads into a submodule that is
    /// not here.
    fn home(&self, path: &str) -> Option<(Arc<Committed>, String)> {
        let (mut commit, mut rest) = (Arc::clone(&self.commit), self.full(path));
        let Some(work) = &self.work else { return Some((commit, rest)) };
        let mut folder = work.clone();
        rest = inside(&rest).unwrap_or(rest);
        while let Some((name, id)) = commit.submodule(&rest) {
            folder.push(&name);
            commit = self.submodule(&folder, id)?;
            rest.drain(..=name.len());
        }
        Some((commit, rest))
    }

    fn submodule(&self, folder: &Path, id: Oid) -> Option<Arc<Committed>> {
        let mut known = self.submodules.lock().unwrap_or_else(PoisonError::into_inner);
        let open = || {
            let repository = opening::open(At::Exactly(folder), Reads::Objects).ok()?;
            Some(Arc::new(Committed::open(&repository, id).ok()?))
        };
        known.entry(folder.to_owned()).or_insert_with(open).clone()
    }

    /// A path from the top of the repository as it is seen from the folder.
    pub fn seen(&self, path: &str) -> String {
        around::relative(&self.base, path)
    }

    fn full(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Those of these files that the commit has.
    pub fn list<'p>(&self, paths: impl IntoIterator<Item = &'p str>) -> Listing {
        let mut listing = Listing::default();
        for path in paths {
            if let Some(size) = inside(&self.full(path)).and_then(|full| self.commit.size(&full)) {
                super::walk::list(path, size, &mut listing);
            }
        }
        listing.sort();
        listing
    }
}

impl Tree for Below {
    fn origin(&self) -> Origin {
        self.commit.origin()
    }
    fn read(&self, path: &str) -> Result<Vec<u8>, Gap> {
        let (commit, path) = self.home(path).ok_or_else(super::walk::submodule)?;
        commit.read(&path)
    }
    fn exists(&self, path: &str) -> bool {
        self.home(path).is_some_and(|(commit, path)| commit.exists(&path))
    }
    fn is_tracked(&self, path: &str) -> Option<bool> {
        let (commit, path) = self.home(path)?;
        // What lies in a submodule is that repository's affair.
        Arc::ptr_eq(&commit, &self.commit).then(|| commit.is_tracked(&path))?
    }
    fn tracked(&self) -> Option<Arc<[Tracked]>> {
        let seen = || {
            let seen = |one: &Tracked| Tracked { path: self.seen(&one.path).into(), ..one.clone() };
            let mut all: Vec<Tracked> = self.commit.tracked()?.iter().map(seen).collect();
            all.sort_unstable_by(|a, b| a.path.cmp(&b.path));
            Some(all.into())
        };
        self.tracked.get_or_init(seen).clone()
    }
    fn around(&self, folders: &[&str], miss: Miss) -> Vec<Arc<str>> {
        let around = || {
            let found = self.commit.around(folders, miss);
            found.iter().map(|path| self.seen(path).into()).collect()
        };
        self.around.get_or_init(around).clone()
    }
}
