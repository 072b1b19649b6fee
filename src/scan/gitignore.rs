//! What git ignores, as the `.gitignore`s of a repository say: files that are made where the project is set up.

use std::collections::HashMap;
use std::sync::Arc;

use crate::blob::Tree;
use crate::dockerignore::Ignore;
use crate::text::Source;

pub(super) struct Ignored<'t> {
    tree: &'t dyn Tree,
    /// By their folders, which are empty or end with `/`.
    read: HashMap<String, Option<Ignore>>,
}

impl<'t> Ignored<'t> {
    pub(super) fn new(tree: &'t dyn Tree) -> Self {
        Self { tree, read: HashMap::new() }
    }

    /// Whether some `.gitignore` above a file leaves it out.
    pub(super) fn has(&mut self, path: &str) -> bool {
        let folders = path.match_indices('/').map(|(at, _)| &path[..=at]);
        std::iter::once("").chain(folders).any(|folder| {
            let tree = self.tree;
            let ignore = self.read.entry(folder.to_owned()).or_insert_with(|| ignore(tree, folder));
            let rest = &path[folder.len()..];
            ignore.as_ref().is_some_and(|ignore| ignore.leaves_out(rest).is_ok_and(|found| found.is_some()))
        })
    }
}

/// The `.gitignore` of a folder, in the words of a `.dockerignore`.
fn ignore(tree: &dyn Tree, folder: &str) -> Option<Ignore> {
    let path = format!("{folder}.gitignore");
    let text = tree.exists(&path).then(|| tree.read(&path))?.ok()?;
    let text = String::from_utf8_lossy(&text);
    let patterns: Vec<String> = text.lines().map(translated).collect();
    Some(Ignore::parse(&Arc::new(Source::new(path, patterns.join("\n").into_bytes()))))
}

/// A pattern without a slash is one for all folders below.
fn translated(line: &str) -> String {
    let line = line.trim();
    let (sign, pattern) = line.strip_prefix('!').map_or(("", line), |pattern| ("!", pattern));
    let pattern = pattern.trim_end_matches('/');
    let is_anywhere = !pattern.contains('/') && !pattern.is_empty() && !pattern.starts_with('#');
    format!("{sign}{}{pattern}", if is_anywhere { "**/" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::translated;

    #[test]
    fn patterns_are_translated() {
        for (line, pattern) in [
            (".env", "**/.env"),
            ("/.env", "/.env"),
            ("certs/", "**/certs"),
            ("a/b.key", "a/b.key"),
            ("!keep.env", "!**/keep.env"),
            ("# x", "# x"),
            ("", ""),
        ] {
            assert_eq!(translated(line), pattern);
        }
    }
}
