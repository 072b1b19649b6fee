//! Tokens of known providers: does a match at an anchor hold, and how sure is it?

use std::ops::Range;

use super::about::{About, Kind};
use super::hit::{Hit, Merit, Rank};
use super::kinds::{Known, loose};
use super::strength::is_fake;
use super::{checksum, jwt, random};
use crate::rule::{Checksum, Confidence, Pattern};
use crate::shape::{self, Alternatives, Node, lengths_of};
use crate::trust::{Sign, Trust};

/// How far from a token, on its line, a word may stand that says whose it is; bytes.
const NEAR: usize = 200;

/// The token whose anchor stands at `anchor`, `least` to `most` bytes behind its beginning.
pub(super) fn at(
    text: &[u8],
    anchor: usize,
    (least, most): (u16, u16),
    known: &'static Known,
    about: About,
) -> Option<Hit> {
    let pattern = &known.pattern;
    let first = anchor.saturating_sub(usize::from(most));
    let last = anchor.checked_sub(usize::from(least))?;
    let end_of = |start: usize| {
        let plain = || if begins(text, start) { shape::end(pattern.shape, text, start) } else { None };
        counted(text, start, pattern.shape).or_else(plain)
    };
    let (start, end) = (first..=last).find_map(|start| Some((start, end_of(start)?)))?;
    let asked = !pattern.near.is_empty();
    let named = asked && is_near(text, start..end, pattern.near.iter());
    let fixed = fixed_length(pattern.shape, &text[start..end]);
    if asked && !named && !proves_itself(pattern.shape, &text[start..end], fixed) {
        return None;
    }
    if is_made_up(&text[start + fixed..end], fixed, pattern) || is_inside_blob(text, start..end, fixed) {
        return None;
    }
    let token = &text[start..end];
    let merit = Merit::of(pattern, token, fixed, named);
    let shape = if fixed >= PROVES { Sign::Prefix } else { Sign::Shape };
    let announced = match (asked, named) {
        (true, true) => Some(Sign::Nearby),
        (true, false) => Some(Sign::Exact),
        (false, _) => None,
    };
    let trust = begun(pattern, [shape, Sign::Even].into_iter().chain(announced));
    let trust = grade(token, fixed, pattern, trust, about);
    let hit = Hit::new(known.rule(), start..end, trust, Rank::Token);
    Some(Hit { prefix: fixed.min(255) as u8, merit, ..hit })
}

/// So many characters behind a prefix with a sign in it, and exactly so many, are no accident.
const EXACT: usize = 28;

/// A token that needs no word near it to be told from others: fixed text with a sign in it, and then a long run whose
/// length is fixed.
fn proves_itself(shape: Alternatives, token: &[u8], fixed: usize) -> bool {
    let exact = |nodes: &&[Node]| {
        let (least, most) = lengths_of(nodes);
        least == most && usize::from(least) == token.len()
    };
    token[..fixed].iter().any(|b| !b.is_ascii_alphanumeric())
        && token.len() - fixed >= EXACT
        && token[fixed..].iter().all(u8::is_ascii_alphanumeric)
        && shape.iter().any(|nodes| exact(nodes) && shape::is_whole(std::slice::from_ref(nodes), token))
}

/// No value with less entropy, in bits per character, is a token that only its name tells.
const LEAST_ENTROPY: f32 = 2.0;

/// The value of an assignment, if it is a token that only the words around it tell apart.
pub(super) fn assigned(text: &[u8], name: Range<usize>, value: Range<usize>, about: About) -> Option<Hit> {
    let token = &text[value.clone()];
    let short = |known: &&Known| usize::from(known.least) <= token.len();
    let fits = |known: &&Known| {
        token.len() <= usize::from(known.most) && shape::is_whole(known.pattern.shape, token)
    };
    let fitting: Vec<&Known> = loose().take_while(short).filter(fits).collect();
    // Most values fit nothing, and what is asked now is dear.
    if fitting.is_empty() || is_fake(token) {
        return None;
    }
    let (entropy, is_hash) = (random::entropy(token), is_hash(token));
    let known = |pattern: &Pattern| {
        !(is_hash && takes_more_than_hex(pattern, token))
            && entropy >= least_entropy(pattern, token).max(LEAST_ENTROPY)
            && (pattern.near.is_empty() || is_near(text, value.clone(), pattern.near.iter()))
    };
    let hits = fitting.into_iter().filter(|one| known(&one.pattern)).map(|one| {
        let pattern = &one.pattern;
        let named = pattern.near.iter().any(|word| stands_in(&text[name.clone()], word));
        let announced = if named { Sign::InName } else { Sign::Nearby };
        let announced = Some(announced).filter(|_| !pattern.near.is_empty());
        let trust = begun(pattern, [Sign::Shape, Sign::Even].into_iter().chain(announced));
        let trust = grade(token, 0, pattern, trust, about);
        let hit = Hit::new(one.rule(), value.clone(), trust, Rank::Structure);
        Hit { merit: Merit::of(pattern, token, 0, named), ..hit }
    });
    hits.max_by(|a, b| a.merit.cmp(&b.merit).then(b.rule.id.cmp(&a.rule.id)))
}

/// A commit, or the SHA-256 of something: as many digits of hex.
fn is_hash(token: &[u8]) -> bool {
    matches!(token.len(), 40 | 64) && token.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Of so many characters that are drawn from all letters, one is always beyond `f`.
fn takes_more_than_hex(pattern: &Pattern, token: &[u8]) -> bool {
    shape::is_whole(pattern.shape, &vec![b'z'; token.len()])
}

/// A value of a known shape was drawn by lot: signs in it count for nothing, and several pieces of fixed length, as in a
/// UUID, are no word.
pub(super) fn is_drawn(value: &[u8]) -> bool {
    let bare: Vec<u8> = value.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    let pieces = value.split(|b| !b.is_ascii_alphanumeric()).filter(|piece| piece.len() >= 4).count();
    let digits = bare.iter().filter(|b| b.is_ascii_digit()).count();
    let hex = bare.len() >= 12 && bare.iter().all(u8::is_ascii_hexdigit);
    random::score(&bare) > random::DRAWN || digits >= 4 && (pieces >= 2 || bare.len() >= 20 || hex)
}

/// The value is the digest of an image or a package, or the commit of an action.
pub(super) fn is_digest(text: &[u8], value: &Range<usize>) -> bool {
    let shown = &text[value.clone()];
    let digests = [&b"sha256"[..], b"sha512", b"sha384", b"sha1", b"md5"];
    let hashed = |rest: &[u8]| {
        digests.iter().any(|word| rest.starts_with(word) && matches!(rest.get(word.len()), Some(b':' | b'-')))
    };
    let pinned = shown.iter().position(|&b| b == b'@').map(|at| &shown[at + 1..]);
    let commit = |rest: &[u8]| rest.len() == 40 && rest.iter().all(u8::is_ascii_hexdigit);
    hashed(shown)
        || pinned.is_some_and(|rest| hashed(rest) || commit(rest))
        || digests
            .iter()
            .any(|word| text[..value.start].strip_suffix(b":").is_some_and(|t| t.ends_with(word)))
}

/// What a match with these signs is worth by itself.
fn begun(pattern: &Pattern, signs: impl Iterator<Item = Sign>) -> Trust {
    signs.fold(Trust::of(&[], pattern.confidence), Trust::and)
}

/// What a match that begins with so much fixed text is worth here.
fn grade(token: &[u8], fixed: usize, pattern: &Pattern, trust: Trust, about: About) -> Trust {
    match pattern.checksum.map(|kind| checksum::holds(kind, token)) {
        Some(false) => trust.is(Sign::ChecksumWrong, Confidence::Low),
        // Nobody makes a checksum up.
        Some(true) => {
            let trust = trust.and(Sign::ChecksumHolds);
            let life = jwt::Life::of(token).filter(|_| pattern.checksum == Some(Checksum::Jwt));
            life.map_or(trust, |life| life.weigh(trust))
        }
        // A bundle or its source map is made of what somebody wrote, and no hash begins like that.
        None if about.kind == Kind::Made && !about.vendored && is_telling(&token[..fixed]) => {
            trust.lower(Sign::Generated)
        }
        None => about.weigh(trust),
    }
}

/// Fixed text that base64 and words do not have by chance.
fn is_telling(fixed: &[u8]) -> bool {
    fixed.len() >= PROVES && fixed.iter().any(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'+' | b'/'))
}

/// The end of a token that is a whole string of Python's bytecode: its kind and its length stand before it, and the next
/// object follows without a sign between.
fn counted(text: &[u8], start: usize, shape: Alternatives) -> Option<usize> {
    let &[.., kind, length] = text.get(..start)? else { return None };
    let end = start + usize::from(length);
    let is_string = matches!(kind & 0x7f, b'z' | b'Z');
    (is_string && shape::is_whole(shape, text.get(start..end)?)).then_some(end)
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
pub(super) fn is_near(
    text: &[u8],
    token: Range<usize>,
    mut words: impl Iterator<Item = &'static str>,
) -> bool {
    let from = token.start.saturating_sub(NEAR);
    let line = text[from..token.start].iter().rposition(|&b| b == b'\n').map_or(from, |at| from + at + 1);
    let to = (token.end + NEAR).min(text.len());
    let end = text[token.end..to].iter().position(|&b| b == b'\n').map_or(to, |at| token.end + at);
    words.any(|word| stands_in(&text[line..token.start], word) || stands_in(&text[token.end..end], word))
}

/// The word stands in a text, in any case, not in the middle of another; a short one not at the beginning of one either.
/// `a_b` is also written `a-b`, `a.b`, `a b`, `aB` and `ab`.
fn stands_in(text: &[u8], word: &str) -> bool {
    let word = word.as_bytes();
    let first = word[0] | 0x20;
    (0..text.len()).filter(|&at| text[at] | 0x20 == first).any(|at| {
        spelled(&text[at..], word).is_some_and(|length| {
            let before = at.checked_sub(1).map(|at| text[at]);
            let hump = text[at].is_ascii_uppercase() && before.is_some_and(|b| b.is_ascii_lowercase());
            let opens = !before.is_some_and(|b| b.is_ascii_alphabetic()) || hump;
            let goes_on = text.get(at + length).is_some_and(u8::is_ascii_lowercase)
                && text[at + length - 1].is_ascii_lowercase();
            opens && !(goes_on && word.len() <= 4)
        })
    })
}

/// How many bytes of the text, at its beginning, spell the word.
fn spelled(text: &[u8], word: &[u8]) -> Option<usize> {
    let separates = |byte: u8| matches!(byte, b'_' | b'-' | b'.' | b' ');
    let mut at = 0;
    for (i, &wanted) in word.iter().enumerate() {
        let there = text.get(at).copied();
        if separates(wanted) && i > 0 && i + 1 < word.len() {
            at += usize::from(there.is_some_and(separates));
        } else if there?.eq_ignore_ascii_case(&wanted) {
            at += 1;
        } else {
            return None;
        }
    }
    Some(at)
}

/// How many bytes of a token are the fixed text that it begins with.
pub(super) fn fixed_length(shape: Alternatives, token: &[u8]) -> usize {
    shape.iter().map(|nodes| fixed_of(nodes, token).0).max().unwrap_or(0)
}

/// The same for one sequence, and whether all of it is fixed text.
fn fixed_of(nodes: &[Node], token: &[u8]) -> (usize, bool) {
    let mut length = 0;
    for node in nodes {
        let rest = &token[length..];
        match node {
            Node::Text(text) if rest.starts_with(text.as_bytes()) => length += text.len(),
            Node::Group(inside, least, 1) => {
                let begins = inside.iter().map(|nodes| fixed_of(nodes, rest)).max().unwrap_or_default();
                length += begins.0;
                if !begins.1 && (*least == 1 || begins.0 > 0) {
                    return (length, false);
                }
            }
            Node::Text(_) | Node::Run(..) | Node::Group(..) => return (length, false),
        }
    }
    (length, true)
}

/// The variable part is a placeholder, a word, or too even to be drawn by lot.
#[expect(clippy::cast_precision_loss, reason = "lengths of tokens")]
fn is_made_up(variable: &[u8], fixed: usize, pattern: &Pattern) -> bool {
    let mut least = least_entropy(pattern, variable);
    let length = variable.len().max(2) as f32;
    if fixed >= PROVES {
        least = least.min(ENOUGH).min(0.6 * alphabet(variable).log2().min(length.log2()));
    }
    random::entropy(variable) < least || is_fake(variable)
}

/// The least entropy of a token's variable part, by its page or its shape. A page may allow more characters than its
/// provider draws from, so no more is asked than those that the token is written in can give.
fn least_entropy(pattern: &Pattern, variable: &[u8]) -> f32 {
    let said = pattern.entropy.unwrap_or_else(|| floor(pattern.shape, variable));
    said.min(0.8 * alphabet(variable).log2())
}

/// So much fixed text at its beginning is the evidence that a token is one. How even the rest is then proves no more than
/// that somebody did not type it, for providers draw from fewer characters than their pages allow: hex, small letters.
const PROVES: usize = 4;
/// Bits a character that no such token needs more than.
const ENOUGH: f32 = 3.2;

/// How many characters the kind of text has that a value is written in: digits, hex, letters of one case, all others.
fn alphabet(value: &[u8]) -> f32 {
    let all = |wanted: fn(u8) -> bool| value.iter().all(|&b| wanted(b) || !b.is_ascii_alphanumeric());
    match () {
        () if all(|b| b.is_ascii_digit()) => 10.0,
        () if all(|b| b.is_ascii_hexdigit()) => 16.0,
        () if all(|b| !b.is_ascii_uppercase()) || all(|b| !b.is_ascii_lowercase()) => 36.0,
        () => 62.0,
    }
}

/// Seven tenths of what a token of that shape and length has on the average.
#[expect(clippy::cast_precision_loss, reason = "lengths of tokens")]
fn floor(shape: Alternatives, variable: &[u8]) -> f32 {
    // Characters drawn, and their bits.
    fn drawn(nodes: &[Node]) -> (f32, f32) {
        let of = |node: &Node| match node {
            Node::Text(_) => (0.0, 0.0),
            Node::Run(set, least, _) => {
                let count = f32::from((*least).max(1));
                (count, count * (set.len().max(1) as f32).log2())
            }
            Node::Group(inside, least, _) => {
                let times = f32::from((*least).max(1));
                let (count, bits) = poorest(inside);
                (count * times, bits * times)
            }
        };
        nodes.iter().map(of).fold((0.0, 0.0), |(a, b), (c, d)| (a + c, b + d))
    }
    fn poorest(shape: Alternatives) -> (f32, f32) {
        let all = shape.iter().map(|nodes| drawn(nodes));
        all.min_by(|a, b| (a.1 * b.0).total_cmp(&(b.1 * a.0))).unwrap_or((0.0, 0.0))
    }
    let (count, bits) = poorest(shape);
    0.7 * (bits / count.max(1.0)).clamp(1.0, (variable.len().max(2) as f32).log2().max(1.0))
}

/// The match is a piece of a long run of base64, an image or a certificate, where every prefix comes up by chance.
fn is_inside_blob(text: &[u8], token: Range<usize>, fixed: usize) -> bool {
    let in_run = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    let left = text[..token.start].iter().rev().take(256).take_while(in_run).count();
    let right = text[token.end..].iter().take(256).take_while(in_run).count();
    !is_telling(&text[token.start..token.start + fixed]) && left + right > 40
}
