//! The shape of a token: fixed text, runs of characters from an alphabet, alternatives. How one is written is told in
//! `rules/README.md`; `rules/shapes.rs` turns the text into these types at build time, so that nothing is compiled at
//! start.
//!
//! Matching only. What a match is worth is judged in `secrets`.

use std::cell::Cell;

/// A set of ASCII characters, one bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Set(pub [u64; 2]);

impl Set {
    pub const fn contains(self, byte: u8) -> bool {
        byte < 128 && self.0[(byte >> 6) as usize] >> (byte & 63) & 1 == 1
    }
    /// The same with an ASCII character more.
    #[must_use]
    pub const fn with(mut self, byte: u8) -> Self {
        self.0[(byte >> 6) as usize & 1] |= 1 << (byte & 63);
        self
    }
    pub fn len(self) -> u32 {
        self.0[0].count_ones() + self.0[1].count_ones()
    }
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
    /// Its characters, ascending.
    pub fn bytes(self) -> impl Iterator<Item = u8> {
        let mut left = u128::from(self.0[0]) | u128::from(self.0[1]) << 64;
        std::iter::from_fn(move || {
            let byte = (left != 0).then(|| left.trailing_zeros() as u8)?;
            left &= left - 1;
            Some(byte)
        })
    }
}

/// A piece of a shape; counts are least and most, both included.
#[derive(Clone, Copy, Debug)]
pub enum Node {
    Text(&'static str),
    Run(Set, u16, u16),
    Group(Alternatives, u16, u16),
}

/// One of these sequences matches.
pub type Alternatives = &'static [&'static [Node]];

/// What is left to match behind the current sequence.
struct Next<'a> {
    nodes: &'a [Node],
    then: Option<&'a Next<'a>>,
}

/// How many steps back a match may take; no documented token comes near it, and a hostile text is given up.
const STEPS: u32 = 20_000;

/// The end of the longest token of this shape that begins at `at` and that nothing goes on behind; bytes.
pub fn end(shape: Alternatives, text: &[u8], at: usize) -> Option<usize> {
    let steps = Cell::new(STEPS);
    shape.iter().filter_map(|nodes| go(nodes, None, text, at, None, &steps)).max()
}

/// Whether the whole text is one token of this shape.
pub fn is_whole(shape: Alternatives, text: &[u8]) -> bool {
    end(shape, text, 0) == Some(text.len())
}

/// Whether the whole text is one token of this shape, or what one begins with.
pub fn is_begun(shape: Alternatives, text: &[u8]) -> bool {
    let steps = Cell::new(STEPS);
    shape.iter().any(|nodes| begun(nodes, None, text, &steps) == Some(true))
}

/// `None` if it is given up.
fn begun(nodes: &[Node], then: Option<&Next>, text: &[u8], steps: &Cell<u32>) -> Option<bool> {
    steps.set(steps.get().checked_sub(1)?);
    if text.is_empty() {
        return Some(true);
    }
    let Some((node, rest)) = nodes.split_first() else {
        return then.map_or(Some(false), |next| begun(next.nodes, next.then, text, steps));
    };
    match node {
        Node::Text(fixed) if fixed.as_bytes().starts_with(text) => Some(true),
        Node::Text(fixed) => {
            text.strip_prefix(fixed.as_bytes()).map_or(Some(false), |behind| begun(rest, then, behind, steps))
        }
        Node::Run(set, least, most) => {
            let run = text.iter().take(*most as usize).take_while(|&&b| set.contains(b)).count();
            if run == text.len() {
                return Some(true);
            }
            any((*least as usize..=run).rev(), |length| begun(rest, then, &text[length..], steps))
        }
        Node::Group(inside, least, most) => {
            let again = [Node::Group(inside, least.saturating_sub(1), most.saturating_sub(1))];
            let next = Next { nodes: rest, then };
            let more = Next { nodes: &again, then: Some(&next) };
            let without = *least == 0 && begun(rest, then, text, steps)?;
            let one = || any(inside.iter(), |nodes| begun(nodes, Some(&more), text, steps));
            if without || *most == 0 { Some(without) } else { one() }
        }
    }
}

/// Whether it holds for one of these; `None` as soon as one is given up.
fn any<T>(all: impl IntoIterator<Item = T>, holds: impl Fn(T) -> Option<bool>) -> Option<bool> {
    for one in all {
        if holds(one)? {
            return Some(true);
        }
    }
    Some(false)
}

/// `last` is the alphabet of the run that was just matched: more of the same behind the end means that the token is
/// longer than it may be, which is no token.
fn go(
    nodes: &[Node],
    then: Option<&Next>,
    text: &[u8],
    at: usize,
    last: Option<Set>,
    steps: &Cell<u32>,
) -> Option<usize> {
    steps.set(steps.get().checked_sub(1)?);
    let Some((node, rest)) = nodes.split_first() else {
        return match then {
            Some(next) => go(next.nodes, next.then, text, at, last, steps),
            None => ends(text, at, last).then_some(at),
        };
    };
    match node {
        Node::Text(fixed) => {
            let there = text.get(at..)?;
            // Asked first: most texts differ at once, and comparing two of any length is a call.
            if fixed.as_bytes().first().is_some_and(|first| there.first() != Some(first)) {
                return None;
            }
            let behind = there.strip_prefix(fixed.as_bytes())?;
            go(rest, then, text, text.len() - behind.len(), None, steps)
        }
        Node::Run(set, least, most) => {
            let run = text.get(at..)?.iter().take(*most as usize).take_while(|&&b| set.contains(b)).count();
            (*least as usize..=run)
                .rev()
                .find_map(|length| go(rest, then, text, at + length, Some(*set), steps))
        }
        Node::Group(inside, least, most) => {
            let again = [Node::Group(inside, least.saturating_sub(1), most.saturating_sub(1))];
            let next = Next { nodes: rest, then };
            let more = Next { nodes: &again, then: Some(&next) };
            let once = (*most > 0)
                .then(|| {
                    inside.iter().filter_map(|nodes| go(nodes, Some(&more), text, at, last, steps)).max()
                })
                .flatten();
            if *least == 0 { once.max(go(rest, then, text, at, last, steps)) } else { once }
        }
    }
}

/// Nothing goes on at `at` that would make the token longer. A dash or a full stop that closes a sentence is no more of
/// the token.
fn ends(text: &[u8], at: usize, last: Option<Set>) -> bool {
    let Some(&next) = text.get(at) else { return true };
    if next.is_ascii_alphanumeric() || next == b'_' {
        return false;
    }
    let goes_on = last.is_some_and(|set| set.contains(next));
    !goes_on || !text.get(at + 1).is_some_and(|&b| last.is_some_and(|set| set.contains(b)))
}

/// The least and most bytes of a token of the shape.
pub fn lengths(shape: Alternatives) -> (u16, u16) {
    let all = shape.iter().map(|nodes| lengths_of(nodes));
    all.fold((u16::MAX, 0), |(a, b), (c, d)| (a.min(c), b.max(d)))
}

/// The least and most bytes of a sequence.
pub fn lengths_of(nodes: &[Node]) -> (u16, u16) {
    let add = |(a, b): (u16, u16), (c, d): (u16, u16)| (a.saturating_add(c), b.saturating_add(d));
    nodes.iter().map(lengths_of_one).fold((0, 0), add)
}

/// The least and most bytes of a piece.
fn lengths_of_one(node: &Node) -> (u16, u16) {
    match node {
        Node::Text(text) => (text.len() as u16, text.len() as u16),
        Node::Run(_, least, most) => (*least, *most),
        Node::Group(inside, least, most) => {
            let (shortest, longest) = lengths(inside);
            (shortest.saturating_mul(*least), longest.saturating_mul(*most))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGITS: Set = Set([0x03ff_0000_0000_0000, 0]);

    #[test]
    fn the_longest_match_ends_where_nothing_goes_on() {
        const FIVE: Alternatives = &[&[Node::Text("a-"), Node::Run(DIGITS, 2, 5)]];
        assert_eq!(end(FIVE, b"a-123 ", 0), Some(5));
        assert_eq!(end(FIVE, b"xa-12", 1), Some(5));
        for miss in ["a-1", "a-123456", "a-12x", "a-12_", "b-12"] {
            assert_eq!(end(FIVE, miss.as_bytes(), 0), None, "{miss}");
        }
    }

    #[test]
    fn groups_repeat_and_give_back() {
        const PAIRS: Alternatives = &[&[
            Node::Group(&[&[Node::Text("x"), Node::Run(DIGITS, 1, 3)], &[Node::Text("y")]], 1, 3),
            Node::Text("y"),
        ]];
        assert!(is_whole(PAIRS, b"x12yy"));
        assert!(is_whole(PAIRS, b"yy"));
        assert!(!is_whole(PAIRS, b"y"));
        assert!(!is_whole(PAIRS, b"x1x2x3x4y"));
    }

    #[test]
    fn what_a_token_begins_with_is_told_from_what_goes_another_way() {
        const FIVE: Alternatives = &[&[
            Node::Text("a-"),
            Node::Group(&[&[Node::Text("x")]], 0, 1),
            Node::Run(DIGITS, 2, 5),
            Node::Text("."),
        ]];
        for begun in ["a", "a-", "a-x", "a-x1", "a-12", "a-12345."] {
            assert!(is_begun(FIVE, begun.as_bytes()), "{begun}");
        }
        for other in ["b", "a-y", "a-1.", "a-123456", "a-12.x"] {
            assert!(!is_begun(FIVE, other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn a_hostile_text_is_given_up() {
        const NESTED: Alternatives = &[&[
            Node::Group(&[&[Node::Group(&[&[Node::Run(DIGITS, 1, 4096)]], 1, 4096)]], 1, 4096),
            Node::Text("!"),
        ]];
        assert_eq!(end(NESTED, "1".repeat(5000).as_bytes(), 0), None);
        assert!(!is_begun(NESTED, format!("{}x", "1".repeat(5000)).as_bytes()));
    }
}
