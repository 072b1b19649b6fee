//! Visits every command that the shell of a script reads itself: those in `sh -c '…'` are words to it.
//!
//! `walk` is about programs that run, and sees through shells; this is about the language, so compounds count as well.

use super::{Command, CommandKind, Join, Pipeline, Redirect, Script, Word};

/// A command, and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'s> {
    pub command: &'s Command,
    /// The list that it stands in.
    pub list: &'s Script,
    /// Its pipeline in the list.
    pub at: usize,
    /// Its exit code, or that of what it is part of, decides what runs next: it stands before `&&` or `||`, or is the
    /// condition of `if`, `while` or `until`.
    pub tested: bool,
}

impl<'s> Seen<'s> {
    pub fn pipeline(&self) -> &'s Pipeline {
        &self.list.pipelines[self.at]
    }
    /// The words of a simple command.
    pub fn simple(&self) -> Option<&'s [Word]> {
        match &self.command.kind {
            CommandKind::Simple { words, .. } if !words.is_empty() => Some(words),
            _ => None,
        }
    }
    /// The first word of a simple command, if no expansion makes it.
    pub fn name(&self) -> Option<&'s str> {
        self.simple()?[0].literal()
    }
}

/// What a word is in its command.
#[derive(Clone, Copy, Debug)]
pub enum Role<'s> {
    /// `NAME=value` before the program, or alone.
    Assignment,
    /// The program or an argument, by its place.
    Argument(usize),
    /// Belongs to a compound command with this keyword.
    Compound(&'static str),
    /// The target of a redirect.
    Target(&'s Redirect),
    /// The text of a heredoc.
    Heredoc,
}

/// All commands, those in substitutions before the command that uses them.
pub fn commands(script: &Script) -> Vec<Seen<'_>> {
    let mut out = Vec::new();
    list(script, (false, false), &mut out);
    out
}

/// The words of one command, not those of commands in it.
pub fn words(command: &Command) -> impl Iterator<Item = (&Word, Role<'_>)> {
    let (assignments, words, compound, keyword): (&[Word], &[Word], &[Word], _) = match &command.kind {
        CommandKind::Simple { assignments, words, .. } => (assignments, words, &[], ""),
        CommandKind::Compound { keyword, words, .. } => (&[], &[], words, *keyword),
        CommandKind::Subshell(_) | CommandKind::Group(_) => (&[], &[], &[], ""),
    };
    let assignments = assignments.iter().map(|word| (word, Role::Assignment));
    let words = words.iter().enumerate().map(|(at, word)| (word, Role::Argument(at)));
    let compound = compound.iter().map(move |word| (word, Role::Compound(keyword)));
    let redirects = command.redirects.iter().flat_map(|redirect| {
        let target = (&redirect.target, Role::Target(redirect));
        std::iter::once(target).chain(redirect.body.as_ref().map(|body| (body, Role::Heredoc)))
    });
    assignments.chain(words).chain(compound).chain(redirects)
}

/// `tested`: all of the list is, or only what decides its exit code.
fn list<'s>(script: &'s Script, (all, last): (bool, bool), out: &mut Vec<Seen<'s>>) {
    let is_chained = |pipeline: &Pipeline| matches!(pipeline.joined_by, Join::And | Join::Or);
    let last_chain = script.pipelines.iter().rposition(|pipeline| !is_chained(pipeline)).unwrap_or(0);
    for (at, pipeline) in script.pipelines.iter().enumerate() {
        let goes_on = script.pipelines.get(at + 1).is_some_and(is_chained);
        let tested = all || goes_on || last && at >= last_chain;
        for command in &pipeline.commands {
            for found in words(command).flat_map(|(word, _)| &word.substitutions) {
                list(&found.script, (tested, false), out);
            }
            out.push(Seen { command, list: script, at, tested });
            match &command.kind {
                CommandKind::Simple { .. } => {}
                CommandKind::Subshell(inner) | CommandKind::Group(inner) => list(inner, (tested, false), out),
                CommandKind::Compound { keyword, bodies, .. } => {
                    for (number, body) in bodies.iter().enumerate() {
                        list(body, (tested, is_condition(keyword, number, bodies.len())), out);
                    }
                }
            }
        }
    }
}

/// Whether the list of this number in a compound is a condition. Those of `if` and its bodies take turns; the last one
/// of an odd number is that of `else`.
pub(super) fn is_condition(keyword: &str, number: usize, count: usize) -> bool {
    match keyword {
        "if" => number.is_multiple_of(2) && number + 1 < count,
        "while" | "until" => number == 0,
        _ => false,
    }
}
