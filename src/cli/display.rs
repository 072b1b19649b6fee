//! Paths as they are shown: relative to the current folder, where the root of the run is another.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
        self.file(&self.root.join(path))
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
            self.show_paths(outcome);
        }
        report::hide(outcome);
    }
    /// Each path is made once, however many findings it has.
    fn show_paths(&self, outcome: &mut Outcome) {
        let mut known: HashMap<Arc<str>, Arc<str>> = HashMap::new();
        let mut show = |path: &mut Arc<str>| {
            let shown = known.entry(Arc::clone(path)).or_insert_with(|| self.path(path).into());
            *path = Arc::clone(shown);
        };
        for finding in &mut outcome.findings {
            show(&mut finding.place.path);
            finding.related.iter_mut().for_each(|related| show(&mut related.place.path));
        }
        outcome.pragmas.iter_mut().for_each(|pragma| show(&mut pragma.place.path));
        outcome.graphs.iter_mut().for_each(|graph| show(&mut graph.path));
        outcome.skipped.iter_mut().chain(&mut outcome.failed).for_each(|told| show(&mut told.path));
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
