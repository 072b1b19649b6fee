//! Findings that stand in a baseline of ours, and entries that silence nothing any more.

use super::severity;
use crate::baseline::{Baseline, Entry, Known};
use crate::config::{Config, Date, Level};
use crate::finding::{Status, Suppressor};
use crate::outcome::{Outcome, Unused};
use crate::rule::{Family, Policy};
use crate::rules;

/// How many expired entries are told one by one.
const TOLD: usize = 10;

pub(super) fn mark(outcome: &mut Outcome, config: &Config, policy: &Policy, known: &Known, today: Date) {
    for list in &known.own {
        let index = list.by_fingerprint();
        let mut used = vec![false; list.entries.len()];
        for finding in &mut outcome.findings {
            let Some(&at) = index.get(&finding.fingerprint) else { continue };
            used[at] = true;
            let entry = &list.entries[at];
            if finding.status == Status::Open && !entry.is_expired(today) {
                let why = entry.reason.clone().unwrap_or_default();
                finding.status = Status::Suppressed { by: Suppressor::Baseline, why };
            }
        }
        // What was not seen for some other reason may still be there.
        if outcome.is_incomplete() || policy.profile < list.profile {
            continue;
        }
        let mut unused: Vec<usize> = index.into_values().filter(|&at| !used[at]).collect();
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
    let runs = policy.shows(rule) && severity::level(rule, here, config) != Some(Level::Off);
    runs && known.looked.covers(&entry.path, rule.family == Family::Secrets)
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
