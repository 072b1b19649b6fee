//! What a range of commits brought: the blobs that no parent of their commit has at the same path.
//!
//! A file that only got another name is not brought. All parents count, so what only a merge put there is found in the merge. Folders that are the same in one parent
//! are not opened. An answer from half a history would be wrong without a word, so a range that the clone does not
//! hold is an error that says how to get it.

use std::collections::HashSet;
use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail};
use git2::{ObjectType, Oid, Repository, Sort, Tree};

use super::opening::Believing;
use super::provenance::{is_shallow, shallow};

/// Longer paths are no work of people, and every folder on the way takes room on the stack.
const LONGEST: usize = 16 << 10;

/// A blob that a range brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    pub blob: Oid,
    /// The first commit of the range that has it, parents before children.
    pub commit: Oid,
    pub path: String,
    /// What the parents of that commit have at that path, each blob once.
    pub before: Vec<Oid>,
}

/// The commits of a range, parents before children, and what they brought, each blob once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Range {
    pub commits: Vec<Oid>,
    pub brought: Vec<Brought>,
    /// What the commits' parents had where something changed or went, each blob once: what was only moved stands
    /// there too.
    pub gone: Vec<Oid>,
}

/// Where a range begins and ends.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ends {
    /// What these reach is in the range,
    pub with: Vec<Oid>,
    /// but not what these reach.
    pub without: Vec<Oid>,
}

impl Ends {
    /// Reads what git's own commands take: `A..B`, `A...B`, `A`, `^A`, with HEAD for an end that is left out.
    pub fn parse(repository: &Repository, words: &[&str]) -> Result<Self> {
        let mut ends = Self::default();
        for word in words {
            if let Some((a, b)) = word.split_once("...") {
                let (a, b) = (commit(repository, a)?, commit(repository, b)?);
                ends.with.extend([a, b]);
                match repository.merge_bases(a, b) {
                    Ok(bases) => ends.without.extend(bases.iter()),
                    // Without a common commit both histories are the range, unless it was only cut off.
                    Err(_) if !is_shallow(repository) => {}
                    Err(_) => bail!("{}", cut(&format!("the common commit of {word}"))),
                }
            } else if let Some((a, b)) = word.split_once("..") {
                ends.without.push(commit(repository, a)?);
                ends.with.push(commit(repository, b)?);
            } else if let Some(a) = word.strip_prefix('^') {
                ends.without.push(commit(repository, a)?);
            } else {
                ends.with.push(commit(repository, word)?);
            }
        }
        Ok(ends)
    }

    /// What a push brings: `old` and `new` as git gives them to hooks, all zeros for none. A new branch brings what
    /// no ref reaches but those whose last parts are `name`.
    pub fn push(repository: &Repository, old: &str, new: &str, name: &str) -> Result<Self> {
        let mut ends = Self::default();
        let zero = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte == b'0');
        if zero(new) {
            return Ok(ends);
        }
        ends.with.push(commit(repository, new)?);
        if !zero(old) {
            ends.without.push(commit(repository, old)?);
            return Ok(ends);
        }
        let name = name.strip_prefix("refs/heads/").or(name.strip_prefix("refs/tags/")).unwrap_or(name);
        for reference in repository.references().context("cannot list the refs")?.flatten() {
            let other = String::from_utf8_lossy(reference.name_bytes()).into_owned();
            let same = other.strip_suffix(name).is_some_and(|start| start.ends_with('/'));
            // A ref may lead to a tree, a blob or nowhere.
            if let (false, Ok(tip)) = (same, reference.peel_to_commit()) {
                ends.without.push(tip.id());
            }
        }
        Ok(ends)
    }
}

fn commit(repository: &Repository, word: &str) -> Result<Oid> {
    let word = if word.is_empty() { "HEAD" } else { word };
    let found = repository.revparse_single(word).and_then(|object| object.peel(ObjectType::Commit));
    match found {
        Ok(object) => Ok(object.id()),
        Err(_) if is_shallow(repository) => bail!("{}", cut(&format!("commit {word}"))),
        Err(error) if error.code() == git2::ErrorCode::NotFound => {
            bail!("there is no commit {word} here; `git fetch` it first")
        }
        Err(error) => Err(error).with_context(|| format!("{word} is no commit")),
    }
}

fn cut(what: &str) -> String {
    format!(
        "{what} is not in this shallow clone; fetch the rest with `git fetch --unshallow` (or `--deepen=100`), \
         in GitHub Actions with `fetch-depth: 0` at actions/checkout"
    )
}

impl Range {
    pub fn read(repository: &Repository, ends: &Ends) -> Result<Self> {
        let mut range = Self::default();
        if ends.with.is_empty() {
            return Ok(range);
        }
        let mut walk = repository.revwalk().context("cannot walk the commits")?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::REVERSE).context("cannot walk the commits")?;
        for id in &ends.without {
            walk.hide(*id).with_context(|| format!("cannot walk from commit {id}"))?;
        }
        for id in &ends.with {
            walk.push(*id).with_context(|| format!("cannot walk from commit {id}"))?;
        }
        let cuts = shallow(repository).map_err(anyhow::Error::msg)?;
        let mut seen = Seen::default();
        let walk: Vec<_> = walk.collect();
        // Trees that lead round in a circle end with `seen`.
        let _believing = Believing::new();
        for id in walk {
            let id = match id {
                Ok(id) => id,
                Err(error) if cuts.is_empty() => {
                    return Err(error).context("a commit of the range is missing; `git fetch` it first");
                }
                Err(_) => bail!("{}", cut("a commit of the range")),
            };
            let commit = repository.find_commit(id).with_context(|| format!("cannot read commit {id}"))?;
            if cuts.contains(&id) {
                bail!("{}", cut(&parents(repository, id)));
            }
            range.commits.push(id);
            let mut trees = Vec::new();
            for parent in commit.parents() {
                trees.push(Some(
                    parent.tree().with_context(|| format!("cannot read the tree of {}", parent.id()))?,
                ));
            }
            let tree = commit.tree().with_context(|| format!("cannot read the tree of {id}"))?;
            let first = range.brought.len();
            let mut compare = Compare { repository, commit: id, seen: &mut seen, out: &mut range.brought };
            compare.trees(&tree, &trees, "")?;
            let gone = std::mem::take(&mut seen.gone);
            seen.lost.clear();
            let new = range.brought.split_off(first);
            range.brought.extend(new.into_iter().filter(|brought| !gone.contains(&brought.blob)));
            range.gone.extend(gone);
        }
        range.gone.sort_unstable();
        range.gone.dedup();
        Ok(range)
    }
}

/// The parents that a commit names, whether they are there or not.
fn parents(repository: &Repository, id: Oid) -> String {
    let mut names = String::new();
    let raw = repository.odb().and_then(|odb| odb.read(id).map(|object| object.data().to_vec()));
    for line in raw.unwrap_or_default().split(|&byte| byte == b'\n').take_while(|line| !line.is_empty()) {
        if let Some(parent) = line.strip_prefix(b"parent ") {
            let _ = write!(names, "{} ", String::from_utf8_lossy(parent));
        }
    }
    format!("commit {names}(parent of {id})")
}

/// What was told or compared once.
#[derive(Default)]
struct Seen {
    blobs: HashSet<Oid>,
    /// A folder with what the parents had there. A few trees that name each other many times make endless paths.
    trees: HashSet<(Oid, Vec<Option<Oid>>)>,
    /// Folders that went in the commit that is compared now, and blobs that did.
    lost: HashSet<Oid>,
    gone: HashSet<Oid>,
}

struct Compare<'a> {
    repository: &'a Repository,
    commit: Oid,
    seen: &'a mut Seen,
    out: &'a mut Vec<Brought>,
}

impl Compare<'_> {
    /// One folder in the commit and in its parents; a parent may not have it.
    fn trees(&mut self, tree: &Tree, parents: &[Option<Tree>], folder: &str) -> Result<()> {
        let old = parents.iter().map(|parent| parent.as_ref().map(Tree::id)).collect();
        if !self.seen.trees.insert((tree.id(), old)) {
            return Ok(());
        }
        if folder.len() > LONGEST {
            bail!("the folders of commit {} are nested too deep", self.commit);
        }
        for parent in parents.iter().flatten() {
            self.lost(tree, parent, folder)?;
        }
        for entry in tree {
            let name = entry.name_bytes();
            let before: Vec<_> =
                parents.iter().map(|parent| parent.as_ref().and_then(|tree| named(tree, name))).collect();
            if before.iter().flatten().any(|(id, _)| *id == entry.id()) {
                continue;
            }
            let path = format!("{folder}{}", String::from_utf8_lossy(name));
            match entry.kind() {
                Some(ObjectType::Tree) => {
                    let below = open(self.repository, entry.id(), &path)?;
                    let mut parents = Vec::with_capacity(before.len());
                    for (id, kind) in before.iter().map(|before| before.unzip()) {
                        parents.push(match (id, kind) {
                            (Some(id), Some(Some(ObjectType::Tree))) => {
                                Some(open(self.repository, id, &path)?)
                            }
                            _ => None,
                        });
                    }
                    self.trees(&below, &parents, &format!("{path}/"))?;
                }
                Some(ObjectType::Blob) if self.seen.blobs.insert(entry.id()) => {
                    let mut blobs: Vec<Oid> = Vec::new();
                    for (id, kind) in before.into_iter().flatten() {
                        if kind == Some(ObjectType::Blob) && !blobs.contains(&id) {
                            blobs.push(id);
                        }
                    }
                    let commit = self.commit;
                    self.out.push(Brought { blob: entry.id(), commit, path, before: blobs });
                }
                // A submodule's commit is another repository's.
                _ => {}
            }
        }
        Ok(())
    }
}

impl Compare<'_> {
    /// Notes what stands in a parent's folder and not in the commit's.
    fn lost(&mut self, tree: &Tree, parent: &Tree, folder: &str) -> Result<()> {
        for entry in parent {
            let now = named(tree, entry.name_bytes());
            match entry.kind() {
                Some(ObjectType::Blob) if now.is_none_or(|(id, _)| id != entry.id()) => {
                    self.seen.gone.insert(entry.id());
                }
                // A folder that is still one is compared itself.
                Some(ObjectType::Tree) if now.is_none_or(|(_, kind)| kind != Some(ObjectType::Tree)) => {
                    let path = format!("{folder}{}/", String::from_utf8_lossy(entry.name_bytes()));
                    self.lost_folder(entry.id(), &path)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn lost_folder(&mut self, id: Oid, path: &str) -> Result<()> {
        if !self.seen.lost.insert(id) {
            return Ok(());
        }
        if path.len() > LONGEST {
            bail!("the folders before commit {} are nested too deep", self.commit);
        }
        for entry in &open(self.repository, id, path)? {
            match entry.kind() {
                Some(ObjectType::Blob) => drop(self.seen.gone.insert(entry.id())),
                Some(ObjectType::Tree) => {
                    let path = format!("{path}{}/", String::from_utf8_lossy(entry.name_bytes()));
                    self.lost_folder(entry.id(), &path)?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn open<'a>(repository: &'a Repository, id: Oid, path: &str) -> Result<Tree<'a>> {
    repository.find_tree(id).with_context(|| format!("cannot read the tree {id} of {path}"))
}

fn named(tree: &Tree, name: &[u8]) -> Option<(Oid, Option<ObjectType>)> {
    let entry = tree.get_name_bytes(name)?;
    Some((entry.id(), entry.kind()))
}
