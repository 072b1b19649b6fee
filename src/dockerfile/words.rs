//! Splits an instruction's text: keyword, flags, words at blanks, words of ENV and its like.
//!
//! All functions work on ranges of a [`Logical`] line, so that nothing is copied before it is known to be a word.

use std::borrow::Cow;
use std::ops::Range;

use super::lines::{Logical, Spliced};
use super::{Flag, Word};

/// The blanks that separate words of most instructions: fewer than Unicode's, as BuildKit has it.
pub(super) fn is_blank(b: u8) -> bool {
    matches!(b, b'\t' | 0x0b | 0x0c | b'\r' | b' ')
}

/// The range without blanks (Unicode's) at both ends.
pub(super) fn trim(line: &Logical, range: Range<usize>) -> Range<usize> {
    let text = line.slice(range.clone());
    let start = range.start + (text.len() - text.trim_start().len());
    let end = range.end - (text.len() - text.trim_end().len());
    if start > end { range.end..range.end } else { start..end }
}

/// The keyword and what stands behind the blanks after it. The range must be trimmed.
pub(super) fn split_keyword(line: &Logical, range: Range<usize>) -> (Range<usize>, Range<usize>) {
    let bytes = line.slice(range.clone()).as_bytes();
    let Some(end) = bytes.iter().position(|&b| is_blank(b)) else {
        return (range.clone(), range.end..range.end);
    };
    let next = bytes[end..].iter().position(|&b| !is_blank(b)).map_or(range.end, |n| range.start + end + n);
    (range.start..range.start + end, next..range.end)
}

/// Words at blanks, without regard for quotes: FROM, EXPOSE, VOLUME, COPY, ADD. The range must be trimmed.
pub(super) fn blank_separated(line: &Logical, range: Range<usize>) -> Vec<Range<usize>> {
    let bytes = line.slice(range.clone()).as_bytes();
    let mut words = Vec::new();
    let mut start = None;
    for (i, &b) in bytes.iter().enumerate() {
        match (is_blank(b), start) {
            (false, None) => start = Some(i),
            (true, Some(from)) => {
                words.push(range.start + from..range.start + i);
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        words.push(range.start + from..range.end);
    }
    words
}

/// Words of ENV, LABEL and ARG: quotes and escapes keep blanks inside a word, and stay in it.
pub(super) fn quoted(line: &Logical, range: Range<usize>, escape: char) -> Vec<Range<usize>> {
    let text = line.slice(range.clone());
    let mut words = Vec::new();
    let (mut start, mut quote) = (None, None);
    let mut chars = text.char_indices();
    while let Some((i, c)) = chars.next() {
        if quote.is_none() && c.is_whitespace() {
            if let Some(from) = start.take() {
                words.push(range.start + from..range.start + i);
            }
            continue;
        }
        start.get_or_insert(i);
        if c == escape && quote != Some('\'') {
            // An escape as the very last character is no part of any word.
            if chars.next().is_none() {
                let from = start.take().expect("set above");
                if from < i {
                    words.push(range.start + from..range.start + i);
                }
                break;
            }
        } else if quote == Some(c) {
            quote = None;
        } else if quote.is_none() && (c == '"' || c == '\'') {
            quote = Some(c);
        }
    }
    if let Some(from) = start {
        words.push(range.start + from..range.end);
    }
    words
}

/// Takes the leading words that begin with `--` off; gives them and the rest, trimmed. A bare `--` ends them.
pub(super) fn flags<'a>(
    line: &Logical<'a>,
    range: Range<usize>,
    escape: char,
) -> (Vec<Flag<'a>>, Range<usize>) {
    let mut flags = Vec::new();
    let mut at = trim(line, range.clone()).start;
    while line.slice(at..range.end).starts_with("--") {
        let word = one_flag(line, at..range.end, escape);
        let end = word.end;
        at = trim(line, end..range.end).start;
        if word.is_bare(line) {
            break;
        }
        flags.push(word.into_flag(line));
    }
    (flags, trim(line, at..range.end))
}

/// A flag's range, and the ranges that remain of it without quotes and escapes.
struct RawFlag {
    start: usize,
    end: usize,
    parts: Vec<Range<usize>>,
    plain: bool,
}

fn one_flag(line: &Logical, range: Range<usize>, escape: char) -> RawFlag {
    let text = line.slice(range.clone());
    let mut parts = Vec::new();
    let (mut from, mut quote, mut end, mut plain) = (0, None, text.len(), true);
    let mut chars = text.char_indices();
    while let Some((i, c)) = chars.next() {
        if quote.is_none() && c.is_whitespace() {
            end = i;
            break;
        }
        let is_quote = match quote {
            Some(open) => c == open,
            None => c == '"' || c == '\'',
        };
        if is_quote {
            plain = false;
            parts.push(range.start + from..range.start + i);
            from = i + 1;
            quote = if quote.is_some() { None } else { Some(c) };
        } else if c == escape {
            plain = false;
            parts.push(range.start + from..range.start + i);
            from = i + c.len_utf8();
            chars.next();
        }
    }
    if from < end {
        parts.push(range.start + from..range.start + end);
    }
    RawFlag { start: range.start, end: range.start + end, parts, plain }
}

impl RawFlag {
    fn is_bare(&self, line: &Logical) -> bool {
        let mut text = self.parts.iter().flat_map(|part| line.slice(part.clone()).chars());
        text.by_ref().take(2).all(|c| c == '-') && text.next().is_none()
    }
    fn into_flag<'a>(self, line: &Logical<'a>) -> Flag<'a> {
        let range = self.start..self.end;
        let span = line.span(range.clone());
        let text = line.slice(range.clone());
        if self.plain {
            let Some(equals) = text.find('=') else {
                return Flag { span, name: line.word(range.start + 2..range.end), value: None };
            };
            let equals = range.start + equals;
            let value = Some(line.word(equals + 1..range.end));
            return Flag { span, name: line.word(range.start + 2..equals), value };
        }
        // Quotes or escapes stand in it: the first `=` that remains parts name and value.
        let mut name: Vec<Spliced> = Vec::new();
        let mut value: Option<(usize, Vec<Spliced>)> = None;
        let mut dashes = 2;
        for mut part in self.parts {
            let skip = part.len().min(dashes);
            dashes -= skip;
            part.start += skip;
            let text = line.slice(part.clone());
            if let Some((_, value)) = &mut value {
                value.push((part, Cow::Borrowed(text)));
            } else if let Some(equals) = text.find('=') {
                let at = part.start + equals;
                name.push((part.start..at, Cow::Borrowed(&text[..equals])));
                value = Some((at + 1, vec![(at + 1..part.end, Cow::Borrowed(&text[equals + 1..]))]));
            } else {
                name.push((part, Cow::Borrowed(text)));
            }
        }
        let name_end = value.as_ref().map_or(range.end, |(start, _)| start - 1);
        let name_start = (range.start + 2).min(name_end);
        Flag {
            span,
            name: line.spliced(name_start..name_end, &name),
            value: value.map(|(start, parts)| line.spliced(start..range.end, &parts)),
        }
    }
}

/// Words for a list of ranges.
pub(super) fn words<'a>(line: &Logical<'a>, ranges: impl IntoIterator<Item = Range<usize>>) -> Vec<Word<'a>> {
    ranges.into_iter().map(|range| line.word(range)).collect()
}
