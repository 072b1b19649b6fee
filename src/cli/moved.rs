//! What a difference between two trees did to the names of files.

use std::collections::HashSet;

use git2::{Diff, DiffFile, DiffFindOptions};

use super::had::Names;

#[derive(Default)]
pub(super) struct Moved {
    /// Paths of changed files as they are now, and as they were.
    pub(super) new: HashSet<String>,
    pub(super) old: HashSet<String>,
    /// From what they are called to what they were called.
    pub(super) renamed: Names,
}

impl Moved {
    /// Finds renamed files by their content, whatever the repository's configuration says of copies.
    pub(super) fn of(diff: &mut Diff) -> Result<Self, git2::Error> {
        let mut renames = DiffFindOptions::new();
        diff.find_similar(Some(renames.renames(true)))?;
        let mut moved = Self::default();
        for delta in diff.deltas() {
            let (old, new) = (path(&delta.old_file()), path(&delta.new_file()));
            if let (Some(old), Some(new)) = (&old, &new)
                && old != new
            {
                moved.renamed.insert(new.clone(), old.clone());
            }
            moved.old.extend(old);
            moved.new.extend(new);
        }
        Ok(moved)
    }
}

pub(super) fn path(file: &DiffFile) -> Option<String> {
    file.path_bytes().map(|path| String::from_utf8_lossy(path).into_owned())
}
