//! Words: quotes, escapes, expansions, and where each of their bytes came from.
//!
//! What is expanded in them is `expansion`'s, commands and their order are `parser`'s; all work on one [`Parser`], because a word may hold a whole script.

use super::parser::Parser;
use super::{Parameter, Substitution, Word};
use crate::text::Joined;

/// A word while it is read, and how its text maps to the parsed text.
#[derive(Default)]
pub(super) struct Builder {
    pub(super) text: String,
    pub(super) quoted: bool,
    pub(super) expands: bool,
    pub(super) substitutions: Vec<Substitution>,
    pub(super) parameters: Vec<Parameter>,
    pub(super) map: Map,
    /// Where in the parsed text the next byte comes from if it needs no new piece.
    pub(super) next: usize,
}

/// Where a word's text came from: pieces as in [`Joined`], with offsets in the parsed text.
#[derive(Default)]
pub(super) struct Map {
    first: usize,
    more: Vec<(usize, usize)>,
    /// Ranges of the text whose expansion this shell makes: a shell that reads the word as a script gets their
    /// results, so that what stands in them must not be read as script a second time.
    pub(super) opaque: Vec<(usize, usize)>,
}

impl Builder {
    pub(super) fn push(&mut self, text: &str, from: usize) {
        if self.text.is_empty() {
            self.map.first = from;
        } else if from != self.next {
            self.map.more.push((self.text.len(), from));
        }
        self.text.push_str(text);
        self.next = from + text.len();
    }
    /// Takes over what was found inside an expansion.
    pub(super) fn nest(&mut self, inside: Self) {
        let substitutions = inside.substitutions.into_iter();
        self.substitutions.extend(substitutions.map(|found| Substitution {
            splits: false,
            nested: true,
            ..found
        }));
        let parameters = inside.parameters.into_iter();
        self.parameters.extend(parameters.map(|found| Parameter { nested: true, ..found }));
    }
    fn is_assignment_start(&self) -> bool {
        let name = self.text.strip_suffix('=').map(|name| name.strip_suffix('+').unwrap_or(name));
        !self.quoted && name.is_some_and(super::wrappers::is_name)
    }
}

impl Map {
    /// The word's text as a text of its own, to be parsed as a script.
    pub(super) fn append_to(&self, out: &mut Joined<'_>, text: &str, parsed: &Joined<'_>) {
        let (mut at, mut from) = (0, self.first);
        for &(next, next_from) in &self.more {
            out.push_from(&text[at..next], parsed, from);
            (at, from) = (next, next_from);
        }
        out.push_from(&text[at..], parsed, from);
    }
}

/// Bytes that end a run of plain text inside a word.
const SPECIAL: [bool; 256] = {
    let mut table = [false; 256];
    let bytes = b" \t\n\r;&|<>()\\'\"$`";
    let mut at = 0;
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
};

impl Parser<'_> {
    /// Reads a word that begins at the present place. It may be empty if nothing there belongs to a word.
    pub(super) fn word(&mut self) -> (Word, Map) {
        let start = self.pos;
        let mut builder = Builder::default();
        self.word_parts(&mut builder);
        self.finish(builder, start)
    }

    pub(super) fn finish(&mut self, builder: Builder, start: usize) -> (Word, Map) {
        self.end = self.pos;
        let word = Word {
            span: self.joined.span(start..self.pos),
            text: builder.text.into_boxed_str(),
            quoted: builder.quoted,
            expands: builder.expands,
            substitutions: builder.substitutions,
            parameters: builder.parameters,
        };
        (word, builder.map)
    }

    /// A character that stands as a word of its own, such as `(` inside `[[ ]]`.
    pub(super) fn single(&mut self, bytes: usize) -> (Word, Map) {
        let mut builder = Builder::default();
        let start = self.pos;
        self.pos += bytes;
        builder.push(&self.text[start..self.pos], start);
        self.finish(builder, start)
    }

    fn word_parts(&mut self, out: &mut Builder) {
        let mut open = 0_usize;
        loop {
            let run = self.pos;
            while self.peek().is_some_and(|byte| !SPECIAL[byte as usize]) {
                self.pos += 1;
            }
            if self.pos > run {
                out.push(&self.text[run..self.pos], run);
            }
            let Some(byte) = self.peek() else { return };
            match byte {
                b'\\' => self.escape(out),
                b'\'' => self.single_quotes(out),
                b'"' => self.double_quotes(out),
                b'$' => self.dollar(out, false),
                b'`' => self.backquotes(out, false),
                b'<' | b'>' if self.peek_at(1) == Some(b'(') => self.substitution(out, false),
                b'(' if out.is_assignment_start() && !self.at_limit() => self.array(out),
                b'(' if !out.text.is_empty() && !self.empty_parentheses() => {
                    // `!(a|b)`, or no shell at all: either way it belongs to the word.
                    open += 1;
                    self.take(out);
                }
                b')' if open > 0 => {
                    open -= 1;
                    self.take(out);
                }
                b'|' if open > 0 => self.take(out),
                b'\r' if !matches!(self.peek_at(1), None | Some(b'\n')) => self.take(out),
                _ => return,
            }
        }
    }

    /// One character (not byte) as it stands.
    pub(super) fn take(&mut self, out: &mut Builder) {
        let start = self.pos;
        self.pos += self.text[start..].chars().next().map_or(0, char::len_utf8);
        out.push(&self.text[start..self.pos], start);
    }

    /// At `(`: whether only blanks stand before `)`, as in `name()`.
    pub(super) fn empty_parentheses(&self) -> bool {
        let rest = self.text[self.pos + 1..].trim_start_matches([' ', '\t']);
        rest.starts_with(')')
    }

    pub(super) fn escape(&mut self, out: &mut Builder) {
        if let Some(length) = self.continuation() {
            self.pos += length;
            return;
        }
        out.quoted = true;
        self.pos += 1;
        if self.peek().is_some() {
            self.take(out);
        } else {
            out.push("\\", self.pos - 1);
        }
    }

    /// The length of a backslash with a line end behind it, if that is what stands here.
    pub(super) fn continuation(&self) -> Option<usize> {
        match (self.peek(), self.peek_at(1), self.peek_at(2)) {
            (Some(b'\\'), Some(b'\n'), _) => Some(2),
            (Some(b'\\'), Some(b'\r'), Some(b'\n')) => Some(3),
            _ => None,
        }
    }

    pub(super) fn single_quotes(&mut self, out: &mut Builder) {
        out.quoted = true;
        let start = self.pos + 1;
        let end = self.text[start..].find('\'').map_or(self.text.len(), |at| start + at);
        out.push(&self.text[start..end], start);
        self.pos = (end + 1).min(self.text.len());
    }

    pub(super) fn double_quotes(&mut self, out: &mut Builder) {
        out.quoted = true;
        self.pos += 1;
        loop {
            let run = self.pos;
            while self.peek().is_some_and(|byte| !matches!(byte, b'"' | b'\\' | b'$' | b'`')) {
                self.pos += 1;
            }
            if self.pos > run {
                out.push(&self.text[run..self.pos], run);
            }
            match self.peek() {
                None => return,
                Some(b'"') => {
                    self.pos += 1;
                    return;
                }
                Some(b'$') => self.dollar(out, true),
                Some(b'`') => self.backquotes(out, true),
                Some(_) => self.escape_in_double_quotes(out, true),
            }
        }
    }

    pub(super) fn escape_in_double_quotes(&mut self, out: &mut Builder, quote_too: bool) {
        if let Some(length) = self.continuation() {
            self.pos += length;
            return;
        }
        match self.peek_at(1) {
            Some(b'$' | b'`' | b'\\') => self.pos += 1,
            Some(b'"') if quote_too => self.pos += 1,
            _ => {}
        }
        self.take(out);
    }

    /// `a=( … )`: the elements stay in the word's text as written.
    fn array(&mut self, out: &mut Builder) {
        let start = self.pos;
        self.pos += 1;
        self.depth += 1;
        let mut inside = Vec::new();
        loop {
            self.skip_space();
            match self.peek() {
                None => break,
                Some(b')') => {
                    self.pos += 1;
                    break;
                }
                Some(_) => {
                    let before = self.pos;
                    let (word, _) = self.word();
                    inside.push(word);
                    self.pos = self.pos.max(before + usize::from(self.pos == before));
                }
            }
        }
        self.depth -= 1;
        for mut word in inside {
            out.expands |= word.expands;
            out.substitutions.append(&mut word.substitutions);
            out.parameters.append(&mut word.parameters);
        }
        out.push(&self.text[start..self.pos], start);
    }

    /// `$'…'` with its C escapes.
    pub(super) fn ansi_quotes(&mut self, out: &mut Builder) {
        out.quoted = true;
        self.pos += 2;
        while let Some(byte) = self.peek() {
            match byte {
                b'\'' => {
                    self.pos += 1;
                    return;
                }
                b'\\' => {
                    // The character is no longer than its escape; the end is what they share.
                    let decoded = self.ansi_escape();
                    let from = self.pos - decoded.len_utf8();
                    out.push(decoded.encode_utf8(&mut [0; 4]), from);
                }
                _ => self.take(out),
            }
        }
    }

    fn ansi_escape(&mut self) -> char {
        self.pos += 1;
        let Some(letter) = self.text[self.pos..].chars().next() else { return '\\' };
        self.pos += letter.len_utf8();
        let (radix, most) = match letter {
            'n' => return '\n',
            't' => return '\t',
            'r' => return '\r',
            'a' => return '\u{7}',
            'b' => return '\u{8}',
            'e' | 'E' => return '\u{1b}',
            'f' => return '\u{c}',
            'v' => return '\u{b}',
            'x' => (16, 2),
            'u' => (16, 4),
            'U' => (16, 8),
            '0'..='7' => {
                self.pos -= 1;
                (8, 3)
            }
            other => return other,
        };
        let digits = self.bytes[self.pos..].iter().take(most);
        let count = digits.take_while(|byte| (**byte as char).is_digit(radix)).count();
        let digits = &self.text[self.pos..self.pos + count];
        self.pos += count;
        if digits.is_empty() {
            return letter;
        }
        u32::from_str_radix(digits, radix).ok().and_then(char::from_u32).unwrap_or('?')
    }
}
