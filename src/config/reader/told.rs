//! The mistakes of a file as a text for people, without what it must not quote.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

use super::{Reader, TOLD, suggest};
use crate::blob::Origin;
use crate::config::keys::{self, IGNORE, SETTING, TOP};
use crate::finding::Place;
use crate::place;
use crate::rules;
use crate::shown::Veil;
use crate::text::Span;

/// The key that a line begins with.
fn key(line: &str) -> Option<&str> {
    let line = line.trim_start().trim_start_matches("- ").trim_start_matches(['{', ' ']);
    let (key, rest) = line.split_once(':')?;
    (rest.is_empty() || rest.starts_with([' ', '\r'])).then(|| key.trim_matches(['"', '\'', ' ']))
}

impl Reader<'_> {
    /// What is not quoted of a line: the file may be another than it seems, so a value is shown only if it is a word of ours
    /// or its key is one, perhaps mistyped; and a line without a key only of a file that has such keys.
    fn foreign(&self, line: Span, is_ours: bool) -> Option<Span> {
        let text = self.source.slice(line);
        let keys = || [TOP, SETTING, IGNORE].into_iter().flatten();
        let known = |key: &str| {
            keys().any(|known| known.is(key))
                || rules::find(key).is_some()
                || suggest(key, keys().map(|known| known.name)).is_some()
        };
        let is_a_word =
            |value: &str| keys::LEVELS.contains(&value) || keys().any(|key| key.words().contains(&value));
        let from = match key(text) {
            Some(key) if is_ours && known(key) => return None,
            Some(_) => text.find(':')? + 1,
            None if is_ours => return None,
            None => 0,
        };
        let value = text[from..].trim();
        let start = line.start as usize + text.len() - text[from..].trim_start().len();
        (!value.is_empty() && !is_a_word(value)).then(|| Span::new(start, start + value.len()))
    }

    /// All mistakes as a text for people.
    pub(super) fn told(mut self) -> String {
        self.mistakes.sort_by_key(|(span, _)| span.start);
        let mut text = String::new();
        let is_ours = self
            .source
            .text()
            .lines()
            .any(|line| key(line).is_some_and(|key| TOP.iter().any(|known| known.is(key))));
        let veil = Veil::new(self.source.text(), &self.hidden);
        for (span, message) in self.mistakes.iter().take(TOLD) {
            let is_harmless = self.mistyped.contains(span);
            let message = if is_harmless {
                Cow::Borrowed(message.as_str())
            } else {
                veil.sentence(message, self.source.text(), *span)
            };
            let line = self.source.line_span(self.source.line_of(span.start as usize));
            let hidden =
                line.among(veil.spans()).iter().copied().filter(|hidden| !(is_harmless && hidden == span));
            let masks = Span::merged(hidden.chain(self.foreign(line, is_ours)).collect());
            let Place { path, start, excerpt, .. } =
                place::place(self.source, *span, &Origin::WorkTree, &masks);
            let chars = |range: Range<usize>| excerpt.text[range].chars().count();
            let margin = " ".repeat(start.line.to_string().len());
            let indent = " ".repeat(chars(0..excerpt.mark.start as usize));
            let mark = "^".repeat(chars(excerpt.mark.range()).max(1));
            let _ = writeln!(text, "{path}:{}:{}: {message}", start.line, start.column);
            let _ = writeln!(text, " {} | {}", start.line, excerpt.text.replace('\t', " "));
            let _ = writeln!(text, " {margin} | {indent}{mark}");
        }
        if self.mistakes.len() > TOLD {
            let _ = writeln!(text, "and {} more mistakes in this file", self.mistakes.len() - TOLD);
        }
        for told in self.elsewhere {
            let _ = writeln!(text, "{told}");
        }
        text.truncate(text.trim_end().len());
        text
    }
}
