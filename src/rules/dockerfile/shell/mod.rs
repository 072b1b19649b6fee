//! Rules on the language of shell code: what ShellCheck says most often of Dockerfiles, without ShellCheck.
//!
//! Each is as right as ShellCheck, or is not here: `benches/shell_rules.py` compares them.

mod bashisms;

pub mod and_or_as_if;
pub mod bashism_in_sh;
pub mod cd_without_check;
pub mod declaration_hides_exit_code;
pub mod escape_in_echo;
pub mod mkdir_mode_of_parents;
pub mod unquoted_command_substitution;
pub mod unquoted_variable;
pub mod variable_in_single_quotes;

use crate::dockerfile::{self, Dialect, Dockerfile, Instruction};
use crate::finding::Findings;
use crate::shell::{Command, CommandKind, Pipeline, Script};
use crate::text::{Source, Span};
use std::sync::Arc;

/// A script of which the shell is known.
#[derive(Clone, Copy)]
struct Code<'f, 'a> {
    at: &'f Instruction<'a>,
    script: &'f Script,
    dialect: Dialect,
    /// It ends at the first command that fails.
    ends_early: bool,
}

impl Code<'_, '_> {
    /// The text is written in JSON, so what is put into it would have to be escaped.
    fn is_quoted(&self) -> bool {
        matches!(self.at.command(), Some(dockerfile::Command::Exec { .. }))
    }
}

fn scripts<'f, 'a>(file: &'f Dockerfile<'a>) -> impl Iterator<Item = Code<'f, 'a>> {
    file.shell_code().filter_map(|(at, code)| {
        Some(Code { at, script: at.script()?, dialect: code.dialect, ends_early: code.ends_early })
    })
}

/// The command of a pipeline that is alone in it.
fn only(pipeline: &Pipeline) -> Option<&Command> {
    match &pipeline.commands[..] {
        [command] => Some(command),
        _ => None,
    }
}

/// `[ … ]`, `test …`, `[[ … ]]`
fn is_test(pipeline: &Pipeline) -> bool {
    only(pipeline).is_some_and(|command| match &command.kind {
        CommandKind::Simple { words, .. } => {
            words.first().is_some_and(|word| matches!(&*word.text, "[" | "test"))
        }
        CommandKind::Compound { keyword, .. } => *keyword == "[[",
        _ => false,
    })
}

/// One finding for places of one kind: the first, and the others as related.
fn report(source: &Arc<Source>, spans: &[Span], message: impl Into<String>, out: &mut Findings) {
    if let Some((first, others)) = spans.split_first() {
        let found = out.at(source, *first, message);
        for span in others {
            found.see(source, *span, "and here");
        }
    }
}
