//! Findings that `ignore` in the configuration silences.

use std::sync::Arc;

use super::severity;
use crate::baseline::Known;
use crate::config::{Config, Date, Ignore, Level};
use crate::finding::{Finding, Status, Suppressor};
use crate::outcome::{Outcome, Unused};
use crate::packed::Text;
use crate::rule::{Family, Policy, Rule};

pub(super) fn mark(outcome: &mut Outcome, config: &Config, today: Date) {
    let ignores: Vec<&Ignore> = config.ignores.iter().filter(|ignore| !ignore.is_expired(today)).collect();
    for finding in outcome.findings.iter_mut().filter(|finding| finding.status == Status::Open) {
        if let Some(ignore) = ignores.iter().find(|ignore| silences(ignore, finding)) {
            finding.status =
                Status::Suppressed { by: Suppressor::Config, at: ignore.place(), why: ignore.reason.clone() };
        }
    }
}

/// Adds the entries that match nothing, as far as this run can know it.
pub(super) fn unused(outcome: &mut Outcome, config: &Config, policy: &Policy, known: &Known, today: Date) {
    let linted = outcome.checked > 0 && outcome.objects == 0;
    let linted_all = known.looked.whole && linted && !outcome.is_incomplete();
    if !linted_all {
        return;
    }
    // Of secrets nothing is known: an entry may be for what only the history has.
    let ran = |rule: &&'static Rule| {
        rule.family != Family::Secrets
            && policy.shows(rule)
            && severity::level(rule, "", config) != Some(Level::Off)
    };
    for (at, ignore) in config.ignores.iter().enumerate() {
        let is_judged = !ignore.is_expired(today) && !ignore.rules.is_empty() && ignore.rules.iter().all(ran);
        if is_judged && !outcome.findings.iter().any(|finding| silences(ignore, finding)) {
            outcome.unused.push(Unused {
                list: Arc::clone(&ignore.file),
                entry: at,
                path: ignore.patterns.join(", ").into(),
                rule: ignore.named.join(", ").into(),
                fingerprint: None,
            });
        }
    }
}

/// A sentence for each ignore whose day has passed.
pub fn expired(config: &Config, today: Date) -> Vec<String> {
    let gone = config.ignores.iter().filter(|ignore| ignore.is_expired(today));
    gone.filter_map(|ignore| {
        let (at, what, day) = (ignore.place(), ignore.what(), ignore.expires?);
        Some(format!("{at}: the ignore of {what} expired on {day} and has no effect"))
    })
    .collect()
}

fn silences(ignore: &Ignore, finding: &Finding) -> bool {
    let named = ignore.rules.is_empty()
        || ignore.rules.iter().any(|rule| {
            [Some(finding.rule.id.get()), finding.rule.part_of.map(Text::get), finding.values.kin_rule()]
                .contains(&Some(rule.id.get()))
        });
    named && ignore.paths.as_ref().is_none_or(|paths| paths.matches(&finding.place.path))
}
