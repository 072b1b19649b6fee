//! Lists, pipelines, compounds, redirects.
//!
//! One pass, left to right. It recovers instead of failing: an operator without a command is skipped, a word that
//! is reserved only elsewhere is a plain word, a compound without its end ends with the text. Words are `lexer`'s.

use super::lexer::Map;
use super::wrappers::{self, Reads};
use super::{Command, CommandKind, Join, Pipeline, Redirect, Script, Word};
use crate::text::{Joined, Span};

/// How deep lists may lie in each other. People get to about ten; what is deeper is read as flat text, so that no
/// input can use up the stack (about 1 KB a level in release builds, several in debug builds).
const DEPTH_LIMIT: u32 = 64;

/// What ends a list besides the end of the text: reserved words of the compounds around it, `)`, `}`, `;;`.
type Stops = u16;
const THEN: Stops = 1;
const DO: Stops = 1 << 1;
const DONE: Stops = 1 << 2;
const FI: Stops = 1 << 3;
const ELIF: Stops = 1 << 4;
const ELSE: Stops = 1 << 5;
const ESAC: Stops = 1 << 6;
const BREAK: Stops = 1 << 7;
const BRACE: Stops = 1 << 8;
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
    fn starts_with(&self, text: &[u8]) -> bool {
        self.bytes[self.pos..].starts_with(text)
    }
    pub(super) fn at_limit(&self) -> bool {
        self.depth >= DEPTH_LIMIT
    }
    fn span_from(&self, start: usize) -> Span {
        self.joined.span(start..self.end.max(start))
    }

    /// A script inside this one, with its own text.
    pub(super) fn parse_inner(&self, joined: &Joined<'_>, opaque: &[(usize, usize)]) -> Script {
        Parser::new(joined, opaque, self.depth + 1).list(0)
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
    fn bare(&self) -> &'p str {
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

    fn at_stop(&self, stops: Stops) -> bool {
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
        let mut pipelines: Vec<Pipeline> = Vec::new();
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
        let mut commands = Vec::new();
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

    fn command(&mut self, stops: Stops) -> Option<Command> {
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
            match self.redirect() {
                Some((redirect, _)) => redirects.push(redirect),
                None => {
                    (self.pos, self.end) = before;
                    break;
                }
            }
        }
        Some(Command { span: self.span_from(start), kind, redirects })
    }

    /// `((…))` or `(…)`.
    fn parentheses(&mut self) -> CommandKind {
        if self.peek_at(1) == Some(b'(')
            && let Some(end) = self.arithmetic_end(self.pos + 2)
        {
            let word = self.single(end + 2 - self.pos);
            let word = Word { expands: true, ..word };
            return CommandKind::Compound { keyword: "((", words: vec![word], bodies: Vec::new() };
        }
        self.pos += 1;
        let script = self.nested(PAREN);
        self.close(b')');
        CommandKind::Subshell(script)
    }

    fn close(&mut self, byte: u8) {
        if self.peek() == Some(byte) {
            self.pos += 1;
            self.end = self.pos;
        }
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

    fn group(&mut self, stops: Stops) -> CommandKind {
        self.pos += 1;
        let script = self.nested(stops | BRACE);
        if self.bare() == "}" {
            self.close(b'}');
        }
        CommandKind::Group(script)
    }

    /// Takes a reserved word if it stands here.
    fn keyword(&mut self, keyword: &str) -> bool {
        let found = self.bare() == keyword;
        if found {
            self.pos += keyword.len();
            self.end = self.pos;
        }
        found
    }

    fn conditional(&mut self, stops: Stops) -> CommandKind {
        self.pos += 2;
        let mut bodies = Vec::new();
        loop {
            bodies.push(self.nested(stops | THEN | FI));
            if self.keyword("then") {
                bodies.push(self.nested(stops | ELIF | ELSE | FI));
            }
            if !self.keyword("elif") {
                break;
            }
        }
        if self.keyword("else") {
            bodies.push(self.nested(stops | FI));
        }
        self.keyword("fi");
        CommandKind::Compound { keyword: "if", words: Vec::new(), bodies }
    }

    fn repeated(&mut self, keyword: &'static str, stops: Stops) -> CommandKind {
        self.pos += keyword.len();
        let mut bodies = vec![self.nested(stops | DO | DONE)];
        bodies.extend(self.loop_body(stops));
        CommandKind::Compound { keyword, words: Vec::new(), bodies }
    }

    fn loop_body(&mut self, stops: Stops) -> Option<Script> {
        if self.keyword("do") {
            let body = self.nested(stops | DONE);
            self.keyword("done");
            return Some(body);
        }
        None
    }

    fn for_each(&mut self, keyword: &'static str, stops: Stops) -> CommandKind {
        self.pos += keyword.len();
        self.skip_blanks();
        let mut words = Vec::new();
        let arithmetic = if self.starts_with(b"((") { self.arithmetic_end(self.pos + 2) } else { None };
        if let Some(end) = arithmetic {
            words.push(self.single(end + 2 - self.pos));
        } else {
            words.push(self.word().0);
            self.skip_space();
            if self.keyword("in") {
                loop {
                    self.skip_blanks();
                    let before = self.pos;
                    let (word, _) = self.word();
                    if self.pos == before {
                        break;
                    }
                    words.push(word);
                }
            }
        }
        self.skip_space();
        if self.peek() == Some(b';') {
            self.pos += 1;
            self.skip_space();
        }
        let bodies = match self.loop_body(stops) {
            Some(body) => vec![body],
            None if self.bare() == "{" => match self.group(stops) {
                CommandKind::Group(body) => vec![body],
                _ => Vec::new(),
            },
            None => Vec::new(),
        };
        CommandKind::Compound { keyword, words, bodies }
    }

    fn case(&mut self, stops: Stops) -> CommandKind {
        self.pos += 4;
        self.skip_space();
        let mut words = vec![self.word().0];
        let mut bodies = Vec::new();
        self.skip_space();
        self.keyword("in");
        loop {
            self.skip_space();
            if self.keyword("esac") || self.peek().is_none() {
                break;
            }
            let before = self.pos;
            if self.peek() == Some(b'(') {
                self.pos += 1;
            }
            loop {
                self.skip_blanks();
                let (word, _) = self.word();
                words.push(word);
                self.skip_blanks();
                if self.peek() != Some(b'|') {
                    break;
                }
                self.pos += 1;
            }
            if self.peek() != Some(b')') {
                // No pattern: whatever this is, it goes on as a list of its own.
                self.pos = before.max(self.pos);
                break;
            }
            self.pos += 1;
            bodies.push(self.nested(stops | BREAK | ESAC));
            if self.starts_with(b";;&") {
                self.pos += 3;
            } else if self.starts_with(b";;") || self.starts_with(b";&") {
                self.pos += 2;
            } else if self.bare() != "esac" {
                break;
            }
        }
        CommandKind::Compound { keyword: "case", words, bodies }
    }

    fn function_keyword(&mut self, stops: Stops) -> CommandKind {
        self.pos += 8;
        self.skip_blanks();
        let (name, _) = self.word();
        self.skip_blanks();
        if self.peek() == Some(b'(') && self.empty_parentheses() {
            self.skip_empty_parentheses();
        }
        self.function_body(name, stops)
    }

    fn skip_empty_parentheses(&mut self) {
        self.pos += 1;
        self.skip_blanks();
        self.pos += 1;
    }

    fn function_body(&mut self, name: Word, stops: Stops) -> CommandKind {
        self.skip_space();
        self.depth += 1;
        let start = self.pos;
        let command = if self.at_stop(stops) { None } else { self.command(stops) };
        self.depth -= 1;
        let span = self.span_from(start);
        let pipeline = command.map(|command| Pipeline {
            span,
            joined_by: Join::Start,
            negated: false,
            commands: vec![command],
        });
        let body = Script::new(pipeline.into_iter().collect());
        CommandKind::Compound { keyword: "function", words: vec![name], bodies: vec![body] }
    }

    /// `[[ … ]]`: operators are words in it.
    fn test(&mut self) -> CommandKind {
        self.pos += 2;
        let mut words = Vec::new();
        loop {
            self.skip_space();
            if self.keyword("]]") {
                break;
            }
            let Some(byte) = self.peek() else { break };
            let length = match byte {
                b';' => break,
                b'&' | b'|' if self.peek_at(1) == Some(byte) => 2,
                b'<' | b'>' if self.peek_at(1) == Some(b'(') => 0,
                b'<' | b'>' | b'(' | b')' | b'|' | b'&' => 1,
                _ => 0,
            };
            let before = self.pos;
            words.push(if length > 0 { self.single(length) } else { self.word().0 });
            if self.pos == before {
                self.pos += 1;
            }
        }
        CommandKind::Compound { keyword: "[[", words, bodies: Vec::new() }
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
            words.push(self.single(1));
            maps.push(Map::default());
        }
        let inner = self.inner(&words, &maps, &redirects, input);
        Command {
            span: self.span_from(start),
            kind: CommandKind::Simple { assignments, words, inner },
            redirects,
        }
    }

    /// The scripts that a shell started by these words will read.
    fn inner(&self, words: &[Word], maps: &[Map], redirects: &[Redirect], input: Option<Map>) -> Vec<Script> {
        if self.at_limit() {
            return Vec::new();
        }
        let program = wrappers::program(words);
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
                words.iter().zip(maps).skip(first).for_each(|(word, map)| append(word, map))
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

    /// A redirect, if one stands here, with the map of what it gives to standard input.
    fn redirect(&mut self) -> Option<(Redirect, Option<Map>)> {
        let start = self.pos;
        let digits = self.bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let after = start + digits;
        let rest = &self.bytes[after..];
        let operator = match rest {
            [b'<', b'<', b'<', ..] => "<<<",
            [b'<', b'<', b'-', ..] => "<<-",
            [b'<', b'<', ..] => "<<",
            [b'<', b'&', ..] => "<&",
            [b'<', b'>', ..] => "<>",
            [b'<' | b'>', b'(', ..] if digits == 0 => return None,
            [b'<', ..] => "<",
            [b'>', b'>', ..] => ">>",
            [b'>', b'&', ..] => ">&",
            [b'>', b'|', ..] => ">|",
            [b'>', ..] => ">",
            [b'&', b'>', b'>', ..] if digits == 0 => "&>>",
            [b'&', b'>', ..] if digits == 0 => "&>",
            _ => return None,
        };
        self.pos = after + operator.len();
        self.end = self.pos;
        self.skip_blanks();
        let (target, map) = if self.peek() == Some(b'(') {
            (Word { span: Span::at(self.joined.offset(self.pos)), ..Word::default() }, Map::default())
        } else {
            self.word()
        };
        let span = self.span_from(start);
        let descriptor = self.text[start..after].parse().ok();
        let mut redirect = Redirect { span, descriptor, operator, target, body: None };
        let mut input = None;
        match operator {
            "<<" | "<<-" if !redirect.target.text.is_empty() => {
                let end = self.end;
                if let Some((body, map)) = self.heredoc(&redirect.target, operator == "<<-") {
                    redirect.body = Some(body);
                    input = Some(map);
                }
                self.end = end;
            }
            "<<<" => input = Some(map),
            _ => {}
        }
        Some((redirect, input))
    }

    /// Reads a heredoc's body ahead of time: it begins behind the present line, or behind the body before it.
    fn heredoc(&mut self, delimiter: &Word, strip_tabs: bool) -> Option<(Word, Map)> {
        let (line_end, from) = match self.heredocs {
            Some((line_end, resume)) if line_end >= self.pos => (line_end, resume),
            _ => {
                let line_end = self.line_end().unwrap_or(self.text.len());
                (line_end, line_end + 1)
            }
        };
        if from > self.text.len() {
            // No line follows. That is remembered, so that the next marker does not look for it again.
            self.heredocs = Some((self.text.len(), from));
            return None;
        }
        let mut at = from;
        let mut resume = self.text.len();
        let mut end = self.text.len();
        while at < self.text.len() {
            let length = self.text[at..].find('\n').unwrap_or(self.text.len() - at);
            let line = self.text[at..at + length].trim_end_matches('\r');
            let line = if strip_tabs { line.trim_start_matches('\t') } else { line };
            if line == &*delimiter.text {
                (end, resume) = (at, (at + length + 1).min(self.text.len()));
                break;
            }
            at += length + 1;
        }
        // The line end stays in front of what follows, so that the command before it ends.
        self.heredocs = Some((line_end, resume));
        let present = self.pos;
        self.pos = from.min(end);
        let body = self.heredoc_body(end, strip_tabs, delimiter.quoted);
        self.pos = present;
        Some(body)
    }

    /// The end of the present line, quoted line ends not counted.
    fn line_end(&self) -> Option<usize> {
        let mut quote = 0_u8;
        let mut at = self.pos;
        loop {
            match *self.bytes.get(at)? {
                b'\\' if quote != b'\'' => at += 1,
                byte @ (b'\'' | b'"') if quote == 0 => quote = byte,
                byte if byte == quote => quote = 0,
                b'\n' if quote == 0 => return Some(at),
                _ => {}
            }
            at += 1;
        }
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
