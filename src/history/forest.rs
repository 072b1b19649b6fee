//! The delta forest of one pack: which entry is a delta of which, read from the headers alone.
//!
//! Entries are numbered in the order in which they stand in the pack.

use super::Kind;
use super::gaps::Gaps;
use super::objects::pack::{Form, HEADER, Header, Pack};
use crate::gap::Reason;

/// No entry, or none of this pack.
const NONE: u32 = u32::MAX;
/// The headers are read through a window of so many bytes.
const WINDOW: usize = 64 << 10;

pub(crate) struct Forest {
    /// Where each entry begins; one more tells where the last one ends.
    at: Vec<u64>,
    /// Each entry's row in the index.
    row: Vec<u32>,
    base: Vec<u32>,
    /// Entries whose delta tree grows from a whole object, with that object's kind, or that are deltas of objects
    /// elsewhere.
    pub(crate) roots: Vec<(u32, Root)>,
    /// Where an entry's children begin in `children`.
    first: Vec<u32>,
    /// Of each entry the child with the largest tree comes last.
    children: Vec<u32>,
    /// How many entries the tree below an entry has, itself included.
    weight: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Root {
    Whole(Kind),
    /// A delta of an object that is not in the same pack.
    Outside(git2::Oid),
}

impl Forest {
    pub(crate) fn read(pack: &Pack, gaps: &Gaps) -> Self {
        let (at, row) = order(pack);
        let count = row.len();
        if count < pack.index.len() {
            let lost = pack.index.len() - count;
            gaps.tell(
                &pack.label(),
                Reason::Damaged,
                format!("it is cut off: {lost} objects of its index are beyond its end"),
            );
        }
        let mut base = vec![NONE; count];
        let mut roots = Vec::new();
        let mut node_of_row = Vec::new();
        let mut window = Window { bytes: vec![0; WINDOW], start: 0, len: 0 };
        for node in 0..count {
            let header = window.header(pack, at[node]);
            let form = match header {
                Ok(header) => header.form,
                Err(why) => {
                    gaps.entry(pack, row[node], &why);
                    continue;
                }
            };
            let found = match form {
                Form::Whole(kind) => {
                    roots.push((node as u32, Root::Whole(kind)));
                    continue;
                }
                Form::Before(back) => {
                    let place = at[node].checked_sub(back);
                    place.and_then(|place| at[..node].binary_search(&place).ok()).map(|found| found as u32)
                }
                Form::Of(id) => {
                    let Some(found) = pack.index.row(&id) else {
                        roots.push((node as u32, Root::Outside(id)));
                        continue;
                    };
                    if node_of_row.is_empty() {
                        node_of_row = inverse(&row, pack.index.len());
                    }
                    Some(node_of_row[found]).filter(|&node| node != NONE)
                }
            };
            match found {
                Some(found) => base[node] = found,
                None => gaps.entry(pack, row[node], "it is a delta of an object that is missing"),
            }
        }
        let (first, children) = children(&base);
        let mut forest = Self { at, row, base, roots, first, children, weight: vec![1; count] };
        forest.weigh(pack, gaps);
        forest
    }

    /// Sums the trees up from their leaves, and puts the heaviest child last.
    fn weigh(&mut self, pack: &Pack, gaps: &Gaps) {
        let mut order: Vec<u32> = self.roots.iter().map(|(node, _)| *node).collect();
        let mut next = 0;
        while let Some(&node) = order.get(next) {
            next += 1;
            order.extend_from_slice(self.children(node));
        }
        for &node in order.iter().rev() {
            let base = self.base[node as usize];
            if base != NONE {
                self.weight[base as usize] += self.weight[node as usize];
            }
        }
        for node in 0..self.row.len() {
            let range = self.first[node] as usize..self.first[node + 1] as usize;
            let children = &mut self.children[range];
            if let Some(heaviest) = (0..children.len()).max_by_key(|&i| self.weight[children[i] as usize]) {
                children[heaviest..].rotate_left(1);
            }
        }
        // Deltas that stand in a circle have no root. Those below a broken entry are told with it.
        if order.len() < self.row.len() {
            let mut reached = vec![false; self.row.len()];
            for node in order {
                reached[node as usize] = true;
            }
            let deltas = self.row.iter().zip(&self.base).zip(reached);
            for ((row, _), _) in deltas.filter(|((_, base), reached)| !reached && **base != NONE) {
                gaps.entry(pack, *row, "the base of this delta could not be read");
            }
        }
    }

    pub(crate) fn root(&self, node: u32) -> Option<Root> {
        let i = self.roots.binary_search_by_key(&node, |(node, _)| *node).ok()?;
        Some(self.roots[i].1)
    }
    pub(crate) fn place(&self, node: u32) -> std::ops::Range<u64> {
        self.at[node as usize]..self.at[node as usize + 1]
    }
    pub(crate) fn row(&self, node: u32) -> u32 {
        self.row[node as usize]
    }
    pub(crate) fn base(&self, node: u32) -> Option<u32> {
        Some(self.base[node as usize]).filter(|&base| base != NONE)
    }
    pub(crate) fn children(&self, node: u32) -> &[u32] {
        &self.children[self.first[node as usize] as usize..self.first[node as usize + 1] as usize]
    }
    pub(crate) fn weight(&self, node: u32) -> u32 {
        self.weight[node as usize]
    }
}

/// Where the entries stand, in order, with their rows; offsets that cannot be are dropped with what they name.
fn order(pack: &Pack) -> (Vec<u64>, Vec<u32>) {
    let end = pack.end();
    let mut row: Vec<u32> = (0..pack.index.len() as u32).collect();
    row.retain(|&row| (12..end).contains(&pack.index.offset(row as usize)));
    row.sort_unstable_by_key(|&row| pack.index.offset(row as usize));
    let mut at: Vec<u64> = row.iter().map(|&row| pack.index.offset(row as usize)).collect();
    at.push(end);
    (at, row)
}

fn inverse(row: &[u32], rows: usize) -> Vec<u32> {
    let mut nodes = vec![NONE; rows];
    for (node, &row) in row.iter().enumerate() {
        nodes[row as usize] = node as u32;
    }
    nodes
}

/// Children of every entry, behind each other, and where each entry's begin.
fn children(base: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut first = vec![0u32; base.len() + 1];
    for &base in base.iter().filter(|&&base| base != NONE) {
        first[base as usize + 1] += 1;
    }
    for i in 1..first.len() {
        first[i] += first[i - 1];
    }
    let mut free = first.clone();
    let mut children = vec![0; first[base.len()] as usize];
    for (node, &base) in base.iter().enumerate().filter(|(_, base)| **base != NONE) {
        children[free[base as usize] as usize] = node as u32;
        free[base as usize] += 1;
    }
    (first, children)
}

/// A part of the pack in memory; headers stand close to each other more often than not.
struct Window {
    bytes: Vec<u8>,
    start: u64,
    len: usize,
}

impl Window {
    fn header(&mut self, pack: &Pack, at: u64) -> Result<Header, String> {
        if at < self.start || at + HEADER as u64 > self.start + self.len as u64 {
            self.start = at;
            self.len = (pack.end() - at).min(WINDOW as u64) as usize;
            let bytes = &mut self.bytes[..self.len];
            if let Err(why) = pack.read(bytes, at) {
                self.len = 0;
                return Err(why);
            }
        }
        let from = (at - self.start) as usize;
        Header::parse(&self.bytes[from..self.len.min(from + HEADER)])
    }
}
