//! ShellCheck over the shell code of Dockerfiles: what it is asked, and what its answers mean.
//!
//! Pure: [`scripts`] takes the shell code out of a Dockerfile, [`read`] takes an answer of the program apart, and
//! [`findings`] brings it back to the places of the file. `input::shellcheck` finds the program and runs it; `scan` asks it
//! through [`Program`], once for all Dockerfiles of a run.
//!
//! ShellCheck gets what the shell gets: the text after Docker has taken out line continuations and the comments between
//! them. Each byte of that text knows its place in the file, so places and fixes are exact over continued lines, heredocs
//! and characters of any width. Hence nothing of a Dockerfile can be mistaken for shell code, and the other way round.

mod answer;
mod findings;
mod script;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

pub use answer::{Comment, read};
pub use findings::findings;
pub use script::{Script, scripts};

use crate::dockerfile::Dialect;
use crate::gap::Gap;

/// What it says about one script.
pub type Answer = Result<Arc<[Comment]>, Gap>;

/// The program, seen from below.
pub trait Program: Sync {
    /// What it says about each of these texts, in their order. Once `stop` is set, it says nothing about the rest.
    fn ask(&self, scripts: &[&str], stop: &AtomicBool) -> Vec<Answer>;
    /// Whether it knows this shell. Of one that it does not know, it is asked as of the nearest that it knows.
    fn knows(&self, dialect: Dialect) -> bool;
}

/// Codes that say nothing about a Dockerfile: files that are sourced (they are in the image, not here), and the first
/// line, which is ours.
pub const LEFT_OUT: &str = "SC1008,SC1071,SC1084,SC1090,SC1091,SC1104,SC1113,SC1114,SC1115,SC1128,SC2096,SC2148,SC2187,\
    SC2239,SC2246";
