//! Values that are code and no secrets: `process.env.TOKEN`, `os.getenv("NAME", "default")`. Strings in it may be.

use std::ops::Range;

use super::lexer::Lexer;
use super::values::{JUDGED, hides};
use crate::secrets::names;

/// What begins an expression, and no password.
const HEADS: [&str; 20] = [
    "process.env.",
    "os.environ",
    "settings.",
    "config.",
    "self.",
    "this.",
    "req.",
    "request.",
    "args.",
    "opts.",
    "options.",
    "params.",
    "props.",
    "env.",
    "secrets.",
    "ctx.",
    "context.",
    "import.meta.",
    "System.",
    "Environment.",
];
/// How functions end that take a name and give what it stands for; in small letters.
const LOOKS_UP: [&str; 8] = ["getenv", "env", "get", "environ", "config", "fetch", "getproperty", "secret"];

/// A value that code looks up or makes: `process.env.TOKEN`, `os.getenv("NAME", "default")`. It is shown, but for its
/// strings; the first may be the name of what is looked up. Says where the names in it may begin.
pub(super) fn read(lexer: &Lexer, at: usize, out: &mut Vec<Range<usize>>) -> Option<usize> {
    let line_end = lexer.line_end(at);
    let path = lexer.bytes[at..line_end].iter().take_while(|b| b.is_ascii_alphabetic() || b"_.".contains(b));
    let open = at + path.count();
    let path = &lexer.text[at..open];
    let ends = |at: usize| at >= line_end || b" \t,;)}].".contains(&lexer.bytes[at]);
    if !matches!(lexer.byte(open), Some(b'(' | b'[')) {
        let known = HEADS.iter().any(|head| path.starts_with(head));
        return (known && ends(open)).then_some(open);
    }
    let (strings, end) = arguments(lexer, open, line_end)?;
    let inside = lexer.text[open + 1..end].trim_start();
    let small = path.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let calls = !path.is_empty()
        && (path.contains('.')
            || small && path.contains('_')
            || !strings.is_empty()
            || inside.starts_with('{'));
    if !calls || !ends(end) {
        return None;
    }
    for (index, string) in strings.into_iter().enumerate() {
        let text = &lexer.text[string.clone()];
        let variable = text.contains('_') && text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
        let looked_up = LOOKS_UP.iter().any(|end| path.to_ascii_lowercase().ends_with(end));
        let is_name = index == 0 && (variable || looked_up && names::is_credential(text));
        if !is_name && hides(text) {
            out.push(string);
        }
    }
    Some(open + 1)
}

/// The strings between brackets, and where those close: on this line, or on a later one.
fn arguments(lexer: &Lexer, open: usize, line_end: usize) -> Option<(Vec<Range<usize>>, usize)> {
    let (mut strings, mut depth, mut at) = (Vec::new(), 0usize, open);
    while at < line_end.min(open + JUDGED) {
        match lexer.bytes[at] {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' | b'\'' => {
                let (string, end) = lexer.quoted(at).filter(|(_, end)| *end <= line_end)?;
                strings.push(string);
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some((strings, at));
        }
    }
    let goes_on = at >= line_end && lexer.text[open..line_end].trim_end().ends_with(['(', '[', '{', ',']);
    goes_on.then_some((strings, line_end))
}
