//! Secrets behind an encoding: base64, hex, percent signs, two deep, where a value is a candidate already; and base64
//! anywhere of a text that holds a token of some well-known kinds.

use std::ops::Range;

use super::about::About;
use super::gate::{GATE, Lead};
use super::{Hit, Rank, checksum, keys, patterns};
use crate::rule::{Confidence, Rule};
use crate::trust::{Sign, Trust};

/// The rule of a known token or a private key in what a value decodes to.
pub(super) fn token_within(value: &[u8], about: About) -> Option<&'static Rule> {
    within(value, about, 2)
}

/// What looks drawn by lot is a text in base64 or hex, so who guesses the text guesses the value.
pub(super) fn is_text(value: &[u8]) -> bool {
    text(value).is_some()
}

/// The text that a value is in base64 or hex.
pub(super) fn text(value: &[u8]) -> Option<String> {
    let text = [base64(value), hex(value)].into_iter().flatten().find(|text| is_printable(text))?;
    String::from_utf8(text).ok()
}

/// The text that a value in base64 stands for.
pub(super) fn plain(value: &[u8]) -> Option<String> {
    base64(value).filter(|text| is_printable(text)).and_then(|text| String::from_utf8(text).ok())
}

/// What tokens begin with that are looked for in base64 of any text.
const PREFIXES: [&str; 18] = [
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "sk_live_",
    "sk-ant-",
    "sk-proj-",
    "npm_",
    "AKIA",
    "AIza",
    "dckr_pat_",
    "dop_v1_",
    "pypi-",
    "hvs.",
    "shpat_",
];
/// How much of base64 around such a prefix is decoded; bytes.
const AROUND: usize = 1024;

/// What base64 of a text has where one of the prefixes stands in it, for each place that the prefix may have in a group of
/// three bytes.
pub(super) fn anchors() -> impl Iterator<Item = String> {
    PREFIXES.into_iter().flat_map(|prefix| (0..3).map(move |place| anchor(prefix, place)))
}

/// The characters that the prefix alone decides.
fn anchor(prefix: &str, place: usize) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bytes: Vec<u8> = std::iter::repeat_n(0, place).chain(prefix.bytes()).collect();
    let bit = |at: usize| bytes[at / 8] >> (7 - at % 8) & 1;
    let digit = |at: usize| (at..at + 6).fold(0, |digit, at| digit << 1 | bit(at));
    let first = (place * 8).next_multiple_of(6);
    (first..=bytes.len() * 8 - 6).step_by(6).map(|at| char::from(DIGITS[usize::from(digit(at))])).collect()
}

/// The token in the base64 around an anchor, of which all is text.
pub(super) fn around(text: &[u8], anchor: Range<usize>, about: About) -> Option<Hit> {
    let is_digit = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_');
    let left = text[..anchor.start].iter().rev().take(AROUND).take_while(is_digit).count();
    let right = text[anchor.end..].iter().take(AROUND).take_while(is_digit).count();
    let padding = text[anchor.end + right..].iter().take(2).take_while(|&&b| b == b'=').count();
    let span = anchor.start - left..anchor.end + right + padding;
    let rule = token_within(&text[span.clone()], about)?;
    let trust = about.weigh(Trust::of(&[Sign::Encoded], Confidence::High));
    let hit = Hit::new(rule, span, trust, Rank::Token);
    Some(Hit { encoded: true, ..hit })
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
                Lead::Pattern { rule, pattern, least, most } if pattern.near.is_empty() => {
                    patterns::at(&text, start, (least, most), (rule, pattern), about)
                }
                Lead::Pem => keys::armoured(&text, start, about),
                _ => None,
            };
            found = found.or(hit.map(|hit| hit.rule));
        });
        found.or_else(|| within(&text, about, depth - 1))
    })
}

fn base64(value: &[u8]) -> Option<Vec<u8>> {
    checksum::decode(value)
}

fn hex(value: &[u8]) -> Option<Vec<u8>> {
    if value.len() % 2 == 1 || !value.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let digit = |b: u8| char::from(b).to_digit(16).unwrap_or_default() as u8;
    Some(value.chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect())
}

fn percent(value: &[u8]) -> Option<Vec<u8>> {
    if !value.contains(&b'%') {
        return None;
    }
    let mut out = Vec::with_capacity(value.len());
    let mut at = 0;
    while at < value.len() {
        match value[at..].first_chunk::<3>() {
            Some(&[b'%', high, low]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                out.extend(hex(&[high, low])?);
                at += 3;
            }
            _ => {
                out.push(value[at]);
                at += 1;
            }
        }
    }
    Some(out)
}

fn is_printable(text: &[u8]) -> bool {
    text.len() >= 8 && text.iter().all(|b| (b' '..=b'~').contains(b) || b.is_ascii_whitespace())
}
