//! Lists of findings that somebody has seen: our own baseline, and what other tools leave in a repository.
//!
//! [`read`] tells by the content whose a list is. Here are texts and entries only: reading files is `cli`'s, marking
//! findings `filter`'s.

mod foreign;
mod own;

use std::collections::HashSet;

pub use foreign::{Foreign, Seen};
pub use own::{Baseline, Entry};

use crate::custom::Sha1;

/// Our own list, by its name in the top folder. One JSON object a line, so that two branches that both add entries merge.
pub const NAME: &str = ".hullguard-baseline.jsonl";
/// Other tools' lists, by their names there.
pub const FOREIGN: [&str; 3] = [".gitleaksignore", ".betterleaksignore", ".secrets.baseline"];

/// A list, read.
#[derive(Debug)]
pub enum List {
    Own(Baseline),
    Foreign(Foreign),
}

/// All lists that hold for a run, and what the run looks at.
#[derive(Debug, Default)]
pub struct Known {
    pub own: Vec<Baseline>,
    pub foreign: Vec<Foreign>,
    pub looked: Looked,
}

/// What a run looks at, paths from the top of the repository: an entry is told as unused only if its file was.
#[derive(Debug, Default)]
pub struct Looked {
    /// All of the tree: a secret that moved would have been seen elsewhere.
    pub whole: bool,
    pub files: HashSet<String>,
    /// Files that entries speak of, that would be looked at, and that are no longer there.
    pub gone: HashSet<String>,
    /// There is a history that is not looked at: an entry about a secret may be for what only that has.
    pub past: bool,
}

impl Looked {
    fn at(&self, path: &str) -> bool {
        self.files.contains(path) || self.gone.contains(path)
    }
    /// Whether the run could have found what stands in that file, or stood there.
    pub fn covers(&self, path: &str, moves: bool) -> bool {
        self.at(path) && (self.whole || !moves)
    }
}

impl Known {
    /// The files that entries speak of.
    pub fn paths(&self) -> HashSet<&str> {
        let own = self.own.iter().flat_map(|list| &list.entries).map(|entry| &*entry.path);
        let foreign = self.foreign.iter().flat_map(|list| &list.entries).map(|seen| &*seen.path);
        own.chain(foreign).collect()
    }
    /// The hashes of values that lists hold.
    pub fn hashes(&self) -> HashSet<Sha1> {
        self.foreign.iter().flat_map(|list| &list.entries).filter_map(|seen| seen.value).collect()
    }
}

/// Reads a list of any kind.
///
/// # Errors
/// What is wrong with it, with the line where that can be told.
pub fn read(name: &str, bytes: &[u8]) -> Result<List, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| format!("{name}: it is not valid UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let told = |why: String| format!("{name}: {why}");
    Ok(match text.trim_start().chars().next() {
        Some('{') if own::is_ours(text) => List::Own(own::read(name, text)?),
        Some('{') => List::Foreign(foreign::detect_secrets(name, text).map_err(told)?),
        Some('[') => List::Foreign(foreign::gitleaks_report(name, text).map_err(told)?),
        _ => List::Foreign(foreign::gitleaks_ignore(name, text)),
    })
}

#[cfg(test)]
mod tests;
