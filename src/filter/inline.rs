//! Findings that a comment in the file silences, and comments that silence nothing.

use std::collections::HashMap;
use std::sync::Arc;

use super::severity;
use crate::config::{Config, Level, suggest};
use crate::finding::{Finding, Status, Suppressor, Values};
use crate::outcome::{Outcome, Pragma};
use crate::place;
use crate::rule::{Policy, Rule};
use crate::rules;

/// The rule that this filter reports itself.
const UNUSED: &str = "unused-ignore";

pub(super) fn mark(outcome: &mut Outcome, config: &Config, policy: &Policy) {
    let Outcome { findings, pragmas, .. } = outcome;
    // For each pragma the rules that it was of use against.
    let mut used: Vec<Vec<&'static str>> = vec![Vec::new(); pragmas.len()];
    let mut by_path: HashMap<&Arc<str>, Vec<usize>> = HashMap::new();
    for (index, pragma) in pragmas.iter().enumerate() {
        by_path.entry(&pragma.place.path).or_default().push(index);
    }
    for finding in findings.iter_mut() {
        for &index in by_path.get(&finding.place.path).into_iter().flatten() {
            let pragma = &pragmas[index];
            if !silences(pragma, finding) {
                continue;
            }
            used[index].push(finding.rule.id);
            if finding.status == Status::Open {
                finding.status = Status::Suppressed { by: Suppressor::Inline, why: pragma.reason.clone() };
            }
        }
    }
    let Some(rule) = rules::find(UNUSED).filter(|rule| policy.shows(rule)) else { return };
    for (pragma, used) in pragmas.iter().zip(&used) {
        for message in useless(pragma, used, config, policy) {
            let line = format!("{}\n{message}", pragma.place.excerpt.text);
            let mut finding = Finding {
                rule,
                severity: rule.severity,
                place: pragma.place.clone(),
                message,
                related: Vec::new(),
                fix: None,
                status: Status::Open,
                fingerprint: place::fingerprint(
                    rule.id,
                    &format!("{}{}", policy.base, pragma.place.path),
                    &line,
                    0,
                ),
                secret: None,
                values: Values::default(),
            };
            severity::set_one(&mut finding, config, policy);
            findings.push(finding);
        }
    }
}

fn silences(pragma: &Pragma, finding: &Finding) -> bool {
    let named = pragma.all || pragma.rules.iter().any(|rule| rule.id == finding.rule.id);
    let start = finding.place.span.start;
    named && pragma.scope.is_none_or(|scope| scope.start <= start && start < scope.end)
}

/// What is wrong with a pragma of our own dialect.
fn useless(pragma: &Pragma, used: &[&str], config: &Config, policy: &Policy) -> Vec<String> {
    if !pragma.own {
        return Vec::new();
    }
    let unknown = pragma.unknown.iter().map(|code| {
        let meant = suggest(code, rules::RULES.iter().map(|rule| rule.id));
        let help = meant.map_or("see `hullguard rules`".to_owned(), |id| format!("did you mean `{id}`?"));
        format!("`{code}` is no rule; {help}")
    });
    // What did not run cannot have found anything, so it says nothing about the ignore.
    let ran = |rule: &Rule| {
        policy.shows(rule) && severity::level(rule, &pragma.place.path, config) != Some(Level::Off)
    };
    let unused = pragma
        .rules
        .iter()
        .filter(|rule| ran(rule) && !used.contains(&rule.id))
        .map(|rule| format!("`{}` is ignored here but not found; delete the ignore", rule.id));
    let mut messages: Vec<String> = unknown.chain(unused).collect();
    if pragma.all && used.is_empty() {
        messages.push("everything is ignored here but nothing found; delete the ignore".to_owned());
    } else if !pragma.all && pragma.rules.is_empty() && pragma.unknown.is_empty() {
        messages.push("this ignore names no rule; write `ignore=id`".to_owned());
    }
    messages
}
