//! The severities that the configuration gives to rules, and the rules that it turns off.

use crate::config::{Config, Level};
use crate::finding::{Finding, Status, Suppressor};
use crate::outcome::Outcome;
use crate::rule::Rule;

pub(super) fn set(outcome: &mut Outcome, config: &Config) {
    if !config.rules.is_empty() {
        outcome.findings.iter_mut().for_each(|finding| set_one(finding, config));
    }
}

pub(super) fn set_one(finding: &mut Finding, config: &Config) {
    match level(finding.rule, &finding.place.path, config) {
        Some(Level::At(severity)) => finding.severity = severity,
        Some(Level::Off) if finding.status == Status::Open => {
            finding.status =
                Status::Suppressed { by: Suppressor::Config, why: format!("off in {}", config.name) };
        }
        _ => {}
    }
}

/// What the configuration says about a rule in a file: the last setting that holds.
pub(super) fn level(rule: &Rule, path: &str, config: &Config) -> Option<Level> {
    let mut settings = config.rules.iter().rev();
    let holds = |paths: &crate::config::Globs| paths.matches(path);
    settings.find(|s| s.rule.id == rule.id && s.paths.as_ref().is_none_or(holds)).map(|setting| setting.level)
}
