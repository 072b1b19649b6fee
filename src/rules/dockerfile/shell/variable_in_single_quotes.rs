use std::ops::Range;

use super::scripts;
use crate::dockerfile::{Dockerfile, Instruction, Origin};
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{Quote, Role, Seen, Word, commands, pieces, words};
use crate::text::{Span, last_part};

/// Commands that expand such text themselves, or hand it to a program that does.
const EXPAND: [&str; 16] = [
    "trap",
    "sh",
    "bash",
    "ksh",
    "zsh",
    "ssh",
    "eval",
    "xprop",
    "alias",
    "sudo",
    "doas",
    "run0",
    "docker",
    "podman",
    "oc",
    "dpkg-query",
];
/// Their text has dollar signs of its own.
const OWN_DOLLARS: [&str; 5] = ["jq", "rename", "rg", "unset", "git filter-branch"];
/// Variables that the shell expands when it uses them.
const PROMPTS: [&str; 5] = ["PS1", "PS2", "PS3", "PS4", "PROMPT_COMMAND"];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let text = file.source.text();
    for code in scripts(file).filter(|code| !code.is_quoted()) {
        for seen in commands(code.script) {
            let program = program(&seen);
            if is_meant(&program) {
                continue;
            }
            let mut found = Vec::new();
            for (word, _) in words(seen.command).filter(|(word, role)| !is_prompt(word, *role)) {
                for piece in pieces(word, text).into_iter().filter(|piece| piece.quote == Quote::Single) {
                    let inside = &text[piece.range.clone()];
                    if !(program == "sed" && is_of_sed(inside))
                        && arguments(file, code.at, inside).next().is_some()
                    {
                        found.push(with_quotes(text, piece.range));
                    }
                }
            }
            let message = "single quotes keep the build argument from being expanded, and it is gone when the container runs; \
                           use double quotes";
            super::report(file.source, &found, message, out);
        }
    }
}

/// What stands in quotes, with those that are there: the last one may be missing.
fn with_quotes(text: &str, inside: Range<usize>) -> Span {
    let opens = text[..inside.start].ends_with('\'');
    let closes = text[inside.end..].starts_with('\'');
    Span::new(inside.start - usize::from(opens), inside.end + usize::from(closes))
}

/// The name of the program; for `find` that of what it runs.
fn program(seen: &Seen) -> String {
    let Some(words) = seen.simple() else { return String::new() };
    let words = match &*words[0].text {
        "command" | "builtin" | "exec" | "busybox" if words.len() > 1 => &words[1..],
        _ => words,
    };
    let name = words[0].literal().map_or("", last_part);
    match name {
        "find" => {
            let runs = words.iter().position(|word| matches!(&*word.text, "-exec" | "-execdir"));
            runs.and_then(|at| words.get(at + 1)).map_or("find", |word| &*word.text).to_owned()
        }
        "git" => {
            let subcommand = words[1..].iter().find(|word| !word.text.starts_with('-'));
            format!("git {}", subcommand.map_or("", |word| &*word.text))
        }
        _ => name.to_owned(),
    }
}

fn is_meant(program: &str) -> bool {
    EXPAND.contains(&program)
        || OWN_DOLLARS.contains(&program)
        || program.ends_with("awk")
        || program.starts_with("perl")
}

fn is_prompt(word: &Word, role: Role) -> bool {
    let is_assignment = matches!(role, Role::Assignment | Role::Argument(1..));
    is_assignment && word.text.split_once('=').is_some_and(|(name, _)| PROMPTS.contains(&name))
}

/// The build arguments that a text names: `$NAME`, `${NAME`. Other variables may be meant for whoever reads the text later.
fn arguments<'t>(file: &Dockerfile, at: &Instruction, text: &'t str) -> impl Iterator<Item = &'t str> {
    let names = text.match_indices('$').map(|(at, _)| {
        let name = text[at + 1..].trim_start_matches('{');
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        &name[..end]
    });
    names.filter(move |name| matches!(file.lookup(name, at).origin, Origin::Arg(_)))
}

/// `$p`, `$d`: the last line, and what sed does with it.
fn is_of_sed(text: &str) -> bool {
    text.match_indices('$').any(|(at, _)| {
        let mut rest = text[at + 1..].chars();
        rest.next().is_some_and(|letter| "{dpsaic".contains(letter))
            && rest.next().is_none_or(|next| !next.is_ascii_alphabetic())
    })
}
