//! Quotes, escapes and `$` in a word: text into parts, after BuildKit's `shell/lex.go`.
//!
//! What the variables stand for is `expand`'s business. Nothing is copied but what is kept.

use std::ops::Range;

/// A part of a word.
#[derive(Debug)]
pub(super) enum Part {
    /// These bytes, as they stand.
    Text(Range<usize>),
    /// This character, once more than it stands (BuildKit doubles escapes inside quotes of a pattern).
    Extra(char),
    Variable(Box<Reference>),
}

/// `$name` or `${name…}`.
#[derive(Debug)]
pub(super) struct Reference {
    /// From `$` on.
    pub(super) range: Range<usize>,
    pub(super) name: Range<usize>,
    pub(super) operator: Operator,
    /// The default, the message, the pattern.
    pub(super) word: Vec<Part>,
    /// What the pattern is replaced by.
    pub(super) by: Vec<Part>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Operator {
    Plain,
    /// `-`; `colon`: also if empty.
    Default {
        colon: bool,
    },
    /// `+`
    Alternate {
        colon: bool,
    },
    /// `?`
    Required {
        colon: bool,
    },
    /// `#`, or `##`
    TrimStart,
    /// `%`, or `%%`
    TrimEnd,
    Replace {
        all: bool,
    },
    /// `:=` and its like: readable, but an error if it is to be expanded.
    Unsupported,
}

/// Why a word cannot be read, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LexError {
    pub(super) range: Range<usize>,
    pub(super) kind: LexErrorKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LexErrorKind {
    SingleQuote,
    DoubleQuote,
    Brace,
    Slash,
    BadSubstitution,
    Modifier,
    TooDeep,
}

/// `${a:-${b:-…}}` nested deeper is not read; nobody writes it, and the stack is finite.
const MAX_DEPTH: u32 = 64;

pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
    escape: char,
    /// Quotes mean something; not so in the body of a heredoc.
    quotes: bool,
    /// Unsupported modifiers are read like the others; so does BuildKit where it looks for heredocs.
    lenient: bool,
}

/// The parts of a word.
pub(super) fn parts(text: &str, escape: char, quotes: bool) -> Result<Vec<Part>, LexError> {
    Lexer { text, at: 0, escape, quotes, lenient: false }.sequence(None, false, 0)
}

impl<'t> Lexer<'t> {
    /// A lexer for whole lines, in which heredocs are looked for.
    pub(super) fn for_heredocs(text: &'t str) -> Self {
        Lexer { text, at: 0, escape: '\\', quotes: true, lenient: true }
    }
    /// The end of the quoted text or the `$` that begins at `at`.
    pub(super) fn skip(&mut self, at: usize) -> Result<usize, LexError> {
        self.at = at;
        let mut parts = Vec::new();
        match self.peek() {
            Some('\'') => self.single(&mut parts)?,
            Some('"') => self.double(&mut parts, true, 0)?,
            Some('$') => self.dollar(&mut parts, true, 0)?,
            _ => {}
        }
        Ok(self.at)
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }
    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }
    fn error<T>(&self, start: usize, kind: LexErrorKind) -> Result<T, LexError> {
        Err(LexError { range: start..self.at.max(start), kind })
    }

    fn sequence(&mut self, stop: Option<char>, raw: bool, depth: u32) -> Result<Vec<Part>, LexError> {
        let mut parts = Vec::new();
        let start = self.at;
        if depth > MAX_DEPTH {
            return self.error(start, LexErrorKind::TooDeep);
        }
        while let Some(c) = self.peek() {
            if stop == Some(c) {
                self.next();
                return Ok(parts);
            }
            let at = self.at;
            match c {
                '\'' if self.quotes => self.single(&mut parts)?,
                '"' if self.quotes => self.double(&mut parts, raw, depth)?,
                '$' => self.dollar(&mut parts, raw, depth)?,
                c if c == self.escape => {
                    self.next();
                    if raw {
                        text(&mut parts, at..self.at);
                    }
                    let at = self.at;
                    if self.next().is_some() {
                        text(&mut parts, at..self.at);
                    }
                }
                _ => {
                    self.next();
                    text(&mut parts, at..self.at);
                }
            }
        }
        match stop {
            None => Ok(parts),
            Some('/') => self.error(start, LexErrorKind::Slash),
            Some(_) => self.error(start, LexErrorKind::Brace),
        }
    }

    fn single(&mut self, parts: &mut Vec<Part>) -> Result<(), LexError> {
        let open = self.at;
        let Some(length) = self.text[open + 1..].find('\'') else {
            self.at = self.text.len();
            return self.error(open, LexErrorKind::SingleQuote);
        };
        text(parts, open + 1..open + 1 + length);
        self.at = open + length + 2;
        Ok(())
    }

    fn double(&mut self, parts: &mut Vec<Part>, raw: bool, depth: u32) -> Result<(), LexError> {
        let open = self.at;
        self.next();
        loop {
            let at = self.at;
            match self.peek() {
                None => return self.error(open, LexErrorKind::DoubleQuote),
                Some('"') => {
                    self.next();
                    return Ok(());
                }
                Some('$') => self.dollar(parts, raw, depth)?,
                Some(c) if c == self.escape => {
                    self.next();
                    match self.peek() {
                        None => {}
                        Some(special) if special == '"' || special == '$' || special == self.escape => {
                            let special_at = self.at;
                            self.next();
                            text(parts, if raw { at } else { special_at }..self.at);
                        }
                        Some(_) => {
                            if raw {
                                parts.push(Part::Extra(c));
                            }
                            text(parts, at..self.at);
                        }
                    }
                }
                Some(_) => {
                    self.next();
                    text(parts, at..self.at);
                }
            }
        }
    }

    fn dollar(&mut self, parts: &mut Vec<Part>, _raw: bool, depth: u32) -> Result<(), LexError> {
        let start = self.at;
        self.next();
        if self.peek() != Some('{') {
            let name = self.name();
            if name.is_empty() {
                text(parts, start..self.at);
            } else {
                let operator = Operator::Plain;
                let (word, by) = (Vec::new(), Vec::new());
                parts.push(Part::Variable(Box::new(Reference {
                    range: start..self.at,
                    name,
                    operator,
                    word,
                    by,
                })));
            }
            return Ok(());
        }
        self.next();
        match self.peek() {
            None => return self.error(start, LexErrorKind::Brace),
            Some('{' | '}' | ':') => {
                self.next();
                return self.error(start, LexErrorKind::BadSubstitution);
            }
            Some(_) => {}
        }
        let name = self.name();
        let (mut word, mut by) = (Vec::new(), Vec::new());
        let mut c = self.next();
        let colon = c == Some(':');
        if colon {
            c = self.next();
        }
        let operator = match c {
            Some('}') if !colon => Operator::Plain,
            Some('-') => Operator::Default { colon },
            Some('+') => Operator::Alternate { colon },
            Some('?') => Operator::Required { colon },
            Some('#') if !colon => Operator::TrimStart,
            Some('%') if !colon => Operator::TrimEnd,
            Some('/') if !colon => {
                let all = self.peek() == Some('/');
                if all {
                    self.next();
                }
                word = self.inner(start, '/', true, depth)?;
                by = self.inner(start, '}', true, depth)?;
                Operator::Replace { all }
            }
            None => return self.error(start, LexErrorKind::Brace),
            Some('#' | '%') => return self.error(start, LexErrorKind::Modifier),
            Some(_) if colon && self.lenient => Operator::Unsupported,
            Some(_) => return self.error(start, LexErrorKind::Modifier),
        };
        if !matches!(operator, Operator::Plain | Operator::Replace { .. }) {
            let raw = matches!(operator, Operator::TrimStart | Operator::TrimEnd);
            word = self.inner(start, '}', raw, depth)?;
        }
        parts.push(Part::Variable(Box::new(Reference { range: start..self.at, name, operator, word, by })));
        Ok(())
    }

    /// The text inside `${…}` up to `stop`. An end of the word before it is told at the `$`.
    fn inner(&mut self, start: usize, stop: char, raw: bool, depth: u32) -> Result<Vec<Part>, LexError> {
        self.sequence(Some(stop), raw, depth + 1).map_err(|error| match error.kind {
            LexErrorKind::Brace | LexErrorKind::Slash => LexError { range: start..error.range.end, ..error },
            _ => error,
        })
    }

    /// A name at this place: digits, one special character, or letters, digits and `_`. May be empty.
    fn name(&mut self) -> Range<usize> {
        let start = self.at;
        match self.peek() {
            Some(c) if c.is_numeric() => {
                while self.peek().is_some_and(char::is_numeric) {
                    self.next();
                }
            }
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => {
                self.next();
            }
            _ => {
                while self.peek().is_some_and(|c| c.is_alphanumeric() || c == '_') {
                    self.next();
                }
            }
        }
        start..self.at
    }
}

/// Appends text, to the last part if it meets it.
fn text(parts: &mut Vec<Part>, range: Range<usize>) {
    if range.is_empty() {
        return;
    }
    if let Some(Part::Text(last)) = parts.last_mut()
        && last.end == range.start
    {
        last.end = range.end;
        return;
    }
    parts.push(Part::Text(range));
}
