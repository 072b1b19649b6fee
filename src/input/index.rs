//! The names in git's index: what a repository tracks, whatever its ignore files say.
//!
//! A reader of our own, because a hostile index must not reach C code, and because names are all that is wanted
//! (`gitformat-index(5)`, versions 2 to 4, split and sparse). What is in the files is read from disk; the index as a tree
//! is `staged`'s.

use std::path::{Path, PathBuf};

use super::regular;
use crate::gap::{Gap, Reason};

/// No index that people have is larger: a million files take 100 MB.
const LARGEST: u64 = 512 << 20;
/// git's file modes of a submodule's commit and of a program.
const GITLINK: u32 = 0o160_000;
const PROGRAM: u32 = 0o100_755;

/// A name in the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// From the top of the work tree; bytes that are no UTF-8 are replaced.
    pub(super) path: String,
    pub(super) submodule: bool,
    pub(super) executable: bool,
    /// What its size was when git last looked; nothing where git must look again.
    pub(super) size: u32,
}

/// The largest configuration of git that is read.
const CONFIGURATION: u64 = 1 << 20;

/// Where the repository's own data lie whose work tree begins in a folder.
pub(super) fn git_folder(folder: &Path) -> Option<PathBuf> {
    let git = folder.join(".git");
    if git.is_dir() {
        return Some(git);
    }
    // A linked work tree, or a submodule.
    let text = path_in(&git)?;
    Some(folder.join(text.strip_prefix("gitdir:")?.trim()))
}

/// Where a linked work tree has what it shares with the others.
pub(super) fn common_folder(git: &Path) -> PathBuf {
    let text = path_in(&git.join("commondir"));
    text.map_or_else(|| git.to_owned(), |text| git.join(text.trim()))
}

/// git's configuration of the repository whose work tree begins in a folder; nothing where there is none.
pub(super) fn configuration(top: &Path) -> Option<Result<Vec<u8>, Gap>> {
    let file = common_folder(&git_folder(top)?).join("config");
    file.symlink_metadata().is_ok().then(|| regular::read(&file, CONFIGURATION))
}

/// The text of a file that holds a path.
fn path_in(file: &Path) -> Option<String> {
    String::from_utf8(regular::read(file, 4096).ok()?).ok()
}

/// What the index of a repository names; nothing where there is none.
pub(super) fn tracked(git: &Path) -> Result<Vec<Entry>, Gap> {
    let mut all = Vec::new();
    let mut next = Some("index".to_owned());
    // The second file of a split index has no third.
    for _ in 0..2 {
        let Some(bytes) = next.take().map(|name| bytes(&git.join(name))).transpose()?.flatten() else {
            break;
        };
        // How long an object's name is, only the configuration says; a wrong guess does not come out even.
        let read = [20, 32].into_iter().find_map(|hash| read(&bytes, hash));
        let (mut entries, shared) = read.ok_or_else(damaged)?;
        all.append(&mut entries);
        next = shared;
    }
    Ok(all)
}

fn damaged() -> Gap {
    Gap::new(
        Reason::Damaged,
        "git's index cannot be read, so files that git tracks and ignores may be missing",
    )
}

fn bytes(file: &Path) -> Result<Option<Vec<u8>>, Gap> {
    match regular::read(file, LARGEST) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(gap) if gap.reason == Reason::NotFound => Ok(None),
        Err(gap) => Err(gap),
    }
}

/// The entries, and the name of the file that holds the others; `None` if it does not come out even.
fn read(bytes: &[u8], hash: usize) -> Option<(Vec<Entry>, Option<String>)> {
    let body = bytes.get(..bytes.len().checked_sub(hash)?)?;
    let number = |at: usize| body.get(at..at + 4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]));
    let version = number(4)?;
    if !body.starts_with(b"DIRC") || !(2..=4).contains(&version) {
        return None;
    }
    let count = number(8)? as usize;
    let mut at = 12;
    let mut entries = Vec::with_capacity(count.min(body.len() / 62));
    let mut path: Vec<u8> = Vec::new();
    for _ in 0..count {
        let start = at;
        let (mode, size) = (number(at + 24)?, number(at + 36)?);
        let flags = body.get(at + 40 + hash..at + 42 + hash)?;
        let extended = version >= 3 && flags[0] & 0x40 != 0;
        at += 42 + hash + if extended { 2 } else { 0 };
        if version == 4 {
            let cut = varint(body, &mut at)?;
            path.truncate(path.len().checked_sub(cut)?);
        } else {
            path.clear();
        }
        let end = at + memchr::memchr(0, body.get(at..)?)?;
        path.extend_from_slice(&body[at..end]);
        // Padded to a multiple of eight, with one zero at least; the fourth version is not.
        at = if version == 4 { end + 1 } else { start + (end - start) / 8 * 8 + 8 };
        if at > body.len() {
            return None;
        }
        // Of a split index an entry without a name stands for one of the other file's.
        if !path.is_empty() && !path.ends_with(b"/") {
            let path = String::from_utf8_lossy(&path).into_owned();
            entries.push(Entry { path, submodule: mode == GITLINK, executable: mode == PROGRAM, size });
        }
    }
    let mut shared = None;
    while at < body.len() {
        let length = number(at + 4)? as usize;
        let data = body.get(at + 8..(at + 8).checked_add(length)?)?;
        if body[at..].starts_with(b"link") && data.get(..hash)?.iter().any(|&byte| byte != 0) {
            let hex = |id: String, byte: &u8| id + &format!("{byte:02x}");
            let id = data[..hash].iter().fold(String::new(), hex);
            shared = Some(format!("sharedindex.{id}"));
        }
        at += 8 + length;
    }
    Some((entries, shared))
}

/// A number as pack files write offsets.
fn varint(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let mut value = 0usize;
    loop {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value = value.checked_mul(128)?.checked_add(usize::from(byte & 0x7f))?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
        value = value.checked_add(1)?;
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use super::*;

    fn git(folder: &Path, arguments: &[&str]) -> bool {
        let done = Command::new("git")
            .args(arguments)
            .current_dir(folder)
            .env_remove("GIT_DIR")
            .env_remove("GIT_INDEX_FILE")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .expect("git is installed");
        done.status.success()
    }

    #[test]
    fn every_form_of_index_is_read() {
        for (version, format, split) in [
            ("2", "sha1", false),
            ("3", "sha1", false),
            ("4", "sha1", false),
            ("2", "sha256", false),
            ("2", "sha1", true),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let top = folder.path();
            // An old git knows one format only.
            if !git(top, &["init", "-q", "--object-format", format, "."]) {
                continue;
            }
            for name in ["a", "dir/b.txt", "dir/b.txt.long-enough-to-need-more-padding", "ä"] {
                fs::create_dir_all(top.join(name).parent().unwrap()).unwrap();
                fs::write(top.join(name), name).unwrap();
            }
            assert!(git(top, &["update-index", "--index-version", version]));
            assert!(git(top, &["add", "a", "dir"]));
            if split {
                assert!(git(top, &["update-index", "--split-index"]));
            }
            assert!(git(top, &["add", "."]));
            if version == "3" {
                assert!(git(top, &["rm", "-q", "--cached", "ä"]) && git(top, &["add", "-N", "ä"]));
            }
            let mut paths: Vec<String> =
                tracked(&git_folder(top).unwrap()).unwrap().into_iter().map(|entry| entry.path).collect();
            paths.sort();
            let want = ["a", "dir/b.txt", "dir/b.txt.long-enough-to-need-more-padding", "ä"];
            assert_eq!(paths, want, "{version} {format} {split}");
        }
    }

    #[test]
    fn what_is_no_index_is_told() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(tracked(folder.path()).unwrap(), []);
        for bytes in
            [&b""[..], b"DIRC", b"DIRC\0\0\0\x02\xff\xff\xff\xff", &[0; 99], b"DIRC\0\0\0\x09\0\0\0\0"]
        {
            fs::write(folder.path().join("index"), [bytes, &[0; 32]].concat()).unwrap();
            assert_eq!(tracked(folder.path()).unwrap_err().reason, Reason::Damaged);
        }
        fs::remove_file(folder.path().join("index")).unwrap();
        fs::create_dir(folder.path().join("index")).unwrap();
        assert_eq!(tracked(folder.path()).unwrap_err().reason, Reason::NotAFile);
    }
}
