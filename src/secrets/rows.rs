//! Values under the names of their columns: `INSERT INTO users (name, password) VALUES ('ann', '…')` on one line, or in a
//! dump of a database over many, and a file of separated values whose first line names a credential.

use std::ops::Range;

use super::cursor::{BEFORE, Cursor, is_name};
use super::far;
use super::names::{self, Name};
use super::syntax::{Assignment, Form};

/// How long the first line of a table may be, how far its rows are read, and those of a statement in a dump; bytes.
const HEADER: usize = 512;
const LONGEST: usize = 1 << 20;
const STATEMENT: usize = 1 << 18;

/// The values in the column whose name stands there.
pub(super) fn below(text: &[u8], name: &Range<usize>) -> Vec<Assignment> {
    let behind = &text[name.end..];
    let behind = behind.strip_prefix(b"`").or(behind.strip_prefix(b"\"")).unwrap_or(behind);
    if !behind.first().is_some_and(|b| b",);\t|\r\n".contains(b)) {
        return Vec::new();
    }
    let (values, quoted) = match inserted(text, name) {
        Some(values) => (values, true),
        None => (listed(text, name).unwrap_or_default(), false),
    };
    let written = std::str::from_utf8(&text[name.clone()]).unwrap_or_default();
    let is_password = names::announced(written) == Some(Name::Password);
    // In a table passwords are hashed as often as not.
    let is_hash = |value: &[u8]| value.len() >= 32 && value.iter().all(u8::is_ascii_hexdigit);
    let of = |value: Range<usize>| Assignment {
        name: name.clone(),
        value,
        quoted,
        form: Form::Assigned,
        leads: false,
        partial: false,
    };
    let values = values.into_iter().filter(|value| !(is_password && is_hash(&text[value.clone()])));
    values.map(of).collect()
}

/// The text literals of a column in the rows of an `INSERT`.
fn inserted(text: &[u8], name: &Range<usize>) -> Option<Vec<Range<usize>>> {
    let near = &text[name.start.saturating_sub(BEFORE)..name.start];
    let line = near.rsplit(|&b| b == b'\n').next()?;
    let open = memchr::memrchr(b'(', line)?;
    let before = line[..open].to_ascii_lowercase();
    [&b"insert "[..], b"replace into "].iter().find(|word| memchr::memmem::find(&before, word).is_some())?;
    let column = line[open..].split(|&b| b == b',').count() - 1;
    let dump = is_dump(text);
    let gap = if dump { Cursor::blanks_and_lines } else { Cursor::blanks };
    let text = &text[..(name.end + if dump { STATEMENT } else { far::LINE }).min(text.len())];
    let mut at = gap(Cursor { text, at: name.end }.behind(b')')?);
    at.rest().get(..6).filter(|word| word.eq_ignore_ascii_case(b"values"))?;
    at = gap(at.skip(6));
    let mut found = Vec::new();
    while let Some(row) = at.skip_one(b'(') {
        let Some((end, value)) = cell(row, column) else { break };
        found.extend(value);
        let behind = end.blanks();
        at = gap(behind.skip_one(b',').unwrap_or(behind));
    }
    Some(found)
}

/// The text literal in a column of a row, and where the row ends.
fn cell(row: Cursor, column: usize) -> Option<(Cursor, Option<Range<usize>>)> {
    let (mut at, mut found, mut index, mut depth) = (row.blanks(), None, 0, 0);
    loop {
        match at.peek()? {
            b'\n' => return None,
            b'\'' => {
                let end = closing(at)?;
                let alone = matches!(Cursor { at: end + 1, ..at }.blanks().peek(), Some(b',' | b')'));
                if index == column && depth == 0 && alone {
                    found = Some(at.at + 1..end);
                }
                at = Cursor { at: end, ..at };
            }
            b'(' => depth += 1,
            b')' if depth == 0 => return Some((at.next(), found)),
            b')' => depth -= 1,
            b',' if depth == 0 => index += 1,
            _ => {}
        }
        at = at.next();
    }
}

/// Where a literal of SQL ends; two quotes in it are one.
fn closing(open: Cursor) -> Option<usize> {
    let mut at = open.next();
    loop {
        at = match at.peek()? {
            b'\n' => return None,
            b'\\' => at.skip(2),
            b'\'' if at.next().peek() == Some(b'\'') => at.skip(2),
            b'\'' => return Some(at.at),
            _ => at.next(),
        };
    }
}

/// The values of a column of a table, if the name stands in its first line.
fn listed(text: &[u8], name: &Range<usize>) -> Option<Vec<Range<usize>>> {
    if name.end > HEADER {
        return None;
    }
    let (header, separator) = header(text)?;
    let columns = cells(header, separator);
    let column = columns.iter().position(|cell| *cell == *name)?;
    let body = &text[..text.len().min(LONGEST)];
    let mut found = Vec::new();
    let mut start = header.len();
    while let Some(end) = memchr::memchr(b'\n', &body[start..]).map(|at| start + at) {
        let next = end + 1;
        let length = memchr::memchr(b'\n', &body[next..]).unwrap_or(body.len() - next);
        let row = cells(&body[next..next + length.min(far::LINE)], separator);
        if row.len() == columns.len() {
            found.push(next + row[column].start..next + row[column].end);
        }
        start = next;
    }
    Some(found)
}

/// Whether a text is a dump of a database: it says so at its beginning, or begins with a statement that fills a table.
fn is_dump(text: &[u8]) -> bool {
    let start = &text[..text.len().min(HEADER)];
    let says = |word: &[u8]| memchr::memmem::find(start, word).is_some();
    let fills = start.get(..7).is_some_and(|word| word.eq_ignore_ascii_case(b"insert "));
    fills || start.starts_with(b"--") && (says(b" dump") || says(b" Dump"))
}

/// Whether a text is a table with credentials in it, by its first line, or a dump of such: then a row hangs on a line that
/// may be far away.
pub fn is_table(text: &[u8]) -> bool {
    is_dump(text)
        || header(text).is_some_and(|(header, separator)| {
            let announces =
                |cell: Range<usize>| std::str::from_utf8(&header[cell]).is_ok_and(names::is_credential);
            cells(header, separator).into_iter().any(announces)
        })
}

/// The first line of a table, and what separates its columns: names only, of two columns at least.
fn header(text: &[u8]) -> Option<(&[u8], u8)> {
    let start = &text[..text.len().min(HEADER)];
    let is_column = |b: &u8| is_name(*b) || matches!(b, b' ' | b'"');
    let separator = *start.iter().find(|b| !is_column(b)).filter(|b| b",;\t|".contains(b))?;
    let line = start[..memchr::memchr(b'\n', start)?].trim_ascii_end();
    let is_named = |cell: Range<usize>| line[cell].first().is_some_and(u8::is_ascii_alphabetic);
    let named = line.iter().all(|b| is_column(b) || *b == separator)
        && cells(line, separator).into_iter().all(is_named);
    named.then_some((line, separator))
}

/// The cells of a row, without their quotes.
fn cells(row: &[u8], separator: u8) -> Vec<Range<usize>> {
    let (mut cells, mut start, mut in_quotes) = (Vec::new(), 0, false);
    let bare = |range: Range<usize>| {
        let cell = &row[range.clone()];
        let begin = range.start + cell.len() - cell.trim_ascii_start().len();
        let end = begin + cell.trim_ascii().len();
        let quoted = end > begin + 1 && row[begin] == b'"' && row[end - 1] == b'"';
        if quoted { begin + 1..end - 1 } else { begin..end }
    };
    for (at, &byte) in row.iter().enumerate() {
        match byte {
            b'"' => in_quotes = !in_quotes,
            _ if byte == separator && !in_quotes => {
                cells.push(bare(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    cells.push(bare(start..row.len()));
    cells
}
