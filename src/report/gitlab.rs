//! GitLab's code quality report: one JSON array, as docs.gitlab.com/ci/testing/code_quality describes it.
//!
//! GitLab compares the reports of two branches by their fingerprints, so each must be there once. It has five severities;
//! ours are `critical`, `major` and `info`, and a file that could not be checked is a `blocker`.

use std::collections::HashMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::escape::plain;
use super::{Options, escape, faults, is_open};
use crate::finding::Finding;
use crate::outcome::Outcome;
use crate::place::fingerprint;
use crate::rule::Severity;

const NOT_CHECKED: &str = "not-checked";

pub(super) fn write(outcome: &Outcome, _options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut seen: HashMap<u128, u128> = HashMap::new();
    let mut lead = "[";
    let mut item = |issue: &Value| -> io::Result<()> {
        writeln!(out, "{lead}")?;
        lead = ",";
        escape::json(out, issue)
    };
    for (path, why) in faults(outcome) {
        let print = unused(fingerprint(NOT_CHECKED, path, &why, 0), &mut seen);
        item(&issue(NOT_CHECKED, &format!("not checked: {why}"), print, "blocker", (path, 1)))?;
    }
    for finding in outcome.findings.iter().filter(|finding| is_open(finding)) {
        let Finding { rule, place, message, severity, .. } = finding;
        let severity = match severity {
            Severity::Error => "critical",
            Severity::Warning => "major",
            Severity::Note => "info",
        };
        let print = unused(finding.fingerprint, &mut seen);
        item(&issue(rule.id.get(), &plain(message), print, severity, (&place.path, place.start.line)))?;
    }
    writeln!(out, "{}", if lead == "[" { "[]" } else { "\n]" })
}

/// The number itself, or another one for each time that it comes again: one secret may be in several commits.
fn unused(print: u128, seen: &mut HashMap<u128, u128>) -> u128 {
    let times = seen.entry(print).or_insert(0);
    let one = if *times == 0 { print } else { fingerprint("again", "", &format!("{print:032x}{times}"), 0) };
    *times += 1;
    one
}

fn issue(check: &str, text: &str, print: u128, severity: &str, (path, line): (&str, u32)) -> Value {
    json!({
        "type": "issue",
        "check_name": check,
        "description": text,
        "fingerprint": format!("{print:032x}"),
        "severity": severity,
        "location": { "path": path, "lines": { "begin": line } },
    })
}
