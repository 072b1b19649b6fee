//! Dockerfiles as documents: instructions, words, stages, scopes, every one with its place.
//!
//! The grammar is BuildKit's (`frontend/dockerfile/parser`, `instructions`, `shell/lex.go`), read with recovery: what
//! BuildKit would reject becomes a [`SyntaxError`] and the rest of the file is still read. Nothing here knows rules.
//! The text of RUN and its like is handed to `shell`; image references are taken apart by `image`.
//!
//! Reading goes `lines` (physical lines → logical ones) → `instructions` (one logical line → one [`Instruction`], with
//! `words`, `json`, `flags`, `heredoc`, `mounts`) → `stages` (what stands on what) → `refused` (values that no build takes).
//! Then, on request only: `scope`
//! and `expand` (what a variable stands for), `facts` (USER, SHELL and their like in force), `scripts` (shell text).

mod dialect;
mod duration;
mod expand;
mod facts;
mod flags;
mod globs;
mod heredoc;
mod instructions;
mod json;
mod lex;
mod lines;
mod mounts;
mod reader;
mod refused;
mod scope;
mod scripts;
mod stages;
mod words;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::shell::Script;
use crate::text::{Joined, Source, Span};

pub use dialect::{Dialect, ShellCode, replaces_shell};
pub use duration::parse_duration;
pub use expand::{Expanded, Modifier, Variable};
pub use facts::Shell;
pub use instructions::meant;
pub use mounts::{Mount, MountKind, MountOption};
pub use reader::parse;
pub use refused::platform_parts;
pub use scope::{Binding, Origin, Value};
pub use scripts::{Reader, ShellText};
pub use stages::FromRef;

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
    /// The scripts that it copies in and starts containers with, as far as they are there; who has the build context
    /// fills it.
    pub starts: Starts,
    /// Blank lines inside a line continuation, which BuildKit warns of: each line's span, without its line end.
    pub blank_continuations: Vec<Span>,
    /// The stages by name, in lower case; of several with one name the last.
    names: HashMap<String, usize>,
    /// What every variable stands for where; filled on first use.
    scopes: OnceLock<scope::Scopes<'a>>,
    /// The same for words of FROM, which are asked for before there are stages.
    globals: OnceLock<scope::Scopes<'a>>,
    /// Filled on first use by [`Dockerfile::shell_code`].
    shell_code: OnceLock<Vec<ShellCode>>,
}

/// Scripts of the build context that containers start with.
#[derive(Debug, Default)]
pub struct Starts {
    /// All of them, one after the other.
    pub text: String,
    /// Those whose first line ends with CR LF, so that no system finds their interpreter.
    pub with_crlf: Vec<String>,
}

/// A place that BuildKit would refuse, and what it would say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub span: Span,
    pub kind: ErrorKind,
    pub message: String,
}

/// What sort of mistake a [`SyntaxError`] is, for rules that want to speak of one sort only.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ErrorKind {
    /// The keyword is none of Docker's.
    UnknownInstruction,
    /// An instruction other than ARG before the first FROM.
    BeforeFrom,
    /// The file has no instruction, or no FROM.
    NoStage,
    /// Too few or too many arguments.
    Arguments,
    /// `FROM … AS` with a name that is no stage name.
    StageName,
    /// A flag that the instruction does not know.
    UnknownFlag,
    /// A flag given twice that may stand once.
    DuplicateFlag,
    /// A flag without its value, or with one it does not take.
    FlagValue,
    /// An option of `RUN --mount` or `RUN --device`.
    Mount,
    /// HEALTHCHECK's type, durations and retries.
    Healthcheck,
    /// A JSON array that holds anything but strings, or a missing array where only an array will do.
    Json,
    /// A heredoc without its end, or where none may stand.
    Heredoc,
    /// ENV, LABEL or ARG without a name or without `=`.
    Assignment,
    /// A trigger that ONBUILD does not take.
    Onbuild,
    /// `${…}` that cannot be read, or a quote without its end.
    Substitution,
    /// A value that is refused once variables are replaced: a platform, a signal, a file mode, a checksum, a source.
    Value,
    /// `# escape=` with another character, an option that `# check=` does not know, or a directive given twice.
    Directive,
    /// A directive behind `//`, which only other frontends read.
    SlashDirective,
    /// A line of more than 65535 bytes.
    LongLine,
    /// A NUL byte, or a file that is no text at all.
    NotText,
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
    /// (offset in `text`, offset in the source) of each piece, if `text` is not one piece of the source.
    pieces: Option<Box<[(u32, u32)]>>,
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
    /// Its place in [`Dockerfile::instructions`]; a trigger has the index of its ONBUILD.
    pub index: usize,
    /// It is the trigger inside an ONBUILD.
    pub is_trigger: bool,
    /// The parser has found an error in it, so what it was meant to be is not known.
    pub has_error: bool,
    /// As written, in any case.
    pub keyword: Word<'a>,
    pub flags: Vec<Flag<'a>>,
    pub kind: Kind<'a>,
    /// In the order of their markers. Those of `ONBUILD RUN <<EOF` belong to the trigger.
    pub heredocs: Vec<Heredoc<'a>>,
    /// Indices in [`Dockerfile::comments`] of the block of comment lines that ends on the line above.
    pub comments_above: Range<usize>,
    /// The stage it belongs to; `None` before the first FROM. FROM belongs to the stage that it opens.
    pub stage: Option<usize>,
    /// What is in force just before it.
    in_force: facts::InForce,
    /// The whole file, for the bodies of heredocs.
    source: Whole<'a>,
    /// Filled on first use by [`Instruction::scripts`].
    scripts: OnceLock<Vec<Script>>,
    /// Filled on first use by [`Instruction::package_calls`].
    exec: OnceLock<Option<Script>>,
}

/// The text of the file; says little when printed.
struct Whole<'a>(&'a str);

impl std::fmt::Debug for Whole<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "({} bytes)", self.0.len())
    }
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
    /// The delimiter is not quoted, so variables are expanded: by BuildKit in COPY and ADD, by the shell in RUN.
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
    /// The first stage of its ancestry: the one whose base is none of this file's stages.
    root: usize,
    /// What is in force at its end.
    at_end: facts::InForce,
}

/// What a FROM stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base<'a> {
    /// An earlier stage of this file, by name (any case).
    Stage(usize),
    Scratch,
    /// An image outside this file, variables with known values replaced.
    Image(Cow<'a, str>),
    /// A variable without a known value is in it.
    Unknown,
}

impl Word<'_> {
    /// The span in the source of a range of bytes of [`Word::text`].
    pub fn place(&self, range: Range<usize>) -> Span {
        let start = self.offset(range.start);
        if range.is_empty() {
            return Span::at(start);
        }
        Span::new(start, (self.offset(range.end - 1) + 1).max(start + 1).min(self.span.end as usize))
    }
    fn offset(&self, offset: usize) -> usize {
        match &self.pieces {
            None => self.span.start as usize + offset,
            Some(pieces) => {
                let piece = pieces.partition_point(|&(at, _)| at as usize <= offset).max(1) - 1;
                pieces.get(piece).map_or(self.span.start as usize, |&(at, from)| {
                    (from as usize + offset - at as usize).min(self.span.end as usize)
                })
            }
        }
    }
    /// A part of the word, as a word of its own.
    pub fn part(&self, range: Range<usize>) -> Word<'_> {
        let pieces = self.pieces.as_ref().filter(|_| !range.is_empty()).map(|pieces| {
            let start = range.start as u32;
            let mut part = vec![(0, self.offset(range.start) as u32)];
            let first = pieces.partition_point(|&(at, _)| at <= start);
            let inside = pieces[first..].iter().take_while(|&&(at, _)| (at as usize) < range.end);
            part.extend(inside.map(|&(at, from)| (at - start, from)));
            part.into_boxed_slice()
        });
        Word { span: self.place(range.clone()), text: Cow::Borrowed(&self.text[range]), pieces }
    }
    /// The text with the places of its bytes, to be read as a script.
    pub fn joined(&self) -> Joined<'_> {
        match &self.pieces {
            None => Joined::unbroken(&self.text, self.span.start as usize),
            Some(pieces) => {
                let mut joined = Joined::empty(self.span.start as usize);
                for (i, &(at, from)) in pieces.iter().enumerate() {
                    let end = pieces.get(i + 1).map_or(self.text.len(), |next| next.0 as usize);
                    joined.push(&self.text[at as usize..end], from as usize);
                }
                joined
            }
        }
    }
    /// A `$` is in it that may begin a variable.
    pub fn has_variable(&self) -> bool {
        self.text.contains('$')
    }
}

impl<'a> Instruction<'a> {
    /// The first flag of this name; names are compared exactly, as BuildKit does.
    pub fn flag(&self, name: &str) -> Option<&Flag<'a>> {
        self.flags.iter().find(|flag| flag.name.text == name)
    }
    /// The instruction that does something: the trigger of an ONBUILD, else itself.
    pub fn inner(&self) -> &Self {
        match &self.kind {
            Kind::Onbuild(trigger) => trigger,
            _ => self,
        }
    }
    /// What RUN, CMD, ENTRYPOINT or HEALTHCHECK CMD executes.
    pub fn command(&self) -> Option<&Command<'a>> {
        match &self.kind {
            Kind::Run(command) | Kind::Cmd(command) | Kind::Entrypoint(command) => Some(command),
            Kind::Healthcheck(Healthcheck::Cmd { command, .. }) => Some(command),
            _ => None,
        }
    }
}

impl<'a> Dockerfile<'a> {
    /// Every instruction in file order; the trigger of an ONBUILD comes right after it.
    pub fn all(&self) -> impl Iterator<Item = &Instruction<'a>> {
        self.instructions.iter().flat_map(|instruction| {
            let trigger = match &instruction.kind {
                Kind::Onbuild(trigger) => Some(&**trigger),
                _ => None,
            };
            std::iter::once(instruction).chain(trigger)
        })
    }
    /// Every RUN, those of ONBUILD included.
    pub fn runs(&self) -> impl Iterator<Item = &Instruction<'a>> {
        self.all().filter(|instruction| matches!(instruction.kind, Kind::Run(_)))
    }
    /// The instructions of a stage, FROM first.
    pub fn stage_instructions(&self, stage: usize) -> &[Instruction<'a>] {
        self.stages.get(stage).map_or(&[], |stage| &self.instructions[stage.instructions.clone()])
    }
    /// The FROM that opens a stage.
    pub fn from_of(&self, stage: usize) -> Option<&From<'a>> {
        match &self.stage_instructions(stage).first()?.kind {
            Kind::From(from) => Some(from),
            _ => None,
        }
    }
    /// The name that `AS` gives a stage, as written.
    pub fn stage_name(&self, stage: usize) -> Option<&str> {
        self.from_of(stage)?.name.as_ref().map(|name| &*name.text)
    }
}
