//! A text by itself, as a history has it: searched for secrets, with what a document's own rules would say of them.
//!
//! In a tree those rules explain a secret and the search is silent. In a history, or where `--rule` leaves them out, the
//! search reports it. Who accepted it by the one name accepted it by the other, so each finding names its kin.

use std::sync::Arc;

use super::{Watch, kind, scan};
use crate::blob::{Candidate, Origin, Tree};
use crate::finding::{Finding, Kin};
use crate::gap::{Gap, Reason};
use crate::outcome::Outcome;
use crate::rule::{Family, Policy, Rule};
use crate::rules::RULES;
use crate::secrets;
use crate::shown::secrets::{self as shown, Searched, Told};
use crate::surface::Form;

/// As [`shown::some`]. If the text is a document, comments in it apply to what they apply to there.
pub fn some(
    path: &Arc<str>,
    bytes: Vec<u8>,
    (origin, commit): (&Origin, Option<&str>),
    policy: &Policy,
    wanted: impl Fn(&'static Rule, &[u8]) -> bool,
) -> Searched {
    let text = secrets::as_utf8(bytes);
    let copy = may_be_document(path).then(|| text.clone());
    let mut searched = shown::some(path, text, (origin, commit), policy, wanted);
    if let Some(copy) = copy.filter(|_| !searched.findings.is_empty())
        && let Some(document) = relate(&mut searched.findings, path, copy, origin, policy)
    {
        searched.pragmas.retain(|pragma| !pragma.own);
        searched.pragmas.extend(document.pragmas);
    }
    searched
}

/// Says on the secrets of a text which rules explain them, and what else those rules come to; `None` if the text is not a
/// document.
pub(super) fn relate(
    findings: &mut [Finding],
    path: &Arc<str>,
    bytes: Vec<u8>,
    origin: &Origin,
    policy: &Policy,
) -> Option<Outcome> {
    let all = Policy { only: Vec::new(), ..policy.clone() };
    let explains =
        |rule: &&Rule| rule.family != Family::Secrets && rule.tags.has("secrets") && all.shows(rule);
    let only: Vec<&str> = RULES.iter().filter(explains).map(|rule| rule.id.get()).collect();
    if only.is_empty() || !may_be_document(path) {
        return None;
    }
    let candidate = Candidate { path: Arc::clone(path), explicit: false, document: true };
    let tree = Alone { path, bytes, origin };
    let outcome = scan(&[candidate], &tree, &Policy { only, graphs: false, ..all }, &Watch::default());
    if outcome.checked == 0 {
        return None;
    }
    let told = Told::of(&outcome.findings);
    for finding in findings {
        finding.values.kin = told.at(finding).map(|at| Kin::of(&outcome.findings[at])).collect();
    }
    Some(outcome)
}

fn may_be_document(path: &str) -> bool {
    kind::name(path) != kind::Name::Other || Form::of(path).is_some()
}

/// A tree in which nothing else is known.
struct Alone<'a> {
    path: &'a str,
    bytes: Vec<u8>,
    origin: &'a Origin,
}

impl Tree for Alone<'_> {
    fn origin(&self) -> Origin {
        self.origin.clone()
    }
    fn read(&self, path: &str) -> Result<Vec<u8>, Gap> {
        let is_it = self.exists(path).then(|| self.bytes.clone());
        is_it.ok_or_else(|| Gap::new(Reason::NotFound, "nothing else of that commit is read"))
    }
    fn exists(&self, path: &str) -> bool {
        path == self.path
    }
    fn is_tracked(&self, _: &str) -> Option<bool> {
        None
    }
}
