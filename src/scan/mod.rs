//! The run: candidates → documents → rules → findings.
//!
//! First the Compose files, because they say which Dockerfiles are built and to which stage; then the Dockerfiles,
//! one at a time on all cores, each dropped when it is done; then what needs all of them. A rule that panics becomes a
//! finding of `rule-panicked` and the rest goes on. Files are read through [`Tree`]; marking findings is `filter`'s.

pub mod alone;
pub mod around;
mod aside;
mod builds;
mod chains;
mod check;
mod chosen;
mod contexts;
mod engine;
mod evidence;
mod gitignore;
mod groups;
mod inline;
mod join;
pub mod kind;
mod load;
pub mod old;
mod opening;
mod repository;
mod run;
mod shell;
mod starts;
mod surfaces;
mod template;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::blob::{Candidate, Tree};
use crate::gap::Gap;
use crate::outcome::{Outcome, Told};
use crate::rule::{Family, Policy};
use crate::rules;
use crate::shellcheck::Program;
use crate::shown::finish::Finished;
use old::Silence;

/// How far a run is, for whoever looks on, the way to end it early, and the program that it may ask.
#[derive(Default)]
pub struct Watch {
    /// Files, or objects of a history, that are done.
    pub done: AtomicUsize,
    /// What may turn out to be secrets of a history, each once.
    pub found: AtomicUsize,
    /// Once it is set no further file is begun; what was found by then is the outcome.
    pub stop: Arc<AtomicBool>,
    /// ShellCheck, if the shell code of Dockerfiles is checked.
    pub shellcheck: Option<Arc<dyn Program + Send>>,
}

impl Watch {
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
    /// More files, or objects, are done.
    pub fn count(&self, files: usize) {
        self.done.fetch_add(files, Ordering::Relaxed);
    }
}

/// Whether a file may have something to check besides secrets, by its name.
pub fn may_be_checked(candidate: &Candidate) -> bool {
    candidate.document || surfaces::is_wanted(&candidate.path)
}

/// Whether files are searched for secrets; otherwise documents are all that is looked at.
pub fn searches(policy: &Policy) -> bool {
    rules::RULES.iter().any(|rule| rule.family == Family::Secrets && policy.shows(rule))
}

/// Checks every candidate and what belongs to it. The result does not depend on the number of threads.
pub fn scan(candidates: &[Candidate], tree: &dyn Tree, policy: &Policy, watch: &Watch) -> Outcome {
    scan_change(candidates, tree, policy, watch, &|_| {})
}

/// As [`scan`]; of a tree that is a change only new secrets are told, and `silence` says which of the old ones were not.
pub fn scan_change(
    candidates: &[Candidate],
    tree: &dyn Tree,
    policy: &Policy,
    watch: &Watch,
    silence: Silence,
) -> Outcome {
    let base = policy.base.as_str();
    if base.is_empty() {
        return run::run(candidates, tree, policy, watch, silence);
    }
    // A run in a folder sees the repository around it, and comes to what a run from the top does.
    let moved = |file: &Candidate| Candidate { path: format!("{base}{}", file.path).into(), ..file.clone() };
    let candidates: Vec<Candidate> = candidates.iter().map(moved).collect();
    let from_root = |outcome: &mut Outcome| outcome.rename(&mut |path| around::seen(base, path));
    let silence = |outcome: &mut Outcome| {
        from_root(outcome);
        silence(outcome);
    };
    let (tree, policy) = (around::FromTop::new(tree, base), Policy { base: String::new(), ..policy.clone() });
    let mut outcome = run::run(&candidates, &tree, &policy, watch, &silence);
    from_root(&mut outcome);
    outcome
}

/// Runs a function over items on all cores, results in the items' order; a few items are not worth a thread.
fn each<T: Send, R: Send>(items: Vec<T>, run: impl Fn(T) -> R + Sync + Send) -> Vec<R> {
    if items.len() < 4 {
        items.into_iter().map(run).collect()
    } else {
        items.into_par_iter().map(run).collect()
    }
}

impl Outcome {
    fn skip(&mut self, path: &Arc<str>, gap: Gap) {
        self.skipped.push(Told::new(Arc::clone(path), gap));
    }
    fn fail(&mut self, path: &Arc<str>, gap: Gap) {
        self.failed.push(Told::new(Arc::clone(path), gap));
    }
    fn take(&mut self, finished: Finished) {
        self.findings.extend(finished.findings);
        for (path, spans) in finished.hidden {
            self.hidden.entry(path).or_default().extend(spans);
        }
        self.failed.extend(finished.failed);
    }
}
