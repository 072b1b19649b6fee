//! The list at the end of a zip.

use super::{Entry, FILES, List, Packed, number};

/// How far from the end the list may end: 22 bytes, and a remark.
const TAIL: usize = 22 + 65_535;

/// `None` where there is no list.
pub(super) fn list(bytes: &[u8]) -> Option<List> {
    let tail = bytes.len().saturating_sub(TAIL);
    let end = tail + bytes[tail..].windows(4).rposition(|four| four == b"PK\x05\x06")?;
    let (count, size, offset) =
        (number::<2>(bytes, end + 10)?, number::<4>(bytes, end + 12)?, number::<4>(bytes, end + 16)?);
    let mut at = end.checked_sub(size)?;
    // What stands before the archive counts in none of its numbers.
    let before = at.checked_sub(offset)?;
    let mut entries = Vec::new();
    let mut read = 0;
    while let Some((entry, next)) = entry(bytes, at, before) {
        read += 1;
        at = next;
        entries.extend(entry);
        if entries.len() > FILES {
            break;
        }
    }
    Some(List { is_whole: read >= count || entries.len() > FILES, entries })
}

/// The file that a row of the list names, if it is none of a folder, and where the next row begins.
fn entry(bytes: &[u8], at: usize, before: usize) -> Option<(Option<Entry>, usize)> {
    let row = bytes.get(at..at + 46).filter(|row| row.starts_with(b"PK\x01\x02"))?;
    let (flags, method) = (number::<2>(row, 8)?, number::<2>(row, 10)?);
    let (packed, size) = (number::<4>(row, 20)?, number::<4>(row, 24)?);
    let (name, extra, remark) = (number::<2>(row, 28)?, number::<2>(row, 30)?, number::<2>(row, 32)?);
    let header = before.checked_add(number::<4>(row, 42)?)?;
    let next = at + 46 + name + extra + remark;
    let name = String::from_utf8_lossy(bytes.get(at + 46..at + 46 + name)?).into_owned();
    if name.ends_with('/') {
        return Some((None, next));
    }
    // Before its bytes the name comes again, and other data.
    let lengths = (number::<2>(bytes, header + 26), number::<2>(bytes, header + 28));
    let start = match lengths {
        (Some(name), Some(extra)) => header + 30 + name + extra,
        _ => bytes.len(),
    };
    let packing = match method {
        _ if flags & 1 == 1 => Packed::Closed("an encrypted archive"),
        0 => Packed::Stored,
        8 => Packed::Deflated(size),
        _ => Packed::Closed("an archive with a compression that is not read"),
    };
    let range = start..start.saturating_add(packed);
    let packing = if range.end > bytes.len() { Packed::Closed("a damaged archive") } else { packing };
    Some((Some(Entry { name, range, packed: packing }), next))
}
