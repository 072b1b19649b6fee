//! What a run comes to: findings, what was looked at, what could not be.
//!
//! `scan` makes it, the filters mark it, the reports print it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::finding::{Finding, Place, Status};
use crate::gap::{Gap, Reason};
use crate::graph::StageGraph;
use crate::privilege::{Change, Hardening, NetworkMap, Privileges};
use crate::rule::{Family, Rule, Severity};
use crate::text::Span;

#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Suppressed ones included. After the last filter: by path, place and rule.
    pub findings: Vec<Finding>,
    /// Files that were read as a document and checked.
    pub checked: usize,
    /// How many of those are settings of an engine.
    pub engines: usize,
    /// Files that build, scan, push or update images.
    pub pipelines: usize,
    /// Files that were searched for secrets, those included.
    pub searched: usize,
    /// Versions of files, and messages, that were searched in git's history.
    pub objects: usize,
    /// Files that look like documents but were left out on purpose, with the reason.
    pub skipped: Vec<Told>,
    /// What could not be read although it should have been; the run is not complete and the exit code 2.
    pub failed: Vec<Told>,
    /// The ignores that stand in the checked files.
    pub pragmas: Vec<Pragma>,
    /// The stages of each Dockerfile, by path; empty unless they were asked for.
    pub graphs: Vec<StageGraph>,
    /// What each container may do, by file and line; empty unless that was asked for.
    pub privileges: Vec<Privileges>,
    /// What would take privileges from each container, by file and line; empty unless that was asked for.
    pub hardenings: Vec<Hardening>,
    /// The networks of each group of Compose files; empty unless they were asked for.
    pub networks: Vec<NetworkMap>,
    /// How that differs from what it was, where the run compares with a commit.
    pub changes: Vec<Change>,
    /// Entries of lists of known findings that match nothing any more.
    pub unused: Vec<Unused>,
    /// What must not be shown of files that findings stand in, as far as their texts do not give it away themselves. It is
    /// for whoever shows more of a file than findings do, and in no report.
    pub hidden: HashMap<Arc<str>, Vec<Span>>,
    /// What was found and is not among the findings.
    pub unshown: Unshown,
    /// A Dockerfile has shell code, which ShellCheck could check.
    pub has_shell_code: bool,
    /// The run was interrupted.
    pub interrupted: bool,
    /// Why nothing could be checked at all: a mistake in the configuration, no repository.
    pub error: Option<String>,
}

impl Outcome {
    /// Takes out open findings that are milder than this, and counts them.
    pub fn hide_below(&mut self, least: Severity) {
        let unshown = &mut self.unshown;
        self.findings.retain(|finding| {
            let is_milder = finding.status == Status::Open && finding.severity < least;
            match finding.severity {
                Severity::Warning if is_milder => unshown.warnings += 1,
                _ if is_milder => unshown.notes += 1,
                _ => {}
            }
            !is_milder
        });
    }
    /// Not everything was checked, so that no findings does not mean that all is well.
    pub fn is_incomplete(&self) -> bool {
        self.interrupted || self.error.is_some() || !self.failed.is_empty()
    }

    /// Gives all files other paths. Each is made once, however many findings it has.
    pub fn rename(&mut self, to: &mut dyn FnMut(&str) -> String) {
        let mut known: HashMap<Arc<str>, Arc<str>> = HashMap::new();
        let mut rename = |path: &mut Arc<str>| {
            let new = known.entry(Arc::clone(path)).or_insert_with(|| to(path).into());
            *path = Arc::clone(new);
        };
        for finding in &mut self.findings {
            rename(&mut finding.place.path);
            finding.related.iter_mut().for_each(|related| rename(&mut related.place.path));
        }
        self.pragmas.iter_mut().for_each(|pragma| rename(&mut pragma.place.path));
        self.graphs.iter_mut().for_each(|graph| rename(&mut graph.path));
        self.privileges.iter_mut().flat_map(Privileges::paths_mut).for_each(&mut rename);
        self.hardenings.iter_mut().for_each(|hardening| rename(&mut hardening.place.path));
        self.networks.iter_mut().flat_map(NetworkMap::paths_mut).for_each(&mut rename);
        self.changes.iter_mut().flat_map(Change::paths_mut).for_each(&mut rename);
        self.skipped.iter_mut().chain(&mut self.failed).for_each(|told| rename(&mut told.path));
        self.hidden = std::mem::take(&mut self.hidden)
            .into_iter()
            .map(|(mut path, spans)| {
                rename(&mut path);
                (path, spans)
            })
            .collect();
    }
}

/// How many findings a run had besides those that it tells, and why it does not tell them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unshown {
    /// Open findings that are milder than what somebody wants to see (`--min-severity`).
    pub warnings: usize,
    pub notes: usize,
    /// What is a secret with low confidence, which only `strict` shows.
    pub unsure: usize,
    /// Open findings that the commit has, too, with which the run was compared (`--new-from`).
    pub old: usize,
}

/// A path, and why it was not looked at, or not as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Told {
    pub path: Arc<str>,
    pub reason: Reason,
    /// A sentence that does not name the path.
    pub why: String,
}

impl Told {
    pub fn new(path: impl Into<Arc<str>>, Gap { reason, why }: Gap) -> Self {
        Self { path: path.into(), reason, why }
    }
}

/// An entry of a baseline, or of another tool's list, that matches nothing although its file was looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unused {
    /// The list's name.
    pub list: Arc<str>,
    /// In the list.
    pub entry: usize,
    /// From the top of the repository, as the list has it.
    pub path: Arc<str>,
    /// Empty where the list names none that is known here.
    pub rule: Arc<str>,
    /// In our own list.
    pub fingerprint: Option<u128>,
}

/// A comment that silences rules, in any dialect.
#[derive(Clone, Debug)]
pub struct Pragma {
    /// The comment itself.
    pub place: Place,
    /// What it silences, by id. Empty with `all` unset: nothing that is known here. Many comments share one list.
    pub rules: Arc<[&'static Rule]>,
    /// The families that it names: all their rules. Sorted.
    pub families: Vec<Family>,
    /// It silences every rule.
    pub all: bool,
    /// Codes in it that stand for nothing known here.
    pub unknown: Vec<String>,
    /// The bytes of the file it speaks of; a finding is silenced if it begins there. `None`: the whole file.
    pub scope: Option<Span>,
    pub reason: String,
    /// Written for hullguard, so that an unused or unknown code is a mistake; others may be meant for their own tool.
    pub own: bool,
    /// What follows the tool's name, if it silences nothing though it was meant to.
    pub mistyped: Option<String>,
    /// It stands in a text of any language, where it may be an example.
    pub anywhere: bool,
}
