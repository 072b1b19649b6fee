//! `hullguard explain --finding`: it says what decided, what suppresses, and what was not looked at, and never the value.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::cases::{git, hullguard};
use crate::secrets::maker::{BASE62, Random};

/// The answer in JSON, and the exit code. What people read says the same without the secret.
fn asked(top: &Path, finding: &str, more: &[&str], secret: &str) -> (Value, Option<i32>) {
    let run = |format: &str| {
        let mut command = hullguard(top);
        command.args(["explain", "--finding", finding, "--format", format]).args(more);
        command.output().expect("it runs")
    };
    let (json, text) = (run("json"), run("text"));
    assert_eq!(json.status.code(), text.status.code());
    for said in [&json.stdout, &text.stdout] {
        assert!(secret.is_empty() || !String::from_utf8_lossy(said).contains(secret), "the value is shown");
    }
    (serde_json::from_slice(&json.stdout).expect("JSON"), json.status.code())
}

fn states(answer: &Value) -> Vec<&str> {
    let findings = answer["findings"].as_array().expect("a list");
    findings.iter().map(|finding| finding["state"].as_str().expect("a word")).collect()
}

fn write(file: &Path, text: impl AsRef<[u8]>) {
    fs::create_dir_all(file.parent().expect("it has a folder")).expect("a folder");
    fs::write(file, text).expect("a file");
}

#[test]
fn a_secret_is_explained_by_what_decided_it() {
    let work = tempfile::tempdir().expect("a folder");
    let top = work.path();
    let secret = Random(7).of(BASE62, 24);
    let line = format!("DB_PASSWORD={secret}\n");
    write(&top.join("app.env"), &line);
    write(&top.join("tests/app.py"), format!("# {line}password = \"blackbird7\"\n"));
    let (answer, code) = asked(top, "app.env:1:3", &[], &secret);
    assert_eq!((states(&answer), code), (vec!["reported"], Some(0)));
    let finding = &answer["findings"][0];
    let signs: Vec<(&str, &str, &str)> = finding["signs"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|sign| ["sign", "effect", "confidence"].map(|key| sign[key].as_str().expect("a word")))
        .map(|[sign, effect, confidence]| (sign, effect, confidence))
        .collect();
    assert_eq!(signs, [("password-name", "sets", "high"), ("random", "keeps", "high")]);
    // By its fingerprint it is found wherever it is.
    let fingerprint = finding["fingerprint"].as_str().expect("a number");
    let (answer, _) = asked(top, fingerprint, &[], &secret);
    assert_eq!(answer["findings"].as_array().map(Vec::len), Some(2));
    // What is not sure enough is explained, too.
    let (answer, _) = asked(top, "tests/app.py:2", &[], "blackbird7");
    assert_eq!(states(&answer), ["hidden"]);
    assert_eq!(answer["findings"][0]["signs"][2]["sign"], "sample-file");
}

#[test]
fn what_suppresses_a_finding_is_named() {
    let work = tempfile::tempdir().expect("a folder");
    let top = work.path();
    let secret = Random(9).of(BASE62, 24);
    let line = format!("DB_PASSWORD={secret}\n");
    write(&top.join("a.env"), format!("# hullguard: ignore=assigned-password why\n{line}"));
    write(&top.join("b.env"), &line);
    write(&top.join("hullguard.yaml"), "profile: default\nignore:\n  - {path: b.env, reason: known}\n");
    let suppressed = |file: &str| {
        let (answer, _) = asked(top, file, &[], &secret);
        assert_eq!(states(&answer), ["suppressed"], "{file}");
        let word = |key: &str| answer["findings"][0][key].as_str().expect("a word").to_owned();
        [word("suppressed_by"), word("suppressed_at"), word("reason")]
    };
    assert_eq!(suppressed("a.env:2"), ["inline", "line 1", "why"]);
    assert_eq!(suppressed("b.env:1"), ["config", "hullguard.yaml:3", "known"]);
    fs::remove_file(top.join("hullguard.yaml")).expect("it is there");
    let listed = hullguard(top).arg("baseline").output().expect("it runs");
    assert!(listed.status.success());
    assert_eq!(suppressed("b.env:1"), ["baseline", ".hullguard-baseline.jsonl:2", ""]);
}

#[test]
fn a_file_that_was_not_checked_is_said_to_be_so() {
    let work = tempfile::tempdir().expect("a folder");
    let top = work.path();
    git(top, &["init", "-q", "."]);
    write(&top.join(".gitignore"), "out\n");
    for file in ["out/a.env", "vendor/a.env", "a.env"] {
        write(&top.join(file), "a=b\n");
    }
    write(&top.join("a.bin"), b"a\0b\n");
    for (finding, checked, reason) in [
        ("out/a.env:1", false, "ignored"),
        ("vendor/a.env:1", false, "excluded"),
        (".git/HEAD:1", false, "ignored"),
        ("gone.env:1", false, "not-found"),
        ("a.env:1", true, ""),
    ] {
        let (answer, code) = asked(top, finding, &["--exclude", "vendor"], "");
        assert_eq!(answer["checked"], checked, "{finding}");
        assert_eq!(answer["reason"].as_str().unwrap_or_default(), reason, "{finding}");
        assert_eq!(code, Some(if reason == "not-found" { 2 } else { 0 }), "{finding}");
    }
    let (answer, _) = asked(top, "a.bin:1", &[], "");
    let notes = ["it is binary, so it was searched for tokens only"];
    assert_eq!(answer["notes"], serde_json::json!(notes));
    let beyond = hullguard(top).args(["explain", "--finding", "a.env:2"]).output().expect("it runs");
    assert_eq!((beyond.status.code(), beyond.stdout.len()), (Some(2), 0));
    assert!(String::from_utf8_lossy(&beyond.stderr).contains("a.env has no line 2; its last line is 1"));
}
