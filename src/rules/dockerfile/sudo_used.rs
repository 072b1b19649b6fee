use super::root;
use crate::dockerfile::{Command, Dockerfile, Instruction, Kind};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::text::{Edit, Span};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in file.all().filter(|instruction| instruction.command().is_some()) {
        let is_root = runs_as_root(file, instruction);
        // One finding an instruction: a long RUN is put right in one go.
        let uses = uses(instruction);
        let Some(&(span, _)) = uses.first() else { continue };
        let message = if is_root {
            "`sudo` does nothing for root; leave it out"
        } else {
            "`sudo` leaves a way to become root in the image; use `USER root` for the steps that need it"
        };
        let found = out.at(file.source, span, message);
        for &(span, _) in &uses[1..] {
            found.see(file.source, span, "and here");
        }
        let edits: Option<Vec<Edit>> = uses.into_iter().map(|(_, edit)| edit).collect();
        if let (true, Some(edits)) = (is_root, edits) {
            found.fix(Safety::Unsafe, "leave out `sudo`", edits);
        }
    }
}

/// Every `sudo` in command position that takes rights rather than giving them up, with the edit that drops it.
fn uses(instruction: &Instruction) -> Vec<(Span, Option<Edit>)> {
    let mut found = Vec::new();
    if let Some(Command::Exec { words, .. }) = instruction.command()
        && let [sudo, rest @ ..] = &words[..]
        && sudo.text.rsplit('/').next() == Some("sudo")
        && !rest.first().is_some_and(|word| gives_up(&word.text))
    {
        found.push((sudo.span, None));
    }
    for call in instruction.scripts().iter().flat_map(crate::shell::Script::calls) {
        if call.is("sudo") && !call.args().iter().any(|word| gives_up(&word.text)) {
            found.push((call.name_span(), None));
        }
        let Some(span) = call.wrapped_by("sudo") else { continue };
        let at = call.wrappers.iter().position(|word| word.span == span).unwrap_or(0);
        let flags = &call.wrappers[at + 1..];
        if flags.iter().any(|word| gives_up(&word.text)) {
            continue;
        }
        // With flags or assignments behind it, `sudo` cannot simply be taken out.
        let next = flags.is_empty().then(|| call.words[0].span);
        let edit = next.filter(|next| next.start >= span.end);
        found.push((span, edit.map(|next| Edit::delete(Span { start: span.start, end: next.start }))));
    }
    found
}

/// `-u somebody`, `-usomebody`, `--user=somebody`
fn gives_up(word: &str) -> bool {
    word == "-u" || word.starts_with("-u") || word.starts_with("--user") || word == "-Eu" || word == "-Hu"
}

/// The USER in force is root for sure: set so, or never set on a distribution's own image.
fn runs_as_root(file: &Dockerfile, instruction: &Instruction) -> bool {
    match file.user_at(instruction).map(|user| (&user.kind, user)) {
        Some((Kind::User(word), user)) => file.expand(word, user).known().is_some_and(root::is_root),
        _ => instruction.stage.is_some_and(|stage| root::is_distribution(file, stage)),
    }
}
