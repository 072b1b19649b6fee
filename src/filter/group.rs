//! One secret in several places is one finding: the first place, or the surest, with the others beside it.

use std::collections::HashMap;

use crate::finding::{Finding, Related, Status};
use crate::outcome::Outcome;

/// How many places besides its own a finding names.
const AT_MOST: usize = 20;

/// Gathers open findings of the same secret. They come in their final order.
pub(super) fn secrets(outcome: &mut Outcome) {
    let mut first: HashMap<(u128, &str), usize> = HashMap::new();
    let mut more: HashMap<usize, usize> = HashMap::new();
    let mut kept: Vec<Finding> = Vec::with_capacity(outcome.findings.len());
    for finding in outcome.findings.drain(..) {
        let identity = finding.secret.as_ref().and_then(|secret| secret.identity);
        let Some(identity) = identity.filter(|_| finding.status == Status::Open) else {
            kept.push(finding);
            continue;
        };
        let Some(&at) = first.get(&(identity, finding.rule.id)) else {
            first.insert((identity, finding.rule.id), kept.len());
            kept.push(finding);
            continue;
        };
        *more.entry(at).or_default() += 1;
        let kept = &mut kept[at];
        kept.severity = kept.severity.max(finding.severity);
        if let (Some(here), Some(there)) = (&mut kept.secret, &finding.secret) {
            here.confidence = here.confidence.max(there.confidence);
        }
        if kept.related.len() < AT_MOST {
            kept.related.push(Related { place: finding.place, message: "the same secret".to_owned() });
        }
    }
    for (at, count) in more {
        let places = if count == 1 { "place" } else { "places" };
        kept[at].message = format!("{} (and in {count} other {places})", kept[at].message);
    }
    outcome.findings = kept;
}
