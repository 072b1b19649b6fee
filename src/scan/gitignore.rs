//! What git ignores, as the `.gitignore`s of a repository say: files that are made where the project is set up.

use std::collections::HashMap;
use std::path::Path;

use ignore::Match;
use ignore::gitignore::Gitignore;

use crate::blob::Tree;
use crate::gitignore;

pub(super) struct Ignored<'t> {
    tree: &'t dyn Tree,
    /// By their folders, which are empty or end with `/`.
    read: HashMap<String, Option<Gitignore>>,
}

impl<'t> Ignored<'t> {
    pub(super) fn new(tree: &'t dyn Tree) -> Self {
        Self { tree, read: HashMap::new() }
    }

    /// Whether a `.gitignore` leaves a file out, or a folder that it is in; the nearest that says something decides.
    pub(super) fn has(&mut self, path: &str) -> bool {
        let tree = self.tree;
        let above = path.rmatch_indices('/').map(|(at, _)| &path[..=at]).chain([""]);
        let says = above.into_iter().find_map(|folder| {
            let patterns = self.read.entry(folder.to_owned()).or_insert_with(|| read(tree, folder));
            says(patterns.as_ref()?, &path[folder.len()..])
        });
        says.unwrap_or(false)
    }
}

/// Whether the patterns leave out a path below their folder; `None` if they say nothing of it.
fn says(patterns: &Gitignore, path: &str) -> Option<bool> {
    match patterns.matched_path_or_any_parents(path, false) {
        Match::None => None,
        found => Some(found.is_ignore()),
    }
}

fn read(tree: &dyn Tree, folder: &str) -> Option<Gitignore> {
    let path = format!("{folder}.gitignore");
    let text = tree.exists(&path).then(|| tree.read(&path))?.ok()?;
    let text = Some(text).filter(|text| text.len() as u64 <= gitignore::LARGEST)?;
    gitignore::patterns(Path::new(""), &text)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::says;
    use crate::gitignore::patterns;

    #[test]
    fn files_that_are_not_there_are_ignored_as_git_does() {
        for (text, path, wanted) in [
            (".env", "a/.env", Some(true)),
            ("/.env", ".env", Some(true)),
            ("/.env", "a/.env", None),
            ("certs/", "a/certs/b.pem", Some(true)),
            ("a/b.key", "a/b.key", Some(true)),
            ("a/b.key", "c/a/b.key", None),
            ("*.env\n!keep.env", "a/keep.env", Some(false)),
            ("# x\ny", "# x", None),
        ] {
            let patterns = patterns(Path::new(""), text.as_bytes()).expect("it has some");
            assert_eq!(says(&patterns, path), wanted, "{text} {path}");
        }
        assert!(patterns(Path::new(""), b"").is_none());
    }
}
