//! The kinds of secrets that have a shape: the patterns that the build makes of their pages, and which fixed texts lead to
//! each.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use super::{anchors, names};
use crate::rule::{Pattern, Rule};
use crate::shape::{self, Set};
use crate::table::RULES;

#[expect(clippy::unreadable_literal, reason = "made by the build for the compiler")]
mod made {
    use crate::packed::List;
    use crate::rule::{Checksum, Confidence, Pattern};
    use crate::shape::{Node, Set};

    include!(concat!(env!("OUT_DIR"), "/patterns.rs"));
}
/// Each with the row of its rule.
pub(crate) use made::PATTERNS;

/// The pattern of a rule, if it has one.
pub(super) fn pattern(rule: &Rule) -> Option<&'static Pattern> {
    let row = RULES.binary_search_by(|one| one.id.cmp(&rule.id)).ok()? as u16;
    PATTERNS.binary_search_by_key(&row, |(row, _)| *row).ok().map(|at| &PATTERNS[at].1)
}

/// A pattern of a kind.
#[derive(Clone, Copy)]
pub(super) struct Known {
    pub(super) rule: &'static Rule,
    pub(super) pattern: &'static Pattern,
    /// How short and how long its tokens are; bytes.
    pub(super) least: u16,
    pub(super) most: u16,
}

/// A text that stands in every token of a pattern, or one of several of which one does.
pub(super) struct Anchor {
    /// In [`Table::texts`].
    text: Range<usize>,
    /// What may follow a text of three bytes; none: anything.
    pub(super) next: Set,
    /// So many bytes of the token stand before it.
    pub(super) least: u16,
    pub(super) most: u16,
    pub(super) known: Known,
}

#[derive(Default)]
pub(super) struct Table {
    pub(super) anchors: Vec<Anchor>,
    texts: String,
    /// Patterns without such a text: they are tried on values that a name or a word nearby announces. The shortest first.
    pub(super) loose: Vec<Known>,
}

pub(super) static TABLE: LazyLock<Table> = LazyLock::new(Table::new);

impl Table {
    fn new() -> Self {
        let mut table = Self::default();
        for (row, pattern) in &PATTERNS {
            let (least, most) = shape::lengths(pattern.shape);
            table.add(Known { rule: &RULES[usize::from(*row)], pattern, least, most });
        }
        table.loose.sort_by_key(|known| known.least);
        table
    }

    fn add(&mut self, known: Known) {
        let mut is_loose = false;
        for nodes in known.pattern.shape {
            let has_one = anchors::of(nodes, &mut |text, next, (least, most)| {
                let start = self.texts.len();
                self.texts.push_str(text);
                self.anchors.push(Anchor { text: start..self.texts.len(), next, least, most, known });
            });
            is_loose |= !has_one;
        }
        if is_loose {
            self.loose.push(known);
        }
    }

    pub(super) fn text(&self, anchor: &Anchor) -> &str {
        &self.texts[anchor.text.clone()]
    }
}

/// Words that say whose a token is, where they are one word and nothing that people write of other things.
pub(super) static PROVIDERS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    let mut words: BTreeSet<&str> = TABLE.loose.iter().flat_map(|known| known.pattern.near.iter()).collect();
    words.retain(|word| is_a_providers(word));
    words
});

/// Words of providers that are ordinary ones, too.
const ORDINARY: [&str; 42] = [
    "beamer",
    "checkout",
    "column",
    "consumer",
    "courier",
    "cursor",
    "devops",
    "django",
    "drone",
    "elastic",
    "facebook",
    "fernet",
    "figma",
    "flickr",
    "ghost",
    "harbor",
    "instantly",
    "kubeadm",
    "laravel",
    "modal",
    "monday",
    "notion",
    "optimizely",
    "paypal",
    "pinata",
    "proof",
    "pusher",
    "runway",
    "sanity",
    "sauce",
    "scale",
    "segment",
    "stability",
    "storage",
    "surge",
    "temporal",
    "trend",
    "twitter",
    "unseal",
    "vault",
    "voyage",
    "yahoo",
];

fn is_a_providers(word: &str) -> bool {
    word.len() >= 5
        && word.bytes().all(|b| b.is_ascii_alphanumeric())
        && !ORDINARY.contains(&word)
        && !names::is_only_credential(word)
}

/// A name is of some provider's key, and of nothing more: `datadog_key`.
pub(super) fn names_a_provider(name: &str) -> bool {
    matches!(names::words(name).as_slice(), [.., provider, _] if PROVIDERS.contains(provider.as_str()))
}
