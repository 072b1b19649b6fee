//! Whether an instruction's layer is in an image that people run.

use crate::dockerfile::{Dockerfile, Instruction};

/// The instruction belongs to a shipped stage, or to one that a shipped stage is built FROM.
pub(super) fn in_image(file: &Dockerfile, instruction: &Instruction) -> bool {
    instruction.stage.and_then(|stage| file.stages.get(stage)).is_some_and(|stage| stage.in_shipped_image)
}

/// What is done at `later` sees what was done at `earlier`: the same stage or one built FROM it, further down.
pub(super) fn follows(file: &Dockerfile, later: &Instruction, earlier: &Instruction) -> bool {
    let Some((stage, base)) = later.stage.zip(earlier.stage) else { return false };
    later.index > earlier.index && file.ancestry(stage).any(|stage| stage == base)
}
