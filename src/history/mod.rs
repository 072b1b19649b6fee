//! Whole histories of git, looked at content by content.
//!
//! The store is walked once, pack by pack and delta by delta; a visitor sees every object once, and of a delta it
//! hears what is new. What a hit means (who brought it, when, where it still is) is asked afterwards and for hits
//! only. What a secret is, this floor does not know; packs are read here, all else of git is libgit2's.

mod compare;
mod forest;
mod gaps;
pub mod leaks;
mod message;
mod objects;
pub mod opening;
mod pieces;
mod provenance;
mod push;
mod range;
mod refs;
mod remote;
mod search;
mod walk;
mod windows;

#[cfg(test)]
mod tests;

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use git2::{Oid, Repository};

use crate::outcome::Told;
use gaps::Gaps;
use objects::Store;
pub use objects::delta::{Changes, Run};
pub use pieces::OVERLAP;
pub use provenance::{Counts, Introduction, Named, Origins, Paths, Provenance, Reach, Wanted};
pub use push::{Remote, Update};
pub use range::{Brought, Ends, Gone, Range, Site, commit, near};
pub use remote::Pages;
pub use search::{Hit, Search};
pub use walk::{Delta, Object, Visit, WHOLE};
pub use windows::{LINE, Window, windows};

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Commit,
    Tree,
    Blob,
    Tag,
}

impl Kind {
    fn named(name: &str) -> Option<Self> {
        match name {
            "commit" => Some(Self::Commit),
            "tree" => Some(Self::Tree),
            "blob" => Some(Self::Blob),
            "tag" => Some(Self::Tag),
            _ => None,
        }
    }
}

/// Why libgit2 cannot open a repository, in words that help.
pub fn refused(error: &git2::Error) -> String {
    let message = error.message();
    if message.contains("refstorage") {
        "this repository keeps its refs in a reftable, which libgit2 cannot read; `git refs migrate \
         --ref-format=files` or a clone with `--ref-format=files` converts them"
            .to_owned()
    } else if message.contains("object format") {
        "the objects of this repository have SHA-256 names, which libgit2 cannot read yet".to_owned()
    } else if message.ends_with("is not owned by current user") {
        let path = message.split('\'').nth(1).unwrap_or("PATH");
        format!("{message}; if you trust it: git config --global --add safe.directory {path}")
    } else {
        message.to_owned()
    }
}

/// Object folders besides the repository's own: a push that is being checked lies in one of its own.
#[derive(Debug, Default, Clone)]
pub struct Folders {
    /// `GIT_OBJECT_DIRECTORY`
    pub objects: Option<PathBuf>,
    /// `GIT_ALTERNATE_OBJECT_DIRECTORIES`
    pub alternates: Vec<PathBuf>,
}

impl Folders {
    /// What git's environment says.
    pub fn from_env() -> Self {
        let alternates = env::var_os("GIT_ALTERNATE_OBJECT_DIRECTORIES");
        Self {
            objects: env::var_os("GIT_OBJECT_DIRECTORY").map(PathBuf::from),
            alternates: alternates.map(|list| env::split_paths(&list).collect()).unwrap_or_default(),
        }
    }

    /// All of a repository, its own first.
    fn of(&self, repository: &Repository) -> Vec<PathBuf> {
        let own = self.objects.clone().unwrap_or_else(|| repository.commondir().join("objects"));
        std::iter::once(own).chain(self.alternates.iter().cloned()).collect()
    }
}

pub struct History {
    repository: Repository,
    store: Store,
    told: Vec<Told>,
}

impl History {
    /// All objects of a repository, reachable or not. What cannot be read of it is told by the scan.
    pub fn open(repository: Repository, folders: &Folders) -> Self {
        let mut told = Vec::new();
        let store = Store::open(&folders.of(&repository), &mut told);
        Self { repository, store, told }
    }

    pub fn repository(&self) -> &Repository {
        &self.repository
    }

    /// Shows the visitor every object of the kinds it wants. Says what could not be shown; what is named and missing is
    /// told by `origins`.
    pub fn scan<V: Visit>(&self, visit: &V) -> Vec<Told> {
        let gaps = Gaps::default();
        walk::walk(&self.store, visit, &gaps);
        match provenance::shallow(&self.repository) {
            Ok(cuts) if cuts.is_empty() => {}
            Ok(cuts) => gaps.shallow(cuts.len()),
            Err(gap) => gaps.add(Path::new("shallow"), gap),
        }
        gaps.into_told(self.told.clone())
    }

    /// Searches all blobs, commits and tags, and of a delta only what is new.
    pub fn search<S: Search>(&self, search: &S) -> Vec<Told> {
        self.scan(&search::Searching(search))
    }

    /// What is needed to ask where some objects come from, and all that refs need and that is not here. So it is asked
    /// even of no objects.
    pub fn origins(&self, ids: impl IntoIterator<Item = Oid>) -> (Origins<'_>, Vec<Told>) {
        let gaps = Gaps::default();
        let origins = Origins::read(&self.repository, &self.store, ids.into_iter().collect(), &gaps);
        (origins, gaps.into_told(Vec::new()))
    }

    /// One object's bytes.
    pub fn read(&self, id: &Oid) -> Result<Vec<u8>> {
        let (_, bytes) = self.store.read(id).map_err(anyhow::Error::msg).context("cannot read an object")?;
        Ok(bytes)
    }
}
