//! The phase of Compose files: what belongs together is joined, checked, and dropped; what it says of Dockerfiles stays.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::check;
use super::load::{self, Loaded};
use super::run::Run;
use super::{around, each, join, starts};
use crate::blob::Candidate;
use crate::compose::{self, ComposeFile};
use crate::container::FileId;
use crate::dockerfile::{self, Dockerfile};
use crate::finding::Draft;
use crate::gap::{Gap, Reason};
use crate::outcome::{Outcome, Pragma, Told};
use crate::privilege::{self, Hardening, NetworkMap, Privileges};
use crate::project::{Baked, Project};
use crate::rule::Context;
use crate::shown::finish::Finished;
use crate::shown::{Marks, guarded};
use crate::text::Source;

/// What the Compose files, and the bake files around them, say of others.
pub(super) struct Composed {
    /// The files that were checked.
    pub(super) linted: HashSet<Arc<str>>,
    /// Findings in files that several groups name, and in Dockerfiles.
    pub(super) drafts: Vec<Draft>,
    /// What must not be shown of them.
    pub(super) marks: Marks,
    /// What builds a Dockerfile, by its path.
    pub(super) builders: HashMap<Arc<str>, Vec<join::Builder>>,
    pub(super) baked: HashMap<String, Vec<Baked>>,
    pub(super) read: HashMap<Arc<str>, Option<Loaded>>,
}

/// The Dockerfiles that services build, each read once; `None` for what is not there.
type Read = Mutex<HashMap<Arc<str>, Option<Loaded>>>;

/// The Compose files of a run, on their way through the rules.
struct Compose<'g> {
    /// Those that are checked, and not only read as context.
    linted: &'g HashSet<Arc<str>>,
    parts: &'g HashSet<Arc<str>>,
    /// How many groups there are.
    count: usize,
    read: Read,
}

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

impl Run<'_, '_> {
    /// Checks the Compose files, group by group.
    pub(super) fn compose(
        &self,
        compose: Vec<Arc<Source>>,
        dockerfiles: &[Arc<Source>],
        later: &[&Candidate],
        outcome: &mut Outcome,
    ) -> Composed {
        let mut linted: HashSet<Arc<str>> = compose.iter().map(|source| Arc::clone(source.path())).collect();
        let to_build = dockerfiles.iter().map(|source| &**source.path());
        let to_build: Vec<&str> = to_build.chain(later.iter().map(|file| &*file.path)).collect();
        let around::Surroundings { compose: context, baked, skipped } =
            around::surroundings(self.candidates, &to_build, &compose, self.tree);
        outcome.skipped.extend(skipped);
        let paths = self.candidates.iter().map(|file| &*file.path);
        let settings = paths.filter(|path| path.ends_with("devcontainer.json"));
        let load::Groups { list: mut groups, shared, parts, failed } =
            load::groups(compose, context, settings, self.tree, self.aside);
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
        let all = Compose { linted: &linted, parts: &parts, count: groups.len(), read: Read::default() };
        // In whatever order they come; they are sorted in the end.
        let finished: Mutex<Vec<Finished>> = Mutex::default();
        let done = each(groups, |group| {
            if self.watch.is_stopped() {
                return Group::default();
            }
            let mut checked = match guarded(|| self.group(&group, &all)) {
                Ok(checked) => checked,
                Err(gap) => return all.failed(&group, &gap),
            };
            self.watch.count(checked.checked);
            // A file that several groups name gets its findings from all of them.
            let alone = |draft: &Draft| {
                let path = draft.source.path();
                linted.contains(path) && !shared.contains(path)
            };
            let (own, others) = checked.drafts.into_iter().partition(alone);
            checked.drafts = others;
            locked(&finished).push(self.veils(checked.marks.clone()).finish(own));
            checked
        });
        for finished in finished.into_inner().unwrap_or_else(PoisonError::into_inner) {
            outcome.take(finished);
        }
        let read = all.read.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut composed = Composed {
            linted,
            drafts: Vec::new(),
            marks: Marks::new(),
            builders: HashMap::new(),
            baked,
            read,
        };
        for group in done {
            composed.take(group, outcome);
        }
        privilege::spare_extended(&mut outcome.hardenings);
        composed
    }

    /// Checks a Compose file with what overrides it. What it names is read with it, and dropped with it; Dockerfiles are
    /// kept in `read`, so that none is read twice for two services.
    fn group(&self, group: &load::Group, all: &Compose) -> Group {
        let &Compose { linted, parts, count, ref read } = all;
        let numbered = group.sources.iter().zip(0..);
        let documents: Vec<ComposeFile> =
            numbered.map(|(source, id)| compose::parse(source, FileId(id))).collect();
        let own: Vec<&ComposeFile> = documents.iter().take(group.own).collect();
        for file in documents.iter().filter(|file| !linted.contains(file.source.path())) {
            if let Some(error) = file.yaml.errors.first() {
                let line = file.source.line_of(error.span.start as usize);
                self.aside.misread(file.source.path(), &format!("line {line} is not valid YAML"));
            }
        }
        let mut joined = join::join(&own, &documents, self.rules.asks_for_files, self.aside);
        if group.base {
            joined.forget_services();
        }
        joined.around.is_alone = count == 1;

        let mut paths: Vec<&Arc<str>> = joined.edges.iter().filter_map(|edge| edge.path.as_ref()).collect();
        paths.sort();
        paths.dedup();
        let read_once = |path: &&Arc<str>| {
            let mut read = locked(read);
            match read.entry(Arc::clone(path)).or_insert_with(|| load::built(path, self.tree)) {
                Some(Loaded::Dockerfile(source)) => Some(Arc::clone(source)),
                _ => None,
            }
        };
        let built: Vec<Arc<Source>> = paths.iter().filter_map(read_once).collect();
        let mut dockerfiles: Vec<Dockerfile> = built.iter().map(dockerfile::parse).collect();
        for file in &mut dockerfiles {
            join::ship(file, &joined, std::iter::empty(), self.policy);
            starts::fill(file, joined.contexts_of(file.source.path()), self.aside);
        }
        let (edges, envs) = (joined.edges.clone(), std::mem::take(&mut joined.envs));
        let engine = Arc::clone(&self.engine);
        let project = Project { engine, ..join::project(joined, &group.sources, &dockerfiles, self.aside) };
        let cx = Context { policy: self.policy, project: &project, sent: None, is_spotless: false };
        let is_part = |file: &&ComposeFile| parts.contains(file.source.path());
        let written: Vec<&ComposeFile> =
            own.iter().copied().chain(documents.iter().skip(group.own).filter(is_part)).collect();
        let mut found = check::compose(&cx, self.rules, &written, &documents, linted, self.tree);
        found.drafts.extend(check::project(&cx, self.rules));
        join::see_variables(&mut found.drafts, &group.sources, &envs);
        let builders = join::builders(&project.containers, edges, &built);
        let checked = own.iter().filter(|file| linted.contains(file.source.path()) && !is_part(file)).count();
        let check::InCompose { drafts, pragmas, marks, privileges, hardenings, networks } = found;
        Group {
            checked,
            drafts,
            pragmas,
            builders,
            marks,
            privileges,
            hardenings,
            networks,
            failed: Vec::new(),
        }
    }

    /// The Dockerfiles that were asked for and that only a service that builds them shows to be some.
    pub(super) fn built(
        &self,
        composed: &Composed,
        dockerfiles: &[Arc<Source>],
        later: &[&Candidate],
        outcome: &mut Outcome,
    ) -> Vec<Arc<Source>> {
        let named: HashSet<&str> = self.candidates.iter().map(|file| &*file.path).collect();
        let waiting: HashSet<&str> = later.iter().map(|file| &*file.path).collect();
        let mut built = Vec::new();
        for (path, loaded) in composed.read.iter().filter(|(path, _)| !waiting.contains(&***path)) {
            let is_new = || named.contains(&**path) && dockerfiles.iter().all(|file| file.path() != path);
            match loaded {
                // Whatever its name is, a service builds it.
                Some(Loaded::Dockerfile(source)) if is_new() => built.push(Arc::clone(source)),
                Some(Loaded::Fail(why)) => outcome.fail(path, why.clone()),
                Some(Loaded::Skip(why)) => outcome.skip(path, why.clone()),
                _ => {}
            }
        }
        built
    }
}

impl Compose<'_> {
    /// A group in which a rule's host panicked: none of the files that it was to check were checked.
    fn failed(&self, group: &load::Group, gap: &Gap) -> Group {
        let paths = group.sources.iter().map(|source| source.path()).zip(0..);
        let own = paths.filter(|(path, at)| {
            self.linted.contains(*path) && *at < group.own || self.parts.contains(*path)
        });
        let failed = own.map(|(path, _)| Told::new(Arc::clone(path), gap.clone())).collect();
        Group { failed, ..Group::default() }
    }
}

impl Composed {
    fn take(&mut self, group: Group, outcome: &mut Outcome) {
        outcome.checked += group.checked;
        outcome.failed.extend(group.failed);
        outcome.pragmas.extend(group.pragmas);
        outcome.privileges.extend(group.privileges);
        outcome.hardenings.extend(group.hardenings);
        outcome.networks.extend(group.networks);
        self.drafts.extend(group.drafts);
        for (path, spans) in group.marks {
            self.marks.entry(path).or_default().extend(spans);
        }
        for (path, builder) in group.builders {
            self.builders.entry(path).or_default().push(builder);
        }
    }
}

/// What is behind the lock is as good after a panic as before: it is only added to.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
