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
mod starts;

use std::collections::{HashMap, HashSet};
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

/// Checks every candidate and what belongs to it. The result does not depend on the number of threads.
pub fn scan(candidates: &[Candidate], tree: &dyn Tree, policy: &Policy) -> Outcome {
    let mut outcome = Outcome::default();
    let (later, now): (Vec<&Candidate>, Vec<&Candidate>) =
        candidates.iter().partition(|c| load::is_streamed(c));

    // What may be a Compose file, and files whose names say nothing.
    let mut compose: Vec<Arc<Source>> = Vec::new();
    let mut dockerfiles: Vec<Arc<Source>> = Vec::new();
    for (candidate, loaded) in now.iter().zip(each(&now, |candidate| load::load(candidate, tree))) {
        match loaded {
            Loaded::Compose(source) => compose.push(source),
            Loaded::Dockerfile(source) => dockerfiles.push(source),
            other => load::tell(candidate, other, &mut outcome),
        }
    }
    let linted: HashSet<Arc<str>> = compose.iter().map(|source| Arc::clone(source.path())).collect();
    let sources = load::with_references(compose, tree);
    let paths: Vec<&str> = sources.all.iter().map(|source| &**source.path()).collect();
    let groups = compose::groups(&paths);
    let read: Mutex<HashMap<Arc<str>, Option<Arc<Source>>>> = Mutex::default();
    let done = each(&groups, |group| check_group(group, &sources, &linted, &read, tree, policy));

    let mut drafts: Vec<Draft> = Vec::new();
    let mut builders = join::Joined::default();
    for group in done {
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
    let cx = Context { policy, project: &project, sent: None };
    let one = |source: &Arc<Source>| {
        let mut file = dockerfile::parse(source);
        if let Some(targets) = targets.get(&**source.path()) {
            file.ship(&targets.iter().map(String::as_str).collect::<Vec<_>>());
        }
        starts::fill(
            &mut file,
            project.builders_of(source.path()).map(|(build, _)| build.context.as_deref()),
            tree,
        );
        check::dockerfile(&cx, &file, tree)
    };
    let mut checked: Vec<check::Checked> = each(&dockerfiles, one);
    let streamed = each(&later, |candidate| match read.get(&candidate.path) {
        Some(Some(source)) => Ok(one(source)),
        _ => match load::load(candidate, tree) {
            Loaded::Dockerfile(source) => Ok(one(&source)),
            other => Err(other),
        },
    });
    for (candidate, result) in later.iter().zip(streamed) {
        match result {
            Ok(result) => checked.push(result),
            Err(other) => load::tell(candidate, other, &mut outcome),
        }
    }
    outcome.checked = checked.len() + linted.len();

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
struct Group {
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
        starts::fill(file, joined.contexts_of(file.source.path()), tree);
    }
    let edges = joined.edges.clone();
    let project = join::project(joined, &sources.all, &dockerfiles, tree);
    let cx = Context { policy, project: &project, sent: None };
    let mut found = check::compose(&cx, &own, linted, tree);
    found.drafts.extend(check::project(&cx));
    let builders = join::builders(&project.containers, edges);
    Group { drafts: found.drafts, pragmas: found.pragmas, builders }
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
