//! What a range of commits brought: the blobs that no parent of their commit has at the same path, with all their paths.
//!
//! An answer from half a history would be wrong without a word, so a range that the clone does not hold is an error that
//! says how to get it. How two trees are compared is `compare`'s business, where a push begins and ends `push`'s.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail};
use git2::{ObjectType, Oid, Repository, Sort};

use super::compare::Compare;
use super::opening::Believing;
use super::provenance::{is_shallow, shallow};

/// A blob that a range brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    pub blob: Oid,
    /// Where, in the order of the commits; each path once.
    pub sites: Vec<Site>,
    /// There are more paths than were noted.
    pub more: bool,
}

/// A path at which a blob came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    pub path: String,
    /// The first commit of the range that has it there, parents before children; none if a ref leads to it without one.
    pub commit: Option<Oid>,
    /// Where the parents had the same blob that has gone in that commit: it was moved.
    pub moved: Vec<String>,
}

/// A blob that stood in a parent and that the commit replaced or took away.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gone {
    pub blob: Oid,
    pub path: String,
}

/// The commits of a range, parents before children, and what they brought, each blob once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Range {
    pub commits: Vec<Oid>,
    /// Annotated tags that a push brings.
    pub tags: Vec<Oid>,
    pub brought: Vec<Brought>,
    /// What was only moved stands there, too.
    pub gone: Vec<Gone>,
}

/// Where a range begins and ends.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ends {
    /// What these commits reach is in the range,
    pub with: Vec<Oid>,
    /// but not what these reach.
    pub without: Vec<Oid>,
    /// Annotated tags, whose messages are in the range.
    pub tags: Vec<Oid>,
    /// Trees and blobs that refs lead to without a commit, each with what the ref led to before.
    pub bare: Vec<(Oid, Option<Oid>)>,
}

impl Ends {
    /// Reads what git's own commands take: `A..B`, `A...B`, `A`, `^A`, with HEAD for an end that is left out.
    pub fn parse(repository: &Repository, words: &[&str]) -> Result<Self> {
        let mut ends = Self::default();
        if words.is_empty() {
            bail!("a range of commits is empty; is a variable not set?");
        }
        for word in words {
            if let Some((a, b)) = word.split_once("...") {
                let (a, b) = side(repository, word, (a, b))?;
                ends.with.extend([a, b]);
                match repository.merge_bases(a, b) {
                    Ok(bases) => ends.without.extend(bases.iter()),
                    // Without a common commit both histories are the range, unless it was only cut off.
                    Err(_) if !is_shallow(repository) => {}
                    Err(_) => bail!("{}", cut(&format!("the common commit of {word}"))),
                }
            } else if let Some((a, b)) = word.split_once("..") {
                let (a, b) = side(repository, word, (a, b))?;
                ends.without.push(a);
                ends.with.push(b);
            } else if let Some(a) = word.strip_prefix('^') {
                ends.without.push(commit(repository, a)?);
            } else {
                ends.with.push(commit(repository, word)?);
            }
        }
        Ok(ends)
    }
}

/// The commits on both sides of a range; an open side is HEAD.
fn side(repository: &Repository, word: &str, (a, b): (&str, &str)) -> Result<(Oid, Oid)> {
    if a.is_empty() && b.is_empty() {
        bail!("`{word}` names no commit; write a range such as `main..HEAD`");
    }
    let open = |name| commit(repository, if str::is_empty(name) { "HEAD" } else { name });
    Ok((open(a)?, open(b)?))
}

/// The commit that a revision names. An empty one is an error and not HEAD: a variable of a pipeline was not set.
pub fn commit(repository: &Repository, word: &str) -> Result<Oid> {
    if word.trim().is_empty() {
        bail!("the name of a commit is empty; is a variable not set?");
    }
    let found = repository.revparse_single(word).and_then(|object| object.peel(ObjectType::Commit));
    match found {
        Ok(object) => Ok(object.id()),
        Err(_) if is_shallow(repository) => bail!("{}", cut(&format!("commit {word}"))),
        Err(error) if error.code() == git2::ErrorCode::NotFound => {
            bail!("commit {word} is not in this clone; `git fetch` it first")
        }
        Err(error) => Err(error).with_context(|| format!("{word} is not a commit")),
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
        let mut range = Self { tags: ends.tags.clone(), ..Self::default() };
        let mut compare = Compare::new(repository);
        if !ends.with.is_empty() {
            range.walk(repository, ends, &mut compare)?;
        }
        for &(id, before) in &ends.bare {
            compare.bare(id, before)?;
        }
        (range.brought, range.gone) = compare.finish();
        Ok(range)
    }

    fn walk(&mut self, repository: &Repository, ends: &Ends, compare: &mut Compare) -> Result<()> {
        let mut walk = repository.revwalk().context("cannot walk the commits")?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::REVERSE).context("cannot walk the commits")?;
        for id in &ends.without {
            walk.hide(*id).with_context(|| format!("cannot walk from commit {id}"))?;
        }
        for id in &ends.with {
            walk.push(*id).with_context(|| format!("cannot walk from commit {id}"))?;
        }
        let cuts = shallow(repository).map_err(anyhow::Error::msg)?;
        let walk: Vec<_> = walk.collect();
        // Trees that lead round in a circle end with the limits of `compare`.
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
            self.commits.push(id);
            let mut trees = Vec::new();
            for parent in commit.parents() {
                trees.push(Some(
                    parent.tree().with_context(|| format!("cannot read the tree of {}", parent.id()))?,
                ));
            }
            let tree = commit.tree().with_context(|| format!("cannot read the tree of {id}"))?;
            compare.commit(id, &tree, &trees)?;
        }
        Ok(())
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
