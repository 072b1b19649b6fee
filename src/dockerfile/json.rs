//! The JSON form of arguments: a strict JSON array of strings, read the way Go's `encoding/json` does.
//!
//! Anything that is not JSON is for the caller to read as shell form; only valid JSON with other members is an error.

use std::borrow::Cow;
use std::ops::Range;

use super::Word;
use super::lines::{Logical, Spliced};

/// What an argument that may be a JSON array turned out to be.
pub(super) enum Json<'a> {
    /// No array, or not valid JSON: shell form.
    No,
    /// An array with a member that is no string; the range of that member.
    NotStrings(Range<usize>),
    /// `array` covers `[` to `]`.
    Array { array: Range<usize>, words: Vec<Word<'a>> },
}

/// Go refuses JSON that is nested deeper.
const MAX_DEPTH: usize = 10_000;

pub(super) fn parse<'a>(line: &Logical<'a>, range: Range<usize>) -> Json<'a> {
    let text = line.slice(range.clone());
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'[') {
        return Json::No;
    }
    let mut members = Vec::new();
    let mut other = None;
    let mut at = blanks(bytes, 1);
    if bytes.get(at) != Some(&b']') {
        loop {
            let Some(end) = value(bytes, at) else { return Json::No };
            if bytes[at] == b'"' {
                members.push(at..end);
            } else {
                other.get_or_insert(range.start + at..range.start + end);
            }
            at = blanks(bytes, end);
            match bytes.get(at) {
                Some(b',') => at = blanks(bytes, at + 1),
                Some(b']') => break,
                _ => return Json::No,
            }
        }
    }
    let array = range.start..range.start + at + 1;
    if blanks(bytes, at + 1) != bytes.len() {
        return Json::No;
    }
    if let Some(other) = other {
        return Json::NotStrings(other);
    }
    let words =
        members.into_iter().map(|m| unescape(line, range.start + m.start + 1..range.start + m.end - 1));
    Json::Array { array, words: words.collect() }
}

fn blanks(bytes: &[u8], at: usize) -> usize {
    at + bytes[at.min(bytes.len())..].iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count()
}

/// The end of the JSON value at `at`, or `None` if there is no valid one. Keeps its own stack, so depth is harmless.
fn value(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut open: Vec<u8> = Vec::new();
    loop {
        // A value begins here.
        at = match *bytes.get(at)? {
            b'"' => string(bytes, at)?,
            b'[' | b'{' if open.len() >= MAX_DEPTH => return None,
            b'[' => {
                let next = blanks(bytes, at + 1);
                if bytes.get(next) == Some(&b']') {
                    next + 1
                } else {
                    open.push(b'[');
                    at = next;
                    continue;
                }
            }
            b'{' => {
                let next = blanks(bytes, at + 1);
                if bytes.get(next) == Some(&b'}') {
                    next + 1
                } else {
                    open.push(b'{');
                    at = member_name(bytes, next)?;
                    continue;
                }
            }
            b'-' | b'0'..=b'9' => number(bytes, at)?,
            b't' => literal(bytes, at, b"true")?,
            b'f' => literal(bytes, at, b"false")?,
            b'n' => literal(bytes, at, b"null")?,
            _ => return None,
        };
        // A value ended here.
        loop {
            let Some(&kind) = open.last() else { return Some(at) };
            at = blanks(bytes, at);
            match (kind, *bytes.get(at)?) {
                (b'[', b',') => {
                    at = blanks(bytes, at + 1);
                    break;
                }
                (b'{', b',') => {
                    at = member_name(bytes, blanks(bytes, at + 1))?;
                    break;
                }
                (b'[', b']') | (b'{', b'}') => {
                    open.pop();
                    at += 1;
                }
                _ => return None,
            }
        }
    }
}

/// `"name" :`, and the blanks behind it.
fn member_name(bytes: &[u8], at: usize) -> Option<usize> {
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    let at = blanks(bytes, string(bytes, at)?);
    (bytes.get(at) == Some(&b':')).then(|| blanks(bytes, at + 1))
}

fn string(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    loop {
        match *bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => match *bytes.get(at + 1)? {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => at += 2,
                b'u' if bytes.get(at + 2..at + 6)?.iter().all(u8::is_ascii_hexdigit) => at += 6,
                _ => return None,
            },
            0..=0x1f => return None,
            _ => at += 1,
        }
    }
}

fn literal(bytes: &[u8], at: usize, word: &[u8]) -> Option<usize> {
    bytes[at..].starts_with(word).then_some(at + word.len())
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let digits =
        |at: usize| at + bytes[at.min(bytes.len())..].iter().take_while(|b| b.is_ascii_digit()).count();
    let start = if bytes[at] == b'-' { at + 1 } else { at };
    let mut end = match bytes.get(start)? {
        b'0' => start + 1,
        b'1'..=b'9' => digits(start),
        _ => return None,
    };
    if bytes.get(end) == Some(&b'.') {
        let fraction = digits(end + 1);
        if fraction == end + 1 {
            return None;
        }
        end = fraction;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = if matches!(bytes.get(end + 1), Some(b'+' | b'-')) { end + 2 } else { end + 1 };
        let exponent = digits(sign);
        if exponent == sign {
            return None;
        }
        end = exponent;
    }
    Some(end)
}

/// The word between two quotes. The range holds a valid JSON string.
fn unescape<'a>(line: &Logical<'a>, range: Range<usize>) -> Word<'a> {
    let text = line.slice(range.clone());
    if !text.contains('\\') {
        return line.word(range);
    }
    let mut parts: Vec<Spliced> = Vec::new();
    let (mut at, mut from) = (0, 0);
    while let Some(backslash) = text[at..].find('\\').map(|n| at + n) {
        parts.push((range.start + from..range.start + backslash, Cow::Borrowed(&text[from..backslash])));
        let (c, end) = escape(text, backslash);
        parts.push((range.start + backslash..range.start + end, Cow::Owned(c.to_string())));
        (at, from) = (end, end);
    }
    parts.push((range.start + from..range.end, Cow::Borrowed(&text[from..])));
    line.spliced(range, &parts)
}

/// The character that an escape stands for, and where the escape ends.
fn escape(text: &str, at: usize) -> (char, usize) {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u32::from_str_radix(digits, 16).ok()
    };
    let c = match text.as_bytes()[at + 1] {
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let high = unit(at).unwrap_or(0xfffd);
            if (0xd800..0xdc00).contains(&high) {
                // A pair of surrogates is one character; a lone one is none.
                if let Some(low) = unit(at + 6).filter(|low| (0xdc00..0xe000).contains(low)) {
                    let both = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                    return (char::from_u32(both).unwrap_or('\u{fffd}'), at + 12);
                }
            }
            return (char::from_u32(high).unwrap_or('\u{fffd}'), at + 6);
        }
        other => char::from(other),
    };
    (c, at + 2)
}
