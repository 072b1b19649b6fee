//! What stands around a value and says that it is no secret, or everybody's: the names before it on its line, the object
//! that it is in, what it is given to.

use std::ops::Range;

use super::cursor::is_name;
use super::remarks::lead;
use super::syntax::{Assignment, Form};
use super::{far, names};

/// Whether what stands around says that it is none.
pub(super) fn is_none(text: &[u8], found: &Assignment) -> bool {
    is_public(text, &found.name)
        || is_for_codecov(text, found)
        || is_of_another(text, found)
        || is_of_a_signature(text, found.name.start)
        || is_of_a_page(text, found.name.start)
}

/// What stands before a name says that everybody may have the value: a beacon in a page, the address of a public file or
/// of one that was signed for an hour; or that the name is a host's, `//example.pw:8080`.
fn is_public(text: &[u8], name: &Range<usize>) -> bool {
    let line = lead(text, name.start);
    let before = &line[line.len().saturating_sub(32)..];
    let holds = |sign: &[u8]| before.windows(sign.len()).any(|there| there == sign);
    let host = || text[name.clone()].ends_with(b".pw") && (before.ends_with(b"//") || before.ends_with(b"@"));
    let signed = || holds(b"?e=1") || holds(b"&e=1");
    // The way into a group of QQ, which groups print.
    let invites = || text[name.clone()].eq(b"authKey") && line.ends_with(b"&");
    // What an external secret is called in Kubernetes: `- secretKey: token`.
    let external = || text[name.clone()].eq(b"secretKey") && line.trim_ascii() == b"-";
    // What Helm restarts pods by: `checksum/secret: …`.
    let sums = || before.ends_with(b"checksum/");
    let resource = || before.ends_with(b":") && memchr::memmem::find(line, b"arn:").is_some();
    holds(b"cf-beacon")
        || holds(b"alt=media&")
        || signed()
        || host()
        || invites()
        || sums()
        || external()
        || resource()
}

/// The object that holds a name is one that pages: `"continuation": {"token": "…"}`.
fn is_of_a_page(text: &[u8], name: usize) -> bool {
    let before = text[name.saturating_sub(64)..name].trim_ascii_end();
    let before = before.strip_suffix(b"\"").or(before.strip_suffix(b"'")).unwrap_or(before).trim_ascii_end();
    let Some(outer) = before.strip_suffix(b"{").map(<[u8]>::trim_ascii_end) else { return false };
    let outer = outer.strip_suffix(b":").or(outer.strip_suffix(b"=")).unwrap_or(outer).trim_ascii_end();
    let outer = outer.strip_suffix(b"\"").or(outer.strip_suffix(b"'")).unwrap_or(outer);
    let length = outer.iter().rev().take_while(|&&b| is_name(b)).count();
    std::str::from_utf8(&outer[outer.len() - length..]).is_ok_and(names::is_a_page)
}

/// A literal that names an action, and a word behind it: `Url.Action("ResetPassword", "Account")`.
pub(super) fn names_an_action(text: &[u8], found: &Assignment, written: &str) -> bool {
    let quoted = text[..found.name.start].last().is_some_and(|b| matches!(b, b'"' | b'\''));
    quoted && found.form == Form::Passed && names::is_an_action(written)
}

/// The key of a search box of Algolia, which the page holds: it stands between the id of the application and the index.
pub(super) fn is_for_a_search_box(text: &[u8], found: &Assignment) -> bool {
    const FAR: usize = 256;
    let holds = |part: &[u8], words: &[&[u8]]| {
        let part = part.to_ascii_lowercase();
        words.iter().any(|word| memchr::memmem::find(&part, word).is_some())
    };
    let name = &text[found.name.clone()];
    let named = name.len() >= 6 && name[name.len() - 6..].eq_ignore_ascii_case(b"apikey");
    let before = &text[found.name.start.saturating_sub(FAR)..found.name.start];
    let behind = &text[found.value.end..(found.value.end + FAR / 4).min(text.len())];
    named
        && found.value.len() == 32
        && (holds(before, &[b"docsearch("]) || holds(before, &[b"appid"]) && holds(behind, &[b"index"]))
}

/// What Codecov has encrypted: `url: "secret:…"`.
fn is_for_codecov(text: &[u8], found: &Assignment) -> bool {
    const SHORT: usize = 64;
    let quoted = |at: Option<&u8>| at.is_some_and(|b| matches!(b, b'"' | b'\''));
    let opens = quoted(text[..found.name.start].last());
    opens
        && &text[found.name.start..found.value.start] == b"secret:"
        && found.value.len() >= SHORT
        && quoted(text.get(found.value.end))
}

/// Of several targets the first gets the first value: `method, password = "aes", key`.
fn is_of_another(text: &[u8], found: &Assignment) -> bool {
    let targets = lead(text, found.name.start);
    let is_target = |b: &u8| b.is_ascii_alphanumeric() || b"_.[]'\" \t,".contains(b);
    let behind = &text[found.value.end..(found.value.end + far::GAP).min(text.len())];
    let behind = behind.split(|&b| b == b'\n').next().unwrap_or_default().trim_ascii_start();
    let behind = behind.strip_prefix(b"'").or_else(|| behind.strip_prefix(b"\"")).unwrap_or(behind);
    found.form == Form::Assigned
        && targets.contains(&b',')
        && targets.iter().all(is_target)
        && behind.trim_ascii_start().starts_with(b",")
}

/// In a pattern of a rule that looks for attacks: `content:"password=…"`.
fn is_of_a_signature(text: &[u8], at: usize) -> bool {
    let line = lead(text, at);
    let opened = line.iter().rposition(|&b| b == b'"').map(|at| line[..at].trim_ascii_end());
    opened.is_some_and(|before| {
        let before = before.strip_suffix(b"!").unwrap_or(before);
        [&b"content:"[..], b"pcre:", b"uricontent:"].iter().any(|key| before.ends_with(key))
    })
}
