//! The container engine's own settings: `daemon.json`, read with the place of every key and value, and what flags, units
//! and scripts say in its place.
//!
//! JSON is read by the tree of YAML, which has it inside and knows places; whether it is JSON at all is for `serde_json`
//! to say, as strictly as the engine does.

mod access;
mod engine;
mod flags;
mod keys;
mod toml;

use std::sync::Arc;

pub use access::joins_group;
pub use engine::Engine;
pub use keys::Takes;

use crate::surface::Form;
use crate::text::{self, Source, Span};
use crate::yaml::{self, Kind, Node, Style};

/// Bytes of another file that is read.
const LARGEST: usize = 1 << 20;

/// A `daemon.json`, or what a command, a unit or a script says of an engine.
#[derive(Debug)]
pub struct Daemon<'s> {
    pub source: &'s Arc<Source>,
    /// All settings of the engine: the file. Flags have a file beside them.
    pub is_whole: bool,
    /// Variables hold more of them.
    pub is_open: bool,
    /// All that is written of it.
    pub extent: Span,
    pub access: Vec<Access>,
    /// Each key once: of one that stands twice the last counts, as for the engine.
    pub settings: Vec<Setting>,
    pub faults: Vec<Fault>,
}

/// Who gets at an engine, and how.
#[derive(Debug)]
pub struct Access {
    pub at: Span,
    pub kind: AccessKind,
}

#[derive(Debug)]
pub enum AccessKind {
    /// Everybody may write to the socket.
    OpenSocket,
    /// The socket is given to another user than root.
    OtherOwner,
    /// A user joins the group of the socket.
    Member,
    /// An engine is commanded without encryption at this address, which follows `tcp://`.
    Client(Box<str>),
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
    /// It cannot be read: a clause that says why.
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

impl<'s> Daemon<'s> {
    fn empty(source: &'s Arc<Source>, extent: Span) -> Self {
        Self {
            source,
            is_whole: false,
            is_open: false,
            extent,
            access: Vec::new(),
            settings: Vec::new(),
            faults: Vec::new(),
        }
    }
    /// Sets a key; what a list or a mapping holds by then stays.
    fn set(&mut self, key: &str, key_span: Span, span: Span, value: Value) {
        match (
            self.settings.iter_mut().find(|setting| &*setting.key == key).map(|setting| &mut setting.value),
            value,
        ) {
            (Some(Value::List(all)), Value::List(more)) => all.extend(more),
            (Some(Value::Map(all)), Value::Map(more)) => all.extend(more),
            (Some(old), value) => *old = value,
            (None, value) => self.settings.push(Setting { key: key.into(), key_span, value, span }),
        }
    }
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
        self.addresses()
            .filter(move |(address, _)| is_plain && (self.is_whole || self.is_plain_by_flags(address)))
    }
    /// What flags leave out may be in `daemon.json`; only of port 2375 everybody knows that it has no TLS.
    fn is_plain_by_flags(&self, address: &str) -> bool {
        let may_have_tls = self.is_open || address.ends_with(":2376") && self.flag("tls") != Some(true);
        address.ends_with(":2375") || !may_have_tls
    }
    /// The addresses on the network that the engine listens on: what follows `tcp://`, which need not be written, and
    /// where the entry stands.
    pub fn addresses(&self) -> impl Iterator<Item = (&str, Span)> {
        self.list("hosts").filter_map(|(host, span)| {
            let bare = (!host.contains("//") && host.contains(':')).then_some(host);
            Some((host.strip_prefix("tcp://").or(bare)?, span))
        })
    }
}

/// What a file of another kind says of engines: flags, units, scripts.
pub fn elsewhere(form: Option<Form>, source: &Arc<Source>) -> Vec<Daemon<'_>> {
    let (path, text) = (source.path(), source.text());
    let mut found = Vec::new();
    if is_socket_unit(path) {
        flags::socket(source, &mut found);
    }
    if is_options(path) || form == Some(Form::Unit) && text.contains("DOCKER_OPTS") {
        flags::options(source, &mut found);
    }
    toml::read(source, &mut found);
    let is_pipeline = matches!(form, Some(Form::Workflow | Form::Gitlab));
    let Some(form) = form.filter(|form| is_pipeline || form.is_for_hosts()) else { return found };
    let has = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    if text.len() > LARGEST || !["docker", "DOCKER_HOST", "tcp://"].into_iter().any(has) {
        return found;
    }
    let mut access = Vec::new();
    let scripts = if is_pipeline { None } else { form.scripts(text) };
    for script in scripts.unwrap_or_default() {
        flags::started(source, &script, &mut found);
        access::of_script(&script, &mut access);
    }
    if is_pipeline && has("DOCKER_HOST") {
        access::of_pipeline(source, &mut access);
    }
    if !access.is_empty() {
        found.push(Daemon { access, ..Daemon::empty(source, Span::at(0)) });
    }
    found
}

/// The unit of the engine's socket, or a drop-in of it.
fn is_socket_unit(path: &str) -> bool {
    text::last_part(path) == "docker.socket" || path.contains("docker.socket.d/")
}

/// A file of variables that the engine's unit or init script reads.
fn is_options(path: &str) -> bool {
    ["default/docker", "sysconfig/docker", "conf.d/docker"].iter().any(|end| path.ends_with(end))
}

/// Whether a file that is no `daemon.json` may say something of an engine by its path alone.
pub fn may_be(path: &str) -> bool {
    is_socket_unit(path) || is_options(path) || toml::is_name(path)
}

/// Whether a file may say how the engine of the repository's containers is started: `docker.service` and drop-ins of it, and
/// the variables that they read.
pub fn may_start_engine(path: &str) -> bool {
    is_options(path) || text::last_part(path) == "docker.service" || path.contains("docker.service.d/")
}

/// Reads a `daemon.json`. It never fails: what is wrong is among the faults.
pub fn parse(source: &Arc<Source>) -> Daemon<'_> {
    let text = source.text().strip_prefix('\u{feff}').unwrap_or(source.text());
    let extent = Span::new(0, source.text().len());
    let mut daemon = Daemon { is_whole: true, ..Daemon::empty(source, extent) };
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
        let what = error.to_string();
        let what = what.rsplit_once(" at line ").map_or(&*what, |(what, _)| what);
        let line = source.line_span(u32::try_from(error.line().max(1)).unwrap_or(1));
        let column = u32::try_from(error.column().saturating_sub(1)).unwrap_or(0);
        let mut start = (line.start + column).min(line.end) as usize;
        while !source.text().is_char_boundary(start) {
            start -= 1;
        }
        daemon.faults.push(Fault { span: Span::at(start), kind: FaultKind::Syntax(not_json(what)) });
        return daemon;
    }
    // YAML allows fewer tabs than JSON does, where they stand for nothing.
    let spaced = Source::new(Arc::clone(source.path()), source.text().replace('\t', " ").into());
    let tree = yaml::parse(&spaced);
    let Some(root) = tree.root().filter(|root| root.is_mapping()) else {
        let span = tree.root().map_or(Span::at(0), Node::span);
        daemon.faults.push(Fault { span, kind: FaultKind::Syntax(not_json("expected an object")) });
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

fn not_json(what: &str) -> String {
    format!("not valid JSON ({what})")
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
