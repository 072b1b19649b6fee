//! The scripts of a Dockerfile, as ShellCheck gets them.

use std::sync::Arc;

use crate::dockerfile::{Dialect, Dockerfile, Instruction, Reader, ShellCode};
use crate::shell;
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
    /// Those of them that the script does not assign itself.
    pub(super) outside: Vec<Box<str>>,
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
    file.shell_code().filter_map(|(instruction, code)| script(file, instruction, code)).collect()
}

fn script(file: &Dockerfile, at: &Instruction, code: ShellCode) -> Option<Script> {
    let shell = at.shell_text()?;
    let text = &*shell.text.text;
    // A first line of its own goes where ours goes.
    let from = match shell.by {
        Reader::FirstLine(_) => text.find('\n').map_or(text.len(), |end| end + 1),
        _ => 0,
    };
    if text[from..].trim().is_empty() {
        return None;
    }
    let header = format!("#!{}{}\n", code.dialect.program(), if code.ends_early { " -e" } else { "" });
    let parameters = parameters(&text[from..]).into_iter();
    let declared: Vec<Box<str>> = parameters.filter(|name| file.is_given(at, name)).map(Into::into).collect();
    let assigned = at.script().map(shell::assigned).unwrap_or_default();
    let outside = declared.iter().filter(|name| !assigned.contains(&***name)).cloned().collect();
    Some(Script {
        source: Arc::clone(file.source),
        text: shell.text.headed(&header, from),
        dialect: code.dialect,
        declared,
        outside,
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
