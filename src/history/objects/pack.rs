//! One pack: entry headers and inflating what follows them.

use std::io::{self, BufReader, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::ZlibDecoder;
use git2::Oid;
use libdeflater::{DecompressionError, Decompressor};

use super::file::Positioned;
use super::index::{Ends, Index};
use super::{Kind, NAME, name};

/// No header is longer: two numbers of at most ten bytes, or one and a name.
pub(crate) const HEADER: usize = 32;
/// What deflate can make of one byte at most.
const RATIO: u64 = 1032;

pub(crate) struct Pack {
    /// No other pack of this process has it.
    number: u64,
    path: PathBuf,
    file: Positioned,
    pub(crate) index: Index,
}

/// What stands in front of an entry's deflated bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) form: Form,
    /// Of the inflated bytes: an object, or a delta.
    pub(crate) size: u64,
    /// Bytes of the header itself.
    pub(crate) len: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Whole(Kind),
    /// A delta of the entry that begins so many bytes before this one.
    Before(u64),
    /// A delta of the object of that name.
    Of(Oid),
}

/// Opens a pack and reads what its index must agree with.
pub(crate) fn ends(path: &Path) -> Result<(Positioned, Ends), String> {
    let file = Positioned::open(path)?;
    let cut = |error: io::Error| match error.kind() {
        io::ErrorKind::UnexpectedEof => "it is cut off".to_owned(),
        _ => error.to_string(),
    };
    let mut head = [0; 12];
    file.read(&mut head, 0).map_err(cut)?;
    if &head[..4] != b"PACK" || !matches!(head[4..8], [0, 0, 0, 2 | 3]) {
        return Err("it is not a pack of a supported version".to_owned());
    }
    let count = u32::from_be_bytes([head[8], head[9], head[10], head[11]]);
    let end = file.len().checked_sub(NAME as u64).filter(|&end| end >= 12).ok_or("it is cut off")?;
    let mut checksum = [0; NAME];
    file.read(&mut checksum, end).map_err(cut)?;
    Ok((file, Ends { count, entries: 12..end, checksum }))
}

impl Pack {
    /// Opens the pack of an index file.
    pub(crate) fn open(index: &Path) -> Result<Self, String> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let path = index.with_extension("pack");
        let (file, ends) = ends(&path)?;
        let index = Index::open(index, &ends).map_err(|why| format!("its index cannot be read: {why}"))?;
        Ok(Self { number: NEXT.fetch_add(1, Ordering::Relaxed), path, file, index })
    }

    /// The file's name, for people.
    pub(crate) fn label(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Where the last entry ends; a checksum follows.
    pub(crate) fn end(&self) -> u64 {
        self.file.len().saturating_sub(NAME as u64)
    }

    pub(crate) fn read(&self, buffer: &mut [u8], offset: u64) -> Result<(), String> {
        self.file.read(buffer, offset).map_err(|error| error.to_string())
    }

    pub(crate) fn header(&self, place: Range<u64>) -> Result<Header, String> {
        let mut head = [0; HEADER];
        let len = (place.end - place.start).min(HEADER as u64) as usize;
        self.read(&mut head[..len], place.start)?;
        Header::parse(&head[..len])
    }

    /// What a range inflates to, read bit by bit.
    pub(crate) fn stream(&self, range: Range<u64>) -> impl Read + '_ {
        ZlibDecoder::new(BufReader::with_capacity(64 << 10, Section { pack: self, range }))
    }
}

/// The bytes that were read last, and some behind them: git puts small deltas close together.
#[derive(Default)]
pub(crate) struct Ahead {
    pack: u64,
    from: u64,
    len: usize,
    bytes: Vec<u8>,
}

impl Ahead {
    /// So much is read at once.
    const SOME: u64 = 8 << 10;

    pub(crate) fn read(&mut self, pack: &Pack, range: Range<u64>) -> Result<&[u8], String> {
        let held = self.from..self.from + self.len as u64;
        if self.pack != pack.number || range.start < held.start || range.end > held.end {
            let end = range.end.max((range.start + Self::SOME).min(pack.end()));
            (self.pack, self.from, self.len) = (pack.number, range.start, 0);
            let len = (end - range.start) as usize;
            if self.bytes.len() < len {
                self.bytes.resize(len, 0);
            }
            pack.read(&mut self.bytes[..len], range.start)?;
            self.len = len;
        }
        let start = (range.start - self.from) as usize;
        Ok(&self.bytes[start..start + (range.end - range.start) as usize])
    }

    /// Gives back what a huge object needed.
    pub(crate) fn shrink(&mut self, kept: usize) {
        if self.bytes.len() > kept {
            *self = Self::default();
        }
    }
}

/// A part of a pack as a stream.
struct Section<'a> {
    pack: &'a Pack,
    range: Range<u64>,
}

impl Read for Section<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = (buffer.len() as u64).min(self.range.end - self.range.start) as usize;
        self.pack.file.read(&mut buffer[..len], self.range.start)?;
        self.range.start += len as u64;
        Ok(len)
    }
}

impl Header {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let cut = || "its header is cut off".to_owned();
        let mut at = 0;
        let mut next = || {
            let byte = bytes.get(at).copied();
            at += 1;
            byte.ok_or_else(cut)
        };
        let first = next()?;
        let mut size = u64::from(first & 15);
        let mut more = first & 0x80 != 0;
        let mut shift = 4;
        while more {
            let byte = next()?;
            if shift > 57 {
                return Err("its size is not a number".to_owned());
            }
            size |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            more = byte & 0x80 != 0;
        }
        let form = match first >> 4 & 7 {
            1 => Form::Whole(Kind::Commit),
            2 => Form::Whole(Kind::Tree),
            3 => Form::Whole(Kind::Blob),
            4 => Form::Whole(Kind::Tag),
            6 => {
                let mut byte = next()?;
                let mut back = u64::from(byte & 0x7f);
                while byte & 0x80 != 0 {
                    byte = next()?;
                    if back >= 1 << 56 {
                        return Err("the offset of its base is not a number".to_owned());
                    }
                    back = (back + 1) << 7 | u64::from(byte & 0x7f);
                }
                Form::Before(back)
            }
            7 => {
                let base = bytes.get(at..at + NAME).ok_or_else(cut)?;
                at += NAME;
                Form::Of(name(base))
            }
            other => return Err(format!("{other} is not a type of an entry")),
        };
        Ok(Self { form, size, len: at })
    }
}

/// Inflates all of `input` into `out`, which gets exactly `size` bytes.
pub(crate) fn inflate(
    state: &mut Decompressor,
    input: &[u8],
    size: u64,
    out: &mut Vec<u8>,
) -> Result<(), String> {
    out.clear();
    // A header that lies must not cost memory.
    if size > (input.len() as u64 + 8).saturating_mul(RATIO) {
        return Err("its size is impossible".to_owned());
    }
    out.reserve_exact(size as usize);
    out.resize(size as usize, 0);
    match state.zlib_decompress(input, out) {
        Ok(made) if made == out.len() => Ok(()),
        Ok(_) | Err(DecompressionError::InsufficientSpace) => {
            Err("it is cut off or longer than its stated size".to_owned())
        }
        Err(DecompressionError::BadData) => Err("its deflated bytes are damaged".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_headers() {
        let header = Header::parse(&[0x95, 0x0a, 0]).unwrap();
        assert_eq!(header, Header { form: Form::Whole(Kind::Commit), size: 5 + (10 << 4), len: 2 });
        let header = Header::parse(&[0x61, 0x80, 0x00]).unwrap();
        assert_eq!(header, Header { form: Form::Before(128), size: 1, len: 3 });
        assert!(Header::parse(&[0x71, 1, 2]).is_err());
        assert!(Header::parse(&[0x01]).is_err());
        assert!(Header::parse(&[0xff; 32]).is_err());
        assert!(Header::parse(&[]).is_err());
    }

    #[test]
    fn a_lying_size_costs_nothing() {
        let mut out = Vec::new();
        let error = inflate(&mut Decompressor::new(), &[0x78, 0x9c, 3, 0, 0, 0, 0, 1], 1 << 40, &mut out);
        assert_eq!(error.unwrap_err(), "its size is impossible");
        assert_eq!(out.capacity(), 0);
        inflate(&mut Decompressor::new(), &[0x78, 0x9c, 3, 0, 0, 0, 0, 1], 0, &mut out).unwrap();
    }
}
