//! The shell code of all Dockerfiles, checked by ShellCheck in one go.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::blob::Origin;
use crate::finding::Finding;
use crate::gap::{Gap, Reason};
use crate::outcome::Told;
use crate::rule::{Family, Policy};
use crate::rules;
use crate::shellcheck::{self, Program, Script};
use crate::shown::finish::{Finished, Veils};
use crate::shown::{Marks, guarded};
use crate::text::{Span, Spans};

/// A longer script takes ShellCheck minutes.
const LONGEST: usize = 64 << 10;

/// What is kept of a Dockerfile until all are read.
#[derive(Debug, Default)]
pub(super) struct Shell {
    pub(super) scripts: Vec<Script>,
    /// What must not be shown of the file.
    pub(super) marks: Marks,
}

/// Takes out what our own rules have told: those that have the code among their aliases.
pub(super) fn without_told(found: &mut Vec<Finding>, told: &[Finding]) {
    let mut ours: HashMap<(&str, &str), Vec<Span>> = HashMap::new();
    for finding in told {
        for code in finding.rule.aliases.iter().filter_map(|alias| alias.strip_prefix("shellcheck/")) {
            for place in finding.related.iter().map(|related| &related.place).chain([&finding.place]) {
                ours.entry((code, &place.path)).or_default().push(place.span);
            }
        }
    }
    let ours: HashMap<(&str, &str), Spans> =
        ours.into_iter().map(|(key, spans)| (key, spans.into_iter().collect())).collect();
    found.retain(|finding| {
        let spans = ours.get(&(finding.rule.id.get(), &*finding.place.path));
        !spans.is_some_and(|spans| spans.any_overlaps(finding.place.span))
    });
}

/// Whether any of its codes would be reported.
pub(super) fn is_wanted(policy: &Policy) -> bool {
    rules::of(Family::Shellcheck).any(|rule| policy.shows(rule))
}

/// Asks about all scripts, each text once. What could not be asked about is told.
pub(super) fn check(
    files: Vec<Shell>,
    program: &dyn Program,
    origin: Origin,
    policy: &Policy,
    stop: &AtomicBool,
) -> (Finished, BTreeSet<Told>) {
    let mut marks = Marks::new();
    let mut scripts = Vec::new();
    for file in files {
        scripts.extend(file.scripts);
        marks.extend(file.marks);
    }
    let (scripts, long): (Vec<Script>, Vec<Script>) =
        scripts.into_iter().partition(|script| script.text().len() <= LONGEST);
    let texts: BTreeSet<&str> = scripts.iter().map(Script::text).collect();
    let texts: Vec<&str> = texts.into_iter().collect();
    let answers = program.ask(&texts, stop);
    let answers: HashMap<&str, &shellcheck::Answer> = texts.into_iter().zip(&answers).collect();
    let (mut drafts, mut failed) = (Vec::new(), BTreeSet::new());
    for script in &scripts {
        let found = match answers.get(script.text()) {
            Some(Ok(comments)) => {
                let sure = program.knows(script.dialect());
                guarded(|| shellcheck::findings(script, comments, policy, sure)).and_then(|found| found)
            }
            Some(Err(gap)) => Err(gap.clone()),
            None => continue,
        };
        match found {
            Ok(found) => drafts.extend(found),
            Err(gap) => {
                failed.insert(Told::new(Arc::clone(script.source().path()), gap));
            }
        }
    }
    let why = format!("shell code of more than {} KiB is not checked with ShellCheck", LONGEST >> 10);
    let skip =
        |script: &Script| Told::new(Arc::clone(script.source().path()), Gap::new(Reason::Limit, &*why));
    let skipped: BTreeSet<Told> = long.iter().map(skip).collect();
    let mut finished = Veils::new(marks, origin, policy).finish(drafts);
    finished.failed.extend(failed);
    (finished, skipped)
}
