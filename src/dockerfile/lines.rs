//! Logical lines: physical lines joined where the escape character ends one, with the place of every byte.
//!
//! Which lines are comments and which begin an instruction is for `reader`.

use std::borrow::Cow;
use std::ops::Range;

use super::Word;
use crate::text::{Joined, Span};

/// A range of a line, and what it reads as.
pub(super) type Spliced<'t> = (Range<usize>, Cow<'t, str>);

/// One instruction's text, line continuations and comments between continued lines taken out.
pub(super) struct Logical<'a> {
    pub(super) source: &'a str,
    pub(super) text: Cow<'a, str>,
    /// (offset in `text`, offset in the source) of each piece, ascending, the first at 0.
    pieces: Vec<(u32, u32)>,
}

impl<'a> Logical<'a> {
    /// A text that stands in one piece.
    pub(super) fn unbroken(source: &'a str, range: Range<usize>) -> Self {
        let pieces = vec![(0, range.start as u32)];
        Self { source, text: Cow::Borrowed(&source[range]), pieces }
    }
    /// Appends a further piece of the source.
    pub(super) fn push(&mut self, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        if self.text.is_empty() {
            *self = Self::unbroken(self.source, range);
            return;
        }
        self.pieces.push((self.text.len() as u32, range.start as u32));
        self.text.to_mut().push_str(&self.source[range]);
    }

    /// The index of the piece that holds the byte at `offset`.
    fn piece(&self, offset: usize) -> usize {
        if self.pieces.len() == 1 {
            return 0;
        }
        self.pieces.partition_point(|&(at, _)| at as usize <= offset).max(1) - 1
    }
    /// Where the byte at `offset` stands in the source.
    pub(super) fn offset(&self, offset: usize) -> usize {
        let (at, from) = self.pieces[self.piece(offset)];
        from as usize + (offset - at as usize)
    }
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        if range.is_empty() {
            // An empty place after the last byte of a piece is told by that byte, not by the next piece.
            return Span::at(if range.start == 0 {
                self.offset(0)
            } else {
                self.offset(range.start - 1) + 1
            });
        }
        Span::new(self.offset(range.start), self.offset(range.end - 1) + 1)
    }
    pub(super) fn slice(&self, range: Range<usize>) -> &str {
        &self.text[range]
    }

    /// The pieces under a range, offsets relative to its start; `None` if it is one.
    fn pieces_of(&self, range: &Range<usize>) -> Option<Box<[(u32, u32)]>> {
        if self.pieces.len() == 1 || range.is_empty() {
            return None;
        }
        let (first, last) = (self.piece(range.start), self.piece(range.end - 1));
        if first == last {
            return None;
        }
        let mut pieces = Vec::with_capacity(last - first + 1);
        pieces.push((0, self.offset(range.start) as u32));
        pieces
            .extend(self.pieces[first + 1..=last].iter().map(|&(at, from)| (at - range.start as u32, from)));
        Some(pieces.into_boxed_slice())
    }
    pub(super) fn word(&self, range: Range<usize>) -> Word<'a> {
        let span = self.span(range.clone());
        match self.pieces_of(&range) {
            None => Word { span, text: Cow::Borrowed(&self.source[span.range()]), pieces: None },
            pieces => Word { span, text: Cow::Owned(self.text[range].to_owned()), pieces },
        }
    }
    /// A word whose text is not the text under its range, because quotes or escapes are taken out: `parts` are the
    /// ranges that remain, each with what it reads as.
    pub(super) fn spliced(&self, range: Range<usize>, parts: &[Spliced]) -> Word<'a> {
        let mut text = String::with_capacity(range.len());
        let mut pieces = Vec::with_capacity(parts.len());
        for (part, reads) in parts {
            if part.is_empty() || reads.is_empty() {
                continue;
            }
            pieces.push((text.len() as u32, self.offset(part.start) as u32));
            if part.len() == reads.len() {
                let (first, last) = (self.piece(part.start), self.piece(part.end - 1));
                for &(at, from) in self.pieces.get(first + 1..=last).unwrap_or_default() {
                    pieces.push((text.len() as u32 + at - part.start as u32, from));
                }
            }
            text.push_str(reads);
        }
        Word { span: self.span(range), text: Cow::Owned(text), pieces: Some(pieces.into_boxed_slice()) }
    }
    pub(super) fn joined(&self, range: Range<usize>) -> Joined<'a> {
        let Some(pieces) = self.pieces_of(&range) else {
            let span = self.span(range);
            return Joined::unbroken(&self.source[span.range()], span.start as usize);
        };
        let mut joined = Joined::empty(pieces[0].1 as usize);
        for (i, &(at, from)) in pieces.iter().enumerate() {
            let end = pieces.get(i + 1).map_or(range.len(), |next| next.0 as usize);
            joined.push(&self.source[from as usize..from as usize + end - at as usize], from as usize);
        }
        joined
    }
}

/// Where a line's text ends if the escape character ends it: the place of that character. Blanks may follow it; the
/// same character before it takes its meaning away.
pub(super) fn continuation(line: &str, escape: u8) -> Option<usize> {
    let bytes = line.as_bytes();
    let end = bytes.iter().rposition(|&b| b != b' ' && b != b'\t')?;
    (bytes[end] == escape && (end == 0 || bytes[end - 1] != escape)).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::continuation;

    #[test]
    fn a_doubled_escape_does_not_continue() {
        assert_eq!(continuation("a \\", b'\\'), Some(2));
        assert_eq!(continuation("a \\ \t", b'\\'), Some(2));
        assert_eq!(continuation("\\", b'\\'), Some(0));
        assert_eq!(continuation("a\\\\", b'\\'), None);
        assert_eq!(continuation("a\\\\\\", b'\\'), None);
        assert_eq!(continuation("a", b'\\'), None);
        assert_eq!(continuation("a \\", b'`'), None);
    }
}
