//! The values of keys: words, texts, patterns and mappings, and what is said of those that are none.

use std::sync::Arc;

use super::Reader;
use crate::config::keys::Key;
use crate::config::{Globs, Pattern};
use crate::text::Span;
use crate::yaml::{Kind, Node};

/// What people who know another tool call what is called `meant` here.
fn synonym(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "false" | "no" | "none" | "never" | "disable" | "disabled" | "ignore" | "ignored" | "skip" | "0" => {
            "off"
        }
        "info" | "information" | "low" | "notice" | "style" | "hint" => "note",
        "warn" | "medium" | "moderate" | "1" => "warning",
        "err" | "high" | "critical" | "fatal" | "blocker" | "2" => "error",
        "yes" | "on" => "true",
        _ => return None,
    })
}

impl Reader<'_> {
    /// The entries of a mapping; unknown keys are told and left out.
    pub(super) fn entries<'y>(
        &mut self,
        node: Node<'y>,
        known: &'static [Key],
    ) -> Vec<(&'static Key, Node<'y>)> {
        let names = || known.iter().map(|key| key.name).collect::<Vec<_>>().join(", ");
        if !self.is(node, Kind::Mapping, &format!("expected a mapping with the keys {}", names())) {
            return Vec::new();
        }
        let mut entries: Vec<(&'static Key, Node)> = Vec::new();
        for entry in node.entries() {
            let name = entry.key_str();
            match known.iter().find(|known| known.is(name)) {
                Some(key) if entries.iter().any(|(other, _)| other.name == key.name) => {
                    let (key, also) = (key.name, key.also.unwrap_or_default());
                    self.mistake(entry.key_span(), format!("`{key}` and `{also}` mean the same; keep one"));
                }
                Some(key) => entries.push((key, entry.value)),
                None => {
                    let help = self.meant(name, known, &names());
                    self.mistake(entry.key_span(), format!("unknown key `{name}`; {help}"));
                }
            }
        }
        entries
    }

    /// One of a few words.
    pub(super) fn word(&mut self, node: Node, known: &[&'static str]) -> Option<&'static str> {
        let text = self.text(node)?;
        let found = known.iter().find(|known| **known == text).copied();
        if found.is_none() {
            let meant = synonym(text).filter(|meant| known.contains(meant));
            let meant = meant.or_else(|| self.suggest(text, known.iter().copied()));
            if meant.is_some() {
                self.mistyped.push(node.span());
            }
            let meant = meant.map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
            self.mistake(node.span(), format!("`{text}` is not one of {}{meant}", known.join(", ")));
        }
        found
    }

    pub(super) fn text<'y>(&mut self, node: Node<'y>) -> Option<&'y str> {
        self.is(node, Kind::Scalar, "expected a string");
        node.as_str()
    }

    /// A list of texts, or a single one.
    pub(super) fn texts<'y>(&mut self, node: Node<'y>) -> Vec<(Span, &'y str)> {
        if node.is_sequence() {
            return node.items().filter_map(|item| Some((item.span(), self.text(item)?))).collect();
        }
        if node.kind() == Kind::Mapping {
            self.mistake(node.span(), "expected a string or a list of strings");
            return Vec::new();
        }
        self.text(node).map(|text| (node.span(), text)).into_iter().collect()
    }

    pub(super) fn globs(&mut self, node: Node) -> Globs {
        let patterns = self.texts(node);
        match Globs::new(patterns.iter().map(|(_, text)| *text), self.base) {
            Ok(globs) => globs,
            Err((index, why)) => {
                self.mistake(patterns[index].0, format!("this pattern is not valid: {why}"));
                Globs::default()
            }
        }
    }

    pub(super) fn note_patterns(&mut self, node: Node, excludes: bool) {
        let one = |item: Node| {
            Some(Pattern {
                text: item.as_str()?.to_owned(),
                excludes,
                file: Arc::clone(self.source.path()),
                line: self.source.line_of(item.span().start as usize),
            })
        };
        let all: Vec<Pattern> = if node.is_sequence() {
            node.items().filter_map(one).collect()
        } else {
            one(node).into_iter().collect()
        };
        self.patterns.extend(all);
    }

    pub(super) fn is(&mut self, node: Node, kind: Kind, help: &str) -> bool {
        let good = node.kind() == kind;
        if !good {
            self.mistake(node.span(), help);
        }
        good
    }
}
