//! Markdown for people, all of it: a table a file. The `summary` is what fits into GitHub's limits; nothing is left out
//! here.

use std::io::{self, Write};

use super::{Options, by_file, faults, human, markdown};
use crate::outcome::Outcome;

pub(super) fn write(outcome: &Outcome, _options: &Options, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# hullguard\n")?;
    if outcome.error.is_none() {
        writeln!(out, "**{}**", human::summary(outcome))?;
    }
    let faults = faults(outcome);
    if !faults.is_empty() {
        writeln!(out, "\n## Not checked\n")?;
    }
    for (path, why) in faults {
        writeln!(out, "- {}: {}", markdown::code(path), markdown::text(&why))?;
    }
    for file in by_file(outcome) {
        writeln!(out, "\n## {}\n", markdown::code(&file[0].place.path))?;
        writeln!(out, "| line | severity | rule | what |\n|---|---|---|---|")?;
        for finding in file {
            let commit = finding.secret.as_ref().and_then(|secret| secret.past.as_ref()?.url.as_ref());
            let commit = commit.map(|url| format!(" ({})", markdown::link("commit", url)));
            // A rule's id and address are ours, not the repository's.
            writeln!(
                out,
                "| {} | {} | [{}]({}) | {}{} |",
                finding.place.start.line,
                finding.severity.name(),
                finding.rule.id,
                finding.rule.url(),
                markdown::message_in_cell(&finding.message),
                commit.unwrap_or_default()
            )?;
        }
    }
    let named: Vec<_> = outcome.skipped.iter().filter(|told| !told.reason.is_counted()).collect();
    if !named.is_empty() {
        writeln!(out, "\n## Skipped\n")?;
    }
    for told in named {
        writeln!(out, "- {}: {}", markdown::code(&told.path), markdown::text(&told.why))?;
    }
    Ok(())
}
