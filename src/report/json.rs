//! JSON for other programs: one object, or one object a line. `docs/json.md` is the contract.
//!
//! The rows are structs of their own, so that renaming a field of [`Finding`] cannot change the format unseen.

use std::io::{self, Write};

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::{Options, escape, privileges, suppressor};
use crate::blob::Origin;
use crate::date::Date;
use crate::finding::{Finding, Place, Related, Safety, Status};
use crate::outcome::{Outcome, Told, Unshown, Unused};
use crate::packed::List;
use crate::text::Position;

/// Raised when a field goes away or changes its meaning; a new field does not.
const VERSION: u32 = 1;

pub fn write(outcome: &Outcome, _options: &Options, out: &mut dyn Write) -> io::Result<()> {
    escape::pretty_json(out, &document(outcome, Some(Rows(&outcome.findings))))?;
    writeln!(out)
}

/// One finding a line, then the run without its findings.
pub fn write_lines(outcome: &Outcome, _options: &Options, out: &mut dyn Write) -> io::Result<()> {
    for finding in &outcome.findings {
        escape::json(out, &row(finding))?;
        writeln!(out)?;
    }
    escape::json(out, &document(outcome, None))?;
    writeln!(out)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<Rows<'a>>,
    files: Files<'a>,
    /// Entries of lists of known findings that match nothing any more.
    unused: Vec<Entry<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    privilege_changes: Vec<privileges::Row<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hidden: Option<Hidden>,
    incomplete: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

/// How many findings there were besides those that are told.
#[derive(Serialize)]
struct Hidden {
    below_min_severity: usize,
    low_confidence: usize,
    not_new: usize,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Files<'a> {
    checked: usize,
    /// For secrets.
    searched: usize,
    /// Of git's history.
    #[serde(skip_serializing_if = "is_zero")]
    objects: usize,
    skipped: Vec<File<'a>>,
    failed: Vec<File<'a>>,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    /// One of a closed list.
    reason: &'static str,
    why: &'a str,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

#[derive(Serialize)]
struct Entry<'a> {
    list: &'a str,
    path: &'a str,
    rule: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
}

/// Each row is made when it is written.
struct Rows<'a>(&'a [Finding]);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(row))
    }
}

#[derive(Serialize)]
struct Row<'a> {
    rule: &'static str,
    title: &'static str,
    severity: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed_by: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(flatten)]
    place: Where<'a>,
    message: &'a str,
    aliases: List,
    related: Vec<Other<'a>>,
    fix: Option<Remedy<'a>>,
    fingerprint: String,
    /// How sure it is that a secret is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<&'static str>,
    /// Where a secret of git's history comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<Value>,
}

#[derive(Serialize)]
struct Where<'a> {
    path: &'a str,
    origin: &'static str,
    start: Point,
    end: Point,
}

#[derive(Serialize)]
struct Point {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct Other<'a> {
    #[serde(flatten)]
    place: Where<'a>,
    message: &'a str,
}

#[derive(Serialize)]
struct Remedy<'a> {
    title: &'a str,
    safety: &'static str,
    edits: Vec<Change<'a>>,
}

#[derive(Serialize)]
struct Change<'a> {
    start: u32,
    end: u32,
    insert: &'a str,
}

fn document<'a>(outcome: &'a Outcome, findings: Option<Rows<'a>>) -> Document<'a> {
    let files = |told: &'a [Told]| {
        told.iter().map(|t| File { path: &t.path, reason: t.reason.id(), why: &t.why }).collect()
    };
    Document {
        version: VERSION,
        tool: Tool { name: "hullguard", version: env!("CARGO_PKG_VERSION") },
        findings,
        files: Files {
            checked: outcome.checked,
            searched: outcome.searched,
            objects: outcome.objects,
            skipped: files(&outcome.skipped),
            failed: files(&outcome.failed),
        },
        unused: outcome.unused.iter().map(entry).collect(),
        privilege_changes: outcome.changes.iter().map(privileges::row_of).collect(),
        hidden: (outcome.unshown != Unshown::default()).then_some(Hidden {
            below_min_severity: outcome.unshown.warnings + outcome.unshown.notes,
            low_confidence: outcome.unshown.unsure,
            not_new: outcome.unshown.old,
        }),
        incomplete: outcome.is_incomplete(),
        error: outcome.error.as_deref(),
    }
}

fn entry(unused: &Unused) -> Entry<'_> {
    let fingerprint = unused.fingerprint.map(|fingerprint| format!("{fingerprint:032x}"));
    Entry { list: &unused.list, path: &unused.path, rule: &unused.rule, fingerprint }
}

/// The commit that brought a secret, and who still has it; also for SARIF.
pub(super) fn history(finding: &Finding) -> Option<Value> {
    let past = finding.secret.as_ref()?.past.as_ref()?;
    let mut told = json!({});
    if let Some(commit) = &past.commit {
        told["commit"] = commit.id.as_str().into();
        told["author"] = commit.author.as_str().into();
        told["email"] = commit.email.as_str().into();
        told["date"] = Date::of_seconds(commit.time).to_string().into();
    }
    if let Some(url) = &past.url {
        told["url"] = (**url).into();
    }
    if let Some(now) = &past.now {
        told["inHead"] = now.in_head.into();
        told["headPath"] = now.head_path.clone().into();
        told["refs"] = now.refs.clone().into();
        told["refsTotal"] = now.refs_total.into();
        told["dangling"] = now.dangling.into();
        told["versions"] = now.versions.into();
    }
    Some(told)
}

fn row(finding: &Finding) -> Row<'_> {
    let (status, suppressed_by, reason) = match &finding.status {
        Status::Open => ("open", None, None),
        Status::Suppressed { by, why, .. } => ("suppressed", Some(suppressor(*by)), Some(why.as_str())),
    };
    Row {
        rule: finding.rule.id.get(),
        title: finding.rule.title.get(),
        severity: finding.severity.name(),
        status,
        suppressed_by,
        reason,
        place: place(&finding.place),
        message: &finding.message,
        aliases: finding.rule.aliases,
        related: finding.related.iter().map(related).collect(),
        fix: finding.fix.as_ref().map(|fix| Remedy {
            title: &fix.title,
            safety: match fix.safety {
                Safety::Safe => "safe",
                Safety::Unsafe => "unsafe",
            },
            edits: fix
                .edits
                .iter()
                .filter(|_| !fix.secret)
                .map(|edit| Change { start: edit.span.start, end: edit.span.end, insert: &edit.insert })
                .collect(),
        }),
        fingerprint: format!("{:032x}", finding.fingerprint),
        confidence: finding.secret.as_ref().map(|secret| secret.confidence().name()),
        history: history(finding),
    }
}

fn related(related: &Related) -> Other<'_> {
    Other { place: place(&related.place), message: &related.message }
}

fn place(place: &Place) -> Where<'_> {
    let point = |position: Position| Point { line: position.line, column: position.column };
    Where {
        path: &place.path,
        origin: match place.origin {
            Origin::WorkTree => "work-tree",
            Origin::Index => "index",
            Origin::Stdin => "stdin",
            Origin::Commit(_) => "commit",
        },
        start: point(place.start),
        end: point(place.end),
    }
}
