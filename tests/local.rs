//! Credentials that only this clone has: a note on each in a local run, nothing in CI, in a baseline or in a comparison.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::cases::{git, hullguard};
use crate::secrets::maker::{BASE62, Random};

#[test]
fn a_password_in_the_address_of_a_remote_is_a_note() {
    let work = tempfile::tempdir().expect("a folder");
    let top = work.path().join("top");
    fs::create_dir_all(top.join("sub")).expect("a folder");
    fs::write(top.join("a.txt"), "a\n").expect("a file");
    git(&top, &["init", "-q", "."]);
    git(&top, &["add", "."]);
    git(&top, &["commit", "-qm", "a"]);
    let secret = Random(41).of(BASE62, 24);
    git(&top, &["remote", "add", "origin", &format!("https://ann:{secret}@host.invalid/a.git")]);
    git(&top, &["worktree", "add", "-q", "../linked"]);
    let found = |mut command: Command| {
        let done = command.args(["--format", "json"]).output().expect("it runs");
        assert!(!String::from_utf8_lossy(&done.stdout).contains(&secret));
        let report: Value = serde_json::from_slice(&done.stdout).expect("JSON");
        let told = |finding: &Value| format!("{} {}", finding["severity"], finding["path"]);
        (
            report["findings"].as_array().expect("a list").iter().map(told).collect::<Vec<_>>(),
            done.status.code(),
        )
    };
    let run = |folder: &str, arguments: &[&str]| {
        let mut command = hullguard(&work.path().join(folder));
        command.args(arguments);
        command
    };
    let note = (vec!["\"note\" \".git/config\"".to_owned()], Some(0));
    assert_eq!(found(run("top", &["check"])), note);
    assert_eq!(found(run("linked", &["check"])), note);
    let mut in_ci = run("top", &["check"]);
    in_ci.env("CI", "true");
    for silent in [
        in_ci,
        run("top/sub", &["check"]),
        run("top", &["check", "a.txt"]),
        run("top", &["check", "--new-from", "HEAD"]),
        run("top", &["check", "--ignore", "secrets"]),
    ] {
        assert_eq!(found(silent), (Vec::new(), Some(0)));
    }
    assert!(run("top", &["baseline"]).status().expect("it runs").success());
    let list = fs::read_to_string(top.join(".hullguard-baseline.jsonl")).expect("a list");
    assert!(!list.contains(".git"), "{list}");
}
