//! Of several explanations of one place the best: the only place where that is decided.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;

use super::hit::Hit;

/// The better of two comes first: a token before a structure before a name, then merit, confidence and length; the rest
/// only makes the order certain.
fn order(a: &Hit, b: &Hit) -> Ordering {
    let order =
        |hit: &Hit| (hit.rank, Reverse(hit.merit), Reverse(hit.confidence()), Reverse(hit.span.len()));
    order(a).cmp(&order(b)).then(a.span.start.cmp(&b.span.start)).then(a.rule.id.cmp(&b.rule.id))
}

/// Of hits that overlap the best, ascending by place.
pub(super) fn apart(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by(order);
    let mut kept: BTreeMap<usize, Hit> = BTreeMap::new();
    for hit in hits {
        // Those kept do not overlap: the last that begins before this one's end is the only one that may reach into it.
        let last = kept.range(..hit.span.end).next_back();
        if last.is_none_or(|(_, before)| before.span.end <= hit.span.start) {
            kept.insert(hit.span.start, hit);
        }
    }
    kept.into_values().collect()
}
