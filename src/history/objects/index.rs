//! A pack's index, versions 1 and 2: object names in order, and where in the pack each object stands.
//!
//! What can be wrong with one is looked for here: order, sizes, places, checksums. CRCs are left alone: what is wrong
//! with an object shows when it is inflated.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::Path;

use git2::Oid;
use sha1::{Digest as _, Sha1};

use super::file::Positioned;
use super::{NAME, file, name};

pub(crate) struct Index {
    /// How many names begin with a byte up to this one.
    fanout: Vec<u32>,
    names: Vec<u8>,
    offsets: Vec<u64>,
    /// What is wrong with it although it can be used.
    pub(crate) doubt: Option<String>,
}

const FANOUT: usize = 256 * 4;
/// The pack's checksum and the index's own.
const TRAILER: usize = 2 * NAME;
/// Set in a 32-bit offset that is a row of the table of 64-bit ones.
const LONG: u32 = 1 << 31;
/// 70 million objects have no larger one.
const LARGEST: u64 = 2 << 30;

/// Where the parts of an index file stand.
struct Layout {
    fanout: Vec<u32>,
    count: usize,
    second: bool,
}

impl Layout {
    fn read(file: &Positioned) -> Result<Self, String> {
        if file.len() > LARGEST {
            return Err(format!("it has {} MiB and is too large to read", file.len() >> 20));
        }
        let mut head = [0; 8];
        file.read(&mut head, 0).map_err(|error| short(&error))?;
        let second = &head[..4] == b"\xfftOc";
        if second && number(&head[4..]) != 2 {
            return Err(format!("version {} of pack indexes is not supported", number(&head[4..])));
        }
        let fanout: Vec<u32> =
            section(file, if second { 8 } else { 0 }, FANOUT)?.chunks_exact(4).map(number).collect();
        if !fanout.is_sorted() {
            return Err("its first table is not in order".to_owned());
        }
        Ok(Self { count: fanout[255] as usize, fanout, second })
    }

    /// Where the names begin; in the first version each follows its offset.
    fn names(&self) -> u64 {
        FANOUT as u64 + if self.second { 8 } else { 0 }
    }

    fn at(&self, columns: usize) -> u64 {
        self.names() + self.count as u64 * columns as u64
    }

    /// The offsets of the second version, and the file's length as it must be.
    fn offsets(&self, file: &Positioned) -> Result<Vec<u64>, String> {
        // The names are followed by a CRC of four bytes each.
        let small = section(file, self.at(NAME + 4), self.count * 4)?;
        let longs = small.chunks_exact(4).filter(|small| number(small) & LONG != 0).count();
        let large = section(file, self.at(NAME + 8), longs * 8)?;
        let mut offsets = Vec::with_capacity(self.count);
        for small in small.chunks_exact(4).map(number) {
            offsets.push(if small & LONG == 0 {
                u64::from(small)
            } else {
                let row = (small & !LONG) as usize * 8;
                let bytes = large.get(row..row + 8).ok_or("a row of its table of long offsets is missing")?;
                u64::from_be_bytes(bytes.try_into().expect("eight bytes were taken"))
            });
        }
        Self::ends(file, self.at(NAME + 8) + (longs * 8) as u64)?;
        Ok(offsets)
    }

    fn ends(file: &Positioned, at: u64) -> Result<(), String> {
        if file.len() == at + TRAILER as u64 { Ok(()) } else { Err("it has the wrong size".to_owned()) }
    }

    /// Offsets, and the names in front of which they stand, of the first version.
    fn first_version(&self, file: &Positioned) -> Result<(Vec<u64>, Vec<u8>), String> {
        let rows = section(file, self.names(), self.count * (4 + NAME))?;
        Self::ends(file, self.at(4 + NAME))?;
        let mut names = Vec::with_capacity(self.count * NAME);
        let mut offsets = Vec::with_capacity(self.count);
        for row in rows.chunks_exact(4 + NAME) {
            offsets.push(u64::from(number(&row[..4])));
            names.extend_from_slice(&row[4..]);
        }
        Ok((offsets, names))
    }
}

/// What can be asked of an index without its names: is it safe to hand it to code that believes it? Every offset lies
/// in its pack, which has as many objects and the checksum that the index names.
pub(crate) fn check(path: &Path, pack: &Ends) -> Result<(), String> {
    let file = Positioned::open(path)?;
    let layout = Layout::read(&file)?;
    pack.agrees(layout.count, &file)?;
    let offsets = if layout.second { layout.offsets(&file)? } else { layout.first_version(&file)?.0 };
    if offsets.iter().all(|offset| pack.entries.contains(offset)) {
        Ok(())
    } else {
        Err("it names offsets that its pack does not have".to_owned())
    }
}

/// Looks at a multi-pack-index, if there is one: every place that it names lies in its pack.
pub(crate) fn many(path: &Path, packs: &BTreeMap<String, Range<u64>>) -> Result<(), String> {
    if file::is_regular(path)?.is_none() {
        return Ok(());
    }
    let file = Positioned::open(path)?;
    if file.len() > LARGEST {
        return Err(format!("it has {} MiB and is too large to read", file.len() >> 20));
    }
    let head = section(&file, 0, 12)?;
    if head[..6] != *b"MIDX\x01\x01" {
        return Err("it is not a multi-pack-index of a supported version".to_owned());
    }
    let rows = section(&file, 12, (usize::from(head[6]) + 1) * 12)?;
    let rows: Vec<(&[u8], u64)> = rows
        .chunks_exact(12)
        .map(|row| (&row[..4], u64::from_be_bytes(row[4..].try_into().expect("eight bytes were taken"))))
        .collect();
    let chunk = |name: &[u8; 4]| {
        let mut all = rows.windows(2).filter(|pair| pair[0].0 == name).map(|pair| pair[0].1..pair[1].1);
        let Some(range) = all.next() else { return Ok(Vec::new()) };
        if all.next().is_some() || range.start > range.end {
            return Err("its parts are not in order".to_owned());
        }
        section(&file, range.start, (range.end - range.start) as usize)
    };
    let (names, places, large) = (chunk(b"PNAM")?, chunk(b"OOFF")?, chunk(b"LOFF")?);
    let packs: Vec<Option<&Range<u64>>> =
        names.split(|&byte| byte == 0).map(|name| packs.get(&*String::from_utf8_lossy(name))).collect();
    for place in places.chunks_exact(8) {
        let offset = number(&place[4..]);
        let offset = if offset & LONG == 0 || large.is_empty() {
            u64::from(offset)
        } else {
            let row = (offset & !LONG) as usize * 8;
            let bytes = large.get(row..row + 8).ok_or("a row of its table of long offsets is missing")?;
            u64::from_be_bytes(bytes.try_into().expect("eight bytes were taken"))
        };
        let pack = packs.get(number(&place[..4]) as usize).ok_or("it names a pack that it does not list")?;
        if pack.is_some_and(|entries| !entries.contains(&offset)) {
            return Err("it names offsets that its packs do not have".to_owned());
        }
    }
    Ok(())
}

/// What an index must agree with in its pack.
pub(crate) struct Ends {
    pub(crate) count: u32,
    pub(crate) entries: Range<u64>,
    pub(crate) checksum: [u8; NAME],
}

impl Ends {
    fn agrees(&self, count: usize, index: &Positioned) -> Result<(), String> {
        if self.count as usize != count {
            return Err("its number of objects differs from its pack".to_owned());
        }
        let mut named = [0; NAME];
        let at = index.len().checked_sub(TRAILER as u64).ok_or("it is cut off")?;
        index.read(&mut named, at).map_err(|error| short(&error))?;
        if named == self.checksum {
            Ok(())
        } else {
            Err("it belongs to a pack with another checksum".to_owned())
        }
    }
}

impl Index {
    /// Reads an index. What does not stop it from being used is its `doubt`.
    pub(crate) fn open(path: &Path, pack: &Ends) -> Result<Self, String> {
        let file = Positioned::open(path)?;
        let layout = Layout::read(&file)?;
        let (offsets, names) = if layout.second {
            let names = section(&file, layout.names(), layout.count * NAME)?;
            (layout.offsets(&file)?, names)
        } else {
            layout.first_version(&file)?
        };
        let index = Self { fanout: layout.fanout, names, offsets, doubt: None };
        index.in_order()?;
        let doubt = pack.agrees(index.len(), &file).and_then(|()| checksum(&file)).err();
        Ok(Self { doubt, ..index })
    }

    /// Names in order and in the right part of the first table, or nobody finds them.
    fn in_order(&self) -> Result<(), String> {
        let wrong = || Err("its names are not in order".to_owned());
        let mut names = self.names.chunks_exact(NAME);
        let mut last: &[u8] = &[0; NAME];
        for (first, &end) in self.fanout.iter().enumerate() {
            let start = if first == 0 { 0 } else { self.fanout[first - 1] };
            for _ in start..end {
                let Some(name) = names.next() else { return wrong() };
                if usize::from(name[0]) != first || name < last {
                    return wrong();
                }
                last = name;
            }
        }
        Ok(())
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

/// Does an index end with the checksum of what stands before it?
fn checksum(file: &Positioned) -> Result<(), String> {
    let mut sum = Sha1::new();
    let end = file.len() - NAME as u64;
    let mut buffer = vec![0; 1 << 20];
    let mut at = 0;
    while at < end {
        let len = (end - at).min(buffer.len() as u64) as usize;
        file.read(&mut buffer[..len], at).map_err(|error| short(&error))?;
        sum.update(&buffer[..len]);
        at += len as u64;
    }
    let mut told = [0; NAME];
    file.read(&mut told, end).map_err(|error| short(&error))?;
    if sum.finalize()[..] == told { Ok(()) } else { Err("its checksum is wrong".to_owned()) }
}

fn short(error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::UnexpectedEof { "it is cut off".to_owned() } else { error.to_string() }
}
