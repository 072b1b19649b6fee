//! Every place that names another stage to take files from: `COPY --from` and `RUN --mount=from=`.

use crate::dockerfile::{Dockerfile, Instruction, Kind, Word};

/// Calls `see` with each such word and its instruction, in file order.
pub(super) fn each(file: &Dockerfile, mut see: impl FnMut(&Instruction, &Word)) {
    for instruction in file.all() {
        of(instruction, |word| see(instruction, word));
    }
}

/// The same for one instruction.
pub(super) fn of(instruction: &Instruction, mut see: impl FnMut(&Word)) {
    match &instruction.kind {
        Kind::Copy(_) | Kind::Add(_) => {
            if let Some(word) = instruction.flag("from").and_then(|flag| flag.value.as_ref()) {
                see(word);
            }
        }
        Kind::Run(_) => {
            for mount in &instruction.mounts() {
                if let Some(word) = mount.from() {
                    see(word);
                }
            }
        }
        _ => {}
    }
}
