//! Findings that `ignore` in the configuration silences.

use crate::config::{Config, Date, Ignore};
use crate::finding::{Finding, Status, Suppressor};
use crate::outcome::Outcome;

pub(super) fn mark(outcome: &mut Outcome, config: &Config, today: Date) {
    let ignores: Vec<&Ignore> = config.ignores.iter().filter(|ignore| !ignore.is_expired(today)).collect();
    for finding in outcome.findings.iter_mut().filter(|finding| finding.status == Status::Open) {
        if let Some(ignore) = ignores.iter().find(|ignore| silences(ignore, finding)) {
            finding.status = Status::Suppressed { by: Suppressor::Config, why: ignore.reason.clone() };
        }
    }
}

/// A sentence for each ignore whose day has passed.
pub fn expired(config: &Config, today: Date) -> Vec<String> {
    let gone = config.ignores.iter().filter(|ignore| ignore.is_expired(today));
    gone.filter_map(|ignore| {
        let what = match ignore.rules.as_slice() {
            [] => "everything".to_owned(),
            rules => rules.iter().map(|rule| format!("`{}`", rule.id)).collect::<Vec<_>>().join(", "),
        };
        let day = ignore.expires?;
        Some(format!(
            "{}:{}: the ignore of {what} expired on {day} and has no effect",
            config.name, ignore.line
        ))
    })
    .collect()
}

fn silences(ignore: &Ignore, finding: &Finding) -> bool {
    let named = ignore.rules.is_empty()
        || ignore
            .rules
            .iter()
            .any(|rule| rule.id == finding.rule.id || finding.rule.part_of == Some(rule.id));
    named && ignore.paths.as_ref().is_none_or(|paths| paths.matches(&finding.place.path))
}
