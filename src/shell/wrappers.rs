//! Programs that run another program (`sudo`, `env`, `timeout 5`, `xargs`), and where in their words it begins;
//! shells and what they are given to read.
//!
//! The table is from the programs' manual pages: which of their flags take a value and how many operands come
//! before the program.

use super::Word;
use super::args::Grammar;
use crate::text::last_part;

struct Wrapper {
    grammar: Grammar,
    /// Operands before the program: the user of gosu, the time of timeout.
    operands: usize,
    /// `NAME=value` may stand before the program.
    assignments: bool,
}

const fn wrapper(
    short_values: &'static str,
    long_values: &'static [&'static str],
    operands: usize,
) -> Wrapper {
    Wrapper {
        grammar: Grammar { short_values, long_values, single_dash: false },
        operands,
        assignments: false,
    }
}

fn wrapper_of(name: &str) -> Option<Wrapper> {
    Some(match name {
        "sudo" => Wrapper {
            assignments: true,
            ..wrapper(
                "ughpCTrtDRU",
                &["user", "group", "host", "prompt", "chdir", "chroot", "role", "type"],
                0,
            )
        },
        "env" => Wrapper { assignments: true, ..wrapper("uC", &["unset", "chdir"], 0) },
        "doas" => wrapper("uC", &[], 0),
        "exec" => wrapper("a", &[], 0),
        "command" | "builtin" | "nohup" | "setsid" | "eatmydata" | "fakeroot" | "unbuffer" | "chronic"
        | "dumb-init" | "busybox" | "linux32" | "linux64" | "catchsegv" | "noglob" => wrapper("", &[], 0),
        "time" => wrapper("fo", &["format", "output"], 0),
        "nice" => wrapper("n", &["adjustment"], 0),
        "ionice" => wrapper("cn", &["class", "classdata"], 0),
        "stdbuf" => wrapper("ioe", &["input", "output", "error"], 0),
        "tini" => wrapper("pe", &[], 0),
        "xvfb-run" => wrapper("nsefp", &["server-num", "server-args", "error-file", "auth-file"], 0),
        "xargs" => wrapper(
            "IRnPdLsEa",
            &["replace", "max-args", "max-procs", "delimiter", "max-lines", "max-chars", "eof", "arg-file"],
            0,
        ),
        "parallel" => wrapper("jIn", &["jobs"], 0),
        "gosu" | "su-exec" | "setuidgid" | "chpst" => wrapper("u", &[], 1),
        "setpriv" => {
            wrapper("", &["reuid", "regid", "groups", "inh-caps", "ambient-caps", "bounding-set"], 0)
        }
        "chroot" => wrapper("", &["userspec", "groups"], 1),
        "timeout" => wrapper("sk", &["signal", "kill-after"], 1),
        "flock" => wrapper("wE", &["timeout", "wait", "conflict-exit-code"], 1),
        "setarch" => wrapper("", &[], 1),
        _ => return None,
    })
}

/// `conda run`, `poetry run` and the like run what follows the second word.
fn runs(name: &str, second: &str) -> Option<Wrapper> {
    Some(match (name, second) {
        ("conda" | "mamba" | "micromamba", "run") => wrapper("np", &["name", "prefix", "cwd"], 0),
        ("poetry" | "pipenv" | "pdm" | "rye", "run") | ("bundle", "exec") => wrapper("", &[], 0),
        ("uv", "run") => wrapper("pC", &["python", "with", "group", "extra", "project", "directory"], 0),
        _ => return None,
    })
}

/// The index of the word that names the program which the words finally run; below `words.len()` unless empty.
pub(super) fn program(words: &[Word]) -> usize {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let Some(next) = behind(word, words, at) else { break };
        if next >= words.len() || next == at {
            break;
        }
        at = next;
    }
    at
}

/// The wrappers among the words in front of a program, without their flags and operands: `sudo`, but not the `exec`
/// of `bundle exec`.
pub(super) fn themselves(wrappers: &[Word]) -> impl Iterator<Item = &Word> {
    let first = (!wrappers.is_empty()).then_some(0);
    let next =
        |&at: &usize| behind(&wrappers[at], wrappers, at).filter(|&next| next > at && next < wrappers.len());
    std::iter::successors(first, next).map(|at| &wrappers[at])
}

/// The index of the program behind the wrapper at `at`, if it is one and runs a program.
fn behind(word: &Word, words: &[Word], at: usize) -> Option<usize> {
    if word.expands {
        // `$SUDO apt-get …` is a habit of scripts that run with and without root.
        let bare = word.text.trim_start_matches(['$', '{']).trim_end_matches('}');
        return (word.text.starts_with('$') && bare.eq_ignore_ascii_case("sudo")).then_some(at + 1);
    }
    let name = last_part(&word.text);
    let second = words.get(at + 1).map_or("", |word| &*word.text);
    let (wrapper, first) = match wrapper_of(name) {
        Some(wrapper) => (wrapper, at + 1),
        None => (runs(name, second)?, at + 2),
    };
    // `command -v x` and `busybox --install` ask, they do not run.
    if (name == "command" && (second.starts_with("-v") || second.starts_with("-V")))
        || (name == "busybox" && second.starts_with('-'))
    {
        return None;
    }
    let mut at = first;
    let mut operands = wrapper.operands;
    while let Some(word) = words.get(at) {
        let text: &str = &word.text;
        if text == "--" {
            at += 1;
            break;
        }
        if let Some(flag) = text.strip_prefix("--") {
            at += if wrapper.grammar.long_values.contains(&flag) { 2 } else { 1 };
        } else if text.len() > 1 && text.starts_with('-') {
            let takes_next = match text.find(|c| wrapper.grammar.short_values.contains(c)) {
                Some(letter) => letter + 1 == text.len(),
                None => false,
            };
            at += if takes_next { 2 } else { 1 };
        } else if text == "-" && name == "env" || wrapper.assignments && is_assignment(text) {
            at += 1;
        } else if operands > 0 {
            operands -= 1;
            at += 1;
        } else {
            break;
        }
    }
    Some(at)
}

/// The name without folders. Of `$HOME/bin/pip` it is known, of `python$VERSION` it is not.
pub(super) fn program_name(word: &Word) -> Option<&str> {
    let name = last_part(&word.text);
    (!word.expands
        || !name.is_empty() && word.text.len() > name.len() && !name.contains(['$', '`', ')', '}']))
    .then_some(name)
}

/// `NAME=…`
pub(super) fn is_assignment(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, _)| is_name(name.strip_suffix('+').unwrap_or(name)))
}

/// A name that a shell variable can have.
pub fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text.as_bytes()[0].is_ascii_digit()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

pub(super) fn is_shell(name: &str) -> bool {
    matches!(name, "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" | "ksh93" | "mksh")
}

/// The commands after `-exec`, `-execdir`, `-ok` and `-okdir` of a `find`.
pub(super) fn executed_by_find(words: &[Word]) -> Vec<&[Word]> {
    let mut out = Vec::new();
    let mut at = 1;
    while at < words.len() {
        if matches!(&*words[at].text, "-exec" | "-execdir" | "-ok" | "-okdir") {
            let rest = &words[at + 1..];
            let end = rest.iter().position(|word| matches!(&*word.text, ";" | "+")).unwrap_or(rest.len());
            if end > 0 {
                out.push(&rest[..end]);
            }
            at += end;
        }
        at += 1;
    }
    out
}

/// Flags of `ssh` that take the next word.
const SSH: &str = "BbcDEeFIiJLlmOopQRSWw";

/// The command that `ssh` runs on another machine: what follows the name of that machine, or its standard input.
fn ssh_reads(words: &[Word], mut at: usize) -> Reads {
    while let Some(flag) = words.get(at).and_then(|word| word.text.strip_prefix('-')) {
        let takes_next = flag.len() == 1 && flag.starts_with(|letter| SSH.contains(letter));
        at += if takes_next { 2 } else { 1 };
    }
    if at >= words.len() {
        Reads::Nothing
    } else if at + 1 == words.len() {
        Reads::Input
    } else {
        Reads::From(at + 1)
    }
}

/// Which words are a script that a new shell reads. The numbers are indices of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    Nothing,
    /// `sh -c WORD`, `su -c WORD`
    Word(usize),
    /// `eval WORD…`, `ssh HOST WORD…`: all from here on, with spaces between.
    From(usize),
    /// A shell without a script file: its standard input, perhaps a heredoc.
    Input,
}

/// What the program that begins at word `program` reads as a shell script.
pub(super) fn reads(words: &[Word], program: usize) -> Reads {
    let Some(first) = words.get(program) else { return Reads::Nothing };
    let name = program_name(first).unwrap_or_default();
    let args = program + 1;
    match name {
        "eval" if args < words.len() => Reads::From(args),
        "ssh" => ssh_reads(words, args),
        "su" | "runuser" => {
            let flag =
                words[args..].iter().position(|word| matches!(&*word.text, "-c" | "--command" | "-lc"));
            flag.map(|at| args + at + 1).filter(|&at| at < words.len()).map_or(Reads::Nothing, Reads::Word)
        }
        _ if is_shell(name) => shell_reads(words, args),
        _ => Reads::Nothing,
    }
}

fn shell_reads(words: &[Word], mut at: usize) -> Reads {
    let (mut command, mut input) = (false, false);
    while let Some(word) = words.get(at) {
        let text: &str = &word.text;
        if text == "-" || text == "--" {
            at += 1;
            break;
        }
        if let Some(long) = text.strip_prefix("--") {
            at += if matches!(long, "rcfile" | "init-file") { 2 } else { 1 };
        } else if text.len() > 1 && text.starts_with(['-', '+']) {
            command |= text.starts_with('-') && text.contains('c');
            input |= text.starts_with('-') && text.contains('s');
            at += if text.ends_with(['o', 'O']) { 2 } else { 1 };
        } else {
            break;
        }
    }
    match words.get(at) {
        Some(_) if command => Reads::Word(at),
        None if command => Reads::Nothing,
        Some(word) if !input && &*word.text != "/dev/stdin" => Reads::Nothing,
        _ => Reads::Input,
    }
}
