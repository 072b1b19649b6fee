//! Which trees hold what, and which commits have which tree: collected in one walk over trees and commits.
//!
//! Of a tree that is a delta only the difference to its base is kept, so there are about two edges a tree and not one
//! for every entry. Which trees hold an object is then asked of the delta forest: those that got it, and their deltas
//! until one lost it. All ids are the store's numbers; an object that is named and is not there has one behind them.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use git2::Oid;

use crate::gap::Reason;
use crate::history::Kind;
use crate::history::gaps::Gaps;
use crate::history::objects::{NAME, Store, name};
use crate::history::refs;
use crate::history::walk::{Delta, Object, Visit};

#[derive(Default)]
pub(crate) struct Edges {
    /// Of an object the trees that hold it although their base did not.
    gained: Lists,
    /// Of an object the trees that do not hold it although their base did.
    lost: Lists,
    /// Of a tree those that are deltas of it.
    deltas: Lists,
    pub(crate) commits: Vec<Commit>,
    /// What trees name and is not there; the nth has the number of the store's last object and n more.
    pub(crate) missing: Vec<Oid>,
    /// How many there are; the edges of very many are not kept.
    pub(crate) missing_total: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct Commit {
    pub(crate) number: u32,
    /// The root tree's number, if it is there.
    pub(crate) tree: Option<u32>,
    /// The parents' numbers; one that is not there has none.
    pub(crate) parents: Vec<Option<u32>>,
    /// What it names and is not there: its tree, and parents.
    pub(crate) missing: Vec<(Kind, Oid)>,
    /// When it was committed, in seconds.
    pub(crate) time: i64,
}

/// A sorted list for every number.
#[derive(Default)]
struct Lists {
    first: Vec<u32>,
    all: Vec<u32>,
}

impl Lists {
    fn new(mut pairs: Pairs, numbers: usize) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let mut first = vec![0; numbers + 1];
        for &(number, _) in &pairs {
            first[number as usize + 1] += 1;
        }
        for i in 0..numbers {
            first[i + 1] += first[i];
        }
        Self { first, all: pairs.into_iter().map(|pair| pair.1).collect() }
    }

    fn of(&self, number: u32) -> &[u32] {
        let number = number as usize;
        &self.all[self.first[number] as usize..self.first[number + 1] as usize]
    }
}

impl Edges {
    /// Trees that hold an object, each at least once.
    pub(crate) fn holders(&self, object: u32, mut each: impl FnMut(u32)) {
        let lost = self.lost.of(object);
        let mut stack = self.gained.of(object).to_vec();
        while let Some(tree) = stack.pop() {
            each(tree);
            let deltas = self.deltas.of(tree).iter();
            stack.extend(deltas.filter(|delta| lost.is_empty() || lost.binary_search(delta).is_err()));
        }
    }
}

/// Pairs of numbers, as they are found.
type Pairs = Vec<(u32, u32)>;

#[derive(Default)]
struct Collected {
    gained: Pairs,
    lost: Pairs,
    deltas: Pairs,
    commits: Vec<Commit>,
}

/// Of so many missing objects it is asked whether a ref needs them. Where more are missing, all count as needed.
pub(crate) const ASKED: usize = 4096;

pub(crate) struct Collect<'a> {
    store: &'a Store,
    /// The blobs that are asked for; other blobs' edges are not kept.
    wanted: HashSet<Oid>,
    gaps: &'a Gaps,
    collected: Mutex<Collected>,
    /// Whether anything is missing at all, which nearly never is so.
    lacks: AtomicBool,
    missing: Mutex<HashMap<Oid, u32>>,
}

pub(crate) enum Found {
    Tree { base: Option<u32>, gained: Vec<u32>, lost: Vec<u32> },
    Commit(Option<Commit>),
}

impl<'a> Collect<'a> {
    pub(crate) fn new(store: &'a Store, wanted: HashSet<Oid>, gaps: &'a Gaps) -> Self {
        let (collected, missing) = Default::default();
        Self { store, wanted, gaps, collected, lacks: AtomicBool::new(false), missing }
    }

    pub(crate) fn finish(self) -> Edges {
        let Collected { gained, lost, deltas, mut commits } =
            self.collected.into_inner().expect("nothing panics while it holds the edges");
        commits.sort_unstable_by_key(|commit| commit.number);
        let missing = self.missing.into_inner().expect("nothing panics while it holds the names");
        let missing_total = missing.len();
        let mut missing: Vec<(u32, Oid)> = missing.into_iter().map(|(id, number)| (number, id)).collect();
        missing.sort_unstable();
        missing.truncate(ASKED);
        let numbers = self.store.len() + missing.len();
        Edges {
            gained: Lists::new(gained, numbers),
            lost: Lists::new(lost, numbers),
            deltas: Lists::new(deltas, numbers),
            commits,
            missing: missing.into_iter().map(|(_, id)| id).collect(),
            missing_total,
        }
    }

    /// An entry's number, if its edges are kept.
    fn number(&self, entry: &Entry) -> Option<u32> {
        if entry.is_module() {
            return None;
        }
        let id = entry.id();
        match self.store.number(&id) {
            Some(number) => Some(number).filter(|_| self.keeps(entry, &id)),
            None => self.lacking(id),
        }
    }

    /// The number of an object that is not there, if its edges are kept.
    fn lacking(&self, id: Oid) -> Option<u32> {
        self.lacks.store(true, Ordering::Relaxed);
        let mut missing = self.missing.lock().expect("nothing panics while it holds the names");
        let next = missing.len() as u32;
        let number = *missing.entry(id).or_insert(next);
        ((number as usize) < ASKED).then(|| self.store.len() as u32 + number)
    }

    /// The number that an object has that some tree was found to name.
    fn known(&self, id: &Oid) -> Option<u32> {
        let lacking = || {
            let missing = self.missing.lock().expect("nothing panics while it holds the names");
            missing.get(id).filter(|&&number| (number as usize) < ASKED).map(|n| self.store.len() as u32 + n)
        };
        let lacks = self.lacks.load(Ordering::Relaxed);
        self.store.number(id).or_else(|| if lacks { lacking() } else { None })
    }

    /// Where a tag leads is asked of those that refs name; here only whether it is one.
    fn tag(&self, object: &Object, bytes: &[u8]) -> Found {
        if !bytes.starts_with(b"object ") {
            self.gaps.tell(
                &format!("tag {}", object.id),
                Reason::Damaged,
                "it is damaged: it names no object",
            );
        }
        Found::Commit(None)
    }

    /// Whoever cannot read a tree to its end does not know what it names.
    fn ends(&self, object: &Object, rest: &[u8]) {
        if !rest.is_empty() {
            self.gaps.tell(
                &format!("tree {}", object.id),
                Reason::Damaged,
                "it is damaged: an entry is cut off",
            );
        }
    }

    fn keeps(&self, entry: &Entry, id: &Oid) -> bool {
        entry.is_tree() || self.wanted.contains(id)
    }

    fn commit(&self, object: &Object, bytes: &[u8]) -> Found {
        let (parents, missing) = Default::default();
        let mut commit = Commit { number: object.number, tree: None, parents, missing, time: 0 };
        let mut number = |kind, hex: &[u8]| {
            let Some(id) = refs::object(hex) else {
                self.gaps.tell(
                    &format!("commit {}", object.id),
                    Reason::Damaged,
                    "it is damaged: a line names no object",
                );
                return None;
            };
            let number = self.store.number(&id);
            commit.missing.extend(number.is_none().then_some((kind, id)));
            number
        };
        if !bytes.starts_with(b"tree ") {
            self.gaps.tell(
                &format!("commit {}", object.id),
                Reason::Damaged,
                "it is damaged: it has no tree",
            );
        }
        for line in bytes.split(|&byte| byte == b'\n').take_while(|line| !line.is_empty()) {
            if let Some(hex) = line.strip_prefix(b"tree ") {
                commit.tree = number(Kind::Tree, hex);
            } else if let Some(hex) = line.strip_prefix(b"parent ") {
                commit.parents.push(number(Kind::Commit, hex));
            } else if line.starts_with(b"committer ") {
                let line = String::from_utf8_lossy(line);
                commit.time =
                    line.rsplit(' ').nth(1).and_then(|seconds| seconds.parse().ok()).unwrap_or_default();
                break;
            }
        }
        Found::Commit(Some(commit))
    }
}

impl Visit for Collect<'_> {
    type Found = Found;

    fn wants(&self, kind: Kind) -> bool {
        kind != Kind::Blob
    }

    fn whole(&self, object: &Object, bytes: &[u8]) -> Found {
        match object.kind {
            Kind::Commit => return self.commit(object, bytes),
            Kind::Tag => return self.tag(object, bytes),
            _ => {}
        }
        let mut entries = Entries(bytes);
        let gained = entries.by_ref().filter_map(|entry| self.number(&entry)).collect();
        self.ends(object, entries.0);
        Found::Tree { base: None, gained, lost: Vec::new() }
    }

    fn delta(&self, object: &Object, bytes: &[u8], from: &Delta<'_, Found>) -> Found {
        match object.kind {
            Kind::Commit => return self.commit(object, bytes),
            Kind::Tag => return self.tag(object, bytes),
            _ => {}
        }
        let (mut gained, mut lost) = (Vec::new(), Vec::new());
        let lacks = self.lacks.load(Ordering::Relaxed);
        let rest = differences(
            from.bytes,
            bytes,
            |entry| gained.extend(self.number(entry)),
            |entry| lost.extend(Some(entry.id()).filter(|id| lacks || self.keeps(entry, id))),
        );
        self.ends(object, rest);
        // What only went under another name is not lost.
        lost.retain(|id| !holds(bytes, id));
        let lost = lost.iter().filter_map(|id| self.known(id)).collect();
        Found::Tree { base: Some(from.base), gained, lost }
    }

    fn piece(&self, _: &Object, _: &[u8], _: u64, _: Range<usize>, _: Option<Found>) -> Found {
        Found::Commit(None)
    }

    fn done(&self, object: &Object, found: &Found) {
        let mut edges = self.collected.lock().expect("nothing panics while it holds the edges");
        match found {
            Found::Tree { base, gained, lost } => {
                edges.gained.extend(gained.iter().map(|&id| (id, object.number)));
                edges.lost.extend(lost.iter().map(|&id| (id, object.number)));
                edges.deltas.extend(base.map(|base| (base, object.number)));
            }
            Found::Commit(commit) => edges.commits.extend(commit.clone()),
        }
    }
}

/// An entry of a tree as it stands there: mode, name, NUL and the object's name.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub(crate) struct Entry<'a>(&'a [u8]);

impl<'a> Entry<'a> {
    pub(crate) fn id(&self) -> Oid {
        name(&self.0[self.0.len() - NAME..])
    }
    pub(crate) fn is_tree(&self) -> bool {
        self.0.starts_with(b"40000 ") || self.0.starts_with(b"040000 ")
    }
    /// A commit of another repository.
    pub(crate) fn is_module(&self) -> bool {
        self.0.starts_with(b"160000 ")
    }
    pub(crate) fn name(&self) -> &'a [u8] {
        let head = &self.0[..self.0.len() - NAME - 1];
        let space = head.iter().position(|&byte| byte == b' ').map_or(0, |i| i + 1);
        &head[space..]
    }
    /// git sorts a folder as if a slash stood behind its name.
    fn key(&self) -> impl Iterator<Item = u8> + use<'a> {
        self.name().iter().copied().chain(self.is_tree().then_some(b'/'))
    }
}

/// The entries of a tree; a broken one ends it.
pub(crate) struct Entries<'a>(pub(crate) &'a [u8]);

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        let end = self.0.iter().position(|&byte| byte == 0)? + 1 + NAME;
        let entry = self.0.get(..end)?;
        self.0 = &self.0[end..];
        Some(Entry(entry))
    }
}

/// Whether a tree names an object. Nearly none does, so its bytes are looked through before its entries.
fn holds(tree: &[u8], id: &Oid) -> bool {
    memchr::memmem::find(tree, id.as_bytes()).is_some() && Entries(tree).any(|entry| entry.id() == *id)
}

/// Entries that only one of two trees has. Trees are sorted; if one is not, an entry may be told on both sides. What
/// stands behind a broken entry of the new tree is given back.
pub(crate) fn differences<'a>(
    old: &'a [u8],
    new: &'a [u8],
    mut gained: impl FnMut(&Entry<'a>),
    mut lost: impl FnMut(&Entry<'a>),
) -> &'a [u8] {
    let (mut old, mut new) = (Entries(old), Entries(new));
    // Most entries are the same, and the new tree's need not be looked at for that.
    let same = |old: &mut Entries<'a>, new: &mut Entries<'a>| {
        loop {
            let a = old.next();
            match a.and_then(|a| new.0.strip_prefix(a.0)) {
                Some(rest) => new.0 = rest,
                None => return (a, new.next()),
            }
        }
    };
    let (mut a, mut b) = same(&mut old, &mut new);
    loop {
        let order = match (&a, &b) {
            (None, None) => return new.0,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(x), Some(y)) if x == y => {
                (a, b) = same(&mut old, &mut new);
                continue;
            }
            (Some(x), Some(y)) => match x.key().cmp(y.key()) {
                std::cmp::Ordering::Equal => {
                    lost(x);
                    gained(y);
                    std::cmp::Ordering::Equal
                }
                order => order,
            },
        };
        if order.is_le() {
            if let (true, Some(a)) = (order.is_lt(), &a) {
                lost(a);
            }
            a = old.next();
        }
        if order.is_ge() {
            if let (true, Some(b)) = (order.is_gt(), &b) {
                gained(b);
            }
            b = new.next();
        }
    }
}
