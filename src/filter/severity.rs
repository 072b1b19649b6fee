//! The severities that the configuration gives to rules, and the rules that it turns off.

use crate::config::{Config, Level};
use crate::finding::{Finding, Status, Suppressor};
use crate::outcome::Outcome;
use crate::rule::{Policy, Rule};

pub(super) fn set(outcome: &mut Outcome, config: &Config, policy: &Policy) {
    if !config.rules.is_empty() {
        outcome.findings.iter_mut().for_each(|finding| set_one(finding, config, policy));
    }
}

pub(super) fn set_one(finding: &mut Finding, config: &Config, policy: &Policy) {
    let rule = finding.rule;
    // A rule beyond the profile ran because the configuration asked for it, perhaps for other paths only.
    let asked_for = policy.includes(rule) || policy.only.contains(&rule.id);
    let why = match level(rule, &finding.place.path, config) {
        Some(Level::At(severity)) => {
            finding.severity = severity;
            return;
        }
        Some(Level::Off) => format!("off in {}", config.name),
        _ if !asked_for => format!("enabled only for other paths in {}", config.name),
        _ => return,
    };
    if finding.status == Status::Open {
        finding.status = Status::Suppressed { by: Suppressor::Config, why };
    }
}

/// What the configuration says about a rule in a file: the last setting that holds.
pub(super) fn level(rule: &Rule, path: &str, config: &Config) -> Option<Level> {
    let mut settings = config.rules.iter().rev();
    let holds = |paths: &crate::config::Globs| paths.matches(path);
    settings.find(|s| s.rule.id == rule.id && s.paths.as_ref().is_none_or(holds)).map(|setting| setting.level)
}
