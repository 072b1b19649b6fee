//! The pieces that texts of all languages are made of, as far as hiding a value needs them: lines, blanks, strings.
//!
//! A string's end is looked for once however many names ask, so that whoever reads a text with it is linear.

use std::cell::Cell;
use std::ops::Range;

/// A string over several lines that is longer, in bytes, is one whose end was forgotten.
pub(super) const LONGEST: usize = 32 << 10;

pub(super) struct Lexer<'t> {
    pub(super) text: &'t str,
    pub(super) bytes: &'t [u8],
    /// Where lines begin.
    starts: Vec<usize>,
    /// For each quote the last question and its answer.
    ends: [Cell<(usize, usize)>; 4],
}

const STOPS: [u8; 4] = *b"\"'`<";

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1));
        let ends = std::array::from_fn(|_| Cell::new((usize::MAX, 0)));
        Self { text, bytes: text.as_bytes(), starts: starts.collect(), ends }
    }
    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }
    /// Behind bytes of this kind.
    pub(super) fn skip(&self, at: usize, kind: &[u8]) -> usize {
        let at = at.min(self.bytes.len());
        at + self.bytes[at..].iter().take_while(|b| kind.contains(b)).count()
    }
    pub(super) fn blanks(&self, at: usize) -> usize {
        self.skip(at, b" \t")
    }
    pub(super) fn blanks_and_lines(&self, at: usize) -> usize {
        self.skip(at, b" \t\r\n")
    }
    pub(super) fn word_end(&self, at: usize) -> usize {
        at + self.bytes[at..].iter().take_while(|b| !b.is_ascii_whitespace()).count()
    }

    fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|&start| start <= at) - 1
    }
    /// Where the line of `at` ends, its line end left out.
    pub(super) fn line_end(&self, at: usize) -> usize {
        self.range(self.line(at)).end
    }
    fn range(&self, line: usize) -> Range<usize> {
        let start = self.starts[line];
        let end = self.starts.get(line + 1).map_or(self.bytes.len(), |next| next - 1);
        let end = if end > start && self.bytes[end - 1] == b'\r' { end - 1 } else { end };
        start..end
    }
    /// What stands before `at` on its line.
    pub(super) fn lead(&self, at: usize) -> &'t str {
        &self.text[self.starts[self.line(at)]..at]
    }
    /// The lines below the one of `at`.
    pub(super) fn lines_below(&self, at: usize) -> impl Iterator<Item = Range<usize>> {
        (self.line(at) + 1..self.starts.len()).map(|line| self.range(line))
    }
    /// The column of a key: what belongs to it is indented more.
    pub(super) fn key_column(&self, at: usize) -> usize {
        let lead = self.lead(at);
        if lead.trim_start_matches([' ', '\t', '-', '?', '"', '\'']).is_empty() {
            lead.trim_end_matches(['"', '\'']).len()
        } else {
            lead.len() - lead.trim_start_matches([' ', '\t']).len()
        }
    }

    /// The line is an instruction that takes `NAME=value` words.
    pub(super) fn instructs(&self, at: usize) -> bool {
        let word = self.lead(at).trim_start_matches([' ', '\t']).as_bytes();
        let is = |keyword: &[u8]| {
            word.len() > keyword.len()
                && word[..keyword.len()].eq_ignore_ascii_case(keyword)
                && matches!(word[keyword.len()], b' ' | b'\t')
        };
        is(b"env") || is(b"arg") || is(b"label")
    }
    /// Takes the words that follow, up to one that holds this byte, and says where they end.
    pub(super) fn words_without(&self, byte: u8, end: usize, pieces: &mut Vec<Range<usize>>) -> usize {
        let mut end = end;
        loop {
            let mut next = self.blanks(end);
            next = self.continues(next).unwrap_or(next);
            let stop = self.word_end(next);
            if stop == next || next == end || self.bytes[next..stop].contains(&byte) || self.ends_line(next) {
                return end;
            }
            pieces.push(next..stop);
            end = stop;
        }
    }
    /// Nothing but a comment stands from here to the end of the line.
    pub(super) fn ends_line(&self, at: usize) -> bool {
        match self.byte(at) {
            None | Some(b'\n' | b'\r') => true,
            Some(b'#') => at == 0 || self.bytes[at - 1].is_ascii_whitespace(),
            Some(_) => false,
        }
    }
    /// Where a comment begins on the rest of a line, or the line's end.
    pub(super) fn comment_or_end(&self, at: usize) -> usize {
        let end = self.line_end(at);
        self.text[at..end].find(" #").map_or(end, |comment| at + comment)
    }
    /// The line is continued here: where the next one begins that is neither blank nor a comment, behind its blanks.
    pub(super) fn continues(&self, at: usize) -> Option<usize> {
        if !matches!(self.byte(at), Some(b'\\' | b'`')) {
            return None;
        }
        let end = self.skip(at + 1, b" \t\r");
        (self.byte(end) == Some(b'\n')).then_some(())?;
        let mut next = self.blanks_and_lines(end);
        while self.byte(next) == Some(b'#') {
            next = self.blanks_and_lines(self.line_end(next));
        }
        Some(next)
    }
    /// `|` or `>` of YAML, with what may follow it on its line: the end of that.
    pub(super) fn block_indicator(&self, at: usize) -> Option<usize> {
        matches!(self.byte(at), Some(b'|' | b'>')).then_some(())?;
        let behind = self.skip(at + 1, b"0123456789+-");
        let behind = self.blanks(behind);
        self.ends_line(behind).then(|| self.line_end(behind))
    }

    /// The next such byte (a quote, or `<`) that no backslash stands before.
    pub(super) fn closing(&self, at: usize, quote: u8) -> Option<usize> {
        let known = &self.ends[STOPS.iter().position(|&stop| stop == quote)?];
        let (asked, found) = known.get();
        if asked <= at && at <= found {
            return (found < usize::MAX).then_some(found);
        }
        let escaped =
            |at: &usize| self.bytes[..*at].iter().rev().take_while(|&&b| b == b'\\').count() % 2 == 1;
        let mut all = memchr::memchr_iter(quote, self.bytes.get(at..)?).map(|found| at + found);
        let found = all.find(|at| !escaped(at));
        known.set((at, found.unwrap_or(usize::MAX)));
        found
    }

    /// The content of the string that a quote at `at` begins, and where it ends, its quotes left out and behind them.
    pub(super) fn quoted(&self, at: usize) -> Option<(Range<usize>, usize)> {
        let quote = self.byte(at)?;
        let fits = |end: usize| end <= self.line_end(at) || end - at <= LONGEST;
        if self.bytes[at..].starts_with(&[quote; 3]) {
            let mut from = at + 3;
            while let Some(end) = self.closing(from, quote).filter(|&end| fits(end)) {
                if self.bytes[end..].starts_with(&[quote; 3]) {
                    return Some((at + 3..end, end + 3));
                }
                from = end + 1;
            }
            return None;
        }
        let mut close = self.closing(at + 1, quote)?;
        // YAML's way to write a quote into a string.
        while quote == b'\'' && self.byte(close + 1) == Some(quote) && fits(close) {
            close = self.closing(close + 2, quote)?;
        }
        let here = close <= self.line_end(at);
        let ends =
            self.byte(close + 1).is_none_or(|b| b.is_ascii_whitespace() || b",;:)]}>&|\\".contains(&b));
        (here || ends && fits(close)).then_some((at + 1..close, close + 1))
    }

    /// Takes the pieces of the value that begins at `at`, without their quotes, and says where it ends.
    pub(super) fn value(&self, first: usize, pieces: &mut Vec<Range<usize>>) -> usize {
        if let Some(end) = self.escaped(first, pieces) {
            return end;
        }
        // `b"…"`, `r'…'`, `$'…'`
        let prefix = self.skip(first, b"bBrRfFuU@$");
        let prefixed = prefix - first <= 2 && matches!(self.byte(prefix), Some(b'"' | b'\''));
        let mut at = if prefixed { prefix } else { first };
        let begin = at;
        let mut start = at;
        let flush = |range: Range<usize>, pieces: &mut Vec<Range<usize>>| {
            if !range.is_empty() {
                pieces.push(range);
            }
        };
        loop {
            match self.byte(at) {
                None | Some(b' ' | b'\t' | b',' | b';' | b'\n' | b'\r') => break,
                Some(b'"' | b'\'' | b'`') if at == begin => match self.quoted(at) {
                    Some((content, end)) => {
                        flush(content, pieces);
                        (at, start) = (end, end);
                        // `"…"\n` in a string: the line that is written ends.
                        let broken = self.bytes[at..].starts_with(b"\\n");
                        if broken || self.byte(at).is_none_or(|b| b":)]}>&|#".contains(&b)) {
                            return at;
                        }
                    }
                    None if self.byte(at) == Some(b'`') && self.continues(at).is_some() => break,
                    None => {
                        let end = self.line_end(at);
                        let line = self.text[at + 1..end].trim_end();
                        flush(at + 1..at + 1 + line.len(), pieces);
                        return end;
                    }
                },
                // A shell puts together what stands side by side.
                Some(b'"' | b'\'') if self.joins(at) => {
                    let Some((content, end)) = self.quoted(at) else { break };
                    flush(start..at, pieces);
                    flush(content, pieces);
                    (at, start) = (end, end);
                }
                Some(b'\\') if let Some(next) = self.continues(at) => {
                    flush(start..at, pieces);
                    (at, start) = (next, next);
                }
                Some(_) => at += 1,
            }
        }
        flush(start..at, pieces);
        at
    }

    /// A quote inside a word that opens a part of it, on the same line.
    fn joins(&self, at: usize) -> bool {
        let opens = self.byte(at + 1).is_some_and(|b| !b.is_ascii_whitespace() && !b",;:)]}>".contains(&b));
        opens && self.quoted(at).is_some_and(|(content, _)| content.end <= self.line_end(at))
    }

    /// A string in a string: `\"…\"`.
    fn escaped(&self, at: usize, pieces: &mut Vec<Range<usize>>) -> Option<usize> {
        let open = self.skip(at, b"\\");
        let quote = self.byte(open).filter(|b| open > at && matches!(b, b'"' | b'\''))?;
        let line_end = self.line_end(open);
        let close = memchr::memchr(quote, &self.bytes[open + 1..line_end]).map(|length| open + 1 + length);
        let end = close.unwrap_or(line_end);
        let content = self.text[open + 1..end].trim_end_matches('\\');
        pieces.push(open + 1..open + 1 + content.len());
        Some(close.map_or(end, |close| close + 1))
    }

    /// A command that prints what must not be shown stands where the value should.
    pub(super) fn echoes(&self, at: usize) -> bool {
        let at = self.skip(at, b"\"'");
        let rest = &self.bytes[at.min(self.bytes.len())..];
        let command = rest.strip_prefix(b"$(").or_else(|| rest.strip_prefix(b"`"));
        command.is_some_and(|command| {
            let command = command.trim_ascii_start();
            command.starts_with(b"echo ") || command.starts_with(b"printf ")
        })
    }
}
