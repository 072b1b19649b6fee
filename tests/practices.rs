//! `docs/practices.md` and the rules' pages name each other, every practice has an answer, and `hullguard practices` says how
//! a folder stands to each.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use hullguard::rules::RULES;
use serde_json::Value;

use crate::cases::hullguard;

#[test]
fn practices_and_rules_name_each_other() {
    let table = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/practices.md")).unwrap();
    let mut practices = BTreeSet::new();
    let mut in_table = BTreeSet::new();
    for row in table.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, practice, what, rules, open, _] = cells[..] else { panic!("not four cells: {row}") };
        let practice = practice.trim_matches('`');
        assert!(practices.insert(practice), "`{practice}` stands twice");
        assert!(!(what.is_empty() || rules.is_empty() && open.is_empty()), "`{practice}` has no answer");
        let rules = rules.split(", ").map(|rule| rule.trim_matches('`')).filter(|rule| !rule.is_empty());
        in_table.extend(rules.map(|rule| (practice, rule)));
    }
    let on_pages: BTreeSet<(&str, &str)> = RULES
        .iter()
        .flat_map(|rule| rule.practices.iter().map(|practice| (practice, rule.id.get())))
        .collect();
    let only_in_table: Vec<_> = in_table.difference(&on_pages).collect();
    let only_on_pages: Vec<_> = on_pages.difference(&in_table).collect();
    assert!(only_in_table.is_empty(), "docs/practices.md alone says: {only_in_table:?}");
    assert!(only_on_pages.is_empty(), "the pages alone say: {only_on_pages:?}");
    assert_eq!(practices.len(), 109, "every line of the two documents has a row");
}

/// What the program prints, and its exit code.
fn practices(folder: &Path, arguments: &[&str]) -> (String, Option<i32>) {
    let done = hullguard(folder).arg("practices").args(arguments).output().expect("it starts");
    let text = [done.stdout, done.stderr].concat();
    (String::from_utf8(text).expect("it prints UTF-8"), done.status.code())
}

/// The state of one practice in a folder with these files.
fn state(files: &[(&str, &str)], practice: &str) -> Value {
    let work = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        fs::write(work.path().join(name), text).expect("a file");
    }
    let (text, code) = practices(work.path(), &["--only", practice, "--format", "json"]);
    assert_eq!(code, Some(0), "{text}");
    let said: Value = serde_json::from_str(&text).expect("it is JSON");
    said["practices"][0].clone()
}

#[test]
fn a_practice_is_broken_kept_or_not_judged() {
    const PRACTICE: &str = "000-no-privileged";
    let file = |more: &str| format!("services:\n  a:\n    image: httpd:2.4\n{more}");
    let broken = state(&[("compose.yaml", &file("    privileged: true\n"))], PRACTICE);
    assert_eq!(broken["state"], "broken");
    assert_eq!(broken["findings"][0]["line"], 4);
    let ignored = "    privileged: true # hullguard: ignore=privileged-container it is a test\n";
    let kept = state(&[("compose.yaml", &file(ignored))], PRACTICE);
    assert_eq!((&kept["state"], &kept["suppressed"]), (&"kept".into(), &1.into()));
    assert_eq!(state(&[("compose.yaml", &file(""))], PRACTICE)["state"], "kept");
    let elsewhere = state(&[("Dockerfile", "FROM alpine:3.23\n")], PRACTICE);
    assert_eq!(elsewhere["state"], "nothing-to-judge", "no rule of it looks at a Dockerfile");
    assert_eq!(state(&[], "000-grsec")["state"], "not-checked");
}

#[test]
fn a_practice_that_needs_a_setting_is_not_judged_without_it() {
    let file = ("Dockerfile", "FROM alpine:3.23\nLABEL a=b\n");
    assert_eq!(state(&[file], "004-labels")["state"], "nothing-to-judge");
    let labels = ("hullguard.yaml", "labels:\n  a: text\n");
    assert_eq!(state(&[file, labels], "004-labels")["state"], "kept");
}

#[test]
fn all_practices_have_a_line() {
    let work = tempfile::tempdir().expect("a folder");
    fs::write(work.path().join("Dockerfile"), "FROM alpine\n").expect("a file");
    let (text, code) = practices(work.path(), &[]);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(text.lines().filter(|line| line.starts_with("  00")).count(), 109, "{text}");
    assert!(text.contains("at Dockerfile:1"), "{text}");
    let (text, code) = practices(work.path(), &["--only", "000-nonroot"]);
    assert_eq!(code, Some(2));
    assert!(text.contains("did you mean `000-non-root`?"), "{text}");
}

#[test]
fn drafts_are_written_once_and_hold_what_the_rules_want() {
    let work = tempfile::tempdir().expect("a folder");
    for draft in ["daemon", "audit", "seccomp", "scan", "sign", "rootless", "userns"] {
        let (text, code) = practices(work.path(), &["--write", draft]);
        assert_eq!(code, Some(0), "{text}");
        let file = text.lines().next().and_then(|line| line.strip_prefix("written: ")).expect("a name");
        let written = fs::read_to_string(work.path().join(file)).expect("it is there");
        if Path::new(file).extension().is_some_and(|end| end == "json") {
            serde_json::from_str::<Value>(&written).expect("it is JSON");
        }
        let (again, code) = practices(work.path(), &["--write", draft]);
        assert_eq!(code, Some(2), "{again}");
        assert_eq!(fs::read_to_string(work.path().join(file)).expect("it is there"), written);
    }
    let done = hullguard(work.path())
        .args(["check", "--profile", "strict", "--preview"])
        .output()
        .expect("it starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
}
