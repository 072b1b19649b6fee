//! The kinds of secrets that have a shape: the patterns that the build makes of their pages, and what leads to each
//! (`rules/kinds.rs`).

use super::names;
use crate::packed::Text;
use crate::rule::{Pattern, Rule};
use crate::shape::Set;
use crate::table::RULES;

#[expect(clippy::unreadable_literal, reason = "made by the build for the compiler")]
mod made {
    use crate::packed::{List, Text};
    use crate::rule::{Checksum, Confidence, Pattern};
    use crate::secrets::kinds::{Anchor, Known};
    use crate::shape::{Node, Set};

    include!(concat!(env!("OUT_DIR"), "/patterns.rs"));
}
/// By the rows of their rules, ascending.
pub(crate) use made::PATTERNS;
/// How short a token of [`loose`] may be; bytes.
pub(super) use made::SHORTEST_LOOSE;
pub(super) use made::{ANCHORS, PROVIDERS};

/// A pattern of a kind.
pub(crate) struct Known {
    /// Of the table of rules.
    row: u16,
    /// How short and how long its tokens are; bytes.
    pub(super) least: u16,
    pub(super) most: u16,
    pub(crate) pattern: Pattern,
}

/// A text that stands in every token of a pattern, or one of several of which one does.
pub(super) struct Anchor {
    pub(super) text: Text,
    /// What may follow a text of three bytes; none: anything.
    pub(super) next: Set,
    /// So many bytes of the token stand before it.
    pub(super) least: u16,
    pub(super) most: u16,
    /// In [`PATTERNS`].
    kind: u16,
}

impl Known {
    pub(super) fn rule(&self) -> &'static Rule {
        &RULES[usize::from(self.row)]
    }
}

impl Anchor {
    pub(super) fn known(&self) -> &'static Known {
        &PATTERNS[usize::from(self.kind)]
    }
}

/// The pattern of a rule, if it has one.
pub(super) fn pattern(rule: &Rule) -> Option<&'static Pattern> {
    let row = RULES.binary_search_by(|one| one.id.cmp(&rule.id)).ok()? as u16;
    PATTERNS.binary_search_by_key(&row, |known| known.row).ok().map(|at| &PATTERNS[at].pattern)
}

/// Patterns without a fixed text: they are tried on values that a name or a word nearby announces. The shortest first.
pub(super) fn loose() -> impl Iterator<Item = &'static Known> {
    made::LOOSE.iter().map(|&at| &PATTERNS[usize::from(at)])
}

/// A name is of some provider's key, and of nothing more: `datadog_key`.
pub(super) fn names_a_provider(name: &str) -> bool {
    matches!(names::words(name).as_slice(), [.., provider, _] if PROVIDERS.has(provider))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_providers_say_whose_a_token_is() {
        let saying_nothing: Vec<&str> =
            PROVIDERS.iter().filter(|word| names::is_only_credential(word)).collect();
        assert!(saying_nothing.is_empty(), "add them to `ORDINARY` in rules/kinds.rs: {saying_nothing:?}");
    }
}
