//! What stands before a name on its line, as far as it says how the name's value follows, or that none does.

use super::cursor::{Cursor, blank, is_name};

/// How long the word before `key` is that says of what kind it is, with its blank.
pub(super) fn which_key(before: &[u8]) -> usize {
    let is_it = |word: &&[u8]| {
        let start = before.len().checked_sub(word.len());
        let apart = |start: usize| start == 0 || !is_name(before[start - 1]);
        start.is_some_and(|start| before[start..].eq_ignore_ascii_case(word) && apart(start))
    };
    [&b"api "[..], b"public "].into_iter().find(is_it).map_or(0, <[u8]>::len)
}

/// The text before a name defines it, and the value follows: C's `#define`, Lisp's `(setq`, nginx' `proxy_set_header`.
pub(super) fn defines(before: &[u8]) -> bool {
    const WORDS: [&[u8]; 8] = [
        b"#define",
        b"(setq",
        b"(def",
        b"(define",
        b"(defvar",
        b"(defconst",
        b"proxy_set_header",
        b"fastcgi_param",
    ];
    let words = before.trim_ascii();
    before.last().copied().is_some_and(blank) && WORDS.iter().any(|word| words.ends_with(word))
}

/// What a call does that takes a password and a hash or a salt, so that the second literal is not the password's.
const WORKS: [&[u8]; 7] = [b"hash", b"verify", b"compare", b"check", b"crypt", b"derive", b"encode"];

/// The text ends with the beginning of a call that works on what it is given: `derive_hash("`.
pub(super) fn works_on_it(before: &[u8]) -> bool {
    let before = before.strip_suffix(b"\"").or(before.strip_suffix(b"'")).unwrap_or(before);
    let before = before.trim_ascii_end().strip_suffix(b"(").unwrap_or(before);
    let length = before.iter().rev().take(64).take_while(|&&b| is_name(b)).count();
    let callee = before[before.len() - length..].to_ascii_lowercase();
    WORKS.iter().any(|word| callee.windows(word.len()).any(|there| there == *word))
}

/// `typeof password === '…'` compares with the name of a type.
pub(super) fn is_asked_for_its_type(before: &[u8], cursor: Cursor) -> bool {
    cursor.rest().starts_with(b"==") && before.split(|&b| blank(b) || b == b'(').any(|word| word == b"typeof")
}

/// The text before a name in quotes is a call's or a pair's beginning: `put("`, `{"`.
pub(super) fn opens_a_pair(before: &[u8]) -> bool {
    before.split_last().is_some_and(|(_, before)| matches!(before.trim_ascii_end().last(), Some(b'(' | b'{')))
}

/// SQL: `CREATE USER a WITH PASSWORD 'v4l'`.
pub(super) fn alters_a_user(before: &[u8]) -> bool {
    let words = before.split(|&b| blank(b));
    words.into_iter().any(|word| {
        [&b"user"[..], b"role", b"login", b"identified"].iter().any(|known| word.eq_ignore_ascii_case(known))
    })
}

/// The line is of a kind that puts a value behind a name with a blank between.
pub(super) fn takes_words(before: &[u8]) -> bool {
    let mut words = before.split(|&b| blank(b)).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default();
    let opens =
        [&b"ENV"[..], b"env", b"setenv", b"login", b"machine", b"default", b"enable", b"username", b"nmcli"];
    opens.contains(&first) || (first == b"set" && words.next().is_none())
}
