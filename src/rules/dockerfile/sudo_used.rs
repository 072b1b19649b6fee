use super::shipping::in_image;
use super::{purpose, root};
use crate::dockerfile::{Base, Command, Dockerfile, Instruction, Kind};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::text::{Edit, Span, last_part};

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let shipped = |instruction: &&Instruction| instruction.command().is_some() && in_image(file, instruction);
    for instruction in file.all().filter(shipped) {
        // One finding an instruction: a long RUN is put right in one go.
        let uses = uses(instruction);
        let Some(&(span, _)) = uses.first() else { continue };
        let is_root = runs_as_root(file, instruction);
        // Whoever works in the container is meant to become root, and a script that asks who it is knows what it does.
        if is_root != Some(true) && is_workplace(cx, file, instruction) || asks_who(instruction) {
            continue;
        }
        let message = match is_root {
            Some(true) => "this runs as root, so `sudo` has no effect; remove `sudo`",
            Some(false) => {
                "`sudo` stays in the image and lets users become root; use `USER root` for the steps that need it"
            }
            None => {
                "root does not need `sudo`, and other users should not have it; use `USER root` for the steps that need it"
            }
        };
        let found = out.at(file.source, span, message);
        for &(span, _) in &uses[1..] {
            found.see(file.source, span, "and here");
        }
        let edits: Option<Vec<Edit>> = uses.into_iter().map(|(_, edit)| edit).collect();
        if let (Some(true), Some(edits)) = (is_root, edits) {
            found.fix(Safety::Unsafe, "remove `sudo`", edits);
        }
    }
}

/// Users of images that people work in.
const WORKERS: [&str; 7] = ["circleci", "codespace", "coder", "gitpod", "opam", "runner", "vscode"];

/// The image is one that people work in, by the file's path, the base image or the user in force.
pub(super) fn is_workplace(cx: &Context, file: &Dockerfile, instruction: &Instruction) -> bool {
    let base = instruction.stage.map(|stage| file.root_base(stage));
    let by_base = match base {
        Some(Base::Image(text)) => {
            ["gitpod", "devcontainer", "circleci/", "cimg/", "codespace", "coder", "ocaml/opam", "workspace"]
                .iter()
                .any(|mark| text.contains(mark))
        }
        _ => false,
    };
    let user = file.user_at(instruction).map(|user| (&user.kind, user));
    let by_user = matches!(user, Some((Kind::User(word), user))
        if file.expand(word, user).text().is_some_and(|name| WORKERS.contains(&name)));
    by_base || by_user || purpose::is_workplace(cx, file.source.path())
}

/// `if [ "$(id -u)" -ne 0 ]; then sudo …`
fn asks_who(instruction: &Instruction) -> bool {
    let mut calls = instruction.scripts().iter().flat_map(crate::shell::Script::calls);
    calls.any(|call| {
        call.is("id") && call.has_flag('u', "user")
            || call.is("whoami")
            || matches!(call.name(), Some("[" | "test"))
                && call.args().iter().any(|word| &*word.text == "$EUID")
    })
}

/// Every `sudo` in command position that takes rights rather than giving them up, with the edit that drops it.
fn uses(instruction: &Instruction) -> Vec<(Span, Option<Edit>)> {
    let mut found = Vec::new();
    if let Some(Command::Exec { words, .. }) = instruction.command()
        && let [sudo, rest @ ..] = &words[..]
        && last_part(&sudo.text) == "sudo"
        && !gives_up(rest.iter().map(|word| &*word.text))
    {
        found.push((sudo.span, None));
    }
    for call in instruction.scripts().iter().flat_map(crate::shell::Script::calls) {
        if call.is("sudo") && !gives_up(call.args().iter().map(|word| &*word.text)) {
            found.push((call.name_span(), None));
        }
        let Some(span) = call.wrapped_by("sudo") else { continue };
        let at = call.wrappers.iter().position(|word| word.span == span).unwrap_or(0);
        let flags = &call.wrappers[at + 1..];
        if gives_up(flags.iter().map(|word| &*word.text)) {
            continue;
        }
        // With flags or assignments behind it, `sudo` cannot simply be taken out.
        let next = flags.is_empty().then(|| call.words[0].span);
        let edit = next.filter(|next| next.start >= span.end);
        found.push((span, edit.map(|next| Edit::delete(Span { start: span.start, end: next.start }))));
    }
    found
}

/// Its flags name another user than root: `-u somebody`, `-Eusomebody`, `--user=somebody`.
fn gives_up<'w>(mut words: impl Iterator<Item = &'w str>) -> bool {
    while let Some(word) = words.next() {
        let user = if let Some(long) = word.strip_prefix("--") {
            match long.split_once('=') {
                Some(("user", user)) => Some(user),
                None if long == "user" => words.next(),
                None if matches!(
                    long,
                    "group" | "host" | "prompt" | "chdir" | "chroot" | "role" | "type"
                ) =>
                {
                    words.next();
                    None
                }
                _ => None,
            }
        } else if let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) {
            // The first letter that takes a value takes the rest of the word, or the next one.
            match letters.find(|letter| "ughpCTrtDRU".contains(letter)) {
                Some(at) => {
                    let rest = &letters[at + 1..];
                    let value = if rest.is_empty() { words.next() } else { Some(rest) };
                    value.filter(|_| letters[at..].starts_with('u'))
                }
                None => None,
            }
        } else if word.contains('=') {
            None
        } else {
            return false;
        };
        if let Some(user) = user {
            return !root::is_root(user.trim_start_matches('#'));
        }
    }
    false
}

/// Whether the USER in force is root: set so, or never set on an image that is known to be; `None` where the base image
/// or a variable decides.
fn runs_as_root(file: &Dockerfile, instruction: &Instruction) -> Option<bool> {
    match file.user_at(instruction).map(|user| (&user.kind, user)) {
        Some((Kind::User(word), user)) => file.expand(word, user).text().map(root::is_root),
        _ => instruction.stage.is_some_and(|stage| root::base_is_root(file, stage)).then_some(true),
    }
}

#[cfg(test)]
mod tests {
    use super::gives_up;

    #[test]
    fn a_user_may_stand_behind_any_flag() {
        for words in [
            "-u app run",
            "-E -u app run",
            "-Eu app",
            "-uapp x",
            "--user=app x",
            "-H --user app x",
            "-g x -u app",
        ] {
            assert!(gives_up(words.split(' ')), "{words}");
        }
        for words in ["run -u app", "-E run", "-u root x", "-u #0 x", "-g app x", "A=b run --user=app", ""] {
            assert!(!gives_up(words.split(' ')), "{words}");
        }
    }
}
