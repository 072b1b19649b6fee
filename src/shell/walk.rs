//! Visits every simple command and every pipeline of a script, in order of execution, with what holds there:
//! `set -e`, `set -o pipefail`, conditions, substitutions.
//!
//! What a call means (packages, downloads) is left to the modules of `facts`.

use super::args::{self, Arg};
use super::wrappers;
use super::{Command, CommandKind, Join, Pipeline, Redirect, Script, Word};
use crate::text::{Span, last_part};

/// A simple command that runs a program, with the programs in front of it (`sudo`, `env A=b`, …) taken off.
#[derive(Clone, Copy, Debug)]
pub struct Call<'s> {
    pub command: &'s Command,
    pub pipeline: &'s Pipeline,
    /// 0-based, in the pipeline.
    pub position: usize,
    /// `A=1` before the command; those of `env A=1` are found by [`Call::assignment`].
    pub assignments: &'s [Word],
    /// From the program's name on; never empty.
    pub words: &'s [Word],
    /// The words before it: `sudo`, `env`, their flags.
    pub wrappers: &'s [Word],
    pub place: Place,
    /// For [`Call::name`], which nearly every rule asks.
    name: Option<&'s str>,
}

/// What holds where a command stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each asked by its own rule")]
pub struct Place {
    /// `set -e` is in force, by `set`, or by `sh -e` for an inner script. The SHELL instruction is not known here.
    pub errexit: bool,
    /// `set -o pipefail` is in force, likewise.
    pub pipefail: bool,
    /// Inside `$(…)`, backquotes, `<(…)`.
    pub in_substitution: bool,
    /// In a branch of `if` or `case`, in a loop, in a function, or after `||`: it may not run.
    pub conditional: bool,
    /// In the condition of `if`, `while` or `until`.
    pub tested: bool,
    /// In a script that another shell reads: `sh -c '…'`, `eval …`, a heredoc.
    pub inner: bool,
    /// The `cd` that led here, as the number of its call among all `cd`, `pushd` and `popd` in order of execution;
    /// 0 if there was none.
    pub(super) folder: u32,
}

/// A real pipeline: two commands or more connected by `|`.
#[derive(Clone, Copy, Debug)]
pub struct Pipe<'s> {
    pub pipeline: &'s Pipeline,
    pub place: Place,
}

impl<'s> Call<'s> {
    /// The program's name without folders; `None` if an expansion makes it.
    pub fn name(&self) -> Option<&'s str> {
        self.name
    }
    pub fn is(&self, name: &str) -> bool {
        self.name() == Some(name)
    }
    pub fn args(&self) -> &'s [Word] {
        &self.words[1..]
    }
    /// From the program's name to the last argument.
    pub fn span(&self) -> Span {
        self.words[0].span.cover(self.words[self.words.len() - 1].span)
    }
    /// The program's name as a place.
    pub fn name_span(&self) -> Span {
        self.words[0].span
    }
    /// What comes after it may run in another folder.
    pub(super) fn changes_folder(&self) -> bool {
        self.wrappers.is_empty() && matches!(self.name(), Some("cd" | "pushd" | "popd"))
    }
    /// How the pipeline that holds the call follows the one before it.
    pub fn joined_by(&self) -> Join {
        self.pipeline.joined_by
    }
    pub fn redirects(&self) -> &'s [Redirect] {
        &self.command.redirects
    }
    /// Flags and operands, by the grammar known for the program.
    pub fn split(&self) -> Vec<Arg<'s>> {
        args::split(self.args(), args::grammar_of(self.name().unwrap_or_default()))
    }
    /// Whether `-x` (bundled or not) or `--long` is given. Pass `'\0'` or `""` for a form that does not exist.
    pub fn has_flag(&self, short: char, long: &str) -> bool {
        self.flag(short, long).is_some()
    }
    /// The last such flag: its value and its place.
    pub fn flag(&self, short: char, long: &str) -> Option<(Option<&'s str>, Span)> {
        args::find(&self.split(), short, long)
    }
    /// The value of the last such flag, as `--long=value`, `--long value`, `-xvalue` or `-x value`.
    pub fn flag_value(&self, short: char, long: &str) -> Option<&'s str> {
        self.flag(short, long)?.0
    }
    /// The arguments that are neither flags nor their values.
    pub fn operands(&self) -> Vec<&'s Word> {
        args::operands(&self.split())
    }
    /// Flags may come from a variable that stands beside another operand: `curl $OPTIONS https://…`.
    pub fn may_hide_flags(&self) -> bool {
        let operands = self.operands();
        let is_bare = |word: &&Word| word.expands && !word.quoted && word.text.starts_with('$');
        let may_be_flags = |word: &&Word| is_bare(word) && !word.text.contains(['/', ':']);
        operands.len() > 1 && operands.iter().any(may_be_flags)
    }
    /// The first operand, if its text is plain: `clone` of `git clone`.
    pub fn subcommand(&self) -> Option<&'s str> {
        self.operands().first().and_then(|word| word.literal())
    }
    /// The place of a program in front of this one: `sudo`, `gosu`.
    pub fn wrapped_by(&self, name: &str) -> Option<Span> {
        wrappers::themselves(self.wrappers).find(|word| last_part(&word.text) == name).map(|word| word.span)
    }
    /// The value and the place of `NAME=value` in front of the program, plain or through `env` or `sudo`.
    pub fn assignment(&self, name: &str) -> Option<(&'s str, Span)> {
        let mut words = self.assignments.iter().chain(self.wrappers).rev();
        let value = |word: &'s Word| Some((word.text.strip_prefix(name)?.strip_prefix('=')?, word.span));
        words.find_map(value)
    }
}

/// All calls, in order of execution.
pub(super) fn calls(script: &Script) -> Vec<Call<'_>> {
    let mut out = Vec::new();
    visit(script, &mut |event| {
        if let Event::Call(call) = event {
            out.push(call);
        }
    });
    out
}

/// All pipelines of two or more commands.
pub(super) fn pipes(script: &Script) -> Vec<Pipe<'_>> {
    let mut out = Vec::new();
    visit(script, &mut |event| {
        if let Event::Pipe(pipe) = event {
            out.push(pipe);
        }
    });
    out
}

/// Calls inside one command, the command itself included.
pub(super) fn calls_in<'s>(command: &'s Command, pipeline: &'s Pipeline, position: usize) -> Vec<Call<'s>> {
    let mut out = Vec::new();
    let mut see = |event: Event<'s>| {
        if let Event::Call(call) = event {
            out.push(call);
        }
    };
    Visitor { see: &mut see, folders: 0 }.command(command, pipeline, position, &mut Place::default());
    out
}

/// What a visitor meets.
pub(super) enum Event<'s> {
    Call(Call<'s>),
    Pipe(Pipe<'s>),
    /// `NAME=value` that stands alone: a variable of the script from here on.
    Variable(&'s Word),
}

/// Tells `see` everything in a script, in order of execution.
pub(super) fn visit<'s>(script: &'s Script, see: &mut dyn FnMut(Event<'s>)) {
    Visitor { see, folders: 0 }.script(script, &mut Place::default());
}

struct Visitor<'v, 's> {
    see: &'v mut dyn FnMut(Event<'s>),
    /// How many calls have changed the folder so far, in subshells, too.
    folders: u32,
}

impl<'s> Visitor<'_, 's> {
    fn script(&mut self, script: &'s Script, place: &mut Place) {
        for pipeline in &script.pipelines {
            let outside = place.conditional;
            place.conditional |= pipeline.joined_by == Join::Or;
            if pipeline.commands.len() > 1 {
                (self.see)(Event::Pipe(Pipe { pipeline, place: *place }));
                for (position, command) in pipeline.commands.iter().enumerate() {
                    // Each part of a pipeline is a subshell: what it sets is gone after it.
                    self.command(command, pipeline, position, &mut place.clone());
                }
            } else if let Some(command) = pipeline.commands.first() {
                self.command(command, pipeline, 0, place);
            }
            place.conditional = outside;
        }
    }

    fn command(&mut self, command: &'s Command, pipeline: &'s Pipeline, position: usize, place: &mut Place) {
        match &command.kind {
            CommandKind::Simple { assignments, words, program, inner } => {
                self.words(assignments, *place);
                self.words(words, *place);
                self.redirects(command, *place);
                self.simple(assignments, (words, *program), inner, (command, pipeline, position), place);
                return;
            }
            CommandKind::Subshell(script) => self.script(script, &mut place.clone()),
            CommandKind::Group(script) => self.script(script, place),
            CommandKind::Compound { keyword, words, bodies } => {
                self.words(words, *place);
                let (outside, tested) = (place.conditional, place.tested);
                for (at, body) in bodies.iter().enumerate() {
                    // The first list of if, while and until is the condition: it always runs.
                    let is_condition = at == 0 && matches!(*keyword, "if" | "while" | "until");
                    place.conditional = outside || !is_condition;
                    place.tested = tested || is_condition;
                    self.script(body, place);
                }
                (place.conditional, place.tested) = (outside, tested);
            }
        }
        self.redirects(command, *place);
    }

    fn simple(
        &mut self,
        assignments: &'s [Word],
        (words, program): (&'s [Word], usize),
        inner: &'s [Script],
        (command, pipeline, position): (&'s Command, &'s Pipeline, usize),
        place: &mut Place,
    ) {
        if words.is_empty() {
            for word in assignments {
                (self.see)(Event::Variable(word));
            }
            return;
        }
        let (wrappers, words) = words.split_at(program);
        let name = wrappers::program_name(&words[0]);
        let call = Call { command, pipeline, position, assignments, words, wrappers, place: *place, name };
        (self.see)(Event::Call(call));
        if call.is("find") {
            for words in wrappers::executed_by_find(words) {
                let (wrappers, words) = words.split_at(wrappers::program(words));
                let name = wrappers::program_name(&words[0]);
                (self.see)(Event::Call(Call { words, wrappers, name, ..call }));
            }
        }
        if wrappers.is_empty() {
            set_options(&call, place);
        }
        if call.changes_folder() {
            self.folders += 1;
            place.folder = self.folders;
        }
        let shell = wrappers::is_shell(call.name().unwrap_or_default());
        for script in inner {
            let mut fresh = Place { inner: true, ..*place };
            if shell {
                (fresh.errexit, fresh.pipefail) = (false, false);
                apply(call.args(), &mut fresh);
            }
            self.script(script, &mut fresh);
        }
    }

    fn words(&mut self, words: &'s [Word], place: Place) {
        for found in words.iter().flat_map(|word| &word.substitutions) {
            self.script(&found.script, &mut Place { in_substitution: true, ..place });
        }
    }

    fn redirects(&mut self, command: &'s Command, place: Place) {
        for redirect in &command.redirects {
            self.words(std::slice::from_ref(&redirect.target), place);
            self.words(redirect.body.as_slice(), place);
        }
    }
}

/// `set -e`, `set -euxo pipefail`, `set +e`, `shopt -so pipefail`.
fn set_options(call: &Call<'_>, place: &mut Place) {
    match call.name() {
        Some("set") => apply(call.args(), place),
        Some("shopt") if call.has_flag('o', "") && call.has_flag('s', "") => {
            place.pipefail |= call.args().iter().any(|word| &*word.text == "pipefail");
            place.errexit |= call.args().iter().any(|word| &*word.text == "errexit");
        }
        _ => {}
    }
}

/// Reads a shell's option words up to the first operand.
fn apply(args: &[Word], place: &mut Place) {
    let mut args = args.iter();
    while let Some(word) = args.next() {
        let (on, letters) = match word.text.as_bytes() {
            [b'-', b'-', ..] | [b'-'] => return,
            [b'-', letters @ ..] => (true, letters),
            [b'+', letters @ ..] => (false, letters),
            _ => return,
        };
        for letter in letters {
            match letter {
                b'e' => place.errexit = on,
                b'o' => match args.next().map(|word| &*word.text) {
                    Some("pipefail") => place.pipefail = on,
                    Some("errexit") => place.errexit = on,
                    _ => {}
                },
                _ => {}
            }
        }
    }
}
