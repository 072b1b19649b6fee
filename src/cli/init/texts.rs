//! What `hullguard init` writes.

use std::fmt::Write as _;

use crate::cli::peers::{Peer, Setting};
use crate::rule::REPOSITORY;

const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(super) fn configuration(peers: &[Peer]) -> String {
    let raw = REPOSITORY.replace("https://github.com/", "https://raw.githubusercontent.com/");
    let settings = peers.iter().flat_map(|peer| peer.settings.iter().map(|setting| (peer.file, setting)));
    let mut taken: Vec<&str> = Vec::new();
    let mut lines = String::new();
    for (file, (key, value)) in settings {
        if !taken.contains(key) {
            taken.push(key);
            let _ = writeln!(lines, "# Copied from {file}\n{key}: {value}\n");
        }
    }
    let mut text = format!(
        "# yaml-language-server: $schema={raw}/v{VERSION}/hullguard.schema.json\n\
         # All keys: {REPOSITORY}/blob/v{VERSION}/docs/configuration.md\n\n\
         # Which rules run: default, reproducible, strict or style.\n\
         profile: default\n\n\
         {lines}# Switch rules off or change their severity, everywhere or in some paths.\n"
    );
    let copied = peers.iter().filter(|peer| !peer.levels.is_empty());
    let mut known: Vec<&str> = Vec::new();
    for peer in copied {
        text += if known.is_empty() { "rules:\n" } else { "" };
        let _ = writeln!(text, "  # Copied from {}", peer.file);
        for Setting { code, level, rule } in
            peer.levels.iter().filter(|one| !known.contains(&one.code.as_str()))
        {
            let _ = writeln!(text, "  {code}: {level} # {rule}");
        }
        known.extend(peer.levels.iter().map(|one| one.code.as_str()));
    }
    if known.is_empty() {
        text += "# rules:\n#   latest-tag: off\n#   missing-user: {severity: error, paths: [services/]}\n";
    }
    text += "\n\
             # Folders and files that are not checked.\n\
             # exclude: [vendor/]\n\n\
             # Findings that do not count, with a reason and a last day.\n\
             # ignore:\n\
             #   - {rule: latest-tag, path: examples/, reason: why, expires: 2027-06-30}\n";
    text
}

/// The entry of the hooks, with this before each line.
pub(super) fn entry(indent: &str) -> Vec<String> {
    let mut lines =
        vec![format!("- repo: {REPOSITORY}"), format!("  rev: v{VERSION}"), "  hooks:".to_owned()];
    lines.extend(["hullguard", "hullguard-secrets", "hullguard-push"].map(|id| format!("    - id: {id}")));
    lines.iter().map(|line| format!("{indent}{line}")).collect()
}

pub(super) fn hooks() -> String {
    let entry = entry("  ").join("\n");
    format!("default_install_hook_types: [pre-commit, pre-push]\nrepos:\n{entry}\n")
}

/// That of docs/github.md.
pub(super) fn workflow(branch: &str) -> String {
    let uses = format!("hullguard/hullguard@v{VERSION} # better: the commit of this release");
    include_str!("workflow.yml")
        .replace("hullguard/hullguard@<commit>", &uses)
        .replace("[main]", &format!("[{branch}]"))
}
