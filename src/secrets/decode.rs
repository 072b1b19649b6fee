//! Secrets behind an encoding: base64, hex, percent signs, two deep, and only where a value is a candidate already.

use super::about::About;
use super::gate::{GATE, Lead};
use super::{checksum, patterns, structures};
use crate::rule::Rule;

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
                Lead::Pem => structures::private_key(&text, start, about),
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
