//! Where bytes come from: origins, and the tree that a run may look around in.
//!
//! The types only. Walking folders and talking to git is `input`'s business.

use std::sync::Arc;

use crate::gap::Gap;

/// Where a text was taken from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub enum Origin {
    /// The file on disk.
    #[default]
    WorkTree,
    /// The git index: what the next commit will hold.
    Index,
    /// Standard input.
    Stdin,
    /// A commit.
    Commit(Arc<Commit>),
}

/// What is told of a commit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Commit {
    /// In hex.
    pub id: String,
    pub author: String,
    pub email: String,
    /// When it was written, in seconds since 1970.
    pub time: i64,
}

/// A file of a run, not yet read. `path` is relative to the run's root, with `/` between its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub path: Arc<str>,
    /// Named by the user rather than found: it is linted even if nothing but its content speaks for it, and it is
    /// said when it cannot be.
    pub explicit: bool,
    /// By its name it may be a Dockerfile or a Compose file; everything else is searched for secrets only.
    pub document: bool,
}

/// A name that git tracks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracked {
    /// From the run's root; that of a submodule ends with `/`.
    pub path: Box<str>,
    /// Whoever may read it may start it.
    pub is_executable: bool,
    /// Bytes of the file, at least. The index says so, a commit does not.
    pub size: Option<u32>,
}

/// Takes a path, and why nothing was found there.
pub type Miss<'m> = &'m mut dyn FnMut(&str, Gap);

/// Read access to the tree that a run works on, for the scanner; rules never see it. All paths are relative to the
/// run's root, with `/` between their parts, and may hold `..` that stays inside the repository.
pub trait Tree: Sync {
    fn origin(&self) -> Origin;
    /// The bytes of a file.
    ///
    /// # Errors
    /// Why it cannot be read: missing, no permission, too large, no regular file.
    fn read(&self, path: &str) -> Result<Vec<u8>, Gap>;
    /// Whether a regular file is there.
    fn exists(&self, path: &str) -> bool;
    /// Whether git tracks the file; `None` where there is no repository to ask.
    fn is_tracked(&self, path: &str) -> Option<bool>;
    /// All files that git tracks, by path. `None` where there is no repository to ask, or too many files.
    fn tracked(&self) -> Option<Arc<[Tracked]>> {
        None
    }
    /// Whether a file or folder is there, tracked or not.
    fn has(&self, path: &str) -> bool {
        self.exists(path)
    }
    /// Files that by their names may be Compose or bake files: those that the repository has anywhere, and what lies in
    /// these folders and above them, up to its top. Empty where nobody can say without walking everything. `miss` gets
    /// the places that could not be looked at.
    fn around(&self, _folders: &[&str], _miss: Miss) -> Vec<Arc<str>> {
        Vec::new()
    }
    /// What the change that is looked at replaced or took away, with its paths: HEAD's versions of the staged files.
    /// Secrets in it are not new.
    fn gone(&self, _each: &mut dyn FnMut(&Arc<str>, Vec<u8>)) {}
}

/// A tree in which every path leads to one text, for tests.
#[cfg(test)]
pub(crate) struct One(pub(crate) &'static str);
#[cfg(test)]
impl Tree for One {
    fn origin(&self) -> Origin {
        Origin::WorkTree
    }
    fn read(&self, _: &str) -> Result<Vec<u8>, Gap> {
        Ok(self.0.into())
    }
    fn exists(&self, _: &str) -> bool {
        true
    }
    fn is_tracked(&self, _: &str) -> Option<bool> {
        None
    }
}
