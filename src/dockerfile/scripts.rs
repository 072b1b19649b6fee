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

    /// The command of an exec form that runs no shell, as a script of one command without expansions.
    pub fn exec_script(&self) -> Option<Script> {
        match self.command()? {
            Command::Exec { words, .. } if shell_argument(words).is_none() => {
                Some(shell::exec(words.iter().map(|word| (&*word.text, word.span))))
            }
            _ => None,
        }
    }

    /// The script of RUN, CMD, ENTRYPOINT and HEALTHCHECK, read once; empty or one. Heredocs that a command of the line
    /// reads (`RUN bash <<EOF`) are part of it, as they are for the shell.
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
            vec![shell::parse(&with_bodies(line, &instruction.heredocs, text))]
        }
    }
}

/// The line and the heredocs below it, as BuildKit hands both to the shell.
fn with_bodies<'t>(line: &Joined<'t>, heredocs: &[Heredoc], text: &'t str) -> Joined<'t> {
    let mut whole = line.clone();
    if let (Some(first), Some(last)) = (heredocs.first(), heredocs.last()) {
        let start = first.body.start as usize;
        let end = last.terminator.unwrap_or(last.body).end as usize;
        if start > 0 && start < end {
            whole.push("\n", start - 1);
            whole.push(&text[start..end], start);
        }
    }
    whole
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
