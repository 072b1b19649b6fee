use super::scripts;
use crate::dockerfile::{Dialect, Dockerfile};
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Quote, Word, commands, pieces};
use crate::text::{Span, last_part};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    // The `echo` of dash expands escapes, and so does BusyBox' one with `-e`.
    let expands = |dialect| matches!(dialect, Dialect::Dash | Dialect::Busybox);
    for code in scripts(file).filter(|code| !expands(code.dialect) && !code.is_quoted()) {
        for seen in commands(code.script) {
            let Some((name, args)) = seen.simple().and_then(<[Word]>::split_first) else { continue };
            if name.literal().map(last_part) != Some("echo") || asks_for_escapes(args) {
                continue;
            }
            let found: Vec<Span> = args
                .iter()
                .filter(|word| has_escape(word, file.source.text()))
                .map(|word| word.span)
                .collect();
            let message = "`echo` prints this escape sequence as it is in some shells; use `printf`";
            super::report(file.source, &found, message, out);
        }
    }
}

/// `-e`, `-ne`
fn asks_for_escapes(args: &[Word]) -> bool {
    let flags = args.iter().map_while(|word| word.text.strip_prefix('-'));
    flags
        .take_while(|flag| !flag.is_empty() && flag.chars().all(|letter| "neE".contains(letter)))
        .any(|flag| flag.contains('e'))
}

fn has_escape(word: &Word, source: &str) -> bool {
    pieces(word, source).into_iter().any(|piece| {
        let text = &source[piece.range];
        let escape = match piece.quote {
            // The first backslash makes the second one.
            Quote::None => r"\\",
            Quote::Single | Quote::Double => r"\",
            Quote::Ansi | Quote::Locale => return false,
        };
        let is_letter = |next: char| "abefnrtvx01234567".contains(next);
        text.match_indices(escape).any(|(at, _)| text[at + escape.len()..].starts_with(is_letter))
    })
}
