//! Shell text as commands and words with places.
//!
//! Reads what stands in RUN, CMD, ENTRYPOINT, HEALTHCHECK, heredocs, Compose commands and `sh -c` well enough to
//! tell commands from text that merely looks like them. It is POSIX sh with the bash forms people use; it never
//! fails: what it cannot read ends up as a plain word. Running or fully expanding anything is not its business.

use crate::text::Span;

/// A shell script: a list of pipelines, joined by operators.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    pub pipelines: Vec<Pipeline>,
}

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
    pub span: Span,
    pub kind: CommandKind,
    pub redirects: Vec<Redirect>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandKind {
    /// `A=1 B=2 name argument…`: `words` may be empty when only assignments stand.
    Simple { assignments: Vec<Word>, words: Vec<Word> },
    /// `( … )`
    Subshell(Script),
    /// `{ …; }`
    Group(Script),
    /// `if`, `while`, `until`, `for`, `case`, `select`, a function: the keyword, and its lists in order.
    Compound { keyword: &'static str, words: Vec<Word>, bodies: Vec<Script> },
}

/// A word: quotes removed, expansions noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// In the source, quotes included.
    pub span: Span,
    /// Quotes and escapes removed; `$name`, `$(…)` and the like stand in it as written.
    pub text: Box<str>,
    /// Some part of it was quoted.
    pub quoted: bool,
    /// It holds a parameter, command or arithmetic expansion, so that its text is not its value.
    pub expands: bool,
    /// Scripts inside `$(…)`, backquotes, `<(…)` and `>(…)`.
    pub substitutions: Vec<Script>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    pub span: Span,
    /// `>`, `>>`, `<`, `<<`, `<<-`, `<<<`, `&>`, `>&`, `<&`, `>|`, `<>`
    pub operator: &'static str,
    pub target: Word,
}

/// Reads shell text.
pub fn parse(_text: &crate::text::Joined) -> Script {
    Script::default()
}
