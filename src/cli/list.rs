//! `hullguard rules`: the table of all rules.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use serde_json::json;

use super::args::{Rules, TableFormat};
use super::{coverage, print, term};
use crate::finding::Safety;
use crate::rule::{Family, Rule, Stability};
use crate::rules::{RULES, SHELLCHECK};

pub(super) fn run(args: &Rules) -> Result<u8> {
    if let Some(tool) = &args.coverage {
        return print(coverage::report(tool, args.format)?.as_bytes());
    }
    // The codes of ShellCheck are its own, so they are listed only if somebody asks for them.
    let is_wanted = |rule: &&Rule| args.family.is_empty() || args.family.contains(&rule.family);
    let shellcheck = if args.family.contains(&Family::Shellcheck) { SHELLCHECK } else { &[] };
    let rules: Vec<&Rule> = RULES.iter().chain(shellcheck).filter(is_wanted).collect();
    let text = match args.format {
        TableFormat::Text => table(&rules, &args.family),
        TableFormat::Markdown => markdown(&rules),
        TableFormat::Json => json(&rules)?,
    };
    print(text.as_bytes())
}

/// Family by family. Secrets, of which there are hundreds, only if somebody asks for them.
fn table(rules: &[&Rule], asked: &[Family]) -> String {
    let (mut text, columns) = (String::new(), term::columns());
    for family in Family::ALL {
        let rules: Vec<&Rule> = rules.iter().copied().filter(|rule| rule.family == family).collect();
        if rules.is_empty() || family == Family::Secrets && !asked.contains(&family) {
            continue;
        }
        let _ = writeln!(text, "{} ({})", family.name(), rules.len());
        text.push_str(&lines(&rules, columns));
        text.push('\n');
    }
    let secrets = rules.iter().filter(|rule| rule.family == Family::Secrets).count();
    let others = super::plural(rules.len() - secrets, "rule");
    let _ = match (rules.len() - secrets, secrets, asked.is_empty()) {
        (_, 0, _) => writeln!(text, "{others}"),
        (0, secrets, _) => writeln!(text, "{secrets} kinds of secrets"),
        (_, secrets, false) => writeln!(text, "{others} and {secrets} kinds of secrets"),
        (_, secrets, true) => {
            writeln!(text, "{others}, and {secrets} kinds of secrets: hullguard rules --family secrets")
        }
    };
    text
}

/// A line a rule.
pub(super) fn lines(rules: &[&Rule], columns: Option<usize>) -> String {
    let wide = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for rule in rules {
        let (severity, profile, fix) = (rule.severity.name(), rule.profile.name(), fix(rule).unwrap_or("-"));
        let head = format!("  {:wide$}  {severity:7}  {profile:7}  {fix:6}  ", rule.id);
        term::row(&head, rule.title.get(), columns, &mut text);
    }
    text
}

/// The table of `docs/rules.md`, then that of `docs/secrets.md`: a row a provider, because there are hundreds of patterns.
fn markdown(rules: &[&Rule]) -> String {
    let mut text =
        String::from("| rule | severity | profile | fix | what it finds |\n|---|---|---|---|---|\n");
    let mut providers: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
    for &rule in rules {
        if let Some((provider, _)) = rule.file.strip_prefix("secrets/").and_then(|file| file.split_once('/'))
        {
            providers.entry(provider).or_default().push(rule);
            continue;
        }
        let (id, file) = (rule.id, rule.file);
        let (severity, profile, fix) = (rule.severity.name(), rule.profile.name(), fix(rule).unwrap_or(""));
        let status = if rule.status == Stability::Stable { "" } else { rule.status.name() };
        let profile = format!("{profile} {status}");
        let profile = profile.trim_end();
        let title = rule.title.replace('|', "\\|");
        let _ = writeln!(text, "| [{id}](rules/{file}) | {severity} | {profile} | {fix} | {title} |");
    }
    text.push_str("\n| provider | secrets |\n|---|---|\n");
    for (provider, rules) in providers {
        let link = |rule: &&Rule| format!("[{}](rules/{})", rule.title.replace('|', "\\|"), rule.file);
        let links: Vec<String> = rules.iter().map(link).collect();
        let _ = writeln!(text, "| {provider} | {} |", links.join(", "));
    }
    text
}

fn json(rules: &[&Rule]) -> Result<String> {
    let rules: Vec<_> = rules
        .iter()
        .map(|rule| {
            json!({
                "id": rule.id,
                "title": rule.title,
                "family": rule.family.name(),
                "severity": rule.severity.name(),
                "profile": rule.profile.name(),
                "status": rule.status.name(),
                "evidence": rule.evidence.map(|evidence| json!({
                    "read": evidence.read,
                    "right": evidence.right,
                    "debatable": evidence.debatable,
                    "wrong": evidence.wrong,
                    "all": evidence.all,
                    "on": evidence.on,
                })),
                "fix": fix(rule),
                "aliases": rule.aliases,
                "tags": rule.tags,
                "cwe": rule.cwe,
                "since": rule.since,
                "revoke": (!rule.revoke.is_empty()).then_some(rule.revoke),
            })
        })
        .collect();
    let text = serde_json::to_string_pretty(&json!({ "version": 1, "rules": rules }));
    Ok(text.context("cannot make JSON of the rules")? + "\n")
}

fn fix(rule: &Rule) -> Option<&'static str> {
    rule.fix.map(|safety| match safety {
        Safety::Safe => "safe",
        Safety::Unsafe => "unsafe",
    })
}
