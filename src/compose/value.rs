//! Values on their way from one file to the model: aliases and merge keys followed, places kept.
//!
//! A tree of a file stays as it is; this one is made for joining, where values of several files come together.
//! A budget keeps alias bombs from growing here.

use crate::container::{At, FileId, Pull, PullId, PullKind};
use crate::text::Span;
use crate::yaml::{Kind, Node};

/// Nodes that one model may hold because of aliases, and because files and services are taken in more than once;
/// compose-go's limit for all nodes.
const MAX_VISITS: usize = 100_000;
/// Collections inside collections, aliases followed.
const MAX_DEPTH: usize = 64;

#[derive(Clone, Debug)]
pub(super) struct Value<'y> {
    pub(super) at: At,
    pub(super) tag: Tag,
    pub(super) shape: Shape<'y>,
}

/// What a value says about the value that it is joined with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Tag {
    Join,
    /// `!reset`: gone.
    Reset,
    /// `!override`: replaced.
    Override,
}

#[derive(Clone, Debug)]
pub(super) enum Shape<'y> {
    Null,
    Scalar(Node<'y>),
    List(Vec<Value<'y>>),
    Map(Vec<Field<'y>>),
    /// An item that was an entry, after a mapping was joined with a list.
    Pair(Box<Field<'y>>),
}

#[derive(Clone, Debug)]
pub(super) struct Field<'y> {
    pub(super) name: &'y str,
    /// The key as written, or the item of a list or the text that stands for one.
    pub(super) key: Node<'y>,
    pub(super) at: At,
    /// The value as written: perhaps an alias.
    pub(super) node: Node<'y>,
    pub(super) value: Value<'y>,
}

impl Field<'_> {
    /// Key and value.
    pub(super) fn entry(&self) -> Span {
        self.key.span_with_props().cover(self.node.span_with_props())
    }
}

impl<'y> Value<'y> {
    pub(super) fn fields(&self) -> &[Field<'y>] {
        match &self.shape {
            Shape::Map(fields) => fields,
            _ => &[],
        }
    }
    pub(super) fn field(&self, name: &str) -> Option<&Field<'y>> {
        self.fields().iter().find(|field| field.name == name)
    }
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        self.field(name).map(|field| &field.value)
    }
    pub(super) fn items(&self) -> &[Self] {
        match &self.shape {
            Shape::List(items) => items,
            _ => &[],
        }
    }
    pub(super) fn str(&self) -> Option<&'y str> {
        match self.shape {
            Shape::Scalar(node) => node.as_str(),
            _ => None,
        }
    }
    pub(super) fn is_null(&self) -> bool {
        matches!(self.shape, Shape::Null)
    }
    /// Says of everything in it how it was pulled in.
    pub(super) fn set_pull(&mut self, pull: PullId) {
        self.at.pull = Some(pull);
        match &mut self.shape {
            Shape::Null | Shape::Scalar(_) => {}
            Shape::List(items) => items.iter_mut().for_each(|item| item.set_pull(pull)),
            Shape::Map(fields) => fields.iter_mut().for_each(|field| field.set_pull(pull)),
            Shape::Pair(field) => field.set_pull(pull),
        }
    }
    /// The nodes that it holds, itself included.
    fn size(&self) -> usize {
        1 + match &self.shape {
            Shape::Null | Shape::Scalar(_) => 0,
            Shape::List(items) => items.iter().map(Self::size).sum(),
            Shape::Map(fields) => fields.iter().map(|field| field.value.size()).sum(),
            Shape::Pair(field) => field.value.size(),
        }
    }
    /// Drops what `!reset` says is gone.
    pub(super) fn clean(&mut self) {
        match &mut self.shape {
            Shape::Null | Shape::Scalar(_) => {}
            Shape::List(items) => {
                items.retain(|item| item.tag != Tag::Reset);
                items.iter_mut().for_each(Self::clean);
            }
            Shape::Map(fields) => {
                fields.retain(|field| field.value.tag != Tag::Reset);
                for field in fields {
                    field.value.clean();
                }
            }
            Shape::Pair(field) => field.value.clean(),
        }
    }
}

impl Field<'_> {
    fn set_pull(&mut self, pull: PullId) {
        self.at.pull = Some(pull);
        self.value.set_pull(pull);
    }
}

/// Makes values, and remembers how they were pulled in.
#[derive(Default)]
pub(super) struct Maker {
    pub(super) pulls: Vec<Pull>,
    visits: usize,
    /// Where something was left out because of the budget, first.
    pub(super) exhausted: Option<At>,
}

impl Maker {
    pub(super) fn pull(&mut self, how: PullKind, file: FileId, span: Span) -> PullId {
        let pull = Pull { how, file, span };
        if self.pulls.last() != Some(&pull) {
            self.pulls.push(pull);
        }
        let id = u32::try_from(self.pulls.len()).ok().and_then(std::num::NonZeroU32::new);
        PullId(id.expect("a list just pushed to is not empty, and shorter than the budget"))
    }

    pub(super) fn value<'y>(&mut self, node: Node<'y>, file: FileId, pull: Option<PullId>) -> Value<'y> {
        self.deep(node, file, pull, 0)
    }

    /// Takes from the budget what copies of values hold; `false`, and nothing may be copied, if it is spent.
    pub(super) fn pays_for<'y>(&mut self, copied: impl IntoIterator<Item = &'y Value<'y>>, at: At) -> bool {
        for value in copied {
            self.visits = self.visits.saturating_add(value.size());
            if self.visits > MAX_VISITS {
                self.exhausted.get_or_insert(at);
                return false;
            }
        }
        true
    }

    fn deep<'y>(&mut self, node: Node<'y>, file: FileId, pull: Option<PullId>, depth: usize) -> Value<'y> {
        let pull = match pull {
            None if node.is_alias() => Some(self.pull(PullKind::Alias, file, node.span())),
            pull => pull,
        };
        let real = node.resolved();
        let at = At { file, span: real.span(), pull };
        let tag = match node.tag().or(real.tag()) {
            Some("!reset") => Tag::Reset,
            Some("!override") => Tag::Override,
            _ => Tag::Join,
        };
        // What stands in a file itself is bounded by the file.
        self.visits += usize::from(pull.is_some());
        if self.visits > MAX_VISITS || depth > MAX_DEPTH {
            self.exhausted.get_or_insert(at);
            return Value { at, tag, shape: Shape::Null };
        }
        let shape = match real.kind() {
            Kind::Null | Kind::BrokenAlias => Shape::Null,
            Kind::Scalar => Shape::Scalar(real),
            Kind::Sequence => {
                Shape::List(real.items().map(|item| self.deep(item, file, pull, depth + 1)).collect())
            }
            Kind::Mapping => Shape::Map(
                real.entries()
                    .into_iter()
                    .map(|entry| {
                        let pull = match entry.merged {
                            Some(merged) if pull.is_none() => {
                                Some(self.pull(PullKind::Alias, file, merged.span()))
                            }
                            _ => pull,
                        };
                        Field {
                            name: entry.key_str(),
                            key: entry.key,
                            at: At { file, span: entry.key.span(), pull },
                            node: entry.value,
                            value: self.deep(entry.value, file, pull, depth + 1),
                        }
                    })
                    .collect(),
            ),
        };
        Value { at, tag, shape }
    }
}
