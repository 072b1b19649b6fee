//! Lists, pipelines, simple commands.
//!
//! One pass, left to right. It recovers instead of failing: an operator without a command is skipped, a word that
//! is reserved only elsewhere is a plain word, a compound without its end ends with the text. Words are `lexer`'s, compounds `compound`'s, redirects `redirect`'s.

use super::lexer::Map;
use super::wrappers::{self, Reads};
use super::{Command, CommandKind, Join, Pipeline, Redirect, Script, Word};
use crate::text::{Joined, Span};

/// How deep lists may lie in each other. People get to about ten; what is deeper is read as flat text, so that no
/// input can use up the stack (about 1 KB a level in release builds, several in debug builds).
const DEPTH_LIMIT: u32 = 64;

/// How much deeper a script with a text of its own lies (backquotes, `sh -c`): reading it means reading its text
/// again, so that eight in each other are enough.
const INNER_DEPTH: u32 = 8;

/// What ends a list besides the end of the text: reserved words of the compounds around it, `)`, `}`, `;;`.
pub(super) type Stops = u16;
pub(super) const THEN: Stops = 1;
pub(super) const DO: Stops = 1 << 1;
pub(super) const DONE: Stops = 1 << 2;
pub(super) const FI: Stops = 1 << 3;
pub(super) const ELIF: Stops = 1 << 4;
pub(super) const ELSE: Stops = 1 << 5;
pub(super) const ESAC: Stops = 1 << 6;
pub(super) const BREAK: Stops = 1 << 7;
pub(super) const BRACE: Stops = 1 << 8;
pub(super) const PAREN: Stops = 1 << 9;

pub(super) struct Parser<'p> {
    pub(super) text: &'p str,
    pub(super) bytes: &'p [u8],
    pub(super) joined: &'p Joined<'p>,
    pub(super) pos: usize,
    /// The end of the last thing that was no blank.
    pub(super) end: usize,
    pub(super) depth: u32,
    /// Ranges of the text that an outer shell has expanded, ascending.
    pub(super) opaque: &'p [(usize, usize)],
    /// The line end at which heredoc bodies begin, and where the text goes on after them.
    pub(super) heredocs: Option<(usize, usize)>,
    /// How many more bytes may be looked at in search of `))`, so that no input makes it quadratic.
    pub(super) budget: usize,
}

pub(super) fn parse(joined: &Joined<'_>) -> Script {
    Parser::new(joined, &[], 0).list(0)
}

impl<'p> Parser<'p> {
    fn new(joined: &'p Joined<'p>, opaque: &'p [(usize, usize)], depth: u32) -> Self {
        let text: &str = &joined.text;
        let budget = 8 * text.len() + 64;
        Self { text, bytes: text.as_bytes(), joined, pos: 0, end: 0, depth, opaque, heredocs: None, budget }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.pos).copied()
    }
    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.pos + ahead).copied()
    }
    pub(super) fn starts_with(&self, text: &[u8]) -> bool {
        self.bytes[self.pos..].starts_with(text)
    }
    pub(super) fn at_limit(&self) -> bool {
        self.depth >= DEPTH_LIMIT
    }
    pub(super) fn span_from(&self, start: usize) -> Span {
        self.joined.span(start..self.end.max(start))
    }

    /// A script inside this one, with its own text.
    pub(super) fn parse_inner(&self, joined: &Joined<'_>, opaque: &[(usize, usize)]) -> Script {
        Parser::new(joined, opaque, self.depth + INNER_DEPTH).list(0)
    }

    /// A list one level deeper.
    pub(super) fn nested(&mut self, stops: Stops) -> Script {
        self.depth += 1;
        let script = self.list(stops);
        self.depth -= 1;
        script
    }

    /// Blanks, continuations and a comment.
    pub(super) fn skip_blanks(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' => self.pos += 1,
                b'\r' if matches!(self.peek_at(1), None | Some(b'\n')) => self.pos += 1,
                b'\\' => match self.continuation() {
                    Some(length) => self.pos += length,
                    None => return,
                },
                b'#' => {
                    let rest = &self.bytes[self.pos..];
                    self.pos += rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
                }
                _ => return,
            }
        }
    }

    /// Blanks and line ends, and the heredoc bodies behind them.
    pub(super) fn skip_space(&mut self) {
        loop {
            self.skip_blanks();
            if self.peek() != Some(b'\n') {
                return;
            }
            match self.heredocs.take() {
                Some((line_end, resume)) if line_end == self.pos => self.pos = resume,
                Some((line_end, resume)) => {
                    // Bodies further on are still to come; those behind us lay in a quoted text.
                    if line_end > self.pos {
                        self.heredocs = Some((line_end, resume));
                    }
                    self.pos += 1;
                }
                None => self.pos += 1,
            }
        }
    }

    /// The unquoted word of letters or braces that stands here alone, as reserved words do.
    pub(super) fn bare(&self) -> &'p str {
        let rest = &self.bytes[self.pos..];
        let length = rest
            .iter()
            .take(9)
            .take_while(|byte| byte.is_ascii_lowercase() || b"{}[]".contains(byte))
            .count();
        match rest.get(length) {
            None | Some(b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')') => {
                &self.text[self.pos..self.pos + length]
            }
            Some(b'\\') if rest.get(length + 1) == Some(&b'\n') => &self.text[self.pos..self.pos + length],
            _ => "",
        }
    }

    pub(super) fn at_stop(&self, stops: Stops) -> bool {
        let stop = match self.peek() {
            Some(b')') => PAREN,
            Some(b';') if matches!(self.peek_at(1), Some(b';' | b'&')) => BREAK,
            Some(b'a'..=b'z' | b'}') => match self.bare() {
                "then" => THEN,
                "do" => DO,
                "done" => DONE,
                "fi" => FI,
                "elif" => ELIF,
                "else" => ELSE,
                "esac" => ESAC,
                "}" => BRACE,
                _ => 0,
            },
            _ => 0,
        };
        stop & stops != 0
    }

    fn list(&mut self, stops: Stops) -> Script {
        // Most hold one, and a huge file has very many: room for four, as a list takes by itself, is too much.
        let mut pipelines: Vec<Pipeline> = Vec::with_capacity(1);
        let mut join = Join::Start;
        loop {
            self.skip_space();
            if self.peek().is_none() || self.at_stop(stops) {
                break;
            }
            let before = self.pos;
            let pipeline = self.pipeline(stops);
            if !pipeline.commands.is_empty() {
                let joined_by = if pipelines.is_empty() { Join::Start } else { join };
                pipelines.push(Pipeline { joined_by, ..pipeline });
                join = Join::Then;
            }
            self.skip_blanks();
            if self.at_stop(stops) {
                break;
            }
            join = self.operator().unwrap_or(join);
            if self.pos == before {
                // A character that can begin nothing here, such as a stray parenthesis.
                self.pos += 1;
            }
        }
        Script::new(pipelines)
    }

    fn operator(&mut self) -> Option<Join> {
        let (join, length) = match (self.peek()?, self.peek_at(1)) {
            (b'&', Some(b'&')) => (Join::And, 2),
            (b'&', Some(b'>')) => return None,
            (b'&', _) => (Join::Background, 1),
            (b'|', Some(b'|')) => (Join::Or, 2),
            (b';', Some(b';')) => (Join::Then, 2),
            (b';', _) => (Join::Then, 1),
            _ => return None,
        };
        self.pos += length;
        Some(join)
    }

    fn pipeline(&mut self, stops: Stops) -> Pipeline {
        let start = self.pos;
        let mut negated = false;
        while self.peek() == Some(b'!') && matches!(self.peek_at(1), None | Some(b' ' | b'\t' | b'\n')) {
            negated = !negated;
            self.pos += 1;
            self.skip_blanks();
        }
        let mut commands = Vec::with_capacity(1);
        loop {
            commands.extend(self.command(stops));
            self.skip_blanks();
            if self.peek() != Some(b'|') || self.peek_at(1) == Some(b'|') {
                break;
            }
            self.pos += if self.peek_at(1) == Some(b'&') { 2 } else { 1 };
            self.skip_space();
            if self.at_stop(stops) {
                break;
            }
        }
        let span =
            if commands.is_empty() { Span::at(self.joined.offset(start)) } else { self.span_from(start) };
        Pipeline { span, joined_by: Join::Start, negated, commands }
    }

    pub(super) fn command(&mut self, stops: Stops) -> Option<Command> {
        let start = self.pos;
        let kind = match self.peek()? {
            b'(' if self.at_limit() => {
                self.pos += 1;
                return None;
            }
            b'(' => self.parentheses(),
            b')' | b';' | b'|' | b'\n' => return None,
            b'&' if self.peek_at(1) != Some(b'>') => return None,
            b'a'..=b'z' | b'{' | b'[' if !self.at_limit() => match self.bare() {
                "{" => self.group(stops),
                "if" => self.conditional(stops),
                "while" => self.repeated("while", stops),
                "until" => self.repeated("until", stops),
                "for" => self.for_each("for", stops),
                "select" => self.for_each("select", stops),
                "case" => self.case(stops),
                "function" => self.function_keyword(stops),
                "[[" => self.test(),
                _ => return Some(self.simple(stops)),
            },
            _ => return Some(self.simple(stops)),
        };
        self.end = self.end.max(start);
        let mut redirects = Vec::new();
        loop {
            let before = (self.pos, self.end);
            self.skip_blanks();
            let Some((redirect, _)) = self.redirect() else {
                (self.pos, self.end) = before;
                break;
            };
            redirects.push(redirect);
        }
        Some(Command { span: self.span_from(start), kind, redirects })
    }

    /// The place of the `))` that closes an arithmetic expression which begins at `from`; `None` if a single `)`
    /// comes first, as in `((a); (b))`.
    pub(super) fn arithmetic_end(&mut self, from: usize) -> Option<usize> {
        let mut open = 0_u32;
        for (at, byte) in self.bytes.iter().enumerate().skip(from) {
            self.budget = self.budget.checked_sub(1)?;
            match byte {
                b'(' => open += 1,
                b')' if open == 0 => return (self.bytes.get(at + 1) == Some(&b')')).then_some(at),
                b')' => open -= 1,
                _ => {}
            }
        }
        None
    }

    fn simple(&mut self, stops: Stops) -> Command {
        let start = self.pos;
        let (mut assignments, mut words, mut redirects) = (Vec::new(), Vec::new(), Vec::new());
        let mut maps: Vec<Map> = Vec::new();
        let mut input: Option<Map> = None;
        let mut open = 0_u32;
        loop {
            self.skip_blanks();
            if let Some((redirect, map)) = self.redirect() {
                redirects.push(redirect);
                input = map.or(input);
                continue;
            }
            let Some(byte) = self.peek() else { break };
            match byte {
                b'(' if words.len() == 1
                    && assignments.is_empty()
                    && self.empty_parentheses()
                    && !self.at_limit() =>
                {
                    let name = words.pop().expect("the length is 1");
                    self.skip_empty_parentheses();
                    self.end = self.pos;
                    let kind = self.function_body(name, stops);
                    return Command { span: self.span_from(start), kind, redirects };
                }
                b'(' => open += 1,
                b')' if open > 0 => open -= 1,
                b'\n' | b';' | b'&' | b'|' | b')' => break,
                _ => {
                    let before = self.pos;
                    let (word, map) = self.word();
                    if self.pos == before {
                        break;
                    }
                    if words.is_empty() && is_assignment(&word, &self.text[before..]) {
                        assignments.push(word);
                    } else {
                        words.push(word);
                        maps.push(map);
                    }
                    continue;
                }
            }
            let (word, map) = self.single(1);
            words.push(word);
            maps.push(map);
        }
        let program = wrappers::program(&words);
        let inner = self.inner((&words, program), &maps, &redirects, input);
        Command {
            span: self.span_from(start),
            kind: CommandKind::Simple { assignments, words, program, inner },
            redirects,
        }
    }

    /// The scripts that a shell started by these words will read.
    fn inner(
        &self,
        (words, program): (&[Word], usize),
        maps: &[Map],
        redirects: &[Redirect],
        input: Option<Map>,
    ) -> Vec<Script> {
        if self.at_limit() {
            return Vec::new();
        }
        let mut text = Joined::empty(0);
        let mut opaque = Vec::new();
        let mut append = |word: &Word, map: &Map| {
            if !text.text.is_empty() {
                text.push(" ", word.span.start as usize);
            }
            let at = text.text.len();
            map.append_to(&mut text, &word.text, self.joined);
            opaque.extend(map.opaque.iter().map(|&(start, end)| (at + start, at + end)));
        };
        match wrappers::reads(words, program) {
            Reads::Nothing => {}
            Reads::Word(at) => append(&words[at], &maps[at]),
            Reads::From(first) => {
                words.iter().zip(maps).skip(first).for_each(|(word, map)| append(word, map));
            }
            Reads::Input => {
                let last = redirects.iter().rev().find(|redirect| redirect.operator.starts_with("<<"));
                let word = last.and_then(|redirect| {
                    redirect
                        .body
                        .as_ref()
                        .or_else(|| (redirect.operator == "<<<").then_some(&redirect.target))
                });
                if let (Some(word), Some(map)) = (word, input) {
                    append(word, &map);
                }
            }
        }
        if text.text.is_empty() { Vec::new() } else { vec![self.parse_inner(&text, &opaque)] }
    }
}

/// `NAME=…`, `NAME+=…` or `NAME[…]=…`, with nothing of the name quoted. `written` begins with the word.
fn is_assignment(word: &Word, written: &str) -> bool {
    let Some(equals) = word.text.find('=') else { return false };
    let name = &word.text[..equals];
    let name = name.strip_suffix('+').unwrap_or(name);
    let bare =
        name.split_once('[').map_or(name, |(bare, index)| if index.ends_with(']') { bare } else { name });
    wrappers::is_name(bare) && written.starts_with(&word.text[..=equals])
}
