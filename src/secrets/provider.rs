//! Tokens that the word of their provider announces, though nothing assigns them: an argument, a part of an address, an
//! item of a list.

use std::ops::Range;

use super::about::About;
use super::hit::Hit;
use super::patterns;

/// How far behind the word such a token may begin; bytes.
const FAR: usize = 48;
/// The same for hex, of which most are commits and hashes.
const FAR_HEX: usize = 32;
/// The shortest that is asked for.
const SHORT: usize = 16;
/// And how much of one is looked at.
const LONG: usize = 256;

/// The token that begins shortly behind a provider's word, on its line.
pub(super) fn behind(text: &[u8], word: Range<usize>, about: About) -> Option<Hit> {
    let is_letter = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let mut at = word.end;
    while at < text.len() && at < word.end + FAR && text[at] != b'\n' {
        let run = text[at..].iter().take(LONG).take_while(|b| is_letter(b)).count();
        if (SHORT..LONG).contains(&run)
            && at > word.end
            && is_whole(text, at)
            && may_be_one(text, &word, &(at..at + run))
        {
            let padding = text[at + run..].iter().take(2).take_while(|&&b| b == b'=').count();
            let found = [run, run + padding]
                .into_iter()
                .find_map(|length| patterns::assigned(text, word.clone(), at..at + length, about));
            if found.is_some() {
                return found;
            }
        }
        at += run.max(1);
    }
    None
}

/// What begins here is not the rest of a literal with a `+`, `/` or `~` in it.
fn is_whole(text: &[u8], at: usize) -> bool {
    let joins = |b: &u8| matches!(b, b'+' | b'/' | b'~');
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_') || joins(b);
    let before = &text[..at];
    let part = before.iter().rev().take(LONG).take_while(is_part).count();
    let opens = before[..at - part].last();
    !before.last().is_some_and(joins) || part == 1 || !opens.is_some_and(|b| matches!(b, b'"' | b'\'' | b'`'))
}

/// It looks drawn by lot, and is not what something is pinned to. Hex is that most often, and stands apart otherwise.
fn may_be_one(text: &[u8], word: &Range<usize>, value: &Range<usize>) -> bool {
    const PINS: [&[u8]; 10] =
        [b"commit", b"sha", b"md5", b"hash", b"digest", b"rev", b"sum", b"id", b"integrity", b" h1:"];
    let shown = &text[value.clone()];
    let between = text[word.end..value.start].to_ascii_lowercase();
    if PINS.iter().any(|pin| between.windows(pin.len()).any(|there| there == *pin)) {
        return false;
    }
    if !shown.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-') {
        return patterns::is_drawn(shown) && shown.iter().any(u8::is_ascii_digit);
    }
    // A UUID is one where it is said to be: `graphhopper key …`.
    let said = || {
        [&b"key"[..], b"token", b"secret"].iter().any(|word| memchr::memmem::find(&between, word).is_some())
    };
    let opens = matches!(text[value.start - 1], b' ' | b'\t' | b'"' | b'\'' | b'=' | b'(' | b'`' | b'|');
    (!shown.contains(&b'-') || said()) && opens && value.start - word.end <= FAR_HEX
}
