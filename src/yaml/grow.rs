//! The tree under construction: nodes come in the order of the text. What else than YAML has keys and values makes one, too.

use super::lines::dash_before;
use super::tree::{Data, NONE, NodeData, Props};
use super::{Style, Yaml};
use crate::text::{Source, Span};

/// A tree that grows.
pub struct Tree<'a> {
    pub(super) yaml: Yaml<'a>,
    /// Open collections: the node, and where its children begin in `pending`.
    open: Vec<(u32, usize)>,
    /// Children of the open collections.
    pending: Vec<u32>,
}

/// See [`Tree::mark`].
pub struct Mark {
    open: usize,
    pending: usize,
    nodes: usize,
    children: usize,
    props: usize,
    decoded: usize,
}

impl<'a> Tree<'a> {
    pub fn new(source: &'a Source) -> Self {
        let guess = source.text().len() / 16;
        let yaml = Yaml {
            source,
            comments: Vec::new(),
            errors: Vec::new(),
            documents: Vec::new(),
            nodes: Vec::with_capacity(guess),
            children: Vec::with_capacity(guess),
            props: Vec::new(),
            decoded: Vec::new(),
        };
        Self { yaml, open: Vec::new(), pending: Vec::new() }
    }

    /// All that was read; what is still open ends here.
    pub fn finish(mut self) -> Yaml<'a> {
        self.close_all();
        self.yaml
    }

    /// A key, a value or an item. `span` holds its quotes.
    pub fn scalar(&mut self, value: &str, style: Style, span: Span) {
        let text = self.yaml.source.text();
        let skip = u8::from(matches!(style, Style::Single | Style::Double));
        let bare = span.start as usize + usize::from(skip)..(span.end as usize).saturating_sub(skip.into());
        // What is absent comes as `~` with an empty span.
        let absent = style == Style::Plain && span.is_empty();
        let verbatim = absent
            || !matches!(style, Style::Literal | Style::Folded)
                && text.get(bare).is_some_and(|written| written == value);
        let decoded = if verbatim {
            NONE
        } else {
            self.yaml.decoded.push(value.into());
            self.yaml.decoded.len() as u32 - 1
        };
        self.push(span, Data::Scalar { style, skip, text: decoded });
    }

    /// Gives the last node a tag; without a place, it is where the node begins.
    pub fn tag(&mut self, name: &str, span: Option<Span>) {
        let place = self.yaml.nodes.last().map(|node| Span::at(node.span.start as usize));
        let props = self.props_of_last();
        props.tag = span.or(place);
        props.tag_name = name.into();
    }

    /// How far it has grown.
    pub fn mark(&self) -> Mark {
        let yaml = &self.yaml;
        Mark {
            open: self.open.len(),
            pending: self.pending.len(),
            nodes: yaml.nodes.len(),
            children: yaml.children.len(),
            props: yaml.props.len(),
            decoded: yaml.decoded.len(),
        }
    }

    /// Forgets what came after a mark. What was open there must still be open.
    pub fn back_to(&mut self, mark: &Mark) {
        self.open.truncate(mark.open);
        self.pending.truncate(mark.pending);
        self.yaml.nodes.truncate(mark.nodes);
        self.yaml.children.truncate(mark.children);
        self.yaml.props.truncate(mark.props);
        self.yaml.decoded.truncate(mark.decoded);
    }

    /// Keys and values come next, until it is closed. `flow`: it is in brackets.
    pub fn start_mapping(&mut self, span: Span, flow: bool) {
        self.start(span, Data::Mapping { flow, first: 0, len: 0 });
    }

    /// Items come next, until it is closed.
    pub fn start_sequence(&mut self, span: Span, flow: bool) {
        self.start(span, Data::Sequence { flow, first: 0, len: 0 });
    }

    pub(super) fn push(&mut self, span: Span, data: Data) -> u32 {
        let id = self.yaml.nodes.len() as u32;
        let parent = self.open.last().map_or(NONE, |&(node, _)| node);
        if parent == NONE {
            self.yaml.documents.push(id);
        } else {
            self.pending.push(id);
        }
        self.yaml.nodes.push(NodeData { span, parent, props: NONE, data });
        id
    }

    fn start(&mut self, span: Span, data: Data) {
        let id = self.push(span, data);
        self.open.push((id, self.pending.len()));
    }

    /// Closes the innermost collection. `end` holds for one in brackets only.
    pub fn close(&mut self, end: Option<usize>) {
        let Some((id, begin)) = self.open.pop() else { return };
        let text = self.yaml.source.text();
        let children = &self.pending[begin..];
        // A mapping cut off by an error may lack its last value.
        let odd =
            matches!(self.yaml.nodes[id as usize].data, Data::Mapping { .. }) && children.len() % 2 == 1;
        let at = (children.len() - usize::from(odd)) as u32;
        let place = |child: &u32| {
            let node = &self.yaml.nodes[*child as usize];
            self.yaml.props.get(node.props as usize).map_or(node.span, |props| {
                let span = props.anchor.map_or(node.span, |anchor| anchor.cover(node.span));
                props.tag.map_or(span, |tag| tag.cover(span))
            })
        };
        let ends = children[..at as usize].iter().map(|child| place(child).end).max();
        let starts = children.first().map(|child| place(child).start);
        let first = self.yaml.children.len() as u32;
        self.yaml.children.extend_from_slice(&children[..at as usize]);
        self.pending.truncate(begin);
        let node = &mut self.yaml.nodes[id as usize];
        let flow = match &mut node.data {
            Data::Sequence { flow, first: f, len } | Data::Mapping { flow, first: f, len } => {
                (*f, *len) = (first, at);
                *flow
            }
            Data::Scalar { .. } | Data::Alias { .. } => false,
        };
        let end = match end {
            Some(end) if flow => end as u32,
            _ => ends.unwrap_or(node.span.end).max(node.span.start),
        };
        node.span.end = end.max(node.span.start);
        if !flow {
            if let Data::Sequence { .. } = node.data
                && let Some(dash) = starts.and_then(|start| dash_before(text, start as usize))
            {
                node.span.start = dash as u32;
            } else if let Some(start) = starts {
                node.span.start = node.span.start.min(start);
            }
            node.span.end = node.span.end.max(node.span.start);
        }
    }

    pub(super) fn close_all(&mut self) {
        while !self.open.is_empty() {
            self.close(None);
        }
    }

    pub(super) fn props_of_last(&mut self) -> &mut Props {
        let node = self.yaml.nodes.last_mut().expect("properties come after their node");
        if node.props == NONE {
            node.props = self.yaml.props.len() as u32;
            self.yaml.props.push(Props::default());
        }
        &mut self.yaml.props[node.props as usize]
    }
}
