//! What aliases make of a document: a few lines can stand for billions of nodes, or for themselves.
//!
//! Whoever walks a tree through its aliases has a budget of its own; this says that a file goes beyond any.

use std::collections::HashMap;

use super::tree::Node;
use super::{Yaml, YamlError};

/// Nodes that aliases may add: Compose's limit for all of them.
const MOST: u64 = 100_000;

/// The first alias of each document with which it stands for too much.
pub(super) fn errors(yaml: &Yaml<'_>) -> Vec<YamlError> {
    if !yaml.nodes().any(Node::is_alias) {
        return Vec::new();
    }
    yaml.documents()
        .filter_map(|root| {
            let most = MOST + yaml.nodes.len() as u64;
            let mut counter = Counter { most, sizes: HashMap::new(), open: Vec::new(), error: None };
            counter.size(root);
            counter.error
        })
        .collect()
}

struct Counter {
    /// What a node may come to.
    most: u64,
    /// Nodes with an anchor, their aliases followed.
    sizes: HashMap<u32, u64>,
    /// The anchors that are being counted.
    open: Vec<u32>,
    error: Option<YamlError>,
}

impl Counter {
    /// The nodes that a node comes to. The parser bounds the depth.
    fn size(&mut self, node: Node<'_>) -> u64 {
        if node.is_alias() {
            let target = node.resolved();
            if self.open.contains(&target.id()) {
                self.complain(node, "this alias is inside the value that it refers to");
                return 1;
            }
            // An anchor stands before its aliases, so what is not known is an alias that leads nowhere.
            return self.sizes.get(&target.id()).copied().unwrap_or(1);
        }
        let anchored = node.anchor_span().is_some();
        if anchored {
            self.open.push(node.id());
        }
        let mut size: u64 = 1;
        let children = node.items().chain(node.raw_entries().flat_map(|entry| [entry.key, entry.value]));
        for child in children {
            size = size.saturating_add(self.size(child));
            if size > self.most {
                let message = "aliases add more than 100,000 nodes to this document; their content is not \
                               checked";
                self.complain(child, message);
            }
        }
        if anchored {
            self.open.pop();
            self.sizes.insert(node.id(), size);
        }
        size
    }

    fn complain(&mut self, node: Node<'_>, message: &str) {
        self.error.get_or_insert(YamlError { span: node.span_with_props(), message: message.into() });
    }
}
