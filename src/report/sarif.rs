//! SARIF 2.1.0, as GitHub code scanning reads it and other viewers can use it.
//!
//! The file shows the format as it is, in `json!` literals, a result at a time (measured: 15,383 results, 11 MB, in
//! 89 ms). The design card names the crate `sarif`; it was measured under its present name, serde-sarif 0.8: 22 more
//! packages, and 26 CPU seconds to build against 7 for serde and serde_json alone, for types that only spare us
//! misspelling a key. So it is a dev-dependency: the tests read what is written here back through its types.
//! Uploading is left to `github`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::{Options, escape, is_open};
use crate::finding::{Finding, Fix, Place, Related, Status, Suppressor};
use crate::outcome::{Outcome, Told};
use crate::rule::{Profile, REPOSITORY, Rule, Severity};

/// GitHub refuses a file with more results.
pub const RESULTS: usize = 25_000;
/// Of more, GitHub shows the severest.
pub const SHOWN: usize = 5_000;
/// What a run is called that has no other name; all before the last `/` is what GitHub calls the category.
const CATEGORY: &str = "hullguard";
/// GitHub keeps ten tags a rule.
const TAGS: usize = 10;
/// GitHub's limit for a description, in characters.
const DESCRIPTION: usize = 1024;
/// What paths are relative to; the name is the one that GitHub's own tools use.
const TOP: &str = "%SRCROOT%";

pub fn write(outcome: &Outcome, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    write_as(CATEGORY, RESULTS, outcome, options, out)
}

/// As [`write`], under another category, and with so many results at most: of more, the severest.
pub fn write_as(
    category: &str,
    most: usize,
    outcome: &Outcome,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut findings: Vec<&Finding> =
        outcome.findings.iter().filter(|f| options.show_suppressed || is_open(f)).collect();
    let left_out = findings.len().saturating_sub(most);
    if findings.len() > SHOWN.min(most) {
        // The sort is stable: among equals those that come first stay.
        findings.sort_by_key(|f| std::cmp::Reverse((is_open(f), f.severity)));
        findings.truncate(most);
    }
    let mut rules: BTreeMap<&str, (usize, &Rule)> =
        findings.iter().map(|f| (f.rule.id.get(), (0, f.rule))).collect();
    for (index, (at, _)) in rules.values_mut().enumerate() {
        *at = index;
    }
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: json!({ "driver": driver(rules.values().map(|&(_, rule)| rule)) }),
            automation_details: json!({ "id": format!("{category}/") }),
            column_kind: "unicodeCodePoints",
            // Without a `uri`: a reader knows where its own checkout lies, and ours is nobody's business.
            original_uri_base_ids: json!({ TOP: { "description": { "text": "the top of the repository" } } }),
            invocations: [invocation(outcome, left_out)],
            results: Results { findings, rules },
        }],
    };
    escape::json(out, &log)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Value,
    automation_details: Value,
    column_kind: &'static str,
    original_uri_base_ids: Value,
    invocations: [Value; 1],
    results: Results<'a>,
}

/// Each result is made when it is written and then forgotten: a tree of all of them would be large.
struct Results<'a> {
    findings: Vec<&'a Finding>,
    rules: BTreeMap<&'a str, (usize, &'a Rule)>,
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sequence = serializer.serialize_seq(Some(self.findings.len()))?;
        for finding in &self.findings {
            sequence.serialize_element(&result(finding, self.rules[finding.rule.id.get()].0))?;
        }
        sequence.end()
    }
}

fn driver<'a>(rules: impl Iterator<Item = &'a Rule>) -> Value {
    json!({
        "name": "hullguard",
        "informationUri": REPOSITORY,
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": rules.map(reporting_descriptor).collect::<Vec<_>>(),
    })
}

fn reporting_descriptor(rule: &Rule) -> Value {
    // GitHub takes an empty string for a missing one and then refuses the file.
    let or_title = |text: &str| if text.trim().is_empty() { rule.title.to_string() } else { text.to_owned() };
    let why = rule.page.split("\n\n").next().filter(|text| !text.starts_with('#')).unwrap_or_default();
    let mut tags: Vec<String> = rule.tags.iter().map(str::to_owned).collect();
    // The spelling that GitHub shows as a weakness.
    tags.extend(rule.cwe.iter().map(|cwe| format!("external/cwe/{}", cwe.to_lowercase())));
    // `security` decides where GitHub files the alert, so it must not fall off the end.
    tags.sort_by_key(|tag| tag != "security");
    tags.truncate(TAGS);
    let mut properties = json!({
        "tags": tags,
        "precision": match rule.profile {
            Profile::Default => "high",
            Profile::Reproducible | Profile::Strict => "medium",
            Profile::Style => "low",
        },
        "problem.severity": match rule.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "recommendation",
        },
    });
    if rule.tags.has("security") {
        // GitHub's bands: high from 7.0, medium from 4.0, low below; it wants a string.
        properties["security-severity"] = match rule.severity {
            Severity::Error => "8.0",
            Severity::Warning => "5.5",
            Severity::Note => "2.0",
        }
        .into();
    }
    let help = match rule.remedy() {
        Some(remedy) => format!("{}\n\n{remedy}\n", rule.page.trim_end()),
        None => or_title(rule.page.get()),
    };
    json!({
        "id": rule.id,
        "name": pascal_case(rule.id.get()),
        "shortDescription": { "text": rule.title },
        "fullDescription": { "text": or_title(&why.chars().take(DESCRIPTION).collect::<String>()) },
        "help": { "text": help, "markdown": help },
        "helpUri": rule.url(),
        "defaultConfiguration": { "level": rule.severity.name() },
        "properties": properties,
    })
}

fn pascal_case(id: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    id.split('-').filter(|word| word.is_ascii() && !word.is_empty()).map(capital).collect()
}

fn result(finding: &Finding, rule_index: usize) -> Value {
    let fingerprint = format!("{:032x}", finding.fingerprint);
    // Without a hash GitHub would open the alert anew with every upload; any stable one is better than none.
    let line_hash =
        finding.place.line_hash.as_deref().map_or_else(|| format!("{}:1", &fingerprint[16..]), str::to_owned);
    let mut message = no_links(&escape::plain(&finding.message));
    let mut result = json!({
        "ruleId": finding.rule.id,
        "ruleIndex": rule_index,
        "level": finding.severity.name(),
        "locations": [{ "physicalLocation": physical_location(&finding.place) }],
        "partialFingerprints": {
            "primaryLocationLineHash": line_hash,
            "hullguardFingerprint/v1": fingerprint,
        },
    });
    if !finding.related.is_empty() {
        let mut locations = Vec::new();
        for (related, id) in finding.related.iter().zip(1..) {
            let text = escape::plain(&related.message);
            // GitHub shows a related place only where the message links to it.
            let _ = write!(
                message,
                "\n[{}]({id})",
                text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
            );
            locations.push(json!({
                "id": id,
                "physicalLocation": physical_location(&related.place),
                "message": { "text": no_links(&text) },
            }));
        }
        result["relatedLocations"] = locations.into();
        if let Some(flow) = code_flow(finding) {
            result["codeFlows"] = json!([{ "threadFlows": [{ "locations": flow }] }]);
        }
    }
    if let Some(url) = finding.secret.as_ref().and_then(|secret| secret.past.as_ref()?.url.as_ref()) {
        // A related location would be the place for it, but GitHub refuses a file with a location outside of the
        // checkout ("URI scheme did not match").
        let _ = write!(message, "\n[The commit that added it]({url})");
    }
    result["message"] = json!({ "text": message });
    if let Some(secret) = &finding.secret {
        result["properties"] = json!({ "confidence": secret.confidence().name() });
        if let Some(history) = super::json::history(finding) {
            result["properties"]["history"] = history;
        }
    }
    if let Some(fix) = finding.fix.as_ref().filter(|fix| !fix.secret) {
        result["fixes"] = json!([sarif_fix(fix, &finding.place)]);
    }
    if let Status::Suppressed { by, why, .. } = &finding.status {
        let kind = if *by == Suppressor::Inline { "inSource" } else { "external" };
        result["suppressions"] =
            json!([{ "kind": kind, "status": "accepted", "justification": escape::plain(why) }]);
    }
    result
}

/// The path to the host that a finding opens, or the way of a file or a value through a Dockerfile.
fn code_flow(finding: &Finding) -> Option<Vec<Value>> {
    let next = finding.related.iter().filter(|related| related.is_step);
    let mut steps: Vec<_> = next.map(|related| (&related.place, &related.message)).collect();
    if steps.is_empty() {
        steps = data_flow(finding)?;
    } else {
        steps.insert(0, (&finding.place, &finding.message));
    }
    let step = |(place, message): (&Place, &String)| {
        let text = no_links(&escape::plain(message));
        json!({ "location": { "physicalLocation": physical_location(place), "message": { "text": text } } })
    };
    Some(steps.into_iter().map(step).collect())
}

/// For rules that follow a file or a value: from the first line to the last.
fn data_flow(finding: &Finding) -> Option<Vec<(&Place, &String)>> {
    let is_here = |related: &&Related| related.place.path == finding.place.path && !related.again;
    if !finding.rule.tags.has("data-flow") || !finding.related.iter().all(|related| is_here(&related)) {
        return None;
    }
    let others = finding.related.iter().map(|related| (&related.place, &related.message));
    let mut steps: Vec<_> = others.chain([(&finding.place, &finding.message)]).collect();
    steps.sort_by_key(|(place, _)| place.span);
    Some(steps)
}

/// In a SARIF message `[text](target)` is a link; text from a file shall not make one.
fn no_links(text: &str) -> String {
    if text.contains("](") {
        text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
    } else {
        text.to_owned()
    }
}

fn physical_location(place: &Place) -> Value {
    // One line only: GitHub shows an alert in a pull request if all lines of its region are in the diff.
    let end = if place.end.line == place.start.line { place.end.column } else { place.line_end };
    json!({
        "artifactLocation": artifact(&place.path),
        "region": {
            "startLine": place.start.line,
            "startColumn": place.start.column,
            "endLine": place.start.line,
            "endColumn": end.max(place.start.column),
        },
    })
}

fn sarif_fix(fix: &Fix, place: &Place) -> Value {
    let replacements: Vec<Value> = fix
        .edits
        .iter()
        .map(|edit| {
            json!({
                "deletedRegion": { "byteOffset": edit.span.start, "byteLength": edit.span.len() },
                "insertedContent": { "text": edit.insert },
            })
        })
        .collect();
    json!({
        "description": { "text": escape::plain(&fix.title) },
        "artifactChanges": [{ "artifactLocation": artifact(&place.path), "replacements": replacements }],
    })
}

fn invocation(outcome: &Outcome, left_out: usize) -> Value {
    let about = |level: &str, Told { path, why, .. }: &Told| {
        json!({
            "level": level,
            "message": { "text": no_links(&escape::plain(why)) },
            "locations": [{ "physicalLocation": { "artifactLocation": artifact(path) } }],
        })
    };
    let say = |level: &str, text: &str| json!({ "level": level, "message": { "text": text } });
    let mut notifications: Vec<Value> = outcome.failed.iter().map(|told| about("error", told)).collect();
    let lines = |text: &str| text.lines().map(escape::plain).collect::<Vec<_>>().join("\n");
    notifications.extend(outcome.error.iter().map(|why| say("error", &no_links(&lines(why)))));
    notifications.extend(outcome.skipped.iter().map(|told| about("note", told)));
    if outcome.interrupted {
        notifications.push(say("error", "the run was interrupted; not all files were checked"));
    }
    if left_out > 0 {
        // All was checked, so the run succeeded; only its report is short.
        let text = format!("{left_out} more results of the same or lower severity do not fit into one file");
        notifications.push(say("warning", &text));
    }
    json!({
        "executionSuccessful": !outcome.is_incomplete(),
        "toolExecutionNotifications": notifications,
    })
}

/// Where a file lies: below the top of the repository, or, if it lies elsewhere, on this machine.
fn artifact(path: &str) -> Value {
    match path.strip_prefix('/') {
        None => json!({ "uri": escape::uri(path), "uriBaseId": TOP }),
        Some(rest) => json!({ "uri": format!("file:///{}", escape::uri(rest)) }),
    }
}
