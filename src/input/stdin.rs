//! Standard input as one file of the work tree: editors lint what is not saved yet.
//!
//! Whatever else is asked for (the Dockerfile's `.dockerignore`, a neighbour) comes from disk. The bytes are read by
//! `cli`, which alone touches standard input.

use std::sync::Arc;

use super::disk::Disk;
use super::{Listing, inside};
use crate::blob::{Candidate, Miss, Origin, Tracked, Tree};
use crate::gap::Gap;

/// What standard input is called if nobody says.
pub const UNNAMED: &str = "stdin";

pub struct Stdin {
    path: String,
    bytes: Vec<u8>,
    around: Disk,
}

impl Stdin {
    /// `path` is relative to the root of `around`.
    pub fn new(path: &str, bytes: Vec<u8>, around: Disk) -> Self {
        Self { path: inside(path).unwrap_or_else(|| UNNAMED.to_owned()), bytes, around }
    }
    pub fn list(&self) -> Listing {
        let candidate = Candidate { path: self.path.as_str().into(), explicit: true, document: true };
        Listing { candidates: vec![candidate], ..Listing::default() }
    }
    fn is_it(&self, path: &str) -> bool {
        inside(path).is_some_and(|path| path == self.path)
    }
}

impl Tree for Stdin {
    fn origin(&self) -> Origin {
        Origin::Stdin
    }
    fn read(&self, path: &str) -> Result<Vec<u8>, Gap> {
        if self.is_it(path) { Ok(self.bytes.clone()) } else { self.around.read(path) }
    }
    fn exists(&self, path: &str) -> bool {
        self.is_it(path) || self.around.exists(path)
    }
    fn is_tracked(&self, path: &str) -> Option<bool> {
        self.around.is_tracked(path)
    }
    fn tracked(&self) -> Option<Arc<[Tracked]>> {
        self.around.tracked()
    }
    fn has(&self, path: &str) -> bool {
        self.around.has(path)
    }
    fn around(&self, folders: &[&str], miss: Miss) -> Vec<Arc<str>> {
        self.around.around(folders, miss)
    }
}
