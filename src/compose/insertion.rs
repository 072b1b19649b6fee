//! Where a fix may write a new setting into a service.

use crate::container::{FileId, Insertion};
use crate::yaml::Node;

/// `node` is the service's body as written: perhaps an alias, or the anchor that aliases elsewhere mean.
pub(super) fn insertion(node: Node<'_>, file: FileId) -> Option<Insertion> {
    let shared = node.is_alias() || node.alias_count() > 0;
    if shared || !node.is_mapping() || node.is_flow() {
        return None;
    }
    let source = node.yaml().source;
    let (first, last) = (node.raw_entries().next()?, node.raw_entries().last()?);
    let start = first.span().start as usize;
    let line = source.line_span(source.line_of(start));
    let indent = start - line.start as usize;
    if !source.text()[line.start as usize..start].bytes().all(|b| b == b' ') || indent == 0 {
        return None;
    }
    let end = source.line_span(source.line_of(last.span().end as usize)).end;
    Some(Insertion { file, offset: end, indent: indent as u32 })
}
