//! Secrets that lists of other scanners name.
//!
//! An entry with the hash of a value, or the value, holds for that value, wherever the line went; one without speaks of a
//! line.

use std::collections::HashMap;

use crate::baseline::{Foreign, Known, Seen};
use crate::finding::{Finding, Status, Suppressor};
use crate::outcome::{Outcome, Unused};
use crate::rule::{Family, Policy};

pub(super) fn mark(outcome: &mut Outcome, policy: &Policy, known: &Known) {
    for list in &known.foreign {
        let mut used = vec![false; list.entries.len()];
        by_value(outcome, policy, list, &mut used);
        by_line(outcome, policy, list, &mut used);
        if outcome.is_incomplete() {
            continue;
        }
        for (at, seen) in list.entries.iter().enumerate() {
            // Of a file as it was in some commit nothing is known here.
            if !used[at] && seen.commit.is_none() && known.looked.covers(&seen.path, !seen.here) {
                outcome.unused.push(Unused {
                    list: list.name.as_str().into(),
                    entry: at,
                    path: seen.path.as_str().into(),
                    rule: seen.rules.first().copied().unwrap_or_default().into(),
                    fingerprint: None,
                });
            }
        }
    }
}

fn is_secret(finding: &Finding) -> bool {
    finding.rule.family == Family::Secrets || finding.rule.tags.has("secrets")
}

fn by_value(outcome: &mut Outcome, policy: &Policy, list: &Foreign, used: &mut [bool]) {
    let mut values: HashMap<[u8; 20], Vec<usize>> = HashMap::new();
    for (at, seen) in list.entries.iter().enumerate() {
        if let Some(value) = seen.value {
            values.entry(value).or_default().push(at);
        }
    }
    for finding in &mut outcome.findings {
        let of_secret = finding.secret.as_ref().and_then(|secret| secret.listed);
        let Some(value) = of_secret.or(finding.values.listed) else { continue };
        for &at in values.get(&value).into_iter().flatten() {
            let seen = &list.entries[at];
            if !seen.here || is_at(seen, finding, policy) {
                used[at] = true;
                suppress(finding, list);
            }
        }
    }
}

fn by_line(outcome: &mut Outcome, policy: &Policy, list: &Foreign, used: &mut [bool]) {
    let mut lines: HashMap<u32, Vec<usize>> = HashMap::new();
    // Where the value is known, another one on its line is another secret.
    for (at, seen) in list.entries.iter().enumerate().filter(|(_, seen)| seen.value.is_none()) {
        lines.entry(seen.line).or_default().push(at);
    }
    for finding in outcome.findings.iter_mut().filter(|finding| is_secret(finding)) {
        for &at in lines.get(&finding.place.start.line).into_iter().flatten() {
            let seen = &list.entries[at];
            // A rule that knows the document has a name of its own for what a scanner calls a secret.
            let named = seen.rules.is_empty()
                || seen.rules.contains(&finding.rule.id.get())
                || finding.rule.family != Family::Secrets;
            if named && is_at(seen, finding, policy) {
                used[at] = true;
                suppress(finding, list);
            }
        }
    }
}

fn is_at(seen: &Seen, finding: &Finding, policy: &Policy) -> bool {
    // In history a place is one of a commit; in a tree an entry holds for the line that is still there.
    let past = finding.secret.as_ref().and_then(|secret| secret.past.as_ref());
    let brought = past.and_then(|past| past.commit.as_ref());
    let holds = |commit: &String| brought.is_none_or(|brought| brought.id == *commit);
    seen.commit.as_ref().is_none_or(holds)
        && seen.path.strip_prefix(policy.base.as_str()).is_some_and(|path| path == &*finding.place.path)
}

fn suppress(finding: &mut Finding, list: &Foreign) {
    if finding.status == Status::Open {
        let why = format!("listed in {}", list.name);
        finding.status = Status::Suppressed { by: Suppressor::Baseline, at: list.name.clone(), why };
    }
}
