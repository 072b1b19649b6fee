//! Bots that update what a repository uses: Dependabot and Renovate.

use crate::json;
use crate::text::{Source, Span};
use crate::yaml::{self, Node};

/// What a bot is set to update.
#[derive(Debug)]
pub enum Bot {
    Dependabot {
        ecosystems: Vec<Box<str>>,
        /// `updates:`
        at: Span,
    },
    Renovate {
        /// Settings that turn the updates of Dockerfiles off, and those of Compose files.
        dockerfile_off: Option<Span>,
        compose_off: Option<Span>,
    },
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
    let ecosystem = |update: Node| Some(update.get("package-ecosystem")?.as_str()?.into());
    let ecosystems = updates.value.items().filter_map(ecosystem).collect();
    Some(Bot::Dependabot { ecosystems, at: updates.key_span() })
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
