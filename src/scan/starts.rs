//! The scripts that a Dockerfile copies in and starts containers with, as far as they lie in the build context.
//!
//! Only their text is handed on; what it says of users is for rules.

use super::aside::Aside;
use crate::compose::{self, resolve};
use crate::dockerfile::{Command, Dockerfile, Instruction, Kind, Starts};
use crate::text::last_part;

/// Reads the scripts of a Dockerfile, which is built with these contexts, else with its own folder.
pub(super) fn fill<'c>(
    file: &mut Dockerfile,
    contexts: impl Iterator<Item = Option<&'c str>>,
    aside: &Aside,
) {
    let mut contexts: Vec<&str> = contexts.flatten().collect();
    if contexts.is_empty() {
        contexts.push(compose::directory(file.source.path()));
    }
    contexts.sort_unstable();
    contexts.dedup();
    let mut starts = Starts::default();
    for context in contexts {
        add(file, context, aside, &mut starts);
    }
    file.starts = starts;
}

/// Adds all such scripts of a context.
fn add(file: &Dockerfile, context: &str, aside: &Aside, starts: &mut Starts) {
    let mut paths: Vec<String> = Vec::new();
    for stage in file.stages.iter().filter(|stage| stage.ships) {
        let starts = [file.entrypoint_of(stage.index), file.cmd_of(stage.index)];
        for word in starts.into_iter().flatten().flat_map(words) {
            let copies =
                file.ancestry(stage.index).flat_map(|stage| file.stage_instructions(stage)).filter_map(taken);
            for (source, target) in copies.flatten() {
                paths.extend(candidates(&word, source, target).iter().filter_map(|c| resolve(context, c)));
            }
        }
    }
    paths.sort();
    paths.dedup();
    for path in paths {
        let Some(bytes) = aside.read(&path).filter(|bytes| bytes.starts_with(b"#!")) else { continue };
        starts.text.push_str(&String::from_utf8_lossy(&bytes));
        if bytes.split(|&byte| byte == b'\n').next().is_some_and(|line| line.ends_with(b"\r")) {
            starts.with_crlf.push(path);
        }
    }
}

/// The first words of a command: the program, with those before it (`tini --`).
fn words(instruction: &Instruction) -> Vec<String> {
    match instruction.command() {
        Some(Command::Exec { words, .. }) => words.iter().take(4).map(|word| word.text.to_string()).collect(),
        Some(Command::Shell(line)) => line.text.split_whitespace().take(4).map(str::to_owned).collect(),
        None => Vec::new(),
    }
}

/// Source and destination of what is copied from the context.
fn taken<'f>(instruction: &'f Instruction<'_>) -> Option<impl Iterator<Item = (&'f str, &'f str)>> {
    let (Kind::Copy(transfer) | Kind::Add(transfer)) = &instruction.kind else { return None };
    let target = &*transfer.destination.text;
    let local = instruction.flag("from").is_none();
    local.then(|| transfer.sources.iter().map(move |source| (source.text.trim_start_matches('/'), target)))
}

/// Where in the context a program may lie: it is the source itself, or below it by the end of its path.
fn candidates(program: &str, source: &str, target: &str) -> Vec<String> {
    let last = |path: &str| last_part(path).to_owned();
    let name = last(program);
    if name.is_empty() || program.starts_with('-') {
        return Vec::new();
    }
    if last(source) == name || last(target) == name {
        return vec![source.to_owned()];
    }
    let program = program.trim_start_matches("./");
    let ends = program.match_indices('/').map(|(at, _)| &program[at + 1..]);
    let folder = source.trim_end_matches('*');
    std::iter::once(program).chain(ends).map(|end| format!("{folder}/{end}")).collect()
}

#[cfg(test)]
mod tests {
    use super::candidates;

    #[test]
    fn programs_are_looked_for_where_they_were_copied_from() {
        assert_eq!(candidates("/entry.sh", "docker/entry.sh", "/"), ["docker/entry.sh"]);
        assert_eq!(candidates("/entry.sh", "start", "/entry.sh"), ["start"]);
        assert_eq!(
            candidates("/app/bin/run", ".", "/app"),
            [".//app/bin/run", "./app/bin/run", "./bin/run", "./run"]
        );
        assert_eq!(candidates("--", ".", "/app"), Vec::<String>::new());
    }
}
