//! Targets of bake files: how an image is built. No container is written there, so nothing of one is missing.

use super::Found;
use super::words::{at, key, value};
use crate::bake::Variables;
use crate::compose::short;
use crate::container::{Build, ContainerSpec, Gap, Grant, Key, Known, Pair, Setting, Surface, Text};
use crate::hcl;
use crate::yaml::{Entry, Node, Yaml};

/// The targets of a file, each with what it says itself: what it inherits is judged where it is written.
pub(super) fn targets(file: &Yaml) -> Vec<Found> {
    let Some(root) = file.root() else { return Vec::new() };
    let mut variables = Variables::default();
    variables.read(root);
    hcl::labelled(root, "target")
        .map(|block| Target { node: block.value, variables: &variables }.found(&block))
        .collect()
}

struct Target<'y, 'v> {
    node: Node<'y>,
    variables: &'v Variables,
}

impl Target<'_, '_> {
    fn found(&self, block: &Entry) -> Found {
        let place = at(block.key_span());
        let mut spec = ContainerSpec::new(Surface::Build, block.key_str(), place);
        spec.gaps.push(Gap { at: place, why: "who runs the image is written elsewhere".into() });
        spec.build = Some(Box::new(self.build()));
        Found { spec, extent: block.span() }
    }

    fn build(&self) -> Build {
        let named = |entry: Entry| Key {
            name: entry.key_str().into(),
            at: at(entry.key_span()),
            entry: entry.span(),
        };
        let grant = |source: Text| {
            let at = source.at;
            Grant { source, target: None, mode: None, uid: None, gid: None, at }
        };
        Build {
            at: at(self.node.span()),
            keys: self.node.raw_entries().map(named).collect(),
            context: self.text("context"),
            dockerfile: self.text("dockerfile"),
            dockerfile_inline: self.text("dockerfile-inline"),
            target: self.text("target"),
            args: self.pairs("args"),
            secrets: self.list("secret").into_iter().map(grant).collect(),
            ssh: Vec::new(),
            labels: self.pairs("labels"),
            additional_contexts: self.pairs("contexts"),
            cache_from: self.list("cache-from"),
            cache_to: self.list("cache-to"),
            tags: self.list("tags"),
            platforms: self.list("platforms"),
            entitlements: self.list("entitlements"),
            network: self.text("network"),
            privileged: None,
            no_cache: self.switch("no-cache"),
            pull: self.switch("pull"),
        }
    }

    /// A value, with the defaults of its variables in it.
    fn known(&self, node: Node) -> Option<Text> {
        let mut text = value(node)?;
        if text.raw.contains("${") {
            text.known =
                self.variables.fill(&text.raw).map_or(Known::Unknown, |text| Known::Default(text.into()));
        }
        Some(text)
    }

    fn text(&self, name: &str) -> Option<Text> {
        self.node.get(name).and_then(|node| self.known(node))
    }

    fn switch(&self, name: &str) -> Option<Setting<bool>> {
        self.text(name).map(|text| short::flag(&text))
    }

    fn list(&self, name: &str) -> Vec<Text> {
        self.node.get(name).into_iter().flat_map(Node::items).filter_map(|item| self.known(item)).collect()
    }

    /// A mapping; what is null is not passed.
    fn pairs(&self, name: &str) -> Vec<Pair> {
        let entries = self.node.get(name).into_iter().flat_map(Node::raw_entries);
        let pair = |entry: Entry| {
            Some(Pair { key: key(&entry), value: Some(self.known(entry.value)?), at: at(entry.span()) })
        };
        entries.filter_map(pair).collect()
    }
}
