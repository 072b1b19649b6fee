//! The way from a scalar's value back to the bytes it was written with.

use super::Style;
use crate::text::{Joined, Span};

/// Lays `value` along the source under `span`. `None` if the two do not fit together.
pub(super) fn align<'y>(text: &str, span: Span, style: Style, value: &str) -> Option<Joined<'y>> {
    let joined = match style {
        Style::Single | Style::Double => quoted(text, span, style == Style::Double, value)?,
        Style::Plain | Style::Literal | Style::Folded => by_lines(text, span, style, value)?,
    };
    Some(joined)
}

/// Plain and block scalars: each line's content stands in the value; between two of them come spaces or line ends.
fn by_lines<'y>(text: &str, span: Span, style: Style, value: &str) -> Option<Joined<'y>> {
    let mut joined = Joined::empty(span.start as usize);
    let mut done = 0;
    let mut offset = span.start as usize;
    for (index, line) in text[span.range()].split_inclusive('\n').enumerate() {
        let begin = offset;
        offset += line.len();
        if index == 0 && style != Style::Plain {
            continue; // the header: `|2-`
        }
        let line_end = line.trim_end_matches(['\n', '\r']);
        let full = if style == Style::Plain { line_end.trim_end() } else { line_end };
        let content = full.trim_start();
        if content.is_empty() {
            continue;
        }
        // Spaces or line ends between the lines, and the indentation that a block scalar keeps.
        let gap = value[done..].find(|c: char| !c.is_whitespace())?;
        if !value[done + gap..].starts_with(content) {
            return None;
        }
        let content_at = begin + (full.len() - content.len());
        push_gap(&mut joined, &value[done..done + gap], begin, content_at);
        joined.push(content, content_at);
        done += gap + content.len();
    }
    let rest = &value[done..];
    if !rest.trim().is_empty() {
        return None;
    }
    push_gap(&mut joined, rest, span.end as usize, span.end as usize);
    Some(joined)
}

/// White space of the value: what is indentation maps to it, the rest to the place before.
fn push_gap(joined: &mut Joined<'_>, gap: &str, before: usize, content: usize) {
    let kept = gap.bytes().rev().take_while(|&b| b == b' ').count().min(content - before);
    let kept = if gap.len() > kept { kept } else { 0 };
    for (at, _) in gap[..gap.len() - kept].char_indices() {
        joined.push(&gap[at..=at], before.saturating_sub(1));
    }
    if kept > 0 {
        joined.push(&gap[gap.len() - kept..], content - kept);
    }
}

/// Quoted scalars: escapes, `''`, and folded line ends.
fn quoted<'y>(text: &str, span: Span, double: bool, value: &str) -> Option<Joined<'y>> {
    let mut joined = Joined::empty(span.start as usize);
    let end = (span.end as usize).checked_sub(1)?;
    let mut at = span.start as usize + 1;
    let mut rest = value;
    while at < end {
        let source = &text[at..end];
        let first = source.chars().next()?;
        if first == '\\' && double {
            let break_len = line_break(&source[1..]);
            if break_len > 0 {
                at += 1 + break_len;
                at += indentation(&text[at..end]);
                continue;
            }
            let decoded = rest.chars().next()?;
            joined.push(&rest[..decoded.len_utf8()], at);
            rest = &rest[decoded.len_utf8()..];
            at += escape_len(source, decoded);
        } else if first == '\'' && !double {
            joined.push(rest.get(..1).filter(|c| *c == "'")?, at);
            rest = &rest[1..];
            at += 2;
        } else if let Some((len, breaks)) = fold(source) {
            let folded = if breaks == 1 { 1 } else { breaks - 1 };
            for _ in 0..folded {
                joined.push(rest.get(..1).filter(|c| matches!(*c, " " | "\n"))?, at);
                rest = &rest[1..];
            }
            at += len;
        } else {
            let special = |c: char| c == '\\' || c == '\'' || c == ' ' || c == '\t' || c == '\n' || c == '\r';
            let len =
                source[first.len_utf8()..].find(special).map_or(source.len(), |len| len + first.len_utf8());
            joined.push(rest.get(..len).filter(|piece| *piece == &source[..len])?, at);
            rest = &rest[len..];
            at += len;
        }
    }
    rest.is_empty().then_some(joined)
}

/// White space with line ends in it: its length and the number of line ends.
fn fold(source: &str) -> Option<(usize, usize)> {
    let len = source.len() - source.trim_start_matches([' ', '\t', '\n', '\r']).len();
    let breaks = source[..len].bytes().filter(|&b| b == b'\n').count();
    (breaks > 0).then_some((len, breaks))
}

fn line_break(source: &str) -> usize {
    let source_end = source.trim_start_matches([' ', '\t']);
    let blank = source.len() - source_end.len();
    if source_end.starts_with("\r\n") {
        blank + 2
    } else if source_end.starts_with('\n') {
        blank + 1
    } else {
        0
    }
}

fn indentation(source: &str) -> usize {
    source.len() - source.trim_start_matches([' ', '\t']).len()
}

/// Bytes of the escape at the start of `source`, which stands for `decoded`.
fn escape_len(source: &str, decoded: char) -> usize {
    let len = match source.as_bytes().get(1) {
        Some(b'x') => 4,
        // Two halves of a surrogate pair make one character.
        Some(b'u') if decoded as u32 > 0xffff => 12,
        Some(b'u') => 6,
        Some(b'U') => 10,
        _ => 1 + source[1..].chars().next().map_or(0, char::len_utf8),
    };
    len.min(source.len())
}
