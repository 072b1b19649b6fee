//! Writes the tables that the search for secrets starts from: the patterns of the pages, the fixed texts that lead to them,
//! those that only words nearby lead to, and these words. Made at run time they were half of a short run.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::anchors;
use crate::packed::Packed;
use crate::shape::{self, Alternatives, Node};

/// A page's pattern.
pub(crate) struct Kind {
    pub(crate) shape: Alternatives,
    pub(crate) near: Vec<String>,
    /// The fields of `Pattern` that nothing here asks for, as Rust text.
    pub(crate) rest: String,
}

/// The tables for `src/secrets/kinds.rs`, of all kinds and the rows of their rules.
pub(crate) fn tables(kinds: &[(usize, &Kind)], packed: &mut Packed) -> String {
    let (mut patterns, mut leads, mut loose) = (String::new(), Vec::new(), Vec::new());
    for (at, (row, kind)) in kinds.iter().enumerate() {
        let (least, most) = shape::lengths(kind.shape);
        let near: Vec<&str> = kind.near.iter().map(String::as_str).collect();
        let (shape, near) = (written(kind.shape), packed.list(&near));
        let _ = writeln!(
            patterns,
            "Known {{ row: {row}, least: {least}, most: {most}, pattern: Pattern {{ shape: {shape}, near: {near}, {} }} }},",
            kind.rest
        );
        let mut is_loose = false;
        for nodes in kind.shape {
            let has_one = anchors::of(nodes, &mut |text, next, (least, most)| {
                let (text, [low, high]) = (packed.text(text), next.0);
                leads.push(format!(
                    "Anchor {{ text: {text}, next: Set([{low:#x}, {high:#x}]), least: {least}, most: {most}, kind: {at} }}"
                ));
            });
            is_loose |= !has_one;
        }
        if is_loose {
            loose.push((least, at));
        }
    }
    loose.sort_unstable();
    let shortest = loose.first().map_or(0, |&(least, _)| least);
    let words = loose.iter().flat_map(|&(_, at)| &kinds[at].1.near).map(String::as_str);
    let providers: BTreeSet<&str> = words.filter(|word| is_a_providers(word)).collect();
    let loose: Vec<String> = loose.iter().map(|(_, at)| at.to_string()).collect();
    format!(
        "pub(crate) static PATTERNS: [Known; {}] = [\n{patterns}];\n\
         pub(in crate::secrets) static ANCHORS: [Anchor; {}] = [{}];\n\
         pub(super) static LOOSE: [u16; {}] = [{}];\n\
         pub(in crate::secrets) const SHORTEST_LOOSE: usize = {shortest};\n\
         pub(in crate::secrets) static PROVIDERS: List = {};\n",
        kinds.len(),
        leads.len(),
        leads.join(",\n"),
        loose.len(),
        loose.join(", "),
        packed.list(&providers.into_iter().collect::<Vec<_>>()),
    )
}

/// A shape as Rust text.
fn written(shape: Alternatives) -> String {
    let sequences = shape.iter().map(|nodes| {
        let nodes: Vec<String> = nodes
            .iter()
            .map(|node| match node {
                Node::Text(text) => format!("Node::Text({text:?})"),
                Node::Run(set, least, most) => {
                    format!("Node::Run(Set([{:#x}, {:#x}]), {least}, {most})", set.0[0], set.0[1])
                }
                Node::Group(inside, least, most) => {
                    format!("Node::Group({}, {least}, {most})", written(inside))
                }
            })
            .collect();
        format!("&[{}]", nodes.join(", "))
    });
    format!("&[{}]", sequences.collect::<Vec<_>>().join(", "))
}

/// Words of providers that are ordinary ones, too, or say only that something is a credential.
const ORDINARY: [&str; 43] = [
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
    "privatekey",
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

/// A word says whose a token is: it is one word, and nothing that people write of other things.
fn is_a_providers(word: &str) -> bool {
    word.len() >= 5 && word.bytes().all(|b| b.is_ascii_alphanumeric()) && !ORDINARY.contains(&word)
}
