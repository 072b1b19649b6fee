//! `hullguard rules`: the table of all rules.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use serde_json::json;

use super::args::TableFormat;
use super::print;
use crate::finding::Safety;
use crate::rule::{Profile, Rule, Stability};
use crate::rules::RULES;

pub(super) fn run(format: TableFormat) -> Result<u8> {
    let text = match format {
        TableFormat::Text => table(),
        TableFormat::Markdown => markdown(),
        TableFormat::Json => json()?,
    };
    print(text.as_bytes())
}

fn table() -> String {
    let wide = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for rule in RULES {
        let (severity, profile, fix) =
            (rule.severity.name(), profile(rule.profile), fix(rule).unwrap_or("-"));
        let _ = writeln!(text, "{:wide$}  {severity:7}  {profile:7}  {fix:6}  {}", rule.id, rule.title);
    }
    text
}

/// The table of `docs/rules.md`, then that of `docs/secrets.md`: a row a provider, because there are hundreds of patterns.
fn markdown() -> String {
    let mut text =
        String::from("| rule | severity | profile | fix | what it finds |\n|---|---|---|---|---|\n");
    let mut providers: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
    for rule in RULES {
        if let Some((provider, _)) = rule.file.strip_prefix("secrets/").and_then(|file| file.split_once('/'))
        {
            providers.entry(provider).or_default().push(rule);
            continue;
        }
        let (id, file) = (rule.id, rule.file);
        let (severity, profile, fix) = (rule.severity.name(), profile(rule.profile), fix(rule).unwrap_or(""));
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

fn json() -> Result<String> {
    let rules: Vec<_> = RULES
        .iter()
        .map(|rule| {
            json!({
                "id": rule.id,
                "title": rule.title,
                "family": rule.family.name(),
                "severity": rule.severity.name(),
                "profile": profile(rule.profile),
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

pub(super) fn profile(profile: Profile) -> &'static str {
    match profile {
        Profile::Default => "default",
        Profile::Strict => "strict",
        Profile::Style => "style",
    }
}

fn fix(rule: &Rule) -> Option<&'static str> {
    rule.fix.map(|safety| match safety {
        Safety::Safe => "safe",
        Safety::Unsafe => "unsafe",
    })
}
