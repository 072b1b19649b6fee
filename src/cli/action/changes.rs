//! What a change did to files: which, and on which lines. git says it, whose answer has no limits.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::{Context as _, Result};
use git2::{DiffOptions, Oid, Patch, Repository};

use crate::github::Hunks;

/// How many lines GitHub shows around a change; on those, too, it takes comments.
const AROUND: u32 = 3;

#[derive(Default)]
pub(super) struct Changes {
    /// Paths as they are now, and as they were.
    pub(super) new: HashSet<String>,
    pub(super) old: HashSet<String>,
    /// From what they are called to what they were called.
    pub(super) renamed: HashMap<String, String>,
    /// What the pull request's page shows.
    pub(super) shown: BTreeMap<String, Hunks>,
    /// The lines that are new.
    pub(super) touched: BTreeMap<String, HashSet<u32>>,
}

impl Changes {
    pub(super) fn between(repository: &Repository, base: Oid, head: Oid) -> Result<Self> {
        let tree = |id| repository.find_commit(id).and_then(|commit| commit.tree());
        let (base, head) = (tree(base), tree(head));
        let (base, head) =
            (base.context("the base cannot be read")?, head.context("the head cannot be read")?);
        let mut options = DiffOptions::new();
        options.context_lines(AROUND);
        let diff = repository.diff_tree_to_tree(Some(&base), Some(&head), Some(&mut options));
        let mut diff = diff.context("git cannot compare the commits")?;
        diff.find_similar(None).context("git cannot compare the commits")?;
        let mut changes = Self::default();
        for (index, delta) in diff.deltas().enumerate() {
            let path =
                |file: git2::DiffFile| file.path_bytes().map(|p| String::from_utf8_lossy(p).into_owned());
            let (old, new) = (path(delta.old_file()), path(delta.new_file()));
            if let (Some(old), Some(new)) = (&old, &new)
                && old != new
            {
                changes.renamed.insert(new.clone(), old.clone());
            }
            changes.old.extend(old);
            let Some(new) = new else { continue };
            if let Ok(Some(patch)) = Patch::from_diff(&diff, index) {
                changes.read(&new, &patch)?;
            }
            changes.new.insert(new);
        }
        Ok(changes)
    }

    fn read(&mut self, path: &str, patch: &Patch) -> Result<()> {
        let cut = "git's diff cannot be read";
        for number in 0..patch.num_hunks() {
            let (hunk, lines) = patch.hunk(number).context(cut)?;
            if let Some(last) = (hunk.new_start() + hunk.new_lines()).checked_sub(1)
                && hunk.new_lines() > 0
            {
                self.shown.entry(path.to_owned()).or_default().0.push(hunk.new_start()..=last);
            }
            for line in 0..lines {
                let line = patch.line_in_hunk(number, line).context(cut)?;
                if let ('+', Some(line)) = (line.origin(), line.new_lineno()) {
                    self.touched.entry(path.to_owned()).or_default().insert(line);
                }
            }
        }
        Ok(())
    }
}
