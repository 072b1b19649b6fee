//! Reads the shape of a token as a page writes it into the types of `src/shape.rs`. The notation is told in
//! `rules/README.md`. What is read lives as long as the build.

use crate::shape::{Alternatives, Node, Set};

const CLASSES: [(&str, &str); 18] = [
    ("digit", "0-9"),
    ("lower", "a-z"),
    ("upper", "A-Z"),
    ("alpha", "A-Za-z"),
    ("alnum", "A-Za-z0-9"),
    ("lowernum", "a-z0-9"),
    ("uppernum", "A-Z0-9"),
    ("base36", "a-z0-9"),
    ("hex", "0-9a-f"),
    ("HEX", "0-9A-F"),
    ("xhex", "0-9A-Fa-f"),
    ("word", "A-Za-z0-9_"),
    ("url", "A-Za-z0-9_-"),
    ("base64", "A-Za-z0-9+/"),
    ("base32", "A-Z2-7"),
    ("base32l", "a-z2-7"),
    ("base58", "1-9A-HJ-NP-Za-km-z"),
    ("any", "!-~"),
];
/// What `n+` stops at.
const NO_END: u16 = 4096;

/// Reads a whole shape.
pub(crate) fn read(shape: &str) -> Result<Alternatives, String> {
    let mut rest = shape;
    let read = alternatives(&mut rest)?;
    if rest.is_empty() { Ok(read) } else { Err(format!("`{rest}`: a `)` closes nothing")) }
}

/// The sequence in the making, and the fixed text that it will end with.
#[derive(Default)]
struct Sequence {
    nodes: Vec<Node>,
    text: String,
}

impl Sequence {
    fn add(&mut self, node: Node) {
        self.end_text();
        self.nodes.push(node);
    }

    fn end_text(&mut self) {
        if !self.text.is_empty() {
            self.nodes.push(Node::Text(std::mem::take(&mut self.text).leak()));
        }
    }

    fn end(mut self) -> &'static [Node] {
        self.end_text();
        self.nodes.leak()
    }
}

/// Up to a `)` or the end.
fn alternatives(rest: &mut &str) -> Result<Alternatives, String> {
    let mut all = Vec::new();
    let mut sequence = Sequence::default();
    while let Some(c) = rest.chars().next().filter(|&c| c != ')') {
        *rest = &rest[c.len_utf8()..];
        match c {
            '\\' => {
                let taken = rest.chars().next().ok_or("a `\\` at the end")?;
                *rest = &rest[taken.len_utf8()..];
                sequence.text.push(taken);
            }
            '|' => all.push(std::mem::take(&mut sequence).end()),
            '{' => {
                let (name, behind) = if rest.starts_with('[') {
                    let end = rest.find("]:").ok_or("close a set with `]:`")?;
                    (&rest[1..end], &rest[end + 2..])
                } else {
                    let (name, behind) = rest.split_once(':').ok_or("write a run as {class:count}")?;
                    let class = CLASSES.iter().find(|(class, _)| *class == name);
                    (class.ok_or(format!("`{name}` is no class"))?.1, behind)
                };
                let (count, behind) = behind.split_once('}').ok_or("close a run with `}`")?;
                let (least, most) = counts(count)?;
                sequence.add(Node::Run(set(name)?, least, most));
                *rest = behind;
            }
            '(' => {
                let inside = alternatives(rest)?;
                *rest = rest.strip_prefix(')').ok_or("a `(` is never closed")?;
                let mut times = (1, 1);
                if let Some(behind) = rest.strip_prefix('?') {
                    (times, *rest) = ((0, 1), behind);
                } else if let Some(behind) = rest.strip_prefix('{')
                    && behind.starts_with(|c: char| c.is_ascii_digit())
                {
                    let (count, behind) = behind.split_once('}').ok_or("close a count with `}`")?;
                    (times, *rest) = (counts(count)?, behind);
                }
                sequence.add(Node::Group(inside, times.0, times.1));
            }
            other => sequence.text.push(other),
        }
    }
    all.push(sequence.end());
    Ok(all.leak())
}

/// `n`, `n-m` or `n+`.
fn counts(text: &str) -> Result<(u16, u16), String> {
    let number = |text: &str| text.parse::<u16>().map_err(|_| format!("`{text}` is no count"));
    let (least, most) = match (text.strip_suffix('+'), text.split_once('-')) {
        (Some(least), _) => (number(least)?, NO_END),
        (None, Some((least, most))) => (number(least)?, number(most)?),
        (None, None) => (number(text)?, number(text)?),
    };
    if least > most { Err(format!("`{text}` counts backwards")) } else { Ok((least, most)) }
}

/// Ranges `a-z` and single characters; a `-` at the end is itself.
fn set(text: &str) -> Result<Set, String> {
    let bytes = text.as_bytes();
    let mut set = Set([0; 2]);
    let mut at = 0;
    while at < bytes.len() {
        let range = bytes.get(at + 1) == Some(&b'-') && at + 2 < bytes.len();
        let last = if range { bytes[at + 2] } else { bytes[at] };
        if last > 127 || bytes[at] > last {
            return Err(format!("`{text}` is no set of ASCII characters"));
        }
        set = (bytes[at]..=last).fold(set, Set::with);
        at += if range { 3 } else { 1 };
    }
    Ok(set)
}
