//! Secrets that `.gitleaks.toml` allows, and rules that it disables. `scan` has asked the allowlists, for only there the
//! values are known.

use crate::finding::{Finding, Status, Suppressor};
use crate::outcome::Outcome;
use crate::rule::Policy;

pub(super) fn mark(outcome: &mut Outcome, policy: &Policy) {
    for finding in outcome.findings.iter_mut().filter(|finding| finding.status == Status::Open) {
        if let Some(why) = why(finding, policy) {
            finding.status = Status::Suppressed { by: Suppressor::Config, at: String::new(), why };
        }
    }
}

fn why(finding: &Finding, policy: &Policy) -> Option<String> {
    let allowed = finding.secret.as_ref()?.allowed.as_ref().map(|name| format!("allowed in {name}"));
    let disabled = || policy.custom.disabled.iter().find(|(id, _)| *id == finding.rule.id);
    allowed.or_else(|| disabled().map(|(_, why)| why.clone()))
}
