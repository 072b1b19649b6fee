//! JSON web tokens of no known provider, wherever they stand.

use super::about::{About, Kind};
use super::checksum;
use super::hit::{Hit, Rank};
use super::strength::is_fake;
use crate::rule::Confidence::{Low, Medium};
use crate::table;
use crate::trust::{Sign, Trust};

/// How base64 of a header begins: `{"a`, `{"c`, `{"e`, `{"j`, `{"k`, `{"t`, `{"x`, `{"z`, `{ "`.
pub(super) const ANCHORS: [&str; 9] =
    ["eyJh", "eyJj", "eyJl", "eyJq", "eyJr", "eyJ0", "eyJ4", "eyJ6", "eyAi"];

/// When this list of things to know was made, in seconds since 1970: what had expired then is of no use to anybody. The
/// clock is not asked, so that a text gives the same findings every day.
pub(super) const NOW: u64 = 1_795_000_000;

/// How much of a token is looked at; bytes.
const LONGEST: usize = 4096;

/// The token that begins at `start`.
pub(super) fn at(text: &[u8], start: usize, about: About) -> Option<Hit> {
    let is_url = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    if start > 0 && (is_url(&text[start - 1]) || text[start - 1] == b'.') && !is_escaped(text, start) {
        return None;
    }
    let rest = &text[start..(start + LONGEST).min(text.len())];
    let length = rest.iter().take_while(|b| is_url(b) || **b == b'.').count();
    let token = rest[..length].trim_ascii_end();
    let token = token.strip_suffix(b".").unwrap_or(token);
    let trust = Trust::of(&[Sign::Jwt], Medium);
    let made_up = about.staged || about.kind == Kind::Docs;
    let (trust, rank) = match Life::of(token)? {
        life if about.vendored || about.kind == Kind::Made => {
            (about.weigh(life.weigh(trust)), Rank::Structure)
        }
        // Here its name knows more.
        Life::Endless if made_up => (trust.is(Sign::Endless, Low), Rank::Assigned),
        life => (life.weigh(trust), Rank::Structure),
    };
    Some(Hit::new(table::find("json-web-token")?, start..start + token.len(), trust, rank))
}

/// What a signed token says of the time in which it is of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// Documentation shows it to everybody.
    Published,
    Expired,
    /// It expires later.
    Open,
    /// It does not say.
    Endless,
}

impl Life {
    /// `None` for what is no signed token.
    pub(super) fn of(token: &[u8]) -> Option<Self> {
        let claims = claims(token)?;
        // What jwt.io opens with was issued at this second.
        if holds(&claims, b"1516239022") {
            return Some(Self::Published);
        }
        Some(match number(&claims, b"\"exp\"") {
            Some(at) if at < NOW => Self::Expired,
            Some(_) => Self::Open,
            None => Self::Endless,
        })
    }
    /// Nobody gets anywhere with a token that has expired.
    pub(super) fn weigh(self, trust: Trust) -> Trust {
        match self {
            Self::Published => trust.is(Sign::Published, Low),
            Self::Expired => trust.is(Sign::Expired, Low),
            Self::Open | Self::Endless => trust,
        }
    }
}

/// The claims of a signed token: three parts, a header that names an algorithm, an object, a signature.
fn claims(token: &[u8]) -> Option<Vec<u8>> {
    let mut parts = token.split(|&b| b == b'.');
    let (header, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let short = header.len() < 17 || claims.len() < 17 || signature.len() < 16;
    if parts.next().is_some() || short || is_fake(signature) {
        return None;
    }
    let header = checksum::decode(header).filter(|header| header.starts_with(b"{"))?;
    let named = holds(&header, b"\"alg\"") && !holds(&header, b"\"none\"");
    checksum::decode(claims).filter(|claims| named && claims.trim_ascii().starts_with(b"{"))
}

fn holds(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|there| there == word)
}

/// The number of a member of an object.
fn number(text: &[u8], member: &[u8]) -> Option<u64> {
    let at = text.windows(member.len()).position(|there| there == member)? + member.len();
    let value = text[at..].trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
    let digits = value.iter().take(15).take_while(|b| b.is_ascii_digit()).count();
    std::str::from_utf8(&value[..digits]).ok()?.parse().ok()
}

/// The letter before the token is an escape's: `\neyJ…`.
fn is_escaped(text: &[u8], start: usize) -> bool {
    start > 1 && text[start - 2] == b'\\' && matches!(text[start - 1], b'n' | b'r' | b't')
}
