//! Applies the edits that harden containers, which no findings offer.
//!
//! They keep the law of fixes: a file whose text changed is not touched, and neither is one that would read worse
//! afterwards or would be hardened otherwise the second time.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::{Fixed, Overlay, Seen, collide, splice};
use crate::blob::Tree;
use crate::gap::{Gap, Reason};
use crate::outcome::{Outcome, Told};
use crate::privilege::{Hardening, Measure};
use crate::rule::Severity;
use crate::text::Edit;

/// Hardens the services `wanted`. `questions`: the questions are written too, as comments. `first` is the outcome of
/// `tree`; `scan` makes another of a changed tree.
pub fn harden(
    tree: &Seen,
    first: &Outcome,
    wanted: &dyn Fn(&Hardening) -> bool,
    questions: bool,
    scan: &mut dyn FnMut(&dyn Tree) -> Outcome,
) -> Fixed {
    let mut fixed = Fixed {
        files: BTreeMap::new(),
        before: BTreeMap::new(),
        outcome: first.clone(),
        count: 0,
        left_alone: Vec::new(),
        changed: Vec::new(),
    };
    let plans = plan(first.hardenings.iter().filter(|one| wanted(one)));
    for path in plans.keys() {
        match tree.as_checked(path) {
            Ok(bytes) => drop(fixed.before.insert(path.clone(), bytes)),
            Err(gap) => fixed.changed.push(Told::new(path.clone(), gap)),
        }
    }
    let apply = |fixed: &mut Fixed, questions: bool| {
        fixed.count = 0;
        for (path, old) in &fixed.before {
            let Some(plan) = plans.get(path) else { continue };
            let Some(new) = splice(old, &plan.edits(questions)) else { continue };
            fixed.count += plan.measures.iter().filter(|measure| measure.sure).count();
            fixed.files.insert(path.clone(), new);
        }
        fixed.files.retain(|path, new| fixed.before.get(path).is_some_and(|old| old != new));
    };
    apply(&mut fixed, false);
    if !fixed.files.is_empty() {
        let after = scan(&Overlay { below: tree, files: &fixed.files });
        let broken = worse(&fixed, &after, wanted);
        for path in broken {
            let why = "the edits would not have the intended effect here, so they were not made";
            fixed.left_alone.push(Told::new(path.clone(), Gap::new(Reason::NotFixed, why)));
            fixed.before.remove(&path);
            fixed.files.remove(&path);
        }
        fixed.outcome = after;
    }
    if questions || !fixed.left_alone.is_empty() {
        apply(&mut fixed, questions);
        fixed.outcome = scan(&Overlay { below: tree, files: &fixed.files });
    }
    fixed
}

/// So many services are named that a question is for.
const NAMED: usize = 3;

/// The measures of one file that do not collide.
#[derive(Default)]
struct Plan<'m> {
    measures: Vec<&'m Measure>,
    /// A question that several services have is asked at the first: the others.
    others: HashMap<&'m str, Vec<&'m str>>,
}

impl<'m> Plan<'m> {
    /// In order; at one place new lines are the last.
    fn edits(&self, questions: bool) -> Vec<Edit> {
        let wanted = || self.measures.iter().filter(|measure| measure.sure || questions);
        let edits = wanted().flat_map(|measure| &measure.rewrite.edits);
        let lines =
            wanted().flat_map(|measure| measure.rewrite.lines.iter().map(|line| self.line(measure, line)));
        let mut edits: Vec<Edit> = edits.cloned().chain(lines).collect();
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        edits
    }

    /// A line of a measure; that of a question names the other services that have it.
    fn line(&self, measure: &Measure, line: &Edit) -> Edit {
        let others = self.others.get(&*measure.what).filter(|others| !measure.sure && !others.is_empty());
        let Some(others) = others else { return line.clone() };
        let mut names: Vec<String> = others.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
        if others.len() > NAMED {
            names.push(format!("{} more", others.len() - NAMED));
        }
        let asked = format!("{} (also for {})", measure.what, names.join(", "));
        Edit { insert: line.insert.replace(&measure.what, &asked), ..line.clone() }
    }

    /// Another service has a question that was asked before.
    fn is_asked(&mut self, measure: &'m Measure, service: &'m str) -> bool {
        if measure.sure {
            return false;
        }
        match self.others.entry(&measure.what) {
            Entry::Occupied(mut others) => {
                others.get_mut().push(service);
                true
            }
            Entry::Vacant(first) => {
                first.insert(Vec::new());
                false
            }
        }
    }
}

/// A service of several groups of files is hardened once.
fn plan<'m>(hardenings: impl Iterator<Item = &'m Hardening>) -> BTreeMap<Arc<str>, Plan<'m>> {
    let mut plans: BTreeMap<Arc<str>, Plan> = BTreeMap::new();
    let mut places = HashSet::new();
    for hardening in hardenings.filter(|one| places.insert(&one.place)) {
        let plan = plans.entry(hardening.file.clone()).or_default();
        // Services do not share lines.
        let own = plan.measures.len();
        for measure in &hardening.measures {
            if plan.is_asked(measure, &hardening.service) {
                continue;
            }
            let taken = plan.measures[own..].iter().flat_map(|known| &known.rewrite.edits);
            let collides = |edit: &Edit| taken.clone().any(|old| old.span != edit.span && collide(old, edit));
            if !measure.rewrite.edits.iter().any(collides) {
                plan.measures.push(measure);
            }
        }
    }
    plans
}

/// The files that have more errors than before, or still something to harden.
fn worse(fixed: &Fixed, after: &Outcome, wanted: &dyn Fn(&Hardening) -> bool) -> Vec<Arc<str>> {
    let (before, now) = (errors(&fixed.outcome), errors(after));
    let again = after.hardenings.iter().filter(|one| wanted(one) && one.measures.iter().any(|m| m.sure));
    let again: HashSet<&Arc<str>> = again.map(|one| &one.file).collect();
    let is_worse = |path: &&Arc<str>| now.get(*path) > before.get(*path) || again.contains(*path);
    fixed.files.keys().filter(is_worse).cloned().collect()
}

/// How many errors each file has, if any.
fn errors(outcome: &Outcome) -> HashMap<&Arc<str>, usize> {
    let found = outcome.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let lost = outcome.failed.iter().chain(&outcome.skipped).map(|told| &told.path);
    let mut errors = HashMap::new();
    for path in found.map(|finding| &finding.place.path).chain(lost) {
        *errors.entry(path).or_default() += 1;
    }
    errors
}
