//! The container engine's own settings: `daemon.json`, read with the place of every key and value.
//!
//! JSON is read by the tree of YAML, which has it inside and knows places; whether it is JSON at all is for `serde_json`
//! to say, as strictly as the engine does.

mod engine;
mod keys;

use std::sync::Arc;

pub use engine::Engine;
pub use keys::Takes;

use crate::text::{self, Source, Span};
use crate::yaml::{self, Kind, Node, Style};

/// A `daemon.json`.
#[derive(Debug)]
pub struct Daemon<'s> {
    pub source: &'s Arc<Source>,
    /// Each key once: of one that stands twice the last counts, as for the engine.
    pub settings: Vec<Setting>,
    pub faults: Vec<Fault>,
}

/// A key with its value.
#[derive(Debug)]
pub struct Setting {
    pub key: Box<str>,
    pub key_span: Span,
    pub value: Value,
    /// Of the value.
    pub span: Span,
}

#[derive(Debug)]
pub enum Value {
    Flag(bool),
    Text(Box<str>),
    /// The items that are strings.
    List(Vec<(Box<str>, Span)>),
    Map(Vec<Setting>),
    /// A number, or nothing.
    Other,
}

/// Why the engine does not start with this file.
#[derive(Debug)]
pub struct Fault {
    pub span: Span,
    pub kind: FaultKind,
}

#[derive(Debug)]
pub enum FaultKind {
    /// No JSON; what the parser says.
    Syntax(String),
    /// A key stands twice; the place of the first.
    Twice(Span),
    /// There is no such key.
    Unknown,
    /// There was such a key; what to do instead.
    Removed(&'static str),
    WrongType(Takes),
}

/// Whether a file may be one, by its path.
pub fn is_name(path: &str) -> bool {
    text::last_part(path) == "daemon.json"
}

/// Whether it is the engine's: other programs have a `daemon.json`, too.
pub fn is_of_engine(path: &str, text: &str) -> bool {
    let folder = path.rsplit('/').nth(1).unwrap_or_default();
    folder.contains("docker") || keys::KEYS.iter().any(|(key, _)| text.contains(&format!("\"{key}\"")))
}

impl Daemon<'_> {
    pub fn get(&self, key: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| &*setting.key == key)
    }
    /// The value of a flag; `None` where it is not set.
    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.get(key)?.value {
            Value::Flag(value) => Some(value),
            _ => None,
        }
    }
    /// A text that is set and not empty.
    pub fn text(&self, key: &str) -> Option<(&str, Span)> {
        let setting = self.get(key)?;
        match &setting.value {
            Value::Text(text) if !text.is_empty() => Some((text, setting.span)),
            _ => None,
        }
    }
    /// The items of a list.
    pub fn list(&self, key: &str) -> impl Iterator<Item = (&str, Span)> {
        let items = match self.get(key).map(|setting| &setting.value) {
            Some(Value::List(items)) => items.as_slice(),
            _ => &[],
        };
        items.iter().map(|(text, span)| (&**text, *span))
    }
    /// Those of the [`Daemon::addresses`] that ask for no certificate.
    pub fn plain_addresses(&self) -> impl Iterator<Item = (&str, Span)> {
        let is_plain = self.flag("tlsverify") != Some(true);
        self.addresses().filter(move |_| is_plain)
    }
    /// The addresses on the network that the engine listens on: what follows `tcp://`, and where the entry stands.
    pub fn addresses(&self) -> impl Iterator<Item = (&str, Span)> {
        self.list("hosts").filter_map(|(host, span)| Some((host.strip_prefix("tcp://")?, span)))
    }
}

/// Reads a `daemon.json`. It never fails: what is wrong is among the faults.
pub fn parse(source: &Arc<Source>) -> Daemon<'_> {
    let text = source.text().strip_prefix('\u{feff}').unwrap_or(source.text());
    let mut daemon = Daemon { source, settings: Vec::new(), faults: Vec::new() };
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
        let what = error.to_string();
        let what = what.rsplit_once(" at line ").map_or(&*what, |(what, _)| what).to_owned();
        let line = source.line_span(u32::try_from(error.line().max(1)).unwrap_or(1));
        let column = u32::try_from(error.column().saturating_sub(1)).unwrap_or(0);
        let mut start = (line.start + column).min(line.end) as usize;
        while !source.text().is_char_boundary(start) {
            start -= 1;
        }
        daemon.faults.push(Fault { span: Span::at(start), kind: FaultKind::Syntax(what) });
        return daemon;
    }
    // YAML allows fewer tabs than JSON does, where they stand for nothing.
    let spaced = Source::new(Arc::clone(source.path()), source.text().replace('\t', " ").into());
    let tree = yaml::parse(&spaced);
    let Some(root) = tree.root().filter(|root| root.is_mapping()) else {
        let span = tree.root().map_or(Span::at(0), Node::span);
        daemon.faults.push(Fault { span, kind: FaultKind::Syntax("expected an object".to_owned()) });
        return daemon;
    };
    for (first, again) in tree.duplicate_keys() {
        daemon.faults.push(Fault { span: again.key_span(), kind: FaultKind::Twice(first.key_span()) });
    }
    daemon.settings = settings(root);
    for setting in &daemon.settings {
        let fault = match keys::takes(&setting.key) {
            Some(takes) if is_taken(&setting.value, takes) => continue,
            Some(takes) => Fault { span: setting.span, kind: FaultKind::WrongType(takes) },
            None => {
                let kind = keys::removed(&setting.key).map_or(FaultKind::Unknown, FaultKind::Removed);
                Fault { span: setting.key_span, kind }
            }
        };
        daemon.faults.push(fault);
    }
    daemon
}

/// The known key that somebody probably meant: one slip away, or two in a long one.
pub fn nearest_key(wrong: &str) -> Option<&'static str> {
    let allowed = if wrong.len() < 8 { 1 } else { 2 };
    text::nearest(wrong, keys::KEYS.iter().map(|(key, _)| *key), allowed)
}

fn settings(mapping: Node) -> Vec<Setting> {
    let setting = |entry: yaml::Entry| Setting {
        key: entry.key_str().into(),
        key_span: entry.key_span(),
        value: value(entry.value),
        span: entry.value.span(),
    };
    mapping.entries().into_iter().map(setting).collect()
}

fn value(node: Node) -> Value {
    match node.kind() {
        Kind::Mapping => Value::Map(settings(node)),
        Kind::Sequence => {
            Value::List(node.items().filter_map(|item| Some((item.as_str()?.into(), item.span()))).collect())
        }
        Kind::Scalar => match (node.style(), node.as_str()) {
            (Some(Style::Plain), Some("true")) => Value::Flag(true),
            (Some(Style::Plain), Some("false")) => Value::Flag(false),
            (Some(Style::Plain), _) | (_, None) => Value::Other,
            (_, Some(text)) => Value::Text(text.into()),
        },
        Kind::Null | Kind::BrokenAlias => Value::Other,
    }
}

fn is_taken(value: &Value, takes: Takes) -> bool {
    match value {
        Value::Flag(_) => takes == Takes::Flag,
        Value::Text(_) => takes == Takes::Text,
        Value::List(_) => takes == Takes::List,
        Value::Map(_) => takes == Takes::Map,
        // The engine takes `null` as not set.
        Value::Other => !matches!(takes, Takes::List | Takes::Map),
    }
}
