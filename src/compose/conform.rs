//! Compares what is written with the specification's keys ([`spec`](super::spec)), as Compose does with its schema.
//!
//! Compose does so with what is left once files are joined, and so does this: a value that another file replaces is of no
//! importance. Keys at the top are compared in each file.

use std::collections::HashSet;

use super::ProblemKind;
use super::join::{Joined, SECTIONS};
use super::read::Reader;
use super::spec::{BOOL, Check, FLOAT, INT, Key, NULL, Names, STRING, Scalar, Section, TOP, Type, Written};
use super::value::{Field, Shape, Value};
use crate::container::{At, MountKind};
use crate::text::nearest;
use crate::yaml::{Kind, Node, Style};

/// So many wrong names are compared with known ones; a file made to take long holds any number.
const GUESSES: u32 = 1000;
/// Longer values are not shown whole.
const SHOWN: usize = 40;
/// Keys that other tools or the first version of Compose have for what Compose now names otherwise.
const OTHER_NAMES: [(&str, &str); 6] = [
    ("cmd", "command"),
    ("env", "environment"),
    ("envs", "environment"),
    ("log_driver", "logging"),
    ("log_opt", "logging"),
    ("net", "network_mode"),
];

/// What a service needs another for: the service's place in its section, the name of the other, where it is written.
pub(super) struct Need<'r> {
    pub(super) service: usize,
    pub(super) other: &'r str,
    pub(super) at: At,
}

/// Compares all of `joined`, and finds which services need which.
pub(super) fn conform<'r>(reader: &mut Reader<'_>, joined: &mut Joined<'r>, podman: bool) -> Vec<Need<'r>> {
    let mut needs = Vec::new();
    if joined.maker.exhausted.is_some() {
        return needs;
    }
    tops(reader, joined);
    let mut conform = Conform {
        names: names(joined),
        whole: joined.files.iter().all(|file| file.yaml.errors.is_empty()),
        sure: joined.complete && !is_piece(joined),
        needs: &mut needs,
        service: 0,
        guesses: GUESSES,
        podman,
        reader,
    };
    for (fields, name) in joined.sections.iter().zip(SECTIONS) {
        let Some(Type::Map(_, takes)) = Key::find(TOP, name).map(|key| &key.takes) else { continue };
        for (at, field) in fields.iter().enumerate() {
            conform.service = at;
            // `service` says what else a service may not be.
            if name == "services" && !matches!(field.value.shape, Shape::Map(_)) {
                continue;
            }
            conform.name(field, name);
            conform.field(field, takes, field.name, TOP);
        }
    }
    needs
}

/// The keys at the top of the files that Compose compares with its schema: those that are extended are not.
fn tops(reader: &mut Reader<'_>, joined: &mut Joined<'_>) {
    let mut needs = Vec::new();
    let mut conform = Conform {
        names: Default::default(),
        whole: true,
        sure: false,
        needs: &mut needs,
        service: 0,
        guesses: GUESSES,
        podman: false,
        reader,
    };
    for file in joined.compared.clone() {
        if !file.yaml.errors.is_empty() {
            continue;
        }
        for root in file.yaml.documents().filter(|root| root.is_mapping()) {
            let root = joined.maker.value(root, file.id, None);
            for field in root.fields() {
                match Key::find(TOP, field.name) {
                    Some(_) if SECTIONS.contains(&field.name) || field.name == "jobs" => {}
                    Some(key) if key.name == "models" || !field.value.is_null() => {
                        conform.field(field, &key.takes, field.name, TOP);
                    }
                    Some(_) => {}
                    None => conform.unknown(field, TOP, TOP, &root, "a Compose file"),
                }
            }
        }
    }
}

/// The names that the sections define, in the order of [`Section`].
fn names<'r>(joined: &Joined<'r>) -> [HashSet<&'r str>; 6] {
    let models = joined.files.iter().flat_map(|file| file.section("models"));
    let mut names: [HashSet<&str>; 6] = Default::default();
    for (names, fields) in names.iter_mut().zip(&joined.sections) {
        names.extend(fields.iter().map(|field| field.name));
    }
    names[Section::Models as usize].extend(models.map(|entry| entry.key_str()));
    names[Section::Networks as usize].insert("default");
    names
}

/// The files are a piece of a project that others complete, by `-f a -f b` or by a program: the main one has not the name
/// that Compose looks for, a service has nothing to run, or networks are named and none is defined.
fn is_piece(joined: &Joined<'_>) -> bool {
    let named = joined.files.first().is_some_and(|file| super::is_main_file(file.source.path()));
    let runs = |field: &Field| {
        ["image", "build", "provider", "extends"].iter().any(|key| field.value.get(key).is_some())
    };
    let networked = |field: &Field| {
        field.value.get("networks").is_some_and(|networks| {
            let names = networks.fields().iter().map(|field| field.name);
            names.chain(networks.items().iter().filter_map(Value::str)).any(|name| name != "default")
        })
    };
    let [services, networks, ..] = &joined.sections;
    !named || !services.iter().all(runs) || networks.is_empty() && services.iter().any(networked)
}

struct Conform<'a, 'p, 'r> {
    reader: &'a mut Reader<'p>,
    /// What the sections define, in the order of [`Section`].
    names: [HashSet<&'r str>; 6],
    /// Every line could be read: what is absent was not written.
    whole: bool,
    /// No other file is needed: a name that no section defines does not exist.
    sure: bool,
    podman: bool,
    needs: &'a mut Vec<Need<'r>>,
    /// The service that is compared.
    service: usize,
    guesses: u32,
}

impl<'r> Conform<'_, '_, 'r> {
    /// Compares a value with what its key takes. `above` are the keys of the mapping around the one that it is in.
    fn field(&mut self, field: &Field<'r>, takes: &'static Type, key: &'r str, above: &'static [Key]) {
        // A name of a list that was joined with a mapping.
        let made = field.node.id() == field.key.id() && std::ptr::eq(field.node.yaml(), field.key.yaml());
        if made || (self.podman && key == "external") {
            return;
        }
        if field.value.is_null() {
            if self.whole && !allows_null(takes) && field.node.kind() != Kind::BrokenAlias {
                let message = format!(
                    "`{key}` is empty, but must be {}; add a value, or remove the key",
                    wanted(takes)
                );
                self.reader.problem(field.at, message);
            }
            return;
        }
        self.value(&field.value, takes, key, above, false);
    }

    /// `item`: it is in the list of that key.
    fn value(
        &mut self,
        value: &Value<'r>,
        takes: &'static Type,
        key: &'r str,
        above: &'static [Key],
        item: bool,
    ) {
        match (&value.shape, takes) {
            (_, Type::Any) => {}
            (Shape::Null, _) => {
                if item && self.whole && !allows_null(takes) {
                    self.wrong(value, takes, key, item);
                }
            }
            (_, Type::Either(types)) => match types.iter().find(|one| fits(&value.shape, one)) {
                Some(one) => self.value(value, one, key, above, item),
                None => self.wrong(value, takes, key, item),
            },
            (Shape::Scalar(node), Type::Scalar(scalar)) => self.scalar(value, *node, scalar, key, item),
            (Shape::List(items), Type::List(of) | Type::Unique(of)) => {
                if matches!(takes, Type::Unique(_)) {
                    self.unique(items, key);
                }
                for value in items {
                    self.value(value, of, key, above, true);
                }
            }
            (Shape::Map(fields), Type::Keys(keys)) => {
                self.needed(value, keys, key);
                for field in fields {
                    match Key::find(keys, field.name) {
                        Some(key) => self.known(field, key, keys),
                        None => self.unknown(field, keys, above, value, &format!("`{key}`")),
                    }
                }
            }
            (Shape::Map(fields), Type::Map(names, of)) => {
                for field in fields {
                    if let Names::Of(section) = names {
                        self.refers(field.name, *section, field.at, needed(&field.value));
                    }
                    self.field(field, of, field.name, above);
                }
            }
            // An item that was an entry, after a mapping was joined with a list.
            (Shape::Pair(_), _) => {}
            _ => self.wrong(value, takes, key, item),
        }
    }

    /// The keys without which Compose refuses a mapping.
    fn needed(&mut self, mapping: &Value<'r>, keys: &'static [Key], place: &str) {
        for key in keys.iter().filter(|key| key.needed && self.whole) {
            if mapping.field(key.name).is_none() {
                let message = format!("`{}` is missing in this mapping of `{place}`; add it", key.name);
                self.reader.problem(mapping.at, message);
            }
        }
    }

    /// Compose refuses a list that holds an item twice.
    fn unique(&mut self, items: &[Value<'r>], key: &str) {
        let mut known = HashSet::new();
        for item in items {
            if item.str().is_some_and(|text| !text.contains('$') && !known.insert(text)) {
                let message = format!(
                    "this is in `{key}` already, and Compose refuses an item that is there twice; remove it"
                );
                self.reader.refuse(ProblemKind::InvalidValue, item.at, message);
            }
        }
    }

    fn known(&mut self, field: &Field<'r>, key: &'static Key, keys: &'static [Key]) {
        if let Some(version) = key.since {
            let name = key.name;
            let message = format!(
                "Compose reads `{name}` since version {version}, older versions refuse the file; require that version"
            );
            self.reader.refuse(ProblemKind::NewerKey, field.at, message);
        }
        self.field(field, &key.takes, field.name, keys);
    }

    fn wrong(&mut self, value: &Value<'r>, takes: &'static Type, key: &str, item: bool) {
        let what = wanted(takes);
        let message = match &value.shape {
            Shape::Map(fields) if item && what == "a string" && fields.len() == 1 => {
                let written = shown(fields[0].name);
                format!(
                    "an item of `{key}` must be a string, but `{written}:` with a space makes a mapping; put the item in \
                     quotes, or write `=` where the key takes `NAME=value`"
                )
            }
            _ if item => format!("an item of `{key}` must be {what}"),
            _ => format!("`{key}` must be {what}"),
        };
        self.reader.problem(value.at, message);
    }

    fn scalar(
        &mut self,
        value: &Value<'r>,
        node: Node<'r>,
        scalar: &'static Scalar,
        key: &'r str,
        item: bool,
    ) {
        let Some(text) = node.as_str() else { return };
        let variable = text.contains('$');
        let kind = kind_of(node, text);
        if kind & scalar.kinds == 0 {
            if !variable {
                let what = match kind {
                    BOOL => "a truth value",
                    INT | FLOAT => "a number",
                    _ => "a string",
                };
                let subject = if item { format!("an item of `{key}`") } else { format!("`{key}`") };
                let wanted = scalar.wanted;
                let message = if scalar.kinds & STRING != 0 && !matches!(scalar.check, Check::Cast(_)) {
                    format!(
                        "{subject} must be a string, but `{}` without quotes is {what}; put it in quotes",
                        shown(text)
                    )
                } else {
                    format!("{subject} must be {wanted}")
                };
                self.reader.problem(value.at, message);
            }
            return;
        }
        if matches!(scalar.check, Check::None) || kind & STRING == 0 {
            return;
        }
        let text = if variable {
            let text = self.reader.text(value);
            let Some(text) = text.as_ref().and_then(|text| text.value()) else { return };
            // Names are looked up by the text in the file.
            if matches!(scalar.check, Check::Name(..) | Check::Mount) {
                return;
            }
            std::borrow::Cow::Owned(text.to_owned())
        } else {
            std::borrow::Cow::Borrowed(text)
        };
        match &scalar.check {
            Check::None => {}
            Check::Cast(fits) if fits(text.trim()) => {}
            Check::Cast(_) => self.reader.problem(value.at, format!("`{key}` must be {}", scalar.wanted)),
            Check::Form(fits) if fits(&text) => {}
            Check::Form(_) => {
                let message = format!("`{}` is not a valid `{key}`; write {}", shown(&text), scalar.wanted);
                self.reader.refuse(ProblemKind::InvalidValue, value.at, message);
            }
            Check::Words(words) if words.contains(&&*text) => {}
            Check::Words(words) => {
                let hint = match self.nearest(&text, words.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("write {}", choice(words)),
                };
                let message = format!("`{}` is not a valid `{key}`; {hint}", shown(&text));
                self.reader.refuse(ProblemKind::InvalidValue, value.at, message);
            }
            Check::Name(section, written) => {
                let Some(name) = node.as_str().and_then(|text| named(text, *written)) else { return };
                self.refers(name, *section, value.at, true);
            }
            Check::Mount => {
                let Some(text) = self.reader.text(value) else { return };
                let mount = self.reader.short_mount(&text);
                let Some(source) = mount.source.filter(|_| mount.kind == MountKind::Volume) else { return };
                let Some(name) = node.as_str().and_then(|text| text.get(..source.raw.len())) else { return };
                self.refers(name, Section::Volumes, value.at, true);
            }
        }
    }

    /// Something names what a section at the top defines.
    fn refers(&mut self, name: &'r str, section: Section, at: At, needed: bool) {
        if section == Section::Services {
            self.needs.push(Need { service: self.service, other: name, at });
        }
        if !needed || !self.whole || self.names[section as usize].contains(name) || name.contains('$') {
            return;
        }
        let (one, key) = match section {
            Section::Services => ("service", "services"),
            Section::Networks => ("network", "networks"),
            Section::Volumes => ("volume", "volumes"),
            Section::Secrets => ("secret", "secrets"),
            Section::Configs => ("config", "configs"),
            Section::Models => ("model", "models"),
        };
        let names = std::mem::take(&mut self.names[section as usize]);
        let near = self.nearest(name, names.iter().copied());
        self.names[section as usize] = names;
        let name = shown(name);
        let message = match near {
            Some(near) => format!("no {one} `{name}` is defined; did you mean `{near}`?"),
            None if self.sure => {
                format!("no {one} `{name}` is defined; add it to `{key}`, or correct the name")
            }
            None => return,
        };
        self.reader.refuse(ProblemKind::Undefined, at, message);
    }

    /// A key that the specification does not have here.
    fn unknown(
        &mut self,
        field: &Field<'r>,
        keys: &'static [Key],
        above: &'static [Key],
        mapping: &Value<'r>,
        place: &str,
    ) {
        let name = field.name;
        if name.starts_with("x-") || name == "<<" {
            return;
        }
        let other =
            OTHER_NAMES.iter().find(|(wrong, right)| *wrong == name && Key::find(keys, right).is_some());
        let longer = || {
            let mut longer = keys
                .iter()
                .map(|key| key.name)
                .filter(|key| key.strip_prefix(name).is_some_and(|rest| rest.starts_with('_')));
            longer.next().filter(|_| name.len() > 4 && longer.next().is_none())
        };
        let written = shown(name);
        let near = other.map(|(_, right)| *right);
        let near = near.or_else(|| self.nearest(name, keys.iter().map(|key| key.name))).or_else(longer);
        // Where the line was meant to be, one level further in or out.
        let has = |key: &&'static Key| key.takes.keys().is_some_and(|inner| Key::find(inner, name).is_some());
        let written_there = keys.iter().filter(has).find(|key| mapping.field(key.name).is_some());
        let only = || {
            let mut all = keys.iter().filter(has);
            all.next().filter(|_| all.next().is_none())
        };
        let inner = written_there.or_else(only);
        let message = if near == Some("version") {
            format!("{place} has no key `{written}`; delete it: `version`, which it looks like, is obsolete")
        } else if let Some(near) = near {
            format!("{place} has no key `{written}`; did you mean `{near}`?")
        } else if std::ptr::eq(keys, TOP) && is_service(&field.value) {
            format!("`{written}` is not a key of {place}, but looks like a service; move it into `services`")
        } else if let Some(inner) = inner {
            format!("{place} has no key `{written}`, but `{}` has; move it there", inner.name)
        } else if !std::ptr::eq(keys, above) && Key::find(above, name).is_some() {
            format!("{place} has no key `{written}`, but the mapping around it has; move it one level out")
        } else {
            let message = format!(
                "hullguard does not know the key `{written}` of {place}, which Compose up to 5.8 refuses; check it"
            );
            self.reader.refuse(ProblemKind::StrangeKey, field.at, message);
            return;
        };
        self.reader.refuse(ProblemKind::UnknownKey, field.at, message);
    }

    /// A name that the user chooses for something at the top.
    fn name(&mut self, field: &Field<'r>, section: &str) {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
        if !field.name.is_empty() && field.name.bytes().all(fits) {
            return;
        }
        let name = shown(field.name);
        let message = format!(
            "`{name}` is not a valid name in `{section}`; use only letters, digits, `.`, `_` and `-`"
        );
        self.reader.refuse(ProblemKind::InvalidValue, field.at, message);
    }

    /// The known name that a wrong one is most likely meant to be: one typing error in short names, two in longer ones.
    fn nearest<'n>(&mut self, wrong: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
        let allowed = match wrong.len() {
            4..=7 => 1,
            8..=40 => 2,
            _ => return None,
        };
        self.guesses = self.guesses.checked_sub(1)?;
        nearest(wrong, known.take(GUESSES as usize), allowed)
    }
}

/// `required: false` in `depends_on`.
fn needed(value: &Value<'_>) -> bool {
    value.get("required").and_then(Value::str).is_none_or(|text| text == "true")
}

fn is_service(value: &Value<'_>) -> bool {
    value.get("image").is_some() || value.get("build").is_some()
}

fn allows_null(takes: &Type) -> bool {
    match takes {
        Type::Any => true,
        Type::Scalar(scalar) => scalar.kinds & NULL != 0,
        Type::Either(types) => types.iter().any(allows_null),
        Type::List(_) | Type::Unique(_) | Type::Keys(_) | Type::Map(..) => false,
    }
}

fn fits(shape: &Shape<'_>, takes: &Type) -> bool {
    match takes {
        // Nothing but null.
        Type::Scalar(scalar) => scalar.kinds != NULL && matches!(shape, Shape::Scalar(_)),
        Type::List(_) | Type::Unique(_) => matches!(shape, Shape::List(_)),
        Type::Keys(_) | Type::Map(..) => matches!(shape, Shape::Map(_)),
        Type::Any | Type::Either(_) => true,
    }
}

/// "a string or a list"
fn wanted(takes: &Type) -> String {
    match takes {
        Type::Any => "anything".to_owned(),
        Type::Scalar(scalar) => scalar.wanted.to_owned(),
        Type::List(_) | Type::Unique(_) => "a list".to_owned(),
        Type::Keys(_) | Type::Map(..) => "a mapping".to_owned(),
        Type::Either(types) => {
            let types =
                types.iter().filter(|one| !matches!(one, Type::Scalar(scalar) if scalar.kinds == NULL));
            types.map(wanted).collect::<Vec<_>>().join(" or ")
        }
    }
}

/// "`a`, `b` or `c`"
fn choice(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [all @ .., last] => {
            let all: Vec<String> = all.iter().map(|word| format!("`{word}`")).collect();
            format!("{} or `{last}`", all.join(", "))
        }
    }
}

/// A name in a text.
fn named(text: &str, written: Written) -> Option<&str> {
    match written {
        Written::Whole => Some(text),
        Written::BeforeColon if text.starts_with("container:") => None,
        Written::BeforeColon => text.split(':').next(),
        Written::AfterService => text.strip_prefix("service:"),
    }
}

fn shown(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.len() == text.len() && text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    line.chars().take(SHOWN).chain(['…']).collect()
}

/// The type that Go's YAML reader gives a scalar; [`STRING`] and all others if a tag says something of its own.
fn kind_of(node: Node<'_>, text: &str) -> u8 {
    const ALL: u8 = STRING | INT | FLOAT | BOOL;
    match node.tag() {
        None => {}
        Some("!reset" | "!override") => {}
        Some(tag) if tag == "!" || tag.ends_with(":str") => return STRING,
        Some(_) => return ALL,
    }
    if node.style() != Some(Style::Plain) {
        return STRING;
    }
    match text.as_bytes().first() {
        Some(b't' | b'T' | b'f' | b'F') => match text {
            "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => BOOL,
            _ => STRING,
        },
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') => number(text),
        _ => STRING,
    }
}

fn number(text: &str) -> u8 {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits = |text: &str, radix| !text.is_empty() && text.chars().all(|c| c.is_digit(radix) || c == '_');
    let prefixed =
        |prefix: &str, radix| unsigned.strip_prefix(prefix).is_some_and(|rest| digits(rest, radix));
    if prefixed("0x", 16) || prefixed("0o", 8) || prefixed("0b", 2) {
        return INT;
    }
    if unsigned.starts_with(|c: char| c.is_ascii_digit()) && digits(unsigned, 10) {
        return INT;
    }
    let float = unsigned.bytes().all(|b| b.is_ascii_digit() || b".eE+-".contains(&b))
        && unsigned.parse::<f64>().is_ok();
    if float || matches!(unsigned, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN") {
        FLOAT
    } else {
        STRING
    }
}
