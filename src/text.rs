//! Text with places in it: spans, sources, line indexes, edits.
//!
//! Everything above speaks of places as byte spans; lines and columns exist only at the edges (reports, editors).
//! Reading files and guessing what they are is left to `input` and `scan`.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::gap::Reason;

/// The last part of a path, of a file, a folder, a program or an image.
pub fn last_part(path: &str) -> &str {
    memchr::memrchr(b'/', path.as_bytes()).map_or(path, |at| &path[at + 1..])
}

/// A path, then the folder that it lies in, and so on; above an absolute path is the empty one.
pub fn upwards(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.rsplit_once('/').map(|(folder, _)| folder))
}

/// The known name that a wrong one is most likely meant to be, so many slips of the keyboard away at most.
pub fn nearest<'k>(wrong: &str, known: impl Iterator<Item = &'k str>, slips: usize) -> Option<&'k str> {
    known
        .filter(|known| known.len().abs_diff(wrong.len()) <= slips)
        .map(|known| (strsim::osa_distance(wrong, known), known))
        .filter(|(needed, _)| (1..=slips).contains(needed))
        .min()
        .map(|(_, known)| known)
}

/// A half-open range of bytes in one [`Source`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Span {
    /// First byte, 0-based.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end, "a span runs forwards: {start}..{end}");
        Self { start: start as u32, end: end as u32 }
    }
    /// An empty span: a place between two bytes, for insertions.
    pub fn at(offset: usize) -> Self {
        Self::new(offset, offset)
    }
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
    /// The smallest span that holds both.
    #[must_use]
    pub fn cover(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
    /// The same bytes in spans that ascend and do not touch; empty ones go.
    pub fn merged(mut spans: Vec<Self>) -> Vec<Self> {
        spans.sort_unstable();
        let mut apart: Vec<Self> = Vec::new();
        for span in spans.into_iter().filter(|span| !span.is_empty()) {
            match apart.last_mut() {
                Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
                _ => apart.push(span),
            }
        }
        apart
    }
    /// Of spans that ascend and do not touch those that share a byte with this one.
    pub fn among(self, apart: &[Self]) -> &[Self] {
        let first = apart.partition_point(|span| span.end <= self.start);
        let end = apart.partition_point(|span| span.start < self.end);
        &apart[first..end.max(first)]
    }
    /// Whether the two share a byte, or meet at the same empty place.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end || self == other
    }
}

/// Spans that are asked again and again whether one of them meets another: in the time that a search takes, not in
/// that of a look at each.
#[derive(Debug, Default)]
pub struct Spans {
    /// Ascending, each with the furthest end of those up to there.
    first: Vec<(Span, u32)>,
    /// The same, with the nearest end of those from there on.
    last: Vec<(u32, u32)>,
}

impl FromIterator<Span> for Spans {
    fn from_iter<I: IntoIterator<Item = Span>>(spans: I) -> Self {
        let mut spans: Vec<Span> = spans.into_iter().collect();
        spans.sort_unstable();
        let mut furthest = 0;
        let mut nearest = u32::MAX;
        let mut last: Vec<(u32, u32)> = Vec::with_capacity(spans.len());
        for span in spans.iter().rev() {
            nearest = nearest.min(span.end);
            last.push((span.start, nearest));
        }
        last.reverse();
        let ends = spans.into_iter().map(|span| {
            furthest = span.end.max(furthest);
            (span, furthest)
        });
        Self { first: ends.collect(), last }
    }
}

impl Spans {
    /// Whether one of them overlaps this one: see [`Span::overlaps`].
    pub fn any_overlaps(&self, other: Span) -> bool {
        let before = self.first.partition_point(|(span, _)| span.start < other.end);
        before > 0 && self.first[before - 1].1 > other.start
            || self.first.binary_search_by_key(&other, |&(span, _)| span).is_ok()
    }
    /// Whether one of them lies in this one: see [`Span::contains`].
    pub fn any_in(&self, around: Span) -> bool {
        let first = self.last.partition_point(|&(start, _)| start < around.start);
        self.last.get(first).is_some_and(|&(_, end)| end <= around.end)
    }
}

/// A line and a column for people: both 1-based, the column in characters (Unicode scalar values).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// NUL bytes from which on a file is no text with a mistake in it, but no text.
const MANY_NULS: usize = 16;

/// Why a [`Source`]'s text is none; a stray NUL is only a mistake in one.
pub fn not_text(text: &str) -> Option<(Reason, &'static str)> {
    let nuls = text.bytes().filter(|&b| b == 0).take(MANY_NULS).count();
    (nuls == MANY_NULS).then_some((Reason::Binary, "binary content"))
}

/// One text to be linted, with the path it is known by.
///
/// The text has exactly as many bytes as the file, so that a span means the same in both: each byte that is not
/// valid UTF-8 stands as [`Source::BAD_BYTE`] in the text, and the file's own bytes are kept aside. Only a file in UTF-16
/// is read as what it says in UTF-8: its lines and columns are the file's, its spans are not, so nothing can be edited.
#[derive(Debug)]
pub struct Source {
    path: Arc<str>,
    text: String,
    original: Option<Box<[u8]>>,
    was_utf16: bool,
    lines: OnceLock<Vec<u32>>,
    /// How many characters stand before each block of [`BLOCK`] bytes; made for long lines.
    characters: OnceLock<Vec<u32>>,
}

/// A place in a text, with the text.
#[derive(Clone, Debug)]
pub struct Spot {
    pub source: Arc<Source>,
    pub span: Span,
}

/// A line may be a whole file with a thousand findings in it, whose columns are not counted from its beginning.
const BLOCK: usize = 4096;

impl Source {
    /// What an invalid byte reads as: ASCII SUB, "substitute", which no grammar here gives a meaning to.
    pub const BAD_BYTE: char = '\u{1a}';

    /// Takes a file's bytes. `path` is relative to the root of the run, with `/` between its parts.
    pub fn new(path: impl Into<Arc<str>>, bytes: Vec<u8>) -> Self {
        let (text, original) = match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let bytes = error.into_bytes();
                let mut text = String::with_capacity(bytes.len());
                for chunk in bytes.utf8_chunks() {
                    text.push_str(chunk.valid());
                    text.extend(std::iter::repeat_n(Self::BAD_BYTE, chunk.invalid().len()));
                }
                (text, Some(bytes.into_boxed_slice()))
            }
        };
        Self {
            path: path.into(),
            text,
            original,
            was_utf16: false,
            lines: OnceLock::new(),
            characters: OnceLock::new(),
        }
    }
    /// Takes what a file in UTF-16 says in UTF-8.
    pub fn from_utf16(path: impl Into<Arc<str>>, text: Vec<u8>) -> Self {
        Self { was_utf16: true, ..Self::new(path, text) }
    }

    pub fn path(&self) -> &Arc<str> {
        &self.path
    }
    pub fn text(&self) -> &str {
        &self.text
    }
    /// The file's own bytes, to be edited or hashed.
    pub fn bytes(&self) -> &[u8] {
        self.original.as_deref().unwrap_or(self.text.as_bytes())
    }
    pub fn into_bytes(self) -> Vec<u8> {
        self.original.map_or_else(|| self.text.into_bytes(), Vec::from)
    }
    /// Whether some bytes of the file are not UTF-8.
    pub fn is_lossy(&self) -> bool {
        self.original.is_some()
    }
    /// Whether the file is in UTF-16, so that spans are places of the text and not of the file.
    pub fn was_utf16(&self) -> bool {
        self.was_utf16
    }
    /// A range of bytes as a span that ends at no character's middle.
    pub fn inside(&self, range: Range<usize>) -> Span {
        let whole = |at: usize| (0..=at).rev().find(|&at| self.text.is_char_boundary(at)).unwrap_or(0);
        Span::new(whole(range.start), whole(range.end))
    }
    /// The text under a span.
    pub fn slice(&self, span: Span) -> &str {
        &self.text[span.range()]
    }

    /// Offsets of the first byte of every line; only `\n` ends a line.
    fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let mut starts = vec![0];
            starts.extend(
                self.text.bytes().enumerate().filter(|&(_, b)| b == b'\n').map(|(i, _)| i as u32 + 1),
            );
            starts
        })
    }
    /// The 1-based line that holds the byte at `offset`.
    pub fn line_of(&self, offset: usize) -> u32 {
        self.line_starts().partition_point(|&start| start as usize <= offset) as u32
    }
    /// Line and column of the byte at `offset`. A byte order mark counts as no column.
    pub fn position(&self, offset: usize) -> Position {
        let line = self.line_of(offset);
        let start = self.line_starts()[line as usize - 1] as usize;
        let mark = u32::from(line == 1 && offset > 0 && self.text.starts_with('\u{feff}'));
        let before = if offset - start <= BLOCK {
            self.text[start..offset].chars().count() as u32
        } else {
            self.characters(offset) - self.characters(start)
        };
        Position { line, column: before - mark + 1 }
    }
    /// How many characters stand before `offset`.
    fn characters(&self, offset: usize) -> u32 {
        let begins = |bytes: &[u8]| bytes.iter().filter(|&&b| b & 0xc0 != 0x80).count() as u32;
        let blocks = self.characters.get_or_init(|| {
            let mut before = 0;
            let counted = self.text.as_bytes().chunks(BLOCK).map(|block| {
                before += begins(block);
                before
            });
            std::iter::once(0).chain(counted).collect()
        });
        let block = offset / BLOCK;
        blocks[block] + begins(&self.text.as_bytes()[block * BLOCK..offset])
    }
    pub fn line_count(&self) -> u32 {
        self.line_starts().len() as u32
    }
    /// The span of a 1-based line, without its line end.
    pub fn line_span(&self, line: u32) -> Span {
        let starts = self.line_starts();
        let start = starts[line as usize - 1] as usize;
        let end = starts.get(line as usize).map_or(self.text.len(), |&next| next as usize - 1);
        let end = if end > start && self.text.as_bytes()[end - 1] == b'\r' { end - 1 } else { end };
        Span::new(start, end)
    }
    /// `"\r\n"` if the first line ends so, else `"\n"`: what an inserted line should end with.
    pub fn newline(&self) -> &'static str {
        match self.text.find('\n') {
            Some(at) if at > 0 && self.text.as_bytes()[at - 1] == b'\r' => "\r\n",
            _ => "\n",
        }
    }
}

/// Text taken out of a source with holes in it (line continuations, comments between continued lines, escapes),
/// which still knows where each of its bytes came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined<'a> {
    pub text: Cow<'a, str>,
    /// (offset in `text`, offset in the source) of each piece, ascending; the first begins at 0.
    pieces: Vec<(u32, u32)>,
}

impl<'a> Joined<'a> {
    /// An unbroken piece of source that begins at `offset`.
    pub fn unbroken(text: &'a str, offset: usize) -> Self {
        Self { text: Cow::Borrowed(text), pieces: vec![(0, offset as u32)] }
    }
    /// An empty text, to be filled with [`Joined::push`]; `offset` is where it would stand in the source.
    pub fn empty(offset: usize) -> Self {
        Self { text: Cow::Borrowed(""), pieces: vec![(0, offset as u32)] }
    }
    /// Appends a piece that stands at `offset` in the source.
    pub fn push(&mut self, text: &str, offset: usize) {
        let at = self.text.len() as u32;
        if at == 0 {
            self.pieces.clear();
        }
        self.text.to_mut().push_str(text);
        self.pieces.push((at, offset as u32));
    }
    /// Appends `text`, which stands from `offset` on in another joined text, holes and all.
    pub fn push_from(&mut self, text: &str, other: &Joined<'_>, offset: usize) {
        let mut at = 0;
        while at < text.len() {
            let piece = other.pieces.partition_point(|&(start, _)| start as usize <= offset + at);
            let next = other.pieces.get(piece).map_or(text.len(), |&(start, _)| start as usize - offset);
            let next = if text.is_char_boundary(next) { next } else { text.len() };
            self.push(&text[at..next], other.offset(offset + at));
            at = next;
        }
    }
    /// The text from `from` on, behind a first line that is not in the source.
    pub fn headed(&self, header: &str, from: usize) -> Joined<'static> {
        let start = self.offset(from);
        let mut headed = Joined::empty(start);
        headed.push(header, start);
        headed.push_from(&self.text[from..], self, from);
        headed
    }
    /// Where the byte at `offset` of the joined text stands in the source.
    pub fn offset(&self, offset: usize) -> usize {
        let piece = self.pieces.partition_point(|&(at, _)| at as usize <= offset).max(1) - 1;
        let (at, from) = self.pieces[piece];
        from as usize + (offset - at as usize)
    }
    /// Whether a range of the joined text is one piece of the source.
    pub fn is_unbroken(&self, range: Range<usize>) -> bool {
        range.is_empty() || self.offset(range.end - 1) - self.offset(range.start) == range.len() - 1
    }
    /// The span in the source of a range of the joined text. It covers the holes between its ends.
    pub fn span(&self, range: Range<usize>) -> Span {
        let start = self.offset(range.start);
        if range.is_empty() {
            return Span::at(start);
        }
        Span::new(start, self.offset(range.end - 1) + 1)
    }
}

/// Replaces the bytes under `span` by `insert`. An empty span inserts, an empty text deletes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Edit {
    pub span: Span,
    pub insert: String,
}

impl Edit {
    pub fn replace(span: Span, insert: impl Into<String>) -> Self {
        Self { span, insert: insert.into() }
    }
    pub fn insert(offset: usize, insert: impl Into<String>) -> Self {
        Self { span: Span::at(offset), insert: insert.into() }
    }
    pub fn delete(span: Span) -> Self {
        Self { span, insert: String::new() }
    }
}
