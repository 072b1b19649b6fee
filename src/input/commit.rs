//! A commit as a [`Tree`]: what git has, never what lies on disk.
//!
//! A pull request's files are looked at this way. Nothing of them is written anywhere, so nothing of them can be run
//! or followed.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result, bail};
use git2::{ObjectType, Oid, Repository};

use super::walk::{left_out, list, lost, no_file, not_utf8, submodule, told, too_large};
use super::{LARGEST, Listing, inside, is_within};
use crate::blob::{Commit, Miss, Origin, Tracked, Tree};
use crate::gap::{Gap, Reason};
use crate::history::opening::{self, Believing};
use crate::scan::around;

/// The type bits of a file's mode in git, and what they are for a regular file.
const TYPE: i32 = 0o170_000;
const REGULAR: i32 = 0o100_000;
/// For a submodule's commit, and for a program.
const GITLINK: i32 = 0o160_000;
const PROGRAM: i32 = 0o100_755;

/// More names than any repository has. A few trees that name each other many times make endless paths.
const MOST: usize = 4 << 20;
/// Bytes of all names that are kept: ten times those of the largest repositories.
const MOST_BYTES: usize = 256 << 20;
/// Longer paths are no work of people.
const LONGEST: usize = 16 << 10;

pub struct Committed {
    /// That of git, without a work tree: whoever has opened it has asked whose it is.
    folder: PathBuf,
    /// libgit2's repository is for one thread at a time; each that comes takes one and puts it back.
    idle: Mutex<Vec<Repository>>,
    tree: Oid,
    commit: Arc<Commit>,
}

/// What is told of a commit.
pub fn about(commit: &git2::Commit) -> Commit {
    let author = commit.author();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Commit {
        id: commit.id().to_string(),
        author: text(author.name_bytes()),
        email: text(author.email_bytes()),
        time: author.when().seconds(),
    }
}

impl Committed {
    pub fn open(repository: &Repository, id: Oid) -> Result<Self> {
        let commit = repository.find_commit(id).with_context(|| format!("cannot read commit {id}"))?;
        Ok(Self {
            folder: repository.path().to_owned(),
            idle: Mutex::default(),
            tree: commit.tree_id(),
            commit: Arc::new(about(&commit)),
        })
    }

    fn with<T>(&self, work: impl FnOnce(&Repository) -> Result<T, Gap>) -> Result<T, Gap> {
        let idle = self.idle.lock().expect("nothing panics while it holds the lock").pop();
        let repository = match idle {
            Some(repository) => repository,
            None => opening::again(&self.folder)
                .map_err(|refused| Gap::new(Reason::Damaged, refused.to_string()))?,
        };
        let done = work(&repository);
        self.idle.lock().expect("nothing panics while it holds the lock").push(repository);
        done
    }

    /// An entry and its mode, if there is one. Step by step, because libgit2 calls a folder that it cannot read one that
    /// is not there.
    fn find(&self, repository: &Repository, path: &str) -> Result<Option<(Oid, i32)>, Gap> {
        let mut found = None;
        let mut folder = Some(self.tree);
        let Some(path) = inside(path) else { return Ok(None) };
        for name in path.split('/') {
            let Some(id) = folder else { return Ok(None) };
            let tree = repository.find_tree(id).map_err(|error| lost(&error))?;
            let Some(entry) = tree.get_name(name) else { return Ok(None) };
            folder = (entry.kind() == Some(ObjectType::Tree)).then(|| entry.id());
            found = Some((entry.id(), entry.filemode()));
        }
        Ok(found)
    }

    /// The submodule that a path leads into: its own path, and the commit that it is at.
    pub(super) fn submodule(&self, path: &str) -> Option<(String, Oid)> {
        let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        let is_link = |mode: i32| mode & TYPE == GITLINK;
        let found = self.with(|repository| {
            for folder in folders {
                match self.find(repository, folder)? {
                    Some((id, mode)) if is_link(mode) => return Ok(Some((folder.to_owned(), id))),
                    Some(_) => {}
                    None => break,
                }
            }
            Ok(None)
        });
        found.ok().flatten()
    }

    /// Whether a file or folder is in the commit. Of one below a folder that cannot be read it is said when it is listed.
    pub fn holds(&self, path: &str) -> bool {
        path.is_empty() || !matches!(self.with(|repository| self.find(repository, path)), Ok(None))
    }

    /// How many bytes a regular file of the commit has.
    pub fn size(&self, path: &str) -> Option<u64> {
        let size = self.with(|repository| {
            let found = self.find(repository, path)?.filter(|(_, mode)| mode & TYPE == REGULAR);
            let header = found.map(|(id, _)| repository.odb().and_then(|odb| odb.read_header(id)));
            Ok(header.map(|header| header.map_or(0, |(size, _)| size as u64)))
        });
        size.ok().flatten()
    }

    /// Shows the path and mode of all that is not a folder, as long as `each` wants more. Whether that was everything.
    fn names(&self, each: &mut dyn FnMut(String, i32) -> bool) -> bool {
        let walk = |repository: &Repository| {
            let (mut folders, mut seen, mut is_whole) = (vec![(self.tree, String::new())], 0, true);
            while let Some((id, folder)) = folders.pop() {
                let Ok(tree) = repository.find_tree(id) else {
                    is_whole = false;
                    continue;
                };
                for entry in &tree {
                    seen += 1;
                    let Ok(name) = std::str::from_utf8(entry.name_bytes()) else { continue };
                    if seen > MOST || folder.len() > LONGEST {
                        return Ok(false);
                    }
                    let path = format!("{folder}{name}");
                    if entry.kind() == Some(ObjectType::Tree) {
                        folders.push((entry.id(), path + "/"));
                    } else if !each(path, entry.filemode()) {
                        return Ok(false);
                    }
                }
            }
            Ok(is_whole)
        };
        self.with(walk).unwrap_or(false)
    }

    /// All regular files of the commit. `within` limits them to paths (files or folders); empty means all.
    pub fn list(&self, within: &[String], excluded: &dyn Fn(&str) -> bool) -> Result<Listing> {
        let repository = opening::again(&self.folder).context("the repository cannot be opened again")?;
        let odb = repository.odb().context("the repository's objects cannot be read")?;
        let mut listing = Listing::default();
        let mut seen = 0;
        let mut folders = vec![(self.tree, String::new())];
        while let Some((id, folder)) = folders.pop() {
            let tree = repository.find_tree(id).with_context(|| format!("cannot read tree {id}"))?;
            for entry in &tree {
                seen += 1;
                if seen > MOST || folder.len() > LONGEST {
                    bail!("the commit has too many files or too deep folders");
                }
                let name = String::from_utf8_lossy(entry.name_bytes());
                let path = format!("{folder}{name}");
                let is_folder = entry.kind() == Some(ObjectType::Tree);
                let is_file = entry.kind() == Some(ObjectType::Blob) && entry.filemode() & TYPE == REGULAR;
                let is_submodule = entry.kind() == Some(ObjectType::Commit);
                let is_meant = is_folder || (is_file || is_submodule) && is_within(&path, within);
                if !is_meant {
                    continue;
                }
                if excluded(&path) {
                    listing.skipped.push(told(&path, left_out()));
                } else if std::str::from_utf8(entry.name_bytes()).is_err() {
                    listing.failed.push(told(&path, not_utf8()));
                } else if is_folder {
                    folders.push((entry.id(), format!("{path}/")));
                } else if is_submodule {
                    listing.skipped.push(told(&path, submodule()));
                } else {
                    let size = odb.read_header(entry.id()).map_or(0, |(size, _)| size as u64);
                    list(&path, size, &mut listing);
                }
            }
        }
        listing.sort();
        Ok(listing)
    }
}

impl Tree for Committed {
    fn origin(&self) -> Origin {
        Origin::Commit(Arc::clone(&self.commit))
    }
    fn read(&self, path: &str) -> Result<Vec<u8>, Gap> {
        self.with(|repository| {
            let (id, mode) = self
                .find(repository, path)?
                .ok_or_else(|| Gap::new(Reason::NotFound, "no such file in the commit"))?;
            if mode & TYPE != REGULAR {
                return Err(no_file());
            }
            let _believing = Believing::new();
            let blob = repository.find_blob(id).map_err(|error| lost(&error))?;
            if blob.size() as u64 > LARGEST {
                return Err(too_large());
            }
            Ok(blob.content().to_vec())
        })
    }
    fn exists(&self, path: &str) -> bool {
        let found = self.with(|repository| self.find(repository, path));
        matches!(found, Ok(Some((_, mode))) if mode & TYPE == REGULAR)
    }
    fn is_tracked(&self, path: &str) -> Option<bool> {
        self.with(|repository| Ok(self.find(repository, path)?.is_some())).ok()
    }
    fn tracked(&self) -> Option<Arc<[Tracked]>> {
        let mut all: Vec<Tracked> = Vec::new();
        let mut bytes = 0;
        let is_whole = self.names(&mut |mut path, mode| {
            if mode & TYPE == GITLINK {
                path.push('/');
            }
            bytes += path.len();
            all.push(Tracked { path: path.into(), is_executable: mode == PROGRAM, size: None });
            bytes <= MOST_BYTES
        });
        all.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        // Of a part of the files nobody can say what is missing.
        is_whole.then(|| all.into())
    }
    fn around(&self, _: &[&str], _: Miss) -> Vec<Arc<str>> {
        let mut found: Vec<Arc<str>> = Vec::new();
        // What is not there is said when the commit is listed.
        self.names(&mut |path, mode| {
            if mode & TYPE == REGULAR && around::is_wanted(&path, false) {
                found.push(path.into());
            }
            true
        });
        found.sort();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_cannot_be_read_is_not_one_that_is_not_there() {
        let (folder, tree) = commit(&[("sub/Dockerfile", "FROM a\n", 0o100_644)]);
        let repository = Repository::open_bare(folder.path()).unwrap();
        let sub = repository.find_tree(tree.tree).unwrap().get_name("sub").unwrap().id().to_string();
        std::fs::remove_file(folder.path().join("objects").join(&sub[..2]).join(&sub[2..])).unwrap();
        assert_eq!(tree.read("sub/Dockerfile").unwrap_err().reason, Reason::MissingObject);
        assert_eq!(tree.read("other/Dockerfile").unwrap_err().reason, Reason::NotFound);
        assert!(tree.holds("sub/Dockerfile") && !tree.holds("other"));
        assert_eq!(tree.is_tracked("sub/Dockerfile"), None);
        assert_eq!(tree.tracked(), None, "a part of the names says nothing about the others");
    }

    fn commit(files: &[(&str, &str, i32)]) -> (tempfile::TempDir, Committed) {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository::init_bare(folder.path()).unwrap();
        let mut top = repository.treebuilder(None).unwrap();
        for (path, text, mode) in files {
            let blob = repository.blob(text.as_bytes()).unwrap();
            match path.split_once('/') {
                None => drop(top.insert(path, blob, *mode).unwrap()),
                Some((dir, name)) => {
                    let mut below = repository.treebuilder(None).unwrap();
                    below.insert(name, blob, *mode).unwrap();
                    drop(top.insert(dir, below.write().unwrap(), 0o040_000).unwrap());
                }
            }
        }
        let tree = repository.find_tree(top.write().unwrap()).unwrap();
        let who = git2::Signature::new("a", "a@example.org", &git2::Time::new(0, 0)).unwrap();
        let id = repository.commit(None, &who, &who, "m", &tree, &[]).unwrap();
        let tree = Committed::open(&repository, id).unwrap();
        (folder, tree)
    }

    #[test]
    fn a_commit_is_read_and_nothing_around_it() {
        let files = [
            ("Dockerfile", "FROM a\n", 0o100_644),
            ("sub/run.sh", "x", 0o100_755),
            ("link", "/etc/passwd", 0o120_000),
        ];
        let (_folder, tree) = commit(&files);
        let list = |within: &[&str]| -> Vec<String> {
            let within: Vec<String> = within.iter().map(|&path| path.to_owned()).collect();
            let listing = tree.list(&within, &|path| path == "sub").unwrap();
            listing.candidates.iter().map(|file| file.path.to_string()).collect()
        };
        assert_eq!(list(&[]), ["Dockerfile"]);
        assert_eq!(list(&["sub"]), Vec::<String>::new());
        assert_eq!(tree.read("sub/../Dockerfile").unwrap(), b"FROM a\n");
        assert!(tree.exists("sub/run.sh") && !tree.exists("sub") && !tree.exists("link"));
        for path in ["link", "../Dockerfile", "/etc/passwd", "sub", ""] {
            assert!(tree.read(path).is_err(), "{path}");
        }
        assert_eq!((tree.is_tracked("link"), tree.is_tracked("x")), (Some(true), Some(false)));
        let tracked = tree.tracked().unwrap();
        let tracked: Vec<_> = tracked.iter().map(|one| (&*one.path, one.is_executable)).collect();
        assert_eq!(tracked, [("Dockerfile", false), ("link", false), ("sub/run.sh", true)]);
    }
}
