//! A commit as seen from a folder of it, so that its paths are those of a run that began there.

use std::sync::{Arc, OnceLock};

use anyhow::Result;
use git2::{Oid, Repository};

use super::commit::Committed;
use super::{Listing, inside};
use crate::blob::{Miss, Origin, Tree};
use crate::gap::Gap;
use crate::scan::around;

pub struct Below {
    commit: Committed,
    /// From the top to the folder, empty or ending with `/`.
    base: String,
    around: OnceLock<Vec<Arc<str>>>,
}

impl Below {
    pub fn open(repository: &Repository, id: Oid, base: &str) -> Result<Self> {
        let commit = Committed::open(repository, id)?;
        Ok(Self { commit, base: base.to_owned(), around: OnceLock::new() })
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
        self.commit.read(&self.full(path))
    }
    fn exists(&self, path: &str) -> bool {
        self.commit.exists(&self.full(path))
    }
    fn is_tracked(&self, path: &str) -> Option<bool> {
        self.commit.is_tracked(&self.full(path))
    }
    fn around(&self, folders: &[&str], miss: Miss) -> Vec<Arc<str>> {
        let around = || {
            let found = self.commit.around(folders, miss);
            found.iter().map(|path| around::relative(&self.base, path).into()).collect()
        };
        self.around.get_or_init(around).clone()
    }
}
