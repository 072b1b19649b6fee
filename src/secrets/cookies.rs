//! Cookies that log somebody in, in recorded traffic: `Cookie: acme_session=…`, in headers, cassettes, HAR files,
//! collections of requests and commands.

use std::ops::Range;

use super::about::{About, Kind};
use super::cursor::{Cursor, is_name};
use super::hit::Hit;
use super::strength::{Strength, strength};
use super::{far, values};
use crate::rule::Confidence::{Low, Medium};
use crate::trust::{Sign, Trust};

/// How many cookies of one header are looked at, and how long one may be; bytes.
const COOKIES: usize = 16;
const LONGEST: usize = 512;
/// The shortest value that is a session's.
const SHORT: usize = 24;

/// The first cookie of a session in the header whose name ends with the word at `word`.
pub(super) fn at(text: &[u8], word: Range<usize>, about: About) -> Option<Hit> {
    if text[..word.start].last().is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.')) {
        return None;
    }
    sent(text, first(text, word.end)?, about)
}

/// The first cookie of a session in a header's value that begins at `at`.
pub(super) fn sent(text: &[u8], mut at: usize, about: About) -> Option<Hit> {
    for _ in 0..COOKIES {
        let (name, value) = pair(text, at)?;
        if is_of_a_session(&text[name]) && is_drawn(&text[value.clone()]) {
            return told(value, about);
        }
        let rest = &text[value.end..];
        let gap = rest.iter().take(8).take_while(|b| matches!(b, b';' | b' ')).count();
        if gap == 0 || !rest.starts_with(b";") {
            return None;
        }
        at = value.end + gap;
    }
    None
}

/// What names of such cookies end with in lists of them, as browsers export them and recordings have them:
/// `{"name": "sessionid", "value": "…"}`. Those that hold a word for a credential come by themselves.
pub(super) const LISTED: [&str; 5] = ["session\"", "sessionid\"", "sessid\"", "\"sid\"", "_sid\""];

/// The value of such a cookie, in the object of its name: on its line, or on the next.
pub(super) fn listed(text: &[u8], name: Range<usize>, about: About) -> Option<Hit> {
    let end = name.end - 1;
    let start = end - text[..end].iter().rev().take(128).take_while(|&&b| is_name(b)).count();
    let before = text[..start].strip_suffix(b"\"")?.trim_ascii_end().strip_suffix(b":")?.trim_ascii_end();
    if !before.ends_with(b"\"name\"") || !is_of_a_session(&text[start..end]) {
        return None;
    }
    let object = &text[name.end..(name.end + LONGEST).min(text.len())];
    let object = &object[..memchr::memchr(b'}', object).unwrap_or(object.len())];
    let gap = object.len() - object.trim_ascii_start().len();
    let below = object.trim_ascii_start().strip_prefix(b",").map(<[u8]>::trim_ascii_start);
    let next = below.filter(|below| below.starts_with(b"\"value\"")).map(|below| object.len() - below.len());
    let line = &object[gap..];
    let line = &line[..memchr::memchr(b'\n', line).unwrap_or(line.len())];
    let at = next.or_else(|| memchr::memmem::find(line, b"\"value\"").map(|at| gap + at))?;
    let value = Cursor { text, at: name.end + at + b"\"value\"".len() };
    let value = value.blanks().skip_one(b':')?.blanks().quoted()?.range;
    is_drawn(&text[value.clone()]).then(|| told(value, about)).flatten()
}

fn told(value: Range<usize>, about: About) -> Option<Hit> {
    let recorded = matches!(about.kind, Kind::Config | Kind::Unknown) && !about.vendored;
    let trust = Trust::of(&[Sign::Cookie, Sign::Random], if recorded { Medium } else { Low });
    Hit::of_structure("session-cookie", value, trust, false)
}

/// What the first two of the seven columns of a browser's `cookies.txt` end with; in small letters.
pub(super) const COLUMNS: [&str; 2] = ["\ttrue\t/", "\tfalse\t/"];

/// The cookie of a session in a line of `cookies.txt`, of which a path begins at `path`.
pub(super) fn exported(text: &[u8], path: usize, about: About) -> Option<Hit> {
    let line = text[path..].iter().take(LONGEST).position(|b| matches!(b, b'\n' | b'\r'));
    let line = &text[path..line.map_or((path + LONGEST).min(text.len()), |length| path + length)];
    let mut columns = line.split(|&b| b == b'\t');
    let (secure, expires) = (columns.nth(1)?, columns.next()?);
    let (name, value) = (columns.next()?, columns.next()?);
    let plain = matches!(secure, b"TRUE" | b"FALSE") && expires.iter().all(u8::is_ascii_digit);
    let start = path + line.len() - value.len();
    let last = columns.next().is_none();
    (plain && last && is_of_a_session(name) && is_drawn(value))
        .then(|| told(start..start + value.len(), about))
        .flatten()
}

/// Where the first cookie begins, behind what ties it to the header's name: `: `, `":["`, `","value":"`, a line's end and
/// a dash.
fn first(text: &[u8], name_end: usize) -> Option<usize> {
    if !matches!(text.get(name_end), Some(b':' | b'"' | b'\'' | b'`' | b'\\' | b' ')) {
        return None;
    }
    let mut at = name_end;
    while at < name_end + far::GAP {
        let rest = &text[at..];
        let word = usize::from(rest.starts_with(b"value")) * 5;
        let tie = |b: &u8| b.is_ascii_whitespace() || b"\"'`\\:,[-".contains(b);
        let step = rest.iter().take(far::GAP).take_while(|b| tie(b)).count().max(word);
        if step == 0 {
            break;
        }
        at += step;
    }
    Some(at)
}

/// The name and the value of the cookie that begins here.
fn pair(text: &[u8], at: usize) -> Option<(Range<usize>, Range<usize>)> {
    let name = text[at..].iter().take(128).take_while(|&&b| is_name(b)).count();
    let value = at + name + 1;
    if name == 0 || text.get(value - 1) != Some(&b'=') {
        return None;
    }
    let ends = |b: &&u8| !b.is_ascii_whitespace() && !matches!(b, b';' | b'"' | b'\'' | b',' | b'\\' | b'`');
    let length = text[value..].iter().take(LONGEST).take_while(ends).count();
    Some((at..at + name, value..value + length))
}

/// Who has a cookie of that name is logged in.
fn is_of_a_session(name: &[u8]) -> bool {
    const OF_ONE: [&str; 8] = ["sess", "auth", "token", "jwt", "remember", "login", "identity", "ticket"];
    const OTHERS: [&str; 6] = ["csrf", "xsrf", "consent", "visitor", "track", "analytics"];
    let name = String::from_utf8_lossy(name).to_ascii_lowercase();
    let holds = |words: &[&str]| words.iter().any(|word| name.contains(word));
    !holds(&OTHERS) && (holds(&OF_ONE) || name.split(['.', '_', '-']).any(|word| word == "sid"))
}

/// It is drawn by lot, but for what the encoding of addresses puts between: `s%3A`.
fn is_drawn(value: &[u8]) -> bool {
    let Ok(value) = std::str::from_utf8(value) else { return false };
    let longest = value.split(['%', '.', '|']).max_by_key(|piece| piece.len()).unwrap_or(value);
    longest.len() >= SHORT
        && strength(longest) == Strength::Drawn
        && values::judge(value) == values::Value::Literal
        && !values::MADE_UP.iter().any(|word| longest.to_ascii_lowercase().contains(word))
}
