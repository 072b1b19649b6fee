//! A pack's index, versions 1 and 2: object names in order, and where in the pack each object stands.
//!
//! Checksums and CRCs are left alone: what is wrong with an object shows when it is inflated.

use std::io;
use std::ops::Range;
use std::path::Path;

use git2::Oid;

use super::file::Positioned;
use super::{NAME, name};

pub(crate) struct Index {
    /// How many names begin with a byte up to this one.
    fanout: Vec<u32>,
    names: Vec<u8>,
    offsets: Vec<u64>,
}

const FANOUT: usize = 256 * 4;
/// Set in a 32-bit offset that is a row of the table of 64-bit ones.
const LONG: u32 = 1 << 31;

impl Index {
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let file = Positioned::open(path).map_err(|error| error.to_string())?;
        let mut head = [0; 8];
        file.read(&mut head, 0).map_err(|error| short(&error))?;
        if &head[..4] != b"\xfftOc" {
            return Self::first_version(&file);
        }
        match number(&head[4..]) {
            2 => Self::second_version(&file),
            other => Err(format!("version {other} of pack indexes is not known here")),
        }
    }

    fn second_version(file: &Positioned) -> Result<Self, String> {
        let fanout = Self::fanout(file, 8)?;
        let count = fanout[255] as usize;
        let names = section(file, 8 + FANOUT as u64, count * NAME)?;
        // The names are followed by a CRC of four bytes each.
        let at = 8 + FANOUT as u64 + (count * (NAME + 4)) as u64;
        let small = section(file, at, count * 4)?;
        let at = at + (count * 4) as u64;
        let longs = small.chunks_exact(4).filter(|small| number(small) & LONG != 0).count();
        let large = section(file, at, longs * 8)?;
        let mut offsets = Vec::with_capacity(count);
        for small in small.chunks_exact(4).map(number) {
            offsets.push(if small & LONG == 0 {
                u64::from(small)
            } else {
                let row = (small & !LONG) as usize * 8;
                let bytes = large.get(row..row + 8).ok_or("a row of its table of long offsets is missing")?;
                u64::from_be_bytes(bytes.try_into().expect("eight bytes were taken"))
            });
        }
        Ok(Self { fanout, names, offsets })
    }

    fn first_version(file: &Positioned) -> Result<Self, String> {
        let fanout = Self::fanout(file, 0)?;
        let count = fanout[255] as usize;
        let rows = section(file, FANOUT as u64, count * (4 + NAME))?;
        let mut names = Vec::with_capacity(count * NAME);
        let mut offsets = Vec::with_capacity(count);
        for row in rows.chunks_exact(4 + NAME) {
            offsets.push(u64::from(number(&row[..4])));
            names.extend_from_slice(&row[4..]);
        }
        Ok(Self { fanout, names, offsets })
    }

    fn fanout(file: &Positioned, at: u64) -> Result<Vec<u32>, String> {
        let fanout: Vec<u32> = section(file, at, FANOUT)?.chunks_exact(4).map(number).collect();
        if fanout.is_sorted() { Ok(fanout) } else { Err("its first table is not in order".to_owned()) }
    }

    pub(crate) fn len(&self) -> usize {
        self.offsets.len()
    }

    pub(crate) fn offset(&self, row: usize) -> u64 {
        self.offsets[row]
    }

    pub(crate) fn name(&self, row: usize) -> Oid {
        name(&self.names[row * NAME..][..NAME])
    }

    /// Names are spread evenly, so where one stands can be guessed; around the guess it is looked for in steps that
    /// double.
    pub(crate) fn row(&self, id: &Oid) -> Option<usize> {
        let id = id.as_bytes();
        let head = head(id);
        let Range { mut start, mut end } = self.bucket(id[0]);
        let name = |row: usize| &self.names[row * NAME..][..NAME];
        // Eight bytes nearly always tell two names apart, and comparing numbers is no call.
        let order = |row: usize| self::head(name(row)).cmp(&head).then_with(|| name(row).cmp(id));
        let share = u64::from(u32::from_be_bytes([id[1], id[2], id[3], id[4]]));
        let guess = start + ((share * (end - start) as u64) >> 32) as usize;
        if guess < end {
            let mut step = 8;
            if order(guess).is_le() {
                start = guess;
                while start + step < end && order(start + step).is_le() {
                    start += step;
                    step *= 2;
                }
                end = end.min(start + step);
            } else {
                end = guess;
                while end >= start + step && order(end - step).is_gt() {
                    end -= step;
                    step *= 2;
                }
                start = start.max(end.saturating_sub(step));
            }
        }
        while start < end {
            let middle = usize::midpoint(start, end);
            match order(middle) {
                std::cmp::Ordering::Less => start = middle + 1,
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Greater => end = middle,
            }
        }
        None
    }

    fn bucket(&self, first: u8) -> Range<usize> {
        let first = usize::from(first);
        let start = if first == 0 { 0 } else { self.fanout[first - 1] };
        start as usize..self.fanout[first] as usize
    }
}

fn head(name: &[u8]) -> u64 {
    u64::from_be_bytes([name[0], name[1], name[2], name[3], name[4], name[5], name[6], name[7]])
}

fn number(bytes: &[u8]) -> u32 {
    u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

fn section(file: &Positioned, at: u64, len: usize) -> Result<Vec<u8>, String> {
    // Asked first, so that a wrong count cannot ask for all memory.
    if at + len as u64 > file.len() {
        return Err("it is cut off".to_owned());
    }
    let mut bytes = vec![0; len];
    file.read(&mut bytes, at).map_err(|error| short(&error))?;
    Ok(bytes)
}

fn short(error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::UnexpectedEof { "it is cut off".to_owned() } else { error.to_string() }
}
