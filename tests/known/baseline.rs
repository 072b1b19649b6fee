//! Baselines: what is new, what is gone, and that nothing can be guessed from one.

use std::fs;

use serde_json::Value;

use super::{BASELINE, baseline, drawn, json, open, reasons, repository, run, write};

#[test]
fn an_old_repository_starts_green_and_stays_honest() {
    let work = repository();
    let folder = work.path();
    for number in 0..50 {
        let maintainers = "MAINTAINER a\n".repeat(8);
        write(folder, &format!("s{number}/Dockerfile"), &format!("FROM node:latest\n{maintainers}"));
        let secret = drawn(number);
        write(
            folder,
            &format!("s{number}/app.env"),
            &format!("API_SECRET={secret}\nDB_PASSWORD=Summer{number}!\n"),
        );
    }
    let before = run(folder, &["check"]);
    assert_eq!(before.code, Some(1));
    // Eight notes of one rule in a file are told as one, and each of them is in the list.
    assert!(open(folder, &[]).len() >= 150, "{}", open(folder, &[]).len());
    let made = run(folder, &["baseline"]);
    assert_eq!((made.code, &*made.out), (Some(0), ""), "{}", made.err);
    let text = baseline(folder);
    for number in 0..50 {
        assert!(!text.contains(&drawn(number)) && !text.contains(&format!("Summer{number}!")));
    }
    let rows: Vec<&str> = text.lines().skip(1).collect();
    assert!(rows.len() >= 500 && rows.is_sorted(), "{} rows", rows.len());
    assert_eq!(run(folder, &["check"]).code, Some(0));

    // Edits elsewhere, and where the program is started, change nothing.
    for number in 0..50 {
        let file = format!("s{number}/app.env");
        let old = fs::read_to_string(folder.join(&file)).expect("it is there");
        write(folder, &file, &format!("# new\nA=b\n\n{old}"));
    }
    assert_eq!(run(folder, &["check"]).code, Some(0));
    assert_eq!(run(&folder.join("s7"), &["check"]).code, Some(0));
    assert_eq!(run(folder, &["check", "s7/app.env", "s8"]).code, Some(0));
    assert_eq!(run(folder, &["baseline", "--update"]).code, Some(0));
    assert_eq!(baseline(folder), text);

    write(folder, "s9/new.env", &format!("API_SECRET={}\n", drawn(999)));
    let after = run(folder, &["check"]);
    assert_eq!(after.code, Some(1));
    assert_eq!(open(folder, &[]), ["assigned-secret s9/new.env:1"]);
    assert!(after.out.contains("1 error in "), "{}", after.out);
    assert!(open(folder, &["--no-baseline"]).len() > 150);
}

#[test]
fn a_weak_password_cannot_be_guessed_and_a_strong_one_may_move() {
    let work = repository();
    let folder = work.path();
    let line = "DB_PASSWORD=Summer24!\n";
    write(folder, "a.env", line);
    write(folder, "b.env", line);
    let strong = drawn(3);
    write(folder, "c.env", &format!("API_SECRET={strong}\n"));
    let fingerprints = || -> Vec<String> {
        let report = json(folder, &["--no-baseline"]);
        let findings = report["findings"].as_array().expect("a list");
        findings.iter().map(|f| f["fingerprint"].as_str().expect("a text").to_owned()).collect()
    };
    let before = fingerprints();
    assert_eq!(before.len(), 3);
    assert_ne!(before[0], before[1], "the path is in it");
    // Whoever guesses cannot tell a right guess from a wrong one: the value is not in it. The price: a weak value that is
    // changed for another stays silenced (docs/ignoring.md says so).
    write(folder, "a.env", "DB_PASSWORD=Winter25?\n");
    assert_eq!(fingerprints(), before);

    assert_eq!(run(folder, &["baseline"]).code, Some(0));
    fs::rename(folder.join("c.env"), folder.join("moved.env")).expect("it can be moved");
    assert_eq!(run(folder, &["check"]).code, Some(0), "a secret that only moved is no new one");
    write(folder, "moved.env", &format!("API_SECRET={}\n", drawn(4)));
    assert_eq!(
        open(folder, &[]),
        ["assigned-secret moved.env:1"],
        "a strong secret that changed is a new one"
    );
}

/// Wherever a weak value stands: a fingerprint that changed with it could be used to try guesses.
#[test]
fn no_fingerprint_depends_on_a_weak_value() {
    let mut told = 0;
    for (name, text) in [
        ("app.env", "DB_PASSWORD={}\n"),
        ("app.env", "export DB_PASSWORD='{}' # local\n"),
        ("app.yaml", "db:\n  password: {}\n"),
        ("app.json", "{\"password\": \"{}\", \"a\": 1}\n"),
        ("app.toml", "password = \"{}\"\n"),
        ("app.py", "PASSWORD = \"{}\"\n"),
        ("app.xml", "<add key=\"password\" value=\"{}\"/>\n"),
        ("settings.xml", "<server><password>{}</password></server>\n"),
        ("app.properties", "spring.datasource.password={}\n"),
        ("app.env", "DATABASE_URL=postgres://bob:{}@db.internal:5432/x\n"),
        ("app.cs", "var c = \"Server=db;User Id=bob;Password={};Timeout=3\";\n"),
        ("run.sh", "curl -u bob:{} https://internal.example.org/x\n"),
        ("run.sh", "mysql --password={} -u bob\n"),
        ("run.sh", "docker login -u bob -p {} registry.example.org\n"),
        (".netrc", "machine example.org login bob password {}\n"),
        ("Dockerfile", "FROM alpine:3.22\nENV DB_PASSWORD={}\nUSER app\n"),
        ("Dockerfile", "FROM alpine:3.22\nARG DB_PASSWORD={}\nUSER app\n"),
        ("Dockerfile", "FROM alpine:3.22\nRUN curl -u bob:{} https://internal.example.org/x\nUSER app\n"),
        (
            "compose.yaml",
            "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: {}\n",
        ),
        (
            "compose.yaml",
            "services:\n  db:\n    image: postgres:16\n    environment:\n      - POSTGRES_PASSWORD={}\n",
        ),
        (
            "compose.yaml",
            "services:\n  a:\n    image: a:1\n    environment:\n      A_PASSWORD: ${A_PASSWORD:-{}}\n",
        ),
        ("compose.yaml", "services:\n  a:\n    build:\n      context: .\n      args: {DB_PASSWORD: {}}\n"),
    ] {
        let print = |value: &str| -> Vec<(String, String)> {
            let work = repository();
            write(work.path(), name, &text.replace("{}", value));
            let report = json(work.path(), &["--profile", "strict"]);
            let findings = report["findings"].as_array().expect("a list");
            let text = |value: &Value| value.as_str().expect("a text").to_owned();
            findings.iter().map(|f| (text(&f["rule"]), text(&f["fingerprint"]))).collect()
        };
        let first = print("Summer24!");
        let about_secrets =
            |(rule, _): &(String, String)| rule.contains("password") || rule.contains("secret");
        told += usize::from(first.iter().any(about_secrets));
        for other in ["Winter25!", "hunter2hunter3", "Tr0ub4dor"] {
            assert_eq!(first, print(other), "{name}: {text}{other}");
        }
    }
    assert!(told >= 12, "only {told} of them are found at all");
}

/// A Kubernetes Secret writes base64, which looks drawn by lot and is not.
#[test]
fn an_encoded_weak_value_is_no_better() {
    let print = |value: &str| {
        let work = repository();
        write(work.path(), "app.yaml", &format!("kind: Secret\ndata:\n  password: {value}\n"));
        let report = json(work.path(), &["--profile", "strict"]);
        report["findings"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|f| f["fingerprint"].to_string())
            .collect::<Vec<_>>()
    };
    // "Summer24-Summer24" and "Winter25-Winter25".
    let first = print(&format!("{}{}", "U3VtbWVyMjQt", "U3VtbWVyMjQ="));
    assert_eq!((first.len(), &first), (1, &print(&format!("{}{}", "V2ludGVyMjUt", "V2ludGVyMjU="))));
}

/// A commit is judged by the lists that it holds, whatever lies on disk.
#[test]
fn a_hook_honours_the_lists_of_the_index() {
    let work = tempfile::tempdir().expect("a folder");
    let folder = work.path();
    let git = |arguments: &[&str]| {
        let done = std::process::Command::new("git")
            .args(arguments)
            .current_dir(folder)
            .env_remove("GIT_DIR")
            .env_remove("GIT_INDEX_FILE")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .expect("git is installed");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    git(&["init", "-q", "."]);
    write(folder, "a/old.env", &format!("API_SECRET={}\nDB_PASSWORD=Summer24!\n", drawn(1)));
    write(folder, "b/Dockerfile", "FROM node:latest\nUSER app\n");
    write(folder, ".gitleaksignore", "a/listed.env:generic-api-key:1\n");
    assert_eq!(run(folder, &["baseline"]).code, Some(0));
    write(folder, "a/new.env", &format!("API_SECRET={}\n", drawn(2)));
    write(folder, "a/listed.env", &format!("API_SECRET={}\n", drawn(3)));
    git(&["add", "."]);
    write(folder, BASELINE, "{\"hullguard-baseline\":1,\"profile\":\"default\"}\n");
    write(folder, ".gitleaksignore", "");
    assert_eq!(open(folder, &["--staged"]), ["assigned-secret a/new.env:1"]);
    assert_eq!(open(&folder.join("a"), &["--staged"]), ["assigned-secret new.env:1"]);
    assert!(open(folder, &[]).len() >= 4, "{:?}", open(folder, &[]));
}

#[test]
fn of_equal_lines_one_more_is_new() {
    let work = repository();
    let folder = work.path();
    write(folder, "Dockerfile", "FROM alpine:3.22\nMAINTAINER a\nMAINTAINER a\n");
    let rule = ["--rule", "maintainer-deprecated"];
    assert_eq!(run(folder, &["baseline", "--rule", "maintainer-deprecated"]).code, Some(0));
    assert!(open(folder, &rule).is_empty());
    write(folder, "Dockerfile", "FROM alpine:3.22\nMAINTAINER a\nMAINTAINER a\nMAINTAINER a\n");
    assert_eq!(open(folder, &rule).len(), 1);
    write(folder, "Dockerfile", "FROM alpine:3.22\nMAINTAINER a\n");
    assert!(open(folder, &rule).is_empty());
    assert_eq!(json(folder, &rule)["unused"].as_array().map(Vec::len), Some(1));
}

#[test]
fn reasons_and_days_stay_and_what_is_gone_goes() {
    let work = repository();
    let folder = work.path();
    write(folder, "a/Dockerfile", "FROM node:latest\n");
    write(folder, "b/Dockerfile", "FROM node:latest\n");
    let rule = ["check", "--rule", "latest-tag"];
    assert_eq!(run(folder, &["baseline", "--rule", "latest-tag"]).code, Some(0));
    let with = |path: &str, more: &str| {
        let line = |l: &str| l.contains(&format!("\"{path}\"")).then(|| l.replace('}', &format!("{more}}}")));
        let lines: Vec<String> =
            baseline(folder).lines().map(|l| line(l).unwrap_or_else(|| l.to_owned())).collect();
        let text = lines.join("\n") + "\n";
        write(folder, BASELINE, &text);
    };
    with("a/Dockerfile", ",\"reason\":\"rebuilt every night\",\"expires\":\"2999-12-31\"");
    with("b/Dockerfile", ",\"expires\":\"2001-02-03\"");
    assert_eq!(reasons(folder, &["--rule", "latest-tag"]), ["rebuilt every night"]);
    let done = run(folder, &rule);
    assert_eq!(done.code, Some(1));
    assert!(done.out.contains("b/Dockerfile:1") && !done.out.contains("a/Dockerfile"), "{}", done.out);
    assert_eq!(
        done.err,
        "hullguard: warning: .hullguard-baseline.jsonl:3: `latest-tag` in b/Dockerfile expired on 2001-02-03 and has no effect\n"
    );
    let text = baseline(folder);
    assert_eq!(run(folder, &["baseline", "--update"]).code, Some(0));
    assert_eq!(baseline(folder), text, "an update keeps reasons and days, those that have passed, too");

    // Without --update nothing is overwritten.
    assert_eq!(run(folder, &["baseline"]).code, Some(2));
    fs::remove_dir_all(folder.join("b")).expect("it can be removed");
    write(folder, "a/Dockerfile", "FROM node:22\n");
    write(folder, "c/Dockerfile", "FROM node:latest\n");
    let unused = |arguments: &[&str]| -> Vec<String> {
        let report = json(folder, arguments);
        let unused = report["unused"].as_array().expect("a list").clone();
        unused.iter().map(|entry| entry["path"].as_str().expect("a text").to_owned()).collect()
    };
    assert_eq!(unused(&[]), ["a/Dockerfile", "b/Dockerfile"]);
    assert_eq!(unused(&["a"]), ["a/Dockerfile"], "what was not looked at is not judged");
    assert!(unused(&["c"]).is_empty() && unused(&["--rule", "missing-user"]).is_empty());
    assert!(
        run(folder, &rule)
            .err
            .contains("2 entries match no finding any more (`latest-tag` in a/Dockerfile, ")
    );
    assert_eq!(run(folder, &["baseline", "--update", "--rule", "latest-tag", "c"]).code, Some(0));
    assert_eq!(baseline(folder).lines().count(), 4, "entries of what was not looked at stay");
    fs::copy(folder.join(BASELINE), folder.join("other.jsonl")).expect("it can be copied");
    for output in [&[][..], &["--output", "other.jsonl"]] {
        let update = [&["baseline", "--update", "--rule", "latest-tag"], output].concat();
        assert_eq!(run(folder, &update).code, Some(0));
    }
    assert_eq!(baseline(folder).lines().count(), 2);
    assert_eq!(fs::read_to_string(folder.join("other.jsonl")).expect("it is there"), baseline(folder));
}

#[test]
fn a_baseline_may_be_named_and_must_be_one() {
    let work = repository();
    let folder = work.path();
    write(folder, "Dockerfile", "FROM node:latest\n");
    write(folder, ".github/hullguard.yaml", "baseline: ci/known.jsonl\nrules: {missing-user: off}\n");
    assert_eq!(run(folder, &["check"]).code, Some(2), "one that is named must be there");
    assert_eq!(run(folder, &["baseline"]).code, Some(2), "the folder is not there");
    fs::create_dir(folder.join("ci")).expect("a folder");
    let made = run(folder, &["baseline"]);
    assert!(made.err.contains("ci/known.jsonl lists 1 finding"), "{}", made.err);
    assert_eq!(run(folder, &["check"]).code, Some(0));
    assert_eq!(run(folder, &["check", "--no-baseline"]).code, Some(1));
    let to_stdout = run(folder, &["baseline", "--output", "-"]);
    assert_eq!(to_stdout.out, fs::read_to_string(folder.join("ci/known.jsonl")).expect("it is there"));
    write(folder, "bad", "{\"hullguard-baseline\":1,\"profile\":\"default\"}\n<<<<<<< ours\n");
    let bad = run(folder, &["check", "--baseline", "bad"]);
    assert_eq!((bad.code, bad.err.contains("bad:2: merge conflict markers")), (Some(2), true), "{}", bad.err);
}
