//! The shell scripts of an instruction: shell-form text, `["sh", "-c", "…"]`, heredocs that a shell reads.
//!
//! `shell` reads them; here is decided what is shell text at all.

use super::facts::{is_posix, program_name};
use super::{Command, Heredoc, Instruction, Kind, Word, heredoc};
use crate::shell::{self, Script};
use crate::text::Joined;

impl Instruction<'_> {
    /// The main script: the text of the line, or the heredoc that stands in its place. `None` if no POSIX shell runs
    /// here.
    pub fn script(&self) -> Option<&Script> {
        self.scripts().first()
    }

    /// Every script of RUN, CMD, ENTRYPOINT and HEALTHCHECK: the line's, then those of heredocs that a shell reads
    /// (`RUN bash <<EOF`). Read once.
    pub fn scripts(&self) -> &[Script] {
        self.scripts.get_or_init(|| read(self))
    }
}

fn read(instruction: &Instruction) -> Vec<Script> {
    let text = instruction.source.0;
    let Some(command) = instruction.command() else { return Vec::new() };
    match command {
        Command::Exec { words, .. } => {
            shell_argument(words).map(|word| shell::parse(&word.joined())).into_iter().collect()
        }
        Command::Shell(_) if instruction.in_force.foreign_shell => Vec::new(),
        Command::Shell(line) => {
            let is_run = matches!(instruction.kind, Kind::Run(_));
            if is_run && !instruction.heredocs.is_empty() && heredoc::marker(&line.text, 0).is_some() {
                // The heredoc is the script: a file of its own if it begins with `#!`, else text for the shell.
                let heredoc = &instruction.heredocs[0];
                let body = &text[heredoc.body.range()];
                let is_shell = shebang(body).is_none_or(is_posix);
                return if is_shell { vec![parse_body(heredoc, text)] } else { Vec::new() };
            }
            let mut scripts = vec![shell::parse(line)];
            for heredoc in &instruction.heredocs {
                if is_read_by_shell(line, heredoc) {
                    scripts.push(parse_body(heredoc, text));
                }
            }
            scripts
        }
    }
}

fn parse_body(heredoc: &Heredoc, text: &str) -> Script {
    shell::parse(&Joined::unbroken(&text[heredoc.body.range()], heredoc.body.start as usize))
}

/// The script in `["sh", "-c", "…"]`: the word behind the first flag that has a `c`.
fn shell_argument<'w, 'a>(words: &'w [Word<'a>]) -> Option<&'w Word<'a>> {
    let program = program_name(&words.first()?.text);
    if !is_posix(program) || program == "busybox" {
        return None;
    }
    let mut words = words.iter().skip(1);
    while let Some(word) = words.next() {
        let flag = word.text.strip_prefix(['-', '+'])?;
        if flag.starts_with('-') {
            continue;
        }
        if flag.contains('c') {
            return words.find(|word| !word.text.starts_with('-'));
        }
        if flag.ends_with(['o', 'O']) {
            words.next();
        }
    }
    None
}

/// The program named by a first line `#!…`, `env` looked through.
fn shebang(body: &str) -> Option<&str> {
    let line = body.strip_prefix("#!")?.lines().next()?;
    let mut words = line.split_whitespace().map(program_name);
    match words.next() {
        Some("env") => words.find(|word| !word.starts_with('-')),
        program => Some(program.unwrap_or("")),
    }
}

/// `bash <<EOF`, `sh -e <<EOF`: the words of the command before the marker are a shell and flags.
fn is_read_by_shell(line: &Joined, heredoc: &Heredoc) -> bool {
    // Offsets ascend, so the place of the marker in the line is found by halving.
    let (mut low, mut high) = (0, line.text.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        if line.offset(middle) < heredoc.marker.start as usize {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    let before = line.text.get(..low).unwrap_or_default();
    let command = before.rsplit(['|', '&', ';', '(', '{', '\n']).next().unwrap_or(before);
    let mut words = command.split_whitespace().skip_while(|word| {
        matches!(*word, "then" | "do" | "else" | "exec" | "sudo" | "command") || word.contains('=')
    });
    words.next().is_some_and(|program| is_posix(program_name(program)))
        && words.all(|word| word.starts_with(['-', '+']) && !word.contains('c') || word == "pipefail")
}
