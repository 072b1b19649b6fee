//! A commit and what it is compared with, both checked, and what only the commit has.
//!
//! Findings are compared, not lines: a USER line that was deleted makes a finding though no line of it is left, and
//! code that moved brings none. Both sides are judged by the same rules and the same settings.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Result, bail};
use git2::Repository;

use super::changes::Changes;
use super::ground::Ground;
use super::inputs::{Inputs, Past, Reach, Say};
use crate::baseline::Known;
use crate::blob::{Candidate, Tree};
use crate::cli::args::Look;
use crate::cli::display::Display;
use crate::cli::{lists, open};
use crate::config::{self, Config, Date};
use crate::filter;
use crate::finding::{Finding, Status, Suppressor};
use crate::history::leaks::{self, Wish};
use crate::history::opening::{self, At, Reads};
use crate::history::{Folders, History};
use crate::input;
use crate::input::commit::Committed;
use crate::outcome::Outcome;
use crate::rule::{Family, Policy, Rule};
use crate::rules::RULES;
use crate::scan::{self, Watch};

/// By what both sides are judged.
pub(super) struct Law {
    pub(super) config: Config,
    policy: Policy,
    known: Known,
    /// Files that hold hashes, which look like secrets.
    lists: Vec<PathBuf>,
    root: PathBuf,
    today: Date,
    /// What people should know of it.
    pub(super) words: Vec<String>,
}

impl Law {
    /// Reads it from a commit, whatever lies on disk.
    pub(super) fn read(inputs: &Inputs, says: Say, tree: &Committed, root: &Path) -> Result<Self> {
        let mut words = Vec::new();
        let mut look = Look::default();
        let mut config = Config::default();
        if says == Say::None {
            (look.no_config, look.no_baseline) = (true, true);
        } else {
            let there =
                |file: &&PathBuf| input::below(Path::new(""), file).is_some_and(|name| tree.exists(&name));
            for file in inputs.baseline.iter().chain(&inputs.config).filter(|file| !there(file)) {
                // A pull request that brings the first one cannot be judged by it.
                let why = format!("{} is not in the commit that says what counts", file.display());
                if says == Say::Head {
                    bail!("{why}");
                }
                words.push(why);
            }
            let asked: Vec<&PathBuf> = inputs.baseline.iter().filter(there).collect();
            look.baseline = asked.iter().map(|file| root.join(file)).collect();
            look.no_baseline = asked.is_empty() && !inputs.baseline.is_empty();
            let names: Vec<String> = match &inputs.config {
                Some(file) => input::below(Path::new(""), file).into_iter().collect(),
                None => config::NAMES.map(str::to_owned).to_vec(),
            };
            if let Some(name) = names.iter().find(|name| tree.exists(name)) {
                config = open::read_config(&root.join(name), root, tree.read(name))?;
            }
        }
        let display = Display { root: root.to_owned(), current: root.to_owned() };
        let place = lists::Place {
            look: &look,
            config: &config,
            root,
            top: root,
            tree,
            display: &display,
            sealed: true,
        };
        let custom = place.gitleaks()?;
        let (known, lists) = place.known(false)?;
        let mut policy = Policy { graphs: true, ..open::policy(&place, custom.seeing(known.hashes())) };
        if !inputs.families.is_empty() {
            let is_asked = |rule: &&Rule| policy.shows(rule) && inputs.families.contains(&rule.family);
            policy.only = RULES.iter().filter(is_asked).map(|rule| rule.id).collect();
        }
        let today = Date::of(SystemTime::now());
        words.extend(
            filter::expired(&config, today).into_iter().chain(filter::expired_entries(&known, today)),
        );
        Ok(Self { config, policy, known, lists, root: root.to_owned(), today, words })
    }

    fn candidates(
        &self,
        tree: &Committed,
        paths: &[String],
        outcome: &mut Outcome,
    ) -> Result<Vec<Candidate>> {
        let mut listing = tree.list(paths, &|path| self.config.exclude.matches(path))?;
        listing.candidates.retain(|file| !self.lists.contains(&self.root.join(&*file.path)));
        outcome.skipped.append(&mut listing.skipped);
        outcome.failed.append(&mut listing.failed);
        Ok(listing.candidates)
    }

    fn mark(&self, outcome: &mut Outcome) {
        filter::apply(outcome, &self.config, &self.policy, &self.known, self.today);
    }

    fn check(&self, candidates: &[Candidate], tree: &Committed, watch: &Watch) -> Outcome {
        let mut outcome = scan::scan(candidates, tree, &self.policy, watch);
        self.mark(&mut outcome);
        outcome
    }
}

pub(super) struct Sides {
    /// All that the commit has and its history brought.
    pub(super) all: Outcome,
    /// Of the findings of `all`, those that are new.
    pub(super) fresh: HashSet<usize>,
    /// Of those, the ones that no file of the commit has any more.
    pub(super) past: HashSet<usize>,
    /// How many findings that the base shows are silenced by comments now.
    pub(super) silenced: usize,
}

/// What is compared, and how much of it is looked at.
pub(super) struct Task<'a> {
    pub(super) repository: &'a Repository,
    pub(super) ground: &'a Ground,
    pub(super) changes: Option<&'a Changes>,
    pub(super) inputs: &'a Inputs,
    /// Files that did not change are searched for secrets, too.
    pub(super) whole: bool,
}

pub(super) fn check(task: &Task, law: &Law, tree: &Committed, watch: &Watch) -> Result<Sides> {
    let mut told = Outcome::default();
    let mut candidates = law.candidates(tree, &task.inputs.paths, &mut told)?;
    if let Some(changes) = task.changes.filter(|_| !task.whole) {
        candidates.retain(|file| file.document || changes.new.contains(&*file.path));
    }
    let mut all = law.check(&candidates, tree, watch);
    if let Some(changes) = task.changes {
        let is_changed = |path: &str| changes.new.contains(path);
        all.graphs.retain(|graph| is_changed(&graph.path));
        if task.inputs.reach == Reach::Changed {
            all.findings.retain(|finding| is_changed(&finding.place.path));
        }
    }
    all.skipped.append(&mut told.skipped);
    all.failed.append(&mut told.failed);

    let old = old_side(task, law, watch)?;
    let fresh: HashSet<usize> = (0..all.findings.len()).filter(|&at| old.lacks(&all.findings[at])).collect();
    let is_silenced = |finding: &&Finding| {
        matches!(&finding.status, Status::Suppressed { by: Suppressor::Inline, .. })
            && old.open.contains(&finding.fingerprint)
    };
    let silenced = all.findings.iter().filter(is_silenced).count();
    let mut sides = Sides { all, fresh, past: HashSet::new(), silenced };
    sides.add_past(past(task, law, watch), &old);
    Ok(sides)
}

impl Sides {
    /// Adds what the commits brought and no file of the last one has.
    fn add_past(&mut self, past: Outcome, old: &Old) {
        let here: HashSet<u128> = self.all.findings.iter().map(|finding| finding.fingerprint).collect();
        for finding in past.findings {
            if here.contains(&finding.fingerprint) {
                continue;
            }
            let at = self.all.findings.len();
            if finding.status == Status::Open && !old.open.contains(&finding.fingerprint) {
                self.fresh.insert(at);
            }
            self.past.insert(at);
            self.all.findings.push(finding);
        }
        self.all.objects += past.objects;
        self.all.failed.extend(past.failed);
        self.all.interrupted |= past.interrupted;
        self.all.error = self.all.error.take().or(past.error);
    }

    /// The run with only those findings.
    pub(super) fn only(&self, wanted: impl Fn(usize, &Finding) -> bool) -> Outcome {
        let mut outcome = self.all.clone();
        let mut at = 0..;
        outcome.findings.retain(|finding| at.next().is_some_and(|at| wanted(at, finding)));
        outcome
    }
}

/// What the base has.
#[derive(Default)]
struct Old {
    /// Nothing is compared: everything is new.
    none: bool,
    open: HashSet<u128>,
    /// Files whose findings were looked for there, or that are not as they were.
    compared: HashSet<String>,
    /// What is found there, without its place: path, rule and line.
    moved: HashSet<(String, String, String)>,
    renamed: HashMap<String, String>,
}

impl Old {
    fn lacks(&self, finding: &Finding) -> bool {
        if finding.status != Status::Open {
            return false;
        }
        if self.none {
            return true;
        }
        // A file that is as it was, and that no rule looks at, has the secrets that it had.
        let unchanged = !self.compared.contains(&*finding.place.path);
        let renamed = self.renamed.get(&*finding.place.path);
        let moved = renamed.is_some_and(|old| self.moved.contains(&key(old, finding)));
        !(unchanged || moved || self.open.contains(&finding.fingerprint))
    }
}

fn key(path: &str, finding: &Finding) -> (String, String, String) {
    (path.to_owned(), finding.rule.id.to_owned(), finding.place.excerpt.text.trim().to_owned())
}

fn old_side(task: &Task, law: &Law, watch: &Watch) -> Result<Old> {
    let (Some(base), Some(changes)) = (task.ground.base, task.changes) else {
        return Ok(Old { none: true, ..Old::default() });
    };
    let tree = Committed::open(task.repository, base)?;
    let mut candidates = law.candidates(&tree, &task.inputs.paths, &mut Outcome::default())?;
    candidates.retain(|file| file.document || changes.old.contains(&*file.path));
    let outcome = law.check(&candidates, &tree, watch);
    let mut old = Old { renamed: changes.renamed.clone(), ..Old::default() };
    old.compared =
        candidates.iter().map(|file| file.path.to_string()).chain(changes.new.iter().cloned()).collect();
    for finding in outcome.findings.iter().filter(|finding| finding.status == Status::Open) {
        old.open.insert(finding.fingerprint);
        old.moved.insert(key(&finding.place.path, finding));
    }
    Ok(old)
}

/// Secrets in the commits of the event, or in all.
fn past(task: &Task, law: &Law, watch: &Watch) -> Outcome {
    let exclude = law.config.exclude.clone();
    let paths = task.inputs.paths.clone();
    let excluded = move |path: &str| {
        input::excluded_with_folders(path, &|path| exclude.matches(path)) || !input::is_within(path, &paths)
    };
    let wish = Wish { excluded: Some(Box::new(excluded)), ..Wish::default() };
    let asked = &task.inputs.families;
    let full = match (task.inputs.history, &task.ground.range) {
        _ if !asked.is_empty() && !asked.contains(&Family::Secrets) => return Outcome::default(),
        (Past::None, _) => return Outcome::default(),
        (Past::Full, _) | (Past::Auto, None) => true,
        (Past::Auto, Some(_)) => false,
    };
    let mut outcome = match (&task.ground.range, full) {
        (Some(range), false) => leaks::range(task.repository, range, &law.policy, &wish, watch),
        _ => match opening::open(At::Bare(task.repository.path()), Reads::Index) {
            Ok(repository) => {
                leaks::all(&History::open(repository, &Folders::default()), &law.policy, &wish, watch)
            }
            Err(refused) => Outcome { error: Some(refused.to_string()), ..Outcome::default() },
        },
    };
    law.mark(&mut outcome);
    outcome
}
