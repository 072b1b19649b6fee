//! Compound commands: `( )`, `{ }`, `if`, `while`, `until`, `for`, `select`, `case`, functions, `[[ ]]`, `(( ))`.
//!
//! Each takes what it can: a compound whose next reserved word is missing ends there. Lists are `parser`'s.

use super::parser::{BRACE, BREAK, DO, DONE, ELIF, ELSE, ESAC, FI, PAREN, Parser, Stops, THEN};
use super::{CommandKind, Join, Pipeline, Script, Word};

impl Parser<'_> {
    /// `((…))` or `(…)`.
    pub(super) fn parentheses(&mut self) -> CommandKind {
        if self.peek_at(1) == Some(b'(')
            && let Some(end) = self.arithmetic_end(self.pos + 2)
        {
            let word = self.single(end + 2 - self.pos).0;
            let word = Word { expands: true, ..word };
            return CommandKind::Compound { keyword: "((", words: vec![word], bodies: Vec::new() };
        }
        self.pos += 1;
        let script = self.nested(PAREN);
        self.close(b')');
        CommandKind::Subshell(script)
    }

    pub(super) fn close(&mut self, byte: u8) {
        if self.peek() == Some(byte) {
            self.pos += 1;
            self.end = self.pos;
        }
    }

    pub(super) fn group(&mut self, stops: Stops) -> CommandKind {
        self.pos += 1;
        let script = self.nested(stops | BRACE);
        if self.bare() == "}" {
            self.close(b'}');
        }
        CommandKind::Group(script)
    }

    /// Takes a reserved word if it stands here.
    pub(super) fn keyword(&mut self, keyword: &str) -> bool {
        let found = self.bare() == keyword;
        if found {
            self.pos += keyword.len();
            self.end = self.pos;
        }
        found
    }

    pub(super) fn conditional(&mut self, stops: Stops) -> CommandKind {
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

    pub(super) fn repeated(&mut self, keyword: &'static str, stops: Stops) -> CommandKind {
        self.pos += keyword.len();
        let mut bodies = vec![self.nested(stops | DO | DONE)];
        bodies.extend(self.loop_body(stops));
        CommandKind::Compound { keyword, words: Vec::new(), bodies }
    }

    pub(super) fn loop_body(&mut self, stops: Stops) -> Option<Script> {
        if self.keyword("do") {
            let body = self.nested(stops | DONE);
            self.keyword("done");
            return Some(body);
        }
        None
    }

    pub(super) fn for_each(&mut self, keyword: &'static str, stops: Stops) -> CommandKind {
        self.pos += keyword.len();
        self.skip_blanks();
        let mut words = Vec::new();
        let arithmetic = if self.starts_with(b"((") { self.arithmetic_end(self.pos + 2) } else { None };
        if let Some(end) = arithmetic {
            words.push(self.single(end + 2 - self.pos).0);
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

    pub(super) fn case(&mut self, stops: Stops) -> CommandKind {
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

    pub(super) fn function_keyword(&mut self, stops: Stops) -> CommandKind {
        self.pos += 8;
        self.skip_blanks();
        let (name, _) = self.word();
        self.skip_blanks();
        if self.peek() == Some(b'(') && self.empty_parentheses() {
            self.skip_empty_parentheses();
        }
        self.function_body(name, stops)
    }

    pub(super) fn skip_empty_parentheses(&mut self) {
        self.pos += 1;
        self.skip_blanks();
        self.pos += 1;
    }

    pub(super) fn function_body(&mut self, name: Word, stops: Stops) -> CommandKind {
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
    pub(super) fn test(&mut self) -> CommandKind {
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
            words.push(if length > 0 { self.single(length).0 } else { self.word().0 });
            if self.pos == before {
                self.pos += 1;
            }
        }
        CommandKind::Compound { keyword: "[[", words, bodies: Vec::new() }
    }
}
