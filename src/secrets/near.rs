//! What resembles a documented token and is none: cut short, or with something before it.
//!
//! A value under `API_KEY` looks drawn by lot whatever is wrong with it. Where its beginning or the name before it says
//! of which kind it should be, and it is shorter than those are, only `strict` tells it. What is as long, or longer, is
//! more often a token of a kind that nobody documented than a broken one.

use std::ops::Range;

use super::kinds::{Known, loose};
use super::leads::{GATE, Lead};
use super::names;
use super::patterns::{fixed_length, is_near};
use crate::shape::{is_begun, is_whole};

/// So much fixed text no other value begins with by chance.
const TELLING: usize = 4;
/// How many characters a token may have lost and still be meant as one of its kind.
const LOST: usize = 3;

/// Whether a value, of which no pattern holds, was meant as a token of a known kind.
pub(super) fn misses(text: &[u8], value: &Range<usize>) -> bool {
    begins_like_one(text, value) || stands_like_one(text, value)
}

/// The fixed text that a kind of token begins with stands in the value (`xyzghp_…`), or begins it and too little follows;
/// a short one with a sign at its end only where the value begins.
fn begins_like_one(text: &[u8], value: &Range<usize>) -> bool {
    let shown = &text[value.clone()];
    let (mut found, mut whole) = (false, false);
    GATE.each(shown, 0, shown.len(), |lead, start, _| {
        let Lead::Token { known: Known { pattern, .. }, least, most } = *lead else { return };
        let Some(first) = start.checked_sub(usize::from(least)).filter(|_| least == most) else { return };
        // Of another provider, whom no word nearby tells.
        whole |= first == 0 && is_whole(pattern.shape, shown);
        let fixed = fixed_length(pattern.shape, &shown[first..]);
        let short = || first == 0 && fixed + 1 == TELLING && !shown[fixed - 1].is_ascii_alphanumeric();
        let telling = fixed >= TELLING || short();
        found |= telling
            && (first > 0 || is_begun(pattern.shape, shown))
            && (pattern.near.is_empty() || is_near(text, value.clone(), pattern.near.iter()));
    });
    found && !whole
}

/// A word nearby says whose token it is, and those have a few characters more.
fn stands_like_one(text: &[u8], value: &Range<usize>) -> bool {
    let shown = &text[value.clone()];
    loose().any(|Known { pattern, least, .. }| {
        let least = usize::from(*least);
        let near = || pattern.near.iter().filter(|word| !names::is_only_credential(word));
        (least.saturating_sub(LOST)..least).contains(&shown.len())
            && near().next().is_some()
            && is_begun(pattern.shape, shown)
            && is_near(text, value.clone(), near())
    })
}

#[cfg(test)]
mod tests {
    use super::misses;

    #[test]
    fn what_resembles_a_token_is_told_from_what_does_not() {
        let drawn = "q7Zr9Lx2Vb8KpM3tW5yN4cD6";
        let is_one = |text: &str, value: &str| {
            let start = text.find(value).expect("the text holds it");
            misses(text.as_bytes(), &(start..start + value.len()))
        };
        let short = format!("ghp_{drawn}");
        assert!(is_one(&format!("API_KEY={short}"), &short));
        assert!(is_one(&format!("API_KEY=xyz{short}"), &format!("xyz{short}")));
        let hex = "0cc175b9c0f1b6a831c399e26977266";
        assert!(is_one(&format!("DATADOG_API_KEY={hex}"), hex));
        assert!(!is_one(&format!("API_KEY={hex}"), hex));
        let other = format!("sk-{hex}0");
        assert!(!is_one(&format!("API_KEY={other}"), &other));
        assert!(!is_one(&format!("DATADOG_API_KEY={drawn}"), drawn));
    }
}
