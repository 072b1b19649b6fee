//! What is one thing to decide is one finding: a secret in several places, and in `default` the notes of one rule in a file,
//! its warnings about one container, and its warnings or errors about many.
//!
//! One secret in several places is one finding: the first place, or the surest, with the others beside it.
//!
//! A value that nobody can guess is the same secret wherever it is. One that can be guessed may be in two files by
//! chance; at two places of one file it is one password, and one decision.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::Arc;

use crate::finding::{Finding, Fix, Related, Status};
use crate::outcome::Outcome;
use crate::rule::{Policy, Profile, Severity};
use crate::shown::finish::RELATED_AT_MOST;

/// From so many containers of a file on that a rule warns about, or finds an error in, they are one habit and not many
/// slips.
const HABIT: usize = 6;
/// How many edits a fix gathers.
const FIXED: usize = 1000;

/// Gathers open findings of the same secret, notes of the same rule in one file, its warnings about one container, and its
/// warnings or errors about many, unless they are of different `kind`s.
/// They come in their final order. Says which findings are left, by the numbers that they had.
pub fn group(outcome: &mut Outcome, policy: &Policy, kind: &dyn Fn(usize) -> bool) -> Vec<usize> {
    let findings = &mut outcome.findings;
    let habits = &habits(findings, policy);
    let mut first: HashMap<(Thing, &str, bool), usize> = HashMap::new();
    // Each with the finding that it is told with.
    let mut again: Vec<(usize, usize)> = Vec::new();
    for (at, finding) in findings.iter().enumerate().filter(|(_, finding)| finding.status == Status::Open) {
        let value = value(finding).map(Thing::Secret);
        if let Some(thing) = value.or_else(|| decision(finding, policy, habits)) {
            match first.entry((thing, finding.rule.id.get(), kind(at))) {
                Entry::Occupied(first) => again.push((at, *first.get())),
                Entry::Vacant(place) => drop(place.insert(at)),
            }
        }
    }
    let mut more: HashMap<usize, usize> = HashMap::new();
    for &(at, first) in &again {
        *more.entry(first).or_default() += 1;
        let (place, severity) = (findings[at].place.clone(), findings[at].severity);
        let trust = findings[at].secret.as_ref().map(|secret| secret.trust);
        let (message, fix) = (findings[at].message.clone(), findings[at].fix.take());
        let is_secret = value(&findings[at]).is_some();
        let kept = &mut findings[first];
        kept.severity = kept.severity.max(severity);
        if let (Some(here), Some(there)) = (&mut kept.secret, trust)
            && here.confidence() < there.confidence()
        {
            here.trust = there;
        }
        if kept.related.len() < RELATED_AT_MOST {
            let message = if is_secret { "the same secret".to_owned() } else { message };
            kept.related.push(Related { place, message, again: !is_secret, is_step: false });
        }
        // A secret may be in many files; edits are of one.
        match (&mut kept.fix, fix.filter(|_| !is_secret)) {
            (Some(all), Some(one)) if all.edits.len() < FIXED => merge(all, one),
            (none @ None, one) => *none = one,
            _ => {}
        }
    }
    for (at, count) in more {
        let places = if count == 1 { "place" } else { "places" };
        let finding = &mut findings[at];
        let rest = match finding.severity {
            _ if value(finding).is_some() => format!("in {count} other {places}"),
            Severity::Warning if !habits.contains(&habit(finding)) => format!("{count} more in this service"),
            _ => format!("{count} more in this file"),
        };
        let _ = write!(finding.message, " (and {rest})");
    }
    // Both ascend.
    let mut again = again.iter().map(|&(at, _)| at).peekable();
    let left: Vec<usize> = (0..findings.len()).filter(|at| again.next_if_eq(at).is_none()).collect();
    let mut at = 0..;
    findings.retain(|_| at.next().is_some_and(|at| left.binary_search(&at).is_ok()));
    left
}

/// One fix for both.
fn merge(all: &mut Fix, one: Fix) {
    const MORE: &str = ", and the like";
    if all.title != one.title && !all.title.ends_with(MORE) {
        all.title.push_str(MORE);
    }
    all.edits.extend(one.edits);
    all.secret |= one.secret;
    all.safety = all.safety.max(one.safety);
}

/// What findings are about if they are one.
#[derive(PartialEq, Eq, Hash)]
enum Thing {
    Secret(Value),
    /// All notes of the rule in that file.
    Notes(Arc<str>),
    /// All findings of the rule that are so severe about that container in that file, or about all of them.
    Containers(Arc<str>, Severity, Option<Box<str>>),
}

/// A rule, how severe its findings are, and a file.
type Habit = (&'static str, Severity, Arc<str>);

fn habit(finding: &Finding) -> Habit {
    (finding.rule.id.get(), finding.severity, Arc::clone(&finding.place.path))
}

/// The warnings and errors about [`HABIT`] containers or more.
fn habits(findings: &[Finding], policy: &Policy) -> HashSet<Habit> {
    let mut containers: HashMap<Habit, HashSet<&str>> = HashMap::new();
    for finding in
        findings.iter().filter(|finding| finding.status == Status::Open && may_join(finding, policy))
    {
        if finding.severity > Severity::Note && value(finding).is_none() {
            containers.entry(habit(finding)).or_default().extend(finding.container.as_deref());
        }
    }
    containers.into_iter().filter(|(_, names)| names.len() >= HABIT).map(|(habit, _)| habit).collect()
}

/// Nobody decides anew at each place of a note, at each port of a service, nor for each of twenty services, so in `default`
/// that is one finding. An error about one of a few stays by itself.
fn decision(finding: &Finding, policy: &Policy, habits: &HashSet<Habit>) -> Option<Thing> {
    if !may_join(finding, policy) {
        return None;
    }
    let (file, severity) = (Arc::clone(&finding.place.path), finding.severity);
    match &finding.container {
        _ if severity == Severity::Note => Some(Thing::Notes(file)),
        Some(_) if habits.contains(&habit(finding)) => Some(Thing::Containers(file, severity, None)),
        Some(one) if severity == Severity::Warning => {
            Some(Thing::Containers(file, severity, Some(one.clone())))
        }
        _ => None,
    }
}

/// Whether a finding may be one with others of its rule.
fn may_join(finding: &Finding, policy: &Policy) -> bool {
    // The last of a thousand findings counts those behind it, and so does a rule that speaks once a file.
    let counts = finding.rule.once_per_file || finding.message.ends_with(" more in this file)");
    // What is wrong with a comment is another thing for each.
    let differs = finding.rule.tags.has("ignores");
    policy.profile < Profile::Strict && finding.secret.is_none() && !counts && !differs
}

/// A secret, and the only file in which it counts as the same.
type Value = (u128, Option<Arc<str>>);

/// What tells that two findings are of one secret; `None` for a finding that stays by itself.
fn value(finding: &Finding) -> Option<Value> {
    if let Some(identity) = finding.secret.as_ref().and_then(|secret| secret.identity) {
        return Some((identity, None));
    }
    let is_secret = finding.secret.is_some() || finding.rule.tags.has("secrets");
    // Edits are of one place each, so a finding that has some keeps its own.
    let own = finding.values.own.filter(|_| is_secret && finding.fix.is_none())?;
    Some((own, Some(Arc::clone(&finding.place.path))))
}
