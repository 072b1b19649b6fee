//! Secrets behind an encoding, two deep: where a value is a candidate already, and in base64 anywhere of a text that holds
//! a token of some well-known kinds.

use std::ops::Range;

use super::about::About;
use super::decode::{STRUCTURES, base64, hex, is_printable, percent};
use super::hit::{Hit, Rank};
use super::leads::{GATE, Lead};
use super::{far, keys, patterns};
use crate::rule::{Confidence, Rule};
use crate::trust::{Sign, Trust};

/// So much of it is looked at; bytes. A private key is longer.
const STRUCTURE_AT_MOST: usize = far::KEY;

/// The shortest line that base64 is broken into; bytes.
const WRAPPED: usize = 60;
/// How much of base64 around such a prefix is decoded; bytes.
const AROUND: usize = 1024;
/// How much of it behind a prefix or word must have been read with one before it; a token is no longer there, bytes.
pub(super) const TOKEN: usize = 512;

/// The rule of a known token or a private key in what a value decodes to.
pub(super) fn token(value: &[u8], about: About) -> Option<&'static Rule> {
    within(value, about, 2)
}

/// The base64 around an anchor, as far as it is looked at.
pub(super) fn run(text: &[u8], anchor: &Range<usize>) -> Range<usize> {
    let is_digit = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_');
    let left = text[..anchor.start].iter().rev().take(AROUND).take_while(is_digit).count();
    let right = text[anchor.end..].iter().take(AROUND).take_while(is_digit).count();
    let padding = text[anchor.end + right..].iter().take(2).take_while(|&&b| b == b'=').count();
    anchor.start - left..anchor.end + right + padding
}

/// The token in the base64 around an anchor, of which all is text; or, in a text that is no longer than that, what `find`
/// finds in it.
pub(super) fn around(
    text: &[u8],
    span: Range<usize>,
    anchor: Range<usize>,
    about: About,
    find: impl Fn(&[u8], About) -> Vec<Hit>,
) -> Option<Hit> {
    let Some(rule) = token(&text[span.clone()], about) else {
        let whole = anchor.start - span.start < AROUND && span.end - anchor.end < AROUND;
        return whole.then(|| of_text(&text[span.clone()], span, about, find)).flatten();
    };
    let trust = about.weigh(Trust::of(&[Sign::Encoded], Confidence::High));
    let hit = Hit::new(rule, span, trust, Rank::Token);
    Some(Hit { encoded: true, ..hit })
}

/// The surest of what is found in the text that a value is in base64, which stands for all of it.
fn of_text(
    value: &[u8],
    span: Range<usize>,
    about: About,
    find: impl Fn(&[u8], About) -> Vec<Hit>,
) -> Option<Hit> {
    let hit = find(&base64(value)?, about).into_iter().max_by_key(Hit::confidence)?;
    Some(Hit {
        encoded: true,
        guessable: hit.guessable,
        ..Hit::new(hit.rule, span, hit.trust.and(Sign::Encoded), hit.rank)
    })
}

fn within(value: &[u8], about: About, depth: u8) -> Option<&'static Rule> {
    if depth == 0 || value.len() < 16 {
        return None;
    }
    let readings = [base64(value), hex(value), percent(value)];
    readings.into_iter().flatten().filter(|text| is_printable(text)).find_map(|text| {
        let mut found = None;
        GATE.each(&text, 0, text.len(), |lead, start, _| {
            let hit = match *lead {
                Lead::Token { known, least, most } if known.pattern.near.is_empty() => {
                    patterns::at(&text, start, (least, most), known, about)
                }
                Lead::Pem => keys::armoured(&text, start, about),
                _ => None,
            };
            found = found.or(hit.map(|hit| hit.rule));
        });
        found.or_else(|| within(&text, about, depth - 1))
    })
}

/// What is known by its structure, in base64: a key of a kubeconfig, what a Secret of Kubernetes holds. What `find` finds in
/// the text stands for all of it.
pub(super) fn structure(
    text: &[u8],
    start: usize,
    about: About,
    find: impl Fn(&[u8], About) -> Vec<Hit>,
) -> Option<Hit> {
    let is_base64 = |b: &u8| b.is_ascii_alphanumeric() || b"+/=".contains(b);
    if start > 0 && is_base64(&text[start - 1]) && text[start - 1] != b'=' {
        return None;
    }
    let rest = &text[start..(start + STRUCTURE_AT_MOST).min(text.len())];
    if !STRUCTURES.iter().any(|begin| rest.starts_with(begin.as_bytes())) {
        return None;
    }
    let run = rest.iter().take_while(|b| is_base64(b)).count();
    let whole = if run == rest.len() { run / 4 * 4 } else { run };
    let span = start..start + run;
    // Some tools break it into lines, and of a key the first one holds little more than what says that it is one.
    if run >= WRAPPED
        && matches!(text.get(span.end), Some(b'\r' | b'\n'))
        && let Some(plain) = base64(&rest[..run / 4 * 4])
        && plain.len() < keys::SHOWN
        && plain.strip_prefix(b"-----BEGIN ").is_some_and(|rest| {
            rest.windows(16).position(|w| w == b"PRIVATE KEY-----").is_some_and(|at| rest.len() > at + 24)
        })
    {
        let trust = about.weigh(Trust::of(&[Sign::Armour, Sign::Encoded], Confidence::Medium));
        let hit = Hit::of_structure("private-key", span, trust, false)?;
        return Some(Hit { encoded: true, ..hit });
    }
    of_text(&rest[..whole], span, about, find)
}
