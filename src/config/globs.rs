//! Patterns for paths, as people know them from `.gitignore`.
//!
//! A pattern without `/` holds at any depth; whatever matches a folder matches all that is in it.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Patterns that are relative to one folder.
#[derive(Clone, Debug, Default)]
pub struct Globs {
    set: GlobSet,
    /// The path from that folder to the root of the run: empty or ending with `/`.
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
            let bare = pattern.strip_prefix("./").unwrap_or(pattern).trim_end_matches('/');
            let anchored = bare.contains('/');
            let bare = bare.strip_prefix('/').unwrap_or(bare);
            let prefix = if anchored { "" } else { "**/" };
            for pattern in [format!("{prefix}{bare}"), format!("{prefix}{bare}/**")] {
                let glob = GlobBuilder::new(&pattern).literal_separator(true).build();
                set.add(glob.map_err(|error| (index, error.kind().to_string()))?);
            }
        }
        let set = set.build().map_err(|error| (0, error.kind().to_string()))?;
        let base = if base.is_empty() { String::new() } else { format!("{}/", base.trim_end_matches('/')) };
        Ok(Self { set, base })
    }
    /// Whether one of them holds for a path below the root of the run.
    pub fn matches(&self, path: &str) -> bool {
        !self.set.is_empty() && self.set.is_match(format!("{}{path}", self.base))
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
        assert!(Globs::new(["sub/a"], "sub").unwrap().matches("a"));
        assert_eq!(Globs::new(["ok", "a{"], "").unwrap_err().0, 1);
    }
}
