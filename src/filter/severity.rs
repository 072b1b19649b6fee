//! The severities that the configuration gives to rules, and the rules that it turns off.

use crate::config::{Config, Level, Setting};
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
    let asked_for = policy.includes(rule) || policy.only.contains(&rule.id.get()) || rule.part_of.is_some();
    let why = match setting(rule, &finding.place.path, config).map(|setting| (setting.level, setting)) {
        Some((Level::At(severity), _)) => {
            finding.severity = severity;
            return;
        }
        Some((Level::Off, setting)) => format!("off in {}", setting.place()),
        _ if !asked_for => format!("enabled only for other paths in {}", config.name),
        _ => return,
    };
    if finding.status == Status::Open {
        finding.status = Status::Suppressed { by: Suppressor::Config, at: String::new(), why };
    }
}

/// What the configuration says about a rule in a file.
pub(super) fn level(rule: &Rule, path: &str, config: &Config) -> Option<Level> {
    setting(rule, path, config).map(|setting| setting.level)
}

/// The configuration gives the rule a severity in that file, by its own name.
pub(super) fn names(rule: &Rule, path: &str, config: &Config) -> bool {
    setting(rule, path, config).is_some_and(|setting| {
        setting.rule.id == rule.id && !setting.family && matches!(setting.level, Level::At(_))
    })
}

/// Where the configuration gives the rule a severity in that file.
pub fn place(rule: &Rule, path: &str, config: &Config) -> Option<String> {
    let setting = setting(rule, path, config).filter(|setting| matches!(setting.level, Level::At(_)));
    setting.map(Setting::place)
}

/// The last setting that holds for a rule, or for the one that it is part of, in a file.
fn setting<'c>(rule: &Rule, path: &str, config: &'c Config) -> Option<&'c Setting> {
    let is_meant = |setting: &Setting| setting.rule.id == rule.id || rule.part_of == Some(setting.rule.id);
    let holds = |setting: &Setting| setting.paths.as_ref().is_none_or(|paths| paths.matches(path));
    config.rules.iter().rev().find(|setting| is_meant(setting) && holds(setting))
}
