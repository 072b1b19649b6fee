//! Credentials behind a scheme of HTTP: `Bearer …`, `Basic …`, wherever they stand, and the other schemes behind
//! `Authorization`.

use std::ops::Range;

use super::about::About;
use super::hit::Hit;
use super::strength::{Strength, is_sample, strength as strength_of, sure};
use super::{checksum, jwt, values};
use crate::rule::Confidence::{Low, Medium};
use crate::trust::{Sign, Trust};

/// Schemes that announce a credential by themselves; in small letters. Recorded traffic, collections of requests and code
/// often have the header's name on another line.
pub(super) const SCHEMES: [&str; 3] = ["bearer ", "basic ", "bearer\","];

/// How much of a header is looked at; bytes.
const LONGEST: usize = 4096;

/// What comes behind the scheme at `scheme`.
pub(super) fn behind_scheme(text: &[u8], scheme: Range<usize>, about: About) -> Option<Hit> {
    let goes_on = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    if scheme.start > 0 && goes_on(text[scheme.start - 1]) && !is_escape(text, scheme.start) {
        return None;
    }
    let scheme = scheme.start..scheme.end + joint(&text[scheme.end..]);
    let rest = &text[scheme.end..(scheme.end + LONGEST).min(text.len())];
    let length = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || b"-._~+/=|".contains(b)).count();
    let token = std::str::from_utf8(&rest[..length]).ok()?;
    if token.len() < 8 || values::judge(token) != values::Value::Literal {
        return None;
    }
    let span = scheme.end..scheme.end + length;
    if text[scheme.start] | 0x20 == b'b' && text[scheme.start + 1] | 0x20 == b'a' {
        return basic(token, span, about);
    }
    let made_up = || values::MADE_UP.iter().any(|word| token.to_ascii_lowercase().contains(word));
    let drawn = length >= 16 && strength_of(token) == Strength::Drawn && !made_up();
    let trust = match jwt::Life::of(token.as_bytes()) {
        Some(life) => life.weigh(Trust::of(&[Sign::Scheme, Sign::Jwt], Medium)),
        None if drawn => Trust::of(&[Sign::Scheme, Sign::Random], Medium),
        None => return None,
    };
    // Among tests they are most often recorded.
    let recorded = about.staged && about.is_written();
    let trust = if recorded { trust.and(Sign::Recorded) } else { about.weigh(trust) };
    let hit = Hit::of_structure("authorization-header", span, trust, false)?;
    Some(Hit { by_looks: true, ..hit })
}

/// How much stands between a scheme and its credential where code puts them together: `"Bearer " + "…"`,
/// `("Bearer", "…")`.
fn joint(behind: &[u8]) -> usize {
    const JOINTS: [&[u8]; 5] = [b"\" + \"", b"' + '", b"\" . \"", b"' . '", b" \""];
    JOINTS.iter().find(|joint| behind.starts_with(joint)).map_or(0, |joint| joint.len())
}

/// Base64 of a user and a password.
fn basic(token: &str, span: Range<usize>, about: About) -> Option<Hit> {
    let pair = checksum::decode(token.as_bytes()).filter(|pair| checksum::is_pair(pair))?;
    let pair = String::from_utf8(pair).ok()?;
    let (user, password) = pair.split_once(':')?;
    let (user, lower) = (user.to_ascii_lowercase(), password.to_ascii_lowercase());
    let sample = is_sample(&lower)
        || user == lower
        || user == "aladdin"
        || values::judge(password) != values::Value::Literal;
    let strength = strength_of(password);
    let recorded = about.staged && about.is_written();
    let trust = match sure(Sign::Scheme, strength) {
        sure if sample => sure.is(Sign::Sample, Low),
        sure if recorded => sure.at_most(Sign::Recorded, Medium),
        sure => about.weigh(sure),
    };
    Hit::of_structure("authorization-header", span, trust, strength != Strength::Drawn)
}

/// `Authorization: Token …`, `Authorization: ApiKey …`, in headers, JSON and code. `name_end` is behind the name. What
/// [`SCHEMES`] announce comes by itself.
pub(super) fn authorization(text: &[u8], name_end: usize, about: About) -> Option<Hit> {
    let rest = &text[name_end..(name_end + 64).min(text.len())];
    let between = rest.iter().take(8).take_while(|b| b" \t\"':=>,\\[]`".contains(b)).count();
    let value = &rest[between..];
    let scheme = value.iter().take(12).position(|b| !b.is_ascii_alphabetic())?;
    let known = [&b"token"[..], b"apikey"].iter().any(|word| value[..scheme].eq_ignore_ascii_case(word));
    let start = name_end + between;
    (between > 0 && known && value[scheme] == b' ')
        .then(|| behind_scheme(text, start..start + scheme + 1, about))
        .flatten()
}

/// The letter before is an escape's: `\nBearer`.
fn is_escape(text: &[u8], at: usize) -> bool {
    at > 1 && text[at - 2] == b'\\' && matches!(text[at - 1], b'n' | b'r' | b't')
}
