//! All objects of a store, each once, a delta right after its base.
//!
//! Every delta tree is walked depth first: small subtrees first and in parallel, the heaviest last and in a loop,
//! with its base's bytes dropped by then. So the bytes held at once are those of log2(tree) objects, and no stack
//! grows with the length of a chain. What would still go over the budget waits until nothing else runs.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use git2::Oid;
use libdeflater::Decompressor;
use rayon::prelude::*;

use super::Kind;
use super::forest::{Forest, Root};
use super::gaps::Gaps;
use super::objects::delta::{self, Changes};
use super::objects::pack::{Ahead, Header, Pack, inflate};
use super::objects::{Ranked, Store, held};
use super::pieces;
use crate::gap::Reason;

/// What is larger is read in pieces if it is no delta and nothing is a delta of it.
pub const WHOLE: u64 = 16 << 20;
/// What takes less in the pack is inflated without asking for its size first; deflate makes less than 64 KiB of it a
/// thousandfold.
const HUGE: u64 = 16 << 10;
/// Bytes of objects held at once, and so many more for every thread.
const BUDGET: usize = 64 << 20;
const BUDGET_PER_THREAD: usize = 8 << 20;
/// Trees that are smaller together are not worth a task of their own.
const SPLIT: u32 = 64;
/// So much of a buffer is kept for the next object.
const KEPT: usize = 1 << 20;

/// An object that is being looked at.
#[derive(Debug, Clone, Copy)]
pub struct Object {
    pub id: Oid,
    pub kind: Kind,
    /// The same for every copy of an object, and below `History::len`.
    pub number: u32,
    /// That of the object at the root of its tree of deltas: mostly another version of the same file.
    pub root: u32,
}

/// How an object comes from its base.
#[derive(Debug)]
pub struct Delta<'a, F> {
    /// The base's number.
    pub base: u32,
    pub bytes: &'a [u8],
    pub found: &'a F,
    pub changes: &'a Changes,
}

/// What looks at the objects. Methods are called from several threads.
pub trait Visit: Sync {
    /// What was found in an object; it is kept as long as deltas of it are to come.
    type Found: Send + Sync;

    fn wants(&self, kind: Kind) -> bool;
    /// An object of which nothing is known.
    fn whole(&self, object: &Object, bytes: &[u8]) -> Self::Found;
    /// An object that is a delta of one seen before.
    fn delta(&self, object: &Object, bytes: &[u8], from: &Delta<'_, Self::Found>) -> Self::Found;
    /// A part of a huge blob, which begins at byte `at` of it. The parts overlap; all of the blob is `own`, a range
    /// of `bytes`, of exactly one part. `found` is `None` for the first.
    fn piece(
        &self,
        object: &Object,
        bytes: &[u8],
        at: u64,
        own: std::ops::Range<usize>,
        found: Option<Self::Found>,
    ) -> Self::Found;
    /// Called once for every object that is wanted, however many copies of it there are.
    fn done(&self, object: &Object, found: &Self::Found);
}

pub(crate) fn walk<V: Visit>(store: &Store, visit: &V, gaps: &Gaps) {
    within(BUDGET + BUDGET_PER_THREAD * rayon::current_num_threads(), store, visit, gaps);
}

pub(crate) fn within<V: Visit>(budget: usize, store: &Store, visit: &V, gaps: &Gaps) {
    let budget = Budget { free: AtomicUsize::new(budget), forced: false };
    for ranked in &store.packs {
        let forest = Forest::read(&ranked.pack, gaps);
        let mut walk = Walk { store, ranked, forest, visit, gaps, budget: &budget, later: Mutex::default() };
        walk.forest.roots.par_iter().for_each(|&(node, _)| walk.root(node));
        // Nothing else runs now, so each of these may take what it needs.
        let forced = Budget { free: AtomicUsize::new(0), forced: true };
        walk.budget = &forced;
        for node in std::mem::take(&mut *walk.later.lock().expect("nothing panics while it holds the list")) {
            walk.again(node);
        }
    }
    (0..store.loose.len()).into_par_iter().for_each(|row| loose(store, row, visit, gaps));
}

fn loose<V: Visit>(store: &Store, row: usize, visit: &V, gaps: &Gaps) {
    let id = store.loose[row].0;
    let read = || {
        let mut open = store.open_loose(row)?;
        if !visit.wants(open.kind) {
            return Ok(());
        }
        let number = store.loose_number(row);
        let object = Object { id, kind: open.kind, number, root: number };
        if open.size > WHOLE && open.kind == Kind::Blob {
            return pieces::read(&object, open.size, &mut open.bytes, visit);
        }
        let found = visit.whole(&object, &open.read()?);
        visit.done(&object, &found);
        Ok::<_, String>(())
    };
    if let Err(why) = read() {
        gaps.tell(&format!("object {id}"), Reason::Damaged, why);
    }
}

struct Walk<'a, V> {
    store: &'a Store,
    ranked: &'a Ranked,
    forest: Forest,
    visit: &'a V,
    gaps: &'a Gaps,
    budget: &'a Budget,
    /// Entries that did not fit into the budget, with all that grows from them.
    later: Mutex<Vec<u32>>,
}

/// An object whose deltas are to come.
struct Held<'a, F> {
    object: Object,
    bytes: Vec<u8>,
    found: F,
    _room: Room<'a>,
}

/// Why an entry was not grown.
enum Not {
    Readable(String),
    /// It goes over the budget now.
    Now,
    /// Nobody needs it.
    Needed,
}

impl From<String> for Not {
    fn from(why: String) -> Self {
        Self::Readable(why)
    }
}

impl<V: Visit> Walk<'_, V> {
    fn root(&self, node: u32) {
        if let Some(held) = self.told(node, self.start(node, false)) {
            self.descend(node, held);
        }
    }

    fn start(&self, node: u32, again: bool) -> Result<Held<'_, V::Found>, Not> {
        match self.forest.root(node) {
            Some(Root::Whole(kind)) if self.visit.wants(kind) => self.plant(node, kind, again),
            Some(Root::Outside(id)) => self.graft(node, id, again),
            _ => Err(Not::Needed),
        }
    }

    fn descend<'a>(&'a self, mut node: u32, mut held: Held<'a, V::Found>) {
        while let Some((&heavy, light)) = self.forest.children(node).split_last() {
            let weight = self.forest.weight(node) - self.forest.weight(heavy);
            if weight > SPLIT && light.len() > 1 && !self.budget.forced {
                light.par_iter().for_each(|&child| self.child(child, &held));
            } else {
                for &child in light {
                    self.child(child, &held);
                }
            }
            let next = self.grow(heavy, &held, false);
            // The base's bytes go here, before anything grows from the child.
            let Some(next) = self.told(heavy, next) else { return };
            held = next;
            node = heavy;
        }
    }

    fn child(&self, node: u32, base: &Held<'_, V::Found>) {
        if let Some(held) = self.told(node, self.grow(node, base, false)) {
            self.descend(node, held);
        }
    }

    fn told<'a>(&self, node: u32, held: Result<Held<'a, V::Found>, Not>) -> Option<Held<'a, V::Found>> {
        match held {
            Ok(held) => return Some(held),
            Err(Not::Needed) => {}
            Err(Not::Now) => self.later.lock().expect("nothing panics while it holds the list").push(node),
            Err(Not::Readable(why)) => {
                let lost = self.forest.weight(node) - 1;
                let lost =
                    if lost == 0 { String::new() } else { format!("; {lost} deltas of it are lost too") };
                self.gaps.entry(&self.ranked.pack, self.forest.row(node), &format!("{why}{lost}"));
            }
        }
        None
    }

    /// A whole object. `again` if it was shown before and only its deltas need it.
    fn plant(&self, node: u32, kind: Kind, again: bool) -> Result<Held<'_, V::Found>, Not> {
        let alone = self.forest.children(node).is_empty();
        let (object, first) = self.object(node, kind, None);
        if alone && !first {
            return Err(Not::Needed);
        }
        let pack = &self.ranked.pack;
        let place = self.forest.place(node);
        // Asked first only where it may be too much to read at once.
        if place.end - place.start > HUGE && alone && kind == Kind::Blob {
            let header = pack.header(place.clone())?;
            if header.size > WHOLE {
                let from = place.start + header.len as u64;
                pieces::read(&object, header.size, &mut pack.stream(from..place.end), self.visit)?;
                return Err(Not::Needed);
            }
        }
        let mut bytes = Vec::new();
        let room = with_scratch(|scratch| {
            let room = scratch.entry(pack, place, &mut bytes, |size| self.budget.take(size));
            scratch.shrink();
            room
        })?;
        let found = self.visit.whole(&object, &bytes);
        if first && !again {
            self.visit.done(&object, &found);
        }
        Ok(Held { object, bytes, found, _room: room })
    }

    /// A delta of an object that is looked at now.
    fn grow(&self, node: u32, base: &Held<'_, V::Found>, again: bool) -> Result<Held<'_, V::Found>, Not> {
        let (object, first) = self.object(node, base.object.kind, Some(base.object.root));
        if !first && self.forest.children(node).is_empty() {
            return Err(Not::Needed);
        }
        let (bytes, changes, room) = self.apply(node, &base.bytes)?;
        let from =
            Delta { base: base.object.number, bytes: &base.bytes, found: &base.found, changes: &changes };
        let found = self.visit.delta(&object, &bytes, &from);
        if first && !again {
            self.visit.done(&object, &found);
        }
        with_scratch(|scratch| scratch.changes = changes);
        Ok(Held { object, bytes, found, _room: room })
    }

    /// A delta of an object of another pack: it is looked at as if it was whole.
    fn graft(&self, node: u32, base: Oid, again: bool) -> Result<Held<'_, V::Found>, Not> {
        let (kind, base) = self.store.read(&base)?;
        let (object, first) = self.object(node, kind, None);
        if !self.visit.wants(kind) || (!first && self.forest.children(node).is_empty()) {
            return Err(Not::Needed);
        }
        let (bytes, _, room) = self.apply(node, &base)?;
        let found = self.visit.whole(&object, &bytes);
        if first && !again {
            self.visit.done(&object, &found);
        }
        Ok(Held { object, bytes, found, _room: room })
    }

    fn apply(&self, node: u32, base: &[u8]) -> Result<(Vec<u8>, Changes, Room<'_>), Not> {
        with_scratch(|scratch| {
            let mut delta = std::mem::take(&mut scratch.delta);
            let mut run = || {
                scratch.entry(&self.ranked.pack, self.forest.place(node), &mut delta, |_| Ok(()))?;
                let (from, size, rest) = delta::sizes(&delta)?;
                if from != base.len() as u64 {
                    return Err("its delta was made for another base".to_owned().into());
                }
                let room = self.budget.take(size)?;
                let mut changes = std::mem::take(&mut scratch.changes);
                let mut bytes = Vec::new();
                delta::apply(rest, size, base, &mut bytes, &mut changes)?;
                Ok((bytes, changes, room))
            };
            let result = run();
            scratch.delta = delta;
            scratch.shrink();
            result
        })
    }

    /// An entry that had to wait. Its base is made once more from the root on, and what was found in it too.
    fn again(&self, node: u32) {
        let mut chain = Vec::new();
        let mut next = self.forest.base(node);
        while let Some(base) = next {
            chain.push(base);
            next = self.forest.base(base);
        }
        let Some(root) = chain.pop() else { return self.root(node) };
        let mut base = self.told(root, self.start(root, true));
        for &step in chain.iter().rev() {
            let Some(held) = &base else { return };
            let grown = self.grow(step, held, true);
            base = self.told(step, grown);
        }
        if let Some(base) = &base {
            self.child(node, base);
        }
    }

    fn object(&self, node: u32, kind: Kind, root: Option<u32>) -> (Object, bool) {
        let row = self.forest.row(node);
        let id = self.ranked.pack.index.name(row as usize);
        let number = self.ranked.first + row;
        if self.ranked.is_twice(row) {
            let number = self.store.number(&id).unwrap_or(number);
            return (Object { id, kind, number, root: root.unwrap_or(number) }, false);
        }
        (Object { id, kind, number, root: root.unwrap_or(number) }, true)
    }
}

/// How many bytes may be held at once. Who does not get room waits until nobody else needs any.
struct Budget {
    free: AtomicUsize,
    forced: bool,
}

/// Room that was taken; it is free again when this is dropped.
struct Room<'a> {
    budget: &'a Budget,
    size: usize,
}

impl Budget {
    fn take(&self, size: u64) -> Result<Room<'_>, Not> {
        held(size)?;
        let size = if self.forced { 0 } else { size as usize };
        let take = |free: usize| free.checked_sub(size);
        match self.free.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
            Ok(_) => Ok(Room { budget: self, size }),
            Err(_) => Err(Not::Now),
        }
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        self.budget.free.fetch_add(self.size, Ordering::Relaxed);
    }
}

/// What every thread keeps from object to object.
struct Scratch {
    inflate: Decompressor,
    packed: Ahead,
    delta: Vec<u8>,
    changes: Changes,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch {
        inflate: Decompressor::new(),
        packed: Ahead::default(),
        delta: Vec::new(),
        changes: Changes::default(),
    });
}

/// Nothing that runs inside may wait for other tasks: they might need the scratch too.
fn with_scratch<T>(run: impl FnOnce(&mut Scratch) -> T) -> T {
    SCRATCH.with_borrow_mut(run)
}

impl Scratch {
    /// Inflates an entry: an object, or a delta.
    fn entry<T>(
        &mut self,
        pack: &Pack,
        place: Range<u64>,
        out: &mut Vec<u8>,
        room: impl FnOnce(u64) -> Result<T, Not>,
    ) -> Result<T, Not> {
        let packed = self.packed.read(pack, place)?;
        let header = Header::parse(packed)?;
        let room = room(header.size)?;
        inflate(&mut self.inflate, &packed[header.len..], header.size, out)?;
        Ok(room)
    }

    /// Gives back what a huge object needed.
    fn shrink(&mut self) {
        self.packed.shrink(KEPT);
        self.delta.clear();
        self.delta.shrink_to(KEPT);
    }
}
