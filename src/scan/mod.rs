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
mod join;
pub mod kind;
mod load;
pub mod old;
mod opening;
mod repository;
mod shell;
mod starts;
mod surfaces;
mod template;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::bake::Passed;
use crate::blob::{Candidate, Tree};
use crate::compose::{self, ComposeFile};
use crate::container::FileId;
use crate::daemon::Engine;
use crate::dockerfile::{self, Dockerfile};
use crate::finding::Draft;
use crate::gap::{Gap, Reason};
use crate::outcome::{Outcome, Pragma, Told};
use crate::privilege::{self, Hardening, NetworkMap, Privileges};
use crate::project::Project;
use crate::rule::{Context, Family, Policy};
use crate::rules;
use crate::shellcheck::Program;
use crate::shown::finish::{Finished, Veils};
use crate::shown::{Marks, guarded, secrets};
use crate::surface::Form;
use crate::text::Source;
use aside::Aside;
use chosen::Chosen;
use load::Loaded;
use old::{Old, Silence};

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
    candidate.document || surfaces::is_wanted(&candidate.path, Form::of(&candidate.path))
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
        return from_top(candidates, tree, policy, watch, silence);
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
    let mut outcome = from_top(&candidates, &tree, &policy, watch, &silence);
    from_root(&mut outcome);
    outcome
}

/// As [`scan_change`], where all paths are from the repository's top, or there is none.
fn from_top(
    candidates: &[Candidate],
    tree: &dyn Tree,
    policy: &Policy,
    watch: &Watch,
    silence: Silence,
) -> Outcome {
    watch.done.store(0, Ordering::Relaxed);
    let mut outcome = Outcome::default();
    let rules = Chosen::by(policy);
    let documents = candidates.iter().filter(|candidate| candidate.document);
    let (later, now): (Vec<&Candidate>, Vec<&Candidate>) = documents.partition(|c| load::is_streamed(c));

    // What may be a Compose file, and files whose names say nothing.
    let mut compose: Vec<Arc<Source>> = Vec::new();
    let mut dockerfiles: Vec<Arc<Source>> = Vec::new();
    let load = |candidate: &Candidate| {
        if watch.is_stopped() { Loaded::Unread } else { load_guarded(candidate, tree) }
    };
    for (candidate, loaded) in now.iter().zip(each(now.clone(), load)) {
        match loaded {
            Loaded::Compose(source) => compose.push(source),
            Loaded::Dockerfile(source) => dockerfiles.push(source),
            other => {
                watch.count(1);
                load::tell(candidate, other, &mut outcome);
            }
        }
    }
    let mut linted: HashSet<Arc<str>> = compose.iter().map(|source| Arc::clone(source.path())).collect();
    let to_build: Vec<&str> = dockerfiles
        .iter()
        .map(|source| &**source.path())
        .chain(later.iter().map(|file| &*file.path))
        .collect();
    let around::Surroundings { compose: context, baked, skipped } =
        around::surroundings(candidates, &to_build, &compose, tree);
    outcome.skipped.extend(skipped);
    let aside = Aside::new(tree);
    let engine = Arc::new(engine::of(candidates, &aside, policy));
    let settings =
        candidates.iter().map(|file| &*file.path).filter(|path| path.ends_with("devcontainer.json"));
    let load::Groups { list: mut groups, shared, parts, failed } =
        load::groups(compose, context, settings, tree, &aside);
    outcome.failed.extend(failed);
    for source in groups.iter().filter(|group| group.cut).flat_map(|group| &group.sources) {
        // What is only context should not have been checked.
        let gap = Gap::new(Reason::Limit, load::CUT);
        if linted.contains(source.path()) {
            outcome.fail(source.path(), gap);
        } else {
            outcome.skip(source.path(), gap);
        }
    }
    groups.retain(|group| !group.cut);
    // What is no Compose file by itself is read for those that name it, and then it is one.
    outcome.skipped.retain(|told| !parts.contains(&told.path));
    outcome.checked += parts.len();
    linted.extend(parts.iter().cloned());
    let read: Read = Mutex::default();
    // A file that several groups name gets its findings from all of them.
    let alone = |path: &Arc<str>| linted.contains(path) && !shared.contains(path);
    // In whatever order they come; they are sorted in the end.
    let finished: Mutex<Vec<Finished>> = Mutex::default();
    let done = each(groups, |group| {
        if watch.is_stopped() {
            return Group::default();
        }
        let checked = match guarded(|| check_group(&group, &linted, &parts, &read, &aside, &engine, &rules)) {
            Ok(checked) => checked,
            Err(gap) => {
                let own = group.sources.iter().map(|source| source.path()).zip(0..);
                let own = own
                    .filter(|(path, at)| linted.contains(*path) && *at < group.own || parts.contains(*path));
                let own = own.map(|(path, _)| path);
                let failed = own.map(|path| Told::new(Arc::clone(path), gap.clone())).collect();
                return Group { failed, ..Group::default() };
            }
        };
        watch.count(checked.checked);
        let (own, others) = checked.drafts.into_iter().partition(|draft| alone(draft.source.path()));
        let own = Veils::new(checked.marks.clone(), tree.origin(), policy).finish(own);
        locked(&finished).push(own);
        Group { drafts: others, ..checked }
    });
    for finished in finished.into_inner().unwrap_or_else(PoisonError::into_inner) {
        outcome.take(finished);
    }

    let mut drafts: Vec<Draft> = Vec::new();
    let mut marks = Marks::new();
    let mut builders: HashMap<Arc<str>, Vec<join::Builder>> = HashMap::new();
    for group in done {
        outcome.checked += group.checked;
        outcome.failed.extend(group.failed);
        for (path, spans) in group.marks {
            marks.entry(path).or_default().extend(spans);
        }
        drafts.extend(group.drafts);
        outcome.pragmas.extend(group.pragmas);
        outcome.privileges.extend(group.privileges);
        outcome.hardenings.extend(group.hardenings);
        outcome.networks.extend(group.networks);
        for (path, builder) in group.builders {
            builders.entry(path).or_default().push(builder);
        }
    }
    privilege::spare_extended(&mut outcome.hardenings);
    let read = read.into_inner().unwrap_or_else(PoisonError::into_inner);
    let named: HashSet<&str> = candidates.iter().map(|file| &*file.path).collect();
    let waiting: HashSet<&str> = later.iter().map(|file| &*file.path).collect();
    for (path, built) in read.iter().filter(|(path, _)| !waiting.contains(&***path)) {
        let is_new = || named.contains(&**path) && dockerfiles.iter().all(|file| file.path() != path);
        match built {
            // Whatever its name is, a service builds it.
            Some(Loaded::Dockerfile(source)) if is_new() => dockerfiles.push(Arc::clone(source)),
            Some(Loaded::Fail(why)) => outcome.fail(path, why.clone()),
            Some(Loaded::Skip(why)) => outcome.skip(path, why.clone()),
            _ => {}
        }
    }
    let shellcheck = watch.shellcheck.as_deref().filter(|_| shell::is_wanted(policy));
    let one = |source: &Arc<Source>| {
        guarded(|| {
            let builders = join::Joined::of(builders.get(source.path()).map_or(&[], Vec::as_slice));
            let baked = baked.get(&**source.path()).map_or(&[][..], Vec::as_slice);
            let shipped = baked.iter().filter(|target| target.ships);
            let shipped = shipped.filter_map(|target| target.stage.as_ref()?.value());
            let contexts = baked.iter().map(|target| Some(&*target.context));
            let mut file = dockerfile::parse(source);
            join::ship(&mut file, &builders, shipped, policy);
            starts::fill(&mut file, builders.contexts_of(source.path()).chain(contexts), &aside);
            let file = [file];
            let passed = Passed::by(baked.iter().map(|target| &target.names));
            let project = Project { baked, passed, ..join::project(builders, &[], &file, &aside) };
            let sent = contexts::of(&project, &file[0], &aside);
            let cx = Context { policy, project: &project, sent: sent.as_ref() };
            let checked = check::dockerfile(&cx, &rules, &file[0], tree, shellcheck.is_some());
            watch.count(1);
            checked
        })
        .map_err(Loaded::Fail)
    };
    let unstopped = |source: &Arc<Source>| (!watch.is_stopped()).then(|| one(source));
    let mut checked: Vec<check::Checked> = Vec::new();
    for (path, result) in each(dockerfiles, |source| (Arc::clone(source.path()), unstopped(&source))) {
        match result {
            Some(Ok(result)) => checked.push(result),
            Some(Err(Loaded::Fail(gap))) => outcome.fail(&path, gap),
            Some(Err(_)) => {}
            None => {}
        }
    }
    let streamed = each(later.clone(), |candidate| match read.get(&candidate.path) {
        Some(Some(Loaded::Dockerfile(source))) => unstopped(source).unwrap_or(Err(Loaded::Unread)),
        _ => match load(candidate) {
            Loaded::Dockerfile(source) => one(&source),
            Loaded::Daemon(source) => guarded(|| {
                watch.count(1);
                check::daemon(&source, &rules, tree)
            })
            .map_err(Loaded::Fail),
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

    let files: HashSet<&Arc<str>> = linted.iter().chain(checked.iter().map(|one| &one.path)).collect();
    drafts.retain(|draft| files.contains(draft.source.path()));
    outcome.take(Veils::new(marks, tree.origin(), policy).finish(drafts));
    let surfaces = surfaces::check(candidates, &files, tree, &engine, &rules, watch, &mut outcome);
    outcome.skipped.retain(|told| told.why != load::NO_DOCUMENT || !surfaces.contains(&told.path));
    let documents: HashSet<Arc<str>> = files.into_iter().cloned().chain(surfaces).collect();
    let mut shells = Vec::new();
    for one in checked {
        outcome.has_shell_code |= one.has_shell_code;
        outcome.engines += usize::from(one.is_daemon);
        shells.push(one.shell);
        outcome.take(Finished { findings: one.findings, hidden: one.hidden, failed: one.failed });
        outcome.pragmas.extend(one.pragmas);
        outcome.graphs.extend(one.graph);
    }
    if let Some(program) = shellcheck {
        let (mut finished, skipped) = shell::check(shells, program, tree.origin(), policy, &watch.stop);
        shell::without_told(&mut finished.findings, &outcome.findings);
        outcome.take(finished);
        outcome.skipped.extend(skipped);
    }
    outcome.graphs.sort_by(|a, b| a.path.cmp(&b.path));
    let mut all: Vec<&Candidate> = candidates.iter().collect();
    if !searches(policy) {
        all.clear();
    }
    // Whoever named a file that is no document wanted it searched, and that is done.
    if !all.is_empty() {
        outcome.skipped.retain(|told| told.reason != Reason::OtherFormat || told.why != load::NO_DOCUMENT);
    }
    let told = secrets::Told::of(&outcome.findings);
    let gone = |each: &mut dyn FnMut(&Arc<str>, Vec<u8>)| tree.gone(each);
    let old = Old::new(gone, policy, silence);
    let is_old = |key| old.has(key);
    let searched = each(all, |candidate| {
        let searched = if watch.is_stopped() {
            Ok(None)
        } else {
            let is_document = documents.contains(&candidate.path);
            secrets::file(candidate, is_document, &told, tree, policy, &is_old).map(|mut searched| {
                // Rules that `--rule` leaves out did not explain anything.
                let unexplained = is_document && !policy.only.is_empty() && !searched.findings.is_empty();
                if let Some(bytes) = unexplained.then(|| tree.read(&candidate.path).ok()).flatten() {
                    let text = crate::secrets::as_utf8(bytes);
                    alone::relate(&mut searched.findings, &candidate.path, text, &tree.origin(), policy);
                }
                Some(searched)
            })
        };
        if !candidate.document {
            watch.count(1);
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
    outcome.skipped.extend(aside.unused(&outcome.failed));
    outcome.interrupted = watch.is_stopped();
    outcome.skipped.sort();
    outcome.failed.sort();
    outcome.findings.sort_unstable_by(|a, b| {
        (&a.place.path, a.place.span, a.rule.id, &a.message).cmp(&(
            &b.place.path,
            b.place.span,
            b.rule.id,
            &b.message,
        ))
    });
    outcome
}

/// The Dockerfiles that services build, each read once; `None` for what is not there.
type Read = Mutex<HashMap<Arc<str>, Option<Loaded>>>;

/// What stays of a group of Compose files.
#[derive(Default)]
struct Group {
    /// How many of its files count.
    checked: usize,
    drafts: Vec<Draft>,
    pragmas: Vec<Pragma>,
    /// Each with the path of the Dockerfile that it builds.
    builders: Vec<(Arc<str>, join::Builder)>,
    /// What must not be shown of its files.
    marks: Marks,
    privileges: Vec<Privileges>,
    hardenings: Vec<Hardening>,
    networks: Option<NetworkMap>,
    /// Files that could not be checked.
    failed: Vec<Told>,
}

fn load_guarded(candidate: &Candidate, tree: &dyn Tree) -> Loaded {
    guarded(|| load::load(candidate, tree)).unwrap_or_else(Loaded::Fail)
}

/// What is behind the lock is as good after a panic as before: it is only added to.
fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Checks a Compose file with what overrides it. What it names is read with it, and dropped with it; Dockerfiles are
/// kept in `read`, so that none is read twice for two services.
fn check_group(
    group: &load::Group,
    linted: &HashSet<Arc<str>>,
    parts: &HashSet<Arc<str>>,
    read: &Read,
    aside: &Aside,
    engine: &Arc<Engine>,
    rules: &Chosen,
) -> Group {
    let (tree, policy) = (aside.tree(), rules.policy);
    let numbered = group.sources.iter().zip(0..);
    let documents: Vec<ComposeFile> =
        numbered.map(|(source, id)| compose::parse(source, FileId(id))).collect();
    let own: Vec<&ComposeFile> = documents.iter().take(group.own).collect();
    for file in documents.iter().filter(|file| !linted.contains(file.source.path())) {
        if let Some(error) = file.yaml.errors.first() {
            let line = file.source.line_of(error.span.start as usize);
            aside.misread(file.source.path(), &format!("line {line} is not valid YAML"));
        }
    }
    let mut joined = join::join(&own, &documents, aside);
    if group.base {
        joined.forget_services();
    }

    let mut paths: Vec<&Arc<str>> = joined.edges.iter().filter_map(|edge| edge.path.as_ref()).collect();
    paths.sort();
    paths.dedup();
    let read_once = |path: &&Arc<str>| {
        let mut read = locked(read);
        match read.entry(Arc::clone(path)).or_insert_with(|| load::built(path, tree)) {
            Some(Loaded::Dockerfile(source)) => Some(Arc::clone(source)),
            _ => None,
        }
    };
    let built: Vec<Arc<Source>> = paths.iter().filter_map(read_once).collect();
    let mut dockerfiles: Vec<Dockerfile> = built.iter().map(dockerfile::parse).collect();
    for file in &mut dockerfiles {
        join::ship(file, &joined, std::iter::empty(), policy);
        starts::fill(file, joined.contexts_of(file.source.path()), aside);
    }
    let (edges, envs) = (joined.edges.clone(), std::mem::take(&mut joined.envs));
    let engine = Arc::clone(engine);
    let project = Project { engine, ..join::project(joined, &group.sources, &dockerfiles, aside) };
    let cx = Context { policy, project: &project, sent: None };
    let is_part = |file: &&ComposeFile| parts.contains(file.source.path());
    let written: Vec<&ComposeFile> =
        own.iter().copied().chain(documents.iter().skip(group.own).filter(is_part)).collect();
    let mut found = check::compose(&cx, rules, &written, &documents, linted, tree);
    found.drafts.extend(check::project(&cx, rules));
    join::see_variables(&mut found.drafts, &group.sources, &envs);
    let builders = join::builders(&project.containers, edges, &built);
    let checked = own.iter().filter(|file| linted.contains(file.source.path()) && !is_part(file)).count();
    let check::InCompose { drafts, pragmas, marks, privileges, hardenings, networks } = found;
    Group { checked, drafts, pragmas, builders, marks, privileges, hardenings, networks, failed: Vec::new() }
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
