//! Files that are read for what they say of others: environments, settings of editors, `.dockerignore`s, scripts that
//! containers start with.
//! Where one cannot be read or understood, it is said that it is not used.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use crate::blob::Tree;
use crate::compose::{directory, resolve};
use crate::gap::{Gap, Reason};
use crate::outcome::Told;

pub(super) struct Aside<'t> {
    tree: &'t dyn Tree,
    unused: Mutex<BTreeSet<Told>>,
    /// Folders of which it is known whether they or one above have a `.dockerignore`.
    ignores: Mutex<HashMap<String, bool>>,
}

impl<'t> Aside<'t> {
    pub(super) fn new(tree: &'t dyn Tree) -> Self {
        Self { tree, unused: Mutex::default(), ignores: Mutex::default() }
    }

    pub(super) fn tree(&self) -> &'t dyn Tree {
        self.tree
    }

    /// The bytes of a file, if it is there.
    pub(super) fn read(&self, path: &str) -> Option<Vec<u8>> {
        let bytes = self.tree.exists(path).then(|| self.tree.read(path))?;
        bytes.map_err(|why| self.add(unread(path, why))).ok()
    }

    /// Whether a folder, or one above it, has a `.dockerignore`.
    pub(super) fn ignores(&self, folder: &str) -> bool {
        let known = || self.ignores.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(&found) = known().get(folder) {
            return found;
        }
        let is_here = resolve(folder, ".dockerignore").is_some_and(|path| self.tree.exists(&path));
        let found = is_here || !folder.is_empty() && self.ignores(directory(folder));
        known().insert(folder.to_owned(), found);
        found
    }

    /// A file is there, and is not understood, or only in part.
    pub(super) fn misread(&self, path: &str, why: &str) {
        self.add(misread(path, why));
    }

    fn add(&self, told: Told) {
        self.unused.lock().unwrap_or_else(PoisonError::into_inner).insert(told);
    }

    /// What is not used, by path. What was to be checked, and is told as such, is left out.
    pub(super) fn unused(self, failed: &[Told]) -> impl Iterator<Item = Told> {
        let failed: BTreeSet<_> = failed.iter().map(|told| std::sync::Arc::clone(&told.path)).collect();
        let unused = self.unused.into_inner().unwrap_or_else(PoisonError::into_inner);
        unused.into_iter().filter(move |told| !failed.contains(&told.path))
    }
}

pub(super) fn unread(path: &str, Gap { reason, why }: Gap) -> Told {
    Told::new(path, Gap::new(reason, format!("not read as context: {why}")))
}

pub(super) fn misread(path: &str, why: &str) -> Told {
    Told::new(path, Gap::new(Reason::OtherFormat, format!("not used as context: {why}")))
}
