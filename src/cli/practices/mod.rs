//! `hullguard practices`: the practices behind the rules, and which of them a repository breaks.
//!
//! What a practice asks for and what stays open are the rows of `docs/practices.md`; the rules that check it name it on
//! their pages. The table is read when somebody asks.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, anyhow};
use serde_json::{Value, json};

use super::args::{Look, OverviewFormat, Practices};
use super::{CLEAN, FAILED, open, plural, print, tell_gaps, term};
use crate::config::suggest;
use crate::finding::{Finding, Status};
use crate::outcome::Outcome;
use crate::report::escape;
use crate::rule::{Check, Confidence, Policy, Profile, Rule};
use crate::rules::RULES;

pub(super) mod write;

const TABLE: &str = include_str!("../../../docs/practices.md");

/// A row of the table.
struct Practice {
    id: &'static str,
    asks: &'static str,
    /// What no rule checks, and why.
    open: &'static str,
    rules: Vec<&'static Rule>,
}

/// How a repository stands to a practice.
enum State<'o> {
    /// The findings of its rules that nothing suppresses.
    Broken(Vec<&'o Finding>),
    /// Its rules ran and report nothing, besides so many suppressed findings.
    Kept(usize),
    /// Nothing here is what its rules look at.
    Idle,
    /// No rule checks it.
    Unchecked,
}

impl State<'_> {
    const NAMES: [&'static str; 4] = ["broken", "kept", "nothing to judge", "not checked"];

    fn name(&self) -> &'static str {
        Self::NAMES[match self {
            Self::Broken(_) => 0,
            Self::Kept(_) => 1,
            Self::Idle => 2,
            Self::Unchecked => 3,
        }]
    }
}

pub(super) fn run(args: &Practices) -> Result<u8> {
    if let Some(draft) = args.write {
        return write::write(draft);
    }
    let mut practices: Vec<Practice> = table().collect();
    if !args.only.is_empty() {
        for id in &args.only {
            if !practices.iter().any(|practice| practice.id == id) {
                let meant = suggest(id, practices.iter().map(|practice| practice.id));
                let meant = meant.map_or(String::new(), |meant| format!("; did you mean `{meant}`?"));
                return Err(anyhow!("there is no practice `{id}`{meant}"));
            }
        }
        practices.retain(|practice| args.only.iter().any(|id| practice.id == id));
    }
    let look = Look { profile: Some(Profile::Strict), preview: true, ..args.settings.look(&args.paths) };
    look.validate()?;
    let mut run = open::open(&look, false)?;
    (run.policy.graphs, run.policy.privileges) = (true, true);
    let mut outcome = run.scan_patiently();
    run.complete(&mut outcome);
    run.display.show(&mut outcome);
    tell_gaps(outcome.skipped.iter().filter(|told| !told.reason.is_counted()), &outcome.failed);
    let states: Vec<(&Practice, State)> =
        practices.iter().map(|practice| (practice, state(practice, &run.policy, &outcome))).collect();
    let text = match args.format {
        OverviewFormat::Json => json(&states, &outcome)?,
        OverviewFormat::Text if args.only.is_empty() => overview(&states, &outcome).into_bytes(),
        OverviewFormat::Text => in_full(&states).into_bytes(),
    };
    print(&text)?;
    Ok(if outcome.is_incomplete() { FAILED } else { CLEAN })
}

fn table() -> impl Iterator<Item = Practice> {
    TABLE.lines().filter(|line| line.starts_with("| `")).filter_map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, id, asks, _, open, _] = cells[..] else { return None };
        let id = id.trim_matches('`');
        let rules = RULES.iter().filter(|rule| rule.practices.has(id)).collect();
        Some(Practice { id, asks, open, rules })
    })
}

fn state<'o>(practice: &Practice, policy: &Policy, outcome: &'o Outcome) -> State<'o> {
    if practice.rules.is_empty() {
        return State::Unchecked;
    }
    // What may well be no secret breaks no practice.
    let is_unsure = |finding: &Finding| {
        finding.secret.as_ref().is_some_and(|secret| secret.confidence() == Confidence::Low)
    };
    let is_its = |finding: &&Finding| {
        practice.rules.iter().any(|rule| rule.id == finding.rule.id) && !is_unsure(finding)
    };
    let (open, suppressed): (Vec<_>, Vec<_>) =
        outcome.findings.iter().filter(is_its).partition(|finding| finding.status == Status::Open);
    if !open.is_empty() {
        State::Broken(open)
    } else if practice.rules.iter().any(|rule| is_configured(rule, policy) && has_work(rule, outcome)) {
        State::Kept(suppressed.len())
    } else {
        State::Idle
    }
}

/// Some rules look at nothing until the configuration says what is wanted.
fn is_configured(rule: &Rule, policy: &Policy) -> bool {
    match &*rule.id {
        "label-missing" => !policy.labels.is_empty(),
        "untrusted-registry" => !policy.trusted_registries.is_empty(),
        _ => true,
    }
}

/// Whether there was anything that the rule looks at.
fn has_work(rule: &Rule, outcome: &Outcome) -> bool {
    let (dockerfiles, containers) = (!outcome.graphs.is_empty(), !outcome.privileges.is_empty());
    rule.checks().iter().any(|check| match check {
        Check::Dockerfile(_) => dockerfiles,
        Check::Compose(_) | Check::Container(_) | Check::Project(_) => containers,
        Check::Image(_) => dockerfiles || containers,
        Check::Daemon(_) => outcome.engines > 0,
        Check::Pipeline(_) => outcome.pipelines > 0,
        Check::Secret(_) => outcome.searched > 0,
    })
}

/// What the names of states mean, in their order.
const MEANINGS: [&str; 4] = [
    "its rules report findings",
    "its rules ran and report nothing",
    "nothing here is what its rules look at",
    "files do not show it, or no rule checks it yet",
];

/// All practices by their states, the broken ones first.
fn overview(states: &[(&Practice, State)], outcome: &Outcome) -> String {
    let mut text = String::new();
    let columns = term::columns();
    let wide = states.iter().map(|(practice, _)| practice.id.len()).max().unwrap_or(0);
    for (name, meaning) in State::NAMES.into_iter().zip(MEANINGS) {
        let these = || states.iter().filter(|(_, state)| state.name() == name);
        if these().next().is_none() {
            continue;
        }
        let _ = writeln!(text, "{name} ({}): {meaning}", these().count());
        for (practice, state) in these() {
            let said = said(practice, state).map_or(String::new(), |said| format!(": {said}"));
            term::row(
                &format!("  {:wide$}  ", practice.id),
                &format!("{}{said}", practice.asks),
                columns,
                &mut text,
            );
        }
        text.push('\n');
    }
    let left_out = outcome.skipped.iter().filter(|told| told.reason.is_counted()).count();
    let left_out = match left_out {
        0 => String::new(),
        many => format!("; {} excluded or not opened", plural(many, "path")),
    };
    let (documents, files) = (plural(outcome.checked, "document"), plural(outcome.searched, "file"));
    let _ = writeln!(text, "checked: {documents}, and {files} for secrets{left_out}");
    text.push_str(
        "ids: 000 is the founding list, 004 the practice guide, see docs/practices.md\n\
         More about one: hullguard practices --only 000-non-root\n",
    );
    text
}

/// What there is to say of a practice besides its state.
fn said(practice: &Practice, state: &State) -> Option<String> {
    match state {
        State::Broken(findings) => {
            let place = &findings.first()?.place;
            let first = format!("{}:{}", escape::line(&place.path), place.start.line);
            let first =
                if findings.len() == 1 { format!("at {first}") } else { format!("the first at {first}") };
            Some(format!("{}, {first}", plural(findings.len(), "finding")))
        }
        State::Kept(0) | State::Idle => None,
        State::Kept(suppressed) => Some(format!("{} suppressed", plural(*suppressed, "finding"))),
        State::Unchecked => Some(practice.open.to_owned()),
    }
}

/// Each practice with its rules, and the places where it is broken.
fn in_full(states: &[(&Practice, State)]) -> String {
    let (mut text, columns) = (String::new(), term::columns());
    for (practice, state) in states {
        let _ = writeln!(text, "{} ({}): {}", practice.id, state.name(), practice.asks);
        for rule in &practice.rules {
            let count = match state {
                State::Broken(all) => all.iter().filter(|finding| finding.rule.id == rule.id).count(),
                _ => 0,
            };
            let count = if count == 0 { String::new() } else { format!(" ({})", plural(count, "finding")) };
            let _ = writeln!(text, "  {}{count}", rule.id);
        }
        if !practice.open.is_empty() {
            term::row("  ", practice.open, columns, &mut text);
        }
        if let State::Broken(findings) = state {
            for finding in findings {
                let (place, rule) = (&finding.place, finding.rule.id);
                let message = escape::line(&finding.message);
                let _ = writeln!(
                    text,
                    "  {}:{}: {message} [{rule}]",
                    escape::line(&place.path),
                    place.start.line
                );
            }
        }
        text.push('\n');
    }
    text
}

fn json(states: &[(&Practice, State)], outcome: &Outcome) -> Result<Vec<u8>> {
    let practices: Vec<Value> = states
        .iter()
        .map(|(practice, state)| {
            let (findings, suppressed): (&[&Finding], usize) = match state {
                State::Broken(findings) => (findings, 0),
                State::Kept(suppressed) => (&[], *suppressed),
                State::Idle | State::Unchecked => (&[], 0),
            };
            let places: Vec<Value> = findings
                .iter()
                .map(|finding| {
                    let place = &finding.place;
                    json!({ "rule": finding.rule.id, "path": &*place.path, "line": place.start.line })
                })
                .collect();
            json!({
                "practice": practice.id,
                "asks": practice.asks,
                "state": state.name().replace(' ', "-"),
                "rules": practice.rules.iter().map(|rule| rule.id.get()).collect::<Vec<_>>(),
                "open": practice.open,
                "findings": places,
                "suppressed": suppressed,
            })
        })
        .collect();
    let whole = json!({ "version": 1, "incomplete": outcome.is_incomplete(), "practices": practices });
    let mut text = Vec::new();
    escape::pretty_json(&mut text, &whole).context("cannot make JSON of the practices")?;
    text.push(b'\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_read() {
        let rows = TABLE.lines().filter(|line| line.starts_with("| `")).count();
        assert_eq!(table().count(), rows);
        assert!(table().all(|practice| !practice.rules.is_empty() || !practice.open.is_empty()));
    }
}
