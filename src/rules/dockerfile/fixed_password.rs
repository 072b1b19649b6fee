use super::shipping::in_image;
use crate::dockerfile::{Dockerfile, Instruction};
use crate::finding::Findings;
use crate::rule::{Context, Severity};
use crate::shell::{Call, CommandKind, Script, Word};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs() {
        for call in run.scripts().iter().flat_map(Script::calls) {
            let Some(fault) = fault(file, run, &call) else { continue };
            let message = match fault {
                Fault::Empty => {
                    "the account gets an empty password, so anybody can log in to it; lock it with `passwd -l`"
                }
                Fault::Fixed => {
                    "everybody who has the file or the image knows the password of this account; set it when the container \
                     starts, or lock the account"
                }
            };
            // What follows could be the password itself.
            let finding = out.at(file.source, call.name_span(), message);
            if !in_image(file, run) {
                finding.severity(Severity::Note);
            }
        }
    }
}

enum Fault {
    Empty,
    Fixed,
}

/// What a call does to the password of an account.
fn fault(file: &Dockerfile, run: &Instruction, call: &Call<'_>) -> Option<Fault> {
    match call.name()? {
        "passwd" if call.has_flag('d', "delete") => Some(Fault::Empty),
        "passwd" if call.has_flag('\0', "stdin") => {
            input(call).any(|word| is_known(file, run, &word.text)).then_some(Fault::Fixed)
        }
        "chpasswd" => {
            let password = |word: &Word| word.text.split_once(':').map(|(_, password)| password.to_owned());
            let mut given = input(call).filter_map(password);
            given.any(|password| is_known(file, run, &password)).then_some(Fault::Fixed)
        }
        "useradd" | "usermod" => {
            let hash = call.flag_value('p', "password")?;
            // What is no hash fits no password.
            let is_hash = ["$1$", "$2", "$5$", "$6$", "$y$"].iter().any(|kind| hash.starts_with(kind));
            match hash {
                "" => Some(Fault::Empty),
                _ => is_hash.then_some(Fault::Fixed),
            }
        }
        _ => None,
    }
}

/// The file gives the text itself, or a default for it.
fn is_known(file: &Dockerfile, run: &Instruction, text: &str) -> bool {
    file.expand_in_script(text, run).is_some_and(|text| !text.trim().is_empty() && !text.contains(['$', '`']))
}

/// The words that a call gets as its input: from `echo … |`, from a heredoc or a here-string.
fn input<'s>(call: &Call<'s>) -> impl Iterator<Item = &'s Word> {
    let before = call.position.checked_sub(1).and_then(|at| call.pipeline.commands.get(at));
    let piped = match before.map(|command| &command.kind) {
        Some(CommandKind::Simple { words, .. })
            if words.first().is_some_and(|word| matches!(&*word.text, "echo" | "printf")) =>
        {
            &words[1..]
        }
        _ => &[],
    };
    let redirects = call.command.redirects.iter();
    piped.iter().chain(redirects.filter_map(|redirect| {
        redirect.body.as_ref().or_else(|| (redirect.operator == "<<<").then_some(&redirect.target))
    }))
}
