//! The commits of a history as numbers: in an order where parents come first, and what can be reached from where.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::edges::{Commit, Edges};

pub(crate) struct Commits {
    all: Vec<Commit>,
    /// The places of all parents that are here; those of a commit from `first` of it to `first` of the next.
    parents: Vec<u32>,
    first: Vec<u32>,
    /// Places in `all`, parents before children, the older first. Those that are their own ancestors, and what comes
    /// from them, stand at the end.
    pub(crate) order: Vec<u32>,
    /// How many these are.
    pub(crate) circular: usize,
}

impl Commits {
    pub(crate) fn new(edges: &mut Edges) -> Self {
        let mut commits = Self {
            all: std::mem::take(&mut edges.commits),
            parents: Vec::new(),
            first: vec![0],
            order: Vec::new(),
            circular: 0,
        };
        for at in 0..commits.all.len() {
            let parents = commits.all[at].parents.iter().filter_map(|parent| commits.find((*parent)?));
            let parents: Vec<u32> = parents.collect();
            commits.parents.extend(parents);
            commits.first.push(commits.parents.len() as u32);
        }
        (commits.order, commits.circular) = commits.sorted();
        commits
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn get(&self, at: u32) -> &Commit {
        &self.all[at as usize]
    }

    /// Where the commit of a number stands.
    pub(crate) fn find(&self, number: u32) -> Option<u32> {
        self.all.binary_search_by_key(&number, |commit| commit.number).ok().map(|at| at as u32)
    }

    pub(crate) fn parents(&self, at: u32) -> impl Iterator<Item = u32> {
        let range = self.first[at as usize] as usize..self.first[at as usize + 1] as usize;
        self.parents[range].iter().copied()
    }

    fn sorted(&self) -> (Vec<u32>, usize) {
        let count = self.all.len() as u32;
        let mut children = Vec::new();
        let mut waits = vec![0u32; count as usize];
        for at in 0..count {
            for parent in self.parents(at) {
                children.push((parent, at));
                waits[at as usize] += 1;
            }
        }
        children.sort_unstable();
        let mut ready: BinaryHeap<Reverse<(i64, u32)>> = (0..count)
            .filter(|&at| waits[at as usize] == 0)
            .map(|at| Reverse((self.get(at).time, at)))
            .collect();
        let mut order = Vec::with_capacity(self.all.len());
        while let Some(Reverse((_, at))) = ready.pop() {
            order.push(at);
            let start = children.partition_point(|pair| pair.0 < at);
            for &(_, child) in children[start..].iter().take_while(|pair| pair.0 == at) {
                waits[child as usize] -= 1;
                if waits[child as usize] == 0 {
                    ready.push(Reverse((self.get(child).time, child)));
                }
            }
        }
        let circular = self.all.len() - order.len();
        order.extend((0..count).filter(|&at| waits[at as usize] > 0));
        (order, circular)
    }

    /// Marks all that can be reached from some commits.
    pub(crate) fn reach(&self, from: impl IntoIterator<Item = u32>, marks: &mut [bool]) {
        let mut stack: Vec<u32> = from.into_iter().collect();
        while let Some(at) = stack.pop() {
            if !std::mem::replace(&mut marks[at as usize], true) {
                stack.extend(self.parents(at));
            }
        }
    }
}
