//! What CMD and ENTRYPOINT start: programs, scripts that are not to be seen here, or nothing that serves.

use crate::dockerfile::{Command, Dockerfile, Instruction, Kind};
use crate::shell::{Call, Script};

/// The CMD and the ENTRYPOINT of an image built to a stage.
pub(super) fn of<'f>(file: &'f Dockerfile, stage: usize) -> impl Iterator<Item = &'f Instruction<'f>> {
    [file.entrypoint_of(stage), file.cmd_of(stage)].into_iter().flatten()
}

/// The names of the programs that CMD or ENTRYPOINT starts, with those in front of them (`tini --`, `exec`) and the script
/// that a shell or an entrypoint is given.
pub(super) fn programs(instruction: &Instruction) -> Vec<String> {
    let mut names = Vec::new();
    if let Some(Command::Exec { words, .. }) = instruction.command() {
        names.extend(few(words.iter().map(|word| &*word.text)));
    }
    for call in instruction.scripts().iter().flat_map(Script::calls) {
        names.extend(call.name().map(str::to_owned));
        names.extend(call.wrappers.iter().map(|word| word.text.to_string()));
        if call.name().is_some_and(|name| is_shell(name) || is_script(name)) {
            names.extend(few(call.args().iter().map(|word| &*word.text)));
        }
    }
    names
}

/// The path of the program that a container starts, by itself or below an init: no shell that reads it, and no argument.
pub(super) fn started(instruction: &Instruction) -> Option<String> {
    let first = |words: &[&str]| {
        let is_init = |word: &&&str| {
            word.starts_with('-') || matches!(name(word), "tini" | "dumb-init" | "catatonit" | "exec")
        };
        words.iter().find(|word| !is_init(word)).map(|word| (*word).to_owned())
    };
    if instruction.scripts().is_empty() {
        let Some(Command::Exec { words, .. }) = instruction.command() else { return None };
        return first(&words.iter().map(|word| &*word.text).collect::<Vec<_>>());
    }
    let calls: Vec<Call> = instruction.scripts().iter().flat_map(Script::calls).collect();
    let [call] = &calls[..] else { return None };
    first(&call.words.iter().filter_map(|word| word.literal()).collect::<Vec<_>>())
}

/// Beyond a few words there are only arguments. Flags name no program, and what holds blanks is a script that is read by
/// itself.
fn few<'w>(words: impl Iterator<Item = &'w str>) -> impl Iterator<Item = String> {
    let words = words.filter(|word| !word.starts_with('-') && !word.contains(char::is_whitespace));
    words.take(4).map(|word| name(word).to_owned())
}

fn name(path: &str) -> &str {
    crate::text::last_part(path)
}

/// It starts nothing that serves: a shell to work in, or a process that only keeps the container alive.
pub(super) fn nothing(instruction: &Instruction) -> bool {
    let scripts = instruction.scripts();
    if scripts.is_empty()
        && let Some(Command::Exec { words, .. }) = instruction.command()
    {
        return idles(words.iter().map(|word| &*word.text));
    }
    scripts.iter().flat_map(Script::calls).all(|call: Call| idles(call.words.iter().map(|word| &*word.text)))
}

fn idles<'w>(words: impl Iterator<Item = &'w str> + Clone) -> bool {
    // The script behind `-c` is read by itself.
    let has_script =
        words.clone().any(|word| word.starts_with('-') && !word.starts_with("--") && word.ends_with('c'));
    let mut words = words
        .filter(|word| !word.starts_with('-'))
        .map(name)
        .skip_while(|name| matches!(*name, "tini" | "dumb-init" | "exec" | "catatonit"));
    match words.next() {
        None | Some("sleep" | "true" | ":" | "cat" | "wait" | "trap") => true,
        Some("tail") => words.all(|name| name == "null"),
        Some(name) if is_shell(name) => has_script || words.next().is_none(),
        Some(_) => false,
    }
}

pub(super) fn is_shell(name: &str) -> bool {
    matches!(name, "sh" | "bash" | "ash" | "dash" | "zsh" | "fish" | "pwsh")
}

/// The image starts a script, whose text may not be here.
pub(super) fn script(file: &Dockerfile, stage: usize) -> bool {
    let names: Vec<String> = of(file, stage).flat_map(programs).collect();
    if names.iter().any(|name| is_script(name)) {
        return true;
    }
    // `COPY app_entrypoint.sh /usr/local/bin/run`
    file.ancestry(stage).flat_map(|stage| file.stage_instructions(stage)).any(|instruction| {
        let (Kind::Copy(transfer) | Kind::Add(transfer)) = &instruction.kind else { return false };
        let [source] = &transfer.sources[..] else { return false };
        is_script(name(&source.text))
            && names.iter().any(|started| *started == name(&transfer.destination.text))
    })
}

fn is_script(name: &str) -> bool {
    name.strip_suffix(".sh").or_else(|| name.strip_suffix(".bash")).is_some()
        // It only passes signals on.
        || name != "dumb-init"
            && ["entrypoint", "init", "bootstrap"].iter().any(|mark| name.contains(mark))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::text::Source;

    fn with<T>(last: &str, ask: impl FnOnce(&Instruction) -> T) -> T {
        let source = Arc::new(Source::new("Dockerfile", format!("FROM a\n{last}\n").into_bytes()));
        ask(&crate::dockerfile::parse(&source).instructions[1])
    }

    #[test]
    fn idle_containers_are_known_in_both_forms() {
        for last in [
            "CMD bash",
            r#"CMD ["bash"]"#,
            r#"CMD ["/bin/bash", "-l"]"#,
            r#"CMD ["tail", "-f", "/dev/null"]"#,
            "CMD tail -F /dev/null",
            r#"ENTRYPOINT ["tini", "--", "sleep", "infinity"]"#,
            r#"CMD ["sh", "-c", "while true; do sleep 1; done"]"#,
            "CMD bash -c 'tail -f /dev/null'",
        ] {
            assert!(with(last, nothing), "{last}");
        }
        for last in [
            "CMD bash /app/start.sh",
            r#"CMD ["bash", "/app/start.sh"]"#,
            "CMD tail -f /var/log/app.log",
            "CMD ./serve; sleep infinity",
            r#"CMD ["sh", "-c", "node x.js"]"#,
        ] {
            assert!(!with(last, nothing), "{last}");
        }
    }

    #[test]
    fn both_forms_start_the_same_script() {
        let shell = with("CMD bash /app/start.sh", programs);
        assert_eq!(shell, with(r#"CMD ["bash", "/app/start.sh"]"#, programs));
        assert_eq!(shell, ["bash", "start.sh"]);
    }
}
