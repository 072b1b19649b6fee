//! Blobs too large to be held, shown part by part.

use std::io::Read;
use std::ops::Range;

use super::walk::{Object, Visit};

/// New bytes of one part.
const PIECE: usize = 4 << 20;
/// What parts share with their neighbours on each side.
pub const OVERLAP: usize = 64 << 10;

/// Reads `size` bytes and shows them. What was found in a part stays found if the rest is damaged.
pub(crate) fn read<V: Visit>(
    object: &Object,
    size: u64,
    from: &mut dyn Read,
    visit: &V,
) -> Result<(), String> {
    let mut found = None;
    let read = each(size, from, |bytes, at, own| {
        found = Some(visit.piece(object, bytes, at, own, found.take()));
    });
    visit.done(object, &found.expect("there is one part at least"));
    read
}

/// Shows `size` bytes part by part, each with where it begins and which of its bytes are its own.
pub(crate) fn each(
    size: u64,
    from: &mut dyn Read,
    mut show: impl FnMut(&[u8], u64, Range<usize>),
) -> Result<(), String> {
    let mut buffer = Vec::with_capacity(PIECE + 2 * OVERLAP);
    let (mut at, mut own) = (0u64, 0);
    loop {
        let room = (PIECE + 2 * OVERLAP - buffer.len()) as u64;
        let read = from.take(room).read_to_end(&mut buffer);
        let last = !matches!(read, Ok(read) if read as u64 == room);
        let end = if last { buffer.len() } else { buffer.len() - OVERLAP };
        show(&buffer, at, own..end);
        read.map_err(|error| format!("{error}; the part before that was searched"))?;
        if last {
            break;
        }
        // The next part begins with what came before its own bytes.
        let gone = end - OVERLAP;
        at += gone as u64;
        own = OVERLAP;
        buffer.copy_within(gone.., 0);
        buffer.truncate(buffer.len() - gone);
    }
    if at + buffer.len() as u64 == size {
        Ok(())
    } else {
        Err("it is cut off or longer than its stated size; the available part was searched".to_owned())
    }
}
