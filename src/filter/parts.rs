//! In `default`, the rules that are parts of another speak as one: a finding a file says what is missing there.
//!
//! It is made of what is still open, so a comment, the configuration or a baseline takes out the part that it names. A
//! part that somebody asked for by its name speaks for itself.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use super::severity;
use crate::config::Config;
use crate::finding::{Finding, Fix, Related, Status, Values};
use crate::outcome::Outcome;
use crate::place;
use crate::rule::{Policy, Profile, Rule};
use crate::rules;
use crate::shown::finish::{AT_MOST, RELATED_AT_MOST};

pub(super) fn gather(outcome: &mut Outcome, config: &Config, policy: &Policy) {
    if policy.profile >= Profile::Strict {
        return;
    }
    let mut of_file: BTreeMap<(Arc<str>, &'static str), Vec<Finding>> = BTreeMap::new();
    let mut left = Vec::with_capacity(outcome.findings.len());
    for finding in outcome.findings.drain(..) {
        match whole(&finding, config, policy) {
            Some(whole) => {
                of_file.entry((Arc::clone(&finding.place.path), whole.id.get())).or_default().push(finding);
            }
            None => left.push(finding),
        }
    }
    outcome.findings = left;
    for ((path, whole), mut parts) in of_file {
        let Some(whole) = rules::find(whole) else { continue };
        parts.sort_by_key(|part| (part.place.span, part.rule.id));
        let path = format!("{}{path}", policy.base);
        let mut finding = one(whole, parts, &path);
        severity::set_one(&mut finding, config, policy);
        outcome.findings.push(finding);
    }
}

/// The rule that a finding is gathered for.
fn whole(finding: &Finding, config: &Config, policy: &Policy) -> Option<&'static Rule> {
    let rule = finding.rule;
    let whole = rules::find(rule.part_of?.get())?;
    let named = policy.only.contains(&rule.id.get()) && !policy.only.contains(&whole.id.get())
        || severity::names(rule, &finding.place.path, config);
    (finding.status == Status::Open && !named).then_some(whole)
}

/// What the parts in one file come to. They are in its order.
fn one(whole: &'static Rule, parts: Vec<Finding>, path: &str) -> Finding {
    // Whose name is not known is another at every place.
    let who = |part: &Finding| (part.container.clone(), part.container.is_none().then_some(part.place.span));
    let containers: HashSet<_> = parts.iter().map(who).collect();
    let lacks: BTreeSet<(_, _)> = parts.iter().map(|part| (who(part), part.rule.id)).collect();
    let named: BTreeMap<&str, &str> =
        parts.iter().map(|part| (part.rule.id.get(), part.rule.part_name.get())).collect();
    let all = lacks.len() == containers.len() * named.len();
    let named: Vec<&str> = named.into_values().collect();
    let things = match named.as_slice() {
        [first @ .., last] if !first.is_empty() => {
            format!("{} {} {last}", first.join(", "), if all { "and" } else { "or" })
        }
        _ => named.concat(),
    };
    let who_lack = match containers.len() {
        1 => "1 service lacks".to_owned(),
        // There may be parts that a file has too many of.
        n if n >= AT_MOST => format!("{AT_MOST} or more services lack"),
        n => format!("{n} services lack"),
    };
    let place = parts[0].place.clone();
    let mut seen = HashSet::from([who(&parts[0])]);
    let others = parts.iter().filter(|part| seen.insert(who(part))).take(RELATED_AT_MOST);
    let related = others.map(|part| Related {
        place: part.place.clone(),
        message: part.message.clone(),
        again: true,
        is_step: false,
    });
    let related = related.collect();
    let mut fix: Option<Fix> = None;
    for more in parts.into_iter().filter_map(|part| part.fix) {
        match &mut fix {
            Some(all) if all.title == more.title => {
                all.edits.extend(more.edits);
                all.secret |= more.secret;
            }
            Some(_) => {}
            none => *none = Some(more),
        }
    }
    Finding {
        rule: whole,
        severity: whole.severity,
        place,
        message: format!("{who_lack} {things}; `hullguard check --profile strict` lists each"),
        related,
        fix,
        status: Status::Open,
        // One a file, so whichever is the first of them says nothing.
        fingerprint: place::fingerprint(whole.id.get(), path, "", 0),
        secret: None,
        values: Values::default(),
        container: None,
    }
}
