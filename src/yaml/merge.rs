//! Entries of mappings: merge keys followed, keys that stand twice.
//!
//! `<<: *a`, `<<: [*a, *b]` and `<<: *list` are read as Compose reads them. Loops and bombs of merges end at a
//! budget; what lies behind it is not reported.

use std::collections::HashMap;

use super::Yaml;
use super::tree::Node;
use crate::text::Span;

/// A key with its value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry<'y> {
    pub key: Node<'y>,
    /// As written: perhaps an alias.
    pub value: Node<'y>,
    /// The value of the outermost `<<` that brought the entry here.
    pub merged: Option<Node<'y>>,
}

impl<'y> Entry<'y> {
    /// The key as text: `true`, `80`, `null` too; empty for a key that is a collection.
    pub fn key_str(&self) -> &'y str {
        self.key.key_text()
    }
    pub fn key_span(&self) -> Span {
        self.key.span()
    }
    /// From the key (with its tag and anchor) to the end of the value.
    pub fn span(&self) -> Span {
        self.key.span_with_props().cover(self.value.span_with_props())
    }
    /// `<<`, not quoted.
    pub fn is_merge(&self) -> bool {
        self.key.verbatim().is_some() && self.key.span().len() == 2 && self.key_str() == "<<"
    }
}

/// Merges inside merges, and entries looked at for one answer.
const MAX_DEPTH: usize = 32;
const MAX_VISITS: usize = 20_000;

/// From this many entries on, keys are looked up in a map.
const FEW: usize = 16;

pub(super) fn entries(node: Node<'_>) -> Vec<Entry<'_>> {
    let raw = node.raw_entries();
    let mut own: Vec<Entry> = Vec::with_capacity(raw.len());
    let mut index = Index::default();
    let mut merges = Vec::new();
    for entry in raw {
        if entry.is_merge() {
            merges.push(entry.value);
        } else if let Some(at) = index.find_or_insert(&own, entry.key_str()) {
            own[at] = entry;
        } else {
            own.push(entry);
        }
    }
    let mut visits = 0;
    for value in merges {
        merge_into(&mut own, &mut index, value, value, 0, &mut visits);
    }
    own
}

fn merge_into<'y>(
    own: &mut Vec<Entry<'y>>,
    index: &mut Index<'y>,
    from: Node<'y>,
    via: Node<'y>,
    depth: usize,
    visits: &mut usize,
) {
    if depth > MAX_DEPTH {
        return;
    }
    for item in from.items() {
        *visits += 1;
        if *visits > MAX_VISITS {
            return;
        }
        merge_into(own, index, item, item, depth + 1, visits);
    }
    let mut nested = Vec::new();
    for entry in from.raw_entries() {
        *visits += 1;
        if *visits > MAX_VISITS {
            return;
        }
        if entry.is_merge() {
            nested.push(entry.value);
        } else if index.find_or_insert(own, entry.key_str()).is_none() {
            own.push(Entry { merged: Some(via), ..entry });
        }
    }
    for value in nested {
        merge_into(own, index, value, via, depth + 1, visits);
    }
}

/// Where keys stand in a list of entries: searched while it is short, a map when it is long.
#[derive(Default)]
struct Index<'y> {
    map: HashMap<&'y str, usize>,
}

impl<'y> Index<'y> {
    /// The place of `key`; `None` if it is new and will be pushed next.
    fn find_or_insert(&mut self, entries: &[Entry<'y>], key: &'y str) -> Option<usize> {
        if entries.len() < FEW {
            return entries.iter().position(|entry| entry.key_str() == key);
        }
        if self.map.is_empty() {
            self.map.extend(entries.iter().enumerate().map(|(at, entry)| (entry.key_str(), at)));
        }
        let new = entries.len();
        let at = *self.map.entry(key).or_insert(new);
        (at != new).then_some(at)
    }
}

pub(super) fn find<'y>(node: Node<'y>, key: &str) -> Option<Entry<'y>> {
    let mut visits = 0;
    find_from(node, key, 0, &mut visits)
}

fn find_from<'y>(node: Node<'y>, key: &str, depth: usize, visits: &mut usize) -> Option<Entry<'y>> {
    if depth > MAX_DEPTH {
        return None;
    }
    let mut found = None;
    let mut has_merge = false;
    for entry in node.raw_entries() {
        *visits += 1;
        if entry.is_merge() {
            has_merge = true;
        } else if entry.key_str() == key {
            found = Some(entry);
        }
    }
    if found.is_some() || !has_merge {
        return found;
    }
    for merge in node.raw_entries().filter(Entry::is_merge) {
        let sources =
            if merge.value.is_sequence() { merge.value.items().collect() } else { vec![merge.value] };
        for source in sources {
            if *visits > MAX_VISITS {
                return None;
            }
            if let Some(entry) = find_from(source, key, depth + 1, visits) {
                return Some(Entry { merged: Some(source), ..entry });
            }
        }
    }
    None
}

pub(super) fn duplicate_keys<'y>(yaml: &'y Yaml<'y>) -> Vec<(Entry<'y>, Entry<'y>)> {
    let mut pairs = Vec::new();
    for node in yaml.nodes().filter(|node| !node.is_alias()) {
        let mut seen: Vec<Entry> = Vec::new();
        let mut index = Index::default();
        for entry in node.raw_entries() {
            // Keys that are collections have no text to compare.
            if entry.key.as_str().is_none() {
                continue;
            }
            match index.find_or_insert(&seen, entry.key_str()) {
                Some(at) => pairs.push((seen[at], entry)),
                None => seen.push(entry),
            }
        }
    }
    pairs
}
