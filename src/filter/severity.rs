//! The severities that the configuration gives to rules, and the rules that it turns off.

use crate::config::{Config, Globs, Level, Setting};
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
    let asked_for = rule.profile <= policy.profile || policy.only.contains(&rule.id);
    let why = match setting(rule, &finding.place.path, config).map(|setting| (setting.level, &setting.file)) {
        Some((Level::At(severity), _)) => {
            finding.severity = severity;
            return;
        }
        Some((Level::Off, file)) => format!("off in {file}"),
        _ if !asked_for => format!("asked for other paths only in {}", config.name),
        _ => return,
    };
    if finding.status == Status::Open {
        finding.status = Status::Suppressed { by: Suppressor::Config, why };
    }
}

/// What the configuration says about a rule in a file: the last setting that holds.
pub(super) fn level(rule: &Rule, path: &str, config: &Config) -> Option<Level> {
    setting(rule, path, config).map(|setting| setting.level)
}

fn setting<'c>(rule: &Rule, path: &str, config: &'c Config) -> Option<&'c Setting> {
    let mut settings = config.rules.iter().rev();
    let holds = |paths: &Globs| paths.matches(path);
    settings.find(|s| s.rule.id == rule.id && s.paths.as_ref().is_none_or(holds))
}
