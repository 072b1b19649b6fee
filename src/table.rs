//! The table of all rules, made from their pages: what each page says of its rule. How a rule looks at something is known
//! above, in `rules`.

use crate::finding::Safety;
use crate::packed::{List, Text};
use crate::rule::{Family, Profile, Rule, Severity, Stability};

#[expect(clippy::unreadable_literal, reason = "made by the build for the compiler")]
mod made {
    use super::{Family, List, Profile, Rule, Safety, Severity, Stability, Text};

    include!(concat!(env!("OUT_DIR"), "/table.rs"));
}
pub use made::{RULES, SHELLCHECK};

/// The rule of that id.
pub fn find(id: &str) -> Option<&'static Rule> {
    [RULES, SHELLCHECK]
        .into_iter()
        .find_map(|table| table.binary_search_by(|rule| rule.id.get().cmp(id)).ok().map(|at| &table[at]))
}
