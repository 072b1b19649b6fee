//! The one integration binary: pages prove rules, cases the command line, laws properties, the corpus silence and
//! survival.

mod action;
mod cases;
mod context;
mod corpus;
mod floors;
mod github;
mod known;
mod large;
mod pages;
mod past;
mod practices;
mod secrets;
#[cfg(unix)]
mod surroundings;
mod tables;
mod tokens;
mod tree;
