//! Every path under which objects ever stood, at any commit: asked for the few whose first paths do not count.

use std::collections::HashSet;

use git2::Oid;

use super::edges::Entries;
use super::{Bits, Counts, Named, Origins, Reach, author, ones};
use crate::blob::Commit;
use crate::gap::{Gap, Reason};
use crate::history::Kind;
use crate::history::objects::Store;
use crate::outcome::Told;

/// So many places of one group are named.
const PLACES: usize = 100;
/// So many folders are read for 64 groups. A few trees that name each other many times make endless paths.
const FOLDERS: usize = 500_000;
const LONGEST: usize = 16 << 10;

/// Which places count.
pub struct Wanted<'a> {
    pub path: &'a dyn Fn(&str) -> bool,
    pub commit: Counts<'a>,
    /// The worst that counts.
    pub reach: Reach,
}

impl Origins<'_> {
    /// The places of each group that count, with the first commit that has it there; and which answers are cut off.
    pub fn everywhere(&self, groups: &[Vec<Oid>], wanted: &Wanted) -> (Vec<Vec<(Named, Commit)>>, Vec<Told>) {
        let (mut places, mut told) = (Vec::new(), Vec::new());
        for some in groups.chunks(64) {
            let mut bits = self.bits(wanted.commit);
            let numbers = |ids: &Vec<Oid>| ids.iter().filter_map(|id| self.store.number(id)).collect();
            bits.climb(&some.iter().map(numbers).collect::<Vec<_>>());
            let mut found = Found { places: vec![Vec::new(); some.len()], seen: HashSet::new(), told: None };
            found.all(&bits, wanted);
            told.extend(found.told);
            places.extend(found.places);
        }
        (places, told)
    }
}

struct Found {
    places: Vec<Vec<(Named, Commit)>>,
    /// Folders and files, each with its path.
    seen: HashSet<(u32, String)>,
    told: Option<Told>,
}

impl Found {
    fn all(&mut self, bits: &Bits, wanted: &Wanted) {
        let Origins { store, commits, tips, .. } = bits.from;
        for &at in &commits.order {
            let commit = commits.get(at);
            let id = store.name(commit.number);
            let Some(tree) = commit.tree.filter(|_| bits.tree_bits(at) != 0) else { continue };
            if tips.reach(at) > wanted.reach || !(wanted.commit)(&id, commit.time) {
                continue;
            }
            let mut stack = vec![(tree, String::new())];
            while let Some((tree, folder)) = stack.pop() {
                if folder.len() > LONGEST || self.seen.len() > FOLDERS {
                    let why = "a file has too many paths to compare, and some of them are excluded";
                    return self.cut(Reason::Limit, why);
                }
                if !self.seen.insert((tree, folder.clone())) {
                    continue;
                }
                let bytes = match store.read(&store.name(tree)) {
                    Ok((Kind::Tree, bytes)) => bytes,
                    Ok(_) => continue,
                    Err(why) => return self.cut(Reason::Damaged, &why),
                };
                for entry in Entries(&bytes).filter(|entry| !entry.is_module()) {
                    let Some(number) = store.number(&entry.id()) else { continue };
                    let held = bits.objects[number as usize];
                    if held == 0 {
                        continue;
                    }
                    let path = format!("{folder}{}", String::from_utf8_lossy(entry.name()));
                    if entry.is_tree() {
                        stack.push((number, path + "/"));
                    } else if (wanted.path)(&path) && self.seen.insert((number, path.clone())) {
                        for bit in ones(held) {
                            let named = Named { path: path.clone(), blob: entry.id() };
                            if let Some(places) = self.places.get_mut(bit).filter(|some| some.len() < PLACES)
                            {
                                places.push((named, about(store, &id)));
                            }
                        }
                    }
                }
            }
        }
    }

    fn cut(&mut self, reason: Reason, why: &str) {
        self.told = Some(Told::new("git objects", Gap::new(reason, why)));
    }
}

/// What is told of a commit. One that cannot be read was told by the walk.
fn about(store: &Store, id: &Oid) -> Commit {
    let (author, email, time) = store.read(id).map(|(_, bytes)| author(&bytes)).unwrap_or_default();
    Commit { id: id.to_string(), author, email, time: time.unwrap_or_default() }
}
