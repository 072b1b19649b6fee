//! Shell text as commands and words with places.
//!
//! Reads what stands in RUN, CMD, ENTRYPOINT, HEALTHCHECK, heredocs, Compose commands and `sh -c` well enough to
//! tell commands from text that merely looks like them. It is POSIX sh with the bash forms people use; it never
//! fails: what it cannot read ends up as a plain word. Running or fully expanding anything is not its business.
//!
//! In reading order: `parser`, `compound` and `redirect` (commands), `lexer` and `expansion` (words)
//! make a [`Script`]; `walk` visits
//! every [`Call`] in it, seeing through the programs of `wrappers`; `commands` visits what the shell itself reads, and
//! `split` says what it makes several words of; `args` tells flags from operands; `packages`,
//! `downloads` and `files` are the [`Facts`] that rules ask for. Why it is our own parser, in figures: `README.md`.

mod args;
mod commands;
mod compound;
mod downloads;
mod expansion;
mod facts;
mod files;
mod lexer;
mod packages;
mod parser;
mod quotes;
mod redirect;
mod split;
mod walk;
mod wrappers;

use std::sync::OnceLock;

use crate::text::{Joined, Span};

pub use args::{Arg, Grammar};
pub use commands::{Role, Seen, commands, words};
pub use downloads::{Download, Form, Output, PipedScript, Tool, Url};
pub use facts::{Facts, Verification};
pub use files::{ChangedPath, ModeChange, NewUser, Removal, clears};
pub use packages::{Action, Flag, Manager, Package, PackageCall, PackageKind, packages_in};
pub use quotes::{Piece, Quote, pieces};
pub use split::{Split, What, assigned, declares, splits};
pub use walk::{Call, Pipe, Place};
pub use wrappers::is_name;

/// A shell script: a list of pipelines, joined by operators.
#[derive(Clone, Debug, Default)]
pub struct Script {
    pub pipelines: Vec<Pipeline>,
    /// Filled on first use by [`Script::facts`].
    facts: OnceLock<Box<Facts>>,
}

impl PartialEq for Script {
    /// Facts follow from the pipelines, so whether they have been asked for makes no difference.
    fn eq(&self, other: &Self) -> bool {
        self.pipelines == other.pipelines
    }
}
impl Eq for Script {}

/// One or more commands connected by `|` or `|&`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    pub span: Span,
    /// What stood before it.
    pub joined_by: Join,
    /// Begins with `!`.
    pub negated: bool,
    /// At least one.
    pub commands: Vec<Command>,
}

/// How a pipeline follows the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// The first of its list.
    Start,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `;`, a line end, or the words of a compound command.
    Then,
    /// `&`
    Background,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Redirects included.
    pub span: Span,
    pub kind: CommandKind,
    pub redirects: Vec<Redirect>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandKind {
    /// `A=1 B=2 name argument…`: `words` may be empty when only assignments or redirects stand.
    Simple {
        assignments: Vec<Word>,
        words: Vec<Word>,
        /// The word that names the program which the words finally run: in `sudo env A=b make` the fourth. 0 if there is none.
        program: usize,
        /// Scripts that a new shell reads from the words or from a heredoc: `sh -c '…'`, `eval …`, `bash <<EOF`.
        inner: Vec<Script>,
    },
    /// `( … )`
    Subshell(Script),
    /// `{ …; }`
    Group(Script),
    /// `if`, `while`, `until`, `for`, `case`, `select`, `function`, `[[`, `((`: the keyword, its words and its
    /// lists in order. `function` is also the keyword of `name() { … }`; its only word is the name.
    Compound { keyword: &'static str, words: Vec<Word>, bodies: Vec<Script> },
}

/// A word: quotes removed, expansions noted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// In the source, quotes included.
    pub span: Span,
    /// Quotes and escapes removed; `$name`, `$(…)` and the like stand in it as written.
    pub text: Box<str>,
    /// Some part of it was quoted or escaped.
    pub quoted: bool,
    /// It holds a parameter, command or arithmetic expansion, so that its text is not its value.
    pub expands: bool,
    /// `$(…)`, backquotes, `<(…)` and `>(…)`, in order, those inside other expansions included.
    pub substitutions: Vec<Substitution>,
    /// `$name` and `${name…}`, in order, those inside other expansions included.
    pub parameters: Vec<Parameter>,
}

impl Word {
    /// The text, if no expansion can change it.
    pub fn literal(&self) -> Option<&str> {
        (!self.expands).then_some(&*self.text)
    }
}

/// A command whose output, or a name for it, stands in a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Substitution {
    /// From `$`, the backquote or `<` to the end.
    pub span: Span,
    pub script: Script,
    /// A word is made of each word of its output: neither quotes nor another expansion is around it.
    pub splits: bool,
    /// Stands inside `${…}` or `$((…))`.
    pub nested: bool,
}

/// What `${name…}` does with the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expansion {
    /// `$name`, `${name}`
    Plain,
    /// `${#name}`
    Length,
    /// `${!name}`
    Indirect,
    /// `${name[0]}`
    Element,
    /// `${name[@]}`, `${name[*]}`
    Elements,
    /// `-`, `=` and `?`, with or without a colon.
    Default,
    /// `+`, with or without a colon.
    Alternative,
    /// `#` and `%`
    Trim,
    /// `${name:1}`
    Slice,
    /// `/`
    Replace,
    /// `^` and `,`
    Case,
    /// `@`, or what is none of these.
    Other,
}

/// A use of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// From `$` to the end of the name or the closing brace.
    pub span: Span,
    /// `HOME`, `1`, `@`; empty for what has no readable name.
    pub name: Box<str>,
    pub expansion: Expansion,
    /// Stands inside double quotes.
    pub quoted: bool,
    /// Stands inside another expansion.
    pub nested: bool,
}

impl Parameter {
    /// An unset or empty variable was thought of.
    pub fn is_guarded(&self) -> bool {
        matches!(self.expansion, Expansion::Default | Expansion::Alternative)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// From the file descriptor or operator to the end of the target; a heredoc's body is not in it.
    pub span: Span,
    /// The number before the operator.
    pub descriptor: Option<u32>,
    /// `>`, `>>`, `<`, `<<`, `<<-`, `<<<`, `&>`, `&>>`, `>&`, `<&`, `>|`, `<>`
    pub operator: &'static str,
    /// For a heredoc its delimiter. Empty if the text ends before it.
    pub target: Word,
    /// A heredoc's body, if the text holds it: tabs of `<<-` removed, expansions noted unless the delimiter is
    /// quoted (`quoted` says so).
    pub body: Option<Word>,
}

/// Reads shell text. It never fails: what is no shell becomes words, and what is nested deeper than anybody nests
/// becomes part of the text around it.
pub fn parse(text: &Joined) -> Script {
    parser::parse(text)
}

/// One command whose words no shell reads: those of an exec form.
pub fn exec<'w>(words: impl Iterator<Item = (&'w str, Span)>) -> Script {
    let word = |(text, span): (&str, Span)| Word { span, text: text.into(), quoted: true, ..Word::default() };
    let words: Vec<Word> = words.map(word).collect();
    let Some(span) = words.first().zip(words.last()).map(|(first, last)| first.span.cover(last.span)) else {
        return Script::default();
    };
    let program = wrappers::program(&words);
    let kind = CommandKind::Simple { assignments: Vec::new(), words, program, inner: Vec::new() };
    let commands = vec![Command { span, kind, redirects: Vec::new() }];
    Script::new(vec![Pipeline { span, joined_by: Join::Start, negated: false, commands }])
}

impl Script {
    pub(crate) fn new(pipelines: Vec<Pipeline>) -> Self {
        Self { pipelines, facts: OnceLock::new() }
    }
    /// What rules ask about: packages, downloads, removed files and so on. Computed once a script.
    pub fn facts(&self) -> &Facts {
        self.facts.get_or_init(|| Box::new(facts::collect(self)))
    }
    /// Every simple command in order of execution, wherever it stands: in groups, subshells, compounds, function
    /// bodies, substitutions (before the command that uses them) and inner scripts (`sh -c '…'`).
    pub fn calls(&self) -> Vec<Call<'_>> {
        walk::calls(self)
    }
    /// Every pipeline of two commands or more, wherever it stands.
    pub fn pipes(&self) -> Vec<Pipe<'_>> {
        walk::pipes(self)
    }
}

#[cfg(test)]
mod tests;
