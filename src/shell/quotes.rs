//! The parts of a word as they are written: which of its text is in which quotes.

use super::Word;
use std::ops::Range;

/// How a part of a word is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quote {
    None,
    /// `'…'`
    Single,
    /// `"…"`
    Double,
    /// `$'…'`
    Ansi,
    /// `$"…"`
    Locale,
}

/// A part of a word's text, in bytes of the source: quotes and expansions are not in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub range: Range<usize>,
    pub quote: Quote,
}

/// The parts of a word that stands in `source`. Nothing of what its expansions hold is among them.
pub fn pieces(word: &Word, source: &str) -> Vec<Piece> {
    let mut holes: Vec<Range<usize>> = Vec::new();
    holes.extend(word.substitutions.iter().map(|found| found.span.range()));
    holes.extend(word.parameters.iter().map(|found| found.span.range()));
    holes.sort_by_key(|hole| (hole.start, std::cmp::Reverse(hole.end)));
    let Range { start, end } = word.span.range();
    let bytes = &source.as_bytes()[..end.min(source.len())];
    let mut reader = Reader { bytes, at: start, from: start, quote: Quote::None, out: Vec::new() };
    let mut holes = holes.into_iter().peekable();
    while reader.at < bytes.len() {
        while holes.next_if(|hole| hole.start < reader.at).is_some() {}
        match holes.next_if(|hole| hole.start == reader.at && hole.end > hole.start) {
            Some(hole) => reader.skip(hole.end - hole.start),
            None => reader.step(),
        }
    }
    reader.close();
    reader.out
}

struct Reader<'t> {
    bytes: &'t [u8],
    at: usize,
    /// Where the present piece begins.
    from: usize,
    quote: Quote,
    out: Vec<Piece>,
}

impl Reader<'_> {
    fn close(&mut self) {
        let end = self.at.min(self.bytes.len());
        if end > self.from {
            self.out.push(Piece { range: self.from..end, quote: self.quote });
        }
    }

    /// Ends a piece and goes over what is no text.
    fn skip(&mut self, length: usize) {
        self.close();
        self.at += length;
        self.from = self.at;
    }

    fn enter(&mut self, quote: Quote, length: usize) {
        self.skip(length);
        self.quote = quote;
    }

    fn step(&mut self) {
        let next = self.bytes.get(self.at + 1);
        match (self.quote, self.bytes[self.at]) {
            (Quote::None, b'\'') => self.enter(Quote::Single, 1),
            (Quote::None, b'"') => self.enter(Quote::Double, 1),
            (Quote::None, b'$') if next == Some(&b'\'') => self.enter(Quote::Ansi, 2),
            (Quote::None, b'$') if next == Some(&b'"') => self.enter(Quote::Locale, 2),
            (Quote::Single | Quote::Ansi, b'\'') | (Quote::Double | Quote::Locale, b'"') => {
                self.enter(Quote::None, 1);
            }
            (Quote::Single, _) => self.at += 1,
            (_, b'\\') => self.at += 2,
            // Arithmetic is no text either.
            (Quote::None | Quote::Double, b'$') if self.bytes[self.at..].starts_with(b"$((") => {
                let rest = &self.bytes[self.at..];
                let end = rest.windows(2).position(|two| two == b"))").map_or(rest.len(), |at| at + 2);
                self.skip(end);
            }
            _ => self.at += 1,
        }
    }
}
