//! The git index as a [`Tree`]: what the next commit will hold, whatever lies on disk.
//!
//! git names the index of the commit being made in `GIT_INDEX_FILE` (`git commit -a` and `git commit -- file` use one
//! of their own), so the repository is opened from git's environment first.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use anyhow::{Context as _, Result, anyhow};
use git2::{Delta, ErrorCode, Index, IndexEntry, Oid, Repository};

use super::names::{Name, classify};
use super::walk::{left_out, list, lost, no_file, not_utf8, submodule, told, too_large};
use super::{LARGEST, Listing, inside, is_within};
use crate::blob::{Miss, Origin, Tracked, Tree};
use crate::compose::{directory, resolve};
use crate::gap::{Gap, Reason};
use crate::history::opening::{self, At, Reads};
use crate::scan::around;
use crate::text::last_part;

/// The type bits of a file's mode in git, and what they are for a regular file and a symbolic link.
const TYPE: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;
const LINK: u32 = 0o120_000;
const GITLINK: u32 = 0o160_000;
const PROGRAM: u32 = 0o100_755;
/// `git add --intent-to-add`: named in the index, but not in the next commit.
const INTENT_TO_ADD: u16 = 1 << 13;

pub struct Staged {
    repository: Mutex<Repository>,
    /// What is staged replaces or takes away these.
    gone: Mutex<Vec<(Arc<str>, Oid)>>,
    tracked: OnceLock<Option<Arc<[Tracked]>>>,
    top: PathBuf,
}

impl Staged {
    /// The index of the repository that git names in the environment, or that holds `folder`.
    pub fn open(folder: &Path) -> Result<Self> {
        let repository = opening::open(At::Environment(folder), Reads::Objects)
            .map_err(|refused| anyhow!("--staged needs a git repository: {refused}"))?;
        let top =
            repository.workdir().context("--staged needs a work tree; this repository is bare")?.to_owned();
        let mut index = repository.index().context("cannot read the git index")?;
        // Read once; libgit2 keeps it for every later `index()`.
        index.read(false).context("cannot read the git index")?;
        let top = top.canonicalize().unwrap_or(top);
        Ok(Self::of(repository, top))
    }

    fn of(repository: Repository, top: PathBuf) -> Self {
        Self { repository: Mutex::new(repository), gone: Mutex::default(), tracked: OnceLock::new(), top }
    }

    /// The top folder of the work tree; all paths are relative to it.
    pub fn top(&self) -> &Path {
        &self.top
    }

    /// What is staged and differs from HEAD, everything on a branch without commits. `within` limits it to paths
    /// (files or folders, relative to the top); empty means all.
    pub fn list(&self, within: &[String], excluded: &dyn Fn(&str) -> bool) -> Result<Listing> {
        let repository = self.repository.lock().expect("nothing panics while it holds the repository");
        let index = repository.index().context("cannot read the git index")?;
        let head = match repository.head() {
            Ok(head) => Some(head.peel_to_tree().context("HEAD has no tree")?),
            Err(error) if matches!(error.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => None,
            Err(error) => return Err(error).context("cannot read HEAD"),
        };
        let diff = repository
            .diff_tree_to_index(head.as_ref(), Some(&index), None)
            .context("cannot compare the index with HEAD")?;
        let mut listing = Listing::default();
        let mut gone = self.gone.lock().expect("nothing panics while it holds the list");
        gone.clear();
        for delta in diff.deltas() {
            let old = delta.old_file();
            if let Some(path) = old.path_bytes().filter(|_| !old.id().is_zero()) {
                let path = String::from_utf8_lossy(path);
                // Wherever it stood, but where nobody looks.
                if !super::excluded_with_folders(&path, excluded)
                    && blob_size(&repository, old.id()) <= LARGEST
                {
                    gone.push((path.into(), old.id()));
                }
            }
            // Renames are not looked for, so they come as one deleted and one added file.
            if !matches!(
                delta.status(),
                Delta::Added | Delta::Copied | Delta::Modified | Delta::Renamed | Delta::Typechange
            ) {
                continue;
            }
            let Some(bytes) = delta.new_file().path_bytes() else { continue };
            let path = String::from_utf8_lossy(bytes);
            if !is_within(&path, within) {
                continue;
            }
            if super::excluded_with_folders(&path, excluded) {
                listing.skipped.push(told(&path, left_out()));
                continue;
            }
            if let std::borrow::Cow::Owned(path) = path {
                listing.failed.push(told(&path, not_utf8()));
                continue;
            }
            let Some(entry) = index.get_path(Path::new(&*path), 0) else { continue };
            if entry.mode & TYPE == LINK
                && let Some(why) = unread(&repository, &index, &path, &entry)
            {
                listing.skipped.push(told(&path, Gap::new(Reason::Link, why)));
            }
            if entry.mode & TYPE == GITLINK {
                listing.skipped.push(told(&path, submodule()));
            }
            if entry.mode & TYPE != REGULAR || entry.flags_extended & INTENT_TO_ADD != 0 {
                continue;
            }
            list(&path, size(&repository, &entry), &mut listing);
        }
        for path in within.iter().filter(|path| !is_known(path, &index, head.as_ref())) {
            listing
                .failed
                .push(told(path, Gap::new(Reason::NotFound, "not in the git index and not in HEAD")));
        }
        listing.sort();
        Ok(listing)
    }
}

/// Whether a path that was asked for is, or was, a file or folder.
fn is_known(path: &str, index: &Index, head: Option<&git2::Tree>) -> bool {
    let below = format!("{path}/");
    path.is_empty()
        || index.get_path(Path::new(path), 0).is_some()
        || index.iter().any(|entry| entry.path.starts_with(below.as_bytes()))
        || head.is_some_and(|head| head.get_path(Path::new(path)).is_ok())
}

fn find(repository: &Repository, path: &str) -> Option<IndexEntry> {
    repository.index().ok()?.get_path(Path::new(&inside(path)?), 0)
}

/// Why a staged link is not read; `None` if what it leads to is found where it lies, or is a folder.
fn unread(repository: &Repository, index: &Index, path: &str, link: &IndexEntry) -> Option<&'static str> {
    let blob = repository.find_blob(link.id).ok()?;
    let target = std::str::from_utf8(blob.content()).ok()?;
    let Some(target) = resolve(directory(path), target) else {
        return Some("a symbolic link to a file outside of the repository");
    };
    match index.get_path(Path::new(&target), 0) {
        Some(entry) if entry.mode & TYPE == LINK => Some("a symbolic link to a symbolic link"),
        Some(_) if classify(last_part(&target)) == Name::Other => {
            Some("a symbolic link to a file that is not checked")
        }
        Some(_) => None,
        None => {
            let inside = format!("{target}/");
            let is_folder = index.iter().any(|entry| entry.path.starts_with(inside.as_bytes()));
            (!is_folder).then_some("a symbolic link to a file that git does not track")
        }
    }
}

/// The files of the index that are Compose or bake files by their names.
fn surrounding_files(index: &Index) -> Vec<String> {
    let regular = index.iter().filter(|entry| entry.mode & TYPE == REGULAR);
    regular
        .filter_map(|entry| String::from_utf8(entry.path).ok())
        .filter(|path| around::is_wanted(path, false))
        .collect()
}

fn size(repository: &Repository, entry: &IndexEntry) -> u64 {
    blob_size(repository, entry.id)
}

fn blob_size(repository: &Repository, id: Oid) -> u64 {
    repository.odb().and_then(|odb| odb.read_header(id)).map_or(0, |(size, _)| size as u64)
}

impl Tree for Staged {
    fn origin(&self) -> Origin {
        Origin::Index
    }
    fn read(&self, path: &str) -> Result<Vec<u8>, Gap> {
        let repository = self.repository.lock().expect("nothing panics while it holds the repository");
        let entry = find(&repository, path)
            .ok_or_else(|| Gap::new(Reason::NotFound, "no such file in the git index"))?;
        if entry.mode & TYPE != REGULAR {
            return Err(no_file());
        }
        if size(&repository, &entry) > LARGEST {
            return Err(too_large());
        }
        let blob = repository.find_blob(entry.id).map_err(|error| lost(&error))?;
        Ok(blob.content().to_vec())
    }
    fn exists(&self, path: &str) -> bool {
        let repository = self.repository.lock().expect("nothing panics while it holds the repository");
        find(&repository, path).is_some_and(|entry| entry.mode & TYPE == REGULAR)
    }
    fn has(&self, path: &str) -> bool {
        // What is not tracked is sent to a build as well.
        self.exists(path) || inside(path).is_some_and(|path| self.top.join(path).symlink_metadata().is_ok())
    }
    fn gone(&self, each: &mut dyn FnMut(&Arc<str>, Vec<u8>)) {
        let repository = self.repository.lock().expect("nothing panics while it holds the repository");
        for (path, id) in self.gone.lock().expect("nothing panics while it holds the list").iter() {
            // Of what cannot be read nothing is known to have been there: its secrets are told as new.
            if let Ok(blob) = repository.find_blob(*id) {
                each(path, blob.content().to_vec());
            }
        }
    }
    fn around(&self, _: &[&str], _: Miss) -> Vec<Arc<str>> {
        let repository = self.repository.lock().expect("nothing panics while it holds the repository");
        let found = repository.index().map(|index| surrounding_files(&index)).unwrap_or_default();
        found.into_iter().map(Into::into).collect()
    }
    fn is_tracked(&self, path: &str) -> Option<bool> {
        let repository = self.repository.lock().expect("nothing panics while it holds the repository");
        Some(find(&repository, path).is_some())
    }
    fn tracked(&self) -> Option<Arc<[Tracked]>> {
        let list = || {
            let repository = self.repository.lock().expect("nothing panics while it holds the repository");
            let tracked = |entry: IndexEntry| {
                let mut path = String::from_utf8_lossy(&entry.path).into_owned();
                if entry.mode & TYPE == GITLINK {
                    path.push('/');
                }
                let is_executable = entry.mode == PROGRAM;
                Tracked { path: path.into(), is_executable, size: Some(entry.file_size) }
            };
            let mut all: Vec<Tracked> = repository.index().ok()?.iter().map(tracked).collect();
            all.sort_by(|a, b| a.path.cmp(&b.path));
            // A file in conflict has several entries.
            all.dedup_by(|a, b| a.path == b.path);
            Some(all.into())
        };
        self.tracked.get_or_init(list).clone()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn reads_what_is_staged_and_not_what_lies_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository::init(folder.path()).unwrap();
        for (file, text) in
            [("Dockerfile", "FROM staged\n"), ("b/Dockerfile.dev", "FROM b\n"), ("notes", "n")]
        {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            let mut index = repository.index().unwrap();
            index.add_path(Path::new(file)).unwrap();
            index.write().unwrap();
        }
        fs::write(folder.path().join("Dockerfile"), "FROM disk\n").unwrap();
        fs::write(folder.path().join("Containerfile"), "FROM untracked\n").unwrap();
        // Not `Staged::open`: the tests may themselves run inside a git hook.
        let staged = Staged::of(repository, folder.path().to_owned());

        let listing = staged.list(&[], &|_| false).unwrap();
        let paths: Vec<&str> = listing.candidates.iter().filter(|c| c.document).map(|c| &*c.path).collect();
        assert_eq!(paths, ["Dockerfile", "b/Dockerfile.dev"]);
        assert_eq!(staged.read("Dockerfile").unwrap(), b"FROM staged\n");
        assert_eq!(staged.is_tracked("Containerfile"), Some(false));
        let tracked = staged.tracked().unwrap();
        assert_eq!(
            tracked.iter().map(|one| &*one.path).collect::<Vec<_>>(),
            ["Dockerfile", "b/Dockerfile.dev", "notes"]
        );
        assert!(staged.exists("b/../b/Dockerfile.dev") && !staged.exists("b"));
        assert_eq!(staged.list(&["b".into()], &|_| false).unwrap().candidates.len(), 1);
        assert_eq!(staged.list(&[], &|path| path == "b").unwrap().candidates.len(), 2);
    }
}
