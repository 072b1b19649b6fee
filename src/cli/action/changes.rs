//! What a change did to files: which, under which names, and what of them a pull request's page shows.
//!
//! That page leaves out what git's attributes call binary, and so does this. Which lines are new is not asked of git but
//! of the bytes; see `lines`.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::{Context as _, Result};
use git2::{DiffOptions, Oid, Patch, Repository};

use super::lines;
use crate::cli::had::Names;
use crate::cli::moved::{self, Moved};
use crate::github::Hunks;
use crate::input::LARGEST;

/// How many lines GitHub shows around a change; on those, too, it takes comments.
const AROUND: u32 = 3;

#[derive(Default)]
pub(super) struct Changes {
    /// Paths as they are now, and as they were.
    pub(super) new: HashSet<String>,
    pub(super) old: HashSet<String>,
    /// From what they are called to what they were called.
    pub(super) renamed: Names,
    /// What the pull request's page shows.
    pub(super) shown: BTreeMap<String, Hunks>,
    /// By its name now, a file's bytes as they were and as they are.
    blobs: HashMap<String, (Oid, Oid)>,
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
        let Moved { new, old, renamed } = Moved::of(&mut diff).context("git cannot compare the commits")?;
        let mut changes = Self { new, old, renamed, ..Self::default() };
        for (index, delta) in diff.deltas().enumerate() {
            let Some(new) = moved::path(&delta.new_file()) else { continue };
            if let Ok(Some(patch)) = Patch::from_diff(&diff, index) {
                changes.read(&new, &patch)?;
            }
            changes.blobs.insert(new, (delta.old_file().id(), delta.new_file().id()));
        }
        Ok(changes)
    }

    fn read(&mut self, path: &str, patch: &Patch) -> Result<()> {
        let cut = "git's diff cannot be read";
        for number in 0..patch.num_hunks() {
            let (hunk, _) = patch.hunk(number).context(cut)?;
            if let Some(last) = (hunk.new_start() + hunk.new_lines()).checked_sub(1)
                && hunk.new_lines() > 0
            {
                self.shown.entry(path.to_owned()).or_default().0.push(hunk.new_start()..=last);
            }
        }
        Ok(())
    }

    /// The lines of a file that are new, by its name in the commit.
    pub(super) fn added(&self, repository: &Repository, path: &str) -> HashSet<u32> {
        let Some(&(before, after)) = self.blobs.get(path) else { return HashSet::new() };
        // What cannot be read was not searched either, or was not there before.
        let text = |id: Oid| {
            let header = repository.odb().and_then(|odb| odb.read_header(id));
            let blob = header.ok().filter(|&(size, _)| size as u64 <= LARGEST);
            let blob = blob.and_then(|_| repository.find_blob(id).ok());
            blob.map(|blob| blob.content().to_vec()).unwrap_or_default()
        };
        lines::added(text(before), text(after))
    }
}
