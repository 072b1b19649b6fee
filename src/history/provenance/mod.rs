//! Who brought a hit, when, under which name, and where it still is.
//!
//! Asked after the search and for the objects with hits only, 64 at a time: each has a bit, the bits climb from blobs
//! to the trees that hold them, and a commit brought a blob if its root tree has the bit and no parent's has.

mod commits;
mod edges;
mod refs;

use std::collections::{HashMap, VecDeque};

use git2::{Oid, Repository};
use rayon::prelude::*;

use super::Kind;
use super::gaps::Gaps;
use super::objects::Store;
use super::walk;
use commits::Commits;
use edges::{Collect, Edges, Entries};
use refs::Tips;
pub(crate) use refs::shallow;

/// So many refs and paths are named, the others counted.
const NAMED: usize = 10;
/// So many paths of an object are counted; there may be more.
const COUNTED: usize = 10_000;
/// Longer paths are not followed.
const LONGEST: usize = 16 << 10;

/// Where an object comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    pub id: Oid,
    /// The first commit that brought it, parents before children. For a commit that commit, for a tag none.
    pub first: Option<Introduction>,
    /// How many commits brought it: more than one if it was taken out and came back, or came on two branches.
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

/// Paths of one blob in one tree.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Paths {
    pub named: Vec<String>,
    pub total: usize,
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

pub(crate) struct Asked<'a> {
    pub(crate) repository: &'a Repository,
    pub(crate) store: &'a Store,
    pub(crate) gaps: &'a Gaps,
}

impl Asked<'_> {
    /// In the order of `ids`. Tells how many objects are named in trees and are not there, as in a partial clone.
    pub(crate) fn all(&self, ids: &[Oid]) -> Vec<Provenance> {
        let collect = Collect::new(self.store, ids.iter().copied().collect());
        walk::walk(self.store, &collect, self.gaps);
        let mut edges = collect.finish();
        if edges.missing > 0 {
            self.gaps.missing(edges.missing);
        }
        let commits = Commits::new(&mut edges);
        let tips = Tips::read(self.repository, self.store, &commits);
        let found = ids.par_chunks(64).flat_map_iter(|ids| {
            let mut bits = Bits {
                store: self.store,
                edges: &edges,
                commits: &commits,
                tips: &tips,
                objects: vec![0; self.store.len()],
                history: vec![0; commits.len()],
            };
            bits.batch(ids)
        });
        found.collect()
    }
}

/// Up to 64 objects on their way up.
struct Bits<'a> {
    store: &'a Store,
    edges: &'a Edges,
    commits: &'a Commits,
    tips: &'a Tips,
    /// By number: which of them an object holds or is.
    objects: Vec<u64>,
    /// By place among the commits: which of them a commit's history holds, for those that are commits.
    history: Vec<u64>,
}

/// What a pass over all commits finds about one object.
#[derive(Default, Clone, Copy)]
struct Sum {
    first: Option<u32>,
    times: usize,
    reach: Option<Reach>,
}

impl Bits<'_> {
    fn batch(&mut self, ids: &[Oid]) -> Vec<Provenance> {
        let numbers: Vec<Option<u32>> = ids.iter().map(|id| self.store.number(id)).collect();
        self.climb(&numbers);
        for (bit, number) in numbers.iter().enumerate() {
            if let Some(commit) = number.and_then(|number| self.commits.find(number)) {
                self.history[commit as usize] |= 1 << bit;
            }
        }
        let sums = self.sums(ids.len());
        let (head, refs) = self.refs(ids.len());
        ids.iter()
            .enumerate()
            .map(|(bit, id)| {
                let Sum { first, times, reach } = sums[bit];
                let mut reach = reach.unwrap_or(Reach::Dangling);
                let (refs, refs_total) = refs[bit].clone();
                if refs_total > 0 {
                    reach = Reach::Ref;
                }
                Provenance {
                    id: *id,
                    first: first.map(|at| self.introduction(at, bit)),
                    times,
                    head: self.tips.head_tree.map(|tree| self.paths(tree, bit)).unwrap_or_default(),
                    in_head: head & 1 << bit != 0,
                    refs,
                    refs_total,
                    reach,
                }
            })
            .collect()
    }

    /// Lets the bits rise from the objects to all trees above them.
    fn climb(&mut self, numbers: &[Option<u32>]) {
        let mut queue = VecDeque::new();
        let mut waiting: HashMap<u32, u64> = HashMap::new();
        for (bit, number) in numbers.iter().enumerate() {
            if let Some(number) = *number {
                self.objects[number as usize] |= 1 << bit;
                if waiting.insert(number, self.objects[number as usize]).is_none() {
                    queue.push_back(number);
                }
            }
        }
        while let Some(object) = queue.pop_front() {
            let Some(bits) = waiting.remove(&object) else { continue };
            self.edges.holders(object, |tree| {
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
        self.commits.get(at).tree.map_or(0, |tree| self.objects[tree as usize])
    }

    fn sums(&mut self, count: usize) -> Vec<Sum> {
        let mut sums = vec![Sum::default(); count];
        for &at in &self.commits.order {
            let own = self.history[at as usize];
            let (mut before, mut history) = (0, own);
            for parent in self.commits.parents(at) {
                before |= self.tree_bits(parent);
                history |= self.history[parent as usize];
            }
            self.history[at as usize] = history;
            let reach = self.tips.reach(at);
            let brought = self.tree_bits(at) & !before | own;
            for bit in ones(brought) {
                let sum = &mut sums[bit];
                sum.times += 1;
                // A commit that people get is a better answer than an older one that they do not.
                if sum.reach.is_none_or(|best| reach < best) {
                    sum.first = Some(at);
                    sum.reach = Some(reach);
                }
            }
        }
        sums
    }

    /// What HEAD has, and for each object the refs that have it.
    fn refs(&self, count: usize) -> (u64, Vec<(Vec<String>, usize)>) {
        let mut refs = vec![(Vec::new(), 0); count];
        for tip in &self.tips.refs {
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
        let head = self.tips.head.map_or(0, |at| self.tree_bits(at) | self.history[at as usize]);
        (head, refs)
    }

    fn introduction(&self, at: u32, bit: usize) -> Introduction {
        let commit = self.commits.get(at);
        let id = self.store.name(commit.number);
        let (author, email, time) = match self.store.read(&id) {
            Ok((_, bytes)) => author(&bytes),
            Err(_) => Default::default(),
        };
        Introduction {
            commit: id,
            author,
            email,
            time: time.unwrap_or(commit.time),
            paths: commit.tree.map(|tree| self.paths(tree, bit)).unwrap_or_default(),
            boundary: self.commits.parents(at).count() < commit.parents.len()
                || self.tips.shallow.contains(&id),
        }
    }

    /// The paths of an object below a root tree; only trees that hold it are read.
    fn paths(&self, tree: u32, bit: usize) -> Paths {
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
            let Ok((Kind::Tree, bytes)) = self.store.read(&self.store.name(tree)) else {
                continue;
            };
            for entry in Entries(&bytes).filter(|entry| !entry.is_module()) {
                let Some(number) = self.store.number(&entry.id()) else { continue };
                if self.objects[number as usize] & 1 << bit == 0 {
                    continue;
                }
                let path = format!("{path}{}", String::from_utf8_lossy(entry.name()));
                if entry.is_tree() {
                    stack.push((number, path + "/"));
                } else {
                    paths.total += 1;
                    paths.named.push(path);
                }
            }
        }
        paths.named.sort();
        paths.named.truncate(NAMED);
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
