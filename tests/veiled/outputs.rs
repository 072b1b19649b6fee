//! Every output, over all shapes at once.

use std::fs;
use std::path::Path;
use std::process::Output;

use super::{FORMATS, Planted, value, write};
use crate::cases::{git, hullguard};

fn run(folder: &Path, args: &str, github: bool) -> Output {
    let mut command = hullguard(folder);
    if github {
        command.env("GITHUB_ACTIONS", "true");
    }
    command.args(args.split_whitespace()).output().expect("the program starts")
}

#[test]
fn no_output_holds_a_value() {
    let planted = Planted::new();
    let folder = planted.folder.path();
    assert!(super::shapes::all().len() >= 60);
    git(folder, &["init", "-q"]);
    git(folder, &["add", "-A"]);
    let mut wrong = Vec::new();
    let mut outputs = 0;
    let mut look = |name: &str, output: &[u8]| {
        outputs += 1;
        for (value, path) in planted.leaks(output) {
            let text = String::from_utf8_lossy(output);
            let line = text.lines().find(|line| line.contains(value)).unwrap_or_default();
            wrong.push(format!("{name}: {path}: {line}"));
        }
    };
    let mut check = |args: &str, github: bool, least: usize| {
        let done = run(folder, args, github);
        assert!(
            done.status.code().is_some_and(|code| code < 2),
            "{args}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
        assert!(done.stdout.len() >= least, "{args} says too little to prove anything");
        look(args, &done.stdout);
        look(args, &done.stderr);
    };
    for format in FORMATS {
        check(&format!("check --format {format} --summary-limit 900000"), false, 4000);
        check(
            &format!("check --format {format} --profile strict --show-suppressed --no-inline-ignore"),
            true,
            4000,
        );
    }
    check("check --color always --profile style", false, 4000);
    check("check --diff", false, 4000);
    check("check --diff", true, 4000);
    check("check --fix-unsafe --diff --profile strict", false, 4000);
    check("check --staged --profile strict", false, 4000);
    for format in ["text", "mermaid", "dot"] {
        check(&format!("graph --format {format}"), false, 1000);
    }
    check("baseline --output -", false, 1000);
    git(folder, &["commit", "-q", "-m", "a"]);
    for args in ["check --history", "check --history --format json", "check --commits HEAD --format sarif"] {
        check(args, false, 400);
    }
    // What a fix says, and what an error quotes: the whole of a configuration that is none.
    if let Some((value, path)) = planted.values.first() {
        let config = format!(
            "profile: strict\npassword: {value}\nignore:\n- rule: x\n  reason: |\n    password\n  secret:\n    {value}\n"
        );
        write(folder, "hullguard.yaml", &config);
        let done = run(folder, "check --format json", false);
        assert_eq!(done.status.code(), Some(2), "{path}");
        look("configuration", &done.stdout);
        look("configuration", &done.stderr);
    }
    fs::remove_file(folder.join("hullguard.yaml")).expect("it is there");
    let done = run(folder, "check --fix", false);
    look("fix", &done.stdout);
    look("fix", &done.stderr);
    assert!(outputs >= 24 * 2);
    assert!(wrong.is_empty(), "{} of {} values\n{}", wrong.len(), planted.values.len(), wrong.join("\n"));
}

#[test]
fn no_name_and_no_other_file_holds_a_value() {
    let work = tempfile::tempdir().expect("the test's own ground holds");
    let folder = work.path();
    // One that was thought up, and one that only its name makes a secret.
    let (found, named) = (value(1), value(2));
    let git = |args: &[&str]| git(folder, args);
    git(&["init", "-q"]);
    write(folder, "settings.env", &format!("DB_PASSWORD={found}\n"));
    write(folder, &format!("dump-{found}/Dockerfile"), "FROM debian:latest\nRUN sudo a\n");
    write(folder, &format!("DB_PASSWORD={named}/Dockerfile"), "FROM debian:latest\n");
    write(folder, "Dockerfile", &format!("FROM debian:latest\nRUN sudo useradd {found}\n"));
    write(folder, ".gitleaksignore", &format!("PASSWORD={named}:a:1\n"));
    git(&["add", "-A"]);
    git(&["-c", &format!("user.name={found}"), "commit", "-qm", "a"]);
    git(&["tag", &format!("PASSWORD={named}")]);
    git(&["branch", &found]);
    let mut runs: Vec<String> = FORMATS.iter().map(|format| format!("check --format {format}")).collect();
    runs.extend(FORMATS.iter().map(|format| format!("check --history --format {format}")));
    runs.extend(["check --diff", "check --verbose", "baseline -o -"].map(str::to_owned));
    for args in runs {
        let done = run(folder, &args, false);
        let said = [done.stdout, done.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(said.len() > 40, "{args} says too little to prove anything");
        for value in [&found, &named] {
            let line = said.lines().find(|line| line.contains(value.as_str()));
            assert_eq!(line, None, "{args}");
        }
    }
}

#[test]
fn a_user_and_a_plain_password_are_hidden_beside_each_other() {
    let work = tempfile::tempdir().expect("the test's own ground holds");
    let folder = work.path();
    git(folder, &["init", "-q"]);
    write(folder, "a", "a");
    git(folder, &["add", "-A"]);
    // A word of letters alone may mean something else elsewhere.
    let value = "qwzkvbnml";
    let message = format!("log in as admin:{value}, or https://admin:{value}@db.acme.io, admin / {value}");
    git(folder, &["commit", "-qm", &message]);
    for format in FORMATS {
        let done = run(folder, &format!("check --history --profile strict --format {format}"), false);
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(said.contains("url-credentials") && !said.contains(value), "{format}: {said}");
    }
}
