//! Every key of the configuration file, in one table.
//!
//! The reader takes the names and the allowed words from here; `tests/configuration.rs` makes the tables of
//! `docs/configuration.md` and `hullguard.schema.json` of it, so the three cannot disagree.

use crate::rule::LabelFormat;

/// One key.
#[derive(Debug)]
pub struct Key {
    pub name: &'static str,
    /// Another spelling that means the same.
    pub also: Option<&'static str>,
    pub kind: Kind,
    /// What holds where the key is left out, for people.
    pub default: &'static str,
    /// One sentence in Markdown.
    pub meaning: &'static str,
    /// The key with a value, in YAML that the reader takes.
    pub example: &'static str,
}

/// What may stand behind a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One of these words.
    Word(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// Any text.
    Text,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A file.
    Path,
    /// A file, or a list of files.
    Paths,
    /// A pattern for paths, or a list of them.
    Globs,
    /// A pattern for registries, or a list of them.
    Registries,
    /// A rule, a family, another tool's code, or a list of them.
    Rules,
    /// A word of [`LEVELS`], or a mapping with the keys of [`SETTING`].
    Setting,
    /// A mapping from rules to a [`Kind::Setting`] each.
    Settings,
    /// A list of mappings with the keys of [`IGNORE`].
    Ignores,
    /// A mapping from Dockerfiles to a stage, or a list of stages.
    Ships,
    /// A mapping from keys of labels to one of the words of [`LabelFormat::NAMES`].
    Labels,
}

pub const LEVELS: &[&str] = &["error", "warning", "note", "off"];
const PROFILES: &[&str] = &["default", "reproducible", "strict", "style"];

/// The keys at the top of the file.
pub const TOP: &[Key] = &[
    Key {
        name: "extends",
        also: None,
        kind: Kind::Paths,
        default: "nothing",
        meaning: "Other configuration files of the repository that are read first. What this file says wins.",
        example: "extends: policy/hullguard-base.yaml",
    },
    Key {
        name: "profile",
        also: None,
        kind: Kind::Word(PROFILES),
        default: "`default`",
        meaning: "How many rules run. `strict` adds stricter rules, `style` adds matters of taste. `reproducible` adds only rules on what makes two builds differ.",
        example: "profile: strict",
    },
    Key {
        name: "preview",
        also: None,
        kind: Kind::Flag,
        default: "`false`",
        meaning: "Also runs rules that are in preview: new rules whose reliability is not yet proven.",
        example: "preview: true",
    },
    Key {
        name: "fail-on",
        also: None,
        kind: Kind::Word(&super::FailOn::NAMES),
        default: "`warning`",
        meaning: "The lowest severity that makes a run fail with exit code 1.",
        example: "fail-on: error",
    },
    Key {
        name: "rules",
        also: None,
        kind: Kind::Settings,
        default: "as on each rule's page",
        meaning: "The severity of a rule or of a family of rules, or `off`, everywhere or in some paths.",
        example: "rules:\n  latest-tag: error\n  DL3009: off\n  image: {severity: note, paths: [examples/]}",
    },
    Key {
        name: "secrets",
        also: None,
        kind: Kind::Setting,
        default: "as on each rule's page",
        meaning: "Short for `secrets` under `rules`: the same for all rules that find secrets.",
        example: "secrets: {severity: error, paths: [\"tests/integration/**\"]}",
    },
    Key {
        name: "ignore",
        also: None,
        kind: Kind::Ignores,
        default: "nothing",
        meaning: "Findings that do not count, by rule and path, with a reason and a last day.",
        example: "ignore:\n  - rule: latest-tag\n    path: examples/\n    reason: copied from the vendor\n    expires: 2027-06-30",
    },
    Key {
        name: "exclude",
        also: None,
        kind: Kind::Globs,
        default: "nothing",
        meaning: "Files and folders that are not checked at all. The report counts them.",
        example: "exclude: [vendor/, \"**/*.tpl\"]",
    },
    Key {
        name: "ships",
        also: None,
        kind: Kind::Ships,
        default: "the last stage, and stages that services name as `target`",
        meaning: "Which stages of a Dockerfile are shipped. Rules for final stages apply to exactly these.",
        example: "ships:\n  api/Dockerfile: [runtime, worker]\n  tools/Dockerfile: cli",
    },
    Key {
        name: "shellcheck",
        also: None,
        kind: Kind::Word(&super::UseShellCheck::NAMES),
        default: "`auto`",
        meaning: "Checks shell code with ShellCheck: `auto` if it is installed, `require` fails the run without it.",
        example: "shellcheck: require",
    },
    Key {
        name: "trusted-registries",
        also: None,
        kind: Kind::Registries,
        default: "all",
        meaning: "Registries that images may come from, `*` allowed at either end. Others are `untrusted-registry`.",
        example: "trusted-registries: [docker.io, \"*.example.org\"]",
    },
    Key {
        name: "labels",
        also: None,
        kind: Kind::Labels,
        default: "none",
        meaning: "Labels that every shipped image must have, each with the format of its value.",
        example: "labels:\n  org.opencontainers.image.source: url\n  org.opencontainers.image.licenses: spdx\n  owner: email",
    },
    Key {
        name: "strict-labels",
        also: None,
        kind: Kind::Flag,
        default: "`false`",
        meaning: "Images must not have other labels than those in `labels`.",
        example: "strict-labels: true",
    },
    Key {
        name: "baseline",
        also: None,
        kind: Kind::Paths,
        default: "the files with the usual names in the top folder",
        meaning: "Lists of known findings, which do not count.",
        example: "baseline: ci/hullguard-baseline.jsonl",
    },
    Key {
        name: "gitleaks-config",
        also: None,
        kind: Kind::Path,
        default: "`.gitleaks.toml` or `.betterleaks.toml` in the top folder",
        meaning: "Patterns and allowlists of gitleaks.",
        example: "gitleaks-config: ci/gitleaks.toml",
    },
];

/// The keys of one rule's setting.
pub const SETTING: &[Key] = &[
    Key {
        name: "severity",
        also: None,
        kind: Kind::Word(LEVELS),
        default: "as on the rule's page",
        meaning: "The severity of its findings; `off` switches it off.",
        example: "severity: error",
    },
    Key {
        name: "paths",
        also: Some("path"),
        kind: Kind::Globs,
        default: "everywhere",
        meaning: "Only findings in files that match.",
        example: "paths: [services/, \"**/Dockerfile.dev\"]",
    },
    Key {
        name: "off",
        also: None,
        kind: Kind::Flag,
        default: "`false`",
        meaning: "`true` is the same as `severity: off`.",
        example: "off: true",
    },
];

/// The keys of one entry of `ignore`.
pub const IGNORE: &[Key] = &[
    Key {
        name: "rule",
        also: Some("rules"),
        kind: Kind::Rules,
        default: "every rule",
        meaning: "Which rules: ids, families, or codes of other tools.",
        example: "rule: [latest-tag, DL3009]",
    },
    Key {
        name: "path",
        also: Some("paths"),
        kind: Kind::Globs,
        default: "everywhere",
        meaning: "Only findings in files that match.",
        example: "path: [examples/, \"tests/**\"]",
    },
    Key {
        name: "reason",
        also: None,
        kind: Kind::Text,
        default: "empty",
        meaning: "Why. Reports show it beside the suppressed finding.",
        example: "reason: rebuilt every night",
    },
    Key {
        name: "expires",
        also: None,
        kind: Kind::Date,
        default: "never",
        meaning: "The last day (UTC) on which the entry counts. Later it suppresses nothing, and each run says so.",
        example: "expires: 2027-06-30",
    },
];

impl Key {
    /// The words that are allowed; none for other kinds.
    pub fn words(&self) -> &'static [&'static str] {
        match self.kind {
            Kind::Word(words) => words,
            Kind::Flag => &["true", "false"],
            Kind::Labels => &LabelFormat::NAMES,
            _ => &[],
        }
    }
    pub fn is(&self, name: &str) -> bool {
        self.name == name || self.also == Some(name)
    }
}
