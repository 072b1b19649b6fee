//! The scripts of a Dockerfile, as ShellCheck gets them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::dialect::{self, Dialect, Shells};
use crate::dockerfile::{Dockerfile, Instruction, Kind, Origin, Reader, ShellText};
use crate::text::{Joined, Source};

/// One script, and where it comes from.
#[derive(Debug)]
pub struct Script {
    pub(super) source: Arc<Source>,
    /// A first line that names the shell, then the shell code.
    pub(super) text: Joined<'static>,
    pub(super) dialect: Dialect,
    /// Names of variables that it uses and that the file sets, or that something else may set.
    pub(super) declared: Vec<Box<str>>,
    /// The text is written in JSON, so what is put into it would have to be escaped.
    pub(super) is_quoted: bool,
}

impl Script {
    /// What ShellCheck gets.
    pub fn text(&self) -> &str {
        &self.text.text
    }
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }
    /// How long the first line is.
    pub(super) fn header(&self) -> usize {
        self.text.text.find('\n').map_or(0, |end| end + 1)
    }
}

/// The scripts of all instructions that a shell runs.
pub fn scripts(file: &Dockerfile) -> Vec<Script> {
    let shells = Shells::of(file);
    // A base image that is not known may be one for Windows.
    let foreign: BTreeSet<Option<usize>> = file
        .all()
        .filter(|at| at.shell_text().is_some_and(|shell| is_powershell(&shell)))
        .map(|at| at.stage)
        .collect();
    let all = file.all().filter(|at| !foreign.contains(&at.stage));
    all.filter_map(|instruction| script(file, instruction, &shells)).collect()
}

/// The text is written for PowerShell, although no SHELL says so.
fn is_powershell(shell: &ShellText) -> bool {
    let text = &*shell.text.text;
    let is_cmdlet = || {
        let verb = text
            .trim_start()
            .split_once('-')
            .filter(|(verb, _)| verb.starts_with(|c: char| c.is_ascii_uppercase()));
        verb.is_some_and(|(verb, noun)| {
            verb.bytes().all(|b| b.is_ascii_alphabetic())
                && noun.starts_with(|c: char| c.is_ascii_uppercase())
        })
    };
    matches!(shell.by, Reader::InForce) && (text.contains("$env:") || is_cmdlet())
}

fn script(file: &Dockerfile, at: &Instruction, shells: &Shells) -> Option<Script> {
    let shell = at.shell_text()?;
    let dialect = shells.dialect(file, at, shell.by)?;
    let text = &*shell.text.text;
    // A first line of its own goes where ours goes.
    let from = match shell.by {
        Reader::FirstLine(_) => text.find('\n').map_or(text.len(), |end| end + 1),
        _ => 0,
    };
    if text[from..].trim().is_empty() {
        return None;
    }
    let ends_early = match shell.by {
        Reader::FirstLine(_) => text[..from].split_whitespace().any(|word| word.starts_with("-e")),
        by => dialect::ends_early(file, at, by),
    };
    let header = format!("#!{}{}\n", dialect.program(), if ends_early { " -e" } else { "" });
    let declared = parameters(&text[from..]).into_iter().filter(|name| is_declared(file, at, name));
    Some(Script {
        source: Arc::clone(file.source),
        text: shell.text.headed(&header, from),
        dialect,
        declared: declared.map(Into::into).collect(),
        is_quoted: matches!(shell.by, Reader::Array(_)),
    })
}

/// The names behind `$` and `${`, sorted, each once.
fn parameters(text: &str) -> Vec<&str> {
    let name = |(at, _): (usize, &str)| {
        let rest = text[at + 1..].trim_start_matches(['{', '#', '!']);
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        &rest[..end]
    };
    let mut names: Vec<&str> = text.match_indices('$').map(name).filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The file sets the variable before the instruction, or somebody else may set it: the stage that an ONBUILD runs in, whoever
/// starts the container.
fn is_declared(file: &Dockerfile, at: &Instruction, name: &str) -> bool {
    if at.is_trigger || !matches!(at.kind, Kind::Run(_)) {
        return true;
    }
    let by_secret = at.mounts().iter().any(|mount| {
        mount.options.iter().any(|option| {
            option.key.text == "env" && option.value.as_ref().is_some_and(|value| value.text == name)
        })
    });
    by_secret || !matches!(file.lookup(name, at).origin, Origin::Undeclared { .. })
}
