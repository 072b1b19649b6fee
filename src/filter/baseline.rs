//! Findings that stand in a baseline of ours, and entries that silence nothing any more.

use std::collections::HashMap;
use std::sync::Arc;

use super::severity;
use crate::baseline::{Baseline, Entry, Known};
use crate::config::{Config, Date, Level};
use crate::finding::{Finding, Status, Suppressor};
use crate::outcome::{Outcome, Unused};
use crate::rule::{Family, Policy, Profile, Rule};
use crate::rules;

/// How many expired entries are told one by one.
const TOLD: usize = 10;

/// A list, and which of its entries matched.
pub(super) struct Use<'k> {
    list: &'k Baseline,
    index: HashMap<u128, usize>,
    used: Vec<bool>,
}

impl<'k> Use<'k> {
    pub(super) fn of(known: &'k Known) -> Vec<Self> {
        let one = |list: &'k Baseline| Self {
            list,
            index: list.by_fingerprint(),
            used: vec![false; list.entries.len()],
        };
        known.own.iter().map(one).collect()
    }
}

/// May be called again when there are findings that were not there before.
pub(super) fn mark(outcome: &mut Outcome, lists: &mut [Use], policy: &Policy, today: Date) {
    for Use { list, index, used } in lists {
        // Where the first part that is known stands in a file, by which entry, and why.
        let mut parts: HashMap<(Arc<str>, &str), (u32, String, String)> = HashMap::new();
        for finding in &mut outcome.findings {
            let (own, kin) = entries(index, finding);
            kin.iter().chain([&own]).flatten().for_each(|&at| used[at] = true);
            let lasting = |at: &Option<usize>| at.is_some_and(|at| !list.entries[at].is_expired(today));
            let accepts = if lasting(&own) { own } else { kin.first().copied().flatten() };
            let Some(at) = accepts.filter(|_| lasting(&own) || kin.iter().all(lasting)) else { continue };
            let entry = &list.entries[at];
            let (place, why) =
                (format!("{}:{}", list.name, entry.line), entry.reason.clone().unwrap_or_default());
            if finding.rule.part_of.is_some() {
                let start = finding.place.span.start;
                let first = parts.entry((Arc::clone(&finding.place.path), finding.rule.id.get()));
                let first = first.or_insert((start, place.clone(), why.clone()));
                first.0 = first.0.min(start);
            }
            suppress(finding, place, why);
        }
        // In `default` these rules once had one finding a file, which stood for those behind it.
        if policy.profile < Profile::Strict && list.profile < Profile::Strict && !parts.is_empty() {
            for finding in outcome.findings.iter_mut().filter(|finding| finding.rule.part_of.is_some()) {
                let first = parts.get(&(Arc::clone(&finding.place.path), finding.rule.id.get()));
                if let Some((_, place, why)) = first.filter(|(start, ..)| *start <= finding.place.span.start)
                {
                    suppress(finding, place.clone(), why.clone());
                }
            }
        }
    }
}

/// The entry of a finding, and the entries of its kin. It is known by its own, or by all of its kin.
fn entries(index: &HashMap<u128, usize>, finding: &Finding) -> (Option<usize>, Vec<Option<usize>>) {
    let entry = |fingerprint: &u128| index.get(fingerprint).copied();
    let kin = finding.values.kin.iter().map(|kin| entry(&kin.fingerprint)).collect();
    (entry(&finding.fingerprint), kin)
}

/// A finding that has no entry of its own and needs none: the same secret is listed as other rules report it.
pub fn is_listed_as_kin(finding: &Finding, is_listed: impl Fn(u128) -> bool) -> bool {
    let kin = &finding.values.kin;
    !is_listed(finding.fingerprint) && !kin.is_empty() && kin.iter().all(|kin| is_listed(kin.fingerprint))
}

fn suppress(finding: &mut Finding, at: String, why: String) {
    if finding.status == Status::Open {
        finding.status = Status::Suppressed { by: Suppressor::Baseline, at, why };
    }
}

/// Tells which entries silence nothing any more.
pub(super) fn unused(outcome: &mut Outcome, lists: &[Use], config: &Config, policy: &Policy, known: &Known) {
    for Use { list, index, used } in lists {
        // What was not seen for some other reason may still be there.
        if outcome.is_incomplete() || policy.profile < list.profile {
            continue;
        }
        let mut unused: Vec<usize> = index.values().copied().filter(|&at| !used[at]).collect();
        unused.sort_unstable();
        for at in unused {
            let entry = &list.entries[at];
            if is_seen(entry, config, policy, known) {
                outcome.unused.push(Unused {
                    list: list.name.as_str().into(),
                    entry: at,
                    path: entry.path.as_str().into(),
                    rule: entry.rule.as_str().into(),
                    fingerprint: Some(entry.fingerprint),
                });
            }
        }
    }
}

/// Whether the run would have found what an entry speaks of.
fn is_seen(entry: &Entry, config: &Config, policy: &Policy, known: &Known) -> bool {
    // A rule that is gone finds nothing.
    let Some(rule) = rules::find(&entry.rule) else { return known.looked.covers(&entry.path, false) };
    let here = entry.path.strip_prefix(&policy.base).unwrap_or(&entry.path);
    // It may be for what only the history has.
    if known.looked.past && is_about_secrets(rule) {
        return false;
    }
    let runs = policy.shows(rule) && severity::level(rule, here, config) != Some(Level::Off);
    runs && known.looked.covers(&entry.path, rule.family == Family::Secrets)
}

fn is_about_secrets(rule: &Rule) -> bool {
    rule.family == Family::Secrets || rule.tags.has("secrets")
}

/// A sentence for each entry whose day has passed; for many, one for the rest.
pub fn expired(known: &Known, today: Date) -> Vec<String> {
    let of_list = |list: &Baseline| -> Vec<String> {
        let gone = || list.entries.iter().filter(|entry| entry.is_expired(today));
        let one = |entry: &Entry| {
            let day = entry.expires?;
            let Entry { rule, path, line, .. } = entry;
            Some(format!("{}:{line}: `{rule}` in {path} expired on {day} and has no effect", list.name))
        };
        let mut told: Vec<String> = gone().take(TOLD).filter_map(one).collect();
        let more = gone().count().saturating_sub(TOLD);
        if more > 0 {
            told.push(format!("{}: and {more} more entries have expired", list.name));
        }
        told
    };
    known.own.iter().flat_map(of_list).collect()
}
