//! One secret in several places is one finding: the first place, or the surest, with the others beside it.
//!
//! A value that nobody can guess is the same secret wherever it is. One that can be guessed may be in two files by
//! chance; at two places of one file it is one password, and one decision.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use crate::finding::{Finding, Related, Status};
use crate::outcome::Outcome;

/// How many places besides its own a finding names.
const AT_MOST: usize = 20;

/// Gathers open findings of the same secret, unless they are of different `kind`s. They come in their final order. Says
/// which findings are left, by the numbers that they had.
pub fn secrets(outcome: &mut Outcome, kind: &dyn Fn(usize) -> bool) -> Vec<usize> {
    let findings = &mut outcome.findings;
    let mut first: HashMap<(Value, &str, bool), usize> = HashMap::new();
    // Each with the finding that it is told with.
    let mut again: Vec<(usize, usize)> = Vec::new();
    for (at, finding) in findings.iter().enumerate().filter(|(_, finding)| finding.status == Status::Open) {
        if let Some(value) = value(finding) {
            match first.entry((value, finding.rule.id, kind(at))) {
                Entry::Occupied(first) => again.push((at, *first.get())),
                Entry::Vacant(place) => drop(place.insert(at)),
            }
        }
    }
    let mut more: HashMap<usize, usize> = HashMap::new();
    for &(at, first) in &again {
        *more.entry(first).or_default() += 1;
        let (place, severity) = (findings[at].place.clone(), findings[at].severity);
        let confidence = findings[at].secret.as_ref().map(|secret| secret.confidence);
        let kept = &mut findings[first];
        kept.severity = kept.severity.max(severity);
        if let (Some(here), Some(there)) = (&mut kept.secret, confidence) {
            here.confidence = here.confidence.max(there);
        }
        if kept.related.len() < AT_MOST {
            kept.related.push(Related { place, message: "the same secret".to_owned() });
        }
    }
    for (at, count) in more {
        let places = if count == 1 { "place" } else { "places" };
        findings[at].message = format!("{} (and in {count} other {places})", findings[at].message);
    }
    // Both ascend.
    let mut again = again.iter().map(|&(at, _)| at).peekable();
    let left: Vec<usize> = (0..findings.len()).filter(|at| again.next_if_eq(at).is_none()).collect();
    let mut at = 0..;
    findings.retain(|_| at.next().is_some_and(|at| left.binary_search(&at).is_ok()));
    left
}

/// A secret, and the only file in which it counts as the same.
type Value = (u128, Option<Arc<str>>);

/// What tells that two findings are of one secret; `None` for a finding that stays by itself.
fn value(finding: &Finding) -> Option<Value> {
    if let Some(identity) = finding.secret.as_ref().and_then(|secret| secret.identity) {
        return Some((identity, None));
    }
    let is_secret = finding.secret.is_some() || finding.rule.tags.contains(&"secrets");
    // Edits are of one place each, so a finding that has some keeps its own.
    let own = finding.values.own.filter(|_| is_secret && finding.fix.is_none())?;
    Some((own, Some(Arc::clone(&finding.place.path))))
}
