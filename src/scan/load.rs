//! From candidates to sources: what is read when, and what is said of files that are left out.

use std::collections::HashSet;
use std::sync::Arc;

use super::join::Joined;
use super::kind::{self, Kind, Name};
use crate::blob::{Candidate, Tree};
use crate::container::FileId;
use crate::outcome::Outcome;
use crate::text::Source;
use crate::{compose, yaml};

/// A candidate, read.
pub(super) enum Loaded {
    Dockerfile(Arc<Source>),
    Compose(Arc<Source>),
    Skip(&'static str),
    Fail(String),
    Other,
}

/// A Dockerfile by its name: it can wait, and be dropped when it is done.
pub(super) fn is_streamed(candidate: &Candidate) -> bool {
    matches!(kind::name(&candidate.path), Name::Dockerfile | Name::Template)
}

pub(super) fn load(candidate: &Candidate, tree: &dyn Tree) -> Loaded {
    let bytes = match tree.read(&candidate.path) {
        Ok(bytes) => bytes,
        Err(why) => return Loaded::Fail(why),
    };
    let source = Source::new(Arc::clone(&candidate.path), bytes);
    match kind::kind(&candidate.path, source.text(), candidate.explicit) {
        Kind::Dockerfile => Loaded::Dockerfile(Arc::new(source)),
        Kind::Compose => Loaded::Compose(Arc::new(source)),
        Kind::Skip(why) => Loaded::Skip(why),
        Kind::Other => Loaded::Other,
    }
}

/// Says what became of a candidate that is no document.
pub(super) fn tell(candidate: &Candidate, loaded: Loaded, outcome: &mut Outcome) {
    match loaded {
        Loaded::Skip(why) => outcome.skip(&candidate.path, why),
        Loaded::Fail(why) => outcome.fail(&candidate.path, why),
        Loaded::Other if candidate.explicit => {
            outcome.skip(&candidate.path, "neither a Dockerfile nor a Compose file by its content");
        }
        Loaded::Other | Loaded::Dockerfile(_) | Loaded::Compose(_) => {}
    }
}

/// Adds the files that Compose files name in `extends` and `include`, and theirs, as far as the tree has them; and
/// for an override file the main file beside it.
pub(super) fn with_references(mut sources: Vec<Arc<Source>>, tree: &dyn Tree) -> Vec<Arc<Source>> {
    let mut known: HashSet<Arc<str>> = sources.iter().map(|source| Arc::clone(source.path())).collect();
    let mut next = 0;
    // Every file is read once, and a run has few enough of them; the bound is for hostile trees.
    while next < sources.len() && sources.len() < 100_000 {
        let source = Arc::clone(&sources[next]);
        next += 1;
        let mut named = siblings(source.path());
        if ["extends", "include"].iter().any(|word| source.text().contains(word)) {
            named.extend(references(&source));
        }
        for path in named {
            let path: Arc<str> = path.into();
            if known.insert(Arc::clone(&path))
                && tree.exists(&path)
                && let Ok(bytes) = tree.read(&path)
            {
                sources.push(Arc::new(Source::new(path, bytes)));
            }
        }
    }
    sources
}

/// The file that an override file overrides, and the other way round: Compose reads both.
fn siblings(path: &str) -> Vec<String> {
    let (folder, base) = path.rsplit_once('/').map_or(("", path), |(folder, base)| (folder, base));
    let join = |name: String| if folder.is_empty() { name } else { format!("{folder}/{name}") };
    let Some((stem, extension)) = base.rsplit_once('.') else { return Vec::new() };
    let main = stem.strip_suffix(".override");
    if !matches!(main.unwrap_or(stem), "compose" | "docker-compose") {
        return Vec::new();
    }
    let _ = extension;
    let other = main.map_or_else(|| format!("{stem}.override"), str::to_owned);
    ["yaml", "yml"].iter().map(|extension| join(format!("{other}.{extension}"))).collect()
}

/// The paths in `extends: {file: …}` and `include:`, relative to the run's root.
fn references(source: &Source) -> Vec<String> {
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
    named.iter().filter_map(|path| resolve(folder_of(source.path()), path)).collect()
}

/// The Dockerfiles that services build. Those that are read already are taken, the others read.
pub(super) fn built(joined: &Joined, read: &[Arc<Source>], tree: &dyn Tree) -> Vec<Arc<Source>> {
    let mut paths: Vec<&Arc<str>> = joined.edges.iter().filter_map(|edge| edge.path.as_ref()).collect();
    paths.sort();
    paths.dedup();
    let read_already = |path: &Arc<str>| read.iter().find(|source| source.path() == path).cloned();
    let read_now = |path: &Arc<str>| {
        let bytes = tree.exists(path).then(|| tree.read(path).ok()).flatten()?;
        let source = Source::new(Arc::clone(path), bytes);
        let is_dockerfile = matches!(kind::kind(path, source.text(), true), Kind::Dockerfile);
        is_dockerfile.then(|| Arc::new(source))
    };
    paths.into_iter().filter_map(|path| read_already(path).or_else(|| read_now(path))).collect()
}

/// The folder of a path; empty for the root.
pub(super) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A path relative to a folder as a path relative to the root, `.` and `..` taken out. `None` if it leaves the tree,
/// is absolute, or is no path.
pub(super) fn resolve(folder: &str, path: &str) -> Option<String> {
    if path.starts_with(['/', '~'])
        || path.contains("://")
        || path.contains('\0')
        || path.get(1..2) == Some(":")
    {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." => return None,
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
