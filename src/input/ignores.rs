//! What ignore files leave out of a walk: `.gitignore` of the repository, and its `.git/info/exclude`.
//!
//! As git has it, and no more: nothing outside of the repository counts (no global file, no folder above the top), nor
//! `.ignore`, which git does not know. What is tracked is looked at all the same (`walk`). An ignore file that is no
//! regular file, or too large, ignores nothing and is named: to see more than was wanted does no harm.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock};

use ignore::Match;
use ignore::gitignore::Gitignore;

use super::{index, regular};
use crate::gap::{Gap, Reason};
use crate::gitignore::{self, LARGEST};

/// Bytes of all ignore files of a run.
const MOST: u64 = 2 << 20;

#[derive(Default)]
pub(super) struct Ignores {
    /// What holds in each folder that was entered.
    folders: RwLock<HashMap<PathBuf, Option<Arc<Level>>>>,
    /// Ignore files that are not obeyed.
    told: Mutex<Vec<(PathBuf, Gap)>>,
    /// Folders with a repository of their own.
    repositories: Mutex<Vec<PathBuf>>,
    read: AtomicU64,
}

/// One ignore file, and what holds where it says nothing.
struct Level {
    patterns: Gitignore,
    above: Option<Arc<Level>>,
}

impl Ignores {
    /// Enters the folder that a walk begins with: what lies between it and the top of its repository counts, too.
    pub(super) fn start(&self, folder: &Path) {
        let top = super::top_of(folder).unwrap_or(folder);
        let mut between: Vec<&Path> = folder.ancestors().take_while(|above| above.starts_with(top)).collect();
        between.reverse();
        for folder in between {
            self.enter(folder);
        }
    }

    /// Enters a folder; the one above it was entered before, if it lies in the walk.
    pub(super) fn enter(&self, folder: &Path) {
        let known = || self.folders.read().expect("no thread panics while it holds the lock");
        if known().contains_key(folder) {
            return;
        }
        let mut level = folder.parent().and_then(|above| known().get(above).cloned().flatten());
        let mut add = |patterns: Option<Gitignore>| {
            if let Some(patterns) = patterns {
                level = Some(Arc::new(Level { patterns, above: level.take() }));
            }
        };
        if folder.join(".git").symlink_metadata().is_ok() {
            // A repository inside another one is its own affair.
            add(Some(Gitignore::empty()));
            self.repositories
                .lock()
                .expect("no thread panics while it holds the list")
                .push(folder.to_owned());
            // Where `.git` leads nowhere, the walk tells it.
            if let Some(git) = index::git_folder(folder) {
                add(self.patterns(folder, &index::common_folder(&git).join("info/exclude"), true));
            }
        }
        add(self.patterns(folder, &folder.join(".gitignore"), false));
        let mut folders = self.folders.write().expect("no thread panics while it holds the lock");
        folders.insert(folder.to_owned(), level);
    }

    /// Whether what lies in a folder that was entered is left out.
    pub(super) fn hides(&self, path: &Path, is_folder: bool) -> bool {
        let folders = self.folders.read().expect("no thread panics while it holds the lock");
        let mut level = path.parent().and_then(|folder| folders.get(folder)).and_then(Option::as_ref);
        while let Some(here) = level {
            match here.patterns.matched(path, is_folder) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                // Nothing of what lies around a repository holds in it.
                Match::None if here.patterns.is_empty() && here.patterns.path().as_os_str().is_empty() => {
                    return false;
                }
                Match::None => level = here.above.as_ref(),
            }
        }
        false
    }

    /// The repositories that were entered, and the ignore files that are not obeyed.
    pub(super) fn done(self) -> (Vec<PathBuf>, Vec<(PathBuf, Gap)>) {
        let mut repositories = self.repositories.into_inner().expect("all threads are done");
        repositories.sort();
        (repositories, self.told.into_inner().expect("all threads are done"))
    }

    /// The patterns of a file in a folder; `follow`: a link is followed, as git does outside of the work tree.
    fn patterns(&self, folder: &Path, file: &Path, follow: bool) -> Option<Gitignore> {
        let meta = if follow { file.metadata() } else { file.symlink_metadata() }.ok()?;
        let refused = if meta.is_symlink() {
            Some(Gap::new(
                Reason::Link,
                "a symbolic link, which git does not follow here; it ignores nothing",
            ))
        } else if !meta.is_file() {
            Some(Gap::new(Reason::NotAFile, "not a regular file; it ignores nothing"))
        } else if meta.len() > LARGEST {
            Some(Gap::new(Reason::TooLarge, "an ignore file over 128 KiB; it ignores nothing"))
        } else if self.read.fetch_add(meta.len(), Ordering::Relaxed) + meta.len() > MOST {
            Some(Gap::new(Reason::Limit, "more than 2 MiB of ignore files; this one ignores nothing"))
        } else {
            None
        };
        match refused.map_or_else(|| regular::read(file, LARGEST), Err) {
            Ok(text) => gitignore::patterns(folder, &text),
            Err(why) => {
                self.told
                    .lock()
                    .expect("no thread panics while it holds the list")
                    .push((file.to_owned(), why));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn only_the_repository_says_what_is_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().join("top");
        write(&folder.path().join(".gitignore"), "*\n");
        write(&top.join(".ignore"), "*\n");
        write(&top.join(".git/info/exclude"), "private\n");
        write(&top.join(".gitignore"), "*.log\n/out\nsub/x\n");
        write(&top.join("sub/.gitignore"), "\u{feff}y\n!keep.log\n");
        write(&top.join("sub/inner/.git/HEAD"), "ref: refs/heads/main\n");
        let ignores = Ignores::default();
        ignores.start(&top.join("sub"));
        ignores.enter(&top.join("sub/inner"));
        for (path, is_folder, hidden) in [
            ("sub/x", false, true),
            ("sub/y", false, true),
            ("sub/a.log", false, true),
            ("sub/keep.log", false, false),
            ("sub/private", false, true),
            ("sub/out", true, false),
            ("sub/a", false, false),
            ("sub/inner/a.log", false, false),
            ("sub/inner/private", false, false),
        ] {
            assert_eq!(ignores.hides(&top.join(path), is_folder), hidden, "{path}");
        }
        let (repositories, told) = ignores.done();
        assert_eq!((repositories, told.len()), (vec![top.clone(), top.join("sub/inner")], 0));
    }

    #[test]
    fn what_is_no_file_or_too_large_ignores_nothing_and_is_named() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("a", "x\n".repeat(100_000)), ("b", "x\n".repeat(10))] {
            write(&folder.path().join(name).join(".gitignore"), &text);
        }
        fs::create_dir_all(folder.path().join("c/.gitignore")).unwrap();
        let ignores = Ignores::default();
        let mut hidden = Vec::new();
        for name in ["a", "b", "c"] {
            ignores.enter(&folder.path().join(name));
            hidden.push(ignores.hides(&folder.path().join(name).join("x"), false));
        }
        assert_eq!(hidden, [false, true, false]);
        let reasons: Vec<Reason> = ignores.done().1.into_iter().map(|(_, gap)| gap.reason).collect();
        assert_eq!(reasons, [Reason::TooLarge, Reason::NotAFile]);
    }
}
