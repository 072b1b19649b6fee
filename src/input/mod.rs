//! Where bytes come from: the work tree, the git index, standard input, and the program `shellcheck`.
//!
//! The only floor with files, git and programs. It decides by name what may be a document and reads bytes; what a file really
//! is, and what is wrong with it, is for `scan` and above.

pub mod below;
pub mod commit;
pub mod disk;
mod ignores;
mod index;
pub mod names;
pub mod private;
pub(crate) mod regular;
pub mod shellcheck;
pub mod staged;
pub mod stdin;
pub mod walk;

use std::path::{Component, Path, PathBuf};

use crate::blob::Candidate;
use crate::gap::Gap;
use crate::outcome::Told;

/// The largest file that is read. Nothing that people write comes near it, and spans are 32-bit numbers.
pub const LARGEST: u64 = 16 << 20;

/// What a run will look at, and what it will not.
#[derive(Debug, Default)]
pub struct Listing {
    /// By path, each once.
    pub candidates: Vec<Candidate>,
    /// Left out on purpose: templates, huge files, excluded ones that were asked for by name.
    pub skipped: Vec<Told>,
    /// Could not be looked at although it should have been.
    pub failed: Vec<Told>,
}

impl Listing {
    fn append(&mut self, mut other: Self) {
        self.candidates.append(&mut other.candidates);
        self.skipped.append(&mut other.skipped);
        self.failed.append(&mut other.failed);
    }
    /// Puts everything into one order, whatever the order of finding it was.
    pub(crate) fn sort(&mut self) {
        // An explicit candidate wins over the same file found by walking.
        self.candidates.sort_by(|a, b| a.path.cmp(&b.path).then(b.explicit.cmp(&a.explicit)));
        self.candidates.dedup_by(|a, b| a.path == b.path);
        self.skipped.sort();
        self.skipped.dedup();
        self.failed.sort();
        self.failed.dedup();
    }
}

/// A path without `.` and `..`, by its letters only: symbolic links are not looked at.
pub fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                tidy.pop();
            }
            other => tidy.push(other),
        }
    }
    tidy
}

/// The root of a run: the current folder if all that was asked for lies in it, else the nearest folder that holds
/// both. All paths are absolute and tidy.
pub fn root_of(current: &Path, asked: &[PathBuf]) -> PathBuf {
    if asked.iter().all(|path| path.starts_with(current)) {
        return current.to_owned();
    }
    let folder = |path: &PathBuf| {
        if path.is_dir() { path.clone() } else { path.parent().unwrap_or(path).to_owned() }
    };
    let mut folders = asked.iter().map(folder);
    let Some(mut root) = folders.next() else { return current.to_owned() };
    for other in folders {
        while !other.starts_with(&root) && root.pop() {}
    }
    root
}

/// The top folder of the work tree that a folder lies in.
pub fn top_of(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|above| above.join(".git").exists())
}

/// git's configuration of the repository whose work tree begins in a folder, which no commit has; nothing where there is
/// none.
pub fn git_configuration(top: &Path) -> Option<Result<Vec<u8>, Gap>> {
    index::configuration(top)
}

/// `path` as seen from `root`, with `/` between its parts; `None` if it lies elsewhere or is no UTF-8.
pub fn below(root: &Path, path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> =
        path.strip_prefix(root).ok()?.components().map(|part| part.as_os_str().to_str()).collect();
    Some(parts?.join("/"))
}

/// A path of a tree without `.` and `..`; `None` if it leaves the tree.
pub(crate) fn inside(path: &str) -> Option<String> {
    // Most are so already.
    if !path.starts_with(['.', '/']) && !path.ends_with('/') && !path.contains("/.") && !path.contains("//") {
        return Some(path.to_owned());
    }
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// Whether a path is one of these files or in one of these folders; none means all.
pub(crate) fn is_within(path: &str, within: &[String]) -> bool {
    within.is_empty()
        || within.iter().any(|start| {
            start.is_empty()
                || path.strip_prefix(start.as_str()).is_some_and(|r| r.is_empty() || r.starts_with('/'))
        })
}

/// The walk asks about folders on its way down; here the same is asked about the folders of a path.
pub fn excluded_with_folders(path: &str, excluded: &dyn Fn(&str) -> bool) -> bool {
    path.match_indices('/').any(|(at, _)| excluded(&path[..at])) || excluded(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_the_current_folder_or_the_nearest_common_one() {
        let here = Path::new("/a/b");
        assert_eq!(root_of(here, &[]), here);
        assert_eq!(root_of(here, &["/a/b/c/Dockerfile".into(), "/a/b".into()]), here);
        assert_eq!(root_of(here, &["/a/x/Dockerfile".into()]), Path::new("/a/x"));
        assert_eq!(
            root_of(here, &["/a/x/y/Dockerfile".into(), "/a/x/z/Dockerfile".into()]),
            Path::new("/a/x")
        );
    }

    #[test]
    fn paths_of_a_tree_stay_inside_it() {
        assert_eq!(inside("a/./b/../c").as_deref(), Some("a/c"));
        assert_eq!(inside("../a"), None);
        assert_eq!(inside("a/../../b"), None);
        assert_eq!(tidy(Path::new("/a/./b/../c")), Path::new("/a/c"));
    }
}
