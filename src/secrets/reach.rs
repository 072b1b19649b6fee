//! How far what is new in a text reaches: which secrets may have come with some lines, or gone.
//!
//! A secret hangs on its own line, and no further, but for four: the value on the line after its name or header, with nothing but
//! white space between; the password of a `.netrc`, below its machine; the default of a parameter; and the private key. (A value in a table hangs on its
//! first line: `rows::is_table` says which texts are one.) So a text of which some lines
//! are new needs no more than these lines to be searched, which is what makes a history quick (`history::windows`).

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::below;
use super::far::{BLOCK, GAP, KEY, LINE, LOGIN};

/// What every private key in armour begins with.
const BEGIN: &[u8] = b"-----BEGIN ";

/// What must be looked at for the secrets that may be new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// Secrets that touch this are new, or may be; all others are where they were.
    pub own: Range<usize>,
    /// Anchors of such secrets stand here.
    pub look: Range<usize>,
}

/// How far whole lines that are new reach; of a line that is longer than four kilobytes only so much on both sides of
/// what is new need be given.
pub fn reach(text: &[u8], lines: Range<usize>) -> Touched {
    let begins = lines.start == 0 || text[lines.start - 1] == b'\n';
    let ends = text.get(lines.end).is_none_or(|&b| b == b'\n');
    let mut own = lines;
    if ends && let Some(start) = opening(text, own.end) {
        own.end = line_behind(text, own.end, if is_login(&text[start..own.end]) { LOGIN } else { 0 });
    }
    let mut look = own.clone();
    if !begins {
        look.start = look.start.saturating_sub(LINE);
    } else if let Some(start) = opening(text, own.start) {
        look.start = start;
    }
    if !ends {
        look.end = (look.end + LINE).min(text.len());
    }
    // A default that is new may hang on an old name, and an old one on a new name.
    if begins && below::may_hold_a_default(&text[own.start..own.end.min(own.start + BLOCK)]) {
        look.start = line_around(text, own.start.saturating_sub(BLOCK));
    }
    if ends && below::may_hold_a_default(&text[own.end..text.len().min(own.end + BLOCK)]) {
        own.end = line_behind(text, own.end, BLOCK);
        look.end = look.end.max(own.end);
    }
    if let Some(key) = key_before(text, look.start) {
        (own.start, look.start) = (key.min(own.start), key.min(look.start));
    }
    Touched { own, look }
}

/// Where the last line before `at` begins, if a value may follow it at `at`.
fn opening(text: &[u8], at: usize) -> Option<usize> {
    let gap = text[..at].iter().rev().take(GAP + 1).take_while(|b| b.is_ascii_whitespace()).count();
    let end = at - gap;
    if gap > GAP || end == 0 || !below::may_open(text[end - 1]) {
        return None;
    }
    let start = line_around(text, end);
    (below::opens(&text[start..end]) || is_login(&text[start..end])).then_some(start)
}

/// Where the line begins that this place is on.
fn line_around(text: &[u8], at: usize) -> usize {
    let from = at.saturating_sub(LINE);
    memchr::memrchr(b'\n', &text[from..at]).map_or(from, |i| from + i + 1)
}

/// A line of a `.netrc` that a password may follow.
fn is_login(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    matches!(line.first(), Some(b'm' | b'd' | b'l' | b'u' | b'a'))
        && [&b"machine"[..], b"default", b"login", b"user", b"account"]
            .iter()
            .any(|word| line.starts_with(word))
}

/// The end of the next line that is not blank, and of what begins so much behind it.
fn line_behind(text: &[u8], at: usize, more: usize) -> usize {
    let start = at + text[at..].iter().take(GAP).take_while(|b| b.is_ascii_whitespace()).count();
    let start = (start + more).min(text.len());
    let to = (start + LINE).min(text.len());
    memchr::memchr(b'\n', &text[start..to]).map_or(to, |i| start + i)
}

/// Where the line begins in which a private key does that may go on at `at`, or whose beginning `at` cuts.
fn key_before(text: &[u8], at: usize) -> Option<usize> {
    // Made once, for it is asked more often than found.
    static FINDER: LazyLock<Finder> = LazyLock::new(|| Finder::new(BEGIN));
    let from = at.saturating_sub(KEY);
    let around = &text[from..(at + BEGIN.len() - 1).min(text.len())];
    let key = FINDER.find_iter(around).map(|i| from + i).filter(|&key| key < at).last()?;
    Some(line_around(text, key))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What of a text is looked at, and owned, if the line with `NEW` is new.
    fn parts(text: &str) -> (&str, &str) {
        let at = text.find("NEW").expect("the test has something new");
        let start = text[..at].rfind('\n').map_or(0, |i| i + 1);
        let end = text[at..].find('\n').map_or(text.len(), |i| at + i);
        let Touched { own, look } = reach(text.as_bytes(), start..end);
        (&text[look], &text[own])
    }

    #[test]
    fn a_line_reaches_no_further_than_a_value_behind_its_name() {
        assert_eq!(parts("a = 1\nb = NEW\nc = 3\n"), ("b = NEW", "b = NEW"));
        assert_eq!(parts("put(\"token\",\n  \"NEW\")\n"), ("put(\"token\",\n  \"NEW\")", "  \"NEW\")"));
        assert_eq!(parts("\"NEW\",\n  \"v\")\nx"), ("\"NEW\",\n  \"v\")", "\"NEW\",\n  \"v\")"));
        assert_eq!(parts("- name: A\n  value: NEW\n"), ("- name: A\n  value: NEW", "  value: NEW"));
        assert_eq!(
            parts("- name: NEW\n\n  value: v\n"),
            ("- name: NEW\n\n  value: v", "- name: NEW\n\n  value: v")
        );
    }

    #[test]
    fn a_default_hangs_on_its_name() {
        let text = "variable \"password\" {\n  type = string\n  \"default\" = \"v\"\n}\n";
        let new = text.replace("\"v\"", "\"NEW\"");
        assert_eq!(parts(&new), (&new[..new.len() - 3], "  \"default\" = \"NEW\""));
        let new = text.replace("password", "NEW");
        assert_eq!(parts(&new), (&*new, &*new));
    }

    #[test]
    fn a_private_key_is_taken_from_its_beginning() {
        let text = format!("x\n{}RSA PRIVATE KEY-----\nNEW\ny", "-----BEGIN ");
        assert_eq!(parts(&text), (&text[2..text.len() - 2], &text[2..text.len() - 2]));
    }
}
