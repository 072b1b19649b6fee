//! One object of a store, wherever it is and however many deltas it is made of.

use std::io::Read;
use std::ops::Range;
use std::sync::atomic::Ordering;

use git2::Oid;
use libdeflater::Decompressor;

use super::delta::{self, Changes};
use super::pack::{Form, Header, Pack, inflate};
use super::{Kind, Store, held, loose};
use crate::history::pieces;
use crate::history::walk::WHOLE;

/// git's own chains have at most 4,095 deltas. What is behind more is read, too, but not again and again for ever:
const CHAIN: usize = 4_095;
/// so many bytes may be made for all such objects together, every delta counting as `STEP` at least.
const SPENT: u64 = 16 << 30;
const STEP: u64 = 4 << 10;

/// An entry of a pack.
struct Link<'a> {
    pack: &'a Pack,
    at: u64,
    header: Header,
}

/// What a chain of deltas ends with.
enum End<'a> {
    Packed(Kind, Link<'a>),
    Loose(loose::Loose),
}

impl Link<'_> {
    fn stream(&self) -> impl Read + '_ {
        self.pack.stream(self.at + self.header.len as u64..self.pack.end())
    }

    fn read(&self) -> Result<Vec<u8>, String> {
        held(self.header.size)?;
        if let Some(bytes) = self.at_once() {
            return Ok(bytes);
        }
        let mut bytes = Vec::new();
        let read = self.stream().take(self.header.size + 1).read_to_end(&mut bytes);
        read.map_err(|error| error.to_string())?;
        if bytes.len() as u64 == self.header.size {
            Ok(bytes)
        } else {
            Err("it is cut off or longer than its stated size".to_owned())
        }
    }

    /// What is small is read and inflated in one piece: where it ends in the pack is not known, but deflate makes nothing
    /// much longer, unless somebody wants it to.
    fn at_once(&self) -> Option<Vec<u8>> {
        const SMALL: u64 = 256 << 10;
        let size = Some(self.header.size).filter(|&size| size <= SMALL)?;
        let start = self.at + self.header.len as u64;
        let end = (start + size + size / 64 + 64).min(self.pack.end());
        let mut packed = vec![0; end.checked_sub(start)? as usize];
        self.pack.read(&mut packed, start).ok()?;
        let mut bytes = Vec::new();
        inflate(&mut Decompressor::new(), &packed, size, &mut bytes).ok()?;
        Some(bytes)
    }
}

impl Store {
    /// Reads one object.
    pub(crate) fn read(&self, id: &Oid) -> Result<(Kind, Vec<u8>), String> {
        let (deltas, end) = self.trace(id)?;
        self.make(&deltas, end)
    }

    /// Of which kind an object is.
    pub(crate) fn kind(&self, id: &Oid) -> Result<Kind, String> {
        Ok(match self.trace(id)?.1 {
            End::Packed(kind, _) => kind,
            End::Loose(open) => open.kind,
        })
    }

    /// Shows one object: at once, or in parts that overlap if it is large. Each part comes with where it begins and
    /// which of its bytes are no other part's. What there is of a damaged blob is shown before the error.
    pub(crate) fn show(
        &self,
        id: &Oid,
        mut each: impl FnMut(Kind, &[u8], u64, Range<usize>),
    ) -> Result<(), String> {
        let (deltas, end) = self.trace(id)?;
        let mut parts = |from: &mut dyn Read, size: u64| {
            pieces::each(size, from, |bytes, at, own| each(Kind::Blob, bytes, at, own))
        };
        match end {
            End::Packed(Kind::Blob, link) if deltas.is_empty() && link.header.size > WHOLE => {
                parts(&mut link.stream(), link.header.size)
            }
            End::Loose(mut open) if open.kind == Kind::Blob && open.size > WHOLE => {
                parts(&mut open.bytes, open.size)
            }
            end => {
                let (kind, bytes) = self.make(&deltas, end)?;
                if kind == Kind::Blob && bytes.len() as u64 > WHOLE {
                    return parts(&mut &bytes[..], bytes.len() as u64);
                }
                each(kind, &bytes, 0, 0..bytes.len());
                Ok(())
            }
        }
    }

    /// Follows an object's deltas to what is whole.
    fn trace(&self, id: &Oid) -> Result<(Vec<Link<'_>>, End<'_>), String> {
        let missing = |id: &Oid| format!("object {id} is missing");
        let mut id = *id;
        let mut deltas = Vec::new();
        loop {
            let Some((pack, row)) =
                self.packs.iter().find_map(|ranked| Some((&ranked.pack, ranked.pack.index.row(&id)?)))
            else {
                let row = self.loose.binary_search_by_key(&id, |(id, _)| *id).map_err(|_| missing(&id))?;
                return Ok((deltas, End::Loose(self.open_loose(row)?)));
            };
            let mut at = pack.index.offset(row);
            loop {
                // Only in a circle are there more deltas than objects.
                if deltas.len() > self.len() {
                    return Err(format!("object {id} is a delta of itself"));
                }
                let header = pack.header(at..pack.end().max(at))?;
                let link = Link { pack, at, header };
                match header.form {
                    Form::Whole(kind) => return Ok((deltas, End::Packed(kind, link))),
                    Form::Of(base) => {
                        deltas.push(link);
                        id = base;
                        break;
                    }
                    Form::Before(back) => {
                        deltas.push(link);
                        at = at.checked_sub(back).filter(|_| back > 0).ok_or_else(|| missing(&id))?;
                    }
                }
            }
        }
    }

    fn make(&self, deltas: &[Link<'_>], end: End<'_>) -> Result<(Kind, Vec<u8>), String> {
        let (kind, mut bytes) = match end {
            End::Packed(kind, link) => (kind, link.read()?),
            End::Loose(open) => (open.kind, open.read()?),
        };
        let mut changes = Changes::default();
        for link in deltas.iter().rev() {
            let delta = link.read()?;
            let (_, size, rest) = delta::sizes(&delta)?;
            if deltas.len() > CHAIN {
                let spent = self.spent.fetch_add(size.max(STEP), Ordering::Relaxed);
                if spent > SPENT {
                    return Err("too many objects with very long chains of deltas were read".to_owned());
                }
            }
            let mut target = Vec::new();
            delta::apply(rest, size, &bytes, &mut target, &mut changes)?;
            bytes = target;
        }
        Ok((kind, bytes))
    }
}
