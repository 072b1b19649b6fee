//! Telling GitHub: its contract, and what the client does when the network or GitHub does not.

mod client;
mod contract;
mod corpus;
pub(crate) mod server;

use std::collections::BTreeMap;
use std::time::Duration;

use hullguard::blob::{Origin, Tree};
use hullguard::finding::{Finding, Fix, Safety, Status, Values};
use hullguard::gap::{Gap, Reason};
use hullguard::github::{Delivery, Gate, Hunks, Plan, Reporter, Target, Token};
use hullguard::outcome::{Outcome, Told};
use hullguard::place::{fingerprint, masked_line, place};
use hullguard::rule::Severity;
use hullguard::rules;
use hullguard::text::{Edit, Source, Span};

const SHA: &str = "4b6472266afd7b471e86085a6659e8c7f2b119da";
/// What stands in a pull request's Dockerfile: a hundred lines like this.
const LINE: &str = "ADD a b";

/// No token-shaped text stands in the repository.
fn token() -> String {
    format!("ghs_{}", "1a2B3c4D".repeat(5))
}

fn target(api_url: &str) -> Target {
    Target {
        api_url: api_url.to_owned(),
        server_url: "https://github.example".to_owned(),
        repository: "octo/hull".to_owned(),
        head_sha: SHA.to_owned(),
        git_ref: "refs/pull/7/head".to_owned(),
        pull_request: Some(7),
        token: Token::new(&token()),
        login: Some("github-actions[bot]".to_owned()),
    }
}

fn plan(reporters: &[Reporter]) -> Plan<'static> {
    Plan {
        reporters: reporters.to_vec(),
        gate: Gate::Failed,
        category: "hullguard".to_owned(),
        max_comments: 25,
        tree: Some(&Pulled),
        diff: None,
        whole: None,
        silenced: &[],
        patience: Duration::from_millis(300),
    }
}

/// The pull request's files: any Dockerfile is a hundred times [`LINE`].
struct Pulled;

impl Tree for Pulled {
    fn origin(&self) -> Origin {
        Origin::WorkTree
    }
    fn read(&self, _: &str) -> Result<Vec<u8>, Gap> {
        Ok(format!("{LINE}\n").repeat(100).into_bytes())
    }
    fn exists(&self, _: &str) -> bool {
        true
    }
    fn is_tracked(&self, _: &str) -> Option<bool> {
        Some(true)
    }
}

/// A finding on a line of a file, with a safe fix.
fn finding(path: &str, line: u32, severity: Severity, message: &str) -> Finding {
    let source = Source::new(path, Pulled.read(path).expect("it is there"));
    let start = source.line_span(line).start as usize;
    let span = Span::new(start, start + 3);
    let rule = rules::find("add-instead-of-copy").expect("the rule is there");
    Finding {
        rule,
        severity,
        place: place(&source, span, &Origin::WorkTree, &[]),
        message: message.to_owned(),
        related: Vec::new(),
        fix: Some(Fix {
            title: "write `COPY`".to_owned(),
            edits: vec![Edit::replace(span, "COPY")],
            safety: Safety::Safe,
            secret: false,
        }),
        status: Status::Open,
        fingerprint: fingerprint(rule.id.get(), path, &masked_line(&source, span, &[]), line),
        secret: None,
        values: Values::default(),
        container: None,
    }
}

/// So many warnings, a line each in as many files as that takes, and an error at the end.
fn outcome(count: usize) -> Outcome {
    let findings = (0..count).map(|n| {
        let severity = if n + 1 == count { Severity::Error } else { Severity::Warning };
        let path = format!("d{}/Dockerfile", n / 100);
        finding(&path, (n % 100) as u32 + 1, severity, "`ADD` does more than it says; write `COPY`")
    });
    Outcome { findings: findings.collect(), checked: 1, searched: 1, ..Outcome::default() }
}

/// Why each way failed, and which one worked.
fn story(delivery: &Delivery) -> (Vec<(Reporter, &str)>, Option<Reporter>) {
    let fell = delivery.fell.iter().map(|fell| (fell.reporter, &*fell.why)).collect();
    (fell, delivery.told.as_ref().map(|told| told.reporter))
}

/// The lines of a pull request as git would tell them.
fn diff(lines: std::ops::RangeInclusive<u32>) -> BTreeMap<String, Hunks> {
    [("d0/Dockerfile".to_owned(), Hunks(vec![lines]))].into()
}

fn unread(path: &str) -> Told {
    Told::new(path, Gap::new(Reason::Permission, "permission denied"))
}
