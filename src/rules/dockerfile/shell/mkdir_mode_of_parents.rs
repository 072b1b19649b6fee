use super::scripts;
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Word, commands};
use crate::text::{Span, last_part};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for code in scripts(file) {
        for seen in commands(code.script) {
            let Some((name, args)) = seen.simple().and_then(<[Word]>::split_first) else { continue };
            if name.literal().map(last_part) != Some("mkdir") || flag(args, 'p', "parents").is_none() {
                continue;
            }
            let Some(mode) = flag(args, 'm', "mode") else { continue };
            if args.iter().skip(1).any(may_have_parents) {
                let message = "`-m` sets the mode of the last folder only, not of those that `-p` creates; \
                    set their modes with `chmod`, or create them one by one";
                out.at(file.source, mode, message);
            }
        }
    }
}

/// A flag of `mkdir`: both may stand in one word, and `-m` has a value.
fn flag(args: &[Word], short: char, long: &str) -> Option<Span> {
    let is_one = |word: &&Word| {
        let text = &*word.text;
        if let Some(name) = text.strip_prefix("--") {
            return name.split('=').next() == Some(long);
        }
        let letters = text.strip_prefix('-').unwrap_or_default();
        // What follows `m` is its value.
        let end = letters.find('m').map_or(letters.len(), |at| at + 1);
        letters[..end].contains(short)
    };
    args.iter().find(is_one).map(|word| word.span)
}

/// More than one folder may come of it.
fn may_have_parents(word: &Word) -> bool {
    let Some(path) = word.literal() else { return true };
    let is_next_to = ["./", "../"].iter().any(|up| path.starts_with(up))
        && path.rsplit_once('/').is_some_and(|(above, last)| {
            !last.is_empty() && above.split('/').all(|part| matches!(part, "." | ".."))
        });
    path.contains('/') && !path.starts_with('-') && !is_next_to
}
