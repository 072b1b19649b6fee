//! Reads a file line by line: directives, comments, instructions with their continuations and heredoc bodies.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::instructions::{self, Reading};
use super::lines::{Logical, continuation};
use super::{
    Command, Directive, Dockerfile, ErrorKind, Heredoc, Instruction, Kind, SyntaxError, Word, expand,
    heredoc, refused, stages,
};
use crate::text::{self, Source, Span};

/// BuildKit reads no longer line: Go's `bufio.MaxScanTokenSize` less one, in bytes.
const MAX_LINE: usize = 65_535;

/// How many heredocs without an end are looked for to the end of the file. Each costs a walk over the rest; beyond
/// this many, the file is taken to end there.
const MAX_UNTERMINATED: u32 = 16;

/// Reads a Dockerfile. Never fails: what cannot be read is in [`Dockerfile::errors`].
pub fn parse(source: &Arc<Source>) -> Dockerfile<'_> {
    let mut reader = Reader {
        text: source.text(),
        at: 0,
        escape: '\\',
        directives: Vec::new(),
        comments: Vec::new(),
        instructions: Vec::new(),
        errors: Vec::new(),
        blank_continuations: Vec::new(),
        stage: None,
        unterminated: 0,
    };
    if source.was_utf16() {
        let message = "the file is UTF-16, which no builder reads; save it as UTF-8";
        reader.error(Span::at(0), ErrorKind::NotText, message);
    }
    if let Some((_, why)) = text::not_text(reader.text) {
        reader.error(Span::at(0), ErrorKind::NotText, format!("the file is not text: {why}"));
    } else {
        reader.file();
    }
    let mut file = Dockerfile {
        source,
        escape: reader.escape,
        directives: reader.directives,
        comments: reader.comments,
        instructions: reader.instructions,
        stages: Vec::new(),
        errors: reader.errors,
        starts: super::Starts::default(),
        blank_continuations: reader.blank_continuations,
        names: HashMap::new(),
        scopes: OnceLock::new(),
        globals: OnceLock::new(),
        shell_code: OnceLock::new(),
    };
    stages::resolve(&mut file);
    refused::check(&mut file);
    file
}

/// How lines begin that other programs write or read: template engines, git in a conflict.
const FOREIGN: [&str; 13] =
    ["{{", "{%", "{#", "<", ">>>>", "====", "%", "@", "[%", "m4_", "include(", "define(", "changequote("];

struct Reader<'a> {
    text: &'a str,
    at: usize,
    escape: char,
    directives: Vec<Directive<'a>>,
    comments: Vec<Span>,
    instructions: Vec<Instruction<'a>>,
    errors: Vec<SyntaxError>,
    blank_continuations: Vec<Span>,
    stage: Option<usize>,
    unterminated: u32,
}

impl<'a> Reader<'a> {
    fn error(&mut self, span: Span, kind: ErrorKind, message: impl Into<String>) {
        self.errors.push(SyntaxError { span, kind, message: message.into() });
    }

    /// The next line without its line end; moves behind it.
    fn line(&mut self) -> Option<Range<usize>> {
        if self.at >= self.text.len() {
            return None;
        }
        let start = self.at;
        let end = self.text[start..].find('\n').map_or(self.text.len(), |n| start + n);
        self.at = (end + 1).min(self.text.len());
        if end - start > MAX_LINE {
            let span = Span::new(start, end);
            self.error(
                span,
                ErrorKind::LongLine,
                "the line is longer than 65535 bytes, which BuildKit refuses; split it with continuations",
            );
        }
        let bytes = self.text.as_bytes();
        let end = bytes[start..end].iter().rposition(|&b| b != b'\r').map_or(start, |n| start + n + 1);
        Some(start..end)
    }
    fn trim_start(&self, line: Range<usize>) -> Range<usize> {
        let text = &self.text[line.clone()];
        line.end - text.trim_start().len()..line.end
    }
    fn is_comment(&self, line: &Range<usize>) -> bool {
        self.text.as_bytes().get(line.start) == Some(&b'#') && !line.is_empty()
    }

    fn file(&mut self) {
        self.at = if self.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let mut directives = Directives::default();
        if self.text[self.at..].starts_with("#!") {
            // Only BuildKit's search for `syntax` and `check` looks past such a line; for the rest it is a comment.
            directives.after_shebang = true;
            if let Some(line) = self.line() {
                self.comments.push(Span::new(line.start, line.end));
            }
        }
        self.slash_directives();
        let mut block = self.comments.len();
        while let Some(line) = self.line() {
            let line = self.trim_start(line);
            if line.is_empty() {
                directives.done = true;
                block = self.comments.len();
            } else if !directives.done && self.directive(line.clone(), "#", &mut directives) {
                block = self.comments.len();
            } else if self.is_comment(&line) {
                self.comments.push(Span::new(line.start, line.end));
            } else {
                directives.done = true;
                let above = block..self.comments.len();
                self.instruction(line, above);
                block = self.comments.len();
            }
        }
        if let Some(at) = self.text.find('\0') {
            self.error(Span::new(at, at + 1), ErrorKind::NotText, "the file contains a NUL byte; remove it");
        }
        let end = self.text.len();
        if self.instructions.is_empty() {
            self.error(Span::at(0), ErrorKind::NoStage, "the file has no instruction; start with `FROM`");
        } else if self.stage.is_none() {
            // Then everything stands before it, which is one mistake, not one a line.
            self.errors.retain(|error| error.kind != ErrorKind::BeforeFrom);
            let span = self.instructions.first().map_or(Span::at(end), |first| first.keyword.span);
            self.error(
                span,
                ErrorKind::NoStage,
                "the file has no `FROM`, so there is nothing to build; add one",
            );
        }
    }

    /// `//syntax=…` hands the file to another program before anything is read; as a Dockerfile it is an error.
    fn slash_directives(&mut self) {
        let mut state = Directives::default();
        while self.text[self.at..].starts_with("//") {
            let start = self.at;
            let Some(line) = self.line() else { return };
            if !self.directive(line.clone(), "//", &mut state) {
                self.at = start;
                return;
            }
            let message = "a directive after `//` works only with other frontends; write it after `#`";
            self.error(Span::new(line.start, line.end), ErrorKind::SlashDirective, message);
        }
    }

    /// Reads `# name=value`; gives whether it is a directive. Anything else ends them.
    fn directive(&mut self, line: Range<usize>, prefix: &str, state: &mut Directives) -> bool {
        let Some((name, value)) = self.directive_parts(&line, prefix) else {
            state.done = true;
            return false;
        };
        let (name, value) = (self.word(name), self.word(value));
        let Some(known) =
            ["syntax", "escape", "check"].into_iter().find(|k| k.eq_ignore_ascii_case(&name.text))
        else {
            state.done = true;
            return false;
        };
        let span = Span::new(line.start, value.span.end as usize);
        if state.seen.contains(&known) {
            if !state.after_shebang {
                let message = format!("the directive `{known}` appears twice; keep one");
                self.error(span, ErrorKind::Directive, message);
            }
        } else if known == "escape" && !state.after_shebang && prefix == "#" {
            match &*value.text {
                "\\" => {}
                "`" => self.escape = '`',
                other => {
                    let message =
                        format!("the escape character must be `\\` or `` ` ``, not `{other}`; correct it");
                    self.error(value.span, ErrorKind::Directive, message);
                }
            }
        }
        if let Some(wrong) = refused::wrong_check_option(&value.text).filter(|_| known == "check") {
            let message = format!(
                "`{wrong}` is not an option of `check`; use `skip=`, `experimental=` or `error=true`"
            );
            self.error(value.span, ErrorKind::Directive, message);
        }
        state.seen.push(known);
        self.directives.push(Directive { span, name, value });
        true
    }
    /// The name and the value in `# name = value`.
    fn directive_parts(&self, line: &Range<usize>, prefix: &str) -> Option<(Range<usize>, Range<usize>)> {
        let rest = self.text[line.clone()].strip_prefix(prefix)?.trim_start();
        let start = line.end - rest.len();
        let name = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let is_blank = |c: char| matches!(c, '\t' | '\n' | '\x0c' | '\r' | ' ');
        let value = rest[name..].trim_start_matches(is_blank).strip_prefix('=')?.trim_start_matches(is_blank);
        let value_start = line.end - value.len();
        let value_end = value_start + value.trim_end_matches(is_blank).len();
        (value_start < value_end).then_some((start..start + name, value_start..value_end))
    }
    fn word(&self, range: Range<usize>) -> Word<'a> {
        let span = Span::new(range.start, range.end);
        Word { span, text: Cow::Borrowed(&self.text[range]), pieces: None }
    }

    /// Reads the instruction that begins on this line, to the end of its last heredoc.
    fn instruction(&mut self, first: Range<usize>, comments_above: Range<usize>) {
        let errors = self.errors.len();
        let line = self.logical(first);
        let mut cx = Reading { escape: self.escape, errors: &mut self.errors };
        let mut instruction = instructions::read(&line, 0..line.text.len(), false, &mut cx);
        instruction.index = self.instructions.len();
        instruction.comments_above = comments_above;
        if let Kind::Onbuild(trigger) = &mut instruction.kind {
            trigger.index = instruction.index;
        }
        let word = &instruction.keyword.text;
        let is_from = word.eq_ignore_ascii_case("FROM")
            || instructions::keyword(word).is_none() && instructions::meant(word) == Some("FROM");
        if is_from {
            // One that is misspelt, or without an image, opens a stage too, so that what follows has a home.
            self.stage = Some(self.stage.map_or(0, |stage| stage + 1));
        } else if self.stage.is_none() && is_misplaced(&instruction) {
            let word = &instruction.keyword;
            let message = format!("`{}` comes before the first `FROM`; move it below", word.text);
            self.error(word.span, ErrorKind::BeforeFrom, message);
        }
        instruction.stage = self.stage;
        if let Kind::Onbuild(trigger) = &mut instruction.kind {
            trigger.stage = self.stage;
        }
        self.heredocs(&line, &mut instruction);
        instruction.has_error = self.errors.len() > errors;
        if let Kind::Onbuild(trigger) = &mut instruction.kind {
            trigger.has_error = instruction.has_error;
        }
        self.instructions.push(instruction);
    }

    /// Joins the lines that belong together.
    fn logical(&mut self, first: Range<usize>) -> Logical<'a> {
        let escape = self.escape as u8;
        let mut logical = Logical::unbroken(self.text, first.start..first.start);
        let mut next = Some(first.clone());
        // Whether the fault is reported; bodies of heredocs come after the line that names them.
        let (mut is_told, mut has_heredoc) = (false, false);
        while let Some(line) = next {
            let end = continuation(&self.text[line.clone()], escape);
            has_heredoc |= self.text[line.clone()].contains("<<");
            logical.push(line.start..end.map_or(line.end, |end| line.start + end));
            next = match end {
                Some(_) => self.continued(),
                None if has_heredoc => None,
                None => self.meant_to_continue(&first, &line, &mut is_told),
            };
        }
        logical
    }

    /// The next line of an instruction that goes on: comments and empty lines between do not count.
    fn continued(&mut self) -> Option<Range<usize>> {
        while let Some(line) = self.line() {
            let trimmed = self.trim_start(line.clone());
            if self.is_comment(&trimmed) {
                self.comments.push(Span::new(trimmed.start, trimmed.end));
            } else if trimmed.is_empty() {
                self.blank_continuations.push(Span::new(line.start, line.end));
            } else {
                return Some(line);
            }
        }
        None
    }

    /// The next line, if it begins with no instruction and looks like a part of the one before it: the escape character
    /// is missing. That is one error, and then the lines are read as they were meant.
    fn meant_to_continue(
        &mut self,
        first: &Range<usize>,
        before: &Range<usize>,
        is_told: &mut bool,
    ) -> Option<Range<usize>> {
        let (rest, keyword) = (&self.text[self.at..], first_word(&self.text[first.clone()]));
        let line = rest.split('\n').next()?.trim_end_matches('\r');
        let text = line.trim_start();
        let word = first_word(text);
        let known = instructions::keyword(keyword).filter(|known| *known != "FROM");
        let operators = ["&&", "||", "|", ";", "]", ",", "\"", "--"];
        let begins = operators.iter().any(|operator| text.starts_with(operator));
        let ends = ["&&", "||", "|", ",", "["];
        let ended = ends.iter().any(|operator| self.text[before.clone()].trim_end().ends_with(operator));
        let indented =
            text.len() < line.len() && (first.start == 0 || self.text[..first.start].ends_with('\n'));
        if known.is_none()
            || word.is_empty()
            || text.starts_with('#')
            || text.trim_end() == self.escape.to_string()
            || !begins && !ended && !indented
            || instructions::keyword(word).is_some()
            || instructions::meant(word).is_some()
            || FOREIGN.iter().any(|mark| text.starts_with(mark))
        {
            return None;
        }
        let line = self.line()?;
        if !std::mem::replace(is_told, true) {
            let start = line.end - self.text[line.clone()].trim_start().len();
            let span = Span::new(start, start + word.len());
            let escape = self.escape;
            let message = format!(
                "the line above does not end with `{escape}`, so Docker reads `{word}` as an instruction; add `{escape}` there"
            );
            self.error(span, ErrorKind::UnknownInstruction, message);
        }
        Some(line)
    }

    fn heredocs(&mut self, line: &Logical<'a>, instruction: &mut Instruction<'a>) {
        if !line.text.contains("<<") || !takes_heredocs(instruction) {
            return;
        }
        let (mut heredocs, mut end) = (Vec::new(), instruction.span.end as usize);
        for marker in heredoc::markers(&line.text) {
            let word = line.word(marker.range);
            let (body, terminator) = self.body(&marker.name, marker.strip_tabs, word.span);
            end = end.max(terminator.map_or(body.end, |t| t.end) as usize);
            let expand =
                marker.unquoted && !(marker.escaped && matches!(instruction.inner().kind, Kind::Run(_)));
            heredocs.push(Heredoc {
                marker: word.span,
                name: if word.text.ends_with(&marker.name) {
                    tail(word.text, marker.name.len())
                } else {
                    Cow::Owned(marker.name)
                },
                body,
                terminator,
                expand,
                strip_tabs: marker.strip_tabs,
            });
        }
        // A body that the file's end cuts off does not count its last line end.
        let cut = self.text[..end].trim_end_matches(['\r', '\n']).len();
        let end = if heredocs.last().is_some_and(|h: &Heredoc| h.terminator.is_none()) { cut } else { end };
        instruction.span.end = (end as u32).max(instruction.span.end);
        let target = match &mut instruction.kind {
            Kind::Onbuild(trigger) => {
                trigger.span.end = instruction.span.end;
                &mut **trigger
            }
            _ => instruction,
        };
        target.heredocs = heredocs;
        if !matches!(target.kind, Kind::Run(_)) {
            expand::check_bodies(self.text, target, &mut self.errors);
        }
    }

    /// The lines up to the one that is `name`, and that one. If there is none, the nearest thing to an end is taken:
    /// the name with blanks around it, or the next line that begins with a keyword.
    fn body(&mut self, name: &str, strip_tabs: bool, marker: Span) -> (Span, Option<Span>) {
        let start = self.at;
        let mut near = None;
        let mut keyword = None;
        if self.unterminated < MAX_UNTERMINATED {
            let mut at = start;
            while at < self.text.len() {
                let end = self.text[at..].find('\n').map_or(self.text.len(), |n| at + n);
                let line = self.text[at..end].trim_end_matches('\r');
                let line = if strip_tabs { line.trim_start_matches('\t') } else { line };
                let next = (end + 1).min(self.text.len());
                if line == name {
                    self.at = next;
                    let first = at + lead(&self.text[at..end], line);
                    return (Span::new(start, at), Some(Span::new(first, first + line.len())));
                }
                if near.is_none() && line.trim() == name {
                    near = Some((at, end, next));
                }
                if keyword.is_none() && begins_with_keyword(line) {
                    keyword = Some(at);
                }
                at = next;
            }
        }
        self.unterminated += 1;
        if let Some((at, end, next)) = near {
            let text = &self.text[at..end];
            let first = at + (text.len() - text.trim_start().len());
            let span = Span::new(first, first + text.trim().len());
            let message =
                format!("spaces or tabs around `{name}` keep this line from ending the heredoc; remove them");
            self.error(span, ErrorKind::Heredoc, message);
            self.at = next;
            return (Span::new(start, at), Some(span));
        }
        let message = format!("the heredoc `{name}` has no end; add a line that contains only `{name}`");
        self.error(marker, ErrorKind::Heredoc, message);
        let end = keyword.unwrap_or(self.text.len());
        self.at = end;
        (Span::new(start, end), None)
    }
}

/// What has been read of the directives so far.
#[derive(Default)]
struct Directives {
    done: bool,
    after_shebang: bool,
    seen: Vec<&'static str>,
}

/// How many bytes of `text` stand before `line`, which is a part of it.
fn lead(text: &str, line: &str) -> usize {
    text.trim_end_matches('\r').len() - line.len()
}

fn first_word(text: &str) -> &str {
    text.split([' ', '\t']).next().unwrap_or_default()
}

fn tail(text: Cow<str>, length: usize) -> Cow<str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[text.len() - length..]),
        Cow::Owned(text) => Cow::Owned(text[text.len() - length..].to_owned()),
    }
}

/// ARG may stand before the first FROM; an unknown keyword is reported as such only.
fn is_misplaced(instruction: &Instruction) -> bool {
    let keyword = instructions::keyword(&instruction.keyword.text);
    keyword.is_some_and(|keyword| keyword != "ARG" && keyword != "FROM")
}

fn takes_heredocs(instruction: &Instruction) -> bool {
    let inner = instruction.inner();
    match &inner.kind {
        Kind::Run(Command::Shell(_)) => true,
        Kind::Copy(transfer) | Kind::Add(transfer) => !transfer.json,
        Kind::Unknown(_) => matches!(instructions::keyword(&inner.keyword.text), Some("COPY" | "ADD")),
        _ => false,
    }
}

/// The line begins with an instruction in upper case, as files have it that end a body by mistake.
fn begins_with_keyword(line: &str) -> bool {
    let end = line.bytes().take_while(u8::is_ascii_uppercase).count();
    line[end..].starts_with([' ', '\t']) && instructions::KEYWORDS.contains(&&line[..end])
}
