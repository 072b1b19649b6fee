//! All rules: one small module each, in the folder of its family, and the table made from their pages.
//!
//! A rule's module holds functions named after what they look at (`dockerfile`, `compose`, `container`, `image`,
//! `project`) and nothing that its page already says.

use crate::finding::Safety;
use crate::rule::{Check, Checksum, Confidence, Family, Pattern, Profile, Rule, Severity, Stability};
use crate::shape::{Node, Set};

pub mod compose;
pub mod dockerfile;
pub mod image;
pub mod project;
pub mod runtime;

#[expect(clippy::unreadable_literal, reason = "made by the build for the compiler")]
mod table {
    use super::{
        Check, Checksum, Confidence, Family, Node, Pattern, Profile, Rule, Safety, Set, Severity, Stability,
        compose, dockerfile, image, project, runtime,
    };

    include!(concat!(env!("OUT_DIR"), "/rules.rs"));
}
pub use table::RULES;

/// The rule of that id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.binary_search_by(|rule| rule.id.cmp(id)).ok().map(|at| &RULES[at])
}

/// The rules that a foreign code stands for: `DL3007`, `hadolint/DL3007`, in any case.
pub fn by_alias(code: &str) -> impl Iterator<Item = &'static Rule> {
    RULES.iter().filter(move |rule| {
        rule.aliases.iter().any(|alias| {
            alias.eq_ignore_ascii_case(code)
                || alias.split_once('/').is_some_and(|(_, bare)| bare.eq_ignore_ascii_case(code))
        })
    })
}
