//! Who brought a hit, when, under which name, and where it still is.
//!
//! Asked after the search and for the objects with hits only, 64 groups of them at a time: each group has a bit, the bits
//! climb from blobs to the trees that hold them, and a commit brought a group if its root tree has the bit and no
//! parent's has. A group is one to whoever asks: all versions of all files that hold one secret.

mod commits;
mod edges;
mod everywhere;
mod refs;

use std::collections::{HashMap, HashSet, VecDeque};

use git2::{Oid, Repository};
use rayon::prelude::*;

use super::Kind;
use super::gaps::Gaps;
use super::objects::Store;
use super::walk;
use crate::gap::Reason;
use commits::Commits;
use edges::{Collect, Edges, Entries};
pub use everywhere::Wanted;
use refs::Tips;
pub(crate) use refs::{is_shallow, shallow};

/// So many refs and paths are named, the others counted.
const NAMED: usize = 10;
/// So many paths of an object are counted; there may be more.
const COUNTED: usize = 10_000;
/// Longer paths are not followed.
const LONGEST: usize = 4 << 10;

/// Where a group of objects comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// Of the commits that count the first that brought any of it, parents before children. For a commit that commit, for
    /// a tag none.
    pub first: Option<Introduction>,
    /// How many commits brought it, whether they count or not: more than one if it was taken out and came back, or came
    /// on two branches.
    pub times: usize,
    /// Where HEAD's tree has it. Of a commit or tag there are none.
    pub head: Paths,
    /// HEAD's tree has it, or for a commit: HEAD's history has it.
    pub in_head: bool,
    /// Refs whose tip has it, by name.
    pub refs: Vec<String>,
    /// How many there are.
    pub refs_total: usize,
    pub reach: Reach,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduction {
    pub commit: Oid,
    pub author: String,
    pub email: String,
    /// When it was written, in seconds since 1970.
    pub time: i64,
    pub paths: Paths,
    /// The history is cut off here, so it may be older.
    pub boundary: bool,
}

/// The blobs of a group in one tree.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Paths {
    pub named: Vec<Named>,
    pub total: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    pub path: String,
    pub blob: Oid,
}

/// Who can still get an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Everybody who clones.
    Ref,
    /// Who has this repository, until its reflogs expire.
    Reflog,
    /// Who has this repository, until it is cleaned up.
    Dangling,
}

/// Whether a commit counts as one that brought something, by its name and when it was committed.
pub type Counts<'a> = &'a (dyn Fn(&Oid, i64) -> bool + Sync);

/// Which trees and commits hold the objects that are asked for.
pub struct Origins<'a> {
    store: &'a Store,
    edges: Edges,
    commits: Commits,
    tips: Tips,
}

impl<'a> Origins<'a> {
    /// Walks all trees and commits once. Tells what refs need and is not there, as in a partial clone.
    pub(crate) fn read(repository: &Repository, store: &'a Store, wanted: HashSet<Oid>, gaps: &Gaps) -> Self {
        let collect = Collect::new(store, wanted, gaps);
        walk::walk(store, &collect, gaps);
        let mut edges = collect.finish();
        let commits = Commits::new(&mut edges);
        let tips = Tips::read(repository, store, &commits, gaps);
        let origins = Self { store, edges, commits, tips };
        origins.tell_missing(gaps);
        origins
    }

    /// Tells what is missing of that which refs need.
    fn tell_missing(&self, gaps: &Gaps) {
        if self.commits.circular > 0 {
            let at = self.commits.order[self.commits.len() - self.commits.circular];
            let first = self.store.name(self.commits.get(at).number);
            gaps.tell(
                &format!("commit {first}"),
                Reason::Damaged,
                format!(
                    "it and {} more are ancestors of themselves, or descend from such commits",
                    self.commits.circular - 1
                ),
            );
        }
        let mut trees = 0;
        for at in (0..self.commits.len() as u32).filter(|&at| self.tips.reach(at) == Reach::Ref) {
            let commit = self.commits.get(at);
            let id = self.store.name(commit.number);
            let tell = |what, id: Oid, why| gaps.tell(&format!("{what} {id}"), Reason::MissingObject, why);
            for &(kind, missing) in &commit.missing {
                if kind == Kind::Tree {
                    trees += 1;
                    if !self.store.promised {
                        tell("tree", missing, format!("it is missing; commit {id} names it"));
                    }
                } else if !self.tips.shallow.contains(&id) {
                    tell("commit", missing, format!("it is missing; commit {id} names it as a parent"));
                }
            }
            for parent in
                commit.parents.iter().flatten().filter(|&&parent| self.commits.find(parent).is_none())
            {
                let why = format!("it cannot be read; commit {id} names it as a parent");
                tell("commit", self.store.name(*parent), why);
            }
        }
        let Edges { missing, missing_total, .. } = &self.edges;
        if self.store.promised || *missing_total > missing.len() {
            let trees = if self.store.promised { trees } else { 0 };
            if missing_total + trees > 0 {
                gaps.missing(missing_total + trees);
            }
            return;
        }
        let numbers: Vec<u32> = (self.store.len() as u32..).take(missing.len()).collect();
        let mut bits = self.bits(&|_, _| true);
        for (numbers, ids) in numbers.chunks(64).zip(missing.chunks(64)) {
            let needed = bits.needed(numbers);
            for (_, id) in ids.iter().enumerate().filter(|(bit, _)| needed & 1 << bit != 0) {
                gaps.tell(
                    &format!("object {id}"),
                    Reason::MissingObject,
                    "it is missing; a tree that a ref needs names it",
                );
            }
        }
    }

    /// There are commits, and nothing leads to one.
    pub(crate) fn is_adrift(&self) -> bool {
        let Tips { refs, head, .. } = &self.tips;
        self.commits.len() > 0 && head.is_none() && refs.iter().all(|tip| tip.commit.is_none())
    }

    /// The names of all commits in the history of one; empty if that is none.
    pub fn history(&self, tip: &Oid) -> HashSet<Oid> {
        let mut marks = vec![false; self.commits.len()];
        let tip = self.store.number(tip).and_then(|number| self.commits.find(number));
        self.commits.reach(tip, &mut marks);
        let all = marks.iter().zip(0u32..).filter(|(mark, _)| **mark);
        all.map(|(_, at)| self.store.name(self.commits.get(at).number)).collect()
    }

    fn bits<'b>(&'b self, counts: Counts<'b>) -> Bits<'b> {
        Bits {
            from: self,
            counts,
            objects: vec![0; self.store.len() + self.edges.missing.len()],
            history: vec![0; self.commits.len()],
        }
    }

    /// Where each of some groups comes from, in their order; all their objects were wanted.
    pub fn of(&self, groups: &[Vec<Oid>], counts: Counts) -> Vec<Provenance> {
        let new = || self.bits(counts);
        // The tables are large, and what stays of a batch between two of them would keep their room from being used again.
        let batches = groups.par_chunks(64).map_init(new, Bits::batch);
        batches.flatten_iter().collect()
    }
}

/// Up to 64 groups on their way up.
struct Bits<'a> {
    from: &'a Origins<'a>,
    counts: Counts<'a>,
    /// By number: which of them an object holds or is.
    objects: Vec<u64>,
    /// By place among the commits: which of them a commit's history holds, for those that are commits.
    history: Vec<u64>,
}

/// What a pass over all commits finds about one group.
#[derive(Default, Clone, Copy)]
struct Sum {
    first: Option<(Reach, u32)>,
    times: usize,
    reach: Option<Reach>,
}

impl Bits<'_> {
    fn batch(&mut self, groups: &[Vec<Oid>]) -> Vec<Provenance> {
        self.objects.fill(0);
        self.history.fill(0);
        let numbers = |ids: &Vec<Oid>| ids.iter().filter_map(|id| self.from.store.number(id)).collect();
        let groups: Vec<Vec<u32>> = groups.iter().map(numbers).collect();
        self.climb(&groups);
        for (bit, numbers) in groups.iter().enumerate() {
            for commit in numbers.iter().filter_map(|&number| self.from.commits.find(number)) {
                self.history[commit as usize] |= 1 << bit;
            }
        }
        let sums = self.sums(groups.len());
        let (head, refs) = self.refs(groups.len());
        let about = |(bit, (refs, refs_total))| {
            let Sum { first, times, reach } = sums[bit];
            let reach = if refs_total > 0 { Reach::Ref } else { reach.unwrap_or(Reach::Dangling) };
            Provenance {
                first: first.map(|(_, at)| self.introduction(at, bit)),
                times,
                head: self.from.tips.head_tree.map(|tree| self.paths(tree, bit)).unwrap_or_default(),
                in_head: head & 1 << bit != 0,
                refs,
                refs_total,
                reach,
            }
        };
        refs.into_iter().enumerate().map(about).collect()
    }

    /// Which of some objects a ref leads to.
    fn needed(&mut self, numbers: &[u32]) -> u64 {
        self.objects.fill(0);
        let groups: Vec<Vec<u32>> = numbers.iter().map(|&number| vec![number]).collect();
        self.climb(&groups);
        let Origins { commits, tips, .. } = self.from;
        let reached = (0..commits.len() as u32).filter(|&at| tips.reach(at) == Reach::Ref);
        let trees = reached.fold(0, |bits, at| bits | self.tree_bits(at));
        tips.refs.iter().flat_map(|tip| &tip.objects).fold(trees, |bits, &n| bits | self.objects[n as usize])
    }

    /// Lets the bits rise from the objects to all trees above them.
    fn climb(&mut self, groups: &[Vec<u32>]) {
        let mut queue = VecDeque::new();
        let mut waiting: HashMap<u32, u64> = HashMap::new();
        for (bit, numbers) in groups.iter().enumerate() {
            for &number in numbers {
                self.objects[number as usize] |= 1 << bit;
                if waiting.insert(number, self.objects[number as usize]).is_none() {
                    queue.push_back(number);
                }
            }
        }
        while let Some(object) = queue.pop_front() {
            let Some(bits) = waiting.remove(&object) else { continue };
            self.from.edges.holders(object, |tree| {
                let new = bits & !self.objects[tree as usize];
                if new != 0 {
                    self.objects[tree as usize] |= new;
                    let entry = waiting.entry(tree).or_insert_with(|| {
                        queue.push_back(tree);
                        0
                    });
                    *entry |= new;
                }
            });
        }
    }

    fn tree_bits(&self, at: u32) -> u64 {
        self.from.commits.get(at).tree.map_or(0, |tree| self.objects[tree as usize])
    }

    fn sums(&mut self, count: usize) -> Vec<Sum> {
        let mut sums = vec![Sum::default(); count];
        let Origins { commits, tips, .. } = self.from;
        for &at in &commits.order {
            let own = self.history[at as usize];
            let (mut before, mut history) = (0, own);
            for parent in commits.parents(at) {
                before |= self.tree_bits(parent);
                history |= self.history[parent as usize];
            }
            self.history[at as usize] = history;
            let reach = tips.reach(at);
            let brought = self.tree_bits(at) & !before | own;
            for bit in ones(brought) {
                let sum = &mut sums[bit];
                sum.times += 1;
                sum.reach = sum.reach.min(Some(reach)).or(Some(reach));
                // A commit that people get is a better answer than an older one that they do not.
                if sum.first.is_none_or(|(best, _)| reach < best) {
                    let commit = commits.get(at);
                    if (self.counts)(&self.from.store.name(commit.number), commit.time) {
                        sum.first = Some((reach, at));
                    }
                }
            }
        }
        sums
    }

    /// What HEAD has, and for each object the refs that have it.
    fn refs(&self, count: usize) -> (u64, Vec<(Vec<String>, usize)>) {
        let mut refs = vec![(Vec::new(), 0); count];
        for tip in &self.from.tips.refs {
            let mut bits = tip.objects.iter().fold(0, |bits, &number| bits | self.objects[number as usize]);
            if let Some(at) = tip.commit {
                bits |= self.tree_bits(at) | self.history[at as usize];
            }
            for bit in ones(bits) {
                let (named, total) = &mut refs[bit];
                *total += 1;
                if named.len() < NAMED {
                    named.push(tip.name.clone());
                }
            }
        }
        let head = self.from.tips.head.map_or(0, |at| self.tree_bits(at) | self.history[at as usize]);
        (head, refs)
    }

    fn introduction(&self, at: u32, bit: usize) -> Introduction {
        let Origins { store, commits, tips, .. } = self.from;
        let commit = commits.get(at);
        let id = store.name(commit.number);
        // A commit that cannot be read was told by the walk.
        let read = store.read(&id).map(|(_, bytes)| author(&bytes));
        let (author, email, time) = read.unwrap_or_default();
        Introduction {
            commit: id,
            author,
            email,
            time: time.unwrap_or(commit.time),
            paths: commit.tree.map(|tree| self.paths(tree, bit)).unwrap_or_default(),
            boundary: commits.parents(at).count() < commit.parents.len() || tips.shallow.contains(&id),
        }
    }

    /// The blobs of a group below a root tree; only trees that hold any are read.
    fn paths(&self, tree: u32, bit: usize) -> Paths {
        let store = self.from.store;
        let mut paths = Paths::default();
        let mut stack = vec![(tree, String::new())];
        while let Some((tree, path)) = stack.pop() {
            if self.objects[tree as usize] & 1 << bit == 0 || path.len() > LONGEST {
                continue;
            }
            // A few trees that name each other many times make more paths than anybody can count.
            if paths.total >= COUNTED {
                break;
            }
            let Ok((Kind::Tree, bytes)) = store.read(&store.name(tree)) else {
                continue;
            };
            for entry in Entries(&bytes).filter(|entry| !entry.is_module()) {
                let Some(number) = store.number(&entry.id()) else { continue };
                if self.objects[number as usize] & 1 << bit == 0 {
                    continue;
                }
                let path = format!("{path}{}", String::from_utf8_lossy(entry.name()));
                if entry.is_tree() {
                    stack.push((number, path + "/"));
                } else {
                    paths.total += 1;
                    paths.named.push(Named { path, blob: entry.id() });
                }
            }
        }
        paths.named.sort();
        paths.named.truncate(NAMED);
        paths.named.shrink_to_fit();
        paths
    }
}

/// A commit's author: name, address, and when it was written.
fn author(commit: &[u8]) -> (String, String, Option<i64>) {
    let mut lines = commit.split(|&byte| byte == b'\n').take_while(|line| !line.is_empty());
    let line = lines.find_map(|line| line.strip_prefix(b"author ")).unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let (name, rest) = line.split_once('<').unwrap_or((&line, ""));
    let (email, when) = rest.split_once('>').unwrap_or((rest, ""));
    let time = when.split_whitespace().next().and_then(|seconds| seconds.parse().ok());
    (name.trim().to_owned(), email.trim().to_owned(), time)
}

fn ones(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = bits.trailing_zeros();
        bits &= bits.wrapping_sub(1);
        (bit < 64).then_some(bit as usize)
    })
}
