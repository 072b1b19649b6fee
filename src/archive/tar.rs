//! The headers of a tar: ustar, with the long names of GNU and of pax.

use super::{Entry, FILES, List, Packed};

const BLOCK: usize = 512;

pub(super) fn is_one(bytes: &[u8]) -> bool {
    bytes.len() >= BLOCK && &bytes[257..262] == b"ustar" && is_header(&bytes[..BLOCK])
}

/// The sum of its bytes, with blanks where the sum itself stands.
fn is_header(block: &[u8]) -> bool {
    let plain = |(at, &byte): (usize, &u8)| u64::from(if (148..156).contains(&at) { b' ' } else { byte });
    octal(&block[148..156]) == Some(block.iter().enumerate().map(plain).sum())
}

pub(super) fn list(bytes: &[u8]) -> List {
    let mut entries = Vec::new();
    let mut long_name: Option<String> = None;
    let mut at = 0;
    while let Some(block) = bytes.get(at..at + BLOCK).filter(|block| block[0] != 0) {
        let size = is_header(block).then(|| size(block)).flatten();
        let Some(size) = size.and_then(|size| usize::try_from(size).ok()) else {
            return List { entries, is_whole: false };
        };
        let start = at + BLOCK;
        let Some(content) = start.checked_add(size).and_then(|end| bytes.get(start..end)) else {
            return List { entries, is_whole: false };
        };
        match block[156] {
            b'L' => long_name = Some(text(content)),
            b'x' => long_name = pax_path(content).or(long_name),
            b'0' | 0 | b'7' => {
                let name = long_name.take().unwrap_or_else(|| name(block));
                entries.push(Entry { name, range: start..start + size, packed: Packed::Plain });
                if entries.len() > FILES {
                    break;
                }
            }
            // Folders, links, devices.
            _ => long_name = None,
        }
        at = start + size.next_multiple_of(BLOCK);
    }
    List { entries, is_whole: true }
}

/// Text up to the first zero.
fn text(field: &[u8]) -> String {
    let end = field.iter().position(|&b| b == 0).unwrap_or(field.len());
    String::from_utf8_lossy(&field[..end]).into_owned()
}

fn name(block: &[u8]) -> String {
    let name = text(&block[..100]);
    // GNU has other things where ustar has the folders of a long path.
    let prefix = if block[257..263] == *b"ustar\0" { text(&block[345..500]) } else { String::new() };
    if prefix.is_empty() { name } else { format!("{prefix}/{name}") }
}

fn octal(field: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(field).ok()?.trim_matches(['\0', ' ']);
    u64::from_str_radix(digits, 8).ok()
}

/// In octal, or as bytes behind a byte of 0x80.
fn size(block: &[u8]) -> Option<u64> {
    let field = &block[124..136];
    match field[0] {
        0x80 => Some(field[4..].iter().fold(0, |size, &byte| size << 8 | u64::from(byte))),
        _ => octal(field),
    }
}

/// `LENGTH path=NAME` among the lines of an extended header.
fn pax_path(content: &[u8]) -> Option<String> {
    let lines = content.split(|&b| b == b'\n');
    let path = |line: &[u8]| {
        let at = line.iter().position(|&b| b == b' ')?;
        line[at + 1..].strip_prefix(b"path=").map(text)
    };
    lines.rev().find_map(path)
}
