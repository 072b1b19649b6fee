//! How bad a secret is: as sure as it is one, and less where people write made-up ones. Told by the exit code, too.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::tokens;

/// The severities of what is found in a file of that path and text, with what the configuration says, and the exit code.
fn severities(path: &str, text: &str, config: &str) -> (Vec<String>, i32) {
    let work = tempfile::tempdir().expect("a folder");
    let file = work.path().join(path);
    fs::create_dir_all(file.parent().unwrap_or(Path::new(""))).expect("folders");
    fs::write(&file, text).expect("a file");
    fs::write(work.path().join("hullguard.yaml"), config).expect("a configuration");
    let out = crate::cases::hullguard(work.path())
        .args(["check", "--format", "json", "."])
        .output()
        .expect("it starts");
    let said: Value = serde_json::from_slice(&out.stdout).expect("JSON");
    let findings = said["findings"].as_array().expect("findings").iter();
    let all = findings.map(|finding| finding["severity"].as_str().expect("a severity").to_owned()).collect();
    (all, out.status.code().expect("it ended by itself"))
}

#[test]
fn severity_follows_confidence_and_place() {
    let drawn = format!("client_secret = \"{}\"\n", ["q7Zr9Lx2Vb8", "KpM3tW5yN4cD6"].concat());
    let chosen = format!("db_password: {}\n", ["Summer", "2019!x"].concat());
    let token = format!("TOKEN={}\n", tokens::github(tokens::RANDOM));
    for (path, text, severity, code) in [
        ("src/app.py", &drawn, "error", 1),
        ("config/app.yml", &chosen, "warning", 1),
        ("config/app.env", &token, "error", 1),
        // Made-up credentials are written here every day,
        ("tests/test_app.py", &drawn, "note", 0),
        ("src/test/java/App.java", &drawn, "note", 0),
        ("spec/fixtures/app.py", &drawn, "note", 0),
        ("examples/shop/app.py", &drawn, "note", 0),
        ("docs/app.py", &drawn, "note", 0),
        ("demo/app.py", &drawn, "note", 0),
        // and somebody else's code is not for us to mend.
        ("vendor/x/app.env", &token, "warning", 1),
        // A checksum that holds is no accident.
        ("tests/app.env", &token, "warning", 1),
        ("docs/start.md", &token, "warning", 1),
        // A word is no folder for tests because it has one in it.
        ("contest/app.py", &drawn, "error", 1),
        ("latest/app.py", &drawn, "error", 1),
        ("dev-portal/app.py", &drawn, "error", 1),
    ] {
        assert_eq!(severities(path, text, ""), (vec![severity.to_owned()], code), "{path}");
    }
}

/// Everybody tries a scanner with a token that was never issued.
#[test]
fn a_token_with_a_wrong_checksum_is_a_note() {
    let token = tokens::github(tokens::RANDOM);
    let (start, last) = token.split_at(token.len() - 1);
    let wrong = format!("TOKEN={start}{}\n", if last == "a" { "b" } else { "a" });
    assert_eq!(severities("config/app.env", &wrong, ""), (vec!["note".to_owned()], 0));
    assert_eq!(severities("tests/app.env", &wrong, ""), (Vec::new(), 0));
}

#[test]
fn a_configuration_raises_it() {
    let drawn = format!("client_secret = \"{}\"\n", ["q7Zr9Lx2Vb8", "KpM3tW5yN4cD6"].concat());
    for config in [
        "secrets: error\n",
        "secrets: {severity: error, paths: [tests/]}\n",
        "rules:\n  secrets: error\n",
        "rules:\n  secrets: {severity: error, paths: [\"tests/**\"]}\n",
    ] {
        assert_eq!(severities("tests/a.py", &drawn, config), (vec!["error".to_owned()], 1), "{config}");
    }
    let elsewhere = "secrets: {severity: error, paths: [src/]}\n";
    assert_eq!(severities("tests/a.py", &drawn, elsewhere), (vec!["note".to_owned()], 0));
    // Whoever raises the family does not ask for what is only guessed.
    let weak = "password = \"word\"\n";
    assert_eq!(severities("src/a.py", weak, "secrets: error\n").0, Vec::<String>::new());
}
