//! GitHub Actions workflow commands: `::warning file=…,line=…::message`, an annotation each.
//!
//! GitHub keeps ten annotations of a kind for a step and drops the rest without a word, so the tenth says how many
//! are missing. A check run or a review, which have room for more, is `github`'s business.

use std::io::{self, Write};

use super::{Options, escape, human, is_open};
use crate::finding::Finding;
use crate::outcome::{Outcome, Told};
use crate::rule::Severity;

/// GitHub's own limit for each kind of annotation in a step.
const SLOTS: usize = 10;

pub fn write(outcome: &Outcome, _options: &Options, out: &mut dyn Write) -> io::Result<()> {
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        let kind = match severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        // What stands before the findings.
        let mut commands = Vec::new();
        if severity == Severity::Error {
            // Files that could not be checked come first: without them the run says less than it seems to.
            commands.extend(outcome.failed.iter().map(|told| not_checked("error", told)));
            commands
                .extend(outcome.error.iter().map(|why| format!("::error title=hullguard::{}", data(why))));
            if outcome.interrupted {
                commands.push("::error title=hullguard::interrupted; not all files were checked".to_owned());
            }
        }
        let findings = || outcome.findings.iter().filter(|f| is_open(f) && f.severity == severity);
        let mut count = commands.len() + findings().count();
        commands.extend(findings().take(SLOTS).map(|finding| command(kind, finding)));
        if severity == Severity::Warning {
            // After the findings, so that they take nobody's place.
            let named = || outcome.skipped.iter().filter(|told| !told.reason.is_counted());
            count += named().count();
            commands.extend(named().take(SLOTS).map(|told| not_checked("warning", told)));
        }
        commands.truncate(SLOTS);
        if count > SLOTS {
            let more = count - (SLOTS - 1);
            commands.truncate(SLOTS - 1);
            commands.push(format!("::{kind} title=hullguard::{more} more of this kind are not shown here"));
        }
        for command in commands {
            writeln!(out, "{command}")?;
        }
    }
    writeln!(out, "hullguard: {}", human::summary(outcome))
}

fn not_checked(kind: &str, told: &Told) -> String {
    format!("::{kind} file={},title=hullguard::not checked: {}", property(&told.path), data(&told.why))
}

fn command(kind: &str, finding: &Finding) -> String {
    let place = &finding.place;
    // GitHub drops the columns of an annotation over several lines, so a longer span ends with its first line.
    let end = if place.end.line == place.start.line { place.end.column } else { place.line_end };
    format!(
        "::{kind} file={},line={line},endLine={line},col={},endColumn={end},title={}::{}",
        property(&place.path),
        place.start.column,
        property(finding.rule.id.get()),
        data(&finding.message),
        line = place.start.line,
    )
}

/// Text after the second `::`.
fn data(text: &str) -> String {
    // Control characters are shown rather than sent, so that no line end is left; it is escaped all the same, for
    // this is the place where it would do harm.
    escape::line(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Text of a property. GitHub decodes it, so a path stays the path that it is unless it holds control characters.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
