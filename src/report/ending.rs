//! The end of a run for people: what was found by rule, what can be fixed and how, what is not shown and by which flag
//! it is, and where to read on.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::human::{BOLD, count, flag, paint, style, summary};
use super::{Detail, Options, escape, is_open, privileges};
use crate::finding::Safety;
use crate::outcome::Outcome;
use crate::rule::Severity;

/// Fewer findings than these are their own table.
const TABLE: usize = 4;

/// What a rule found.
struct Row {
    id: &'static str,
    worst: Severity,
    found: usize,
    /// How many of them can be fixed, safely and otherwise.
    fixes: [usize; 2],
}

pub(super) fn write(outcome: &Outcome, options: &Options, out: &mut String) {
    let rows = rows(outcome);
    let found: usize = rows.iter().map(|row| row.found).sum();
    if found >= TABLE && options.detail != Detail::Quiet {
        table(&rows, options.colour, out);
    }
    for change in &outcome.changes {
        let _ = writeln!(out, "privileges: {}", escape::line(&privileges::sentence(change)));
    }
    let _ = writeln!(out, "{}", summary(outcome));
    let fixable = [0, 1].map(|at| rows.iter().map(|row| row.fixes[at]).sum::<usize>());
    match fixable {
        [0, 0] => {}
        [safe, 0] => drop(writeln!(out, "{safe} can be fixed with --fix")),
        [0, other] => drop(writeln!(out, "{other} can be fixed with --fix-unsafe")),
        [safe, other] => {
            let _ = writeln!(out, "{safe} can be fixed with --fix, {} with --fix-unsafe", safe + other);
        }
    }
    let unshown = unshown(outcome, options);
    if !unshown.is_empty() {
        let _ = writeln!(out, "Not shown: {}", unshown.join(", "));
    }
    if options.detail == Detail::Quiet {
        return;
    }
    if let Some(worst) = rows.first() {
        let _ = writeln!(out, "More about a rule: hullguard explain {}", worst.id);
    }
}

/// The rules that found something, the worst first.
fn rows(outcome: &Outcome) -> Vec<Row> {
    let mut rows: BTreeMap<&'static str, Row> = BTreeMap::new();
    for finding in outcome.findings.iter().filter(|finding| is_open(finding)) {
        let id = finding.rule.id.get();
        let row = rows.entry(id).or_insert(Row { id, worst: finding.severity, found: 0, fixes: [0, 0] });
        row.found += 1;
        row.worst = row.worst.max(finding.severity);
        if let Some(fix) = &finding.fix {
            row.fixes[usize::from(fix.safety == Safety::Unsafe)] += 1;
        }
    }
    let mut rows: Vec<Row> = rows.into_values().collect();
    rows.sort_by_key(|row| Reverse((row.worst, row.found)));
    rows
}

fn table(rows: &[Row], colour: bool, out: &mut String) {
    if !out.is_empty() {
        out.push('\n');
    }
    let wide = rows.iter().map(|row| row.id.len()).max().unwrap_or(0).max("rule".len());
    paint(out, colour, BOLD, &format!("{:wide$}  count  worst    fixable", "rule"));
    out.push('\n');
    for Row { id, worst, found, fixes } in rows {
        let _ = write!(out, "{id:wide$}  {found:5}  ");
        paint(out, colour, style(*worst), &format!("{:7}", worst.name()));
        let fixes: Vec<String> = [Safety::Safe, Safety::Unsafe]
            .into_iter()
            .zip(fixes)
            .filter(|(_, fixes)| **fixes > 0)
            .map(|(safety, fixes)| format!("{fixes} {}", flag(safety)))
            .collect();
        let fixes = if fixes.is_empty() { "-".to_owned() } else { fixes.join(", ") };
        let _ = writeln!(out, "  {fixes}");
    }
    out.push('\n');
}

/// What was found and is not told, each with the flag that shows it.
fn unshown(outcome: &Outcome, options: &Options) -> Vec<String> {
    let open = || outcome.findings.iter().filter(|finding| is_open(finding));
    let suppressed = outcome.findings.len() - open().count();
    let hidden = outcome.unshown;
    let mut parts: Vec<String> = Vec::new();
    let mut part = |n: usize, noun: &str, flag: &str| {
        if n > 0 {
            parts.push(format!("{} ({flag})", count(n, noun)));
        }
    };
    part(hidden.warnings, "warning", "--min-severity warning");
    part(hidden.notes, "note", "--min-severity note");
    part(hidden.unsure, "low-confidence secret", "--profile strict");
    if !options.show_suppressed {
        part(suppressed, "suppressed finding", "--show-suppressed");
    }
    part(hidden.old, "old finding", "hullguard check");
    parts
}
