use crate::dockerfile::{Dockerfile, Instruction, Kind};
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Script, Word};
use crate::text::Span;

/// Quotes and dashes of word processors, with what shells and Docker understand instead.
const TYPOGRAPHIC: [(char, &str); 7] =
    [('“', "\""), ('”', "\""), ('„', "\""), ('‘', "'"), ('’', "'"), ('–', "-"), ('—', "--")];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    if file.source.text().is_ascii() {
        return;
    }
    for instruction in file.all() {
        if let Some((span, written, meant)) = first(file, instruction) {
            let message = format!(
                "`{written}` is not a character that Docker or the shell understands, so it becomes part of the word; write `{meant}`"
            );
            out.at(file.source, span, message);
        }
    }
}

/// The first word of an instruction that begins with such a character, outside of quotes.
fn first(file: &Dockerfile, instruction: &Instruction) -> Option<(Span, char, &'static str)> {
    let begins = |span: Span| {
        let written = file.source.slice(span).chars().next()?;
        let &(_, meant) = TYPOGRAPHIC.iter().find(|(known, _)| *known == written)?;
        Some((Span::new(span.start as usize, span.start as usize + written.len_utf8()), written, meant))
    };
    match &instruction.kind {
        Kind::Env(pairs) | Kind::Arg(pairs) | Kind::Label(pairs) => {
            pairs.iter().filter_map(|pair| pair.value.as_ref()).find_map(|word| begins(word.span))
        }
        Kind::Copy(transfer) | Kind::Add(transfer) => {
            transfer.sources.iter().chain([&transfer.destination]).find_map(|word| begins(word.span))
        }
        _ => {
            let calls: Vec<_> = instruction.scripts().iter().flat_map(Script::calls).collect();
            let mut words = calls.iter().filter(|call| !call.is("echo")).flat_map(|call| call.words);
            words.find_map(|word: &Word| begins(word.span))
        }
    }
}
