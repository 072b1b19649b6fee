//! What the Dockerfile reader promises, on small files made for it. Real files are read by `tests/corpus`.

mod facts;
mod grammar;
mod recovery;
mod scopes;
mod stages;

use super::{Command, Dockerfile, ErrorKind, Instruction, Kind};
use crate::text::Source;

/// Reads a text and hands the document over.
fn read<R>(text: &str, look: impl FnOnce(&Dockerfile) -> R) -> R {
    let source = std::sync::Arc::new(Source::new("Dockerfile", text.as_bytes().to_vec()));
    look(&super::parse(&source))
}

/// Kind and text under the span of every error.
fn errors(text: &str) -> Vec<(ErrorKind, String)> {
    read(text, |file| file.errors.iter().map(|e| (e.kind, file.source.slice(e.span).to_owned())).collect())
}

/// The keywords of a file, in order.
fn keywords(text: &str) -> String {
    read(text, |file| file.all().map(|i| i.keyword.text.to_string()).collect::<Vec<_>>().join(" "))
}

/// The text that a shell-form command hands to the shell.
fn shell_text(instruction: &Instruction) -> String {
    match instruction.command() {
        Some(Command::Shell(text)) => text.text.to_string(),
        other => panic!("no shell form: {other:?}"),
    }
}

/// The words of a JSON array.
fn exec_words(instruction: &Instruction) -> Vec<String> {
    match (instruction.command(), &instruction.kind) {
        (Some(Command::Exec { words, .. }), _) | (_, Kind::Shell(words) | Kind::Volume(words)) => {
            words.iter().map(|word| word.text.to_string()).collect()
        }
        (other, _) => panic!("no array: {other:?}"),
    }
}
