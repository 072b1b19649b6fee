//! Where a fix may write a new setting into a service.

use crate::container::{FileId, Insertion};
use crate::text::Source;
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
    let line = past_commented_items(source, source.line_of(last.span().end as usize), indent);
    let end = source.line_span(line).end;
    Some(Insertion { file, offset: end, indent: indent as u32 })
}

/// The last of the lines that belong to what ends on `line` although they are comments: items of a list that were
/// commented out. A new key between them and the list would take them away from it.
fn past_commented_items(source: &Source, mut line: u32, indent: usize) -> u32 {
    while line < source.line_count() {
        let text = source.slice(source.line_span(line + 1));
        let Some(inside) = text.trim_start().strip_prefix('#') else { break };
        // `#      - "443:443"`: the mark may stand anywhere before the item.
        let at = text.len() - inside.trim_start().len();
        let mark = text.len() - inside.len() - 1;
        let is_item = inside.trim_start().starts_with("- ");
        if !(mark > indent || is_item && at >= indent) {
            break;
        }
        line += 1;
    }
    line
}
