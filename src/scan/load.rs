//! From candidates to sources: what is read when, and what is said of files that are left out.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::aside::Aside;
use super::chains::{self, Chain};
use super::kind::{self, Kind, Name};
use crate::blob::{Candidate, Tree};
use crate::compose::resolve;
use crate::container::FileId;
use crate::gap::{Gap, Reason};
use crate::outcome::{Outcome, Told};
use crate::secrets::Wide;
use crate::shown::guarded;
use crate::text::{Source, last_part};
use crate::{compose, yaml};

pub(super) const NO_DOCUMENT: &str = "the content is not a Dockerfile or a Compose file";

/// A candidate, read.
pub(super) enum Loaded {
    Dockerfile(Arc<Source>),
    Compose(Arc<Source>),
    Daemon(Arc<Source>),
    Skip(Gap),
    Fail(Gap),
    Other,
    /// The run was stopped before its turn came.
    Unread,
}

/// A Dockerfile or the settings of an engine by its name: it can wait, and be dropped when it is done.
pub(super) fn is_streamed(candidate: &Candidate) -> bool {
    matches!(kind::name(&candidate.path), Name::Dockerfile | Name::Perhaps | Name::Template | Name::Daemon)
}

pub(super) fn load(candidate: &Candidate, tree: &dyn Tree) -> Loaded {
    let bytes = match tree.read(&candidate.path) {
        Ok(bytes) => bytes,
        Err(why) => return Loaded::Fail(why),
    };
    let source = source(&candidate.path, bytes);
    match kind::kind(&source, candidate.explicit) {
        Kind::Dockerfile => Loaded::Dockerfile(source),
        Kind::Compose => Loaded::Compose(source),
        Kind::Daemon => Loaded::Daemon(source),
        Kind::Skip(reason, why) => left_out(reason, why),
        Kind::Other => Loaded::Other,
    }
}

/// What is no document is left out on purpose; one that is too large should have been checked.
fn left_out(reason: Reason, why: &'static str) -> Loaded {
    let gap = Gap::new(reason, why);
    if reason == Reason::TooLarge { Loaded::Fail(gap) } else { Loaded::Skip(gap) }
}

/// A file's text, from UTF-16, too.
pub(super) fn source(path: &Arc<str>, bytes: Vec<u8>) -> Arc<Source> {
    let path = Arc::clone(path);
    Arc::new(match Wide::of(&bytes) {
        Some(wide) => Source::from_utf16(path, wide.part(&bytes).0),
        None => Source::new(path, bytes),
    })
}

/// Says what became of a candidate that is no document.
pub(super) fn tell(candidate: &Candidate, loaded: Loaded, outcome: &mut Outcome) {
    match loaded {
        Loaded::Skip(why) => outcome.skip(&candidate.path, why),
        Loaded::Fail(why) => outcome.fail(&candidate.path, why),
        Loaded::Other if candidate.explicit => {
            outcome.skip(&candidate.path, Gap::new(Reason::OtherFormat, NO_DOCUMENT));
        }
        Loaded::Other | Loaded::Unread | Loaded::Dockerfile(_) | Loaded::Compose(_) | Loaded::Daemon(_) => {}
    }
}

/// A main Compose file with what overrides it, and all files that these name, directly or not.
pub(super) struct Group {
    /// [`FileId`] counts in it.
    pub(super) sources: Vec<Arc<Source>>,
    /// How many of them, from the first, are the main file and its overrides.
    pub(super) own: usize,
    /// Nobody runs its services as they stand here: Compose does not find the file by itself, and others extend or
    /// include it. It is judged with those.
    pub(super) base: bool,
    /// All groups together name too much, so that what this one names is not with it.
    pub(super) cut: bool,
}

/// Bytes of named files that all groups of a run read, each file as often as groups reach it. A hundred files that name
/// each other are read ten thousand times.
const MOST_NAMED: usize = 32 << 20;
pub(super) const CUT: &str =
    "the Compose files of this run refer to each other too often; this one was not checked";

/// The Compose files of a run, and what is said of files that they name.
pub(super) struct Groups {
    pub(super) list: Vec<Group>,
    /// Files that several groups name.
    pub(super) shared: HashSet<Arc<str>>,
    /// Files that are only part of what names them, as far as that was asked for: nobody would take them for Compose
    /// files.
    pub(super) parts: HashSet<Arc<str>>,
    /// What is there and cannot be read.
    pub(super) failed: Vec<Told>,
}

/// What belongs together. Only the groups hold the texts, so that each can be dropped with the last group that names it.
/// `context`: Compose files on which nothing is reported. `settings`: the devcontainers of the run.
pub(super) fn groups<'p>(
    mut linted: Vec<Arc<Source>>,
    context: Vec<Arc<Source>>,
    settings: impl Iterator<Item = &'p str>,
    tree: &dyn Tree,
    aside: &Aside,
) -> Groups {
    let asked = linted.len();
    linted.extend(context);
    let chains = if linted.is_empty() {
        BTreeSet::default()
    } else {
        chains::chains(linted.iter().map(|source| &**source.path()), settings, aside)
    };
    let count = linted.len();
    let Sources { all, names, failed } = with_references(linted, &chains, tree);
    let paths: Vec<&str> = all.iter().map(|source| &**source.path()).collect();
    let places: HashMap<&str, usize> = paths.iter().enumerate().map(|(index, &path)| (path, index)).collect();
    // A chain of which a file is missing cannot be run.
    let whole = |chain: Chain| {
        let files = chain.paths.iter().map(|path| places.get(path.as_str()).copied());
        Some((files.collect::<Option<Vec<_>>>()?, chain.always))
    };
    let chains = chains.into_iter().filter_map(whole).collect();
    let is_part = |source: &&Arc<Source>| kind::kind(source, false) != Kind::Compose;
    let parts: HashSet<Arc<str>> =
        all[count..].iter().filter(is_part).map(|source| Arc::clone(source.path())).collect();
    let mut groups = chains::regroup(compose::groups(&paths), chains);
    // Nobody runs a part alone.
    groups.retain(|group| group.iter().any(|&file| !parts.contains(all[file].path())));
    let mut users = vec![0; all.len()];
    let bases = bases(&paths, &names);
    let mut asked_parts: HashSet<Arc<str>> = HashSet::new();
    let mut left = MOST_NAMED;
    let groups = groups.into_iter().map(|own| {
        let reached = reach(&own, &names, |file| all[file].text().len() + 1, &mut left);
        let cut = reached.is_none();
        let files = reached.as_ref().unwrap_or(&own);
        for &i in files {
            users[i] += 1;
        }
        if own.iter().any(|&file| file < asked) {
            let reached = files.iter().map(|&file| all[file].path());
            asked_parts.extend(reached.filter(|path| parts.contains(*path)).cloned());
        }
        // A chain of files is one that somebody runs.
        let base = own.len() == 1 && bases.contains(&own[0]);
        Group { sources: files.iter().map(|&i| Arc::clone(&all[i])).collect(), own: own.len(), base, cut }
    });
    let list: Vec<Group> = groups.collect();
    let shared = all.iter().zip(users).filter(|(_, users)| *users > 1);
    let shared = shared.map(|(source, _)| Arc::clone(source.path())).collect();
    Groups { list, shared, parts: asked_parts, failed }
}

/// The files that others extend or include and that Compose does not find by itself, as far as one that it may run
/// leads to them.
fn bases(paths: &[&str], names: &[Vec<usize>]) -> HashSet<usize> {
    let mut named = vec![false; paths.len()];
    for (from, named_here) in names.iter().enumerate() {
        for &other in named_here.iter().filter(|&&other| other != from) {
            named[other] = true;
        }
    }
    let runs = |file: usize| !named[file] || compose::is_project_file(last_part(paths[file]));
    let (mut todo, mut bases): (Vec<usize>, HashSet<usize>) =
        ((0..paths.len()).filter(|&f| runs(f)).collect(), HashSet::new());
    while let Some(file) = todo.pop() {
        todo.extend(names[file].iter().filter(|&&other| !runs(other) && bases.insert(other)));
    }
    bases
}

/// The files of a group and all that they name; `None` if that is more than is `left`.
fn reach(
    group: &[usize],
    names: &[Vec<usize>],
    size: impl Fn(usize) -> usize,
    left: &mut usize,
) -> Option<Vec<usize>> {
    let mut reached = group.to_vec();
    let mut known: HashSet<usize> = group.iter().copied().collect();
    let mut next = 0;
    while next < reached.len() {
        for &other in names[reached[next]].iter().filter(|&&other| known.insert(other)) {
            *left = left.checked_sub(size(other))?;
            reached.push(other);
        }
        next += 1;
    }
    Some(reached)
}

/// Compose files and those that they name.
struct Sources {
    /// The linted ones first.
    all: Vec<Arc<Source>>,
    /// For each what it names in `extends` and `include`, as far as it is here.
    names: Vec<Vec<usize>>,
    failed: Vec<Told>,
}

/// Adds the files that Compose files name in `extends` and `include`, and theirs, as far as the tree has them; for an
/// override file the main file beside it; and for a file of a chain the others.
fn with_references(mut all: Vec<Arc<Source>>, chains: &BTreeSet<Chain>, tree: &dyn Tree) -> Sources {
    let mut failed = Vec::new();
    let mut known: HashMap<Arc<str>, usize> =
        all.iter().enumerate().map(|(i, source)| (Arc::clone(source.path()), i)).collect();
    let mut names: Vec<Vec<usize>> = Vec::new();
    while let Some(source) = all.get(names.len()).cloned() {
        let mentions = ["extends", "include"].iter().any(|word| source.text().contains(word));
        let references = if mentions { guarded(|| references(&source)) } else { Ok(Vec::new()) };
        let references = references.unwrap_or_else(|gap| {
            failed.push(Told::new(Arc::clone(source.path()), gap));
            Vec::new()
        });
        let beside = compose::beside(source.path()).into_iter().find(|path| tree.exists(path));
        let with = chains.iter().filter(|chain| chain.paths.iter().any(|path| **path == **source.path()));
        let others = beside.into_iter().chain(with.flat_map(|chain| chain.paths.iter().cloned()));
        let mut named = Vec::new();
        for (path, is_reference) in
            references.into_iter().map(|p| (p, true)).chain(others.map(|p| (p, false)))
        {
            let path: Arc<str> = path.into();
            if !known.contains_key(&path) && tree.exists(&path) {
                match tree.read(&path) {
                    Ok(bytes) => {
                        known.insert(Arc::clone(&path), all.len());
                        all.push(self::source(&path, bytes));
                    }
                    Err(why) => failed.push(Told::new(Arc::clone(&path), why)),
                }
            }
            named.extend(known.get(&path).copied().filter(|_| is_reference));
        }
        names.push(named);
    }
    failed.sort();
    failed.dedup();
    Sources { all, names, failed }
}

/// The paths in `extends: {file: …}` and `include:`, relative to the run's root.
pub(super) fn references(source: &Source) -> Vec<String> {
    let file = compose::parse(source, FileId(0));
    let mut named = Vec::new();
    for service in file.services() {
        if let Some(path) =
            service.value.get("extends").and_then(|e| e.get("file")).and_then(yaml::Node::as_str)
        {
            named.push(path.to_owned());
        }
    }
    if let Some(include) = file.top("include") {
        for item in include.value.items() {
            let path = item.get("path").unwrap_or(item);
            named.extend(path.as_str().map(str::to_owned));
            named.extend(path.items().filter_map(yaml::Node::as_str).map(str::to_owned));
        }
    }
    named.iter().filter_map(|path| resolve(compose::directory(source.path()), path)).collect()
}

/// A Dockerfile that a service builds; `None` if nothing is there.
pub(super) fn built(path: &Arc<str>, tree: &dyn Tree) -> Option<Loaded> {
    let bytes = tree.exists(path).then(|| tree.read(path))?;
    Some(match bytes.map(|bytes| source(path, bytes)) {
        // As everywhere, what a link leads to is checked where it lies.
        Err(why) if why.reason == Reason::Link => Loaded::Skip(why),
        Err(why) => Loaded::Fail(why),
        Ok(source) => match kind::built(&source) {
            Kind::Skip(reason, why) => left_out(reason, why),
            _ => Loaded::Dockerfile(source),
        },
    })
}
