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
use std::sync::Arc;

use rayon::prelude::*;

use crate::blob::{Candidate, Tree};
use crate::dockerfile::{self, Dockerfile};
use crate::finding::Draft;
use crate::outcome::{Outcome, Told};
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
    let documents = join::parse(&sources);
    let joined = join::join(&documents, &sources, tree);

    // The Dockerfiles that services build are read first, so that both sides can see each other.
    let built = load::built(&joined, &dockerfiles, tree);
    let mut parsed: Vec<Dockerfile> = built.iter().map(dockerfile::parse).collect();
    for file in &mut parsed {
        let targets: Vec<&str> = joined.targets_of(file.source.path());
        file.ship(&targets);
    }
    let project = join::project(joined, sources.clone(), &parsed, tree);
    let cx = Context { policy, project: &project, dockerignore: None };

    let by_path: HashMap<&str, &Dockerfile> =
        parsed.iter().map(|file| (&**file.source.path(), file)).collect();
    let one = |source: &Arc<Source>| -> check::Checked {
        match by_path.get(&**source.path()) {
            Some(file) => check::dockerfile(&cx, file, tree),
            None => check::dockerfile(&cx, &dockerfile::parse(source), tree),
        }
    };
    let mut checked: Vec<check::Checked> =
        each(&dockerfiles.iter().collect::<Vec<_>>(), |source| one(source));
    for (candidate, result) in
        later.iter().zip(each(&later, |candidate| match by_path.get(&*candidate.path) {
            Some(file) => Ok(check::dockerfile(&cx, file, tree)),
            None => match load::load(candidate, tree) {
                Loaded::Dockerfile(source) => Ok(check::dockerfile(&cx, &dockerfile::parse(&source), tree)),
                other => Err(other),
            },
        }))
    {
        match result {
            Ok(result) => checked.push(result),
            Err(other) => load::tell(candidate, other, &mut outcome),
        }
    }
    outcome.checked = checked.len() + linted.len();

    let mut drafts: Vec<Draft> = Vec::new();
    let in_compose = check::compose(&cx, &documents, &linted, tree);
    drafts.extend(in_compose.drafts);
    outcome.pragmas.extend(in_compose.pragmas);
    let files: HashSet<Arc<str>> =
        linted.iter().cloned().chain(checked.iter().map(|one| Arc::clone(&one.path))).collect();
    drafts.extend(check::project(&cx).into_iter().filter(|draft| files.contains(draft.source.path())));
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
