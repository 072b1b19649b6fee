//! The refs of a repository as they lie on disk: HEAD, loose ones, `packed-refs`.
//!
//! Ours and not libgit2's, which leaves out what it cannot read without a word.

use std::collections::BTreeMap;
use std::path::Path;

use git2::Oid;

use super::objects::NAME;
use super::objects::file;
use crate::gap::{Gap, Reason};

/// A ref is a name, or a name of a name.
const LONGEST: u64 = 64 << 10;
/// A million refs take a tenth.
const PACKED: u64 = 1 << 30;
/// How deep folders of refs may lie, and how often one may name another.
const DEEPEST: usize = 200;
const HOPS: usize = 5;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Object(Oid),
    Ref(String),
}

#[derive(Debug, Default)]
pub(crate) struct Refs {
    pub(crate) all: BTreeMap<String, Target>,
    pub(crate) head: Option<Target>,
}

impl Refs {
    /// Reads them; `common` is where refs are that all work trees share. What cannot be read is told with its file.
    pub(crate) fn read(git: &Path, common: &Path, tell: &mut dyn FnMut(&Path, Gap)) -> Self {
        let mut refs = Self::default();
        packed(&common.join("packed-refs"), &mut refs.all, tell);
        loose(common, &mut refs.all, tell);
        if git != common {
            loose(git, &mut refs.all, tell);
        }
        let head = git.join("HEAD");
        match file::read(&head, LONGEST)
            .and_then(|text| text.ok_or_else(|| Gap::new(Reason::NotFound, "it is missing")))
        {
            Ok(text) => match target(&text) {
                Some(found) => refs.head = Some(found),
                None => tell(&head, damaged(NOTHING)),
            },
            Err(gap) => tell(&head, gap),
        }
        refs
    }

    /// The object that a ref leads to; none if it leads to a branch without commits.
    pub(crate) fn resolve(&self, target: &Target) -> Result<Option<Oid>, String> {
        let mut target = target;
        for _ in 0..=HOPS {
            match target {
                Target::Object(id) => return Ok(Some(*id)),
                Target::Ref(name) => match self.all.get(name) {
                    Some(next) => target = next,
                    None => return Ok(None),
                },
            }
        }
        Err("it names a ref that names another ref, without end".to_owned())
    }
}

const NOTHING: &str = "it does not name an object or a ref";

fn damaged(why: &str) -> Gap {
    Gap::new(Reason::Damaged, why)
}

/// What the text of a ref says.
fn target(text: &[u8]) -> Option<Target> {
    let text = text.trim_ascii_end();
    if let Some(name) = text.strip_prefix(b"ref:") {
        return Some(Target::Ref(String::from_utf8_lossy(name.trim_ascii_start()).into_owned()));
    }
    // git ignores what stands behind the name.
    let (name, rest) = text.split_at_checked(2 * NAME)?;
    let ends = rest.first().is_none_or(u8::is_ascii_whitespace);
    object(name).filter(|_| ends).map(Target::Object)
}

pub(super) fn object(hex: &[u8]) -> Option<Oid> {
    let hex = str::from_utf8(hex).ok().filter(|hex| hex.len() == 2 * NAME)?;
    Oid::from_str(hex).ok()
}

/// The refs below `refs/` of a folder.
fn loose(git: &Path, all: &mut BTreeMap<String, Target>, tell: &mut dyn FnMut(&Path, Gap)) {
    let mut folders = vec![("refs".to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let place = git.join(&folder);
        let names = match file::list(&place) {
            Ok(names) => names,
            Err(gap) => {
                tell(&place, gap);
                continue;
            }
        };
        for name in names {
            let path = place.join(&name);
            let text = name.to_string_lossy();
            // git takes neither for a ref: they are locks, or what other programs left.
            if text.starts_with('.') || text.ends_with(".lock") {
                continue;
            }
            let name = format!("{folder}/{text}");
            if path.is_dir() {
                if path.is_symlink() || depth == DEEPEST {
                    tell(
                        &path,
                        Gap::new(Reason::Link, "a link to a folder, or a folder too deep, is not followed"),
                    );
                } else {
                    folders.push((name, depth + 1));
                }
                continue;
            }
            match file::read(&path, LONGEST) {
                Ok(Some(text)) => match target(&text) {
                    Some(found) => drop(all.insert(name, found)),
                    None => tell(&path, damaged(NOTHING)),
                },
                // It went meanwhile.
                Ok(None) => {}
                Err(gap) => tell(&path, gap),
            }
        }
    }
}

fn packed(path: &Path, all: &mut BTreeMap<String, Target>, tell: &mut dyn FnMut(&Path, Gap)) {
    let text = match file::read(path, PACKED) {
        Ok(text) => text.unwrap_or_else(Vec::new),
        Err(gap) => return tell(path, gap),
    };
    let mut first = true;
    for (number, line) in text.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let Some(line) = line.strip_suffix(b"\n") else {
            return tell(path, damaged(&format!("line {} is cut off", number + 1)));
        };
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let peeled = line.strip_prefix(b"^").and_then(object);
        let named = line.split_at_checked(2 * NAME).and_then(|(hex, rest)| {
            Some((object(hex)?, rest.strip_prefix(b" ").filter(|name| !name.is_empty())?))
        });
        // Comments stand at the top.
        first &= line.starts_with(b"#");
        match named {
            Some((id, name)) => {
                all.insert(String::from_utf8_lossy(name).into_owned(), Target::Object(id));
            }
            None if peeled.is_some() || first => {}
            None => tell(path, damaged(&format!("line {} is not a ref", number + 1))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_ref_is_told_and_the_rest_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let git = folder.path();
        let id = "1".repeat(40);
        std::fs::create_dir_all(git.join("refs/heads/a")).unwrap();
        for (path, text) in [
            ("HEAD", "ref: refs/heads/a/b\n"),
            ("refs/heads/a/b", &format!("{id}\n")[..]),
            ("refs/heads/empty", ""),
            ("refs/heads/short", "1234\n"),
            ("refs/heads/.DS_Store", "what\n"),
            ("refs/heads/x.lock", ""),
            ("refs/heads/one", "ref: refs/heads/two\n"),
            ("refs/heads/two", "ref: refs/heads/one\n"),
            (
                "packed-refs",
                &format!("# pack-refs with: peeled\n{id} refs/tags/v1\n^{id}\nwhat\n{id} refs/ta")[..],
            ),
        ] {
            std::fs::write(git.join(path), text).unwrap();
        }
        let mut told = Vec::new();
        let refs = Refs::read(git, git, &mut |path, why| {
            told.push(format!("{}: {why}", path.strip_prefix(git).unwrap().display()));
        });
        told.sort();
        assert_eq!(
            told,
            [
                "packed-refs: line 4 is not a ref",
                "packed-refs: line 5 is cut off",
                "refs/heads/empty: it does not name an object or a ref",
                "refs/heads/short: it does not name an object or a ref",
            ]
        );
        let names: Vec<&str> = refs.all.keys().map(String::as_str).collect();
        assert_eq!(names, ["refs/heads/a/b", "refs/heads/one", "refs/heads/two", "refs/tags/v1"]);
        assert_eq!(refs.resolve(refs.head.as_ref().unwrap()), Ok(object(id.as_bytes())));
        assert!(refs.resolve(&refs.all["refs/heads/one"]).is_err());
    }
}
