//! SonarQube's generic format for issues of other tools, with `rules` and `issues` (10.3 and later).
//!
//! Places are lines without columns: SonarQube counts columns in UTF-16 and refuses the whole file when one lies behind
//! the end of its line, and our excerpts are cut and masked, so they cannot say where that is. A rule has one severity
//! there, that of its page.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::escape::plain;
use super::{Options, escape, faults, is_open};
use crate::finding::{Finding, Place};
use crate::outcome::Outcome;
use crate::rule::{Rule, Severity};

const ENGINE: &str = "hullguard";
const NOT_CHECKED: &str = "not-checked";

pub(super) fn write(outcome: &Outcome, _options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let open = || outcome.findings.iter().filter(|finding| is_open(finding));
    let faults = faults(outcome);
    let rules: BTreeMap<&str, &Rule> = open().map(|finding| (finding.rule.id.get(), finding.rule)).collect();
    let mut rules: Vec<Value> = rules.values().map(|rule| described(rule)).collect();
    if !faults.is_empty() {
        rules.push(json!({
            "id": NOT_CHECKED,
            "name": "Not checked",
            "description": "hullguard could not check this, so there may be more to find.",
            "engineId": ENGINE,
            "cleanCodeAttribute": "COMPLETE",
            "impacts": [{ "softwareQuality": "RELIABILITY", "severity": "HIGH" }],
        }));
    }
    write!(out, "{{\"rules\":")?;
    escape::json(out, &rules)?;
    write!(out, ",\n\"issues\":[")?;
    let mut lead = "";
    let mut item = |issue: &Value| -> io::Result<()> {
        writeln!(out, "{lead}")?;
        lead = ",";
        escape::json(out, issue)
    };
    for (path, why) in &faults {
        let message = format!("not checked: {why}");
        item(&json!({ "ruleId": NOT_CHECKED, "primaryLocation": { "message": message, "filePath": path } }))?;
    }
    for finding in open() {
        item(&issue(finding))?;
    }
    writeln!(out, "\n]}}")
}

fn described(rule: &Rule) -> Value {
    let is_security = rule.tags.has("security");
    json!({
        "id": rule.id,
        "name": rule.title,
        "description": rule.page.split("\n\n").next().unwrap_or(rule.title.get()),
        "engineId": ENGINE,
        "cleanCodeAttribute": if is_security { "TRUSTWORTHY" } else { "CONVENTIONAL" },
        "impacts": [{
            "softwareQuality": if is_security { "SECURITY" } else { "MAINTAINABILITY" },
            "severity": match rule.severity {
                Severity::Error => "HIGH",
                Severity::Warning => "MEDIUM",
                Severity::Note => "LOW",
            },
        }],
    })
}

fn issue(finding: &Finding) -> Value {
    let related = finding.related.iter().map(|related| location(&related.place, &related.message));
    json!({
        "ruleId": finding.rule.id,
        "primaryLocation": location(&finding.place, &finding.message),
        "secondaryLocations": related.collect::<Vec<_>>(),
    })
}

fn location(place: &Place, message: &str) -> Value {
    json!({
        "message": plain(message),
        "filePath": &*place.path,
        "textRange": { "startLine": place.start.line },
    })
}
