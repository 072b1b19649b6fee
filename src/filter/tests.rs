//! The filters together, on findings made by hand.

use std::sync::Arc;

use super::*;
use crate::blob::Origin;
use crate::config;
use crate::finding::{Finding, Status, Suppressor, Values};
use crate::outcome::Pragma;
use crate::place;
use crate::pragma;
use crate::rule::{Profile, Severity};
use crate::rules;
use crate::text::{Source, Span};

const TEXT: &str = "FROM a\nMAINTAINER b\n# hullguard: ignore=maintainer-deprecated why\nMAINTAINER c\n";

fn finding(source: &Source, start: usize) -> Finding {
    let rule = rules::find("maintainer-deprecated").unwrap();
    Finding {
        rule,
        severity: rule.severity,
        place: place::place(source, Span::new(start, start + 10), &Origin::WorkTree, &[]),
        message: "m".into(),
        related: Vec::new(),
        fix: None,
        status: Status::Open,
        fingerprint: 0,
        secret: None,
        values: Values::default(),
        container: None,
    }
}

fn outcome(path: &str) -> Outcome {
    let source = Arc::new(Source::new(path, TEXT.into()));
    let comment = Span::new(TEXT.find('#').unwrap(), TEXT.find(" why").unwrap() + 4);
    let last = Span::new(TEXT.rfind("MAINT").unwrap(), TEXT.len() - 1);
    let pragmas: Vec<Pragma> = pragma::yaml(&source, &[comment], &|_| Some(last))
        .into_iter()
        .map(|found| {
            let place = place::place(&source, found.span, &Origin::WorkTree, &[]);
            found.at(place)
        })
        .collect();
    let findings = vec![finding(&source, last.start as usize), finding(&source, 7)];
    Outcome { findings, pragmas, ..Outcome::default() }
}

fn config(text: &str) -> Config {
    config::of(&Source::new("hullguard.yaml", text.into()), "").unwrap()
}

fn policy(profile: Profile) -> Policy {
    Policy { profile, ..Policy::default() }
}

fn today() -> Date {
    Date::parse("2026-01-01").unwrap()
}

fn statuses(outcome: &Outcome) -> Vec<String> {
    let status = |finding: &Finding| match &finding.status {
        Status::Open => format!("open {}", finding.rule.id),
        Status::Suppressed { by: Suppressor::Inline, why, .. } => format!("inline {why}"),
        Status::Suppressed { why, .. } => format!("config {why}"),
    };
    outcome.findings.iter().map(status).collect()
}

#[test]
fn comments_silence_what_follows() {
    let mut outcome = outcome("Dockerfile");
    apply(&mut outcome, &Config::default(), &policy(Profile::Strict), &Known::default(), today());
    assert_eq!(statuses(&outcome), ["open maintainer-deprecated", "inline why"]);
}

#[test]
fn unused_comments_are_told_in_strict_only() {
    let mut strict = outcome("Dockerfile");
    strict.findings.remove(0);
    let mut default = strict.clone();
    apply(&mut strict, &Config::default(), &policy(Profile::Strict), &Known::default(), today());
    apply(&mut default, &Config::default(), &policy(Profile::Default), &Known::default(), today());
    assert_eq!(statuses(&strict), ["open maintainer-deprecated", "open unused-ignore"]);
    assert_eq!(statuses(&default), ["open maintainer-deprecated"]);
}

#[test]
fn the_configuration_sets_severities_and_ignores() {
    let mut set = outcome("a/Dockerfile");
    apply(&mut set, &config("rules: {DL4000: error}"), &policy(Profile::Default), &Known::default(), today());
    assert_eq!(set.findings[0].severity, Severity::Error);

    let mut off = outcome("a/Dockerfile");
    apply(
        &mut off,
        &config("rules: {DL4000: {off: true, paths: a/}}"),
        &policy(Profile::Strict),
        &Known::default(),
        today(),
    );
    assert_eq!(statuses(&off), ["config off in hullguard.yaml:1", "config off in hullguard.yaml:1"]);

    let file = config("ignore:\n- {path: a, reason: ours}\n- {rule: DL4000, expires: 2025-01-01}\n");
    let mut ignored = outcome("a/Dockerfile");
    apply(&mut ignored, &file, &policy(Profile::Default), &Known::default(), today());
    assert_eq!(statuses(&ignored), ["config ours", "inline why"]);
    let mut elsewhere = outcome("b/Dockerfile");
    apply(&mut elsewhere, &file, &policy(Profile::Default), &Known::default(), today());
    assert_eq!(statuses(&elsewhere), ["open maintainer-deprecated", "inline why"]);
    assert_eq!(
        expired(&file, today()),
        ["hullguard.yaml:3: the ignore of `DL4000` expired on 2025-01-01 and has no effect"]
    );
}
