//! The first look at every byte: where do any of some thousand short texts stand?
//!
//! Of each of these anchors four bytes (the rarest four) go into a table of half a million bits; a text is asked at each
//! position with one multiplication and one bit, and what passes once more by another hash. What is left is compared with
//! the anchors. What an anchor leads to is no business of the gate's, and nothing is compiled.

use std::ops::Range;

use super::random::pair_cost;
use crate::shape::Set;

struct Anchor<L> {
    /// In [`Gate::texts`].
    text: Range<usize>,
    case: Case,
    lead: L,
}

/// How an anchor is written in a text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Exact,
    Any,
}

/// Where an anchor's four bytes stand in it.
#[derive(Clone, Copy)]
struct Entry {
    gram: u32,
    anchor: u16,
    offset: u8,
}

pub(super) struct Gate<L> {
    bits: Box<[u64; BITS / 64]>,
    /// A second table by another hash, for what passes the first.
    again: Box<[u64; AGAIN / 64]>,
    /// For each list of [`FEW`] hashes the entries from `starts[list]` to `starts[list + 1]`.
    starts: Vec<u16>,
    entries: Vec<Entry>,
    anchors: Vec<Anchor<L>>,
    /// All anchors, one behind the other.
    texts: Vec<u8>,
}

/// Makes letters small. What else it changes is put right when the anchor is compared.
const FOLD: u32 = 0x2020_2020;

fn fold(bytes: [u8; 4]) -> u32 {
    u32::from_le_bytes(bytes) | FOLD
}

/// What is printed in ASCII, the space too.
const PRINTED: Set = Set([!0 << b' ', !0 >> 1]);

/// How many bits the table has.
const BITS: usize = 1 << 19;
/// And how many the second.
const AGAIN: usize = 1 << 16;
/// About so many anchors there are.
const MANY: usize = 4096;
/// So many neighbouring bits share a list of entries.
const FEW: usize = 32;

fn hash(gram: u32) -> usize {
    (gram.wrapping_mul(0x9e37_79b1) >> (32 - BITS.ilog2())) as usize
}

fn hash_again(gram: u32) -> usize {
    (gram.wrapping_mul(0x85eb_ca6b) >> (32 - AGAIN.ilog2())) as usize
}

impl<L> Gate<L> {
    /// `fill` adds the anchors.
    pub(super) fn new(fill: impl FnOnce(&mut Self)) -> Self {
        let mut gate = Self {
            bits: vec![0; BITS / 64].into_boxed_slice().try_into().expect("it has that many words"),
            again: vec![0; AGAIN / 64].into_boxed_slice().try_into().expect("it has that many words"),
            starts: Vec::new(),
            entries: Vec::with_capacity(MANY),
            anchors: Vec::with_capacity(MANY),
            texts: Vec::with_capacity(8 * MANY),
        };
        fill(&mut gate);
        gate.sort_entries();
        gate
    }

    /// Puts the entries into their lists, in the order in which they came: every start of the program waits for it, and
    /// counting is quicker than comparing.
    fn sort_entries(&mut self) {
        let mut starts = vec![0u16; BITS / FEW + 1];
        for entry in &self.entries {
            starts[hash(entry.gram) / FEW + 1] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut free = starts.clone();
        let mut sorted = self.entries.clone();
        for &entry in &self.entries {
            let place = &mut free[hash(entry.gram) / FEW];
            sorted[usize::from(*place)] = entry;
            *place += 1;
        }
        (self.starts, self.entries) = (starts, sorted);
    }

    /// `next` are the characters that may follow a text of three bytes; none: any.
    pub(super) fn add(&mut self, text: &str, next: Set, case: Case, lead: L) {
        let bytes = text.as_bytes();
        if bytes.len() >= 4 && next.is_empty() {
            let at = rarest(bytes);
            if let Some(&four) = bytes[at..].first_chunk::<4>() {
                self.enter(fold(four), at);
            }
        } else if let Some(tail) = bytes.last_chunk::<3>() {
            let next = if next.is_empty() { PRINTED } else { next };
            // Two characters may fold into one.
            let mut seen = Set([0; 2]);
            for byte in next.bytes().map(|byte| byte | 0x20) {
                if !seen.contains(byte) {
                    seen = seen.with(byte);
                    self.enter(fold([tail[0], tail[1], tail[2], byte]), bytes.len() - 3);
                }
            }
        }
        let start = self.texts.len();
        self.texts.extend_from_slice(bytes);
        self.anchors.push(Anchor { text: start..self.texts.len(), case, lead });
    }

    /// Four bytes of the next anchor.
    fn enter(&mut self, gram: u32, offset: usize) {
        self.bits[hash(gram) >> 6] |= 1 << (hash(gram) & 63);
        self.again[hash_again(gram) >> 6] |= 1 << (hash_again(gram) & 63);
        self.entries.push(Entry { gram, anchor: self.anchors.len() as u16, offset: offset as u8 });
    }

    /// Calls `found` for every anchor in `text[from..to]`, with where it begins and ends; ascending by where its rarest
    /// bytes stand.
    pub(super) fn each(&self, text: &[u8], from: usize, to: usize, mut found: impl FnMut(&L, usize, usize)) {
        let mut next = from;
        while let Some((skipped, gram)) = self.next(&text[next..to]) {
            let at = next + skipped;
            next = at + 1;
            let list = hash(gram) / FEW;
            let (first, last) = (self.starts[list] as usize, self.starts[list + 1] as usize);
            for entry in self.entries[first..last].iter().filter(|entry| entry.gram == gram) {
                let Some(start) = at.checked_sub(usize::from(entry.offset)) else { continue };
                let anchor = &self.anchors[usize::from(entry.anchor)];
                let end = start + anchor.text.len();
                let wanted = &self.texts[anchor.text.clone()];
                let is_it = |there: &[u8]| match anchor.case {
                    Case::Exact => there == wanted,
                    Case::Any => there.eq_ignore_ascii_case(wanted),
                };
                if text.get(start..end).is_some_and(is_it) {
                    found(&anchor.lead, start, end);
                }
            }
        }
    }

    /// The first four bytes that may be an anchor's, and how many bytes stand before them. On its own, so that all that it
    /// needs stays in registers: most of a search is spent here.
    #[inline(never)]
    fn next(&self, text: &[u8]) -> Option<(usize, u32)> {
        let may = |gram: u32| {
            let (hash, again) = (hash(gram), hash_again(gram));
            self.bits[hash >> 6] >> (hash & 63) & 1 == 1 && self.again[again >> 6] >> (again & 63) & 1 == 1
        };
        let mut at = 0;
        // Of eight bytes that are read at once five positions are asked.
        while let Some(eight) = text[at..].first_chunk::<8>() {
            let eight = u64::from_le_bytes(*eight) | u64::from(FOLD) << 32 | u64::from(FOLD);
            for i in 0..5 {
                let gram = (eight >> (8 * i)) as u32;
                if may(gram) {
                    return Some((at + i, gram));
                }
            }
            at += 5;
        }
        let rest = text[at..].windows(4).map(|four| fold([four[0], four[1], four[2], four[3]]));
        rest.enumerate().find_map(|(i, gram)| may(gram).then_some((at + i, gram)))
    }
}

/// Where the four bytes of a text begin that stand in texts most seldom, by their pairs; of several the last.
fn rarest(text: &[u8]) -> usize {
    let cost = |at: usize| match (text[at].is_ascii_alphabetic(), text[at + 1].is_ascii_alphabetic()) {
        (true, true) => pair_cost(text[at], text[at + 1]),
        (false, false) if text[at] == text[at + 1] => 3,
        _ => 7,
    };
    let (mut first, mut second) = (cost(0), cost(1));
    let mut best = (0, 0);
    for at in 0..=text.len() - 4 {
        let third = cost(at + 2);
        best = best.max((first + second + third, at));
        (first, second) = (second, third);
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_seen_as_they_may_be_written() {
        const ANY: Set = Set([0; 2]);
        let gate = Gate::new(|gate| {
            gate.add("password", ANY, Case::Any, 'p');
            gate.add("key", ANY.with(b'=').with(b':'), Case::Any, 'k');
            gate.add("AKIA", ANY, Case::Exact, 'a');
        });
        let at = |text: &str| {
            let mut found = Vec::new();
            gate.each(text.as_bytes(), 0, text.len(), |lead, start, _| found.push((*lead, start)));
            found
        };
        assert_eq!(at("PASSWORD"), [('p', 0)]);
        assert_eq!(at("my_Password=1 apiKey: x AKIA"), [('p', 3), ('k', 17), ('a', 24)]);
        assert!(at("keyboard compass akia").is_empty());
    }
}
