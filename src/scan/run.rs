//! A run, phase by phase: files whose names say nothing, Compose files with what they build, Dockerfiles, other files that
//! configure containers, ShellCheck, secrets. All paths are from the repository's top, or there is none.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::aside::Aside;
use super::check::{self, Checked};
use super::chosen::Chosen;
use super::groups::Composed;
use super::load::{self, Loaded};
use super::old::{Old, Silence};
use super::surfaces::{self, Surface, Surfaces};
use super::{Watch, alone, contexts, each, engine, join, shell, starts};
use crate::bake::Passed;
use crate::blob::{Candidate, Tree};
use crate::daemon::Engine;
use crate::dockerfile;
use crate::finding::Finding;
use crate::gap::{Gap, Reason};
use crate::outcome::Outcome;
use crate::project::Project;
use crate::rule::{Context, Policy};
use crate::shellcheck::Program;
use crate::shown::finish::{Finished, Veils};
use crate::shown::secrets::{Key, Searched, Told};
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
    let mut documents: HashMap<Arc<str>, bool> =
        files.into_iter().map(|path| (Arc::clone(path), false)).collect();
    documents.extend(checked.iter().map(|one| (Arc::clone(&one.path), one.is_spotless)));
    run.take(checked, &mut outcome);
    run.others(&documents, silence, &mut outcome);
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
        let is_spotless = self.rules.searches && secrets::is_spotless(source, self.policy);
        let cx = Context { policy: self.policy, project: &project, sent: sent.as_ref(), is_spotless };
        let keep_shell = self.shellcheck().is_some();
        let checked = check::dockerfile(&cx, self.rules, &file[0], self.tree, keep_shell);
        self.watch.count(1);
        checked
    }

    fn shellcheck(&self) -> Option<&(dyn Program + Send)> {
        self.watch.shellcheck.as_deref().filter(|_| shell::is_wanted(self.policy))
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

    /// Checks the files that configure containers and are no `documents`, and searches all files for secrets. Each is read
    /// once for both, and a document of which it is known that the search finds nothing in it not again.
    fn others(&self, documents: &HashMap<Arc<str>, bool>, silence: Silence, outcome: &mut Outcome) {
        let told = Told::of(&outcome.findings);
        let gone = |each: &mut dyn FnMut(&Arc<str>, Vec<u8>)| self.tree.gone(each);
        let old = Old::new(gone, self.policy, silence);
        let surfaces = Surfaces::new(self);
        let one = |candidate| {
            let other = self.other(candidate, documents, &surfaces, &told, &|key| old.has(key));
            (candidate, other)
        };
        let mut checked = HashSet::new();
        for (candidate, Other { surface, searched }) in each(self.candidates.iter().collect(), one) {
            match surface {
                Ok(Some(surface)) => {
                    checked.insert(&candidate.path);
                    surface.add_to(outcome);
                }
                Ok(None) => {}
                Err(gap) => outcome.skip(&candidate.path, gap),
            }
            match searched {
                Ok(Some(searched)) => {
                    searched.cover(&told, &mut outcome.findings);
                    outcome.add(&candidate.path, searched);
                }
                Ok(None) => {}
                // A document's fault was told when it was read.
                Err(gap) if candidate.document && gap.reason != Reason::Panicked => {}
                Err(why) => outcome.fail(&candidate.path, why),
            }
        }
        // Whoever named a file that is no document wanted it searched, and that is done.
        outcome.skipped.retain(|told| {
            let is_done =
                checked.contains(&told.path) || self.rules.searches && told.reason == Reason::OtherFormat;
            told.why != load::NO_DOCUMENT || !is_done
        });
    }

    fn other(
        &self,
        candidate: &Candidate,
        documents: &HashMap<Arc<str>, bool>,
        surfaces: &Surfaces,
        told: &Told,
        is_old: &(dyn Fn(Key) -> bool + Sync),
    ) -> Other {
        let (path, searches) = (&candidate.path, self.rules.searches);
        let (mut surface, mut searched) = (Ok(None), Ok(None));
        let is_spotless = documents.get(path).copied();
        let is_document = is_spotless.is_some();
        let may_be_surface = !is_document && surfaces::is_wanted(path);
        if self.watch.is_stopped() || !searches && !may_be_surface {
            return Other { surface, searched };
        }
        if is_spotless == Some(true) {
            return Other { surface, searched: Ok(searches.then(Searched::default)) };
        }
        let mut bytes = guarded(|| self.tree.read(path)).and_then(|read| read);
        // What cannot be read is told by the search.
        if let Ok(bytes) = &mut bytes
            && may_be_surface
        {
            surface = surfaces.check(path, bytes);
        }
        if searches {
            let mut own = surface.as_mut().ok().and_then(Option::as_mut).map(Surface::findings);
            let is_document = is_document || own.is_some();
            let all = [told, &own.as_ref().map_or_else(Told::default, |own| Told::of(own))];
            searched = bytes.and_then(|bytes| {
                let from = (&self.tree.origin(), self.policy);
                let mut searched = secrets::file(path, bytes, is_document, all, from, is_old)?;
                if let Some(own) = &mut own {
                    searched.cover(all[1], own);
                }
                if is_document {
                    self.explain(candidate, &mut searched.findings);
                }
                Ok(Some(searched))
            });
            if !candidate.document {
                self.watch.count(1);
            }
        }
        Other { surface, searched }
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

/// What a file comes to besides documents.
struct Other {
    surface: Result<Option<Surface>, Gap>,
    searched: Result<Option<Searched>, Gap>,
}

impl Outcome {
    fn add(&mut self, path: &Arc<str>, searched: Searched) {
        self.searched += 1;
        self.unshown.unsure += searched.unsure;
        if let Some(gap) = searched.gap {
            self.skip(path, gap);
        }
        self.pragmas.extend(searched.pragmas);
        self.take(Finished { findings: searched.findings, hidden: searched.hidden, failed: searched.failed });
    }

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
