//! The first look at every byte: where could a secret begin?
//!
//! Every pattern has an anchor, a short text that must stand in or before its secrets: a token's prefix, a word like
//! `password`, `://`, `-----BEGIN`. Of each anchor four bytes (the rarest four) go into a table of half a million bits; a
//! text is asked at each position with one multiplication and one bit, and what passes once more by another hash. What
//! is left is compared with the anchors. The table is made on first use, and nothing is compiled.

use std::ops::Range;
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
    /// In [`Gate::texts`].
    text: Range<usize>,
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
    /// All anchors, one behind the other; compared without regard to case.
    texts: Vec<u8>,
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
const FEW: usize = 32;

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
            texts: Vec::new(),
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
            for check in rule.checks() {
                if let Check::Secret(pattern) = check {
                    gate.add_pattern(rule, pattern);
                }
            }
        }
        gate.loose.sort_by_key(|&(_, _, (least, _))| least);
        let near = gate.loose.iter().flat_map(|&(_, pattern, _)| pattern.near.iter());
        let mut words: Vec<&str> = near.filter(|word| near::is_a_providers(word)).collect();
        words.sort_unstable();
        words.dedup();
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
            let found = anchors_of(nodes, &mut |text, next, (least, most)| {
                self.add(text, next, Lead::Pattern { rule, pattern, least, most });
            });
            loose |= !found;
        }
        if loose {
            self.loose.push((rule, pattern, shape_length(pattern.shape)));
        }
    }

    /// `next` are the characters that may follow a text of three bytes; none: any.
    fn add(&mut self, text: &str, next: Set, lead: Lead) {
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
        self.anchors.push(Anchor { text: start..self.texts.len(), lead });
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
                let wanted = &self.texts[anchor.text.clone()];
                if text.get(start..end).is_some_and(|there| there.eq_ignore_ascii_case(wanted)) {
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

/// What is told of an anchor: its text, what may follow a short one, and how many bytes of the token stand before it, at
/// least and at most.
type See<'s> = &'s mut dyn FnMut(&str, Set, (u16, u16));

/// Tells the fixed texts of which one stands in every token of a sequence, the first that are long enough; false if there
/// is nothing of three bytes.
fn anchors_of(nodes: &'static [Node], see: See) -> bool {
    let (mut least, mut most) = (0u16, 0u16);
    let mut begins = Beginnings::default();
    for (at, node) in nodes.iter().enumerate() {
        // Of a run the last character may belong to it: `7:A` is rarer than `:A`.
        let last = match node {
            Node::Run(set, 2.., _) if set.len() <= 10 => *set,
            _ => Set([0; 2]),
        };
        let (shortest, longest) = lengths(node);
        begins.read(if last.is_empty() { &nodes[at..] } else { &nodes[at + 1..] });
        let mut tell = |text: &str, next: Set, before: (u16, u16)| {
            see(text, if text.len() == 3 { next } else { Set([0; 2]) }, before);
        };
        if last.is_empty() && begins.are_long(0) {
            begins.all().for_each(|(text, next)| tell(text, next, (least, most)));
            return true;
        }
        if !last.is_empty() && !begins.are_long(0) && begins.are_long(1) {
            let before = (least + shortest - 1, most + longest - 1);
            let mut whole = String::new();
            for (text, next) in begins.all() {
                for character in last.bytes() {
                    whole.clear();
                    whole.push(char::from(character));
                    whole.push_str(text);
                    tell(&whole, next, before);
                }
            }
            return true;
        }
        (least, most) = (least.saturating_add(shortest), most.saturating_add(longest));
        if most > 512 {
            break;
        }
    }
    false
}

/// Every fixed text that a sequence may begin with, and what may follow it. They lie in one buffer, because every start of
/// the program makes thousands.
#[derive(Default)]
struct Beginnings {
    texts: String,
    found: Vec<(Range<usize>, Set)>,
    /// The one in the making.
    text: String,
}

impl Beginnings {
    fn read(&mut self, nodes: &[Node]) {
        self.texts.clear();
        self.found.clear();
        self.text.clear();
        self.go(nodes, &[]);
    }
    fn all(&self) -> impl Iterator<Item = (&str, Set)> {
        self.found.iter().map(|(text, next)| (&self.texts[text.clone()], *next))
    }
    /// With so many bytes more each is long enough for an anchor.
    fn are_long(&self, more: usize) -> bool {
        !self.found.is_empty()
            && self.found.iter().all(|(text, next)| match text.len() + more {
                0..=2 => false,
                3 => !next.is_empty(),
                _ => true,
            })
    }

    /// Adds what `nodes`, and `then` behind them, begin with, each behind the text in the making.
    fn go(&mut self, nodes: &[Node], then: &[Node]) {
        const MOST: usize = 64;
        let Some((node, rest)) = nodes.split_first() else {
            if then.is_empty() {
                self.end(Set([0; 2]));
            } else {
                self.go(then, &[]);
            }
            return;
        };
        let length = self.text.len();
        match node {
            Node::Text(text) => {
                self.text.push_str(text);
                self.go(rest, then);
            }
            Node::Run(set, 1, 1) if set.len() <= 10 => {
                for byte in set.bytes() {
                    self.text.push(char::from(byte));
                    self.go(rest, then);
                    self.text.truncate(length);
                }
            }
            Node::Run(set, least, _) => self.end(if *least > 0 { *set } else { Set([0; 2]) }),
            Node::Group(inside, least, most) => {
                let (texts, found) = (self.texts.len(), self.found.len());
                if *least == 0 {
                    self.go(rest, then);
                }
                for nodes in *inside {
                    // Only if the alternative is fixed text to its end may what is behind the group be added.
                    let fixed = nodes.iter().all(|node| matches!(node, Node::Text(_)));
                    self.go(nodes, if fixed && *most == 1 { rest } else { &[] });
                }
                if self.found.len() - found > MOST {
                    self.texts.truncate(texts);
                    self.found.truncate(found);
                    self.text.truncate(length);
                    self.end(Set([0; 2]));
                }
            }
        }
        self.text.truncate(length);
    }

    /// The text in the making is done.
    fn end(&mut self, next: Set) {
        let start = self.texts.len();
        self.texts.push_str(&self.text);
        self.found.push((start..self.texts.len(), next));
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
