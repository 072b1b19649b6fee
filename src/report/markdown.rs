//! Markdown that shows hostile text as the text it is, in comments, check runs and summaries on GitHub.
//!
//! A backslash is not enough there: GitHub looks for `@name`, `#1`, `GH-1`, `:name:` and bare addresses once all is
//! rendered. So text that came from a repository is broken with invisible spaces where they would begin, and names
//! stand in code spans. No entities: whoever reads a comment as mail reads it as it was written.
//! (summary/tests.rs reads it back with a Markdown parser, tests/oracle/markdown.py with GitHub's own.)

use std::fmt::Write as _;

use super::escape::{line, plain};

/// Not a character that [`plain`] leaves in a text, so whoever sees one knows that it is ours.
const BREAK: char = '\u{200b}';

/// Text that is shown as it is: no markup, no link, no mention, nobody's notification.
pub fn text(text: &str) -> String {
    let text = plain(text);
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = &*text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        match c {
            '@' | '#' => out.extend(['\\', c, BREAK]),
            ':' if !after.is_empty() && !after.starts_with(' ') => out.extend([c, BREAK]),
            '.' if ends_with(&out, "www") => out.extend([BREAK, c]),
            '-' if ends_with(&out, "gh") => out.extend([BREAK, '\\', c]),
            // `1.` and `1)` begin lists.
            '.' | ')' if out.ends_with(|c: char| c.is_ascii_digit()) => out.extend(['\\', c]),
            // Those mean nothing where no link, tag or entity can begin.
            '.' | ',' | ';' | ':' | '\'' | '"' | '/' | '?' | '%' | '(' | ')' => out.push(c),
            _ if c.is_ascii_punctuation() => out.extend(['\\', c]),
            _ => out.push(c),
        }
        rest = after;
    }
    out
}

fn ends_with(text: &str, end: &str) -> bool {
    let from = text.len().saturating_sub(end.len());
    text.as_bytes()[from..].eq_ignore_ascii_case(end.as_bytes())
}

/// Text in a code span, where GitHub looks for nothing. Its runner does, in what a job prints.
pub fn code(text: &str) -> String {
    let text = line(text);
    if text.trim().is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    // A blank at both ends is taken off again. It keeps a backquote of the text from being one of the fence.
    let padded = [text.chars().next(), text.chars().last()].iter().any(|c| matches!(c, Some('`' | ' ')));
    let pad = if padded { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// The same in a cell of a table, which a bar ends even there. Readers differ on what two backslashes before it are.
pub fn code_in_cell(text: &str) -> String {
    code(text).replace("\\|", &format!("\\{BREAK}|")).replace('|', "\\|")
}

/// A message of a finding: plain text, with names in backquotes.
pub fn message(message: &str) -> String {
    with_names(message, code)
}

/// The same in a cell of a table.
pub fn message_in_cell(message: &str) -> String {
    with_names(message, code_in_cell)
}

fn with_names(message: &str, code: fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut pieces = message.split('`').peekable();
    let mut is_name = false;
    while let Some(piece) = pieces.next() {
        // A backquote that nothing closes is a backquote.
        if is_name && pieces.peek().is_none() {
            out.push_str("\\`");
            out.push_str(&text(piece));
        } else if is_name {
            out.push_str(&code(piece));
        } else {
            out.push_str(&text(piece));
        }
        is_name = !is_name;
    }
    out
}

/// A link. `shown` is Markdown already; of `url` nothing is left that could end it.
pub fn link(shown: &str, url: &str) -> String {
    let mut out = format!("[{shown}](");
    for byte in url.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&*+,;=%".contains(&byte) {
            out.push(byte as char);
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out.push(')');
    out
}

/// A fenced block. The fence is longer than any in the text, which is otherwise left alone.
pub fn fenced(info: &str, text: &str) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    format!("{fence}{info}\n{text}{end}{fence}\n")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_no_markup() {
        assert_eq!(text("a *b* <i> [x](y)"), r"a \*b\* \<i\> \[x\](y)");
        assert_eq!(text("@user #1"), "\\@\u{200b}user \\#\u{200b}1");
        assert_eq!(text("see https://x.org: :tada:"), "see https:\u{200b}//x.org: :\u{200b}tada:");
        assert_eq!(text("GH-1"), "GH\u{200b}\\-1");
        assert_eq!(text("wWw.x"), "wWw\u{200b}.x");
        assert_eq!(text("a\nb\u{202e}"), "a␊b\u{fffd}");
        assert_eq!(text("ü | é"), "ü \\| é");
    }

    #[test]
    fn names_stand_in_code() {
        assert_eq!(message("`node:latest` moves; name a version"), "`node:latest` moves; name a version");
        assert_eq!(message("a ` b"), "a \\` b");
        assert_eq!(message("``@x``"), "\\@\u{200b}x");
        assert_eq!(code("a``b"), "```a``b```");
        assert_eq!(code("`a"), "`` `a ``");
        assert_eq!(code(" "), "");
        assert_eq!(code_in_cell("a|b\\|c"), "`a\\|b\\\u{200b}\\|c`");
        assert_eq!(message_in_cell("`a|b` | c"), "`a\\|b` \\| c");
    }

    #[test]
    fn links_and_fences_cannot_be_left() {
        assert_eq!(link("x", "https://h/a)b c\n(d"), "[x](https://h/a%29b%20c%0A%28d)");
        assert_eq!(fenced("suggestion", "a\n```\n"), "````suggestion\na\n```\n````\n");
        assert_eq!(fenced("suggestion", ""), "```suggestion\n```\n");
        assert_eq!(fenced("", "x"), "```\nx\n```\n");
    }
}
