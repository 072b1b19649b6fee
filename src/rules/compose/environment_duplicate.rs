use std::collections::HashMap;

use crate::compose::ComposeFile;
use crate::container::At;
use crate::finding::Findings;
use crate::rule::Context;
use crate::yaml::Node;

pub fn compose(cx: &Context, file: &ComposeFile, out: &mut Findings) {
    // By list and name.
    let mut known: HashMap<(Option<u32>, &str), Node> = HashMap::new();
    let at = |node: Node| At::new(file.id, node.span());
    for item in super::environment_items(file) {
        let Some(text) = item.as_str() else { continue };
        let name = text.split('=').next().unwrap_or_default();
        let Some(first) = known.insert((item.parent().map(Node::id), name), item) else { continue };
        if first.as_str() != Some(text) {
            let message =
                format!("`{name}` is set again, so the first value has no effect; remove one of them");
            out.on(cx, at(item), message).see_on(cx, at(first), "it is set here first");
        }
    }
}
