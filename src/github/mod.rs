//! Tells GitHub what was found: one function, [`deliver`], and a file for each way.
//!
//! The ways are tried in the order that was asked for. Each tells all findings or fails as a whole, and then the next
//! tells all of them; the log of the job, which nobody can refuse, is always the last. Nothing is printed here: what
//! is for the log is handed back. What an event means, and which findings are new, is `cli`'s business.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::blob::Tree;
use crate::finding::{Finding, Status};
use crate::outcome::Outcome;
use crate::report::{self, Format, Options};

mod annotations;
mod body;
mod check;
mod client;
mod diff;
pub mod event;
mod refused;
mod review;
mod suggestion;
mod target;
mod upload;

pub use diff::Hunks;
pub use target::{Target, Token};

use client::Client;

/// A way to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reporter {
    /// SARIF to code scanning. Needs `security-events: write`.
    Sarif,
    /// A check run with annotations. Needs `checks: write`.
    Check,
    /// Comments on the lines of a pull request. Needs `pull-requests: write`.
    Review,
    /// Workflow commands in the log of the job: ten annotations of a kind.
    Log,
}

impl Reporter {
    /// As it stands in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sarif => "code scanning",
            Self::Check => "check run",
            Self::Review => "review",
            Self::Log => "log",
        }
    }
    /// What the job must grant.
    fn permission(self) -> &'static str {
        match self {
            Self::Sarif => "security-events: write",
            Self::Check => "checks: write",
            Self::Review => "pull-requests: write",
            Self::Log => "",
        }
    }
}

/// What the run comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    Passed,
    Failed,
    /// Nothing was asked of the run but to tell.
    Neutral,
}

/// What to tell, and how.
pub struct Plan<'a> {
    /// In the order of preference; the first that works is enough. Empty: tell nothing.
    pub reporters: Vec<Reporter>,
    pub gate: Gate,
    /// What keeps several runs on one commit apart: `hullguard`, or a name of the user's.
    pub category: String,
    /// How many comments of ours may stand on a pull request.
    pub max_comments: usize,
    /// The files that were checked, as they are at [`Target::head_sha`], to suggest safe fixes; `None` for no suggestions.
    pub tree: Option<&'a dyn Tree>,
    /// The lines that can be commented on, from git: those of the diff from the merge base, with three lines around them
    /// as GitHub shows it. `None` to ask GitHub, which leaves out what is very large.
    pub diff: Option<BTreeMap<String, Hunks>>,
    /// What code scanning is told instead: also what was known before, whose alerts an upload without it would close.
    pub whole: Option<&'a Outcome>,
    /// What the change silences: by a comment, a configuration, a list.
    pub silenced: &'a [Finding],
    /// How long to wait for code scanning to read what was uploaded.
    pub patience: Duration,
}

/// What became of it.
#[derive(Debug, Default)]
pub struct Delivery {
    /// The way that worked; `None` if none was asked for.
    pub told: Option<Told>,
    /// Those that did not, in the order in which they were tried.
    pub fell: Vec<Fell>,
    /// For standard output: workflow commands, harmless to print.
    pub log: Vec<u8>,
}

/// Findings that reached their readers.
#[derive(Debug)]
pub struct Told {
    pub reporter: Reporter,
    /// How many of them. Where there is no room for each, the rest is told as a number.
    pub findings: usize,
    /// Where people see them.
    pub url: Option<String>,
    /// GitHub's name of the upload.
    pub sarif_id: Option<String>,
    /// What else there is to say, a sentence each.
    pub words: Vec<String>,
}

impl Told {
    fn by(reporter: Reporter, findings: usize) -> Self {
        Self { reporter, findings, url: None, sarif_id: None, words: Vec::new() }
    }
}

/// A way that did not work.
#[derive(Debug)]
pub struct Fell {
    pub reporter: Reporter,
    /// A sentence for people.
    pub why: String,
}

/// Tells all open findings in the first way that works. Their paths count from the top of the repository.
pub fn deliver(target: &Target, outcome: &Outcome, plan: &Plan) -> Delivery {
    let mut delivery = Delivery::default();
    let client = Client::new(target);
    let last_resort = [Reporter::Log].into_iter().filter(|_| !plan.reporters.is_empty());
    for reporter in plan.reporters.iter().copied().chain(last_resort) {
        let tried = match reporter {
            Reporter::Sarif => upload::upload(&client, plan.whole.unwrap_or(outcome), plan),
            Reporter::Check => check::create(&client, outcome, plan),
            Reporter::Review => review::create(&client, outcome, plan),
            Reporter::Log => Ok(log(outcome, &mut delivery.log)),
        };
        match tried {
            Ok(told) => {
                delivery.told = Some(told);
                break;
            }
            Err(refused) => delivery.fell.push(Fell { reporter, why: refused.advice(reporter.permission()) }),
        }
    }
    delivery
}

fn log(outcome: &Outcome, out: &mut Vec<u8>) -> Told {
    report::write(Format::Github, outcome, &Options::default(), out)
        .expect("a Vec takes all that is written to it");
    Told::by(Reporter::Log, open(outcome).count())
}

fn open(outcome: &Outcome) -> impl Iterator<Item = &Finding> {
    outcome.findings.iter().filter(|finding| finding.status == Status::Open)
}

/// Open findings, severest first; among equals in the order of the outcome.
fn severest_first(outcome: &Outcome) -> Vec<&Finding> {
    let mut findings: Vec<&Finding> = open(outcome).collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}
