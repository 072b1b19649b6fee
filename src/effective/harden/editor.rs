//! Edits of one service in the style of its file: new settings, further items of a list, settings taken out, comments.
//!
//! Nothing is edited that would change another service too: what is behind an anchor, or what `extends` copies.

use crate::container::{ContainerSpec, Insertion, PullKind};
use crate::privilege::Rewrite;
use crate::rules::runtime::pulled;
use crate::text::{Edit, Source, Span};
use crate::yaml::{self, Entry, Node};

/// Begins the comments that ask a person.
const MARK: &str = "# hullguard: ";

pub(super) struct Editor<'c> {
    spec: &'c ContainerSpec,
    source: &'c Source,
    service: Node<'c>,
    insertion: Insertion,
    lists: Lists,
    /// The service, with the comments that follow it.
    own: Span,
}

/// How a file writes its lists.
#[derive(Clone, Copy)]
pub(super) enum Lists {
    /// `[a, b]`
    Flow,
    /// One item a line, with so many spaces more than the key.
    Block(usize),
}

/// Why an edit was not made; a clause.
pub(super) type Refused = String;

impl<'c> Editor<'c> {
    /// `service`: the entry of the service in the file that its insertion is in. `lists`: how others there write theirs.
    pub(super) fn new(
        spec: &'c ContainerSpec,
        service: Node<'c>,
        insertion: Insertion,
        lists: Lists,
    ) -> Self {
        let lists = Lists::of(service).unwrap_or(lists);
        let source = service.yaml().source;
        let start = service.span().start;
        let end = comments_after(source, insertion.offset).max(start);
        let own = Span { start, end };
        Self { spec, source, service, insertion, lists, own }
    }

    /// A comment at the end of the service; nothing if it is there already.
    pub(super) fn comment(&self, text: &str) -> Option<Rewrite> {
        let line = format!("{MARK}{text}");
        (!self.source.slice(self.own).contains(&line)).then(|| self.line(&line))
    }

    fn line(&self, lines: &str) -> Rewrite {
        Rewrite { lines: vec![self.insertion.edit(self.source, lines)], ..Rewrite::default() }
    }

    /// Writes `key: value`, which is not written yet.
    pub(super) fn set(&self, key: &str, value: &str) -> Result<Rewrite, Refused> {
        self.may_add(key)?;
        Ok(self.line(&format!("{key}: {value}")))
    }

    /// Adds items to a list, which is made if it is not there.
    pub(super) fn add(&self, key: &str, items: &[&str]) -> Result<Rewrite, Refused> {
        let Some(entry) = self.own(key) else {
            self.may_add(key)?;
            return Ok(self.line(&self.lists.write(key, items)));
        };
        let list = unshared(&entry)?;
        let last = list.items().last();
        let (true, Some(last)) = (list.is_sequence(), last) else {
            return Err(format!("`{key}` is not a list with items"));
        };
        if list.is_flow() {
            let at = last.span_with_props().end as usize;
            return Ok(of(vec![Edit::insert(at, format!(", {}", items.join(", ")))]));
        }
        let edits = items.iter().map(|item| pulled::below(self.source, last.span_with_props(), item));
        edits
            .collect::<Option<_>>()
            .map(of)
            .ok_or_else(|| format!("the last item of `{key}` shares its line"))
    }

    /// Takes a setting out.
    pub(super) fn remove(&self, key: &str) -> Result<Rewrite, Refused> {
        let entry = self.own(key).ok_or_else(|| format!("`{key}` is written elsewhere"))?;
        unshared(&entry)?;
        let lines = yaml::entry_lines(&entry).ok_or_else(|| format!("`{key}` shares its line"))?;
        Ok(of(vec![self.delete(lines)]))
    }

    /// Takes items out of a list and adds others: in their places, as far as there are any. The list goes with its last
    /// item.
    pub(super) fn exchange(&self, key: &str, out: &[Span], items: &[&str]) -> Result<Rewrite, Refused> {
        if out.is_empty() {
            return if items.is_empty() { Ok(Rewrite::default()) } else { self.add(key, items) };
        }
        let entry = self.own(key).ok_or_else(|| format!("`{key}` is written elsewhere"))?;
        let list = unshared(&entry)?;
        if items.is_empty() && list.items().len() == out.len() {
            return self.remove(key);
        }
        let mut edits = Vec::new();
        for (index, span) in out.iter().enumerate() {
            let node = list.items().find(|node| node.span() == *span);
            let node = node.ok_or_else(|| format!("an item of `{key}` is written elsewhere"))?;
            if let Some(item) = items.get(index) {
                edits.push(Edit::replace(*span, *item));
            } else {
                let lines = yaml::item_lines(node);
                edits.push(self.delete(lines.ok_or_else(|| format!("an item of `{key}` shares its line"))?));
            }
        }
        match items.get(out.len()..).filter(|more| !more.is_empty()) {
            Some(more) => Ok(of(edits).and(self.add(key, more)?)),
            None => Ok(of(edits)),
        }
    }

    /// The value at `span` is written in this service and nowhere else used.
    pub(super) fn is_own(&self, key: &str, span: Span) -> bool {
        let entry = self.own(key);
        entry.is_some_and(|entry| entry.span().contains(span) && unshared(&entry).is_ok())
    }

    /// Lines with the break before them instead of the one after, so that a new setting can follow the last line.
    fn delete(&self, lines: Span) -> Edit {
        let newline = self.source.newline().len();
        let (start, end) = (lines.start as usize, lines.end as usize);
        let ends = self.source.text()[..end].ends_with('\n');
        let end = if ends { end - newline } else { end };
        Edit::delete(Span::new(start.saturating_sub(newline), end))
    }

    fn own(&self, key: &str) -> Option<Entry<'c>> {
        self.service.raw_entries().find(|entry| entry.key_str() == key)
    }

    /// A setting that comes from an anchor would be replaced and not extended.
    fn may_add(&self, key: &str) -> Result<(), Refused> {
        let known = self.spec.key(key);
        let pull = known.and_then(|key| self.spec.via(key.at));
        match pull.map(|pull| pull.how) {
            Some(PullKind::Alias) => Err(format!("`{key}` is shared through an anchor")),
            Some(PullKind::Extends) | None => Ok(()),
        }
    }
}

/// The end of the comments and empty lines after the line that `offset` is in.
fn comments_after(source: &Source, offset: u32) -> u32 {
    let next = source.line_of(offset as usize) + 1;
    let lines = (next..=source.line_count()).map(|line| source.line_span(line));
    let is_aside = |span: &Span| {
        let text = source.slice(*span).trim_start();
        text.is_empty() || text.starts_with('#')
    };
    lines.take_while(is_aside).last().map_or(offset, |span| span.end)
}

/// The value, if no alias means it and it is none.
fn unshared<'y>(entry: &Entry<'y>) -> Result<Node<'y>, Refused> {
    let value = entry.value;
    let is_shared = value.is_alias() || value.alias_count() > 0 || value.tag().is_some();
    if is_shared { Err(format!("`{}` is shared through an anchor", entry.key_str())) } else { Ok(value) }
}

fn of(edits: Vec<Edit>) -> Rewrite {
    Rewrite { edits, ..Rewrite::default() }
}

impl Default for Lists {
    fn default() -> Self {
        Self::Block(2)
    }
}

impl Lists {
    /// As the entries of a mapping have them, or those of their values.
    pub(super) fn of(mapping: Node<'_>) -> Option<Self> {
        let inner = mapping.raw_entries().filter(|entry| entry.value.is_mapping() && !entry.value.is_alias());
        let entries = mapping.raw_entries().chain(inner.flat_map(|entry| entry.value.raw_entries()));
        let mut flow = false;
        for entry in entries.filter(|entry| entry.value.is_sequence() && !entry.value.is_alias()) {
            if entry.value.is_flow() {
                flow = true;
            } else if let Some(first) = entry.value.items().next() {
                return Self::block(&entry, first);
            }
        }
        flow.then_some(Self::Flow)
    }

    fn block(entry: &Entry<'_>, first: Node<'_>) -> Option<Self> {
        let source = first.yaml().source;
        let column = |offset: u32| {
            let line = source.line_span(source.line_of(offset as usize));
            let text = source.slice(line);
            text.len() - text.trim_start().len()
        };
        let more = column(first.span_with_props().start).checked_sub(column(entry.key_span().start))?;
        Some(Self::Block(more))
    }

    fn write(self, key: &str, items: &[&str]) -> String {
        match self {
            Self::Flow => format!("{key}: [{}]", items.join(", ")),
            Self::Block(more) => {
                let lines = items.iter().map(|item| format!("\n{}- {item}", " ".repeat(more)));
                format!("{key}:{}", lines.collect::<String>())
            }
        }
    }
}
