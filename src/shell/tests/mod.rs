//! Tests of the shell reader, by the question they ask.

mod calls;
mod commands;
mod facts;
mod hostile;
mod packages;
mod split;
mod words;

use super::{CommandKind, Script, Word, parse};
use crate::text::{Joined, Span};

/// A script that stands at the beginning of its source.
fn script(text: &str) -> Script {
    parse(&Joined::unbroken(text, 0))
}

/// The text of RUN as the Dockerfile reader hands it on: continuations taken out, places kept.
fn continued(source: &str) -> Joined<'_> {
    let mut joined = Joined::empty(0);
    let mut offset = 0;
    for line in source.split_inclusive('\n') {
        joined.push(line.strip_suffix("\\\n").unwrap_or(line), offset);
        offset += line.len();
    }
    joined
}

/// The words of the first command, which must be simple.
fn words(script: &Script) -> &[Word] {
    match &script.pipelines[0].commands[0].kind {
        CommandKind::Simple { words, .. } => words,
        other => panic!("no simple command: {other:?}"),
    }
}

fn texts(script: &Script) -> Vec<&str> {
    words(script).iter().map(|word| &*word.text).collect()
}

/// The name of every call, `?` for one that expands.
fn names(text: &str) -> Vec<String> {
    script(text).calls().iter().map(|call| call.name().unwrap_or("?").to_owned()).collect()
}

fn slice(source: &str, span: Span) -> &str {
    &source[span.range()]
}
