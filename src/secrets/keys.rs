//! Private keys: in PEM's armour, as bare DER in base64, and as JSON web keys.

use std::ops::Range;

use super::about::{About, Kind};
use super::cursor::Cursor;
use super::hit::Hit;
use super::remarks::is_remark;
use super::{checksum, far, jwt, random};
use crate::date::Date;
use crate::rule::Confidence::{High, Medium};
use crate::trust::{Sign, Trust};

/// How much of a private key tells it from others; characters of its base64.
pub(super) const SHOWN: usize = 128;

/// What base64 of a private key in DER begins with, and how many characters that depend on its length stand before:
/// RSA in PKCS#8 and PKCS#1, by the size of the modulus; the curves in SEC 1 and PKCS#8.
pub(super) const DER: [(&str, usize); 12] = [
    ("IBADANBgkqhkiG9w0BAQEF", 6),
    ("IBAAKCAQEA", 6),
    ("IBAAKCAgEA", 6),
    ("IBAAKCAYEA", 6),
    ("IBAAKBgQ", 6),
    ("MHcCAQEEI", 0),
    ("MHQCAQEEI", 0),
    ("MIGkAgEBBDA", 0),
    ("MIGHAgEAMB", 0),
    ("MIGEAgEAMB", 0),
    ("MIG2AgEAMB", 0),
    ("MC4CAQAwBQYDK2V", 0),
];

/// Members of a JSON web key that hold its private part, as they stand in JSON, in JSON in JSON, and in code and YAML.
pub(super) const JWK: [&str; 12] =
    ["\"d\"", "\"k\"", "\"d\\\"", "\"k\\\"", "'d'", "'k'", " d: ", " k: ", "\td: ", "\tk: ", "{d: ", "{k: "];

/// A private key in PEM, or PGP's; its line breaks may be written `\n`. Only with its beginning: code that speaks of
/// keys holds the header alone.
pub(super) fn armoured(text: &[u8], start: usize, about: About) -> Option<Hit> {
    let rest = &text[start..(start + far::KEY).min(text.len())];
    let label = rest.strip_prefix(b"-----BEGIN ")?;
    let label_end = label.iter().take(48).position(|&b| b == b'-')?;
    let (label, behind) = label.split_at(label_end);
    let behind = behind.strip_prefix(b"-----")?;
    if !label.windows(11).any(|w| w == b"PRIVATE KEY") {
        return None;
    }
    let body_start = rest.len() - behind.len();
    let mut at = body_start;
    let mut body: Vec<u8> = Vec::new();
    let mut end = at;
    let mut encrypted = label.starts_with(b"ENCRYPTED");
    while at < rest.len() && body.len() < SHOWN {
        match rest[at] {
            b'\\' if matches!(rest.get(at + 1), Some(b'n' | b'r' | b't' | b'\\')) => at += 2,
            b if b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b',' | b'|' | b'#' | b'*') => at += 1,
            b if b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=') => {
                // A header line (`Proc-Type: 4,ENCRYPTED`, `Comment: x`) is none of the key.
                let line = &rest[at..];
                let line =
                    &line[..line.iter().position(|b| matches!(b, b'\n' | b'\\')).unwrap_or(line.len())];
                if line.iter().take(24).any(|&b| b == b':') {
                    encrypted |= line.windows(9).any(|w| w == b"ENCRYPTED");
                    at += line.len();
                    continue;
                }
                let run = line
                    .iter()
                    .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
                    .count();
                body.extend_from_slice(&line[..run]);
                at += run;
                end = at;
            }
            _ => break,
        }
    }
    // 32 bytes of key at least; a sample stops short, or repeats itself.
    if body.len() < 44 || random::entropy(&body) < 3.5 {
        return None;
    }
    let trust = Trust::of(&[Sign::Armour], High);
    let trust = if encrypted { trust.is(Sign::Encrypted, Medium) } else { trust };
    let is_over = has_expired_certificate(text, start..start + end);
    let trust = if is_over { trust.at_most(Sign::ExpiredCertificate, Medium) } else { trust };
    let shown = about.kind == Kind::Code && is_remark(text, start);
    let trust = if shown { trust.lower(Sign::Comment) } else { trust };
    Hit::of_structure("private-key", start..start + end, about.weigh(trust), false)
}

/// How far from a key its certificate is looked for, and how much of one is read; bytes.
const BESIDE: usize = 16 << 10;
const CERTIFICATE: usize = 4 << 10;

/// There are certificates beside the key, and all of them have expired.
fn has_expired_certificate(text: &[u8], key: Range<usize>) -> bool {
    const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
    let around = &text[key.start.saturating_sub(BESIDE)..(key.end + BESIDE).min(text.len())];
    let begins = memchr::memmem::find_iter(around, BEGIN).map(|at| &around[at + BEGIN.len()..]);
    let mut last_days = begins.filter_map(last_day).peekable();
    last_days.peek().is_some() && last_days.all(|day| day < Date::of_seconds(jwt::NOW.cast_signed()))
}

/// The last day of a certificate: the second of the two times that are its validity.
fn last_day(armoured: &[u8]) -> Option<Date> {
    let body = armoured.iter().take(CERTIFICATE).take_while(|&&b| b != b'-');
    let body: Vec<u8> = body.copied().filter(|b| !b.is_ascii_whitespace()).collect();
    let der = checksum::decode(&body[..body.len() / 4 * 4])?;
    // SEQUENCE of 30 bytes, and in it UTCTime of 13.
    let validity = der.windows(4).position(|four| four == [0x30, 0x1e, 0x17, 0x0d])?;
    let last = std::str::from_utf8(der.get(validity + 19..validity + 25)?).ok()?;
    let (year, month, day) = (last.get(..2)?, last.get(2..4)?, last.get(4..)?);
    let century = if year < "50" { "20" } else { "19" };
    Date::parse(&format!("{century}{year}-{month}-{day}"))
}

/// A private key in DER, in base64 without armour. How it begins says what it is: version 0 or 1, then an algorithm, a
/// long number or a string. `before` bytes stand before the anchor at `anchor`.
pub(super) fn bare(text: &[u8], anchor: usize, before: usize, about: About) -> Option<Hit> {
    /// The shortest of RSA (512 bits) and of a curve.
    const RSA: usize = 400;
    const CURVE: usize = 60;
    let start = anchor.checked_sub(before)?;
    let is_base64 = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_');
    let known = DER.iter().any(|&(begin, at)| at == before && text[anchor..].starts_with(begin.as_bytes()));
    let begins = before == 0 || text[start..].starts_with(b"MII");
    if !known || !begins || start > 0 && is_base64(&text[start - 1]) && text[start - 1] != b'-' {
        return None;
    }
    // The first line behind `-----BEGIN …-----` is told with its armour.
    if text[start.saturating_sub(8)..start].windows(2).any(|two| two == b"--") {
        return None;
    }
    let rest = &text[start..(start + far::LONG_KEY).min(text.len())];
    let run = rest.iter().take_while(|b| is_base64(b)).count();
    let padding = rest[run..].iter().take(2).take_while(|&&b| b == b'=').count();
    if run < if before > 0 { RSA } else { CURVE } || random::entropy(&rest[..run]) < 4.0 {
        return None;
    }
    Hit::of_structure(
        "private-key",
        start..start + run + padding,
        about.weigh(Trust::of(&[Sign::Der], High)),
        false,
    )
}

/// The private part of a JSON web key: `d` of RSA and of the curves, as long as only those are, and `k` of a key that
/// says near it that it is symmetric. The member's name stands at `name`; without quotes or in an object that is not of
/// JSON, the kind of the key must stand near it, too.
pub(super) fn web_key(text: &[u8], name: Range<usize>, about: About) -> Option<Hit> {
    let written = text[name.clone()].trim_ascii();
    let cursor = Cursor { text, at: name.end };
    let behind = if written.ends_with(b":") { Some(cursor) } else { cursor.blanks().skip_one(b':') };
    let value = behind?.blanks().value(false)?;
    let shown = &text[value.range.clone()];
    let is_url = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let symmetric = written.contains(&b'k');
    let fits = match shown.len() {
        length if symmetric => length >= 40,
        length => {
            matches!(length, 42..=43 | 64 | 86..=88 | 169..=171 | 340..=342 | 510..=512 | 681..=683)
        }
    };
    if !fits || !shown.iter().all(is_url) || random::entropy(shown) < 4.0 || random::is_pattern(shown) {
        return None;
    }
    let quoted = written.first() == Some(&b'"') && written.last() == Some(&b'"');
    let told = match (symmetric, quoted) {
        (true, _) => stands_near(text, &value.range, b"oct") && !counts(shown),
        (false, true) => true,
        (false, false) => stands_near(text, &value.range, b"kty"),
    };
    let trust = about.weigh(Trust::of(&[Sign::WebKey], High));
    told.then(|| Hit::of_structure("private-key", value.range, trust, false)).flatten()
}

/// The bytes of a key count, as those of samples do.
fn counts(key: &[u8]) -> bool {
    let whole = &key[..key.len() / 4 * 4];
    checksum::decode(whole).is_some_and(|bytes| random::is_pattern(&bytes))
}

/// The word stands within a kilobyte of a place.
fn stands_near(text: &[u8], place: &Range<usize>, word: &[u8]) -> bool {
    const AROUND: usize = 1024;
    let around = place.start.saturating_sub(AROUND)..(place.end + AROUND).min(text.len());
    memchr::memmem::find(&text[around], word).is_some()
}
