//! What the variables of a script hold, where it assigns them as words: `OPTIONS="--rm --net host"`, `options=(--rm -v a:/b)`.

use std::cell::Cell;
use std::collections::HashMap;

use crate::shell::{self, Script, Word};
use crate::text::{Joined, Source};

/// Words of a variable that are looked at, and of all variables wherever a script uses them.
const MOST: usize = 200;
const MOST_USED: usize = 50_000;

/// The flags that variables hold, by their names; of one that is assigned several times all of them, for each may be the one
/// that counts.
#[derive(Default)]
pub(super) struct Held {
    words: HashMap<Box<str>, Vec<Word>>,
    used: Cell<usize>,
}

impl Held {
    pub(super) fn new(source: &Source, script: &Script) -> Self {
        let mut held: HashMap<Box<str>, Vec<Word>> = HashMap::new();
        for seen in shell::commands(script) {
            let assigned = shell::words(seen.command).map(|(word, _)| word);
            for word in assigned {
                let Some((name, value)) = assignment(source, word) else { continue };
                let words = held.entry(name.into()).or_default();
                let script = shell::parse(&value);
                let calls = script.calls();
                let all = calls
                    .iter()
                    .flat_map(|call| call.assignments.iter().chain(call.wrappers).chain(call.words));
                words.extend(all.take(MOST - words.len()).cloned());
            }
        }
        Self { words: held, used: Cell::new(0) }
    }

    /// The flags that a variable holds which stands alone in a word: `$OPTIONS`, `"${options[@]}"`. What begins with
    /// another word is an image, or a command.
    pub(super) fn words(&self, word: &Word) -> &[Word] {
        let name = word.parameters.first().map(|parameter| &*parameter.name);
        let is_alone = |name: &&str| {
            let inside = word.text.strip_prefix("${").and_then(|text| text.strip_suffix('}'));
            let inside = inside.or(word.text.strip_prefix('$')).unwrap_or_default();
            inside.split('[').next() == Some(name)
        };
        let words =
            name.filter(is_alone).and_then(|name| self.words.get(name)).map_or(&[][..], Vec::as_slice);
        self.used.set(self.used.get() + words.len());
        let first = words.iter().find(|word| !word.text.starts_with('$'));
        let are_flags = first.is_some_and(|first| first.text.starts_with('-'));
        if are_flags && self.used.get() <= MOST_USED { words } else { &[] }
    }
}

/// The name and the value of `NAME="--flag …"` and `NAME=(--flag …)`, if the value is in the file as it is.
fn assignment<'s>(source: &'s Source, word: &Word) -> Option<(&'s str, Joined<'s>)> {
    let written = source.slice(word.span);
    let (name, value) = written.split_once('=')?;
    let name = name.strip_suffix('+').unwrap_or(name);
    let inside = |open: char, close: char| value.strip_prefix(open)?.strip_suffix(close);
    let quoted =
        || inside('"', '"').or_else(|| inside('\'', '\'')).filter(|text| !text.contains(['"', '\'', '\\']));
    let list = inside('(', ')').or_else(quoted)?;
    (shell::is_name(name) && list.contains('-')).then(|| {
        let start = word.span.end as usize - 1 - list.len();
        (name, Joined::unbroken(list, start))
    })
}
