//! Tokens of known providers: does a match at an anchor hold, and how sure is it?

use std::ops::Range;

use super::about::About;
use super::random;
use super::{Hit, Rank, checksum, values};
use crate::rule::{Confidence, Pattern, Rule};
use crate::shape::{self, Alternatives, Node};

/// How far from a token, on its line, a word may stand that says whose it is; bytes.
const NEAR: usize = 200;

/// The token whose anchor stands at `anchor`, `least` to `most` bytes behind its beginning.
pub(super) fn at(
    text: &[u8],
    anchor: usize,
    (least, most): (u16, u16),
    (rule, pattern): (&'static Rule, &'static Pattern),
    about: About,
) -> Option<Hit> {
    let first = anchor.saturating_sub(usize::from(most));
    let last = anchor.checked_sub(usize::from(least))?;
    let (start, end) = (first..=last)
        .filter(|&start| begins(text, start))
        .find_map(|start| Some((start, shape::end(pattern.shape, text, start)?)))?;
    if !pattern.near.is_empty() && !is_near(text, start..end, pattern.near) {
        return None;
    }
    let fixed = fixed_length(pattern.shape, &text[start..end]);
    if is_made_up(&text[start + fixed..end], pattern) || is_inside_blob(text, start..end, fixed) {
        return None;
    }
    let confidence = grade(&text[start..end], pattern, about);
    let prefix = fixed.min(255) as u8;
    Some(Hit {
        rule,
        span: start..end,
        confidence,
        guessable: false,
        encoded: false,
        prefix,
        name: None,
        rank: Rank::Token,
    })
}

/// What a match is worth here.
pub(super) fn grade(token: &[u8], pattern: &Pattern, about: About) -> Confidence {
    match pattern.checksum.map(|kind| checksum::holds(kind, token)) {
        Some(false) => return Confidence::Low,
        // Nobody makes a checksum up.
        Some(true) => return pattern.confidence,
        None => {}
    }
    about.weigh(pattern.confidence)
}

/// No word goes on before `start`. An escape (`\n`, `%3D`, `\u003d`) is no part of a word.
fn begins(text: &[u8], start: usize) -> bool {
    let Some(&before) = start.checked_sub(1).and_then(|at| text.get(at)) else { return true };
    if !before.is_ascii_alphanumeric() && before != b'_' {
        return true;
    }
    let ends_with = |pattern: &[u8]| {
        start >= pattern.len()
            && text[start - pattern.len()..start].iter().zip(pattern).all(|(b, p)| match p {
                b'h' => b.is_ascii_hexdigit(),
                b'c' => matches!(b, b'n' | b'r' | b't'),
                other => b == other,
            })
    };
    ends_with(b"\\c") || ends_with(b"%hh") || ends_with(b"\\uhhhh") || ends_with(b"\\xhh")
}

/// One of the words stands on the line, near the token, as a word or the beginning of one.
pub(super) fn is_near(text: &[u8], token: Range<usize>, words: &[&str]) -> bool {
    let from = token.start.saturating_sub(NEAR);
    let line = text[from..token.start].iter().rposition(|&b| b == b'\n').map_or(from, |at| from + at + 1);
    let to = (token.end + NEAR).min(text.len());
    let end = text[token.end..to].iter().position(|&b| b == b'\n').map_or(to, |at| token.end + at);
    words
        .iter()
        .any(|word| stands_in(&text[line..token.start], word) || stands_in(&text[token.end..end], word))
}

/// The word stands in a text, in any case, not in the middle of another; a short one not at the beginning of one either.
fn stands_in(text: &[u8], word: &str) -> bool {
    let word = word.as_bytes();
    text.windows(word.len()).enumerate().any(|(at, there)| {
        there.eq_ignore_ascii_case(word) && {
            let before = at.checked_sub(1).map(|at| text[at]);
            let hump = there[0].is_ascii_uppercase() && before.is_some_and(|b| b.is_ascii_lowercase());
            let opens = !before.is_some_and(|b| b.is_ascii_alphabetic()) || hump;
            let goes_on = text.get(at + word.len()).is_some_and(u8::is_ascii_lowercase)
                && there.last().is_some_and(u8::is_ascii_lowercase);
            opens && !(goes_on && word.len() <= 4)
        }
    })
}

/// How many bytes of a token are the fixed text that it begins with.
fn fixed_length(shape: Alternatives, token: &[u8]) -> usize {
    let of = |nodes: &&'static [Node]| match nodes.first() {
        Some(Node::Text(text)) if token.starts_with(text.as_bytes()) => text.len(),
        Some(Node::Group(inside, 1, 1)) => {
            let texts = inside.iter().filter_map(|nodes| match nodes.first() {
                Some(Node::Text(text)) if token.starts_with(text.as_bytes()) => Some(text.len()),
                _ => None,
            });
            texts.max().unwrap_or(0)
        }
        _ => 0,
    };
    shape.iter().map(of).max().unwrap_or(0)
}

/// The variable part is a placeholder, a word, or too even to be drawn by lot.
pub(super) fn is_made_up(variable: &[u8], pattern: &Pattern) -> bool {
    let floor = pattern.entropy.unwrap_or_else(|| floor(pattern.shape, variable));
    if random::entropy(variable) < floor || random::is_pattern(variable) {
        return true;
    }
    let lower = variable.to_ascii_lowercase();
    let holds = |word: &str| lower.windows(word.len()).any(|there| there == word.as_bytes());
    // A long token may hold any short word by chance; only long words are proof.
    values::MADE_UP.iter().any(|word| holds(word)) || is_words(&lower)
}

/// Letters only, between dashes and underscores, and they read like words.
fn is_words(lower: &[u8]) -> bool {
    lower.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b'.'))
        && lower.split(|b| !b.is_ascii_alphabetic()).all(random::reads)
}

/// Seven tenths of what a text of that length from the widest run's alphabet can have.
#[expect(clippy::cast_precision_loss, reason = "lengths of tokens")]
fn floor(shape: Alternatives, variable: &[u8]) -> f32 {
    fn widest(shape: Alternatives) -> u32 {
        let node = |node: &Node| match node {
            Node::Text(_) => 0,
            Node::Run(set, ..) => set.len(),
            Node::Group(inside, ..) => widest(inside),
        };
        shape.iter().flat_map(|nodes| nodes.iter().map(node)).max().unwrap_or(0)
    }
    0.7 * (widest(shape).min(variable.len() as u32).max(2) as f32).log2()
}

/// The match is a piece of a long run of base64, an image or a certificate, where every prefix comes up by chance.
fn is_inside_blob(text: &[u8], token: Range<usize>, fixed: usize) -> bool {
    let telling =
        text[token.start..token.start + fixed].iter().any(|b| !b.is_ascii_alphanumeric()) && fixed >= 4;
    let in_run = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    let left = text[..token.start].iter().rev().take(256).take_while(in_run).count();
    let right = text[token.end..].iter().take(256).take_while(in_run).count();
    !telling && left + right > 40
}
