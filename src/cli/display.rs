//! Paths as they are shown: relative to the current folder, where the root of the run is another.

use std::path::{Path, PathBuf};

use crate::input;
use crate::outcome::Outcome;
use crate::report;

/// From the root of a run, which all its paths are relative to, to another folder's view of it.
pub(super) struct Display {
    pub(super) root: PathBuf,
    pub(super) current: PathBuf,
}

impl Display {
    pub(super) fn path(&self, path: &str) -> String {
        if self.root == self.current {
            return path.to_owned();
        }
        self.file(&input::tidy(&self.root.join(path)))
    }
    /// A file by its absolute path.
    pub(super) fn file(&self, path: &Path) -> String {
        for (up, ancestor) in self.current.ancestors().enumerate() {
            // The root of the file system has nothing in common with anybody worth a `../../..`.
            if let Some(below) = input::below(ancestor, path).filter(|_| ancestor.parent().is_some()) {
                return format!("{}{below}", "../".repeat(up));
            }
        }
        path.to_string_lossy().into_owned()
    }
    /// Makes an outcome ready to be shown: paths as they are seen from here, no secrets in names.
    pub(super) fn show(&self, outcome: &mut Outcome) {
        if self.root != self.current {
            outcome.rename(&mut |path| self.path(path));
        }
        report::hide(outcome);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_from_the_current_folder() {
        let display = |root: &str| Display { root: root.into(), current: "/a/b".into() };
        assert_eq!(display("/a/b").path("c/d"), "c/d");
        assert_eq!(display("/a").path("b/c"), "c");
        assert_eq!(display("/a").path("x/c"), "../x/c");
        assert_eq!(display("/z").path("c"), "/z/c");
    }
}
