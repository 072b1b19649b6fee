//! What docs/stability.md promises, from outside: fields and types of what the program writes for others, exit codes,
//! flags, keys of the configuration, ids of rules. `tests/contract/` has what was promised.
//!
//! What is new is added with `BLESS=1`. What is promised and gone fails all the same, until the version that the format
//! itself names was raised: then its file is deleted and written anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::{env, fs};

use hullguard::rules;
use serde_json::Value;

use crate::cases::{git, hullguard};
use crate::tokens;

/// Compares lines with a file of promised ones.
fn promised(name: &str, now: &BTreeSet<String>) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contract").join(name);
    let before = fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    let before: BTreeSet<String> = before.lines().map(str::to_owned).collect();
    let gone: Vec<&String> = before.difference(now).collect();
    assert!(gone.is_empty(), "{name}: promised in docs/stability.md, and gone: {gone:#?}");
    if env::var_os("BLESS").is_some() {
        let text: String = now.iter().fold(String::new(), |text, line| text + line + "\n");
        fs::write(&file, text).expect("it can be written");
        return;
    }
    let new: Vec<&String> = now.difference(&before).collect();
    assert!(new.is_empty(), "{name}: not promised yet: {new:#?}\nRead it, then BLESS=1 cargo test contract");
}

/// The fields of a document with their types. Items of lists count together; `null` is a type like any other.
fn shape(value: &Value, path: &str, lines: &mut BTreeSet<String>) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(items) => {
            for item in items {
                shape(item, &format!("{path}[]"), lines);
            }
            "list"
        }
        Value::Object(fields) => {
            for (key, value) in fields {
                shape(value, &format!("{path}.{key}"), lines);
            }
            "object"
        }
    };
    lines.insert(format!("{path}: {kind}"));
}

fn shape_of(text: &str) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    shape(&serde_json::from_str(text).expect("it is JSON"), "", &mut lines);
    lines
}

/// A repository with findings of every form: fixed and not, with other places, suppressed, secrets, of history.
fn repository() -> (tempfile::TempDir, PathBuf) {
    let work = tempfile::tempdir().expect("a folder");
    let folder = work.path().join("repository");
    fs::create_dir_all(folder.join("api")).expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).expect("a file");
    let token = tokens::github(tokens::RANDOM);
    write(
        "api/Dockerfile",
        "# hullguard: ignore=latest-tag mirrored\nFROM node:latest AS a\nMAINTAINER somebody\nFROM node:22 AS a\nCMD node x.js\n",
    );
    write(
        "compose.yaml",
        "services:\n  web:\n    image: nginx\n    privileged: true\n    ports: ['5432:5432']\n",
    );
    write("Dockerfile.template", "FROM %%BASE%%\n");
    write("token.txt", &format!("{token}\n"));
    write(
        ".hullguard-baseline.jsonl",
        "{\"hullguard-baseline\":1,\"profile\":\"default\"}\n{\"path\":\"compose.yaml\",\"rule\":\"host-pid\",\"fingerprint\":\"00112233445566778899aabbccddeeff\"}\n",
    );
    git(&folder, &["init", "-q", "."]);
    git(&folder, &["remote", "add", "origin", "https://github.com/a/b.git"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-q", "-m", "first"]);
    (work, folder)
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    hullguard(folder).args(arguments).output().expect("it starts")
}

fn said(folder: &Path, arguments: &[&str]) -> String {
    String::from_utf8(run(folder, arguments).stdout).expect("it writes UTF-8")
}

#[test]
fn fields_and_their_types_stay() {
    let (_work, folder) = repository();
    let mut json = BTreeSet::new();
    let mut lines = BTreeSet::new();
    let mut sarif = BTreeSet::new();
    for arguments in [
        &["check"][..],
        &["check", "--history"],
        &["check", "missing"],
        &["check", "--config", "compose.yaml"],
    ] {
        let with = |format: &'static str| {
            let mut all = arguments.to_vec();
            all.extend(["--format", format]);
            said(&folder, &all)
        };
        json.extend(shape_of(&with("json")));
        with("jsonl").lines().for_each(|line| lines.extend(shape_of(line)));
        sarif.extend(shape_of(&with("sarif")));
    }
    let full = [&json, &lines].map(|shape| shape.iter().any(|line| line.ends_with(".history.refs: list")));
    assert_eq!(full, [true, true], "{json:#?}");
    promised("json.txt", &json);
    promised("jsonl.txt", &lines);
    promised("sarif.txt", &sarif);
    promised("rules.txt", &shape_of(&said(&folder, &["rules", "--format", "json"])));
    let baseline = said(&folder, &["baseline", "--output", "-"]);
    let mut rows = BTreeSet::new();
    baseline.lines().for_each(|line| rows.extend(shape_of(line)));
    promised("baseline.txt", &rows);
}

#[test]
fn versions_are_those_of_today() {
    let (_work, folder) = repository();
    let value = |arguments: &[&str]| -> Value {
        serde_json::from_str(&said(&folder, arguments)).expect("it is JSON")
    };
    assert_eq!(value(&["check", "--format", "json"])["version"], 1);
    assert_eq!(value(&["rules", "--format", "json"])["version"], 1);
    assert_eq!(value(&["check", "--format", "sarif"])["version"], "2.1.0");
    let baseline = said(&folder, &["baseline", "--output", "-"]);
    assert!(baseline.starts_with("{\"hullguard-baseline\":1,"), "{baseline}");
}

#[test]
fn exit_codes_stay() {
    let (_work, folder) = repository();
    fs::write(folder.join("notes.yaml"), "services:\n  web:\n    image: nginx:1.27\n").expect("a file");
    fs::write(folder.join("good.dockerfile"), "FROM scratch\n").expect("a file");
    fs::write(folder.join("mistake.yaml"), "proflie: strict\n").expect("a file");
    for (code, arguments) in [
        (0, &["check", "good.dockerfile"][..]),
        (0, &["check", "compose.yaml", "--fail-on", "never"]),
        (0, &["check", "notes.yaml", "--fail-on", "error"]),
        (1, &["check", "compose.yaml"]),
        (1, &["compose.yaml"]),
        (1, &["check", "compose.yaml", "--format", "json"]),
        (1, &["check", "compose.yaml", "--rule", "privileged-container", "--fail-on", "error"]),
        (1, &["check", "--history"]),
        (2, &["check", "missing"]),
        (2, &["check", "--config", "mistake.yaml"]),
        (2, &["check", "--no-such-flag"]),
        (2, &["check", "--rule", "no-such-rule"]),
        (0, &["explain", "latest-tag"]),
        (2, &["explain", "no-such-rule"]),
        (0, &["rules"]),
        (0, &["--version"]),
        (0, &["--help"]),
    ] {
        let out = run(&folder, arguments);
        let error = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(code), "{arguments:?}: {error}");
    }
}

#[test]
fn flags_stay() {
    let (_work, folder) = repository();
    let mut flags = BTreeSet::new();
    for command in ["check", "baseline", "graph", "explain", "rules", "completions", "man", "action"] {
        let help = said(&folder, &[command, "--help"]);
        assert!(help.contains("Usage"), "{command}: {help}");
        let words = help.split(|c: char| !(c.is_alphanumeric() || c == '-'));
        let long = words.filter(|word| word.starts_with("--") && word.len() > 2);
        // Examples of other programs' flags are no promise, so only lines that begin with one count.
        let own: BTreeSet<&str> = help
            .lines()
            .filter(|line| line.trim_start().starts_with('-'))
            .flat_map(|line| line.split_whitespace().take(2))
            .map(|word| word.trim_end_matches(','))
            .collect();
        flags.extend(long.filter(|flag| own.contains(flag)).map(|flag| format!("{command} {flag}")));
    }
    promised("flags.txt", &flags);
}

/// Each key that is promised, with a value that it takes.
#[test]
fn keys_of_the_configuration_stay() {
    let work = tempfile::tempdir().expect("a folder");
    let folder = work.path();
    fs::write(folder.join("good.dockerfile"), "FROM scratch\n").expect("a file");
    let text = include_str!("contract/hullguard.yaml");
    fs::write(folder.join("hullguard.yaml"), text).expect("a file");
    fs::write(folder.join("known.jsonl"), "{\"hullguard-baseline\":1,\"profile\":\"default\"}\n")
        .expect("a file");
    fs::write(folder.join("gitleaks.toml"), "title = \"a\"\n").expect("a file");
    let out = run(folder, &["check", "good.dockerfile"]);
    let error = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(0), "{error}");
    assert!(error.is_empty(), "{error}");
}

#[test]
fn ids_of_rules_stay() {
    let promised = include_str!("contract/ids.txt");
    let mut wrong = String::new();
    for id in promised.lines() {
        if rules::find(id).is_none() && rules::by_alias(id).next().is_none() {
            let _ = writeln!(
                wrong,
                "{id}: gone; make it an alias `hullguard/{id}` of the rule that took its place"
            );
        }
    }
    // What a release brought is promised by the next one.
    let released = rules::RULES.iter().filter(|rule| rule.since != env!("CARGO_PKG_VERSION"));
    for rule in released.filter(|rule| !promised.lines().any(|id| id == rule.id)) {
        let _ = writeln!(wrong, "{}: released, and not in tests/contract/ids.txt", rule.id);
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
