//! The words of what a container runs: entrypoint, command, hooks, health check.

use std::ops::Range;

use crate::container::{Command, ContainerSpec, Text};
use crate::text::{Span, last_part};

/// A word of a command, where it is written.
#[derive(Clone, Debug)]
pub struct Word<'s> {
    pub text: &'s Text,
    pub range: Range<usize>,
}

impl<'s> Word<'s> {
    pub fn as_str(&self) -> &'s str {
        &self.text.raw[self.range.clone()]
    }
    /// The last part of the path, for programs.
    pub fn program(&self) -> &'s str {
        last_part(self.as_str())
    }
    /// The place of a part of the word, in bytes from its start.
    pub fn part(&self, range: Range<usize>) -> Span {
        self.text.part(self.range.start + range.start..self.range.start + range.end)
    }
}

/// One command of a container, and how to call it: "the command", "the health check".
pub struct Line<'s> {
    pub what: &'static str,
    pub words: Vec<Word<'s>>,
}

/// The commands of a container. An entrypoint and a command are one line.
pub fn of(spec: &ContainerSpec) -> Vec<Line<'_>> {
    fn written(command: Option<&Command>) -> impl Iterator<Item = Word<'_>> {
        words(command.map_or(&[], |command| command.form.texts()))
    }
    let main = written(spec.entrypoint.as_ref()).chain(written(spec.command.as_ref()));
    let mut lines = vec![Line { what: "the command", words: main.collect() }];
    let hooks = spec.hooks.iter();
    lines.extend(hooks.map(|hook| Line { what: "a hook", words: written(hook.command.as_ref()).collect() }));
    let test = spec.healthcheck.as_ref().and_then(|check| check.test.as_ref());
    lines.extend(test.map(|test| Line { what: "the health check", words: words(test.texts()).collect() }));
    lines
}

/// Texts cut at blanks and at what ends a command in a shell, without the quotes around words.
fn words(texts: &[Text]) -> impl Iterator<Item = Word<'_>> {
    texts.iter().flat_map(|text| {
        let raw = &*text.raw;
        let cut = |c: char| c.is_whitespace() || matches!(c, ';' | '&' | '|' | '(' | ')');
        raw.split(cut).filter(|word| !word.is_empty()).filter_map(move |word| {
            let start = word.as_ptr() as usize - raw.as_ptr() as usize;
            let quotes = ['"', '\'', '\\'];
            let from = word.len() - word.trim_start_matches(quotes).len();
            let to = word.trim_end_matches(quotes).len();
            (from < to).then(|| Word { text, range: start + from..start + to })
        })
    })
}
