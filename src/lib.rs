//! hullguard, as a library. The architecture is told in `src/README.md`.

pub mod blob;
pub mod compose;
pub mod container;
pub mod dockerfile;
pub mod finding;
pub mod image;
pub mod outcome;
pub mod place;
pub mod project;
pub mod report;
pub mod rule;
pub mod rules;
pub mod scan;
pub mod secrets;
pub mod shell;
pub mod text;
pub mod yaml;
