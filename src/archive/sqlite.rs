//! The tables of a SQLite database: each row a line of JSON, with the names of its columns.
//!
//! In the file a row's texts touch each other and their columns are named elsewhere, so as bytes it shows few secrets.

use std::collections::HashSet;
use std::fmt::Write as _;

/// What every such file begins with.
pub(super) const MAGIC: &[u8] = b"SQLite format 3\0";
/// How many rows of a table are read.
const ROWS: usize = 100_000;
/// The longest row; bytes.
const LONGEST: usize = 1 << 20;
/// The encoding of texts that is read.
const UTF8: u64 = 1;

/// A table's name, and its rows.
pub(super) struct Table {
    pub(super) name: String,
    pub(super) text: String,
}

/// The tables, up to so many bytes of text; `None` where the file is no database that is read.
pub(super) fn tables(bytes: &[u8], most: usize) -> Option<Vec<Table>> {
    let size = match big(bytes, 16, 2)? {
        1 => 65_536,
        size => size as usize,
    };
    let reserved = usize::from(*bytes.get(20)?);
    let is_read = size.is_power_of_two() && (512..=65_536).contains(&size) && reserved < 64;
    if !is_read || big(bytes, 56, 4)? != UTF8 {
        return None;
    }
    let file = File { bytes, size, usable: size - reserved };
    let mut tables = Vec::new();
    let mut left = most;
    for row in file.rows(1) {
        // type, name, tbl_name, rootpage, sql
        let [Cell::Text(kind), Cell::Text(name), _, Cell::Number(root), Cell::Text(sql)] = row.as_slice()
        else {
            continue;
        };
        if kind != "table" || left == 0 {
            continue;
        }
        let columns = columns(sql);
        let mut text = String::new();
        for row in file.rows(*root) {
            line(&columns, &row, &mut text);
            if text.len() >= left {
                break;
            }
        }
        left = left.saturating_sub(text.len());
        tables.push(Table { name: name.clone(), text });
    }
    Some(tables)
}

/// A row as an object of JSON. Numbers and bytes are no secrets.
fn line(columns: &[String], row: &[Cell], text: &mut String) {
    text.push('{');
    for (at, cell) in row.iter().enumerate() {
        if let Cell::Text(value) = cell {
            let comma = if text.ends_with('{') { "" } else { ", " };
            let name = columns.get(at).map_or("", String::as_str);
            let _ = write!(text, "{comma}{}: {}", serde_json::json!(name), serde_json::json!(value));
        }
    }
    text.push_str("}\n");
}

/// The names of the columns that a statement makes.
fn columns(sql: &str) -> Vec<String> {
    let Some((_, inside)) = sql.split_once('(') else { return Vec::new() };
    let mut depth = 0usize;
    let parts = inside.split(|c| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    });
    let first = |part: &str| -> String {
        let part = part.trim_start();
        let quote = part.chars().next().filter(|c| "\"`[".contains(*c));
        let name = part.trim_start_matches(['"', '`', '[']);
        let ends = |c: char| if quote.is_some() { "\"`]".contains(c) } else { c.is_whitespace() || c == ')' };
        name.split(ends).next().unwrap_or_default().to_owned()
    };
    parts.map(first).collect()
}

enum Cell {
    Text(String),
    Number(u64),
    Other,
}

struct File<'b> {
    bytes: &'b [u8],
    size: usize,
    /// Bytes of a page that are used.
    usable: usize,
}

impl File<'_> {
    fn page(&self, number: u64) -> Option<&[u8]> {
        let start = usize::try_from(number.checked_sub(1)?).ok()?.checked_mul(self.size)?;
        self.bytes.get(start..start.checked_add(self.size)?)
    }

    /// The rows of the table whose tree has this root.
    fn rows(&self, root: u64) -> Vec<Vec<Cell>> {
        let (mut rows, mut next, mut seen) = (Vec::new(), vec![root], HashSet::new());
        while let Some(number) = next.pop() {
            let Some(page) = self.page(number).filter(|_| seen.insert(number)) else { continue };
            let head = if number == 1 { 100 } else { 0 };
            let Some(count) = big(page, head + 3, 2) else { continue };
            match page[head] {
                5 => {
                    // The last child is named in the head; the first shall be read first.
                    next.extend(big(page, head + 8, 4));
                    let children = (0..count as usize).rev().filter_map(|at| {
                        let cell = big(page, head + 12 + 2 * at, 2)?;
                        big(page, cell as usize, 4)
                    });
                    next.extend(children);
                }
                13 => {
                    let cells = (0..count as usize).filter_map(|at| {
                        let cell = big(page, head + 8 + 2 * at, 2)?;
                        record(&self.payload(page, cell as usize)?)
                    });
                    rows.extend(cells);
                }
                _ => {}
            }
            if rows.len() > ROWS {
                break;
            }
        }
        rows
    }

    /// The bytes of a row, of which the rest may lie in other pages.
    fn payload(&self, page: &[u8], at: usize) -> Option<Vec<u8>> {
        let (length, at) = varint(page, at)?;
        let (_, at) = varint(page, at)?;
        let length = usize::try_from(length).ok().filter(|&length| length <= LONGEST)?;
        let most = self.usable - 35;
        let here = if length <= most {
            length
        } else {
            let least = (self.usable - 12) * 32 / 255 - 23;
            let here = least + (length - least) % (self.usable - 4);
            if here <= most { here } else { least }
        };
        let mut payload = page.get(at..at + here)?.to_vec();
        let mut next = big(page, at + here, 4).filter(|_| here < length);
        while payload.len() < length {
            let page = self.page(next?)?;
            let more = page.get(4..self.usable)?;
            payload.extend(&more[..more.len().min(length - payload.len())]);
            next = big(page, 0, 4);
        }
        Some(payload)
    }
}

fn record(payload: &[u8]) -> Option<Vec<Cell>> {
    let (head, mut at) = varint(payload, 0)?;
    let mut body = usize::try_from(head).ok()?;
    let end = body;
    let mut cells = Vec::new();
    while at < end {
        let (kind, next) = varint(payload, at)?;
        at = next;
        let length = match kind {
            0 | 8..=11 => 0,
            1..=4 => kind as usize,
            5 => 6,
            6 | 7 => 8,
            text => usize::try_from((text - 12) / 2).ok()?,
        };
        let value = payload.get(body..body.checked_add(length)?)?;
        body += length;
        cells.push(match kind {
            1..=6 => Cell::Number(big(value, 0, length)?),
            9 => Cell::Number(1),
            kind if kind >= 13 && kind % 2 == 1 => Cell::Text(String::from_utf8_lossy(value).into_owned()),
            _ => Cell::Other,
        });
    }
    Some(cells)
}

/// A number of so many bytes, the highest first.
fn big(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let number = bytes.get(at..at.checked_add(length)?)?;
    Some(number.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)))
}

/// Seven bits a byte, and all eight of the ninth; and where what follows begins.
fn varint(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut number = 0u64;
    for place in 0..9 {
        let byte = *bytes.get(at + place)?;
        if place == 8 {
            return Some((number << 8 | u64::from(byte), at + 9));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte < 0x80 {
            return Some((number, at + place + 1));
        }
    }
    None
}
