use std::ops::Range;

use super::command_words::{self, Word};
use super::{credentials, pulled};
use crate::container::{At, ContainerSpec};
use crate::finding::Findings;
use crate::rule::{Context, Severity};
use crate::secrets::names;
use crate::secrets::programs::{PROGRAMS, Program, Takes};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    for line in command_words::of(spec) {
        // The last program before a word.
        let mut program = None;
        for (at, word) in line.words.iter().enumerate() {
            let found = secret(&line.words, at, program);
            program = called(word).or(program);
            let Some((name, holder, range)) = found else { continue };
            let value = &holder.as_str()[range.clone()];
            if value.contains('$') || value.starts_with("id=") || !credentials::is_literal(PASSWORD, value) {
                continue;
            }
            let message = format!(
                "{} of {} contains a secret (`{name}`), and everybody who can inspect the container sees it; read it from a \
                 mounted secret or a variable",
                line.what,
                pulled::name(spec)
            );
            let place = At { span: holder.part(range), ..word.text.at };
            let finding = pulled::on(cx, spec, out, place, message);
            if credentials::is_strong(value) {
                finding.severity(Severity::Error);
            }
        }
    }
}

/// What the options say that their values are.
const PASSWORD: &str = "PASSWORD";
/// Ends of names of options whose values only say where a secret is, or which cluster it is.
const ELSEWHERE: [&str; 3] = ["stdin", "secrets", "cluster-token"];

/// The name of an option, or of a variable, that takes a secret.
fn is_secret(name: &str) -> bool {
    let bare = name.trim_start_matches('-');
    bare.len() > 1
        && bare.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
        && names::is_credential(bare)
        && !ELSEWHERE.iter().any(|end| bare.ends_with(end))
}

/// The program that a word is the name of.
fn called(word: &Word) -> Option<&'static Program> {
    let mut known = PROGRAMS.iter().filter(|program| program.found && program.verb.is_empty());
    known.find(|program| program.is_called(word.program()))
}

/// The secret that a word holds or introduces: the option's name, the word that has it, and where in that. `program` is the
/// one whose option it may be.
fn secret<'w, 's>(
    words: &'w [Word<'s>],
    at: usize,
    program: Option<&'static Program>,
) -> Option<(&'s str, &'w Word<'s>, Range<usize>)> {
    let word = &words[at];
    let text = word.as_str();
    let next = || words.get(at + 1).filter(|next| !next.as_str().starts_with('-'));
    let is_option = text.starts_with('-');
    if let Some((name, value)) = text.split_once('=') {
        // An option, or a variable that is set for the command.
        let value = value.trim_start_matches(['"', '\'']);
        return (is_secret(name) && !value.is_empty())
            .then(|| (name, word, text.len() - value.len()..text.len()));
    }
    if is_option && is_secret(text) {
        return next().map(|next| (text, next, 0..next.as_str().len()));
    }
    program.filter(|_| is_option)?.takes.iter().find_map(|takes| match *takes {
        Takes::Joined(option) | Takes::Either(option)
            if text.len() > option.len() && !option.starts_with("--") =>
        {
            text.strip_prefix(option).map(|_| (option, word, option.len()..text.len()))
        }
        Takes::Either(option) if text == option => next().map(|next| (option, next, 0..next.as_str().len())),
        _ => None,
    })
}
