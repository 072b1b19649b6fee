//! The run: candidates → documents → rules → findings.
//!
//! First the Compose files, because they say which Dockerfiles are built and to which stage; then the Dockerfiles,
//! one at a time on all cores, each dropped when it is done; then what needs all of them. A rule that panics becomes a
//! finding of `rule-panicked` and the rest goes on. Files are read through [`Tree`]; marking findings is `filter`'s.

mod check;
mod finish;
mod join;
pub mod kind;
mod load;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rayon::prelude::*;

use crate::blob::{Candidate, Tree};
use crate::compose::{self, ComposeFile};
use crate::container::FileId;
use crate::dockerfile::{self, Dockerfile};
use crate::finding::Draft;
use crate::outcome::{Outcome, Pragma, Told};
use crate::rule::{Context, Policy};
use crate::text::Source;
use load::Loaded;

/// How far a run is, for whoever looks on, and the way to end it early.
#[derive(Debug, Default)]
pub struct Watch {
    /// Files that are done.
    pub done: AtomicUsize,
    /// Once it is set no further file is begun; what was found by then is the outcome.
    pub stop: Arc<AtomicBool>,
}

impl Watch {
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
    fn count(&self, files: usize) {
        self.done.fetch_add(files, Ordering::Relaxed);
    }
}

/// Checks every candidate and what belongs to it. The result does not depend on the number of threads.
pub fn scan(candidates: &[Candidate], tree: &dyn Tree, policy: &Policy, watch: &Watch) -> Outcome {
    watch.done.store(0, Ordering::Relaxed);
    let mut outcome = Outcome::default();
    let (later, now): (Vec<&Candidate>, Vec<&Candidate>) =
        candidates.iter().partition(|c| load::is_streamed(c));

    // What may be a Compose file, and files whose names say nothing.
    let mut compose: Vec<Arc<Source>> = Vec::new();
    let mut dockerfiles: Vec<Arc<Source>> = Vec::new();
    let load = |candidate: &Candidate| {
        if watch.is_stopped() { Loaded::Unread } else { load::load(candidate, tree) }
    };
    for (candidate, loaded) in now.iter().zip(each(&now, |candidate| load(candidate))) {
        match loaded {
            Loaded::Compose(source) => compose.push(source),
            Loaded::Dockerfile(source) => dockerfiles.push(source),
            other => {
                watch.count(1);
                load::tell(candidate, other, &mut outcome);
            }
        }
    }
    let linted: HashSet<Arc<str>> = compose.iter().map(|source| Arc::clone(source.path())).collect();
    let sources = load::with_references(compose, tree);
    let paths: Vec<&str> = sources.all.iter().map(|source| &**source.path()).collect();
    let groups = compose::groups(&paths);
    let read: Mutex<HashMap<Arc<str>, Option<Arc<Source>>>> = Mutex::default();
    let done = each(&groups, |group| {
        if watch.is_stopped() {
            return Group::default();
        }
        let group = check_group(group, &sources, &linted, &read, tree, policy);
        watch.count(group.checked);
        group
    });

    let mut drafts: Vec<Draft> = Vec::new();
    let mut builders = join::Joined::default();
    for group in done {
        outcome.checked += group.checked;
        drafts.extend(group.drafts);
        outcome.pragmas.extend(group.pragmas);
        builders.append(group.builders);
    }
    let read = read.into_inner().expect("no thread panics while it holds the lock");
    let targets: HashMap<&str, Vec<String>> = read
        .keys()
        .map(|path| (&**path, builders.targets_of(path).into_iter().map(str::to_owned).collect()))
        .collect();
    let project = join::project(builders, &sources.all, &[], tree);
    let cx = Context { policy, project: &project, dockerignore: None };
    let one = |source: &Arc<Source>| {
        let mut file = dockerfile::parse(source);
        if let Some(targets) = targets.get(&**source.path()) {
            file.ship(&targets.iter().map(String::as_str).collect::<Vec<_>>());
        }
        let checked = check::dockerfile(&cx, &file, tree);
        watch.count(1);
        checked
    };
    let unstopped = |source: &Arc<Source>| (!watch.is_stopped()).then(|| one(source));
    let mut checked: Vec<check::Checked> = each(&dockerfiles, unstopped).into_iter().flatten().collect();
    let streamed = each(&later, |candidate| match read.get(&candidate.path) {
        Some(Some(source)) => unstopped(source).ok_or(Loaded::Unread),
        _ => match load(candidate) {
            Loaded::Dockerfile(source) => Ok(one(&source)),
            other => {
                watch.count(1);
                Err(other)
            }
        },
    });
    for (candidate, result) in later.iter().zip(streamed) {
        match result {
            Ok(result) => checked.push(result),
            Err(other) => load::tell(candidate, other, &mut outcome),
        }
    }
    outcome.checked += checked.len();
    outcome.interrupted = watch.is_stopped();

    let files: HashSet<&Arc<str>> = linted.iter().chain(checked.iter().map(|one| &one.path)).collect();
    drafts.retain(|draft| files.contains(draft.source.path()));
    let mut by_file: HashMap<Arc<str>, Vec<Draft>> = HashMap::new();
    for draft in drafts {
        by_file.entry(Arc::clone(draft.source.path())).or_default().push(draft);
    }
    for one in checked {
        outcome.findings.extend(one.findings);
        outcome.pragmas.extend(one.pragmas);
    }
    for drafts in by_file.into_values() {
        outcome.findings.extend(finish::finish(drafts, &tree.origin(), policy.profile));
    }
    outcome.skipped.sort();
    outcome.failed.sort();
    outcome.findings.sort_by(|a, b| {
        (&a.place.path, a.place.span, a.rule.id, &a.message).cmp(&(
            &b.place.path,
            b.place.span,
            b.rule.id,
            &b.message,
        ))
    });
    outcome
}

/// What stays of a group of Compose files.
#[derive(Default)]
struct Group {
    /// How many of its files count.
    checked: usize,
    drafts: Vec<Draft>,
    pragmas: Vec<Pragma>,
    builders: join::Joined,
}

/// Checks a Compose file with what overrides it. What it names is read with it, and dropped with it; Dockerfiles are
/// kept in `read`, so that none is read twice for two services.
fn check_group(
    group: &[usize],
    sources: &load::Sources,
    linted: &HashSet<Arc<str>>,
    read: &Mutex<HashMap<Arc<str>, Option<Arc<Source>>>>,
    tree: &dyn Tree,
    policy: &Policy,
) -> Group {
    let reached = sources.reach(group);
    let documents: Vec<ComposeFile> =
        reached.iter().map(|&i| compose::parse(&sources.all[i], FileId(i as u32))).collect();
    let own: Vec<&ComposeFile> = documents.iter().take(group.len()).collect();
    let joined = join::join(&own, &documents, tree);

    let mut paths: Vec<&Arc<str>> = joined.edges.iter().filter_map(|edge| edge.path.as_ref()).collect();
    paths.sort();
    paths.dedup();
    let read_once = |path: &&Arc<str>| {
        let mut read = read.lock().expect("no thread panics while it holds the lock");
        read.entry(Arc::clone(path)).or_insert_with(|| load::built(path, tree)).clone()
    };
    let built: Vec<Arc<Source>> = paths.iter().filter_map(read_once).collect();
    let mut dockerfiles: Vec<Dockerfile> = built.iter().map(dockerfile::parse).collect();
    for file in &mut dockerfiles {
        let targets = joined.targets_of(file.source.path());
        file.ship(&targets);
    }
    let edges = joined.edges.clone();
    let project = join::project(joined, &sources.all, &dockerfiles, tree);
    let cx = Context { policy, project: &project, dockerignore: None };
    let mut found = check::compose(&cx, &own, linted, tree);
    found.drafts.extend(check::project(&cx));
    let builders = join::builders(&project.containers, edges);
    let checked = own.iter().filter(|file| linted.contains(file.source.path())).count();
    Group { checked, drafts: found.drafts, pragmas: found.pragmas, builders }
}

/// Runs a function over items on all cores, results in the items' order; a few items are not worth a thread.
fn each<T: Sync, R: Send>(items: &[T], run: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    if items.len() < 4 { items.iter().map(run).collect() } else { items.par_iter().map(run).collect() }
}

impl Outcome {
    fn skip(&mut self, path: &Arc<str>, why: impl Into<String>) {
        self.skipped.push(Told { path: Arc::clone(path), why: why.into() });
    }
    fn fail(&mut self, path: &Arc<str>, why: impl Into<String>) {
        self.failed.push(Told { path: Arc::clone(path), why: why.into() });
    }
}
