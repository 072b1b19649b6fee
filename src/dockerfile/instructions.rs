//! One logical line into one [`Instruction`]: the arguments of each keyword, and what is wrong with them.
//!
//! Flags, mounts and substitutions are checked by their own modules; heredoc bodies are found by `reader`.

use std::ops::Range;
use std::sync::OnceLock;

use super::json::{self, Json};
use super::lines::Logical;
use super::words::{blank_separated, quoted, split_keyword, trim, words};
use super::{
    Assignment, Command, ErrorKind, Flag, From, Healthcheck, Instruction, Kind, SyntaxError, Transfer, Word,
    duration, expand, flags, heredoc, mounts,
};
use crate::text::Span;

/// What one instruction is read with.
pub(super) struct Reading<'r> {
    pub(super) escape: char,
    pub(super) errors: &'r mut Vec<SyntaxError>,
}

impl Reading<'_> {
    pub(super) fn error(&mut self, span: Span, kind: ErrorKind, message: impl Into<String>) {
        self.errors.push(SyntaxError { span, kind, message: message.into() });
    }
}

/// Every instruction, in upper case.
pub(super) const KEYWORDS: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// The upper-case form of a keyword, or `None` if it is none of Docker's.
pub(super) fn keyword(word: &str) -> Option<&'static str> {
    KEYWORDS.into_iter().find(|known| known.eq_ignore_ascii_case(word))
}

/// The keyword that a wrong one is most likely meant to be. Small letters are as often a command that has lost the `\\` on
/// the line above it.
pub fn meant(word: &str) -> Option<&'static str> {
    let is_word = word.len() > 2 && word.bytes().all(|b| b.is_ascii_alphabetic() || b == b':');
    if !is_word || word.bytes().all(|b| b.is_ascii_lowercase()) && word.len() < 4 {
        return None;
    }
    let upper = word.to_ascii_uppercase();
    let found = flags::nearest(&upper, KEYWORDS.into_iter())?;
    keyword(found)
}

/// Reads a line, or what follows ONBUILD. Index, stage and heredocs are filled in by the caller.
pub(super) fn read<'a>(
    line: &Logical<'a>,
    range: Range<usize>,
    trigger: bool,
    cx: &mut Reading,
) -> Instruction<'a> {
    let range = trim(line, range);
    let (name, rest) = split_keyword(line, range.clone());
    let known = keyword(line.slice(name.clone()));
    let (flags, args) = super::words::flags(line, rest.clone(), cx.escape);
    let mut instruction = Instruction {
        span: line.span(range.clone()),
        index: 0,
        is_trigger: trigger,
        has_error: false,
        keyword: line.word(name),
        flags,
        kind: Kind::Unknown(Vec::new()),
        heredocs: Vec::new(),
        comments_above: 0..0,
        stage: None,
        in_force: super::facts::InForce::default(),
        source: super::Whole(line.source),
        scripts: OnceLock::new(),
        exec: OnceLock::new(),
    };
    let Some(known) = known else {
        let word = &instruction.keyword;
        let glued = word.text.split_once('[').and_then(|(word, _)| keyword(word));
        let advice = match (glued, meant(&word.text)) {
            (Some(known), _) => format!("add a space after `{known}`"),
            (None, Some(known)) => format!("did you mean `{known}`?"),
            (None, None) => "correct or remove it".to_owned(),
        };
        let message = format!("`{}` is not a Dockerfile instruction; {advice}", word.text);
        cx.error(word.span, ErrorKind::UnknownInstruction, message);
        instruction.kind = Kind::Unknown(words(line, blank_separated(line, trim(line, rest))));
        instruction.flags.clear();
        return instruction;
    };
    if trigger && matches!(known, "ONBUILD" | "FROM" | "MAINTAINER") {
        let message = format!("`ONBUILD` cannot trigger `{known}`; remove one of the two");
        cx.error(instruction.keyword.span, ErrorKind::Onbuild, message);
        instruction.kind = Kind::Unknown(words(line, blank_separated(line, args)));
        return instruction;
    }
    let mut reader = Reader { line, args: args.clone(), known, keyword: instruction.keyword.span, cx };
    let kind = reader.kind(&instruction.flags);
    let is_none = matches!(kind, Some(Kind::Healthcheck(Healthcheck::None(_))));
    instruction.kind = kind.unwrap_or_else(|| Kind::Unknown(words(line, blank_separated(line, args))));
    if !is_none {
        // BuildKit never looks at the flags of HEALTHCHECK NONE.
        flags::check(known, &instruction.flags, cx.errors);
    }
    if known == "RUN" {
        mounts::check(&instruction, cx.errors);
    }
    expand::check(&instruction, cx);
    instruction
}

struct Reader<'r, 'c, 'a> {
    line: &'r Logical<'a>,
    /// Behind the flags, trimmed.
    args: Range<usize>,
    known: &'static str,
    keyword: Span,
    cx: &'r mut Reading<'c>,
}

impl<'a> Reader<'_, '_, 'a> {
    /// The arguments as the keyword wants them; `None` if they cannot be read.
    fn kind(&mut self, flags: &[Flag]) -> Option<Kind<'a>> {
        Some(match self.known {
            "ADD" => Kind::Add(self.transfer()?),
            "COPY" => Kind::Copy(self.transfer()?),
            "ARG" => Kind::Arg(self.arg()?),
            "ENV" => Kind::Env(self.pairs()?),
            "LABEL" => Kind::Label(self.pairs()?),
            "RUN" => Kind::Run(self.command(self.args.clone())),
            "CMD" => Kind::Cmd(self.command(self.args.clone())),
            "ENTRYPOINT" => Kind::Entrypoint(self.command(self.args.clone())),
            "SHELL" => Kind::Shell(self.shell()?),
            "HEALTHCHECK" => Kind::Healthcheck(self.healthcheck(flags)?),
            "FROM" => Kind::From(self.from()?),
            "EXPOSE" => Kind::Expose(words(self.line, blank_separated(self.line, self.some()?))),
            "VOLUME" => Kind::Volume(self.volume()?),
            "WORKDIR" => Kind::Workdir(self.whole()?),
            "USER" => Kind::User(self.whole()?),
            "STOPSIGNAL" => Kind::Stopsignal(self.whole()?),
            "MAINTAINER" => Kind::Maintainer(self.whole()?),
            _ => {
                let args = self.some()?;
                Kind::Onbuild(Box::new(read(self.line, args, true, self.cx)))
            }
        })
    }

    fn error(&mut self, span: Span, kind: ErrorKind, message: impl Into<String>) {
        self.cx.error(span, kind, message);
    }
    fn span(&self, range: Range<usize>) -> Span {
        self.line.span(range)
    }
    /// The arguments, if there are any; it is an error if there are none.
    fn some(&mut self) -> Option<Range<usize>> {
        if self.args.is_empty() {
            let message = format!("`{}` has no argument; add one", self.known);
            self.error(self.keyword, ErrorKind::Arguments, message);
            return None;
        }
        Some(self.args.clone())
    }
    /// All arguments as one word: WORKDIR, USER, STOPSIGNAL and MAINTAINER do not split theirs.
    fn whole(&mut self) -> Option<Word<'a>> {
        self.some().map(|args| self.line.word(args))
    }

    /// A JSON array, or `None` for shell form; other members than strings are an error, and read as shell form.
    fn array(&mut self, range: Range<usize>) -> Option<(Span, Vec<Word<'a>>)> {
        match json::parse(self.line, range) {
            Json::No => None,
            Json::Array { array, words } => Some((self.span(array), words)),
            Json::NotStrings(member) => {
                let span = self.span(member);
                self.error(
                    span,
                    ErrorKind::Json,
                    "the array contains something other than a string; put it in double quotes",
                );
                None
            }
        }
    }
    fn command(&mut self, range: Range<usize>) -> Command<'a> {
        match self.array(range.clone()) {
            Some((array, words)) => Command::Exec { array, words },
            None => Command::Shell(self.line.joined(range)),
        }
    }

    fn from(&mut self) -> Option<From<'a>> {
        let args = self.some()?;
        let ranges = blank_separated(self.line, args.clone());
        let is_as =
            ranges.get(1).is_some_and(|word| self.line.slice(word.clone()).eq_ignore_ascii_case("as"));
        if ranges.len() != 1 && (ranges.len() != 3 || !is_as) {
            let rest = self.span(ranges[1].start..args.end);
            self.error(
                rest,
                ErrorKind::Arguments,
                "`FROM` accepts only an image, or an image, `AS` and a name; remove the rest",
            );
        }
        let name = ranges.get(2).filter(|_| is_as).map(|name| self.line.word(name.clone()));
        if let Some(name) = name.as_ref().filter(|name| ranges.len() == 3 && !is_stage_name(&name.text)) {
            let message = format!(
                "`{}` is not a valid stage name; start with a letter, and use only letters, digits, `-`, `_` and `.`",
                name.text
            );
            self.error(name.span, ErrorKind::StageName, message);
        }
        let as_keyword = ranges.get(1).filter(|_| is_as).map(|word| self.span(word.clone()));
        Some(From { image: self.line.word(ranges[0].clone()), as_keyword, name })
    }

    fn transfer(&mut self) -> Option<Transfer<'a>> {
        let args = self.args.clone();
        let array = self.array(args.clone());
        let json = array.is_some();
        let mut sources = match array {
            Some((_, words)) => words,
            None => words(self.line, blank_separated(self.line, args)),
        };
        if sources.len() < 2 {
            let message = format!("`{}` needs a source and a destination; add what is missing", self.known);
            self.error(self.keyword, ErrorKind::Arguments, message);
            return None;
        }
        let destination = sources.pop().expect("two words at least");
        if heredoc::marker(&destination.text, 0).is_some() {
            self.error(
                destination.span,
                ErrorKind::Heredoc,
                "a heredoc cannot be the destination; add a path after it",
            );
        }
        Some(Transfer { sources, destination, json })
    }

    /// `KEY=value …`, or `KEY value` up to the end.
    fn pairs(&mut self) -> Option<Vec<Assignment<'a>>> {
        let args = self.some()?;
        let ranges = quoted(self.line, args.clone(), self.cx.escape);
        let Some(first) = ranges.first() else {
            let message = format!("`{}` has no argument; add one", self.known);
            self.error(self.keyword, ErrorKind::Arguments, message);
            return None;
        };
        if !self.line.slice(first.clone()).contains('=') {
            let (key, value) = split_keyword(self.line, args.clone());
            let key = self.line.word(key);
            if value.is_empty() {
                let message = format!("`{}` has no value; write `{}=…`", key.text, key.text);
                self.error(key.span, ErrorKind::Assignment, message);
            }
            let value = (!value.is_empty()).then(|| self.line.word(value));
            return Some(vec![Assignment { span: self.span(args), key, value, legacy: true }]);
        }
        Some(ranges.into_iter().map(|range| self.assignment(range, true)).collect())
    }
    fn arg(&mut self) -> Option<Vec<Assignment<'a>>> {
        let args = self.some()?;
        let ranges = quoted(self.line, args, self.cx.escape);
        if ranges.is_empty() {
            self.error(self.keyword, ErrorKind::Arguments, "`ARG` has no argument; add one");
            return None;
        }
        Some(ranges.into_iter().map(|range| self.assignment(range, false)).collect())
    }
    fn assignment(&mut self, range: Range<usize>, needs_value: bool) -> Assignment<'a> {
        let span = self.span(range.clone());
        let Some(equals) = self.line.slice(range.clone()).find('=').map(|n| range.start + n) else {
            let key = self.line.word(range);
            if needs_value {
                let message = format!(
                    "`{}` has no `=`; write `name=value`, and put a value with spaces in quotes",
                    key.text
                );
                self.error(span, ErrorKind::Assignment, message);
            }
            return Assignment { span, key, value: None, legacy: false };
        };
        if equals == range.start {
            self.error(span, ErrorKind::Assignment, "there is no name before `=`; add one");
        }
        let (key, value) = (self.line.word(range.start..equals), self.line.word(equals + 1..range.end));
        Assignment { span, key, value: Some(value), legacy: false }
    }

    fn shell(&mut self) -> Option<Vec<Word<'a>>> {
        let args = self.some()?;
        let span = self.span(args.clone());
        match json::parse(self.line, args) {
            Json::Array { words, .. } if words.is_empty() => {
                self.error(span, ErrorKind::Arguments, "`SHELL` has no argument; name a program");
                None
            }
            Json::Array { words, .. } => Some(words),
            Json::NotStrings(member) => {
                let span = self.span(member);
                self.error(
                    span,
                    ErrorKind::Json,
                    "the array contains something other than a string; put it in double quotes",
                );
                None
            }
            Json::No => {
                self.error(
                    span,
                    ErrorKind::Json,
                    "`SHELL` accepts only a JSON array; write `[\"program\", \"flag\"]`",
                );
                None
            }
        }
    }

    fn volume(&mut self) -> Option<Vec<Word<'a>>> {
        let args = self.some()?;
        let volumes = match self.array(args.clone()) {
            Some((array, words)) if words.is_empty() => {
                self.error(array, ErrorKind::Arguments, "`VOLUME` has no argument; add a path");
                return None;
            }
            Some((_, words)) => words,
            None => words(self.line, blank_separated(self.line, args)),
        };
        for volume in volumes.iter().filter(|volume| volume.text.trim().is_empty()) {
            self.error(
                volume.span,
                ErrorKind::Arguments,
                "the path of a volume is empty; add a path, or remove the volume",
            );
        }
        Some(volumes)
    }

    fn healthcheck(&mut self, flags: &[Flag]) -> Option<Healthcheck<'a>> {
        let args = self.some()?;
        let text = self.line.slice(args.clone());
        let end = text.find(char::is_whitespace).map_or(args.end, |n| args.start + n);
        let rest = trim(self.line, end..args.end);
        let keyword = self.span(args.start..end);
        let word = self.line.slice(args.start..end);
        if word.eq_ignore_ascii_case("NONE") {
            if !matches!(json::parse(self.line, rest.clone()), Json::Array { words, .. } if words.is_empty())
                && !rest.is_empty()
            {
                let span = self.span(rest);
                self.error(
                    span,
                    ErrorKind::Healthcheck,
                    "`HEALTHCHECK NONE` accepts no arguments; remove them",
                );
            }
            return Some(Healthcheck::None(keyword));
        }
        self.check_times(flags);
        if !word.eq_ignore_ascii_case("CMD") {
            let message = format!("`HEALTHCHECK` does not accept `{word}`; write `CMD` before the command");
            self.error(keyword, ErrorKind::Healthcheck, message);
            return None;
        }
        let command = self.command(rest.clone());
        if rest.is_empty() || matches!(&command, Command::Exec { words, .. } if words.is_empty()) {
            self.error(keyword, ErrorKind::Healthcheck, "`HEALTHCHECK CMD` has no command; add one");
        }
        Some(Healthcheck::Cmd { keyword, command })
    }
    fn check_times(&mut self, flags: &[Flag]) {
        for flag in flags {
            let Some(value) = flag.value.as_ref().filter(|value| !value.text.is_empty()) else { continue };
            let (name, text) = (&*flag.name.text, &*value.text);
            let message = match name {
                "retries" => match text.parse::<i32>() {
                    Err(_) => format!("`--retries` must be a number, not `{text}`; correct the value"),
                    Ok(retries) if retries < 0 => "`--retries` is negative; write 0 or more".to_owned(),
                    Ok(_) => continue,
                },
                "interval" | "timeout" | "start-period" | "start-interval" => {
                    match duration::parse_duration(text) {
                        // BuildKit takes the bytes of flags for characters, so `µs` does not survive.
                        Some(_) if !text.is_ascii() => {
                            format!("Docker cannot read `{text}`; write `us` for microseconds")
                        }
                        None => {
                            format!("`{text}` is not a duration; write a number with a unit, such as `30s`")
                        }
                        Some(0 | 1_000_000..) => continue,
                        Some(_) => {
                            format!(
                                "`--{name}` is less than a millisecond; write a longer time, or 0 for the default"
                            )
                        }
                    }
                }
                _ => continue,
            };
            self.error(value.span, ErrorKind::Healthcheck, message);
        }
    }
}

/// `[a-z][a-z0-9-_.]*`, in any case.
fn is_stage_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic())
        && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn slips_of_the_pen_are_known() {
        for (word, known) in [
            ("FRM", "FROM"),
            ("FORM", "FROM"),
            ("RUNN", "RUN"),
            ("COPPY", "COPY"),
            ("EXPOES", "EXPOSE"),
            ("Entrypont", "ENTRYPOINT"),
            ("RUN:", "RUN"),
            ("workdr", "WORKDIR"),
        ] {
            assert_eq!(meant(word), Some(known), "{word}");
        }
        for word in ["&&", "cd", "rm", "and", "apt-get", "-y", "echo", "FROBNICATE", "}"] {
            assert_eq!(meant(word), None, "{word}");
        }
    }
}
