//! The one integration binary: pages prove rules, cases the command line, laws properties, the corpus silence and
//! survival.

mod cases;
mod corpus;
mod floors;
mod github;
mod large;
mod pages;
mod practices;
#[cfg(unix)]
mod surroundings;
mod tree;
