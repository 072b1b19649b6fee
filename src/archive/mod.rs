//! Files that hold other texts: zip, tar, gzip and databases of SQLite, in bytes that somebody may have made to do harm.
//!
//! The readers are ours, because they are small beside the limits that must hold whatever the bytes claim. Nothing is
//! written, and names are only shown: `a.zip!conf/app.env`.

mod sqlite;
mod tar;
mod zip;

use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

use flate2::bufread::{DeflateDecoder, MultiGzDecoder};
use libdeflater::Decompressor;

use crate::gap::{Gap, Reason};
use crate::text;

/// Between the name of an archive and that of a file in it.
const INSIDE: char = '!';

/// What is unpacked of one file at most, and of one file in it; bytes.
const BYTES: usize = 64 << 20;
const BYTES_OF_ONE: usize = 16 << 20;
/// How many files in it are looked at.
const FILES: usize = 10_000;
/// What unpacks to so many times its size, and to more than a mebibyte, is no text that people wrote.
const GROWTH: usize = 200;
const SMALL: usize = 1 << 20;
/// An archive, and archives in it, as an image has its layers.
const DEPTH: u8 = 2;

/// A path, and the archives of the tree that it may lead into. A file's own name may have the sign in it, too.
pub fn holders(path: &str) -> impl Iterator<Item = &str> {
    std::iter::once(path).chain(path.match_indices(INSIDE).map(|(at, _)| &path[..at]))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Zip,
    Tar,
    Gzip,
    Sqlite,
    /// One that is not opened.
    Closed(&'static str),
}

impl Kind {
    fn of(bytes: &[u8]) -> Option<Self> {
        const BEGIN: [(&[u8], Kind); 12] = [
            (b"PK\x03\x04", Kind::Zip),
            (b"\x1f\x8b\x08", Kind::Gzip),
            (sqlite::MAGIC, Kind::Sqlite),
            (b"BZh91AY&SY", Kind::Closed("bzip2")),
            (b"\xfd7zXZ\0", Kind::Closed("xz")),
            (b"\x28\xb5\x2f\xfd", Kind::Closed("zstd")),
            (b"7z\xbc\xaf\x27\x1c", Kind::Closed("7z")),
            (b"Rar!\x1a\x07", Kind::Closed("rar")),
            (b"!<arch>\ndebian-binary", Kind::Closed("deb")),
            (b"\xed\xab\xee\xdb", Kind::Closed("rpm")),
            (b"MSCF\0\0\0\0", Kind::Closed("cab")),
            (b"\x04\x22\x4d\x18", Kind::Closed("lz4")),
        ];
        let begins = BEGIN.iter().find(|(begin, _)| bytes.starts_with(begin)).map(|&(_, kind)| kind);
        begins.or_else(|| tar::is_one(bytes).then_some(Self::Tar))
    }
}

/// Whether bytes are those of an archive.
pub fn is_one(bytes: &[u8]) -> bool {
    Kind::of(bytes).is_some()
}

/// Where a file in an archive lies, and how it is packed.
struct Entry {
    name: String,
    range: Range<usize>,
    packed: Packed,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Packed {
    /// As it is, in bytes that no other file has.
    Plain,
    /// As it is; what a list names may overlap.
    Stored,
    /// It says that it unpacks to so many bytes.
    Deflated(usize),
    /// It cannot be read, and why.
    Closed(&'static str),
}

/// The files in an archive, and whether these are all.
struct List {
    entries: Vec<Entry>,
    is_whole: bool,
}

/// Shows each text that a file holds, with its path: that of the file itself, or what it unpacks to. What could not be
/// unpacked is shown as it is, and the first reason is returned.
pub fn open(path: &Arc<str>, bytes: Vec<u8>, see: &mut dyn FnMut(&Arc<str>, Vec<u8>)) -> Option<Gap> {
    let mut opening = Opening { bytes: BYTES, files: FILES, gap: None, see };
    opening.file(path, bytes, DEPTH);
    opening.gap
}

struct Opening<'s> {
    /// What may still be unpacked.
    bytes: usize,
    files: usize,
    gap: Option<Gap>,
    see: &'s mut dyn FnMut(&Arc<str>, Vec<u8>),
}

impl Opening<'_> {
    fn file(&mut self, path: &Arc<str>, bytes: Vec<u8>, depth: u8) {
        let is_opened = match Kind::of(&bytes) {
            None => false,
            Some(Kind::Closed(kind)) => {
                self.miss(&format!("an archive of a kind that is not opened ({kind})"))
            }
            Some(Kind::Sqlite) => self.tables(path, &bytes),
            Some(_) if depth == 0 => self.miss("it contains archives in archives"),
            Some(Kind::Gzip) => self.gzip(path, &bytes, depth),
            Some(Kind::Tar) => self.all(path, &bytes, tar::list(&bytes), depth),
            Some(Kind::Zip) => match zip::list(&bytes) {
                Some(list) => self.all(path, &bytes, list, depth),
                None => self.miss("an archive without a list of its files"),
            },
        };
        if !is_opened {
            (self.see)(path, bytes);
        }
    }

    /// Not all of the archive is seen through what it unpacks to.
    fn miss(&mut self, why: &str) -> bool {
        let why = format!("{why}; what it contains is not searched");
        self.gap.get_or_insert(Gap::new(Reason::Archive, why));
        false
    }

    fn spent(&mut self) -> bool {
        let why = format!(
            "an archive with more than {} MiB or {FILES} files, or files that are compressed {GROWTH} times; the rest is \
             not searched",
            BYTES >> 20
        );
        self.gap.get_or_insert(Gap::new(Reason::Limit, why));
        false
    }

    /// What is compressed is one file, and most often a tar.
    fn gzip(&mut self, path: &Arc<str>, bytes: &[u8], depth: u8) -> bool {
        let most = BYTES.min(self.bytes);
        let (plain, is_whole) = self.unpacked(MultiGzDecoder::new(bytes), bytes.len(), most);
        if tar::is_one(&plain) {
            let list = tar::list(&plain);
            return self.all(path, &plain, list, depth) && is_whole;
        }
        let name = text::last_part(path);
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        self.file(&inside(path, stem), plain, depth - 1);
        is_whole
    }

    /// What was deleted is still in the bytes, so these are seen, too.
    fn tables(&mut self, path: &Arc<str>, bytes: &[u8]) -> bool {
        for sqlite::Table { name, text } in sqlite::tables(bytes, self.bytes).unwrap_or_default() {
            self.bytes = self.bytes.saturating_sub(text.len());
            (self.see)(&inside(path, &name), text.into_bytes());
        }
        false
    }

    fn all(&mut self, path: &Arc<str>, bytes: &[u8], list: List, depth: u8) -> bool {
        let mut is_whole = list.is_whole || self.miss("a damaged archive");
        for Entry { name, range, packed } in list.entries {
            if self.files == 0 || self.bytes == 0 {
                return self.spent();
            }
            self.files -= 1;
            let content = bytes.get(range).unwrap_or_default();
            let most = BYTES_OF_ONE.min(self.bytes);
            let (plain, is_all) = match packed {
                Packed::Plain if content.len() <= BYTES_OF_ONE => (content.to_vec(), true),
                Packed::Plain => (content[..BYTES_OF_ONE].to_vec(), self.spent()),
                Packed::Stored => self.unpacked(content, content.len(), most),
                Packed::Deflated(size) => match at_once(content, size, most) {
                    Some(plain) => {
                        self.bytes -= plain.len();
                        (plain, true)
                    }
                    None => self.unpacked(DeflateDecoder::new(content), content.len(), most),
                },
                Packed::Closed(why) => (Vec::new(), self.miss(why)),
            };
            is_whole &= is_all;
            self.file(&inside(path, &name), plain, depth - 1);
        }
        is_whole
    }

    /// What can be read, and whether it is all.
    fn unpacked(&mut self, packed: impl Read, size: usize, most: usize) -> (Vec<u8>, bool) {
        let most = most.min(size.saturating_mul(GROWTH).max(SMALL));
        let mut plain = Vec::new();
        let read = packed.take(most as u64 + 1).read_to_end(&mut plain);
        let is_whole = match read {
            Ok(length) if length > most => self.spent(),
            Ok(_) => true,
            Err(_) => self.miss("a damaged archive"),
        };
        plain.truncate(most);
        self.bytes -= plain.len();
        (plain, is_whole)
    }
}

/// What unpacks to just as many bytes as it says is quickest made in one piece; anything else is read as far as it goes.
fn at_once(packed: &[u8], size: usize, most: usize) -> Option<Vec<u8>> {
    if size > most || size > packed.len().saturating_mul(GROWTH).max(SMALL) {
        return None;
    }
    let mut plain = vec![0; size];
    let made = Decompressor::new().deflate_decompress(packed, &mut plain);
    made.is_ok_and(|made| made == size).then_some(plain)
}

/// The path of a file in an archive. What leads elsewhere in a name leads nowhere here.
fn inside(path: &str, name: &str) -> Arc<str> {
    let name = name.replace('\\', "/");
    let parts: Vec<&str> = name.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
    format!("{path}{INSIDE}{}", parts.join("/")).into()
}

/// A number of so many bytes, the lowest first.
fn number<const BYTES_OF_IT: usize>(bytes: &[u8], at: usize) -> Option<usize> {
    let number = bytes.get(at..)?.first_chunk::<BYTES_OF_IT>()?;
    Some(number.iter().rev().fold(0, |number, &byte| number << 8 | usize::from(byte)))
}
