//! Whether what is written one after the other is in order: what the rules on style share.

use crate::compose::ComposeFile;
use crate::container::At;
use crate::finding::Findings;
use crate::rule::Context;
use crate::text::Span;

/// Says of the first item that should come before the one above it, and of no other: sorting mends all of them.
///
/// An item is its place, its rank and its name; `advice` says how to sort.
pub fn first<K: PartialOrd>(
    cx: &Context,
    file: &ComposeFile,
    out: &mut Findings,
    items: impl Iterator<Item = (Span, K, String)>,
    advice: &str,
) {
    let mut before: Option<(K, String)> = None;
    for (span, rank, name) in items {
        if let Some((last, above)) = &before
            && rank < *last
        {
            let message = format!("`{name}` comes after `{above}`; {advice}");
            out.on(cx, At::new(file.id, span), message);
            return;
        }
        before = Some((rank, name));
    }
}

/// A name for people, not too long.
pub fn shown(name: &str) -> String {
    name.chars().take(60).collect()
}
