//! A tree that remembers what was read from it, so that a fix goes into the text that was checked and no other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use crate::blob::{Miss, Origin, Tracked, Tree};
use crate::gap::{Gap, Reason};

/// Why a fix did not go into its file.
pub const CHANGED: &str = "it changed during the check, so it was not fixed; run again";

type Hash = [u8; 32];

/// A tree, and the hashes of its files as they were read; `None` for one that was not the same each time.
pub struct Seen<'t> {
    below: &'t dyn Tree,
    hashes: Mutex<HashMap<String, Option<Hash>>>,
}

impl<'t> Seen<'t> {
    pub fn new(below: &'t dyn Tree) -> Self {
        Self { below, hashes: Mutex::default() }
    }

    fn remember(&self, path: &str, bytes: &[u8]) {
        let hash: Hash = Sha256::digest(bytes).into();
        let mut hashes = self.hashes.lock().unwrap_or_else(PoisonError::into_inner);
        let known = hashes.entry(path.to_owned()).or_insert(Some(hash));
        *known = known.filter(|known| *known == hash);
    }

    /// A file's bytes, if they are the ones that were checked.
    ///
    /// # Errors
    /// A sentence for people.
    pub fn as_checked(&self, path: &str) -> Result<Vec<u8>, Gap> {
        let changed = || Gap::new(Reason::NotFixed, CHANGED);
        let bytes = self.below.read(path).map_err(|_| changed())?;
        self.remember(path, &bytes);
        let hashes = self.hashes.lock().unwrap_or_else(PoisonError::into_inner);
        if hashes.get(path).is_some_and(Option::is_some) { Ok(bytes) } else { Err(changed()) }
    }
}

impl Tree for Seen<'_> {
    fn origin(&self) -> Origin {
        self.below.origin()
    }
    fn read(&self, path: &str) -> Result<Vec<u8>, Gap> {
        let bytes = self.below.read(path)?;
        self.remember(path, &bytes);
        Ok(bytes)
    }
    fn exists(&self, path: &str) -> bool {
        self.below.exists(path)
    }
    fn is_tracked(&self, path: &str) -> Option<bool> {
        self.below.is_tracked(path)
    }
    fn tracked(&self) -> Option<Arc<[Tracked]>> {
        self.below.tracked()
    }
    fn has(&self, path: &str) -> bool {
        self.below.has(path)
    }
    fn around(&self, folders: &[&str], miss: Miss) -> Vec<Arc<str>> {
        self.below.around(folders, miss)
    }
    fn gone(&self, each: &mut dyn FnMut(&Arc<str>, Vec<u8>)) {
        self.below.gone(each);
    }
}
