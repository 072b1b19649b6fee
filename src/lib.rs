//! hullguard, as a library. The architecture is told in `src/README.md`.

pub mod compose;
pub mod container;
pub mod dockerfile;
pub mod image;
pub mod shell;
pub mod text;
pub mod yaml;
