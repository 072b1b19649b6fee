//! All rules: one small module each, in the folder of its family, and what the table made from their pages says of them.
//!
//! A rule's module holds functions named after what they look at (`dockerfile`, `compose`, `container`, `image`,
//! `project`, `daemon`, `pipeline`) and nothing that its page already says.

use crate::rule::{Check, Family, Rule};
use crate::secrets::kinds::PATTERNS;
pub use crate::table::{RULES, SHELLCHECK, find};
use crate::text::last_part;

pub mod compose;
pub mod daemon;
pub mod dockerfile;
pub mod image;
pub mod pipeline;
pub mod project;
pub mod runtime;

mod checks {
    use super::{Check, PATTERNS, Rule, compose, daemon, dockerfile, image, pipeline, project, runtime};

    include!(concat!(env!("OUT_DIR"), "/checks.rs"));

    impl Rule {
        /// What it looks at, and how. None for what `scan` or a filter reports itself.
        pub fn checks(&self) -> &'static [Check] {
            let (first, end) = self.checks;
            &CHECKS[usize::from(first)..usize::from(end)]
        }
    }
}

/// The rules of a family.
pub fn of(family: Family) -> impl Iterator<Item = &'static Rule> {
    RULES.iter().chain(SHELLCHECK).filter(move |rule| rule.family == family)
}

/// The rules that an id or a foreign code means, each once.
pub fn named(name: &str) -> Vec<&'static Rule> {
    let mut rules: Vec<&Rule> = find(name).into_iter().chain(by_alias(name)).collect();
    rules.sort_by_key(|rule| rule.id);
    rules.dedup_by_key(|rule| rule.id);
    rules
}

/// Some code of another tool means both.
pub fn share_a_code(one: &Rule, other: &Rule) -> bool {
    let names = |rule: &Rule, code: &Rule| {
        let of_shellcheck = format!("shellcheck/{}", code.id);
        rule.aliases.iter().any(|alias| alias == of_shellcheck)
    };
    names(one, other)
        || names(other, one)
        || one.aliases.iter().any(|alias| other.aliases.iter().any(|other| alias == other))
}

/// The rules that a foreign code stands for: `DL3007`, `hadolint/DL3007`, `hadolint/SC2086`, in any case.
pub fn by_alias(code: &str) -> impl Iterator<Item = &'static Rule> {
    // Every tool that runs ShellCheck has its codes.
    let bare = last_part(code).to_ascii_uppercase();
    let of_shellcheck = Some(bare).filter(|bare| bare.starts_with("SC"));
    let of_ours = of_shellcheck.as_ref().map(|code| format!("shellcheck/{code}"));
    // betterleaks has the ids of gitleaks, and more.
    let of_gitleaks = code.strip_prefix("betterleaks/").map(|id| format!("gitleaks/{id}"));
    let aliased = RULES.iter().filter(move |rule| {
        rule.aliases.iter().any(|alias| {
            // Without the tool's name, too, which ends at the first slash.
            let tool = alias.len().checked_sub(code.len() + 1);
            let is_bare = tool.is_some_and(|at| {
                alias.as_bytes()[at] == b'/'
                    && alias.as_bytes()[at + 1..].eq_ignore_ascii_case(code.as_bytes())
                    && !alias[..at].contains('/')
            });
            is_bare
                || alias.eq_ignore_ascii_case(code)
                || of_ours.as_ref().is_some_and(|code| alias == code)
                || of_gitleaks.as_ref().is_some_and(|code| alias.eq_ignore_ascii_case(code))
        })
    });
    aliased.chain(of_shellcheck.and_then(|bare| find(&bare)))
}
