//! Opens repositories for libgit2, and looks first at what it will open: C code is not the one to find out that a file
//! lies.
//!
//! Nothing in a folder of git's may hold a run up (a FIFO, a device) or be read whole without a limit. Where objects
//! will be asked for, every index must agree with its pack (`objects::index::check`); a commit-graph is not handed on
//! at all, because libgit2 believes what it says of a commit's parents.

use std::collections::BTreeMap;
use std::env;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use git2::{ErrorCode, Odb, Repository};
use rayon::prelude::*;

use super::objects::{self, file, index, loose, pack};
use super::{Folders, refused};

/// Where a repository is looked for.
#[derive(Clone, Copy)]
pub enum At<'a> {
    /// Where git's environment says, or else in this folder or above it.
    Environment(&'a Path),
    /// In this folder or above it.
    Around(&'a Path),
    /// In this folder.
    Exactly(&'a Path),
    /// This folder is git's own.
    Bare(&'a Path),
}

/// What libgit2 will be asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// Configuration and index.
    Index,
    /// Refs and objects, too.
    Objects,
}

/// Why a repository is not opened.
#[derive(Debug)]
pub enum Refused {
    Git(git2::Error),
    /// A place in it, and what is wrong there.
    Unsafe(PathBuf, String),
}

impl Refused {
    /// It belongs to somebody else.
    pub fn is_owner(&self) -> bool {
        matches!(self, Self::Git(error) if error.code() == ErrorCode::Owner)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Git(error) => write!(f, "{}", refused(error)),
            Self::Unsafe(path, why) => {
                write!(f, "git's data cannot be read safely: {}: {why}", path.display())
            }
        }
    }
}

impl std::error::Error for Refused {}

impl From<git2::Error> for Refused {
    fn from(error: git2::Error) -> Self {
        Self::Git(error)
    }
}

type Result<T = ()> = std::result::Result<T, Refused>;

/// What is small in every repository: HEAD, a ref, a path.
const SMALL: u64 = 64 << 10;
/// What people write: configuration, ignores, attributes.
const WRITTEN: u64 = 16 << 20;
/// What grows with a repository: its index, its packed refs.
const GROWN: u64 = 1 << 30;

/// The files that libgit2 opens together with a repository, or later without being asked for objects.
const OWN: [(&str, u64); 7] = [
    ("HEAD", SMALL),
    ("commondir", SMALL),
    ("gitdir", SMALL),
    ("config.worktree", WRITTEN),
    ("index", GROWN),
    ("FETCH_HEAD", WRITTEN),
    ("ORIG_HEAD", SMALL),
];
const SHARED: [(&str, u64); 6] = [
    ("config", WRITTEN),
    ("packed-refs", GROWN),
    ("shallow", GROWN),
    ("info/grafts", GROWN),
    ("info/exclude", WRITTEN),
    ("info/attributes", WRITTEN),
];

/// As long as one lives, libgit2 does not compare what it reads with its name, which costs a third of reading; git did so
/// when it fetched. Not for commits and tags, nor for trees where libgit2 follows them itself: under a false name they
/// may lead round in a circle, and it would follow for ever.
pub(crate) struct Believing(());

static BELIEVING: AtomicUsize = AtomicUsize::new(0);

impl Believing {
    pub(crate) fn new() -> Self {
        if BELIEVING.fetch_add(1, Ordering::SeqCst) == 0 {
            git2::opts::strict_hash_verification(false);
        }
        Self(())
    }
}

impl Drop for Believing {
    fn drop(&mut self) {
        if BELIEVING.fetch_sub(1, Ordering::SeqCst) == 1 {
            git2::opts::strict_hash_verification(true);
        }
    }
}

/// Opens a repository.
pub fn open(at: At, reads: Reads) -> Result<Repository> {
    let (repository, folders) = match at {
        At::Environment(folder) => match from_env(folder) {
            Ok(repository) => (repository, Folders::from_env()),
            Err(Refused::Git(_)) => return open(At::Around(folder), reads),
            Err(refused) => return Err(refused),
        },
        At::Around(folder) => {
            around(folder)?;
            (Repository::discover(folder)?, Folders::default())
        }
        At::Exactly(folder) => {
            around(folder)?;
            (Repository::open(folder)?, Folders::default())
        }
        At::Bare(folder) => {
            top(folder)?;
            (Repository::open_bare(folder)?, Folders::default())
        }
    };
    // Once more where it was found in another way than ours.
    top(repository.path())?;
    if reads == Reads::Objects {
        named(repository.commondir())?;
        named(repository.path())?;
        let folders = folders.of(&repository);
        stores(&folders)?;
        plain(&repository, &folders)?;
    }
    Ok(repository)
}

/// Opens once more what `open` has opened for its objects.
pub fn again(folder: &Path) -> Result<Repository> {
    let repository = Repository::open_bare(folder)?;
    plain(&repository, &Folders::default().of(&repository))?;
    Ok(repository)
}

fn from_env(folder: &Path) -> Result<Repository> {
    if let Some(index) = env::var_os("GIT_INDEX_FILE") {
        bounded(Path::new(&index), GROWN)?;
    }
    if let Some(common) = env::var_os("GIT_COMMON_DIR") {
        shared(Path::new(&common))?;
    }
    match env::var_os("GIT_DIR") {
        Some(git) => top(Path::new(&git))?,
        // libgit2 starts from where the process is, which is the folder unless this is a test.
        None => around(&env::current_dir().unwrap_or_else(|_| folder.to_owned()))?,
    }
    Ok(Repository::open_from_env()?)
}

/// Looks at all that may be a repository from a folder up, until one surely is.
fn around(start: &Path) -> Result {
    let start = start.canonicalize().unwrap_or_else(|_| start.to_owned());
    for folder in start.ancestors() {
        let git = folder.join(".git");
        if let Some(text) = file::read(&git, SMALL).or_else(|gap| unless_folder(&git, gap.why))? {
            let path =
                text.strip_prefix(b"gitdir:").map(<[u8]>::trim_ascii).and_then(|path| file::path(path).ok());
            if let Some(path) = path {
                return top(&folder.join(path));
            }
        }
        for git in [git, folder.to_owned()] {
            if git.join("HEAD").symlink_metadata().is_ok() && git.join("objects").symlink_metadata().is_ok() {
                top(&git)?;
                if git.join("refs").is_dir() && git.join("objects").is_dir() {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

fn unless_folder(path: &Path, why: String) -> Result<Option<Vec<u8>>> {
    if path.is_dir() { Ok(None) } else { Err(Refused::Unsafe(path.to_owned(), why)) }
}

/// Looks at the files of one folder of git's.
fn top(git: &Path) -> Result {
    let common = git.join("commondir");
    let common = file::read(&common, SMALL).map_err(|gap| Refused::Unsafe(common, gap.why))?;
    let common = common.and_then(|path| Some(git.join(file::path(path.trim_ascii()).ok()?)));
    let common = common.unwrap_or_else(|| git.to_owned());
    OWN.iter().try_for_each(|(name, most)| bounded(&git.join(name), *most))?;
    shared(&common)?;
    includes(&git.join("config.worktree"), 0)
}

fn shared(common: &Path) -> Result {
    SHARED.iter().try_for_each(|(name, most)| bounded(&common.join(name), *most))?;
    includes(&common.join("config"), 0)
}

/// What is there is a file with an end, or a folder. A link that leads nowhere is for others to find.
fn bounded(path: &Path, most: u64) -> Result {
    let why = match fs::metadata(path) {
        Ok(meta) if meta.is_file() && meta.len() > most => format!("it is larger than {} KiB", most >> 10),
        Ok(meta) if !meta.is_file() && !meta.is_dir() => "it is not a regular file".to_owned(),
        _ => return Ok(()),
    };
    Err(Refused::Unsafe(path.to_owned(), why))
}

/// Looks at the files that a configuration names: those it includes, and lists of attributes and ignores.
fn includes(config: &Path, depth: usize) -> Result {
    // libgit2 follows ten.
    if depth > 10 {
        return Ok(());
    }
    bounded(config, WRITTEN)?;
    let text = file::read(config, WRITTEN).map_err(|gap| Refused::Unsafe(config.to_owned(), gap.why))?;
    let text = text.map(|text| String::from_utf8_lossy(&text).replace("\\\n", ""));
    for line in text.iter().flat_map(|text| text.lines()) {
        let Some((key, value)) = line.split_once('=') else { continue };
        let key = key.trim().to_ascii_lowercase();
        if !["path", "attributesfile", "excludesfile"].iter().any(|known| key.ends_with(known)) {
            continue;
        }
        let value: String = value.trim().chars().filter(|&c| c != '"').collect();
        let value = value.replace("\\\\", "\\");
        let place = match value.strip_prefix("~/") {
            Some(rest) => env::home_dir().unwrap_or_default().join(rest),
            None => config.parent().unwrap_or(Path::new("")).join(&value),
        };
        bounded(&place, WRITTEN)?;
        if key.ends_with("path") && place.is_file() {
            includes(&place, depth + 1)?;
        }
    }
    Ok(())
}

/// Looks at refs and their logs.
fn named(git: &Path) -> Result {
    let mut folders = vec![(git.join("refs"), 0), (git.join("logs"), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let log = folder.starts_with(git.join("logs"));
        // What cannot be listed has nothing for libgit2 either; whoever needs a ref of it does not find it.
        for name in file::list(&folder).unwrap_or_else(|_| Vec::new()) {
            let path = folder.join(name);
            if !path.is_dir() {
                bounded(&path, if log { GROWN } else { SMALL })?;
            } else if depth > 200 || path.is_symlink() {
                return Err(Refused::Unsafe(path, "a link to a folder, or a folder too deep".to_owned()));
            } else {
                folders.push((path, depth + 1));
            }
        }
    }
    Ok(())
}

/// Looks at object folders: packs and indexes with what they say of each other, and loose objects to their end, because
/// libgit2 waits for ever for the rest of one that is cut off.
fn stores(folders: &[PathBuf]) -> Result {
    let mut told = Vec::new();
    for folder in objects::folders(folders, &mut told) {
        // What cannot be listed has nothing for libgit2 either.
        loose::list(&folder, &mut Vec::new()).into_par_iter().try_for_each(|id| {
            let path = loose::path(&folder, &id);
            loose::check(&path).map_err(|why| Refused::Unsafe(path, why))
        })?;
        let folder = folder.join("pack");
        let mut packs = BTreeMap::new();
        // A pack or an index alone is nothing to libgit2.
        for found in objects::paired(&folder, &mut Vec::new()) {
            let path = folder.join(&found.name);
            let ends = pack::ends(&path.with_extension("pack")).map(|(_, ends)| ends).and_then(|ends| {
                index::check(&path, &ends)?;
                Ok(ends)
            });
            let ends = ends.map_err(|why| Refused::Unsafe(path, why))?;
            packs.insert(found.name.to_string_lossy().into_owned(), ends.entries);
        }
        let path = folder.join("multi-pack-index");
        index::many(&path, &packs).map_err(|why| Refused::Unsafe(path, why))?;
    }
    // A folder that is missing has no objects, and whoever needs one does not find it. A list must be one.
    match told.into_iter().find(|told| told.path.ends_with("alternates")) {
        Some(told) => Err(Refused::Unsafe(told.path.as_ref().into(), told.why)),
        None => Ok(()),
    }
}

/// Gives a repository an object store without a commit-graph: libgit2 takes that of the first folder it is given, and a
/// file is a folder without any.
fn plain(repository: &Repository, folders: &[PathBuf]) -> Result {
    let head = repository.path().join("HEAD");
    let all: Option<Vec<&str>> = [&head].into_iter().chain(folders).map(|path| path.to_str()).collect();
    let Some(all) = all else {
        let mut graphs = folders.iter().map(|folder| folder.join("info/commit-graph"));
        return match graphs.find(|graph| graph.exists()) {
            Some(graph) => {
                Err(Refused::Unsafe(graph, "a commit-graph below a path that is not valid UTF-8".into()))
            }
            None => Ok(()),
        };
    };
    let odb = Odb::new()?;
    all.into_iter().try_for_each(|path| odb.add_disk_alternate(path))?;
    Ok(repository.set_odb(&odb)?)
}
