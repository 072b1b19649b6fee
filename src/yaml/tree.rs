//! Nodes of the tree: kinds, places, ways to children, parents and anchors.
//!
//! Nodes lie in one list and refer to each other by number; a text that is a piece of the source is not copied.

use std::fmt::Write as _;

use super::merge::{self, Entry};
use super::{Style, Yaml, decode};
use crate::text::{Joined, Span};

/// No node, no properties, no decoded text.
pub(super) const NONE: u32 = u32::MAX;

#[derive(Debug)]
pub(super) struct NodeData {
    pub(super) span: Span,
    pub(super) parent: u32,
    /// Index in `Yaml::props`.
    pub(super) props: u32,
    pub(super) data: Data,
}

#[derive(Debug)]
pub(super) enum Data {
    /// `text` is an index in `Yaml::decoded`; without one, the value is the source under the span less `skip` bytes
    /// at each end.
    Scalar {
        style: Style,
        skip: u8,
        text: u32,
    },
    Sequence {
        flow: bool,
        first: u32,
        len: u32,
    },
    /// `len` counts keys and values.
    Mapping {
        flow: bool,
        first: u32,
        len: u32,
    },
    Alias {
        target: u32,
    },
}

#[derive(Debug, Default)]
pub(super) struct Props {
    /// `&name`
    pub(super) anchor: Option<Span>,
    /// The tag as written.
    pub(super) tag: Option<Span>,
    /// Its meaning: `!reset`, `tag:yaml.org,2002:str`.
    pub(super) tag_name: Box<str>,
    /// How many aliases point here.
    pub(super) uses: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Nothing, `~` or `null`.
    Null,
    Scalar,
    Sequence,
    Mapping,
    /// `*name` that points nowhere.
    BrokenAlias,
}

/// A value, key or item. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Node<'y> {
    yaml: &'y Yaml<'y>,
    id: u32,
}

impl<'y> Node<'y> {
    pub(super) fn new(yaml: &'y Yaml<'y>, id: u32) -> Self {
        Self { yaml, id }
    }
    fn data(self) -> &'y NodeData {
        &self.yaml.nodes[self.id as usize]
    }
    fn props(self) -> Option<&'y Props> {
        self.yaml.props.get(self.data().props as usize)
    }

    pub fn yaml(self) -> &'y Yaml<'y> {
        self.yaml
    }
    /// Its number in [`Yaml::nodes`]; the same node has the same number.
    pub fn id(self) -> u32 {
        self.id
    }
    /// The value in the source: quotes, brackets and block headers included, anchor and tag not.
    pub fn span(self) -> Span {
        self.data().span
    }
    /// The value with its anchor and tag.
    pub fn span_with_props(self) -> Span {
        let mut span = self.span();
        if let Some(props) = self.props() {
            span = props.anchor.map_or(span, |anchor| span.cover(anchor));
            span = props.tag.map_or(span, |tag| span.cover(tag));
        }
        span
    }
    /// The collection that it stands in (for a key or a value the mapping).
    pub fn parent(self) -> Option<Self> {
        let parent = self.data().parent;
        (parent != NONE).then(|| Self::new(self.yaml, parent))
    }

    /// What stands here, seen through aliases.
    pub fn kind(self) -> Kind {
        match &self.resolved().data().data {
            Data::Scalar { .. } if self.is_null() => Kind::Null,
            Data::Scalar { .. } => Kind::Scalar,
            Data::Sequence { .. } => Kind::Sequence,
            Data::Mapping { .. } => Kind::Mapping,
            Data::Alias { .. } => Kind::BrokenAlias,
        }
    }
    pub fn is_null(self) -> bool {
        let node = self.resolved();
        match node.data().data {
            Data::Scalar { style: Style::Plain, .. } => {
                matches!(node.scalar(), Some("" | "~" | "null" | "Null" | "NULL"))
                    && node.tag().is_none_or(|tag| tag.starts_with('!') || tag.ends_with(":null"))
            }
            _ => false,
        }
    }
    pub fn is_mapping(self) -> bool {
        self.kind() == Kind::Mapping
    }
    pub fn is_sequence(self) -> bool {
        self.kind() == Kind::Sequence
    }
    /// Written with `{}` or `[]`.
    pub fn is_flow(self) -> bool {
        matches!(self.data().data, Data::Sequence { flow: true, .. } | Data::Mapping { flow: true, .. })
    }
    /// Nothing is written: `key:` alone.
    pub fn is_absent(self) -> bool {
        matches!(self.data().data, Data::Scalar { style: Style::Plain, .. }) && self.span().is_empty()
    }

    /// `*name` as written here.
    pub fn is_alias(self) -> bool {
        matches!(self.data().data, Data::Alias { .. })
    }
    /// The node behind an alias; itself if it is none, or if the anchor does not exist.
    #[must_use]
    pub fn resolved(self) -> Self {
        match self.data().data {
            // An anchor never stands on an alias, so one step is enough.
            Data::Alias { target } if target != NONE => Self::new(self.yaml, target),
            _ => self,
        }
    }
    /// The anchor's name, without `&`.
    pub fn anchor(self) -> Option<&'y str> {
        self.anchor_span().map(|span| &self.yaml.source.slice(span)[1..])
    }
    /// `&name`
    pub fn anchor_span(self) -> Option<Span> {
        self.props()?.anchor
    }
    /// How many aliases point at this node's anchor.
    pub fn alias_count(self) -> usize {
        self.props().map_or(0, |props| props.uses as usize)
    }
    /// The tag's meaning: `!reset`, `tag:yaml.org,2002:str`.
    pub fn tag(self) -> Option<&'y str> {
        self.props().and_then(|props| props.tag.map(|_| &*props.tag_name))
    }
    pub fn tag_span(self) -> Option<Span> {
        self.props()?.tag
    }

    /// How the scalar is written, seen through aliases.
    pub fn style(self) -> Option<Style> {
        match self.resolved().data().data {
            Data::Scalar { style, .. } => Some(style),
            _ => None,
        }
    }
    /// The scalar's text, seen through aliases, whatever type it has (`80`, `yes`, `"x"`); `None` for null.
    pub fn as_str(self) -> Option<&'y str> {
        let node = self.resolved();
        node.scalar().filter(|_| !node.is_null())
    }
    /// As [`Node::as_str`], but an absent value is the empty text and `null` is the text `null`.
    fn scalar(self) -> Option<&'y str> {
        match self.data().data {
            Data::Scalar { text, .. } if text != NONE => Some(&self.yaml.decoded[text as usize]),
            Data::Scalar { skip, .. } => {
                let span = self.span();
                let skip = usize::from(skip);
                Some(&self.yaml.text()[span.start as usize + skip..span.end as usize - skip])
            }
            _ => None,
        }
    }
    /// A key's text: as [`Node::as_str`], with `null` as text; empty for keys that are collections.
    pub fn key_text(self) -> &'y str {
        self.resolved().scalar().unwrap_or("")
    }
    /// Where the text begins in the source, if it stands there byte for byte.
    pub fn verbatim(self) -> Option<usize> {
        let node = self.resolved();
        match node.data().data {
            Data::Scalar { skip, text: NONE, .. } => Some(node.span().start as usize + usize::from(skip)),
            _ => None,
        }
    }
    /// The scalar's text with the way back into the source, through quotes, escapes and folded lines; `None` if it
    /// is no scalar or the way cannot be told.
    pub fn joined(self) -> Option<Joined<'y>> {
        let node = self.resolved();
        let text = node.scalar()?;
        match node.verbatim() {
            Some(start) => Some(Joined::unbroken(text, start)),
            None => decode::align(self.yaml.text(), node.span(), node.style()?, text),
        }
    }

    /// The items of a sequence, seen through an alias; nothing for other kinds.
    pub fn items(self) -> impl ExactSizeIterator<Item = Self> + use<'y> {
        let node = self.resolved();
        let children = match node.data().data {
            Data::Sequence { first, len, .. } => node.children(first, len),
            _ => &[],
        };
        children.iter().map(move |&id| Self::new(node.yaml, id))
    }
    /// Keys and values as written, `<<` among them; seen through an alias; nothing for other kinds.
    pub fn raw_entries(self) -> impl ExactSizeIterator<Item = Entry<'y>> + use<'y> {
        let node = self.resolved();
        let children = match node.data().data {
            Data::Mapping { first, len, .. } => node.children(first, len),
            _ => &[],
        };
        children.chunks_exact(2).map(move |pair| Entry {
            key: Self::new(node.yaml, pair[0]),
            value: Self::new(node.yaml, pair[1]),
            merged: None,
        })
    }
    fn children(self, first: u32, len: u32) -> &'y [u32] {
        &self.yaml.children[first as usize..(first + len) as usize]
    }
    /// Keys and values with merge keys followed: an explicit key beats a merged one, an earlier merge a later.
    /// Of a key that stands twice, the last counts.
    pub fn entries(self) -> Vec<Entry<'y>> {
        merge::entries(self)
    }
    /// The entry with this key, merge keys followed.
    pub fn entry(self, key: &str) -> Option<Entry<'y>> {
        merge::find(self, key)
    }
    /// The value of this key, merge keys followed; not seen through an alias.
    pub fn get(self, key: &str) -> Option<Self> {
        self.entry(key).map(|entry| entry.value)
    }
    /// The value down a path of keys.
    pub fn at(self, path: &[&str]) -> Option<Self> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }
    /// How to get here from the root, for people: `services.web.ports[0]`.
    pub fn path(self) -> String {
        let mut steps = Vec::new();
        let mut node = self;
        while let Some(parent) = node.parent() {
            steps.push((parent, node));
            node = parent;
        }
        let mut path = String::new();
        for (parent, node) in steps.into_iter().rev() {
            if let Some(index) = parent.items().position(|item| item == node) {
                let _ = write!(path, "[{index}]");
            } else if let Some(entry) =
                parent.raw_entries().find(|entry| entry.value == node || entry.key == node)
            {
                let dot = if path.is_empty() { "" } else { "." };
                let _ = write!(path, "{dot}{}", entry.key_str());
            }
        }
        path
    }
}

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.yaml, other.yaml) && self.id == other.id
    }
}
impl Eq for Node<'_> {}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {:?}", self.span(), self.yaml.source.slice(self.span()))
    }
}
