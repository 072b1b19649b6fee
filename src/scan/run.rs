//! A run, phase by phase: files whose names say nothing, Compose files with what they build, Dockerfiles, other files that
//! configure containers, ShellCheck, secrets. All paths are from the repository's top, or there is none.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::aside::Aside;
use super::check::{self, Checked};
use super::chosen::Chosen;
use super::groups::Composed;
use super::load::{self, Loaded};
use super::old::{Old, Silence};
use super::{Watch, alone, contexts, each, engine, join, searches, shell, starts, surfaces};
use crate::bake::Passed;
use crate::blob::{Candidate, Tree};
use crate::daemon::Engine;
use crate::dockerfile;
use crate::finding::Finding;
use crate::gap::Reason;
use crate::outcome::Outcome;
use crate::project::Project;
use crate::rule::{Context, Policy};
use crate::shellcheck::Program;
use crate::shown::finish::{Finished, Veils};
use crate::shown::{Marks, guarded, secrets};
use crate::text::Source;

pub(super) fn run(
    candidates: &[Candidate],
    tree: &dyn Tree,
    policy: &Policy,
    watch: &Watch,
    silence: Silence,
) -> Outcome {
    watch.done.store(0, Ordering::Relaxed);
    let mut outcome = Outcome::default();
    let (rules, aside) = (Chosen::by(policy), Aside::new(tree));
    let engine = Arc::new(engine::of(candidates, &aside, policy));
    let run = Run { candidates, tree, policy, watch, rules: &rules, aside: &aside, engine };
    let documents = candidates.iter().filter(|candidate| candidate.document);
    let (later, now) = documents.partition(|candidate| load::is_streamed(candidate));
    let Named { compose, mut dockerfiles } = run.load(now, &mut outcome);
    let mut composed = run.compose(compose, &dockerfiles, &later, &mut outcome);
    dockerfiles.extend(run.built(&composed, &dockerfiles, &later, &mut outcome));
    let checked = run.dockerfiles(dockerfiles, later, &composed, &mut outcome);
    // Only now is it known which of the files that Compose files name were asked for.
    let files: HashSet<&Arc<str>> =
        composed.linted.iter().chain(checked.iter().map(|one| &one.path)).collect();
    let mut drafts = std::mem::take(&mut composed.drafts);
    drafts.retain(|draft| files.contains(draft.source.path()));
    outcome.take(run.veils(std::mem::take(&mut composed.marks)).finish(drafts));
    let documents = run.surfaces(&files, &mut outcome);
    run.take(checked, &mut outcome);
    run.search(&documents, silence, &mut outcome);
    outcome.skipped.extend(aside.unused(&outcome.failed));
    outcome.interrupted = watch.is_stopped();
    outcome.sort();
    outcome
}

/// What all phases need.
pub(super) struct Run<'r, 't> {
    pub(super) candidates: &'r [Candidate],
    pub(super) tree: &'t dyn Tree,
    pub(super) policy: &'r Policy,
    pub(super) watch: &'r Watch,
    pub(super) rules: &'r Chosen<'r>,
    pub(super) aside: &'r Aside<'t>,
    pub(super) engine: Arc<Engine>,
}

/// What may be a Compose file, and files whose names say nothing.
struct Named {
    compose: Vec<Arc<Source>>,
    dockerfiles: Vec<Arc<Source>>,
}

impl Run<'_, '_> {
    pub(super) fn veils(&self, marks: Marks) -> Veils<'_> {
        Veils::new(marks, self.tree.origin(), self.policy)
    }

    fn loaded(&self, candidate: &Candidate) -> Loaded {
        if self.watch.is_stopped() {
            return Loaded::Unread;
        }
        guarded(|| load::load(candidate, self.tree)).unwrap_or_else(Loaded::Fail)
    }

    fn load(&self, now: Vec<&Candidate>, outcome: &mut Outcome) -> Named {
        let mut named = Named { compose: Vec::new(), dockerfiles: Vec::new() };
        for (candidate, loaded) in each(now, |candidate| (candidate, self.loaded(candidate))) {
            match loaded {
                Loaded::Compose(source) => named.compose.push(source),
                Loaded::Dockerfile(source) => named.dockerfiles.push(source),
                other => {
                    self.watch.count(1);
                    load::tell(candidate, other, outcome);
                }
            }
        }
        named
    }

    /// Checks the Dockerfiles: those that are loaded, then those that wait, each dropped when it is done.
    fn dockerfiles(
        &self,
        loaded: Vec<Arc<Source>>,
        later: Vec<&Candidate>,
        composed: &Composed,
        outcome: &mut Outcome,
    ) -> Vec<Checked> {
        let mut checked: Vec<Checked> = Vec::new();
        let one = |source: &Arc<Source>| {
            if self.watch.is_stopped() {
                return Err(Loaded::Unread);
            }
            guarded(|| self.dockerfile(source, composed)).map_err(Loaded::Fail)
        };
        for (path, result) in each(loaded, |source| (Arc::clone(source.path()), one(&source))) {
            match result {
                Ok(result) => checked.push(result),
                Err(Loaded::Fail(gap)) => outcome.fail(&path, gap),
                Err(_) => {}
            }
        }
        let streamed = each(later, |candidate| {
            let result = match composed.read.get(&candidate.path) {
                Some(Some(Loaded::Dockerfile(source))) => one(source),
                _ => match self.loaded(candidate) {
                    Loaded::Dockerfile(source) => one(&source),
                    Loaded::Daemon(source) => guarded(|| {
                        self.watch.count(1);
                        check::daemon(&source, self.rules, self.tree)
                    })
                    .map_err(Loaded::Fail),
                    other => {
                        self.watch.count(1);
                        Err(other)
                    }
                },
            };
            (candidate, result)
        });
        for (candidate, result) in streamed {
            match result {
                Ok(result) => checked.push(result),
                Err(other) => load::tell(candidate, other, outcome),
            }
        }
        outcome.checked += checked.len();
        checked
    }

    fn dockerfile(&self, source: &Arc<Source>, composed: &Composed) -> Checked {
        let builders = composed.builders.get(source.path()).map_or(&[][..], Vec::as_slice);
        let builders = join::Joined::of(builders);
        let baked = composed.baked.get(&**source.path()).map_or(&[][..], Vec::as_slice);
        let shipped = baked.iter().filter(|target| target.ships);
        let shipped = shipped.filter_map(|target| target.stage.as_ref()?.value());
        let contexts = baked.iter().map(|target| Some(&*target.context));
        let mut file = dockerfile::parse(source);
        join::ship(&mut file, &builders, shipped, self.policy);
        starts::fill(&mut file, builders.contexts_of(source.path()).chain(contexts), self.aside);
        let file = [file];
        let passed = Passed::by(baked.iter().map(|target| &target.names));
        let project = Project { baked, passed, ..join::project(builders, &[], &file, self.aside) };
        let sent = contexts::of(&project, &file[0], self.aside);
        let cx = Context { policy: self.policy, project: &project, sent: sent.as_ref() };
        let keep_shell = self.shellcheck().is_some();
        let checked = check::dockerfile(&cx, self.rules, &file[0], self.tree, keep_shell);
        self.watch.count(1);
        checked
    }

    fn shellcheck(&self) -> Option<&(dyn Program + Send)> {
        self.watch.shellcheck.as_deref().filter(|_| shell::is_wanted(self.policy))
    }

    /// Checks other files that configure containers; all documents of the run.
    fn surfaces(&self, files: &HashSet<&Arc<str>>, outcome: &mut Outcome) -> HashSet<Arc<str>> {
        let surfaces =
            surfaces::check(self.candidates, files, self.tree, &self.engine, self.rules, self.watch, outcome);
        outcome.skipped.retain(|told| told.why != load::NO_DOCUMENT || !surfaces.contains(&told.path));
        files.iter().map(|path| Arc::clone(path)).chain(surfaces).collect()
    }

    /// Takes what was found in Dockerfiles, and asks ShellCheck about all of them at once.
    fn take(&self, checked: Vec<Checked>, outcome: &mut Outcome) {
        let mut shells = Vec::new();
        for one in checked {
            outcome.has_shell_code |= one.has_shell_code;
            outcome.engines += usize::from(one.is_daemon);
            shells.push(one.shell);
            outcome.take(Finished { findings: one.findings, hidden: one.hidden, failed: one.failed });
            outcome.pragmas.extend(one.pragmas);
            outcome.graphs.extend(one.graph);
        }
        if let Some(program) = self.shellcheck() {
            let (mut finished, skipped) =
                shell::check(shells, program, self.tree.origin(), self.policy, &self.watch.stop);
            shell::without_told(&mut finished.findings, &outcome.findings);
            outcome.take(finished);
            outcome.skipped.extend(skipped);
        }
        outcome.graphs.sort_by(|a, b| a.path.cmp(&b.path));
    }

    /// Searches all files for secrets.
    fn search(&self, documents: &HashSet<Arc<str>>, silence: Silence, outcome: &mut Outcome) {
        let all: Vec<&Candidate> =
            if searches(self.policy) { self.candidates.iter().collect() } else { Vec::new() };
        // Whoever named a file that is no document wanted it searched, and that is done.
        if !all.is_empty() {
            outcome
                .skipped
                .retain(|told| told.reason != Reason::OtherFormat || told.why != load::NO_DOCUMENT);
        }
        let told = secrets::Told::of(&outcome.findings);
        let gone = |each: &mut dyn FnMut(&Arc<str>, Vec<u8>)| self.tree.gone(each);
        let old = Old::new(gone, self.policy, silence);
        let is_old = |key| old.has(key);
        let searched = each(all, |candidate| {
            let is_document = documents.contains(&candidate.path);
            let searched = if self.watch.is_stopped() {
                Ok(None)
            } else {
                secrets::file(candidate, is_document, &told, self.tree, self.policy, &is_old).map(
                    |mut searched| {
                        if is_document {
                            self.explain(candidate, &mut searched.findings);
                        }
                        Some(searched)
                    },
                )
            };
            if !candidate.document {
                self.watch.count(1);
            }
            (candidate, searched)
        });
        for (candidate, searched) in searched {
            match searched {
                Ok(Some(mut searched)) => {
                    outcome.searched += 1;
                    outcome.unshown.unsure += searched.unsure;
                    searched.cover(&told, &mut outcome.findings);
                    if let Some(gap) = searched.gap {
                        outcome.skip(&candidate.path, gap);
                    }
                    outcome.pragmas.extend(searched.pragmas);
                    outcome.take(Finished {
                        findings: searched.findings,
                        hidden: searched.hidden,
                        failed: searched.failed,
                    });
                }
                Ok(None) => {}
                // A document's fault was told when it was read.
                Err(gap) if candidate.document && gap.reason != Reason::Panicked => {}
                Err(why) => outcome.fail(&candidate.path, why),
            }
        }
    }

    /// Rules that `--rule` leaves out did not explain the secrets of a document.
    fn explain(&self, candidate: &Candidate, findings: &mut [Finding]) {
        if self.policy.only.is_empty() || findings.is_empty() {
            return;
        }
        if let Ok(bytes) = self.tree.read(&candidate.path) {
            let text = crate::secrets::as_utf8(bytes);
            alone::relate(findings, &candidate.path, text, &self.tree.origin(), self.policy);
        }
    }
}

impl Outcome {
    /// In an order that does not depend on the threads.
    fn sort(&mut self) {
        self.skipped.sort();
        self.failed.sort();
        self.findings.sort_unstable_by(|a, b| {
            (&a.place.path, a.place.span, a.rule.id, &a.message).cmp(&(
                &b.place.path,
                b.place.span,
                b.rule.id,
                &b.message,
            ))
        });
    }
}
