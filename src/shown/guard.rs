//! Whatever a file does to this program, it costs what is found in that file and a word, never the run.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::gap::{Gap, Reason};

/// Runs the work for one file. What it holds of other files must be as good after a panic as before. The panic's own
/// message is not told: it may hold what stands in the file.
///
/// # Errors
/// What is told of a file that a panic cost.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Gap> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|_| Gap::new(Reason::Panicked, "an internal error; it was not checked. Please report it"))
}
