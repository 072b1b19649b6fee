//! The fixed texts of which one stands in every token of a shape: what a search can look for.

use std::ops::Range;

use crate::shape::{self, Node, Set};

/// What is told of an anchor: its text, what may follow a short one, and how many bytes of the token stand before it, at
/// least and at most.
pub(crate) type See<'s> = &'s mut dyn FnMut(&str, Set, (u16, u16));

/// What every address begins with, which says nothing.
const SCHEMES: [&str; 2] = ["http://", "https://"];

/// Tells the fixed texts of which one stands in every token of a sequence, the first that are long enough and say
/// something; false if there is nothing of three bytes.
pub(crate) fn of(nodes: &'static [Node], see: See) -> bool {
    but(&SCHEMES, nodes, see) || but(&[], nodes, see)
}

/// The same but for texts that say nothing.
fn but(nothing: &[&str], nodes: &'static [Node], see: See) -> bool {
    let (mut least, mut most) = (0u16, 0u16);
    let mut begins = Beginnings::default();
    for (at, node) in nodes.iter().enumerate() {
        // Of a run the last character may belong to it: `7:A` is rarer than `:A`.
        let last = match node {
            Node::Run(set, 2.., _) if set.len() <= 10 => *set,
            _ => Set([0; 2]),
        };
        let (shortest, longest) = shape::lengths_of(std::slice::from_ref(node));
        begins.read(if last.is_empty() { &nodes[at..] } else { &nodes[at + 1..] });
        let mut tell = |text: &str, next: Set, before: (u16, u16)| {
            see(text, if text.len() == 3 { next } else { Set([0; 2]) }, before);
        };
        let says_nothing = || begins.all().any(|(text, _)| nothing.contains(&text));
        if last.is_empty() && begins.are_long(0) && !says_nothing() {
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

/// Every fixed text that a sequence may begin with, and what may follow it. They lie in one buffer.
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
