//! Blobs too large to be held, shown part by part.

use std::io::Read;

use super::walk::{Object, Visit};

/// New bytes of one part.
const PIECE: usize = 4 << 20;
/// What parts share with their neighbours on each side.
pub const OVERLAP: usize = 64 << 10;

/// Reads `size` bytes and shows them.
pub(crate) fn read<V: Visit>(
    object: &Object,
    size: u64,
    from: &mut dyn Read,
    visit: &V,
) -> Result<(), String> {
    let mut buffer = Vec::with_capacity(PIECE + 2 * OVERLAP);
    let (mut at, mut own, mut found) = (0u64, 0, None);
    loop {
        let room = (PIECE + 2 * OVERLAP - buffer.len()) as u64;
        let read = from.take(room).read_to_end(&mut buffer).map_err(|error| error.to_string())? as u64;
        let last = read < room;
        let end = if last { buffer.len() } else { buffer.len() - OVERLAP };
        found = Some(visit.piece(object, &buffer, at, own..end, found.take()));
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
    if at + buffer.len() as u64 != size {
        return Err("it is cut off or longer than it says; what there is was looked at".to_owned());
    }
    visit.done(object, &found.expect("the loop runs at least once"));
    Ok(())
}
