//! git's object store read with plain positioned reads: packs, loose objects, alternates.
//!
//! Ours and not libgit2's, because only who sees the deltas knows what is new in a text. Names are SHA-1;
//! `History::open` refuses other repositories with a sentence. Nothing here checks an object against its name.

pub(crate) mod delta;
pub(crate) mod file;
pub(crate) mod index;
pub(crate) mod loose;
pub(crate) mod pack;
mod read;

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;

use git2::Oid;

use super::Kind;
use crate::gap::{Gap, Reason};
use crate::outcome::Told;
use pack::Pack;

/// Bytes of an object's name.
pub(crate) const NAME: usize = 20;
/// How far alternates of alternates are followed, as in git.
const DEEPEST: usize = 5;
/// So many object folders are enough for everybody.
const MOST_FOLDERS: usize = 1000;
/// The largest list of them.
const LIST: u64 = 1 << 20;

/// What is larger is not held in memory: such a blob is shown in pieces, and anything else is not read. git itself
/// makes no deltas of larger files.
const LARGEST: u64 = 512 << 20;

/// May an object of that size be held?
pub(crate) fn held(size: u64) -> Result<(), String> {
    if size > LARGEST { Err(format!("it has {} MiB and is too large", size >> 20)) } else { Ok(()) }
}

pub(crate) fn name(bytes: &[u8]) -> Oid {
    Oid::from_bytes(bytes).expect("a name of the right length was taken")
}

/// All object folders of a repository as one set. An object has one number, however many copies there are.
pub(crate) struct Store {
    pub(crate) packs: Vec<Ranked>,
    /// What no pack holds, by name, with its folder.
    pub(crate) loose: Vec<(Oid, u32)>,
    folders: Vec<PathBuf>,
    /// The number of the first loose object.
    first_loose: u32,
    /// Some pack came from a partial clone.
    pub(crate) promised: bool,
    /// What objects behind very many deltas have cost so far.
    spent: AtomicU64,
}

/// A pack in its place among the others.
pub(crate) struct Ranked {
    pub(crate) pack: Pack,
    /// The number of its first object.
    pub(crate) first: u32,
    /// Rows whose object an earlier pack holds.
    twice: HashSet<u32>,
}

impl Store {
    /// Opens the object folders and their alternates. What cannot be read is told and left out.
    pub(crate) fn open(folders: &[PathBuf], told: &mut Vec<Told>) -> Self {
        let all = self::folders(folders, told);
        let mut promised = false;
        let mut packs = Vec::new();
        for folder in &all {
            let folder = folder.join("pack");
            for found in paired(&folder, told) {
                promised |= found.promised;
                let path = folder.join(&found.name).with_extension("pack");
                let mut tell = |why: String| {
                    told.push(Told::new(path.to_string_lossy(), Gap::new(Reason::Damaged, why)));
                };
                match Pack::open(&path.with_extension("idx")) {
                    Ok(pack) => {
                        pack.index.doubt.iter().for_each(|why| tell(format!("its index is damaged: {why}")));
                        packs.push(pack);
                    }
                    Err(why) => tell(why),
                }
            }
        }
        let mut numbers = 0u64;
        packs.retain(|pack| {
            numbers += pack.index.len() as u64;
            let fits = numbers < u64::from(u32::MAX / 2);
            if !fits {
                let gap = Gap::new(Reason::Limit, "there are too many objects to count");
                told.push(Told::new(pack.label(), gap));
            }
            fits
        });
        // The largest first: it owns most objects, and the others' few are looked up in it.
        packs.sort_by(|a, b| b.index.len().cmp(&a.index.len()).then_with(|| a.label().cmp(&b.label())));
        let mut ranked: Vec<Ranked> = Vec::with_capacity(packs.len());
        let mut first = 0;
        for pack in packs {
            let rows = if ranked.is_empty() { 0 } else { pack.index.len() };
            let twice = (0..rows)
                .filter(|&row| {
                    let id = pack.index.name(row);
                    ranked.iter().any(|other| other.pack.index.row(&id).is_some())
                })
                .map(|row| row as u32)
                .collect();
            let next = first + pack.index.len() as u32;
            ranked.push(Ranked { pack, first, twice });
            first = next;
        }
        let mut loose: Vec<(Oid, u32)> = Vec::new();
        for (i, folder) in all.iter().enumerate() {
            loose.extend(loose::list(folder, told).into_iter().map(|id| (id, i as u32)));
        }
        loose.retain(|(id, _)| ranked.iter().all(|other| other.pack.index.row(id).is_none()));
        loose.sort_unstable();
        loose.dedup_by_key(|(id, _)| *id);
        Self { packs: ranked, loose, folders: all, first_loose: first, promised, spent: AtomicU64::new(0) }
    }

    /// How many numbers there are; some may be unused.
    pub(crate) fn len(&self) -> usize {
        self.first_loose as usize + self.loose.len()
    }

    pub(crate) fn number(&self, id: &Oid) -> Option<u32> {
        for ranked in &self.packs {
            if let Some(row) = ranked.pack.index.row(id) {
                return Some(ranked.first + row as u32);
            }
        }
        let row = self.loose.binary_search_by_key(id, |(id, _)| *id).ok()?;
        Some(self.first_loose + row as u32)
    }

    pub(crate) fn loose_number(&self, row: usize) -> u32 {
        self.first_loose + row as u32
    }

    pub(crate) fn open_loose(&self, row: usize) -> Result<loose::Loose, String> {
        let (id, folder) = &self.loose[row];
        loose::open(&self.folders[*folder as usize], id)
    }

    pub(crate) fn name(&self, number: u32) -> Oid {
        if number >= self.first_loose {
            return self.loose[(number - self.first_loose) as usize].0;
        }
        let pack = self.packs.partition_point(|ranked| ranked.first <= number) - 1;
        let ranked = &self.packs[pack];
        ranked.pack.index.name((number - ranked.first) as usize)
    }
}

impl Ranked {
    pub(crate) fn is_twice(&self, row: u32) -> bool {
        self.twice.contains(&row)
    }
}

/// A pack's name in its folder, and whether it came from a partial clone.
pub(crate) struct Paired {
    pub(crate) name: OsString,
    promised: bool,
}

/// The packs of a folder. A pack or an index without the other is told, and so is what cannot be listed.
pub(crate) fn paired(folder: &Path, told: &mut Vec<Told>) -> Vec<Paired> {
    let names = match file::list(folder) {
        Ok(names) => names,
        Err(gap) => {
            told.push(Told::new(folder.to_string_lossy(), gap));
            return Vec::new();
        }
    };
    let with = |name: &OsString, ending: &str| Path::new(name).with_extension(ending).into_os_string();
    let has = |name: &OsString| names.binary_search(name).is_ok();
    let mut found = Vec::new();
    for name in &names {
        let ending = Path::new(name).extension().unwrap_or_default();
        if ending == "idx" && has(&with(name, "pack")) {
            found.push(Paired { name: name.clone(), promised: has(&with(name, "promisor")) });
        } else if ending == "idx" {
            told.push(damaged(&folder.join(name), "its pack is missing"));
        } else if ending == "pack" && !has(&with(name, "idx")) {
            let why = "its index is missing; create it with `git index-pack`";
            told.push(damaged(&folder.join(name), why));
        }
    }
    found
}

/// All object folders: some, and those that their `info/alternates` name, each once.
pub(crate) fn folders(some: &[PathBuf], told: &mut Vec<Told>) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for folder in some {
        alternates(folder, DEEPEST, &mut all, told);
    }
    all
}

/// Adds a folder and those that its `info/alternates` names, each once.
fn alternates(folder: &Path, depth: usize, all: &mut Vec<PathBuf>, told: &mut Vec<Told>) {
    let tell = |path: &Path, gap: Gap| Told::new(path.to_string_lossy(), gap);
    let found = folder.canonicalize().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Gap::new(Reason::NotFound, "this object folder is missing"),
        _ => crate::input::walk::gap(&error),
    });
    let folder = match found {
        Ok(folder) if folder.is_dir() => folder,
        Ok(_) => {
            return told.push(tell(folder, Gap::new(Reason::NotAFile, "this object folder is not a folder")));
        }
        Err(gap) => return told.push(tell(folder, gap)),
    };
    if all.contains(&folder) {
        return;
    }
    all.push(folder.clone());
    let list = folder.join("info/alternates");
    let lines = match file::read(&list, LIST) {
        Ok(lines) => lines.unwrap_or_else(Vec::new),
        Err(gap) => return told.push(tell(&list, gap)),
    };
    for line in lines.split(|&byte| byte == b'\n').filter(|line| !line.is_empty() && line[0] != b'#') {
        match unquoted(line).and_then(|line| file::path(&line)) {
            Ok(_) if depth == 0 || all.len() > MOST_FOLDERS => {
                let gap = Gap::new(Reason::Limit, "it leads to more object folders than git follows");
                return told.push(tell(&list, gap));
            }
            Ok(named) => alternates(&folder.join(named), depth - 1, all, told),
            Err(why) => told.push(damaged(&list, &why)),
        }
    }
}

fn damaged(path: &Path, why: &str) -> Told {
    Told::new(path.to_string_lossy(), Gap::new(Reason::Damaged, why))
}

/// A path of `info/alternates`; git takes one in double quotes as C has them.
fn unquoted(line: &[u8]) -> Result<Vec<u8>, String> {
    let Some(inside) = line.strip_prefix(b"\"") else { return Ok(line.to_vec()) };
    let wrong = || "a path in it has no closing quote".to_owned();
    let mut path = Vec::new();
    let mut bytes = inside.iter().copied();
    loop {
        match bytes.next().ok_or_else(wrong)? {
            b'"' => return Ok(path),
            b'\\' => path.push(match bytes.next().ok_or_else(wrong)? {
                b'a' => 7,
                b'b' => 8,
                b't' => b'\t',
                b'n' => b'\n',
                b'v' => 11,
                b'f' => 12,
                b'r' => b'\r',
                first @ b'0'..=b'3' => {
                    let mut value = first - b'0';
                    for _ in 0..2 {
                        let digit =
                            bytes.next().filter(|byte| (b'0'..=b'7').contains(byte)).ok_or_else(wrong)?;
                        value = value << 3 | (digit - b'0');
                    }
                    value
                }
                other => other,
            }),
            other => path.push(other),
        }
    }
}
