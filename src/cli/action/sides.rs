//! A commit and what it is compared with, both checked, and what only the commit has.
//!
//! Findings are compared, not lines: a USER line that was deleted makes a finding though no line of it is left, and
//! code that moved brings none. Both sides are judged by the same rules and the same settings.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::{Result, anyhow, bail};
use git2::Repository;

use super::changes::Changes;
use super::ground::Ground;
use super::inputs::{Inputs, Past, Reach, Say};
use crate::archive;
use crate::baseline::Known;
use crate::blob::{Candidate, Tree};
use crate::cli::args::Look;
use crate::cli::display::Display;
use crate::cli::had::{Had, Names, Standing};
use crate::cli::shellcheck::Chosen;
use crate::cli::{lists, open};
use crate::config::{self, Config, Date};
use crate::filter;
use crate::finding::{Finding, Status, Suppressor};
use crate::gap::{Gap, Reason};
use crate::history::leaks::{self, Wish};
use crate::history::opening::{self, At, Reads};
use crate::history::{Folders, History};
use crate::input;
use crate::input::commit::Committed;
use crate::outcome::Outcome;
use crate::privilege::{self, Privileges};
use crate::rule::{Family, Policy, Rule};
use crate::rules::{RULES, SHELLCHECK};
use crate::scan::{self, Watch};
use crate::text::Span;

/// By what both sides are judged.
pub(super) struct Law {
    pub(super) config: Config,
    policy: Policy,
    known: Known,
    /// What our own lists hold.
    prints: HashSet<u128>,
    today: Date,
    shellcheck: Chosen,
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
                let why = format!("{} is not in the commit that `config-from` names", file.display());
                if says == Say::Head {
                    bail!("{why}");
                }
                words.push(why);
            }
            let asked: Vec<&PathBuf> = inputs.baseline.iter().filter(there).collect();
            look.baseline = asked.iter().map(|file| root.join(file)).collect();
            look.no_baseline = asked.is_empty() && !inputs.baseline.is_empty();
            let name = match &inputs.config {
                Some(file) => input::below(Path::new(""), file).filter(|name| tree.exists(name)),
                None => {
                    config::only(|name| tree.exists(name)).map_err(|why| anyhow!(why))?.map(str::to_owned)
                }
            };
            if let Some(name) = name {
                let lost = || Gap::new(Reason::NotFound, "it is not in that commit");
                let read = |_: &Path, file: &Path| tree.read(&input::below(root, file).ok_or_else(lost)?);
                config = open::read_config(&root.join(name), root, &read)?;
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
        let known = place.known(false)?;
        let mut policy =
            Policy { graphs: true, privileges: true, ..open::policy(&place, custom.seeing(known.hashes())) };
        let shellcheck = Chosen::of(inputs.shellcheck, config.shellcheck, root, &mut policy)?;
        if !inputs.families.is_empty() {
            let is_asked = |rule: &&Rule| policy.shows(rule) && inputs.families.contains(&rule.family);
            policy.only = RULES.iter().chain(SHELLCHECK).filter(is_asked).map(|rule| rule.id.get()).collect();
        }
        let today = Date::of(SystemTime::now());
        words.extend(
            filter::expired(&config, today)
                .into_iter()
                .chain(filter::expired_entries(&known, today))
                .chain(lists::not_shipped(&config, tree)),
        );
        let prints = known.own.iter().flat_map(|list| list.entries.iter().map(|entry| entry.fingerprint));
        let prints = prints.collect();
        Ok(Self { config, policy, known, prints, today, shellcheck, words })
    }

    fn candidates(
        &self,
        tree: &Committed,
        paths: &[String],
        outcome: &mut Outcome,
    ) -> Result<Vec<Candidate>> {
        let mut listing = tree.list(paths, &|path| self.config.exclude.matches(path))?;
        outcome.skipped.append(&mut listing.skipped);
        outcome.failed.append(&mut listing.failed);
        Ok(listing.candidates)
    }

    /// The run goes on as before, with the program that this law wants.
    pub(super) fn watch(&self, watch: &Watch) -> Watch {
        Watch { stop: Arc::clone(&watch.stop), shellcheck: self.shellcheck.for_scan(), ..Watch::default() }
    }

    fn mark(&self, outcome: &mut Outcome) {
        filter::apply(outcome, &self.config, &self.policy, &self.known, self.today);
    }

    /// What of an outcome by another law would be open by this one. `again` makes another where it matters: allowlists were
    /// asked while the texts were there.
    fn open_of(&self, outcome: &Outcome, again: impl FnOnce(&Policy) -> Outcome) -> HashSet<Spot> {
        let is_allowed =
            |finding: &Finding| finding.secret.as_ref().is_some_and(|secret| secret.allowed.is_some());
        let allowed = outcome.findings.iter().any(is_allowed);
        let mut outcome = if allowed { again(&self.policy) } else { outcome.clone() };
        self.mark(&mut outcome);
        outcome.findings.iter().filter(|finding| finding.status == Status::Open).map(spot).collect()
    }

    /// Whether a list of known findings names a secret's place and not the secret: another one may stand there now.
    fn lists_place(&self, finding: &Finding) -> bool {
        let by_value = finding.secret.as_ref().is_some_and(|secret| {
            let own = secret.identity == Some(finding.fingerprint);
            secret.listed.is_some() || own && self.prints.contains(&finding.fingerprint)
        });
        let is_listed = matches!(&finding.status, Status::Suppressed { by: Suppressor::Baseline, .. });
        is_listed && finding.values.own.is_some() && !by_value
    }
}

/// A finding's rule and place.
type Spot = (&'static str, String, Span);

fn spot(finding: &Finding) -> Spot {
    (finding.rule.id.get(), finding.place.path.to_string(), finding.place.span)
}

pub(super) struct Sides {
    /// All that the commit has and its history brought.
    pub(super) all: Outcome,
    /// Of the findings of `all`, those that are new.
    pub(super) fresh: HashSet<usize>,
    /// Of those, the ones that no file of the commit has any more.
    pub(super) past: HashSet<usize>,
    /// Those that are silenced, and were not before: the change brought the finding, or what silences it.
    pub(super) silenced: HashSet<usize>,
    /// What people should know of it.
    pub(super) words: Vec<String>,
}

/// What is compared, and how much of it is looked at.
pub(super) struct Task<'a> {
    pub(super) repository: &'a Repository,
    pub(super) ground: &'a Ground,
    pub(super) changes: Option<&'a Changes>,
    pub(super) inputs: &'a Inputs,
    /// The base's, where the commit itself says what counts.
    pub(super) base_law: Option<&'a Law>,
    /// Files that did not change are searched for secrets, too.
    pub(super) whole: bool,
}

pub(super) fn check(task: &Task, law: &Law, tree: &Committed, watch: &Watch) -> Result<Sides> {
    let mut told = Outcome::default();
    missing(task, tree)?;
    let mut candidates = law.candidates(tree, &task.inputs.paths, &mut told)?;
    if let Some(changes) = task.changes.filter(|_| !task.whole) {
        candidates.retain(|file| file.document || changes.new.contains(&*file.path));
    }
    let mut all = scan::scan(&candidates, tree, &law.policy, watch);
    let again = |policy: &Policy| scan::scan(&candidates, tree, policy, watch);
    let by_base = task.base_law.map(|base| base.open_of(&all, again));
    law.mark(&mut all);
    if let Some(changes) = task.changes {
        let is_changed = |path: &str| archive::holders(path).any(|path| changes.new.contains(path));
        all.graphs.retain(|graph| is_changed(&graph.path));
        if task.inputs.reach == Reach::Changed {
            all.findings.retain(|finding| is_changed(&finding.place.path));
        }
    }
    all.skipped.append(&mut told.skipped);
    all.failed.append(&mut told.failed);

    let mut old = old_side(task, law, &all, watch)?;
    let privileges = std::mem::take(&mut all.privileges);
    if !old.none {
        all.changes = privilege::changes(&std::mem::take(&mut old.privileges), &privileges);
    }
    let is_new_entry = |open: &Option<HashSet<Spot>>, finding: &Finding| {
        open.as_ref().is_some_and(|open| open.contains(&spot(finding)))
    };
    for finding in &mut all.findings {
        let listed = !old.none && law.lists_place(finding) && !is_new_entry(&by_base, finding);
        if listed && old.brings(finding, &old.any) {
            finding.status = Status::Open;
        }
    }
    let is_fresh: Vec<bool> = all.findings.iter().map(|finding| old.lacks(finding)).collect();
    let is_silenced: Vec<bool> = all
        .findings
        .iter()
        .map(|finding| match &finding.status {
            Status::Open => false,
            // Without a base nothing is brought.
            _ if old.none => false,
            Status::Suppressed { by: Suppressor::Inline, .. } => old.brings(finding, &old.inline),
            // A list or a configuration of the base holds for whatever comes.
            Status::Suppressed { .. } => is_new_entry(&by_base, finding),
        })
        .collect();
    let left = filter::group(&mut all, &law.policy, &|at| is_fresh[at]);
    let numbers = |of: &[bool]| left.iter().zip(0..).filter(|(at, _)| of[**at]).map(|(_, at)| at).collect();
    let (fresh, silenced) = (numbers(&is_fresh), numbers(&is_silenced));
    let mut sides = Sides { all, fresh, past: HashSet::new(), silenced, words: Vec::new() };
    if old.failed > 0 {
        let what = crate::report::human::count(old.failed, "file");
        sides.words.push(format!("{what} of the base could not be read, so all findings in it count as new"));
    }
    let (mut past, by_base) = past(task, law, watch);
    for finding in &mut past.findings {
        let listed = !old.none && law.lists_place(finding) && !is_new_entry(&by_base, finding);
        if listed && !old.all.has(finding) {
            finding.status = Status::Open;
        }
    }
    sides.add_past(past, &old, &|finding| is_new_entry(&by_base, finding));
    Ok(sides)
}

/// Paths that were asked for and that neither commit has: nothing there would be looked at, and all would seem well.
fn missing(task: &Task, tree: &Committed) -> Result<()> {
    let base = task.ground.base.map(|base| Committed::open(task.repository, base)).transpose()?;
    let is_there = |path: &str| tree.holds(path) || base.as_ref().is_some_and(|base| base.holds(path));
    let gone: Vec<String> =
        task.inputs.paths.iter().filter(|path| !is_there(path)).map(|path| format!("`{path}`")).collect();
    if !gone.is_empty() {
        bail!("`paths` names files that the commit does not have: {}", gone.join(", "));
    }
    Ok(())
}

impl Sides {
    /// Adds what the commits brought and no file of the last one has.
    fn add_past(&mut self, past: Outcome, old: &Old, is_new_entry: &dyn Fn(&Finding) -> bool) {
        let here = Standing::of(self.all.findings.iter());
        for finding in past.findings {
            if here.has(&finding) {
                continue;
            }
            let at = self.all.findings.len();
            if !old.values.has(&finding) {
                match finding.status {
                    Status::Open => self.fresh.insert(at),
                    _ if old.none => false,
                    Status::Suppressed { by: Suppressor::Inline, .. } => self.silenced.insert(at),
                    Status::Suppressed { .. } => is_new_entry(&finding) && self.silenced.insert(at),
                };
            }
            self.past.insert(at);
            self.all.findings.push(finding);
        }
        self.all.objects += past.objects;
        self.all.failed.extend(past.failed);
        self.all.interrupted |= past.interrupted;
        self.all.error = self.all.error.take().or(past.error);
    }

    /// Counts what the change silences as open. The sentence says why it is told all the same.
    pub(super) fn count_silenced(&mut self) {
        for &at in &self.silenced {
            let finding = &mut self.all.findings[at];
            let by = Self::silencer(finding);
            finding.message = format!("{}; {by} suppresses it", finding.message);
            finding.status = Status::Open;
        }
        self.fresh.extend(self.silenced.drain());
    }

    /// What silences a finding, for a sentence.
    pub(super) fn silencer(finding: &Finding) -> &'static str {
        match &finding.status {
            Status::Suppressed { by: Suppressor::Config, .. } => "the configuration",
            Status::Suppressed { by: Suppressor::Baseline, .. } => "a baseline",
            _ => "a comment",
        }
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
    open: Had,
    /// What comments silence there.
    inline: Had,
    any: Had,
    /// The secrets that are open there.
    values: Standing,
    /// All, whatever their status.
    all: Standing,
    /// Files whose findings were looked for there, or that are not as they were.
    compared: HashSet<String>,
    renamed: Names,
    privileges: Vec<Privileges>,
    /// How many of its files could not be read.
    failed: usize,
}

impl Old {
    fn lacks(&self, finding: &Finding) -> bool {
        finding.status == Status::Open && self.brings(finding, &self.open)
    }
    /// Whether the commit has a finding that was not there. A file that is as it was, and that no rule looks at, has the
    /// secrets that it had.
    fn brings(&self, finding: &Finding, had: &Had) -> bool {
        let is_compared = || archive::holders(&finding.place.path).any(|path| self.compared.contains(path));
        self.none || is_compared() && !had.has(finding, &self.renamed)
    }
}

fn old_side(task: &Task, law: &Law, now: &Outcome, watch: &Watch) -> Result<Old> {
    let (Some(base), Some(changes)) = (task.ground.base, task.changes) else {
        return Ok(Old { none: true, ..Old::default() });
    };
    let tree = Committed::open(task.repository, base)?;
    let mut told = Outcome::default();
    let mut candidates = law.candidates(&tree, &task.inputs.paths, &mut told)?;
    candidates.retain(|file| file.document || changes.old.contains(&*file.path));
    let mut outcome = scan::scan(&candidates, &tree, &law.policy, watch);
    law.mark(&mut outcome);
    let had = |wanted: &dyn Fn(&Status) -> bool| {
        let findings = outcome.findings.iter().filter(|finding| wanted(&finding.status));
        Had::of(findings, &now.findings, &changes.renamed)
    };
    let is_inline = |status: &Status| matches!(status, Status::Suppressed { by: Suppressor::Inline, .. });
    let open = outcome.findings.iter().filter(|finding| finding.status == Status::Open);
    let compared = candidates.iter().map(|file| file.path.to_string()).chain(changes.new.iter().cloned());
    Ok(Old {
        none: false,
        open: had(&|status| *status == Status::Open),
        inline: had(&is_inline),
        any: had(&|_| true),
        values: Standing::of(open),
        all: Standing::of(outcome.findings.iter()),
        compared: compared.collect(),
        renamed: changes.renamed.clone(),
        failed: outcome.failed.len() + told.failed.len(),
        privileges: outcome.privileges,
    })
}

/// Secrets in the commits of the event, or in all.
/// The other is what would be open by the base's law.
fn past(task: &Task, law: &Law, watch: &Watch) -> (Outcome, Option<HashSet<Spot>>) {
    let exclude = law.config.exclude.clone();
    let excluded = move |path: &str| input::excluded_with_folders(path, &|path| exclude.matches(path));
    let within = task.inputs.paths.clone();
    let wish = Wish { excluded: Some(Box::new(excluded)), within, ..Wish::default() };
    let asked = &task.inputs.families;
    let full = match (task.inputs.history, &task.ground.range) {
        _ if !asked.is_empty() && !asked.contains(&Family::Secrets) => return Default::default(),
        (Past::None, _) => return Default::default(),
        (Past::Full, _) | (Past::Auto, None) => true,
        (Past::Auto, Some(_)) => false,
    };
    let listed = |outcome: &mut Outcome| filter::listed(outcome, &law.policy, &law.known);
    let search = |policy: &Policy| {
        let silence = |outcome: &mut Outcome| filter::in_place(outcome, &law.config, policy, law.today);
        let by_path = filter::knows_paths(&law.config, policy);
        let by = leaks::Law { policy, silence: &silence, listed: &listed, by_path, deaf: false };
        match (&task.ground.range, full) {
            (Some(range), false) => {
                leaks::range((task.repository, &Folders::default()), range, by, &wish, watch)
            }
            _ => match opening::open(At::Bare(task.repository.path()), Reads::Index) {
                Ok(repository) => {
                    leaks::all(&History::open(repository, &Folders::default()), by, &wish, watch)
                }
                Err(refused) => Outcome { error: Some(refused.to_string()), ..Outcome::default() },
            },
        }
    };
    let mut outcome = search(&law.policy);
    let by_base = task.base_law.map(|base| base.open_of(&outcome, search));
    law.mark(&mut outcome);
    filter::group(&mut outcome, &law.policy, &|_| true);
    (outcome, by_base)
}
