//! hullguard, as a library. The architecture is told in `src/README.md`.

pub mod blob;
pub mod cli;
pub mod compose;
pub mod config;
pub mod container;
pub mod dockerfile;
pub mod filter;
pub mod finding;
pub mod fix;
pub mod image;
pub mod input;
pub mod outcome;
pub mod place;
pub mod pragma;
pub mod project;
pub mod report;
pub mod rule;
pub mod rules;
pub mod scan;
pub mod secrets;
pub mod shell;
pub mod text;
pub mod yaml;
