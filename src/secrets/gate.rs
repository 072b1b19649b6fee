//! The first look at every byte: where could a secret begin?
//!
//! Every pattern has an anchor, a short text that must stand in or before its secrets: a token's prefix, a word like
//! `password`, `://`, `-----BEGIN`. Of each anchor four bytes (the rarest four) go into a table of half a million bits; a
//! text is asked at each position with one multiplication and one bit, and what passes once more by another hash. What
//! is left is compared with the anchors. The table is made on first use, and nothing is compiled.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::random::pair_cost;
use super::{calls, commands, cookies, decode, headers, jwt, keys, near, structures};
use crate::rule::{Check, Pattern, Rule};
use crate::rules::RULES;
use crate::shape::{Alternatives, Node, Set};

/// What an anchor leads to.
#[derive(Clone, Copy)]
pub(super) enum Lead {
    /// A pattern whose token begins `least` to `most` bytes before the anchor.
    Pattern { rule: &'static Rule, pattern: &'static Pattern, least: u16, most: u16 },
    /// A word of which names of credentials are made.
    Name,
    /// `://`, with one character before.
    Url,
    /// `-----BEGIN`.
    Pem,
    /// How a private key begins behind so many bytes, without it.
    Der(usize),
    /// `bearer `.
    Scheme,
    /// `cookie`.
    Cookie,
    /// How base64 of a JSON web token's header begins.
    Jwt,
    /// The name of a private member of a JSON web key.
    WebKey,
    /// How base64 of a structure begins.
    Encoded,
    /// Base64 of a token's prefix, anywhere in base64.
    Within,
    /// What takes a password after other arguments: `login(`.
    Call,
    /// A provider's word, behind which its token may stand.
    Provider,
    /// A program that takes one among its arguments: `mysql`.
    Command,
}

struct Anchor {
    /// In small letters; compared without regard to case.
    text: Vec<u8>,
    lead: Lead,
}

/// Where an anchor's four bytes stand in it.
#[derive(Clone, Copy)]
struct Entry {
    gram: u32,
    anchor: u16,
    offset: u8,
}

pub(super) struct Gate {
    bits: Box<[u64; BITS / 64]>,
    /// A second table by another hash, for what passes the first.
    again: Box<[u64; AGAIN / 64]>,
    /// For each list of [`FEW`] hashes the entries from `starts[list]` to `starts[list + 1]`.
    starts: Vec<u16>,
    entries: Vec<Entry>,
    anchors: Vec<Anchor>,
    /// Patterns without fixed text, and how short and long their tokens are: they are tried on values of assignments.
    pub(super) loose: Vec<(&'static Rule, &'static Pattern, (u16, u16))>,
}

pub(super) static GATE: LazyLock<Gate> = LazyLock::new(Gate::new);

/// Words of which one stands in every name of a credential. A short one brings what may follow it.
const NAMES: [(&str, &str); 17] = [
    ("passw", ""),
    ("pass", "=:\"' _-.>)],;p\\0123456789"),
    ("pwd", "=:\"' _-.>)],;\t\\0123456789"),
    ("psw", "=:\"' _-.>)],;\t\\"),
    ("_pw", "=:\"' ]\\"),
    ("-pw", "=:\"' ]\\"),
    (".pw", "=:\"' ]\\"),
    ("_pat", "=:\"' ]\\"),
    ("-pat", "=:\"' ]\\"),
    ("pword", ""),
    ("secret", ""),
    ("token", ""),
    ("credential", ""),
    ("key", "=:\"' _-.<>)],;\ts\\0123456789"),
    ("auth", "=:\"' _-.>()],;\ttko\\"),
    ("cred", "=:\"' _-.>)],;\ts\\"),
    ("passphrase", ""),
];

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
/// So many neighbouring bits share a list of entries.
const FEW: usize = 8;

fn hash(gram: u32) -> usize {
    (gram.wrapping_mul(0x9e37_79b1) >> (32 - BITS.ilog2())) as usize
}

fn hash_again(gram: u32) -> usize {
    (gram.wrapping_mul(0x85eb_ca6b) >> (32 - AGAIN.ilog2())) as usize
}

impl Gate {
    fn new() -> Self {
        let mut gate = Self {
            bits: vec![0; BITS / 64].into_boxed_slice().try_into().expect("it has that many words"),
            again: vec![0; AGAIN / 64].into_boxed_slice().try_into().expect("it has that many words"),
            starts: Vec::new(),
            entries: Vec::new(),
            anchors: Vec::new(),
            loose: Vec::new(),
        };
        for (name, next) in NAMES {
            let next = next.bytes().fold(Set([0; 2]), Set::with);
            gate.add(name, next, Lead::Name);
        }
        let letters: Vec<u8> = (b'a'..=b'z').chain(b'0'..=b'9').collect();
        for letter in letters {
            gate.add(&format!("{}://", char::from(letter)), Set([0; 2]), Lead::Url);
        }
        gate.add("-----begin", Set([0; 2]), Lead::Pem);
        for text in structures::ENCODED {
            gate.add(text, Set([0; 2]), Lead::Encoded);
        }
        for (text, before) in keys::DER {
            gate.add(text, Set([0; 2]), Lead::Der(before));
        }
        for text in headers::SCHEMES {
            gate.add(text, Set([0; 2]), Lead::Scheme);
        }
        gate.add(cookies::ANCHOR, Set([0; 2]), Lead::Cookie);
        for text in jwt::ANCHORS {
            gate.add(text, Set([0; 2]), Lead::Jwt);
        }
        for text in keys::JWK {
            gate.add(text, Set([0; 2]).with(b':').with(b' '), Lead::WebKey);
        }
        for text in decode::anchors() {
            gate.add(&text, Set([0; 2]), Lead::Within);
        }
        for call in calls::ANCHORS {
            gate.add(call, Set([0; 2]), Lead::Call);
        }
        for program in commands::anchors() {
            gate.add(program, Set([0; 2]), Lead::Command);
        }
        for rule in RULES {
            for check in rule.checks {
                if let Check::Secret(pattern) = check {
                    gate.add_pattern(rule, pattern);
                }
            }
        }
        gate.loose.sort_by_key(|&(_, _, (least, _))| least);
        let near = gate.loose.iter().flat_map(|&(_, pattern, _)| pattern.near).copied();
        let words: BTreeSet<&str> = near.filter(|word| near::is_a_providers(word)).collect();
        for word in words {
            gate.add(word, Set([0; 2]), Lead::Provider);
        }
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

    fn add_pattern(&mut self, rule: &'static Rule, pattern: &'static Pattern) {
        let mut loose = false;
        for nodes in pattern.shape {
            let found = anchors_of(nodes);
            loose |= found.is_empty();
            for anchor in found {
                let lead = Lead::Pattern { rule, pattern, least: anchor.least, most: anchor.most };
                self.add(&anchor.text, anchor.next, lead);
            }
        }
        if loose {
            self.loose.push((rule, pattern, shape_length(pattern.shape)));
        }
    }

    /// `next` are the characters that may follow a text of three bytes; none: any.
    fn add(&mut self, text: &str, next: Set, lead: Lead) {
        let text = text.to_ascii_lowercase().into_bytes();
        if text.len() >= 4 && next.is_empty() {
            let at = (0..=text.len() - 4).max_by_key(|&at| (rarity(&text[at..at + 4]), at)).unwrap_or(0);
            if let Some(&four) = text[at..].first_chunk::<4>() {
                self.enter(fold(four), at);
            }
        } else if let Some(tail) = text.last_chunk::<3>() {
            let next = if next.is_empty() { PRINTED } else { next };
            // Two characters may fold into one.
            let mut seen = Set([0; 2]);
            for byte in next.bytes().map(|byte| byte | 0x20) {
                if !seen.contains(byte) {
                    seen = seen.with(byte);
                    self.enter(fold([tail[0], tail[1], tail[2], byte]), text.len() - 3);
                }
            }
        }
        self.anchors.push(Anchor { text, lead });
    }

    /// Four bytes of the next anchor.
    fn enter(&mut self, gram: u32, offset: usize) {
        self.bits[hash(gram) >> 6] |= 1 << (hash(gram) & 63);
        self.again[hash_again(gram) >> 6] |= 1 << (hash_again(gram) & 63);
        self.entries.push(Entry { gram, anchor: self.anchors.len() as u16, offset: offset as u8 });
    }

    /// Calls `found` for every anchor in `text[from..to]`, with where it begins and ends; ascending by where its rarest
    /// bytes stand.
    pub(super) fn each(
        &self,
        text: &[u8],
        from: usize,
        to: usize,
        mut found: impl FnMut(&Lead, usize, usize),
    ) {
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
                if text.get(start..end).is_some_and(|there| there.eq_ignore_ascii_case(&anchor.text)) {
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
            let eight = u64::from_le_bytes(*eight);
            for i in 0..5 {
                let gram = (eight >> (8 * i)) as u32 | FOLD;
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

/// How seldom four bytes stand in texts, by their pairs.
fn rarity(four: &[u8]) -> u32 {
    four.windows(2)
        .map(|pair| match (pair[0].is_ascii_alphabetic(), pair[1].is_ascii_alphabetic()) {
            (true, true) => pair_cost(pair[0], pair[1]),
            (false, false) if pair[0] == pair[1] => 3,
            _ => 7,
        })
        .sum()
}

/// Fixed text of a shape.
struct Fixed {
    text: String,
    /// How many bytes of the token stand before it.
    least: u16,
    most: u16,
    /// What may follow it, for a short one.
    next: Set,
}

/// The fixed texts of which one stands in every token of a sequence, the first that are long enough; none if there is
/// nothing of three bytes.
fn anchors_of(nodes: &'static [Node]) -> Vec<Fixed> {
    let (mut least, mut most) = (0u16, 0u16);
    for (at, node) in nodes.iter().enumerate() {
        // Of a run the last character may belong to it: `7:A` is rarer than `:A`.
        let last = match node {
            Node::Run(set, 2.., _) if set.len() <= 10 => set.bytes().map(char::from).collect(),
            _ => Vec::new(),
        };
        let (shortest, longest) = lengths(node);
        let begins = prefixes(if last.is_empty() { &nodes[at..] } else { &nodes[at + 1..] });
        let long = |more: usize| {
            let length = |(text, next): &(String, Set)| match text.len() + more {
                0..=2 => false,
                3 => !next.is_empty(),
                _ => true,
            };
            !begins.is_empty() && begins.iter().all(length)
        };
        let fixed = |text: String, next: Set, before: (u16, u16)| {
            let next = if text.len() == 3 { next } else { Set([0; 2]) };
            Fixed { text, least: before.0, most: before.1, next }
        };
        if last.is_empty() && long(0) {
            return begins.into_iter().map(|(text, next)| fixed(text, next, (least, most))).collect();
        }
        if !last.is_empty() && !long(0) && long(1) {
            let before = (least + shortest - 1, most + longest - 1);
            let with = |&(ref text, next): &(String, Set)| -> Vec<Fixed> {
                last.iter().map(|c| fixed(format!("{c}{text}"), next, before)).collect()
            };
            return begins.iter().flat_map(with).collect();
        }
        (least, most) = (least.saturating_add(shortest), most.saturating_add(longest));
        if most > 512 {
            break;
        }
    }
    Vec::new()
}

/// Every fixed text that a sequence may begin with, and what may follow it.
fn prefixes(nodes: &'static [Node]) -> Vec<(String, Set)> {
    const MOST: usize = 64;
    let Some((node, rest)) = nodes.split_first() else { return vec![(String::new(), Set([0; 2]))] };
    match node {
        Node::Text(text) => {
            prefixes(rest).into_iter().map(|(more, next)| (format!("{text}{more}"), next)).collect()
        }
        Node::Run(set, least, _) => {
            if matches!(node, Node::Run(_, 1, 1)) && set.len() <= 10 {
                let behind = prefixes(rest);
                let with = |byte: u8| {
                    behind.iter().map(move |&(ref more, next)| (format!("{}{more}", char::from(byte)), next))
                };
                return set.bytes().flat_map(with).collect();
            }
            vec![(String::new(), if *least > 0 { *set } else { Set([0; 2]) })]
        }
        Node::Group(inside, least, most) => {
            let mut all = Vec::new();
            if *least == 0 {
                all.extend(prefixes(rest));
            }
            for nodes in *inside {
                for (text, next) in prefixes(nodes) {
                    // Only if the alternative is fixed text to its end may what is behind the group be added.
                    let fixed = nodes.iter().all(|node| matches!(node, Node::Text(_)));
                    if fixed && *most == 1 {
                        all.extend(prefixes(rest).into_iter().map(|(more, n)| (format!("{text}{more}"), n)));
                    } else {
                        all.push((text, next));
                    }
                }
            }
            if all.len() > MOST { vec![(String::new(), Set([0; 2]))] } else { all }
        }
    }
}

/// The least and most bytes of a token of the shape.
fn shape_length(shape: Alternatives) -> (u16, u16) {
    let all = shape.iter().map(|nodes| lengths_of(nodes));
    all.fold((u16::MAX, 0), |(a, b), (c, d)| (a.min(c), b.max(d)))
}

/// The least and most bytes of a sequence.
pub(super) fn lengths_of(nodes: &[Node]) -> (u16, u16) {
    let add = |(a, b): (u16, u16), (c, d): (u16, u16)| (a.saturating_add(c), b.saturating_add(d));
    nodes.iter().map(lengths).fold((0, 0), add)
}

/// The least and most bytes of a piece.
fn lengths(node: &Node) -> (u16, u16) {
    match node {
        Node::Text(text) => (text.len() as u16, text.len() as u16),
        Node::Run(_, least, most) => (*least, *most),
        Node::Group(inside, least, most) => {
            let (shortest, longest) = shape_length(inside);
            (shortest.saturating_mul(*least), longest.saturating_mul(*most))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_seen_in_any_case_and_at_both_ends() {
        let gate = &*GATE;
        let at = |text: &str| {
            let mut found = Vec::new();
            gate.each(text.as_bytes(), 0, text.len(), |lead, start, _| {
                if matches!(lead, Lead::Name) {
                    found.push(start);
                }
            });
            found
        };
        assert_eq!(at("PASSWORD"), [0]);
        assert_eq!(at("my_Secret=1 apiKey: x"), [3, 15]);
        assert!(at("keyboard compass").is_empty());
    }
}
