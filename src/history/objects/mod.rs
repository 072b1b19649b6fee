//! git's object store read with plain positioned reads: packs, loose objects, alternates.
//!
//! Ours and not libgit2's, because only who sees the deltas knows what is new in a text. Names are SHA-1;
//! `History::open` refuses other repositories with a sentence. Nothing here checks an object against its name.

pub(crate) mod delta;
mod file;
mod index;
pub(crate) mod loose;
pub(crate) mod pack;

use std::collections::HashSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use git2::Oid;

use super::Kind;
use crate::gap::{Gap, Reason};
use crate::outcome::Told;
use delta::Changes;
use pack::{Form, Pack};

/// Bytes of an object's name.
pub(crate) const NAME: usize = 20;
/// How far alternates of alternates are followed, as in git.
const DEEPEST: usize = 5;
/// git's own chains have at most 4,095 deltas.
const LONGEST: usize = 10_000;

/// What is larger is not held in memory: such a blob is shown in pieces, and anything else is not read. git itself
/// makes no deltas of larger files.
const LARGEST: u64 = 512 << 20;

/// May an object of that size be held?
pub(crate) fn held(size: u64) -> Result<(), String> {
    if size > LARGEST { Err(format!("it has {} MiB, too many to hold", size >> 20)) } else { Ok(()) }
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
        let mut all = Vec::new();
        for folder in folders {
            alternates(folder, DEEPEST, &mut all, told);
        }
        let mut promised = false;
        let mut packs = Vec::new();
        for folder in &all {
            let Ok(entries) = fs::read_dir(folder.join("pack")) else { continue };
            for path in entries.flatten().map(|entry| entry.path()) {
                match path.extension().and_then(|ending| ending.to_str()) {
                    Some("promisor") => promised = true,
                    Some("idx") => match Pack::open(&path) {
                        Ok(pack) => packs.push(pack),
                        Err(why) => told.push(Told::new(
                            path.with_extension("pack").to_string_lossy(),
                            Gap::new(Reason::Damaged, why),
                        )),
                    },
                    _ => {}
                }
            }
        }
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
            loose.extend(loose::list(folder).into_iter().map(|id| (id, i as u32)));
        }
        loose.retain(|(id, _)| ranked.iter().all(|other| other.pack.index.row(id).is_none()));
        loose.sort_unstable();
        loose.dedup_by_key(|(id, _)| *id);
        Self { packs: ranked, loose, folders: all, first_loose: first, promised }
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

impl Store {
    /// Reads one object, wherever it is.
    pub(crate) fn read(&self, id: &Oid) -> Result<(Kind, Vec<u8>), String> {
        let missing = |id: &Oid| format!("object {id} is missing");
        let mut id = *id;
        let mut deltas = Vec::new();
        let (kind, mut bytes) = 'found: loop {
            let Some((pack, row)) =
                self.packs.iter().find_map(|ranked| Some((&ranked.pack, ranked.pack.index.row(&id)?)))
            else {
                let row = self.loose.binary_search_by_key(&id, |(id, _)| *id).map_err(|_| missing(&id))?;
                let open = self.open_loose(row)?;
                break (open.kind, open.read()?);
            };
            let mut at = pack.index.offset(row);
            loop {
                // In a circle of deltas this would go on for ever.
                if deltas.len() > LONGEST {
                    return Err(format!("object {id} is at the end of too many deltas"));
                }
                let header = pack.header(at..pack.end().max(at))?;
                held(header.size)?;
                let mut bytes = Vec::new();
                let stream = pack.stream(at + header.len as u64..pack.end());
                stream.take(header.size + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
                if bytes.len() as u64 != header.size {
                    return Err(format!("object {id}: it is cut off or longer than it says"));
                }
                match header.form {
                    Form::Whole(kind) => break 'found (kind, bytes),
                    Form::Of(base) => {
                        deltas.push(bytes);
                        id = base;
                        break;
                    }
                    Form::Before(back) => {
                        deltas.push(bytes);
                        at = at.checked_sub(back).ok_or_else(|| missing(&id))?;
                    }
                }
            }
        };
        while let Some(delta) = deltas.pop() {
            let (_, size, rest) = delta::sizes(&delta)?;
            let mut target = Vec::new();
            delta::apply(rest, size, &bytes, &mut target, &mut Changes::default())?;
            bytes = target;
        }
        Ok((kind, bytes))
    }
}

impl Ranked {
    pub(crate) fn is_twice(&self, row: u32) -> bool {
        self.twice.contains(&row)
    }
}

/// Adds a folder and those that its `info/alternates` names, each once.
fn alternates(folder: &Path, depth: usize, all: &mut Vec<PathBuf>, told: &mut Vec<Told>) {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    if all.contains(&folder) {
        return;
    }
    if !folder.is_dir() {
        let gap = Gap::new(Reason::NotFound, "this object folder is missing");
        told.push(Told::new(folder.to_string_lossy(), gap));
        return;
    }
    let list = fs::read_to_string(folder.join("info/alternates")).unwrap_or_default();
    all.push(folder.clone());
    if depth == 0 {
        return;
    }
    for line in list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        alternates(&folder.join(line), depth - 1, all, told);
    }
}
