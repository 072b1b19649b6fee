//! Dockerfiles as documents: instructions, words, stages, scopes, every one with its place.
//!
//! The grammar is BuildKit's (`frontend/dockerfile/parser`, `instructions`, `shell/lex.go`), read with recovery: what
//! BuildKit would reject becomes a [`SyntaxError`] and the rest of the file is still read. Nothing here knows rules.
//! The text of RUN and its like is handed to `shell`; image references are taken apart by `image`.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::shell::Script;
use crate::text::{Joined, Source, Span};

/// A parsed Dockerfile. Borrows from its source.
#[derive(Debug)]
pub struct Dockerfile<'a> {
    pub source: &'a Arc<Source>,
    /// The escape character in force: `\` or `` ` ``.
    pub escape: char,
    /// `# syntax=`, `# escape=`, `# check=`, in file order.
    pub directives: Vec<Directive<'a>>,
    /// Every comment, from `#` to the end of its line, without the line end; directives are none.
    pub comments: Vec<Span>,
    /// Every instruction, in file order.
    pub instructions: Vec<Instruction<'a>>,
    /// One for each FROM, in file order.
    pub stages: Vec<Stage<'a>>,
    pub errors: Vec<SyntaxError>,
}

/// A place that BuildKit would refuse, and what it would say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub span: Span,
    pub message: String,
}

/// `# name=value` at the top of the file.
#[derive(Clone, Debug)]
pub struct Directive<'a> {
    /// From `#` to the end of the value.
    pub span: Span,
    pub name: Word<'a>,
    pub value: Word<'a>,
}

/// A word as written: line continuations taken out, quotes, escapes and variables still in.
///
/// `text` is what BuildKit's shell lexer would see; `span` covers it in the source, continuations included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    pub span: Span,
    pub text: Cow<'a, str>,
}

/// `--name=value` or `--name` before the arguments.
#[derive(Clone, Debug)]
pub struct Flag<'a> {
    pub span: Span,
    /// Without the dashes.
    pub name: Word<'a>,
    /// After `=`, quotes already removed as BuildKit does; `None` for `--name` alone.
    pub value: Option<Word<'a>>,
}

#[derive(Debug)]
pub struct Instruction<'a> {
    /// From the keyword to the last byte of the instruction, heredoc bodies and terminators included, without the
    /// final line end.
    pub span: Span,
    /// As written, in any case.
    pub keyword: Word<'a>,
    pub flags: Vec<Flag<'a>>,
    pub kind: Kind<'a>,
    /// In the order of their markers.
    pub heredocs: Vec<Heredoc<'a>>,
    /// Indices in [`Dockerfile::comments`] of the block of comment lines that ends on the line above.
    pub comments_above: Range<usize>,
    /// The stage it belongs to; `None` before the first FROM. FROM belongs to the stage that it opens.
    pub stage: Option<usize>,
    /// Filled on first use by [`Instruction::script`].
    script: OnceLock<Option<Script>>,
}

#[derive(Debug)]
pub enum Kind<'a> {
    From(From<'a>),
    Arg(Vec<Assignment<'a>>),
    Env(Vec<Assignment<'a>>),
    Label(Vec<Assignment<'a>>),
    Run(Command<'a>),
    Cmd(Command<'a>),
    Entrypoint(Command<'a>),
    Healthcheck(Healthcheck<'a>),
    /// The words of the JSON array.
    Shell(Vec<Word<'a>>),
    Copy(Transfer<'a>),
    Add(Transfer<'a>),
    Workdir(Word<'a>),
    User(Word<'a>),
    Expose(Vec<Word<'a>>),
    Volume(Vec<Word<'a>>),
    Stopsignal(Word<'a>),
    Maintainer(Word<'a>),
    Onbuild(Box<Instruction<'a>>),
    /// The keyword is none of Docker's, or its arguments could not be read; the words as they stand.
    Unknown(Vec<Word<'a>>),
}

/// `FROM [--platform=…] image [AS name]`
#[derive(Debug)]
pub struct From<'a> {
    pub image: Word<'a>,
    /// `AS`, in any case.
    pub as_keyword: Option<Span>,
    pub name: Option<Word<'a>>,
}

/// `KEY=value`, `KEY value` (legacy ENV, LABEL) or `KEY` (ARG).
#[derive(Debug)]
pub struct Assignment<'a> {
    pub span: Span,
    pub key: Word<'a>,
    /// As written, quotes and variables still in.
    pub value: Option<Word<'a>>,
    /// `KEY value` without `=`.
    pub legacy: bool,
}

/// What RUN, CMD, ENTRYPOINT and HEALTHCHECK CMD execute.
#[derive(Debug)]
pub enum Command<'a> {
    /// Handed to the SHELL in force. For RUN with heredocs the text is the line with the `<<EOF` markers.
    Shell(Joined<'a>),
    /// A JSON array; the words are unescaped, their spans lie inside the quotes. `array` covers `[` to `]`.
    Exec { array: Span, words: Vec<Word<'a>> },
}

#[derive(Debug)]
pub enum Healthcheck<'a> {
    /// `NONE`
    None(Span),
    /// `CMD …`; the flags are the instruction's.
    Cmd { keyword: Span, command: Command<'a> },
}

/// COPY and ADD.
#[derive(Debug)]
pub struct Transfer<'a> {
    /// Files, URLs, or heredoc markers (`<<EOF`, their bodies are [`Instruction::heredocs`]).
    pub sources: Vec<Word<'a>>,
    pub destination: Word<'a>,
    /// Written as a JSON array.
    pub json: bool,
}

#[derive(Debug)]
pub struct Heredoc<'a> {
    /// `<<EOF` on the instruction's line, file descriptor included.
    pub marker: Span,
    /// The delimiter without quotes.
    pub name: Cow<'a, str>,
    /// The lines between, final line end included, as they stand in the file.
    pub body: Span,
    /// The terminator's line, without line end and leading tabs; `None` if the file ends first.
    pub terminator: Option<Span>,
    /// The delimiter is not quoted, so variables are expanded.
    pub expand: bool,
    /// `<<-`: tabs at the start of each line are dropped.
    pub strip_tabs: bool,
}

/// A build stage: FROM and all up to the next FROM.
#[derive(Debug)]
pub struct Stage<'a> {
    /// 0-based, as `COPY --from=0` counts.
    pub index: usize,
    /// Indices of its instructions in [`Dockerfile::instructions`], FROM first.
    pub instructions: Range<usize>,
    pub base: Base<'a>,
    /// The stage is the final one or a named target of the project: it is what people run.
    pub ships: bool,
    /// The stage ships, or a shipped stage is built FROM it: its layers are in an image that people run.
    pub in_shipped_image: bool,
}

/// What a FROM, `COPY --from` or `RUN --mount=from=` stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base<'a> {
    /// An earlier stage of this file, by name (any case) or, in `--from`, by index.
    Stage(usize),
    Scratch,
    /// An image outside this file, variables with known values replaced.
    Image(Cow<'a, str>),
    /// A variable without a known value is in it.
    Unknown,
}
