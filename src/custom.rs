//! What users say about the values of secrets: patterns of their own, values that are all right, values that a list of
//! theirs names.
//!
//! Types only. `config::gitleaks` makes them of `.gitleaks.toml`, `baseline` of lists; `secrets::custom` asks them,
//! because only there the values are known.

use std::collections::HashSet;

use aho_corasick::AhoCorasick;
use regex::bytes::Regex;

/// The SHA-1 of a value, which is how detect-secrets writes it down. It could be guessed, so it stays in memory.
pub type Sha1 = [u8; 20];

#[derive(Clone, Debug, Default)]
pub struct Custom {
    pub rules: Vec<Pattern>,
    /// The keywords of all rules, in any case; each with the rules that want it.
    pub words: Option<(AhoCorasick, Vec<Vec<usize>>)>,
    /// Allowlists for the findings of all rules, ours included.
    pub allow: Vec<Allow>,
    /// Rules that are off, each with the file that says so.
    pub disabled: Vec<(&'static str, String)>,
    /// Values that a list of known findings names.
    pub seen: HashSet<Sha1>,
}

/// A user's own pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    pub id: String,
    pub description: String,
    /// `None`: the path alone makes a finding.
    pub regex: Option<Regex>,
    pub path: Option<Regex>,
    /// The group that holds the secret; 0: the first that is not empty, or all.
    pub group: usize,
    /// A secret with no more bits of entropy a byte is none.
    pub entropy: f32,
    pub allow: Vec<Allow>,
    /// It has no keyword, so every text is searched.
    pub always: bool,
}

/// What is all right: a path, a value.
#[derive(Clone, Debug, Default)]
pub struct Allow {
    /// Where it stands, and what it says of itself.
    pub name: String,
    /// Our rules that it speaks of, and the user's own; both empty: all.
    pub rules: Vec<&'static str>,
    pub ids: Vec<String>,
    /// All of its kinds of conditions must hold, not any.
    pub all: bool,
    pub paths: Vec<Regex>,
    pub commits: Vec<String>,
    pub target: Target,
    pub regexes: Vec<Regex>,
    /// In small letters.
    pub stopwords: Vec<String>,
}

/// What an allowlist's patterns are held against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Target {
    #[default]
    Secret,
    /// All that the pattern matched.
    Match,
    Line,
}

impl Custom {
    /// With the values that lists of known findings hold.
    #[must_use]
    pub fn seeing(mut self, seen: HashSet<Sha1>) -> Self {
        self.seen = seen;
        self
    }
}
