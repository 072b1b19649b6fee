//! Whole lines of entries and items, for fixes that delete them.

use super::tree::Node;
use super::{Entry, Yaml};
use crate::text::Span;

/// The lines of an entry, from the start of the key's line to the start of the next line, with a comment at its end.
///
/// `None` where deleting lines would take more than the entry (flow style, `- key: value` on one line), or would
/// leave a mapping without entries.
pub fn entry_lines(entry: &Entry<'_>) -> Option<Span> {
    let mapping = entry.key.parent()?;
    if mapping.is_flow() || mapping.raw_entries().len() < 2 {
        return None;
    }
    let start = line_start_if_blank(entry.key.yaml(), entry.span().start as usize)?;
    lines_to(entry.key.yaml(), start, entry.span().end as usize)
}

/// The lines of an item of a block sequence, from its `-`. `None` as for [`entry_lines`].
pub fn item_lines(item: Node<'_>) -> Option<Span> {
    let sequence = item.parent()?;
    if sequence.is_flow() || sequence.items().len() < 2 {
        return None;
    }
    let dash = dash_before(item.yaml().text(), item.span_with_props().start as usize)?;
    let start = line_start_if_blank(item.yaml(), dash)?;
    lines_to(item.yaml(), start, item.span().end as usize)
}

/// The `-` that opens the item at `offset`.
pub(super) fn dash_before(text: &str, offset: usize) -> Option<usize> {
    let before = text[..offset].trim_end();
    before.ends_with('-').then(|| before.len() - 1)
}

fn line_start_if_blank(yaml: &Yaml<'_>, offset: usize) -> Option<usize> {
    let text = yaml.text();
    let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let start = text[..offset].rfind('\n').map_or(mark, |at| at + 1);
    text[start..offset].bytes().all(|b| b == b' ').then_some(start)
}

/// From `start` to the start of the line after `end`, if only a comment follows on that line.
fn lines_to(yaml: &Yaml<'_>, start: usize, end: usize) -> Option<Span> {
    let text = yaml.text();
    let line_end = text[end..].find('\n').map_or(text.len(), |at| end + at);
    let rest = text[end..line_end].trim();
    if !rest.is_empty() && !rest.starts_with('#') {
        return None;
    }
    Some(Span::new(start, (line_end + 1).min(text.len())))
}
