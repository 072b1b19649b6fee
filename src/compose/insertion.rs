//! Where a fix may write a new setting into a service.

use crate::container::{FileId, Insertion, NoInsertion};
use crate::yaml::Node;

/// `node` is the service's body as written: perhaps an alias.
pub(super) fn insertion(node: Node<'_>, file: FileId) -> Result<Insertion, NoInsertion> {
    if node.is_alias() || node.alias_count() > 0 {
        return Err(NoInsertion::Shared);
    }
    if !node.is_mapping() {
        return Err(NoInsertion::NotAMapping);
    }
    if node.is_flow() {
        return Err(NoInsertion::Flow);
    }
    let source = node.yaml().source;
    let (Some(first), Some(last)) = (node.raw_entries().next(), node.raw_entries().last()) else {
        return Err(NoInsertion::NotAMapping);
    };
    let start = first.span().start as usize;
    let line = source.line_span(source.line_of(start));
    let indent = start - line.start as usize;
    if !source.text()[line.start as usize..start].bytes().all(|b| b == b' ') || indent == 0 {
        return Err(NoInsertion::NotAMapping);
    }
    let end = source.line_span(source.line_of(last.span().end as usize)).end;
    Ok(Insertion { file, offset: end, indent: indent as u32 })
}
