//! YAML as a tree with places.
//!
//! [`parse`] never fails: it gives the tree of what could be read and the errors. Every key, value, item, comment,
//! tag and anchor has a span. Aliases and merge keys stay in the tree as written and are resolved on the way
//! ([`Node::resolved`], [`Node::entries`]), so that a finding behind an anchor points at the anchor's line.
//! What keys mean is left to `compose`, `runtime` and `config`.
//!
//! # Why granit-parser
//!
//! Two kept event parsers were tried on 300 Compose files (1.1 MB), Rust 1.95, release, two cores, 2026-11:
//!
//! | | granit-parser 2.2.0 | rlsp-yaml-parser 0.11.1 |
//! |---|---|---|
//! | time a file | 72 µs | 39 µs |
//! | comments reported | 3,943 (all) | 3,720: it loses some before and after dedents |
//! | `a: @x` | error at the byte | no error, an empty value: text lost in silence |
//! | `{{ x }}` | key, null | a mapping with an odd number of events |
//! | anchors, aliases, unknown aliases | events with spans; unknown ones optional | events with spans |
//! | byte spans in multi-byte text, after a BOM, with CRLF | right | right |
//! | on an error | stops; can go on at the next document | stops |
//! | nesting | limit 255, settable | limit 512 |
//! | brings along | arraydeque, smallvec | memchr, thiserror |
//!
//! A linter must not lose comments (its ignores live there) nor values, so the slower one was taken. Only
//! `load.rs` knows its name. Recovery inside a document is ours: the line with the error is blanked and the text
//! read again, a few times at most.

mod aliases;
mod decode;
mod grow;
mod lines;
mod load;
mod merge;
mod tree;

pub use grow::Tree;
pub use lines::{entry_lines, item_lines};
pub use load::parse;
pub use merge::Entry;
pub use tree::{Kind, Node};

use crate::text::{Source, Span};

/// A text read as YAML: documents, comments and errors, all in file order.
#[derive(Debug)]
pub struct Yaml<'a> {
    pub source: &'a Source,
    /// Every comment, from `#` to the end of its line, without the line end.
    pub comments: Vec<Span>,
    /// Places where the text is no YAML. What stands on other lines was still read.
    pub errors: Vec<YamlError>,
    /// Root nodes of the documents.
    documents: Vec<u32>,
    nodes: Vec<tree::NodeData>,
    /// Items of sequences; keys and values of mappings in turn.
    children: Vec<u32>,
    props: Vec<tree::Props>,
    /// Scalars whose value is not a piece of the source.
    decoded: Vec<Box<str>>,
}

/// Why a text is no YAML, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlError {
    pub span: Span,
    /// Without a full stop: "unclosed bracket '['".
    pub message: Box<str>,
}

/// How a scalar is written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Style {
    Plain,
    /// `'…'`
    Single,
    /// `"…"`
    Double,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

impl<'a> Yaml<'a> {
    /// The root of the first document; `None` for an empty text.
    pub fn root(&self) -> Option<Node<'_>> {
        self.documents().next()
    }
    /// The roots of all documents.
    pub fn documents(&self) -> impl Iterator<Item = Node<'_>> {
        self.documents.iter().map(|&id| self.node(id))
    }
    /// Every node of all documents, parents before their children.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        (0..self.nodes.len() as u32).map(|id| self.node(id))
    }
    /// The node with this number, see [`Node::id`].
    pub fn node(&self, id: u32) -> Node<'_> {
        Node::new(self, id)
    }
    /// Pairs of keys that stand twice in one mapping: the first, and each later one.
    pub fn duplicate_keys(&self) -> Vec<(Entry<'_>, Entry<'_>)> {
        merge::duplicate_keys(self)
    }
    pub fn text(&self) -> &'a str {
        self.source.text()
    }
}

#[cfg(test)]
mod tests;
