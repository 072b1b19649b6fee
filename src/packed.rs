//! Texts and lists of the table of rules, as places in one text and in one list that the build makes (`rules/packed.rs`).
//!
//! A table of references has to be written anew by the loader at each start, a page of memory after the other: with some
//! two thousand rules that took half of the time of a short run. Places are only read, and only when somebody asks.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Deref;

use serde::{Serialize, Serializer};

use self::made::{LISTS, TEXTS};

#[expect(clippy::unreadable_literal, reason = "made by the build for the compiler")]
mod made {
    use super::Text;

    include!(concat!(env!("OUT_DIR"), "/packed.rs"));
}

/// A text of the table, `str` for whoever uses it.
#[derive(Clone, Copy)]
pub struct Text {
    /// Bytes in [`TEXTS`].
    at: u32,
    len: u32,
}

/// Texts of the table.
#[derive(Clone, Copy)]
pub struct List {
    /// Places in [`LISTS`].
    at: u16,
    len: u16,
}

impl Text {
    pub(crate) const fn new(at: u32, len: u32) -> Self {
        Self { at, len }
    }

    pub fn get(self) -> &'static str {
        &TEXTS[self.at as usize..][..self.len as usize]
    }
}

impl List {
    pub(crate) const fn new(at: u16, len: u16) -> Self {
        Self { at, len }
    }

    pub fn iter(self) -> impl DoubleEndedIterator<Item = &'static str> + Clone {
        LISTS[usize::from(self.at)..][..usize::from(self.len)].iter().map(|text| text.get())
    }

    pub fn has(self, text: &str) -> bool {
        self.iter().any(|one| one == text)
    }

    pub fn is_empty(self) -> bool {
        self.len == 0
    }
}

impl Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        self.get()
    }
}

impl<T: AsRef<str> + ?Sized> PartialEq<T> for Text {
    fn eq(&self, other: &T) -> bool {
        self.get() == other.as_ref()
    }
}

impl PartialEq<Text> for &str {
    fn eq(&self, other: &Text) -> bool {
        *self == other.get()
    }
}

impl Eq for Text {}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        self.get().cmp(other.get())
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self.get()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.get())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.get(), f)
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.get())
    }
}

impl Serialize for List {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}
