//! Bots that update what a repository uses: Dependabot and Renovate.

use std::sync::Arc;

use crate::dockerignore::Ignore;
use crate::json;
use crate::text::{Source, Span};
use crate::yaml::{self, Node};

/// What a bot is set to update.
#[derive(Debug)]
pub enum Bot {
    Dependabot {
        updates: Vec<Update>,
        /// `updates:`
        at: Span,
    },
    Renovate {
        /// Settings that turn the updates of Dockerfiles off, and those of Compose files.
        dockerfile_off: Option<Span>,
        compose_off: Option<Span>,
    },
}

/// What Dependabot updates, and where.
#[derive(Debug)]
pub struct Update {
    pub ecosystem: Box<str>,
    /// Where its folders are named.
    pub at: Span,
    at_top: bool,
    /// As patterns, which are those of a `.dockerignore`; `None` if it names none.
    folders: Option<Ignore>,
}

impl Update {
    /// Whether it looks into the folder of a file. One below a folder that it names counts, too.
    pub fn reaches(&self, path: &str) -> bool {
        match path.rsplit_once('/') {
            None => self.at_top || self.folders.is_none(),
            Some((folder, _)) => self
                .folders
                .as_ref()
                .is_none_or(|named| named.leaves_out(folder).is_ok_and(|found| found.is_some())),
        }
    }
}

/// Where Renovate looks for its settings.
const RENOVATE: [&str; 8] = [
    ".github/renovate.json",
    ".github/renovate.json5",
    ".gitlab/renovate.json",
    ".gitlab/renovate.json5",
    ".renovaterc",
    ".renovaterc.json",
    "renovate.json",
    "renovate.json5",
];

/// Whether a file is one of Renovate's.
pub fn is_renovate(path: &str) -> bool {
    RENOVATE.contains(&path)
}

/// Whether a file is Dependabot's.
pub fn is_dependabot(path: &str) -> bool {
    matches!(path, ".github/dependabot.yml" | ".github/dependabot.yaml")
}

/// Whether a file may have the settings of a bot, by its path.
pub(super) fn is_name(path: &str) -> bool {
    // The paths of a run begin at the repository's top.
    is_dependabot(path) || is_renovate(path)
}

/// Reads the settings; `None` if they cannot be read.
pub(super) fn read(source: &Source) -> Option<Bot> {
    if is_dependabot(source.path()) {
        let file = yaml::parse(source);
        return dependabot(file.root().filter(|_| file.errors.is_empty())?);
    }
    let plain = json::plain(source);
    let file = json::parse(&plain).ok()?;
    Some(renovate(file.root()?))
}

fn dependabot(root: Node) -> Option<Bot> {
    let updates = root.entry("updates")?;
    let all = updates.value.items().filter_map(update).collect();
    Some(Bot::Dependabot { updates: all, at: updates.key_span() })
}

fn update(node: Node) -> Option<Update> {
    let ecosystem = node.get("package-ecosystem")?;
    let named = node.entry("directories").or_else(|| node.entry("directory"));
    let folders = named.iter().flat_map(|named| std::iter::once(named.value).chain(named.value.items()));
    let folders: Vec<&str> =
        folders.filter_map(Node::as_str).map(|folder| folder.trim_matches(['.', '/'])).collect();
    let patterns = Source::new("directories", folders.join("\n").into_bytes());
    Some(Update {
        ecosystem: ecosystem.as_str()?.into(),
        at: named.as_ref().map_or(ecosystem.resolved().span(), yaml::Entry::key_span),
        at_top: folders.iter().any(|folder| matches!(*folder, "" | "*" | "**" | "**/*")),
        folders: (!folders.is_empty()).then(|| Ignore::parse(&Arc::new(patterns))),
    })
}

fn renovate(root: Node) -> Bot {
    let (mut dockerfile_off, mut compose_off) = (None, None);
    let mut off = |manager: &str, at: Span| match manager {
        "dockerfile" => dockerfile_off = Some(at),
        "docker-compose" => compose_off = Some(at),
        // Of old, and the data source of both.
        "docker" => (dockerfile_off, compose_off) = (Some(at), Some(at)),
        _ => {}
    };
    let is_off = |node: Node| node.get("enabled").and_then(Node::as_str) == Some("false");
    for entry in root.entries().into_iter().filter(|entry| is_off(entry.value)) {
        off(entry.key_str(), entry.span());
    }
    let texts = |node: Option<Node>| -> Vec<(String, Span)> {
        let items = node.into_iter().flat_map(Node::items);
        items.filter_map(|item| Some((item.as_str()?.to_owned(), item.resolved().span()))).collect()
    };
    for (preset, at) in texts(root.get("extends")) {
        if preset == "docker:disable" {
            off("docker", at);
        }
    }
    if let Some(enabled) = root.entry("enabledManagers") {
        let managers = texts(Some(enabled.value));
        for manager in ["dockerfile", "docker-compose"] {
            if managers
                .iter()
                .all(|(name, _)| name != manager && !name.starts_with("custom.") && name != "regex")
            {
                off(manager, enabled.key_span());
            }
        }
    }
    for rule in root.get("packageRules").into_iter().flat_map(Node::items).filter(|rule| is_off(*rule)) {
        // With further conditions it is a part of them.
        let conditions = rule.entries().iter().filter(|entry| entry.key_str().starts_with("match")).count();
        let named = [
            ("matchManagers", rule.get("matchManagers")),
            ("matchDatasources", rule.get("matchDatasources")),
        ];
        for (manager, at) in named.into_iter().filter(|_| conditions == 1).flat_map(|(_, list)| texts(list)) {
            off(&manager, at);
        }
    }
    Bot::Renovate { dockerfile_off, compose_off }
}
