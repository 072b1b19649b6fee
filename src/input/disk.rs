//! The work tree as a [`Tree`]: files under one folder, and with `..` those of the repository around it.
//!
//! Only regular files are opened, and through links only what lies in the repository or was asked for. git's index is read when somebody first asks whether git tracks a file.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::walk::{gap, unreachable};
use super::{LARGEST, below, index, inside, regular};
use crate::blob::{Miss, Origin, Tracked, Tree};
use crate::gap::{Gap, Reason};
use crate::scan::around;

/// Entries of one folder that are looked at for its neighbours.
const MOST_LISTED: usize = 20_000;

pub struct Disk {
    root: PathBuf,
    /// The repository's top, and the path from there to the root; the root itself where there is no repository.
    top: PathBuf,
    base: String,
    /// What may be read, without links in it: the top, and what was asked for wherever it is.
    homes: Vec<PathBuf>,
    /// Folders without the links in their paths: most files share one with others.
    folders: Mutex<HashMap<PathBuf, PathBuf>>,
    /// What git tracks, sorted by path. Asked for once; a list that cannot be read is told by whoever looks for files.
    entries: OnceLock<Option<Vec<index::Entry>>>,
    /// The same as seen from the root.
    tracked: OnceLock<Option<Arc<[Tracked]>>>,
}

impl Disk {
    /// The tree under `root`, an absolute folder.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        let root = root.into();
        let top = super::top_of(&root).unwrap_or(&root).to_owned();
        let base = below(&top, &root);
        // A name that is no UTF-8 is no part of a path here.
        let (top, base) = base.map_or_else(|| (root.clone(), String::new()), |base| (top, base));
        let (entries, tracked) = (OnceLock::new(), OnceLock::new());
        let (homes, folders) = (Vec::new(), Mutex::default());
        let mut disk = Self { root, top, base, homes, folders, entries, tracked };
        let top = disk.top.clone();
        disk.allow(&top);
        disk
    }
    /// A tree whose user has named these files and folders: each may be a link that leads out of the repository.
    pub fn asked(root: impl Into<PathBuf>, asked: &[PathBuf]) -> Self {
        let mut disk = Self::new(root);
        for path in asked {
            disk.allow(path);
        }
        disk
    }
    fn allow(&mut self, path: &Path) {
        // Nothing is read through what leads nowhere.
        self.homes.extend(path.canonicalize());
    }
    pub fn root(&self) -> &Path {
        &self.root
    }
    /// Where a path of the tree lies on disk.
    pub fn locate(&self, path: &str) -> Option<PathBuf> {
        Some(self.top.join(self.below_top(path)?))
    }
}

/// The bytes of a regular file that is not too large.
///
/// # Errors
/// Why it cannot be read.
pub fn read(file: &Path) -> Result<Vec<u8>, Gap> {
    regular::read(file, LARGEST)
}

/// Where a file lies, if that is in one of these places, which have no links in them, and not among git's own files.
fn real(file: &Path, homes: &[PathBuf]) -> Result<PathBuf, Gap> {
    at_home(file.canonicalize().map_err(|error| unreachable(file, &error))?, homes)
}

/// A path without links, if it is in one of these places.
fn at_home(real: PathBuf, homes: &[PathBuf]) -> Result<PathBuf, Gap> {
    let is_in =
        |home: &PathBuf| real.strip_prefix(home).is_ok_and(|rest| rest.iter().all(|part| part != ".git"));
    if homes.iter().any(is_in) {
        return Ok(real);
    }
    Err(Gap::new(Reason::Link, "a symbolic link to a file outside of the repository"))
}

/// As [`read`] for a file that says how a repository is checked. One that lies in the repository may be a link that
/// somebody has committed; it is read only if what it leads to lies in the repository, too, and not among git's own files.
///
/// # Errors
/// Why it cannot be read.
pub fn read_own(top: &Path, file: &Path) -> Result<Vec<u8>, Gap> {
    if !file.starts_with(top) {
        return read(file);
    }
    let top = top.canonicalize().map_err(|error| gap(&error))?;
    read(&real(file, &[top])?)
}

impl Tree for Disk {
    fn origin(&self) -> Origin {
        Origin::WorkTree
    }
    fn read(&self, path: &str) -> Result<Vec<u8>, Gap> {
        let file = self.locate(path);
        let file = file.ok_or_else(|| Gap::new(Reason::Excluded, "it is outside of the checked folder"))?;
        read(&self.real(&file)?)
    }
    fn exists(&self, path: &str) -> bool {
        self.locate(path).is_some_and(|file| file.is_file())
    }
    fn is_tracked(&self, path: &str) -> Option<bool> {
        let entries = self.in_index()?;
        let find = |path: &str| entries.binary_search_by(|entry| (*entry.path).cmp(path)).ok();
        let name = self.below_top(path)?;
        let is_foreign = |above: &str| find(above).is_some_and(|at| entries[at].submodule);
        match find(&name).is_some() {
            // What lies in a submodule is that repository's affair.
            false if name.match_indices('/').any(|(at, _)| is_foreign(&name[..at])) => None,
            is_tracked => Some(is_tracked),
        }
    }
    fn tracked(&self) -> Option<Arc<[Tracked]>> {
        let list = || {
            let seen = |entry: &index::Entry| {
                let path = around::relative(&self.base, &entry.path);
                let path = if entry.submodule { path + "/" } else { path };
                Tracked { path: path.into(), is_executable: entry.executable, size: Some(entry.size) }
            };
            let mut all: Vec<Tracked> = self.in_index()?.iter().map(seen).collect();
            all.sort_unstable_by(|a, b| a.path.cmp(&b.path));
            (!all.is_empty()).then(|| all.into())
        };
        self.tracked.get_or_init(list).clone()
    }
    fn has(&self, path: &str) -> bool {
        self.locate(path).is_some_and(|file| file.symlink_metadata().is_ok())
    }
    fn around(&self, folders: &[&str], miss: Miss) -> Vec<Arc<str>> {
        let miss = &mut |path: &str, why: Gap| miss(&around::seen(&self.base, path), why);
        let mut found = self.tracked_documents(miss);
        let mut listed: HashSet<String> = HashSet::new();
        for folder in folders {
            let mut here = self.below_top(folder);
            while let Some(folder) = here.filter(|folder| !listed.contains(folder)) {
                found.extend(self.documents_in(&folder, miss));
                here = (!folder.is_empty())
                    .then(|| folder.rsplit_once('/').map_or_else(String::new, |(above, _)| above.to_owned()));
                listed.insert(folder);
            }
        }
        found.sort();
        found.dedup();
        found.iter().map(|path| around::relative(&self.base, path).into()).collect()
    }
}

impl Disk {
    /// As [`real()`] with the places of this tree.
    fn real(&self, file: &Path) -> Result<PathBuf, Gap> {
        let (Some(folder), Some(name)) = (file.parent(), file.file_name()) else {
            return real(file, &self.homes);
        };
        if file.symlink_metadata().map_err(|error| unreachable(file, &error))?.is_symlink() {
            return real(file, &self.homes);
        }
        let folders = || self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        let known = folders().get(folder).map(|found| found.join(name));
        if let Some(file) = known {
            return at_home(file, &self.homes);
        }
        let found = folder.canonicalize().map_err(|error| unreachable(file, &error))?;
        let file = found.join(name);
        folders().insert(folder.to_owned(), found);
        at_home(file, &self.homes)
    }

    /// What git's index names.
    fn in_index(&self) -> Option<&[index::Entry]> {
        let read = || {
            let mut entries = index::tracked(&index::git_folder(&self.top)?).ok()?;
            entries.sort_by(|a, b| a.path.cmp(&b.path));
            entries.dedup_by(|a, b| a.path == b.path);
            Some(entries)
        };
        self.entries.get_or_init(read).as_deref()
    }

    /// A path of the tree, as seen from the repository's top.
    fn below_top(&self, path: &str) -> Option<String> {
        if self.base.is_empty() { inside(path) } else { inside(&format!("{}/{path}", self.base)) }
    }

    /// The files that git tracks and that are Compose or bake files by their names. Of links only those that lead out:
    /// whoever reads them learns why not.
    fn tracked_documents(&self, miss: Miss) -> Vec<String> {
        if !self.top.join(".git").exists() {
            return Vec::new();
        }
        let no_repository = || Gap::new(Reason::Unreadable, "it does not lead to a repository");
        let tracked =
            index::git_folder(&self.top).ok_or_else(no_repository).and_then(|git| index::tracked(&git));
        let tracked = tracked.unwrap_or_else(|why| {
            miss(".git", why);
            Vec::new()
        });
        let wanted =
            tracked.into_iter().map(|entry| entry.path).filter(|path| around::is_wanted(path, false));
        let is_own = |path: &String| {
            let file = self.top.join(path);
            !file.is_symlink() || real(&file, &self.homes).is_err()
        };
        wanted.filter(is_own).collect()
    }

    /// The files of one folder, which is seen from the top as they are, that may be Compose or bake files by their names.
    fn documents_in(&self, folder: &str, miss: Miss) -> Vec<String> {
        let entries = match fs::read_dir(self.top.join(folder)) {
            Ok(entries) => entries,
            // An editor has a new file in a new folder.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
            Err(error) => {
                miss(folder, gap(&error));
                return Vec::new();
            }
        };
        let mut found = Vec::new();
        for (at, entry) in entries.enumerate() {
            if at == MOST_LISTED {
                let why = format!("hullguard looks at {MOST_LISTED} entries of a folder, and this has more");
                miss(folder, Gap::new(Reason::Limit, why));
                break;
            }
            match entry {
                Ok(entry) => {
                    // A name that is not UTF-8 is none that a tool looks for.
                    let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
                    if around::is_wanted(&name, true) {
                        found.push(if folder.is_empty() { name } else { format!("{folder}/{name}") });
                    }
                }
                Err(error) => {
                    miss(folder, gap(&error));
                    break;
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_regular_files_of_the_tree_only() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        fs::write(folder.path().join("a/b"), "x").unwrap();
        let disk = Disk::new(folder.path());
        assert_eq!(disk.read("a/../a/./b").unwrap(), b"x");
        assert!(disk.exists("a/b") && !disk.exists("a"));
        assert_eq!(disk.read("a").unwrap_err().why, "it is not a regular file");
        assert_eq!(disk.read("c").unwrap_err().why, "no such file or folder");
        assert_eq!(disk.read("../b").unwrap_err().why, "it is outside of the checked folder");
        assert_eq!(disk.is_tracked("a/b"), None);
    }

    #[test]
    fn asks_git_from_a_folder_below_the_top() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        fs::write(folder.path().join("a/b"), "x").unwrap();
        fs::write(folder.path().join("a/c"), "x").unwrap();
        let repository = git2::Repository::init(folder.path()).unwrap();
        let mut index = repository.index().unwrap();
        index.add_path(Path::new("a/b")).unwrap();
        index.write().unwrap();
        let disk = Disk::new(folder.path().join("a"));
        assert_eq!(disk.is_tracked("b"), Some(true));
        assert_eq!(disk.is_tracked("c"), Some(false));
        assert_eq!(disk.is_tracked("../a/b"), Some(true));
        // The repository is there, and nothing beyond it.
        assert!(disk.exists("../a/b") && !disk.exists("../../a/b"));
        assert_eq!(disk.read("../../x").unwrap_err().why, "it is outside of the checked folder");
    }
}
