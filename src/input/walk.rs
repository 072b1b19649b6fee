//! Finds files to lint under folders, and takes the files that were named.
//!
//! What ignore files leave out (`ignores`) is not read, unless git tracks it (`index`). Hidden folders are read, `.git`
//! never is. Symbolic links are not followed: what they lead to is found where it lies, and told where it is not.
//! Nothing is opened here, so a FIFO cannot hold a run up.

use std::collections::HashSet;
use std::fs::FileType;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::ignores::Ignores;
use super::names::{Name, classify};
use super::{LARGEST, Listing, below, index};
use crate::blob::Candidate;
use crate::gap::{Gap, Reason};
use crate::outcome::Told;
use crate::text;

/// Lists what `starts` (absolute, tidy, at or below `root`) hold. `excluded` is asked about paths below `root`, of
/// folders too; `threads` of 0 means as many as there are cores. Once `stop` says so, no more is looked for.
pub fn walk(
    root: &Path,
    starts: &[PathBuf],
    excluded: &(dyn Fn(&str) -> bool + Sync),
    threads: usize,
    stop: &(dyn Fn() -> bool + Sync),
) -> Listing {
    let mut listing = Listing::default();
    let mut folders = Vec::new();
    for start in starts {
        match start.metadata() {
            Ok(meta) if meta.is_dir() => folders.push(start.as_path()),
            found => {
                take(root, start, found.map(|meta| (meta.is_file(), meta.len())), excluded, &mut listing);
            }
        }
    }
    if let Some((first, rest)) = folders.split_first() {
        let ignores = Arc::new(Ignores::default());
        for folder in &folders {
            ignores.start(folder);
        }
        let mut builder = WalkBuilder::new(first);
        for folder in rest {
            builder.add(folder);
        }
        builder.standard_filters(false).follow_links(false).threads(threads);
        let hidden = Arc::clone(&ignores);
        builder.filter_entry(move |entry| {
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            if entry.depth() > 0 && hidden.hides(entry.path(), is_folder) {
                return false;
            }
            if is_folder && entry.file_name() != ".git" {
                hidden.enter(entry.path());
            }
            true
        });
        let found = Mutex::new(&mut listing);
        builder.build_parallel().run(|| {
            Box::new(|entry| {
                let mut listing = Listing::default();
                if stop() {
                    return WalkState::Quit;
                }
                let state = see(root, entry, excluded, &mut listing);
                if !(listing.candidates.is_empty() && listing.skipped.is_empty() && listing.failed.is_empty())
                {
                    found.lock().expect("no thread panics while it holds the listing").append(listing);
                }
                state
            })
        });
        drop(builder);
        let ignores =
            Arc::into_inner(ignores).expect("the walk has ended, and all that knew of them with it");
        let (repositories, told) = ignores.done();
        listing.skipped.extend(told.into_iter().map(|(file, why)| named(root, &file, why)));
        add_tracked(root, &folders, &repositories, excluded, &mut listing);
    }
    listing.sort();
    listing
}

/// A path as it is told, wherever it lies.
fn named(root: &Path, path: &Path, why: Gap) -> Told {
    let name = below(root, path).unwrap_or_else(|| path.to_string_lossy().into_owned());
    told(if name.is_empty() { "." } else { &name }, why)
}

/// Adds what the walk has not seen although git tracks it: ignore files are for what git does not know.
fn add_tracked(
    root: &Path,
    folders: &[&Path],
    repositories: &[PathBuf],
    excluded: &dyn Fn(&str) -> bool,
    listing: &mut Listing,
) {
    let skipped = listing.skipped.iter().map(|told| Arc::clone(&told.path));
    let seen: HashSet<Arc<str>> =
        listing.candidates.iter().map(|file| Arc::clone(&file.path)).chain(skipped).collect();
    for top in repositories {
        let Some(git) = index::git_folder(top) else {
            let gap = Gap::new(
                Reason::Unreadable,
                "it does not lead to a repository, so files that git tracks may be missing",
            );
            listing.failed.push(named(root, &top.join(".git"), gap));
            continue;
        };
        let tracked = match index::tracked(&git) {
            Ok(tracked) => tracked,
            Err(why) => {
                listing.failed.push(named(root, &git.join("index"), why));
                continue;
            }
        };
        // One of them is above the other.
        let (down, up) = (below(root, top), below(top, root));
        let name_of = |path: String| match (&down, &up) {
            (Some(down), _) if down.is_empty() => Some(path),
            (Some(down), _) => Some(format!("{down}/{path}")),
            (None, Some(up)) => Some(path.strip_prefix(up.as_str())?.strip_prefix('/')?.to_owned()),
            (None, None) => None,
        };
        for index::Entry { path, submodule: is_submodule, .. } in tracked {
            let Some(name) = name_of(path).filter(|name| !seen.contains(name.as_str())) else { continue };
            let path = root.join(&name);
            // What an index names may be made up, to lead out of the tree.
            let is_inside = super::inside(&name).as_ref() == Some(&name);
            let through_link =
                || path.ancestors().skip(1).take_while(|above| *above != root).any(Path::is_symlink);
            if !is_inside || through_link() {
                continue;
            }
            let asked = folders.iter().any(|folder| path.starts_with(folder));
            if !asked || super::excluded_with_folders(&name, excluded) {
                continue;
            }
            match path.symlink_metadata() {
                // A submodule that was fetched was walked.
                Ok(meta) if is_submodule && meta.is_dir() && index::git_folder(&path).is_none() => {
                    listing.skipped.push(told(&name, submodule()));
                }
                Ok(meta) if meta.is_file() => list(&name, meta.len(), listing),
                _ => {}
            }
        }
    }
}

/// A regular file, found in whatever way.
pub(super) fn list(name: &str, size: u64, listing: &mut Listing) {
    let base = text::last_part(name);
    let what = classify(base);
    if size > LARGEST {
        return listing.skipped.push(told(name, too_large()));
    }
    // It is searched for secrets as it is.
    if what == Name::Template {
        listing.skipped.push(told(name, template()));
    }
    let document = !matches!(what, Name::Other | Name::Template);
    listing.candidates.push(Candidate { path: name.into(), explicit: false, document });
}

/// One file that was named.
fn take(
    root: &Path,
    path: &Path,
    found: std::io::Result<(bool, u64)>,
    excluded: &dyn Fn(&str) -> bool,
    listing: &mut Listing,
) {
    let Some(name) = below(root, path) else {
        return listing.failed.push(told(&path.to_string_lossy(), not_utf8()));
    };
    match found {
        Err(error) => listing.failed.push(told(&name, unreachable(path, &error))),
        Ok((false, _)) => listing.failed.push(told(&name, no_file())),
        // Hooks name the files of a commit, so what a configuration excludes must stay excluded then.
        Ok(_) if excluded(&name) => listing.skipped.push(told(&name, left_out())),
        Ok((_, size)) if size > LARGEST => listing.skipped.push(told(&name, too_large())),
        Ok(_) => listing.candidates.push(Candidate { path: name.into(), explicit: true, document: true }),
    }
}

/// One entry of the walk.
fn see(
    root: &Path,
    entry: Result<DirEntry, ignore::Error>,
    excluded: &dyn Fn(&str) -> bool,
    listing: &mut Listing,
) -> WalkState {
    let entry = match entry {
        Ok(entry) => entry,
        Err(error) => {
            let (path, why) = explain(&error);
            let path = path.map(|p| p.strip_prefix(root).unwrap_or(&p).to_string_lossy().into_owned());
            let path = path.filter(|p| !p.is_empty()).unwrap_or_else(|| ".".into());
            listing.failed.push(told(&path, why));
            return WalkState::Continue;
        }
    };
    let Some(kind) = entry.file_type() else { return WalkState::Continue };
    // Git's own; in a linked work tree and in a submodule it is a file.
    if entry.depth() > 0 && entry.file_name() == ".git" {
        return if kind.is_dir() { WalkState::Skip } else { WalkState::Continue };
    }
    if kind.is_dir() {
        let out = below(root, entry.path()).filter(|name| entry.depth() > 0 && excluded(name));
        listing.skipped.extend(out.iter().map(|name| told(name, left_out())));
        return if out.is_some() { WalkState::Skip } else { WalkState::Continue };
    }
    let what = classify(&entry.file_name().to_string_lossy());
    if what == Name::Other && !kind.is_file() && !kind.is_symlink() {
        return WalkState::Continue;
    }
    let Some(name) = below(root, entry.path()) else {
        let path = entry.path().strip_prefix(root).unwrap_or(entry.path());
        listing.failed.push(told(&path.to_string_lossy(), not_utf8()));
        return WalkState::Continue;
    };
    if excluded(&name) {
        listing.skipped.push(told(&name, left_out()));
        return WalkState::Continue;
    }
    if !kind.is_file() {
        let why = if what == Name::Other {
            leads_out(root, entry.path())
        } else {
            unread(root, entry.path(), kind)
        };
        listing.skipped.extend(why.map(|why| told(&name, why)));
        return WalkState::Continue;
    }
    list(&name, entry.metadata().map_or(0, |meta| meta.len()), listing);
    WalkState::Continue
}

pub(super) fn template() -> Gap {
    Gap::new(Reason::Template, "a template; lint the file that it generates")
}
pub(super) fn submodule() -> Gap {
    Gap::new(Reason::Submodule, "a submodule; its files are missing")
}
pub(super) fn left_out() -> Gap {
    Gap::new(Reason::Excluded, "excluded")
}
pub(super) fn too_large() -> Gap {
    Gap::new(Reason::TooLarge, "larger than 16 MiB")
}
pub(super) fn no_file() -> Gap {
    Gap::new(Reason::NotAFile, "it is not a regular file")
}
pub(super) fn not_utf8() -> Gap {
    Gap::new(Reason::Encoding, "its name is not valid UTF-8")
}
/// An object that libgit2 could not read.
pub(super) fn lost(error: &git2::Error) -> Gap {
    let missing = error.code() == git2::ErrorCode::NotFound;
    Gap::new(if missing { Reason::MissingObject } else { Reason::Damaged }, error.message())
}

pub(super) fn told(path: &str, gap: Gap) -> Told {
    Told::new(path, gap)
}

/// What a link leads to is found where it lies; if that is elsewhere, it is not.
fn leads_out(root: &Path, path: &Path) -> Option<Gap> {
    let target = path.canonicalize().ok()?;
    let is_content = target.is_file() || target.is_dir();
    (is_content && !target.starts_with(root.canonicalize().ok()?))
        .then(|| Gap::new(Reason::Link, "a symbolic link to a file outside of the checked folder"))
}

/// Why something that is no regular file is not read; `None` for a link to what is found where it lies.
fn unread(root: &Path, path: &Path, kind: FileType) -> Option<Gap> {
    if !kind.is_symlink() {
        return Some(Gap::new(Reason::NotAFile, special(kind)));
    }
    let target = match path.metadata() {
        Ok(meta) if meta.is_dir() => return leads_out(root, path),
        Ok(meta) if !meta.is_file() => {
            return Some(Gap::new(Reason::Link, format!("a symbolic link to {}", special(meta.file_type()))));
        }
        Ok(_) => path.canonicalize().and_then(|target| Ok((target, root.canonicalize()?))),
        Err(error) => Err(error),
    };
    let (target, root) = match target {
        Ok(found) => found,
        Err(error) => return Some(unreachable(path, &error)),
    };
    let found = target.starts_with(root)
        && target.file_name().is_some_and(|name| classify(&name.to_string_lossy()) != Name::Other);
    (!found).then(|| {
        Gap::new(Reason::Link, "a symbolic link to a file that is not checked; name the file to check it")
    })
}

/// What a file that is none is called.
fn special(kind: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        for (is, name) in [
            (kind.is_fifo(), "a FIFO"),
            (kind.is_socket(), "a socket"),
            (kind.is_char_device() || kind.is_block_device(), "a device"),
        ] {
            if is {
                return name;
            }
        }
    }
    if kind.is_dir() { "a folder" } else { "not a regular file" }
}

/// Why nothing can be known of a path: a symbolic link may lead nowhere, or round and round.
pub(super) fn unreachable(path: &Path, error: &std::io::Error) -> Gap {
    let is_link = path.is_symlink();
    match error.kind() {
        std::io::ErrorKind::NotFound if is_link => Gap::new(Reason::Link, "a broken symbolic link"),
        std::io::ErrorKind::NotFound | std::io::ErrorKind::PermissionDenied => gap(error),
        // The kind for this has no stable name yet.
        _ if path.ancestors().any(Path::is_symlink) => Gap::new(Reason::Link, "a symbolic link to itself"),
        _ => gap(error),
    }
}

/// An operating system's error as a gap.
pub fn gap(error: &std::io::Error) -> Gap {
    let kind = match error.kind() {
        std::io::ErrorKind::NotFound => Reason::NotFound,
        std::io::ErrorKind::PermissionDenied => Reason::Permission,
        std::io::ErrorKind::IsADirectory | std::io::ErrorKind::WouldBlock => Reason::NotAFile,
        _ => Reason::Unreadable,
    };
    Gap::new(kind, reason(error))
}

/// An operating system's error in words that stay the same on every system.
pub fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        std::io::ErrorKind::WouldBlock => "it has no end and waits for data".to_owned(),
        std::io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        std::io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        _ => error.to_string(),
    }
}

/// The path and the sentence inside a walk's error.
fn explain(error: &ignore::Error) -> (Option<PathBuf>, Gap) {
    match error {
        ignore::Error::WithPath { path, err } => (Some(path.clone()), explain(err).1),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => explain(err),
        ignore::Error::Io(error) => (None, gap(error)),
        other => (None, Gap::new(Reason::Unreadable, other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "FROM a\n").unwrap();
        }
        folder
    }

    fn paths(listing: &Listing) -> Vec<&str> {
        listing.candidates.iter().filter(|c| c.document).map(|c| &*c.path).collect()
    }

    #[test]
    fn finds_by_name_and_respects_gitignore() {
        let folder = tree(&[
            "Dockerfile",
            "z/api.Dockerfile",
            ".devcontainer/Dockerfile",
            ".git/Dockerfile",
            "out/Dockerfile",
            "compose.yml",
            "README.md",
            "Dockerfile.j2",
            "vendor/Dockerfile",
            "Dockerfile.d/x",
        ]);
        fs::write(folder.path().join(".gitignore"), "out/\n").unwrap();
        let listing = walk(folder.path(), &[folder.path().to_owned()], &|p| p == "vendor", 2, &|| false);
        assert_eq!(
            paths(&listing),
            [".devcontainer/Dockerfile", "Dockerfile", "compose.yml", "z/api.Dockerfile"]
        );
        assert_eq!(listing.skipped, [told("Dockerfile.j2", template()), told("vendor", left_out())]);
        assert!(listing.failed.is_empty());
    }

    #[test]
    fn named_files_are_taken_whatever_their_name() {
        let folder = tree(&["notes", "Dockerfile"]);
        let asked = [folder.path().join("notes"), folder.path().join("gone")];
        let listing = walk(folder.path(), &asked, &|_| false, 1, &|| false);
        assert_eq!(listing.candidates, [Candidate { path: "notes".into(), explicit: true, document: true }]);
        assert_eq!(listing.failed, [told("gone", Gap::new(Reason::NotFound, "no such file or folder"))]);
    }

    #[cfg(unix)]
    #[test]
    fn links_and_sockets_are_left_alone() {
        let folder = tree(&["real/Dockerfile", "real/notes"]);
        let link = |to: &str, name: &str| {
            std::os::unix::fs::symlink(folder.path().join(to), folder.path().join(name)).unwrap();
        };
        for (to, name) in [
            ("", "loop"),
            ("real/Dockerfile", "Dockerfile.seen"),
            ("real", "Dockerfile.folder"),
            ("real/notes", "Dockerfile.notes"),
            ("gone", "Dockerfile.gone"),
            ("Dockerfile.self", "Dockerfile.self"),
            ("/dev/null", "compose.yaml"),
        ] {
            link(to, name);
        }
        let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("Dockerfile")).unwrap();
        let all = walk(folder.path(), &[folder.path().to_owned()], &|_| false, 2, &|| false);
        assert_eq!(paths(&all), ["real/Dockerfile"]);
        let skipped: Vec<(&str, &str)> = all.skipped.iter().map(|told| (&*told.path, &*told.why)).collect();
        assert_eq!(
            skipped,
            [
                ("Dockerfile", "a socket"),
                ("Dockerfile.gone", "a broken symbolic link"),
                (
                    "Dockerfile.notes",
                    "a symbolic link to a file that is not checked; name the file to check it"
                ),
                ("Dockerfile.self", "a symbolic link to itself"),
                ("compose.yaml", "a symbolic link to a device"),
            ]
        );
        let named = walk(folder.path(), &[folder.path().join("Dockerfile.self")], &|_| false, 2, &|| false);
        assert_eq!(
            named.failed,
            [told("Dockerfile.self", Gap::new(Reason::Link, "a symbolic link to itself"))]
        );
        let named = walk(folder.path(), &[folder.path().join("Dockerfile")], &|_| false, 2, &|| false);
        assert_eq!(named.failed, [told("Dockerfile", no_file())]);
    }
}
