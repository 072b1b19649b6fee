//! Comments in texts of any language: our own, and those that scanners of secrets taught people to write.
//!
//! What a comment is, nobody knows without the language; the words are rare enough to be taken wherever they stand.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use super::{Found, Reach, read};
use crate::rule::Rule;
use crate::rules::RULES;
use crate::text::{Source, Span};

/// The comments that silence rules on these lines, and above them, of a text in any language; and all of our own.
pub fn text(source: &Source, lines: &BTreeSet<u32>) -> Vec<Found> {
    of_lines(source, lines, &|line| line)
}

/// The comments of our own in a text with containers in it. `extents` are all that is written of each, ascending: a comment
/// above a command speaks of all lines that it goes on to.
pub fn surface(source: &Source, extents: &[Span]) -> Vec<Found> {
    let whole = |line: Span| {
        let first = extents.partition_point(|extent| extent.start < line.start);
        let begins = extents[first..].iter().take_while(|extent| extent.start < line.end);
        begins.fold(line, |all, extent| all.cover(*extent))
    };
    of_lines(source, &BTreeSet::new(), &whole)
}

/// `whole` makes of a line below a comment all that the comment speaks of.
fn of_lines(source: &Source, lines: &BTreeSet<u32>, whole: &dyn Fn(Span) -> Span) -> Vec<Found> {
    let own = source.text().match_indices("hullguard:").map(|(at, _)| source.line_of(at));
    let near = lines.iter().flat_map(|&line| [line.saturating_sub(1).max(1), line]);
    let all: BTreeSet<u32> = own.chain(near).collect();
    let mut found = Vec::new();
    for line in all {
        let span = source.line_span(line);
        let text = source.slice(span);
        // Behind the last line nothing stands: an empty scope silences nothing and is told as unused.
        let last = line == source.line_count();
        let next = || if last { Span::at(source.text().len()) } else { whole(source.line_span(line + 1)) };
        if let Some(at) = text.find("hullguard:")
            && let Some(read) = read(without_end(&text[at..]))
        {
            let scope = match read.reach {
                Reach::File | Reach::Stage => None,
                Reach::Next | Reach::NextOrFile if opens(&text[..at]) => Some(next()),
                Reach::Next | Reach::NextOrFile => Some(span),
            };
            let found_here = Found::new(Span { start: span.start + at as u32, ..span }, scope, read);
            found.push(Found { anywhere: true, ..found_here });
        } else if let Some((mark, of_next)) = secret_mark(text) {
            let scope = if of_next || opens(&text[..mark.start]) { next() } else { span };
            let start = span.start as usize;
            found.push(Found {
                span: Span::new(start + mark.start, start + mark.end),
                rules: Arc::clone(&SECRET_RULES),
                families: Vec::new(),
                all: false,
                unknown: Vec::new(),
                scope: Some(scope),
                reason: String::new(),
                own: false,
                mistyped: None,
                anywhere: true,
            });
        }
    }
    found
}

static SECRET_RULES: LazyLock<Arc<[&Rule]>> = LazyLock::new(|| {
    let mut rules: Vec<&Rule> =
        RULES.iter().filter(|rule| rule.tags.iter().any(|tag| SECRET_TAGS.contains(&tag))).collect();
    rules.sort_by_key(|rule| rule.id);
    rules.into()
});

/// Tags of the rules on secrets: in any text, and in documents.
const SECRET_TAGS: [&str; 2] = ["secret", "secrets"];

/// What is written before a comment's text, if a comment is all that there is on the line: it speaks of the next line.
/// One behind something else speaks of its own.
fn opens(before: &str) -> bool {
    let word = before.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    // Batch files and m4 open comments with a word.
    word.is_empty() || word.eq_ignore_ascii_case("rem") || word.eq_ignore_ascii_case("dnl")
}

/// A comment's text without what closes it, in the languages whose comments are closed.
fn without_end(text: &str) -> &str {
    const ENDS: [&str; 11] = ["--}}", "*/}}", "--]]", "-->", "*/", "#}", "#>", "*)", "%>", "-}", "]]"];
    let text = text.trim_end();
    let end = ENDS.iter().find_map(|end| text.strip_suffix(end));
    end.unwrap_or(text).trim_end()
}

/// What other scanners of secrets take for "this one is all right", and whether it speaks of the next line.
const SECRET_MARKS: [(&str, bool); 8] = [
    ("gitleaks:allow", false),
    ("betterleaks:allow", false),
    ("kingfisher:ignore", false),
    ("trufflehog:ignore", false),
    ("secretlint-disable-next-line", true),
    ("secretlint-disable-line", false),
    ("nosecret", false),
    ("ggignore", false),
];

/// The first such mark of a line, in bytes, and whether it speaks of the next line.
fn secret_mark(text: &str) -> Option<(Range<usize>, bool)> {
    let is_word =
        |at: usize| text.as_bytes().get(at).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let stands = |at: usize, len: usize| !(at > 0 && is_word(at - 1) || is_word(at + len));
    let marks = SECRET_MARKS.iter().find_map(|(mark, of_next)| {
        let at = text.match_indices(mark).map(|(at, _)| at).find(|&at| stands(at, mark.len()))?;
        Some((at..at + mark.len(), *of_next))
    });
    marks.or_else(|| text.match_indices("pragma:").find_map(|(at, _)| allowlist(text, at)))
}

/// detect-secrets' `pragma: allowlist secret`: blanks and dashes as people write them, `whitelist` as of old.
fn allowlist(text: &str, at: usize) -> Option<(Range<usize>, bool)> {
    let rest = text[at + "pragma:".len()..].trim_start();
    let rest = rest.strip_prefix("allowlist").or_else(|| rest.strip_prefix("whitelist"))?;
    let word = |rest: &'_ str, word: &str| -> Option<usize> {
        let behind = rest.strip_prefix([' ', '-'])?.strip_prefix(word)?;
        Some(rest.len() - behind.len())
    };
    let nextline = word(rest, "nextline");
    let rest = &rest[nextline.unwrap_or(0)..];
    let secret = word(rest, "secret")?;
    Some((at..text.len() - rest.len() + secret, nextline.is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line that the only pragma of a text speaks of, and its reason.
    fn said(text: &str, hit: u32) -> Option<(String, String)> {
        let source = Source::new("f", text.into());
        let found = super::text(&source, &BTreeSet::from([hit]));
        assert!(found.len() < 2, "{text}");
        let found = found.into_iter().next()?;
        let scope = found.scope.map_or("file", |scope| source.slice(scope).trim());
        Some((scope.to_owned(), found.reason))
    }

    #[test]
    fn our_own_in_every_style_of_comment() {
        for (open, close) in [
            ("#", ""),
            ("//", ""),
            ("--", ""),
            (";", ""),
            ("%", ""),
            ("!", ""),
            ("\"", ""),
            ("'", ""),
            ("REM", ""),
            ("::", ""),
            ("dnl", ""),
            ("/*", "*/"),
            (" *", ""),
            ("<!--", "-->"),
            ("{#", "#}"),
            ("{{/*", "*/}}"),
            ("{{!--", "--}}"),
            ("<%#", "%>"),
            ("(*", "*)"),
            ("{-", "-}"),
            ("--[[", "]]"),
            ("<#", "#>"),
        ] {
            let comment = format!("{open} hullguard: ignore=private-key for (local) tests {close}");
            let want = |line: &str| Some((line.to_owned(), "for (local) tests".to_owned()));
            let above = format!("a\n  {comment}\nkey = 1\nb\n");
            assert_eq!(said(&above, 3), want("key = 1"), "{above}");
            let behind = format!("a\nkey = 1 {comment}\nb\n");
            assert_eq!(said(&behind, 2), want(behind.lines().nth(1).unwrap_or_default().trim()), "{behind}");
        }
        let whole = "// hullguard: ignore-file=all generated\nkey = 1\n";
        assert_eq!(said(whole, 2), Some(("file".to_owned(), "generated".to_owned())));
    }

    #[test]
    fn a_comment_that_ends_the_text_speaks_of_nothing() {
        for comment in [
            "# hullguard: ignore=all",
            "// hullguard: ignore=private-key why",
            "# pragma: allowlist nextline secret",
            "secretlint-disable-next-line",
            "# gitleaks:allow",
            "-- ggignore",
        ] {
            for before in ["", "a\n", "\u{feff}", "a\r\n"] {
                let text = format!("{before}{comment}");
                let hit = text.lines().count() as u32;
                assert_eq!(said(&text, hit).map(|(line, _)| line).as_deref(), Some(""), "{text:?}");
            }
        }
    }

    #[test]
    fn marks_of_other_scanners_on_their_line_and_the_one_before() {
        for mark in [
            "gitleaks:allow",
            "betterleaks:allow",
            "kingfisher:ignore",
            "trufflehog:ignore",
            "pragma: allowlist secret",
            "pragma:allowlist-secret",
            "pragma: whitelist secret",
            "secretlint-disable-line",
            "nosecret",
            "ggignore",
        ] {
            for (open, close) in [("#", ""), ("//", ""), ("/*", "*/"), ("<!--", "-->"), (";", "")] {
                let behind = format!("key = 1 {open} {mark} {close}");
                assert_eq!(said(&behind, 1).map(|(line, _)| line), Some(behind.trim().to_owned()));
                let above = format!("{open} {mark} {close}\nkey = 1\n");
                assert_eq!(said(&above, 2).map(|(line, _)| line), Some("key = 1".to_owned()), "{above}");
            }
        }
        for mark in ["pragma: allowlist nextline secret", "secretlint-disable-next-line"] {
            let behind = format!("a = 2 # {mark}\nkey = 1\n");
            assert_eq!(said(&behind, 2).map(|(line, _)| line), Some("key = 1".to_owned()));
        }
        for other in ["nosecrets = 1", "my_ggignore", "pragma: allowlist", "#pragma once", "gitleaks:allowed"]
        {
            assert_eq!(said(other, 1), None, "{other}");
        }
    }
}
