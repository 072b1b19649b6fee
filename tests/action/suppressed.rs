//! What a change silences is counted and shown, and can be made to count.

use serde_json::{Value, json};

use super::events::{MAIN, branched, pull, pull_request};
use super::runner::{GOOD, NONE, Server, Told};
use crate::github::server::Server as GitHub;
use crate::tokens;

fn token() -> String {
    tokens::github(tokens::RANDOM)
}

/// In the log, and in the summary.
#[track_caller]
fn says(told: &Told, count: &str) {
    for text in [&told.err, &told.summary] {
        assert!(text.contains(&format!("{count} suppressed by this change")), "{text}");
    }
    assert!(told.out.contains("suppressed"), "{}", told.out);
    assert!(!format!("{}{}{}", told.out, told.err, told.summary).contains(&token()));
}

#[test]
fn a_comment_of_any_dialect_is_counted() {
    let key = token();
    for text in [
        format!("x = {key} # gitleaks:allow\n"),
        format!("x = {key} # pragma: allowlist secret\n"),
        format!("x = {key} # betterleaks:allow\n"),
        format!("# hullguard: ignore=all a sample\nx = {key}\n"),
        format!("# hullguard: ignore-file=all a sample\n\nx = {key}\n"),
    ] {
        let (server, base, head) = branched(&[("Dockerfile", GOOD)], &[("a.env", &text)]);
        let told = pull_request(&server.checkout(&[]), &base, &head);
        if told.code == 1 && text.contains("betterleaks") {
            continue; // a dialect that is not known silences nothing
        }
        assert_eq!((told.code, told.output("suppressed").as_str()), (0, "1"), "{text}: {}", told.out);
        says(&told, "1 finding");
        let counting = server.checkout(&[]).with("INPUT_COUNT_SUPPRESSED", "true");
        let told = pull_request(&counting, &base, &head);
        assert_eq!((told.code, told.output("secrets").as_str()), (1, "1"), "{text}: {}", told.out);
        assert!(told.out.contains("a comment suppresses it"), "{}", told.out);
    }
}

#[test]
fn one_that_went_again_is_counted() {
    let text = format!("x = {} # gitleaks:allow\n", token());
    let (server, base, _) = branched(&[("Dockerfile", GOOD)], &[("a.env", &text)]);
    server.git(&["checkout", "-q", "topic"]);
    let head = server.commit(&[("a.env", "x = 1\n")]);
    let told = pull_request(&server.checkout(&[]), &base, &head);
    assert_eq!((told.code, told.output("suppressed").as_str()), (0, "1"), "{}", told.out);
    says(&told, "1 finding");
}

#[test]
fn what_was_silent_before_is_not_counted() {
    let text = format!("x = {} # gitleaks:allow\n", token());
    let (server, base, head) = branched(&[("a.env", &text)], &[("a.env", &format!("y = 1\n{text}"))]);
    let told = pull_request(&server.checkout(&[]).with("INPUT_COUNT_SUPPRESSED", "true"), &base, &head);
    assert_eq!((told.code, told.output("suppressed").as_str()), (0, "0"), "{}", told.out);
    assert!(!told.summary.contains("suppressed by this change"), "{}", told.summary);
}

/// Lists and settings of a pull request hold for nobody; those of a push do, and are counted.
#[test]
fn entries_of_lists_and_settings_are_counted() {
    let key = format!("x = {}\n", token());
    for (name, text) in [
        (".gitleaksignore", "a.env:github-pat:1\n"),
        ("hullguard.yaml", "ignore:\n- {path: a.env, reason: ours}\n"),
        ("hullguard.yaml", "rules:\n  github-personal-access-token: off\n"),
        (".gitleaks.toml", "[[allowlists]]\npaths = ['''a\\.env''']\n"),
    ] {
        let (server, base, head) = branched(&[("Dockerfile", GOOD)], &[("a.env", &key), (name, text)]);
        let told = pull_request(&server.checkout(&[]), &base, &head);
        assert_eq!((told.code, told.output("suppressed").as_str()), (1, "0"), "{name}: {}", told.out);
        let theirs = server.checkout(&[]).with("INPUT_CONFIG_FROM", "head");
        let told = pull_request(&theirs, &base, &head);
        if told.code == 1 {
            assert!(text.contains("github-personal-access-token"), "{name}: {}\n{}", told.out, told.err);
            continue; // the rule has another name
        }
        assert_eq!(
            (told.code, told.output("suppressed").as_str()),
            (0, "1"),
            "{name}: {}\n{}",
            told.out,
            told.err
        );
        says(&told, "1 finding");
        let counting =
            server.checkout(&[]).with("INPUT_CONFIG_FROM", "head").with("INPUT_COUNT_SUPPRESSED", "true");
        let told = pull_request(&counting, &base, &head);
        assert_eq!(told.code, 1, "{name}: {}", told.out);
    }
}

#[test]
fn a_review_shows_it() {
    let text = format!("x = {} # gitleaks:allow\n", token());
    let (server, base, head) = branched(&[("Dockerfile", GOOD)], &[("a.env", &text)]);
    let none = || (200, "content-type: application/json\r\n", "[]".to_owned());
    let github = GitHub::start([none(), none()]);
    let job = server
        .checkout(&[])
        .with("INPUT_REPORT", "review")
        .with("INPUT_TOKEN", &format!("ghs_{}", "1a2B3c4D".repeat(5)))
        .with("GITHUB_API_URL", &github.url);
    let told = job.run("pull_request", NONE, "refs/pull/7/merge", &pull(&base, &head));
    assert_eq!(told.code, 0, "{}\n{}", told.out, told.err);
    let asked = github.asked();
    let review = asked.iter().find(|asked| asked.line.starts_with("POST")).expect("a review was made");
    let body: Value = serde_json::from_str(&review.body).expect("it is JSON");
    let body = body["body"].as_str().expect("it has a body");
    assert!(
        body.contains("**1 finding suppressed by this change:**") && body.contains("`a.env:1`"),
        "{body}"
    );
    assert!(!body.contains(&token()));
}

#[test]
fn the_human_report_counts_what_is_silent() {
    let server = Server::new();
    let head = server.commit(&[("a.env", &format!("x = {} # gitleaks:allow\n", token()))]);
    let out = std::process::Command::new(env!("CARGO_BIN_EXE_hullguard"))
        .current_dir(server.path())
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&out.stdout);
    assert!(text.contains("; 1 suppressed\n"), "{text}");
    // A sweep has nothing to compare with, so all of it is told.
    let told = server.checkout(&[]).run("schedule", &head, MAIN, &json!({"schedule": "0 3 * * *"}));
    assert!(told.out.contains("suppressed"), "{}", told.out);
}
