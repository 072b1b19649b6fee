//! The shell scripts of an instruction: shell-form text, `["sh", "-c", "…"]`, heredocs that a shell reads.
//!
//! `shell` reads them; here is decided what is shell text at all.

use super::facts::{is_posix, program_name};
use super::{Command, Heredoc, Instruction, Kind, Word, heredoc};
use crate::shell::{self, PackageCall, Script};
use crate::text::Joined;

/// The text that a shell reads, with the places of its bytes.
#[derive(Debug)]
pub struct ShellText<'i> {
    pub text: Joined<'i>,
    pub by: Reader<'i>,
}

/// Which shell reads a text.
#[derive(Clone, Copy, Debug)]
pub enum Reader<'i> {
    /// The one in force.
    InForce,
    /// The array's own program, with its arguments.
    Array(&'i [Word<'i>]),
    /// The program that the text's first line `#!…` names, without its path.
    FirstLine(&'i str),
}

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

    /// The calls of package managers, those of an exec form included: `RUN ["pip", "install", "x"]`.
    pub fn package_calls(&self) -> impl Iterator<Item = &PackageCall> {
        let exec = self.exec.get_or_init(|| self.exec_script());
        self.scripts().iter().chain(exec).flat_map(|script| &script.facts().packages)
    }

    /// The script of RUN, CMD, ENTRYPOINT and HEALTHCHECK, read once; empty or one. Heredocs that a command of the line
    /// reads (`RUN bash <<EOF`) are part of it, as they are for the shell.
    pub fn scripts(&self) -> &[Script] {
        self.scripts
            .get_or_init(|| self.shell_text().map(|shell| shell::parse(&shell.text)).into_iter().collect())
    }

    /// The text of that script.
    pub fn shell_text(&self) -> Option<ShellText<'_>> {
        let text = self.source.0;
        match self.command()? {
            Command::Exec { words, .. } => {
                Some(ShellText { text: shell_argument(words)?.joined(), by: Reader::Array(words) })
            }
            Command::Shell(_) if self.in_force.foreign_shell => None,
            Command::Shell(line) => {
                let is_run = matches!(self.kind, Kind::Run(_));
                if is_run && !self.heredocs.is_empty() && heredoc::marker(&line.text, 0).is_some() {
                    // The heredoc is the script: a file of its own if it begins with `#!`, else text for the shell.
                    let span = self.heredocs[0].body;
                    let text = Joined::unbroken(&text[span.range()], span.start as usize);
                    return match shebang(&self.source.0[span.range()]) {
                        None => Some(ShellText { text, by: Reader::InForce }),
                        Some(program) => {
                            is_posix(program).then_some(ShellText { text, by: Reader::FirstLine(program) })
                        }
                    };
                }
                Some(ShellText { text: with_bodies(line, &self.heredocs, text), by: Reader::InForce })
            }
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
