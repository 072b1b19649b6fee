//! From values to texts, flags, numbers, lists and pairs: the small steps of reading a service.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use super::interpolate::{braced_ranges, interpolate};
use super::value::{Field, Shape, Value};
use super::{Env, Problem, ProblemKind};
use crate::container::{At, FileId, Key, Known, Pair, Setting, Text};
use crate::text::Span;
use crate::yaml::Node;

/// Reads values; knows the variables of each file, and collects what does not fit.
pub(super) struct Reader<'r> {
    variables: Variables<'r>,
    pub(super) problems: Vec<Problem>,
    /// What was said already: a value behind an anchor is read by each service that pulls it in.
    said: HashSet<(FileId, Span)>,
}

/// What is known of variables.
enum Variables<'r> {
    /// `.env` files, by the file that they are for.
    Files(&'r HashMap<FileId, Vec<&'r Arc<Env>>>),
    /// The text is not of a Compose file; this says how much is known of a piece of it.
    Foreign(fn(&str) -> Known<Box<str>>),
}

impl<'r> Reader<'r> {
    pub(super) fn new(envs: &'r HashMap<FileId, Vec<&'r Arc<Env>>>) -> Self {
        Self { variables: Variables::Files(envs), problems: Vec::new(), said: HashSet::new() }
    }
    pub(super) fn foreign(known: fn(&str) -> Known<Box<str>>) -> Self {
        Self { variables: Variables::Foreign(known), problems: Vec::new(), said: HashSet::new() }
    }

    /// Takes note of a value of the wrong type.
    pub(super) fn problem(&mut self, at: At, message: impl Into<Box<str>>) {
        self.refuse(ProblemKind::WrongType, at, message);
    }
    pub(super) fn refuse(&mut self, kind: ProblemKind, at: At, message: impl Into<Box<str>>) {
        if self.said.insert((at.file, at.span)) {
            self.problems.push(Problem { kind, at, message: message.into(), also: None });
        }
    }

    fn known(&self, raw: &str, file: FileId) -> Known<Box<str>> {
        let envs = match self.variables {
            Variables::Files(envs) => envs.get(&file).map_or(&[][..], Vec::as_slice),
            Variables::Foreign(known) => return known(raw),
        };
        interpolate(raw, &|name| envs.iter().find_map(|env| env.get(name)).map(Box::from))
    }

    /// A scalar as text; `None` for null and for collections.
    pub(super) fn text(&self, value: &Value<'_>) -> Option<Text> {
        match &value.shape {
            Shape::Scalar(node) => Some(self.scalar(*node, value.at)),
            Shape::Null | Shape::List(_) | Shape::Map(_) | Shape::Pair(_) => None,
        }
    }
    fn scalar(&self, node: Node<'_>, at: At) -> Text {
        let raw: Box<str> = node.key_text().into();
        let known = self.known(&raw, at.file);
        Text { raw, known, at, skip: skip(node, at.span) }
    }
    /// A key: never interpolated.
    pub(super) fn key(&self, field: &Field<'_>) -> Text {
        // An item of a list that was joined with a mapping is a value after all.
        if field.key.parent().is_some_and(Node::is_sequence) {
            return self.scalar(field.key, field.at);
        }
        Text {
            raw: field.name.into(),
            known: Known::AsWritten,
            at: field.at,
            skip: skip(field.key, field.at.span),
        }
    }
    pub(super) fn text_of(&mut self, parent: &Value<'_>, name: &str) -> Option<Text> {
        let value = parent.get(name)?;
        if matches!(value.shape, Shape::List(_) | Shape::Map(_)) {
            self.problem(value.at, format!("`{name}` must be a string"));
        }
        self.text(value)
    }

    /// A piece of a text, as a text of its own.
    pub(super) fn piece(&self, text: &Text, range: Range<usize>) -> Text {
        let raw: Box<str> = text.raw[range.clone()].into();
        let known = match text.known {
            Known::AsWritten => Known::AsWritten,
            _ => self.known(&raw, text.at.file),
        };
        let span = text.part(range);
        Text { raw, known, at: At { span, ..text.at }, skip: text.skip.map(|_| 0) }
    }

    /// Cuts a text at `separator`, but not inside `${…}`. `joins` says of the piece so far that the separator after
    /// it belongs to it. Where a variable's value itself holds separators, the value is cut, and its pieces have the
    /// whole text's place.
    pub(super) fn split(&self, text: &Text, separator: char, joins: fn(&str) -> bool) -> Vec<Text> {
        let cuts = cut(&text.raw, separator, joins);
        if text.known != Known::AsWritten
            && let Some(value) = text.value()
        {
            let of_value = cut(value, separator, joins);
            if of_value.len() != cuts.len() {
                let whole = |range: Range<usize>| Text {
                    raw: value[range.clone()].into(),
                    known: match text.known {
                        Known::Default(_) => Known::Default(value[range].into()),
                        _ => Known::Written(value[range].into()),
                    },
                    at: text.at,
                    skip: None,
                };
                return of_value.into_iter().map(whole).collect();
            }
        }
        cuts.into_iter().map(|range| self.piece(text, range)).collect()
    }

    /// A list of texts; a single text is a list of one.
    pub(super) fn texts(&mut self, parent: &Value<'_>, name: &str) -> Vec<Text> {
        let Some(value) = parent.get(name) else { return Vec::new() };
        match &value.shape {
            Shape::Null => Vec::new(),
            Shape::Scalar(node) => vec![self.scalar(*node, value.at)],
            Shape::List(items) => items.iter().filter_map(|item| self.text(item)).collect(),
            Shape::Map(_) | Shape::Pair(_) => {
                self.problem(value.at, format!("`{name}` must be a list"));
                Vec::new()
            }
        }
    }
    /// As [`Reader::texts`]; of equal values the last one's place counts.
    pub(super) fn unique_texts(&mut self, parent: &Value<'_>, name: &str) -> Vec<Text> {
        last_of_each(self.texts(parent, name), |text| text.value().map(str::to_owned))
    }

    /// A mapping, or a list of `name=value`; of a name that stands twice the last counts.
    pub(super) fn pairs(&mut self, parent: &Value<'_>, name: &str, separators: &[char]) -> Vec<Pair> {
        let Some(value) = parent.get(name) else { return Vec::new() };
        let mut pairs = Vec::new();
        match &value.shape {
            Shape::Null => {}
            Shape::Map(fields) => pairs.extend(fields.iter().map(|field| self.pair(field))),
            Shape::List(items) => {
                for item in items {
                    match &item.shape {
                        Shape::Pair(field) => pairs.push(self.pair(field)),
                        Shape::Scalar(_) => {
                            let text = self.text(item).expect("a scalar is a text");
                            pairs.push(self.cut_pair(&text, separators));
                        }
                        Shape::Map(fields) => pairs.extend(fields.iter().map(|field| self.pair(field))),
                        Shape::Null | Shape::List(_) => {}
                    }
                }
            }
            Shape::Scalar(_) | Shape::Pair(_) => {
                self.problem(value.at, format!("`{name}` must be a mapping or a list"));
            }
        }
        last_of_each(pairs, |pair| pair.key.value().map(str::to_owned))
    }
    fn pair(&self, field: &Field<'_>) -> Pair {
        Pair {
            key: self.key(field),
            value: self.text(&field.value),
            at: At { span: field.entry(), ..field.at },
        }
    }
    /// `name=value`
    pub(super) fn cut_pair(&self, text: &Text, separators: &[char]) -> Pair {
        let at = cut_at(&text.raw, separators);
        let key = self.piece(text, 0..at.unwrap_or(text.raw.len()));
        let value = at.map(|at| self.piece(text, at + 1..text.raw.len()));
        Pair { key, value, at: text.at }
    }

    /// A truth value, as Compose casts it: YAML 1.1 words too, in any case.
    pub(super) fn flag(&mut self, parent: &Value<'_>, name: &str) -> Option<Setting<bool>> {
        self.setting(parent, name, "true or false", truth)
    }
    pub(super) fn int(&mut self, parent: &Value<'_>, name: &str) -> Option<Setting<i64>> {
        self.setting(parent, name, "a whole number", int)
    }
    pub(super) fn float(&mut self, parent: &Value<'_>, name: &str) -> Option<Setting<f64>> {
        self.setting(parent, name, "a number", |text| text.trim().parse().ok())
    }
    pub(super) fn bytes(&mut self, parent: &Value<'_>, name: &str) -> Option<Setting<i64>> {
        self.setting(parent, name, "a size such as `512m`", bytes)
    }
    pub(super) fn setting<T>(
        &mut self,
        parent: &Value<'_>,
        name: &str,
        wanted: &str,
        read: fn(&str) -> Option<T>,
    ) -> Option<Setting<T>> {
        let value = parent.get(name).filter(|value| !value.is_null())?;
        let setting = match self.text(value) {
            Some(text) => setting(&text, read),
            None => Setting { value: None, from_default: false, invalid: true, at: value.at },
        };
        if setting.invalid {
            self.problem(value.at, format!("`{name}` must be {wanted}"));
        }
        Some(setting)
    }
}

/// What a text says as a number or a truth value.
pub(super) fn setting<T>(text: &Text, read: fn(&str) -> Option<T>) -> Setting<T> {
    let read_as = text.value().map(|text| read(text.trim()));
    let invalid = matches!(read_as, Some(None));
    Setting { value: read_as.flatten(), from_default: text.from_default(), invalid, at: text.at }
}

/// Bytes between the span's start and the first of the text, if the text stands in the source as it is.
fn skip(node: Node<'_>, span: Span) -> Option<u8> {
    node.verbatim().and_then(|start| u8::try_from(start.checked_sub(span.start as usize)?).ok())
}

fn cut(text: &str, separator: char, joins: fn(&str) -> bool) -> Vec<Range<usize>> {
    let braced = braced_ranges(text);
    let mut cuts = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(separator) {
        let inside = braced.iter().any(|range| range.contains(&at));
        if !inside && !joins(&text[start..at]) {
            cuts.push(start..at);
            start = at + separator.len_utf8();
        }
    }
    cuts.push(start..text.len());
    cuts
}

fn cut_at(text: &str, separators: &[char]) -> Option<usize> {
    let braced = braced_ranges(text);
    // The first kind of separator that stands there wins: `host=::1`.
    separators.iter().find_map(|&separator| {
        text.match_indices(separator)
            .map(|(at, _)| at)
            .find(|at| !braced.iter().any(|range| range.contains(at)))
    })
}

/// Keeps one item of each identity: the last, at the place of the first. Items without one all stay.
pub(super) fn last_of_each<T>(items: Vec<T>, identity: impl Fn(&T) -> Option<String>) -> Vec<T> {
    let mut index: HashMap<String, usize> = HashMap::new();
    let mut kept: Vec<T> = Vec::with_capacity(items.len());
    for item in items {
        match identity(&item).map(|key| *index.entry(key).or_insert(kept.len())) {
            Some(at) if at < kept.len() => kept[at] = item,
            _ => kept.push(item),
        }
    }
    kept
}

pub(super) fn keys(value: &Value<'_>) -> Vec<Key> {
    let key = |field: &Field| Key { name: field.name.into(), at: field.at, entry: field.entry() };
    value.fields().iter().map(key).collect()
}

/// Truth values as Compose casts them: YAML 1.1 words too, in any case.
pub(super) fn truth(text: &str) -> Option<bool> {
    let is = |words: [&str; 4]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(["true", "y", "yes", "on"]) { Some(true) } else { is(["false", "n", "no", "off"]).then_some(false) }
}

/// Durations as str2duration reads them: `1m30s`, `1.5h`, `2d`; a number needs a unit.
pub(super) fn duration(text: &str) -> bool {
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return true;
    }
    let known = !rest.is_empty();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let units = ["ns", "us", "µs", "μs", "ms", "s", "m", "h", "d", "w"];
        let unit =
            units.iter().filter(|unit| rest[digits..].starts_with(**unit)).max_by_key(|unit| unit.len());
        let (Ok(_), Some(unit)) = (rest[..digits].parse::<f64>(), unit) else { return false };
        rest = &rest[digits + unit.len()..];
    }
    known
}

/// Whole numbers as YAML and Go write them.
pub(super) fn int(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let radix =
        |prefix: &str, radix| digits.strip_prefix(prefix).and_then(|d| i64::from_str_radix(d, radix).ok());
    let value = radix("0x", 16).or_else(|| radix("0o", 8)).or_else(|| radix("0b", 2)).or_else(|| {
        digits.starts_with(|c: char| c.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
    })?;
    Some(if negative { -value } else { value })
}

/// Sizes as go-units' `RAMInBytes`: `512m`, `1.5GiB`, `-1`; every unit is a power of 1024.
pub(super) fn bytes(text: &str) -> Option<i64> {
    if let Ok(plain) = text.parse() {
        return Some(plain);
    }
    let lower = text.to_ascii_lowercase();
    let split = lower.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(lower.len());
    let number: f64 = lower[..split].parse().ok()?;
    let unit = lower[split..].trim_start();
    let power = match unit.trim_end_matches("ib").trim_end_matches('b') {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        _ => return None,
    };
    Some((number * 1024_f64.powi(power)) as i64)
}

#[cfg(test)]
mod tests {
    use super::{bytes, duration, int};

    #[test]
    fn numbers_and_sizes() {
        assert_eq!(
            [int("-1"), int("0x10"), int("+7"), int("1.5"), int("")],
            [Some(-1), Some(16), Some(7), None, None]
        );
        for (text, want) in [
            ("512m", Some(512 << 20)),
            ("1g", Some(1 << 30)),
            ("1.5GiB", Some(3 << 29)),
            ("64 MB", Some(64 << 20)),
            ("10b", Some(10)),
            ("-1", Some(-1)),
            ("1073741824", Some(1 << 30)),
            ("lots", None),
            ("1x", None),
        ] {
            assert_eq!(bytes(text), want, "{text}");
        }
        for text in ["10s", "1m30s", "1.5h", "0", "500ms", "1d", "-1s"] {
            assert!(duration(text), "{text}");
        }
        for text in ["", "10", "s", "1x", "1m 30s", "ten seconds", "1h30"] {
            assert!(!duration(text), "{text}");
        }
    }
}
