//! Patterns for paths, as people know them from `.gitignore`.
//!
//! A pattern without `/` holds at any depth; whatever matches a folder matches all that is in it.

use crate::archive;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Patterns, each relative to the folder of the file that it stands in.
#[derive(Clone, Debug, Default)]
pub struct Globs {
    sets: Vec<Set>,
}

#[derive(Clone, Debug)]
struct Set {
    set: GlobSet,
    /// The path from the folder that they are relative to, to the root of the run: empty or ending with `/`.
    base: String,
}

impl Globs {
    /// Compiles patterns.
    ///
    /// # Errors
    /// The index of the pattern that cannot be read, and why.
    pub fn new<'p>(patterns: impl IntoIterator<Item = &'p str>, base: &str) -> Result<Self, (usize, String)> {
        let mut set = GlobSetBuilder::new();
        for (index, pattern) in patterns.into_iter().enumerate() {
            let refused = |why: &str| Err((index, why.to_owned()));
            let bare = pattern.strip_prefix("./").unwrap_or(pattern).trim_end_matches('/');
            let anchored = bare.contains('/');
            let bare = bare.strip_prefix('/').unwrap_or(bare);
            if pattern.is_empty() {
                return refused("it is empty");
            } else if pattern.starts_with('!') {
                return refused(
                    "`!` (an exception) is not supported; write patterns that do not match this path",
                );
            } else if bare.split('/').any(|part| part == "..") {
                return refused("it leads out of the folder");
            }
            let bare = if bare.is_empty() || bare == "." { "**" } else { bare };
            let prefix = if anchored { "" } else { "**/" };
            for pattern in [format!("{prefix}{bare}"), format!("{prefix}{bare}/**")] {
                let glob = GlobBuilder::new(&pattern).literal_separator(true).backslash_escape(true).build();
                set.add(glob.map_err(|error| (index, error.kind().to_string()))?);
            }
        }
        let set = set.build().map_err(|error| (0, error.kind().to_string()))?;
        let base = if base.is_empty() { String::new() } else { format!("{}/", base.trim_end_matches('/')) };
        Ok(Self { sets: vec![Set { set, base }] })
    }
    /// Holds for what the others hold for, too.
    pub fn add(&mut self, others: Self) {
        self.sets.extend(others.sets);
    }
    /// Whether one of them holds for a path below the root of the run, or for the archive that it leads into.
    pub fn matches(&self, path: &str) -> bool {
        let holds = |path: &str| {
            let holds = |Set { set, base }: &Set| !set.is_empty() && set.is_match(format!("{base}{path}"));
            self.sets.iter().any(holds)
        };
        archive::holders(path).any(holds)
    }
}

#[cfg(test)]
mod tests {
    use super::Globs;

    #[test]
    fn patterns_hold_as_in_gitignore() {
        let globs = Globs::new(["vendor", "a/*.yml", "/top", "*.dev", "deep/**/x"], "").unwrap();
        for path in ["vendor", "vendor/a/b", "x/vendor/y", "a/b.yml", "top", "q/Dockerfile.dev", "deep/1/2/x"]
        {
            assert!(globs.matches(path), "{path}");
        }
        for path in ["a/b/c.yml", "x/top", "vendors", "b/a/c.yml"] {
            assert!(!globs.matches(path), "{path}");
        }
        let mut globs = Globs::new(["sub/a"], "sub").unwrap();
        assert!(globs.matches("a") && !globs.matches("b"));
        globs.add(Globs::new(["b"], "").unwrap());
        assert!(globs.matches("a") && globs.matches("b"));
        for all in [".", "./", "/", "*", "**"] {
            let globs = Globs::new([all], "").unwrap();
            assert!(globs.matches("a") && globs.matches("a/b/.c"), "{all}");
        }
        for wrong in ["a{", "", "!a", "../a", "a/../b"] {
            assert_eq!(Globs::new(["ok", wrong], "").unwrap_err().0, 1, "{wrong}");
        }
    }
}
