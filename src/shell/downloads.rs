//! Downloads, and downloaded text that an interpreter runs without anybody having looked at it.
//!
//! Whether an address can be trusted is for rules; so is whether a check of the file follows.

use super::args::{self, Arg};
use super::packages::is_versioned;
use super::walk::{self, Call, Pipe};
use super::wrappers::{self, Reads};
use super::{Substitution, Word};
use crate::text::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tool {
    Curl,
    Wget,
    /// FreeBSD's fetch.
    Fetch,
    Aria2,
}

/// Where a download goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    Stdout,
    /// The path as written, and the word or redirect that gives it.
    File(Box<str>, Span),
    /// Named as at the far end: `curl -O`, plain `wget`.
    RemoteName,
}

/// An address as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    pub text: Box<str>,
    pub span: Span,
    /// A variable is in it.
    pub expands: bool,
}

/// One call of curl, wget and the like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    pub tool: Tool,
    /// From the program's name to the last argument.
    pub span: Span,
    pub program: Span,
    pub urls: Vec<Url>,
    /// The flag that turns certificate checks off: `-k`, `--insecure`, `--no-check-certificate`.
    pub insecure: Option<Span>,
    pub output: Output,
    /// Fails on HTTP errors: wget does, curl with `-f`, `--fail`, `--fail-with-body`.
    pub fails: bool,
    /// Follows redirects: wget does, curl with `-L`, `--location`.
    pub follows: bool,
    /// It may not run: see [`super::walk::Place::conditional`].
    pub conditional: bool,
}

/// How an interpreter gets a downloaded program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// `curl … | sh`
    Pipe,
    /// `sh -c "$(curl …)"`
    CommandString,
    /// `eval "$(curl …)"`
    Eval,
    /// `bash <(curl …)`, `source <(curl …)`, `bash < <(curl …)`
    ProcessSubstitution,
}

/// A downloaded program that is run as it comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PipedScript {
    pub form: Form,
    /// The download and the interpreter, and all between.
    pub span: Span,
    /// The interpreter's name, without folders: `bash`, `python3`, `source`.
    pub interpreter: Box<str>,
    /// The interpreter's name as a place.
    pub interpreter_span: Span,
    pub download: Download,
}

/// Reads a call of a download program.
pub(super) fn read(call: &Call<'_>) -> Option<Download> {
    let tool = match call.name()? {
        "curl" => Tool::Curl,
        "wget" => Tool::Wget,
        "fetch" => Tool::Fetch,
        "aria2c" => Tool::Aria2,
        _ => return None,
    };
    let args = call.split();
    let mut urls: Vec<Url> = args::operands(&args).into_iter().map(url).collect();
    if let (Tool::Curl, Some((Some(text), span))) = (tool, args::find(&args, '\0', "url")) {
        urls.push(Url { text: text.into(), span, expands: text.contains('$') });
    }
    let flag = |short, long| args::find(&args, short, long);
    let insecure = match tool {
        Tool::Curl => flag('k', "insecure").or_else(|| flag('\0', "proxy-insecure")),
        Tool::Wget => flag('\0', "no-check-certificate").or_else(|| check_certificate_off(&args)),
        Tool::Fetch => flag('\0', "no-verify-peer"),
        Tool::Aria2 => {
            args::find(&args, '\0', "check-certificate").filter(|(value, _)| *value == Some("false"))
        }
    };
    Some(Download {
        tool,
        span: call.span(),
        program: call.name_span(),
        urls,
        insecure: insecure.map(|(_, span)| span),
        output: output(call, tool, &args),
        fails: tool != Tool::Curl || flag('f', "fail").or_else(|| flag('\0', "fail-with-body")).is_some(),
        follows: tool != Tool::Curl
            || flag('L', "location").or_else(|| flag('\0', "location-trusted")).is_some(),
        conditional: call.place.conditional,
    })
}

/// `wget -e check_certificate=off`
fn check_certificate_off<'s>(args: &[Arg<'s>]) -> Option<(Option<&'s str>, Span)> {
    let found = args::find(args, 'e', "execute")?;
    let value = found.0?.replace([' ', '_'], "");
    matches!(value.as_str(), "checkcertificate=off" | "checkcertificate=no").then_some(found)
}

fn url(word: &Word) -> Url {
    Url { text: word.text.clone(), span: word.span, expands: word.expands }
}

fn output(call: &Call<'_>, tool: Tool, args: &[Arg<'_>]) -> Output {
    let redirect = call.redirects().iter().rev().find(|redirect| {
        matches!(redirect.operator, ">" | ">>" | ">|" | "&>" | "&>>")
            && matches!(redirect.descriptor, None | Some(1))
    });
    let (short, long) = match tool {
        Tool::Curl | Tool::Fetch => ('o', "output"),
        Tool::Wget => ('O', "output-document"),
        Tool::Aria2 => ('o', "out"),
    };
    match args::find(args, short, long) {
        Some((Some("-" | "/dev/stdout"), _)) => {}
        Some((Some(path), span)) => return Output::File(path.into(), span),
        _ if tool == Tool::Curl
            && args::find(args, 'O', "remote-name").is_none()
            && args::find(args, '\0', "remote-name-all").is_none() => {}
        _ => return Output::RemoteName,
    }
    match redirect {
        Some(redirect) => Output::File(redirect.target.text.clone(), redirect.target.span),
        None => Output::Stdout,
    }
}

/// The first download in a script that writes to standard output.
fn streamed(calls: &[Call<'_>]) -> Option<Download> {
    calls.iter().filter_map(read).find(|download| download.output == Output::Stdout)
}

fn streamed_by(substitutions: &[Substitution]) -> Option<Download> {
    substitutions.iter().find_map(|found| streamed(&walk::calls(&found.script)))
}

/// `curl … | sh`, with anything between.
pub(super) fn piped(pipe: &Pipe<'_>) -> Option<PipedScript> {
    let mut download = None;
    for (position, command) in pipe.pipeline.commands.iter().enumerate() {
        let calls = walk::calls_in(command, pipe.pipeline, position);
        if let (Some(download), Some(call)) = (&download, calls.iter().find(|call| reads_program(call))) {
            return Some(found(Form::Pipe, call, Download::clone(download)));
        }
        download = download.or_else(|| streamed(&calls));
    }
    None
}

fn found(form: Form, call: &Call<'_>, download: Download) -> PipedScript {
    PipedScript {
        form,
        span: download.span.cover(call.span()),
        interpreter: call.name().unwrap_or_default().into(),
        interpreter_span: call.name_span(),
        download,
    }
}

/// `sh -c "$(curl …)"`, `eval "$(curl …)"`, `bash <(curl …)`, `source <(curl …)`.
pub(super) fn substituted(call: &Call<'_>) -> Option<PipedScript> {
    let name = call.name()?;
    let begins =
        |word: &Word, marks: &[&str]| marks.iter().any(|mark| word.text.trim_start().starts_with(mark));
    let substitution: &[&str] = &["$(", "`"];
    match wrappers::reads(call.words, 0) {
        Reads::Word(at) if begins(&call.words[at], substitution) => {
            return streamed_by(&call.words[at].substitutions)
                .map(|download| found(Form::CommandString, call, download));
        }
        Reads::From(at) if begins(&call.words[at], substitution) => {
            return streamed_by(&call.words[at].substitutions)
                .map(|download| found(Form::Eval, call, download));
        }
        _ => {}
    }
    let interprets = wrappers::is_shell(name) || matches!(name, "source" | ".") || program_from_file(name);
    if !interprets {
        return None;
    }
    let operand = call.operands().into_iter().next().filter(|word| begins(word, &["<("]));
    let input = call.redirects().iter().find(|redirect| {
        redirect.operator == "<" && begins(&redirect.target, &["<("])
            || redirect.operator == "<<<" && begins(&redirect.target, substitution)
    });
    let input = input.map(|redirect| &redirect.target).filter(|_| reads_program(call));
    let download = streamed_by(&operand.or(input)?.substitutions)?;
    Some(found(Form::ProcessSubstitution, call, download))
}

fn program_from_file(name: &str) -> bool {
    is_versioned(name, "python")
        || is_versioned(name, "pypy")
        || is_versioned(name, "php")
        || matches!(name, "perl" | "ruby" | "node" | "nodejs" | "lua" | "Rscript" | "deno" | "tclsh" | "pwsh")
}

/// Whether a call is an interpreter that reads its program from standard input.
fn reads_program(call: &Call<'_>) -> bool {
    let Some(name) = call.name() else { return false };
    if call.wrapped_by("xargs").is_some() {
        return false;
    }
    let first = call.args().first().map_or("", |word| &*word.text);
    if matches!(name, "source" | ".") {
        return matches!(first, "/dev/stdin" | "/proc/self/fd/0" | "/dev/fd/0");
    }
    if wrappers::is_shell(name) {
        return wrappers::reads(call.words, 0) == Reads::Input && !call.has_flag('\0', "version");
    }
    program_from_file(name) && without_program(call)
}

/// Whether no argument of python, perl and the like gives the program.
fn without_program(call: &Call<'_>) -> bool {
    for word in call.args() {
        let text: &str = &word.text;
        if text == "-" || text == "/dev/stdin" {
            return true;
        }
        if !text.starts_with('-') {
            return false;
        }
        let inline = if text.starts_with("--") {
            matches!(text, "--eval" | "--print" | "--version" | "--help")
        } else {
            text.contains(['c', 'm', 'e', 'E', 'n', 'p', 'r', 'V', 'v'])
        };
        if inline {
            return false;
        }
    }
    true
}
