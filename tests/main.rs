//! The one integration binary: pages prove rules, cases the command line, laws properties, the corpus silence and
//! survival.

mod floors;
mod pages;
mod tree;
