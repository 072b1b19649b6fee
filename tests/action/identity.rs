//! A finding is known by the secret it is about, not by what is shown of it: whatever a pull request does around a secret,
//! another value is new and the same value is not.

use super::events::{branched, pull_request};
use super::runner::{GOOD, Told};
use crate::tokens;

/// A token of its own for each number.
fn token(n: u8) -> String {
    let digits = tokens::RANDOM.chars().cycle().skip(usize::from(n));
    tokens::github(&digits.take(tokens::RANDOM.len()).collect::<String>())
}

fn password(n: u8) -> String {
    format!("Tr{n}ub4dor&{n}x")
}

fn compared(before: &[(&str, &str)], after: &[(&str, &str)]) -> Told {
    let (server, base, head) = branched(before, after);
    pull_request(&server.checkout(&[]), &base, &head)
}

#[track_caller]
fn new(before: &[(&str, &str)], after: &[(&str, &str)]) {
    let told = compared(before, after);
    assert_eq!((told.code, told.output("conclusion").as_str()), (1, "failure"), "{}\n{}", told.out, told.err);
}

#[track_caller]
fn known(before: &[(&str, &str)], after: &[(&str, &str)]) {
    let told = compared(before, after);
    assert_eq!((told.code, told.output("new").as_str()), (0, "0"), "{}\n{}", told.out, told.err);
}

/// Padding that makes git call a file renamed though a line of it is another.
fn file(line: &str) -> String {
    let more = (0..40).map(|n| format!("SETTING_{n}=on\n")).collect::<Vec<_>>().concat();
    format!("{more}{line}\n")
}

#[test]
fn a_renamed_file_hides_no_other_secret() {
    for (old, other) in [
        (format!("API_TOKEN={}", token(1)), format!("API_TOKEN={}", token(2))),
        (format!("DB_PASSWORD={}", password(1)), format!("DB_PASSWORD={}", password(2))),
        (
            format!("u=postgres://app:{}@db.acme.dev/x", password(1)),
            format!("u=postgres://app:{}@db.acme.dev/x", password(2)),
        ),
    ] {
        let (old, other) = (file(&old), file(&other));
        new(&[("a.env", &old)], &[("a.env", ""), ("b.env", &other)]);
        known(&[("a.env", &old)], &[("a.env", ""), ("b.env", &old)]);
    }
}

#[test]
fn another_value_in_the_same_place_is_new() {
    for (old, other) in [
        (format!("API_TOKEN={}", token(1)), format!("API_TOKEN={}", token(2))),
        (format!("DB_PASSWORD={}", password(1)), format!("DB_PASSWORD={}", password(2))),
        (
            format!("curl -u bob:{} x.acme.dev", password(1)),
            format!("curl -u bob:{} x.acme.dev", password(2)),
        ),
    ] {
        new(&[("run.sh", &file(&old))], &[("run.sh", &file(&other))]);
        known(&[("run.sh", &file(&old))], &[("run.sh", &format!("# more\n{}", file(&old)))]);
    }
}

/// Rules that know documents tell of secrets, too, and show no more of them.
#[test]
fn another_value_in_a_document_is_new() {
    let compose = |value: &str| {
        format!("services:\n  db:\n    image: postgres:16.4\n    environment:\n      {value}\n")
    };
    let value = |n| format!("POSTGRES_PASSWORD: {}", password(n));
    new(&[("compose.yaml", &compose(&value(1)))], &[("compose.yaml", &compose(&value(2)))]);
    known(
        &[("compose.yaml", &compose(&value(1)))],
        &[("compose.yaml", &compose(&format!("A: b\n      {}", value(1))))],
    );
    let below = |n| format!("POSTGRES_PASSWORD:\n        {}", password(n));
    new(&[("compose.yaml", &compose(&below(1)))], &[("compose.yaml", &compose(&below(2)))]);
    let env = |n| GOOD.replace("USER app", &format!("ENV DB_PASSWORD={}\nUSER app", password(n)));
    new(&[("Dockerfile", &env(1))], &[("Dockerfile", &env(2))]);
    new(&[("Dockerfile", &env(1))], &[("Dockerfile", ""), ("api/Dockerfile", &env(2))]);
    known(&[("Dockerfile", &env(1))], &[("Dockerfile", ""), ("api/Dockerfile", &env(1))]);
    let below = |n| GOOD.replace("USER app", &format!("ENV DB_PASSWORD=\\\n  {}\nUSER app", password(n)));
    new(&[("Dockerfile", &below(1))], &[("Dockerfile", &below(2))]);
}

#[test]
fn what_moves_is_known_and_what_is_copied_is_new() {
    let line = format!("DB_PASSWORD={}\n", password(1));
    let both = [("a.env", "X=1\n"), ("b.env", &*line)];
    known(&[("a.env", &line), ("b.env", "X=1\n")], &both);
    known(&[("a.env", &format!("{line}X=1\n"))], &[("a.env", &format!("X=1\nY=2\n{line}"))]);
    new(&[("a.env", &line), ("b.env", "X=1\n")], &[("b.env", &line)]);
    new(&[("a.env", &line)], &[("a.env", &format!("X=1\n{line}")), ("b.env", &line)]);
    let other = format!("DB_PASSWORD={}\n", password(2));
    new(&[("a.env", &line)], &[("b.env", &other)]);
    // What counts for nothing in a test may count elsewhere; moved there it is looked at anew.
    let token = format!("x = {}\n", token(1));
    new(&[("a.env", &token), ("b.env", "X=1\n")], &[("0.env", &token), ("a.env", &format!("X=1\n{token}"))]);
}

/// A list of known findings says where a password stands, and not which.
#[test]
fn a_list_of_known_findings_covers_no_other_value() {
    let line = |n| format!("DB_PASSWORD={}\n", password(n));
    let (server, ..) = branched(&[("a.env", &line(1))], &[("notes", "x\n")]);
    let made = std::process::Command::new(env!("CARGO_BIN_EXE_hullguard"))
        .arg("baseline")
        .current_dir(server.path())
        .output()
        .expect("it runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let list =
        std::fs::read_to_string(server.path().join(".hullguard-baseline.jsonl")).expect("it was written");
    let lists = [(".hullguard-baseline.jsonl", &*list), (".gitleaksignore", "a.env:generic-api-key:1\n")];
    for list in lists {
        let before = [("a.env", &*line(1)), list];
        new(&before, &[("a.env", &line(2))]);
        let token = format!("TOKEN={}\n", token(2));
        new(&before, &[("a.env", &token)]);
        known(&before, &[("a.env", &format!("{}# more\n", line(1)))]);
    }
}

/// A password that came and went in the place where another stands now.
#[test]
fn a_value_that_went_again_is_told_beside_the_one_that_stands() {
    let line = |n| format!("DB_PASSWORD={}\n", password(n));
    let (server, base, _) = branched(&[("Dockerfile", GOOD)], &[("a.env", &line(1))]);
    server.git(&["checkout", "-q", "topic"]);
    let head = server.commit(&[("a.env", &line(2))]);
    let told = pull_request(&server.checkout(&[]), &base, &head);
    assert_eq!((told.code, told.output("secrets").as_str()), (1, "2"), "{}", told.out);
}

#[test]
fn a_token_in_a_dockerfile_is_told_once() {
    for line in [
        format!("ENV API_TOKEN={}", token(1)),
        format!("ARG API_TOKEN={}", token(1)),
        format!("ENV DB_PASSWORD={}", password(1)),
    ] {
        let text = GOOD.replace("USER app", &format!("{line}\nUSER app"));
        let (server, base, head) = branched(&[("Dockerfile", GOOD)], &[("Dockerfile", &text)]);
        let told = pull_request(&server.checkout(&[]), &base, &head);
        assert_eq!((told.code, told.rules().len()), (1, 1), "{line}: {}", told.out);
        let sweep = server.checkout(&["-b", "topic"]).run(
            "schedule",
            &head,
            super::events::MAIN,
            &serde_json::json!({"schedule": "0 3 * * *"}),
        );
        assert_eq!((sweep.code, sweep.rules().len()), (1, 1), "{line}: {}", sweep.out);
    }
}
