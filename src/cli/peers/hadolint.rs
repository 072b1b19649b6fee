//! What a `.hadolint.yaml` says besides the checks that it ignores, in the words of our configuration.

use serde_json::json;

use super::{MANY, Peer, is_plain};
use crate::rule::LabelFormat;
use crate::text::Source;
use crate::yaml::{self, Node};

/// Takes over what has a counterpart, and names what has none.
pub(super) fn read(source: &Source, peer: &mut Peer) {
    let tree = yaml::parse(source);
    for entry in tree.root().map(Node::entries).unwrap_or_default() {
        match entry.key_str() {
            "ignored" => {}
            "override" => levels(entry.value, peer),
            "trustedRegistries" => registries(entry.value, peer),
            "failure-threshold" => {
                let least = entry.value.as_str().and_then(level);
                peer.settings.extend(least.map(|least| ("fail-on", least.to_owned())));
            }
            "no-fail" if is_true(entry.value) => peer.settings.push(("fail-on", "never".to_owned())),
            "label-schema" => labels(entry.value, peer),
            "strict-labels" if is_true(entry.value) => {
                peer.settings.push(("strict-labels", "true".to_owned()));
            }
            "no-fail" | "strict-labels" => {}
            other => peer.unknown.extend(is_plain(other).then(|| other.to_owned())),
        }
    }
    // `no-fail` wins over a threshold.
    if peer.settings.contains(&("fail-on", "never".to_owned())) {
        peer.settings.retain(|(key, value)| *key != "fail-on" || value == "never");
        peer.settings.dedup();
    }
}

fn is_true(node: Node) -> bool {
    node.as_str() == Some("true")
}

/// hadolint's levels; it has one more below a note.
fn level(name: &str) -> Option<&'static str> {
    Some(match name {
        "error" => "error",
        "warning" => "warning",
        "info" | "style" => "note",
        "ignore" | "none" => "never",
        _ => return None,
    })
}

/// `override: {error: [DL3001]}`
fn levels(node: Node, peer: &mut Peer) {
    for entry in node.entries() {
        let Some(level) = level(entry.key_str()).filter(|level| *level != "never") else { continue };
        for code in entry.value.items().filter_map(Node::as_str).take(MANY) {
            peer.set("hadolint", code, level);
        }
    }
}

fn registries(node: Node, peer: &mut Peer) {
    // With a user or a scheme it is none here.
    let is_one = |text: &&str| !text.contains('@') && !text.contains("://");
    let all: Vec<&str> = node.items().filter_map(Node::as_str).filter(is_one).take(MANY).collect();
    if !all.is_empty() {
        peer.settings.push(("trusted-registries", json!(all).to_string()));
    }
}

fn labels(node: Node, peer: &mut Peer) {
    let one = |entry: &yaml::Entry| {
        let format = entry.value.as_str()?.to_ascii_lowercase();
        LabelFormat::parse(&format).map(|_| format!("{}: {format}", json!(entry.key_str())))
    };
    let all: Vec<String> = node.entries().iter().filter_map(one).take(MANY).collect();
    if !all.is_empty() {
        peer.settings.push(("labels", format!("{{{}}}", all.join(", "))));
    }
}
