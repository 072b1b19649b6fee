//! Instructions that are read as words of the one above, because the line before them ends with the escape character.

use crate::dockerfile::{Command, Dockerfile, Instruction, Kind};
use crate::shell::{Call, Script};
use crate::text::Span;

/// What people write in capitals at the start of a line. `FROM` is also SQL's, and MAINTAINER a word.
const KEYWORDS: [&str; 15] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "RUN",
    "SHELL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// A keyword that its instruction reads as a word, and the escape character that makes it do so.
pub(super) struct Swallowed {
    pub keyword: Span,
    pub escape: Span,
}

/// The keywords at the beginning of continued lines of an instruction, which begins its own line.
pub(super) fn of(file: &Dockerfile, instruction: &Instruction) -> Vec<Swallowed> {
    let text = file.source.text();
    let start = instruction.span.start as usize;
    let is_upper = instruction.keyword.text.bytes().all(|b| b.is_ascii_uppercase());
    if !is_upper || start > 0 && !text[..start].ends_with('\n') {
        return Vec::new();
    }
    // Bodies of heredocs come after the line that names them.
    let end =
        instruction.heredocs.first().map_or(instruction.span.end, |heredoc| heredoc.body.start) as usize;
    let mut found = Vec::new();
    let mut escape = None;
    let mut at = start;
    for line in text[start..end].split_inclusive('\n') {
        let bare = line.trim();
        let keyword = escape.filter(|_| at > start).zip(keyword(line));
        if let Some((escape, keyword)) = keyword {
            found.push(Swallowed { keyword: Span::new(at, at + keyword.len()), escape });
        }
        if !bare.is_empty() && !bare.starts_with('#') {
            let before = at + line.trim_end().len();
            escape = bare.ends_with(file.escape).then(|| Span::new(before - file.escape.len_utf8(), before));
        }
        at += line.len();
    }
    if !found.is_empty() {
        let words = words(instruction);
        found.retain(|one| words.as_ref().is_none_or(|starts| starts.contains(&one.keyword.start)));
    }
    found
}

fn keyword(line: &str) -> Option<&'static str> {
    let end = line.find([' ', '\t'])?;
    let has_more = !line[end..].trim().is_empty();
    KEYWORDS.into_iter().find(|keyword| *keyword == &line[..end] && has_more)
}

/// Where words of an instruction begin that are not inside quotes; `None` if any place is one.
fn words(instruction: &Instruction) -> Option<Vec<u32>> {
    let starts = |words: &[crate::dockerfile::Word]| words.iter().map(|word| word.span.start).collect();
    Some(match &instruction.kind {
        Kind::Env(pairs) | Kind::Label(pairs) | Kind::Arg(pairs) => {
            pairs.iter().map(|pair| pair.key.span.start).collect()
        }
        Kind::Copy(transfer) | Kind::Add(transfer) => {
            let ends = transfer.sources.iter().chain([&transfer.destination]);
            ends.map(|word| word.span.start).collect()
        }
        Kind::Expose(words) | Kind::Volume(words) => starts(words),
        Kind::Workdir(_) | Kind::User(_) | Kind::Stopsignal(_) => return None,
        _ => match instruction.command() {
            Some(Command::Shell(_)) => {
                let calls = instruction.scripts().iter().flat_map(Script::calls);
                let words = calls.flat_map(|call: Call| call.words.iter().chain(call.wrappers));
                words.filter(|word| !word.quoted).map(|word| word.span.start).collect()
            }
            _ => Vec::new(),
        },
    })
}
