//! The folders that are sent to build a Dockerfile, and what it copies from them.

use std::borrow::Cow;

use crate::dockerfile::{Dockerfile, Instruction, Kind, Transfer, Word};
use crate::dockerignore::clean;
use crate::project::Sent;
use crate::rule::Context;

/// The folders that services say; without any service, the one that a script says, or the Dockerfile's own.
pub(super) fn of<'c>(cx: &Context<'c>, file: &Dockerfile) -> Vec<&'c Sent> {
    let mut builders = cx.project.builders_of(file.source.path()).peekable();
    if builders.peek().is_none() {
        return cx.sent.into_iter().collect();
    }
    builders.filter_map(|(edge, _)| edge.sent.as_ref()).collect()
}

/// Whether all of these folders are known: no service has one that cannot be told.
pub(super) fn are_known(cx: &Context, file: &Dockerfile) -> bool {
    cx.project.builders_of(file.source.path()).all(|(edge, _)| edge.sent.is_some())
}

/// A source of COPY or ADD that is taken from the context.
pub(super) struct Source<'f, 'a> {
    pub instruction: &'f Instruction<'a>,
    pub word: &'f Word<'a>,
    /// From the top of the context, cleaned; `.` for the whole context.
    pub path: String,
}

impl Source<'_, '_> {
    pub(super) fn has_wildcard(&self) -> bool {
        self.path.contains(['*', '?', '['])
    }
}

/// All of them whose paths are known. What triggers copy is taken from another context.
pub(super) fn sources<'f, 'a>(file: &'f Dockerfile<'a>) -> Vec<Source<'f, 'a>> {
    let mut found = Vec::new();
    for (instruction, transfer) in file.instructions.iter().filter_map(local) {
        for word in &transfer.sources {
            let expanded = file.expand(word, instruction);
            let Some(text) = expanded.text() else { continue };
            // Behind `/./` begins what `--parents` keeps.
            let text = if instruction.flag("parents").is_some() {
                Cow::Owned(text.replace("/./", "/"))
            } else {
                Cow::Borrowed(text)
            };
            found.extend(path(&text).map(|path| Source { instruction, word, path }));
        }
    }
    found
}

/// A COPY or ADD from the context.
pub(super) fn local<'f, 'a>(
    instruction: &'f Instruction<'a>,
) -> Option<(&'f Instruction<'a>, &'f Transfer<'a>)> {
    match &instruction.kind {
        Kind::Copy(transfer) | Kind::Add(transfer) if instruction.flag("from").is_none() => {
            Some((instruction, transfer))
        }
        _ => None,
    }
}

/// What a word with its variables replaced names in the context: neither a URL, nor a repository, nor the mark of a heredoc.
pub(super) fn path(text: &str) -> Option<String> {
    if text.is_empty() || text.contains("://") || text.starts_with("git@") || text.starts_with("<<") {
        return None;
    }
    let path = clean(text);
    let path = path.trim_start_matches('/');
    Some(if path.is_empty() { "." } else { path }.to_owned())
}
