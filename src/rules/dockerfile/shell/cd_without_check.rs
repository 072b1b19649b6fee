use super::{is_test, scripts};
use crate::dockerfile::Dockerfile;
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::shell::{Join, Seen, Word, commands};
use crate::text::Edit;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for code in scripts(file).filter(|code| !code.ends_early) {
        let seen = commands(code.script);
        if seen.iter().any(sets_errexit) {
            continue;
        }
        let end = code.script.pipelines.last().map(|pipeline| pipeline.span.end);
        for seen in seen.iter().filter(|seen| !seen.tested) {
            // Nothing comes after it, so its failure is that of the script.
            if Some(seen.command.span.end) == end {
                continue;
            }
            let Some(name) = changes_folder(seen).filter(|_| !is_optional(seen)) else { continue };
            let message = format!("if `{name}` fails, what follows runs in the wrong folder; add `|| exit`");
            let found = out.at(file.source, seen.command.span, message);
            if seen.pipeline().commands.len() == 1 && !code.is_quoted() {
                let edit = Edit::insert(seen.command.span.end as usize, " || exit");
                found.fix(Safety::Unsafe, "add `|| exit`", vec![edit]);
            }
        }
    }
}

fn changes_folder<'s>(seen: &Seen<'s>) -> Option<&'s str> {
    let words = seen.simple()?;
    let words = if matches!(&*words[0].text, "command" | "builtin") { &words[1..] } else { words };
    let (name, args) = words.split_first()?;
    let leads_up = matches!(args, [only] if is_above(&only.text));
    let only_notes = || args.iter().any(|word| &*word.text == "-n");
    match name.literal()? {
        "cd" if !leads_up => Some("cd"),
        name @ ("pushd" | "popd") if !leads_up && !only_notes() => Some(name),
        _ => None,
    }
}

/// `[ -d folder ] && cd folder`: without the folder the script goes on where it is.
fn is_optional(seen: &Seen) -> bool {
    seen.at > 0 && seen.pipeline().joined_by == Join::And && is_test(&seen.list.pipelines[seen.at - 1])
}

/// `/`, `..`, `../..`: a folder that is always there.
fn is_above(path: &str) -> bool {
    path.split('/').all(|part| matches!(part, "" | "." | "..")) && !path.is_empty()
}

/// `set -e`, `set -euo pipefail`, `set -o errexit`
fn sets_errexit(seen: &Seen) -> bool {
    let flag = |word: &Word| {
        let text = &*word.text;
        text == "errexit" || text.starts_with('-') && !text.starts_with("--") && text.contains('e')
    };
    seen.name() == Some("set") && seen.simple().is_some_and(|words| words[1..].iter().any(flag))
}
