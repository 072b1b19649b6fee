//! Every call against GitHub's own description of its API, and every way to fail. The description and the program
//! that holds us to it come from npm, so these tests say so and do nothing where they are not installed.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock};

use hullguard::github::{Delivery, Gate, Plan, Reporter, deliver};
use hullguard::outcome::Outcome;
use hullguard::rule::Severity;
use serde_json::{Value, json};

use super::{diff, finding, outcome, plan, story, target, token, unread};

/// What GitHub says to a token that may only read.
const READ_ONLY: &str = "Resource not accessible by integration";

pub(super) struct Rig {
    address: String,
    /// The program ends when its standard input does, which is when this process ends.
    _node: Child,
}

/// The one that all tests use, one after the other; `None` where it cannot be had.
#[expect(clippy::print_stderr, reason = "whoever runs the tests shall know that these did nothing")]
pub(super) fn rig() -> Option<MutexGuard<'static, Rig>> {
    static RIG: OnceLock<Option<Mutex<Rig>>> = OnceLock::new();
    let started = RIG.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("github");
        if !folder.join("node_modules/@stoplight/prism-cli").exists() {
            eprintln!("skipped: .ci/run installs what is missing in {}", folder.display());
            return None;
        }
        if Command::new("node").arg("--version").output().is_err() {
            eprintln!("skipped: there is no node here");
            return None;
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/github/api.mjs");
        let mut node = Command::new("node")
            .arg(script)
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node starts");
        let mut address = String::new();
        let out = node.stdout.take().expect("it is piped");
        BufReader::new(out).read_line(&mut address).expect("it tells its address");
        Some(Mutex::new(Rig { address: address.trim().to_owned(), _node: node }))
    });
    // What a failed test has left behind is swept away below.
    let rig = started.as_ref()?.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    rig.force(&json!([]));
    rig.log();
    Some(rig)
}

impl Rig {
    /// Answers these instead, in this order of precedence, until the next call.
    fn force(&self, rules: &Value) {
        self.control("PUT", "/_force", &rules.to_string());
    }
    fn log(&self) -> Vec<Value> {
        let log: Vec<Value> = serde_json::from_str(&self.control("GET", "/_log", "")).expect("a list");
        for entry in &log {
            assert!(!entry.to_string().contains(&token()), "the token stands outside of its header");
        }
        log
    }
    fn control(&self, method: &str, path: &str, body: &str) -> String {
        let host = self.address.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).expect("it listens");
        let head = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
        write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()
    }
    /// Delivers; every call must have been valid, and everybody must have heard of everything.
    pub(super) fn deliver(&self, outcome: &Outcome, plan: &Plan) -> (Delivery, Vec<Value>) {
        let delivery = deliver(&target(&self.address), outcome, plan);
        let log = self.log();
        let invalid: Vec<&Value> = log.iter().filter(|entry| entry["wrong"] != json!([])).collect();
        assert!(invalid.is_empty(), "{invalid:#?}");
        let told = delivery.told.as_ref().expect("somebody was told");
        let whole = plan.whole.filter(|_| told.reporter == Reporter::Sarif).unwrap_or(outcome);
        assert_eq!(told.findings, whole.findings.len());
        assert!(!format!("{delivery:?}").contains(&token()));
        (delivery, log)
    }
}

/// The bodies of what was sent so.
pub(super) fn sent<'l>(log: &'l [Value], method: &str, path: &str) -> Vec<&'l Value> {
    let wanted = |entry: &&Value| {
        entry["method"] == method && entry["path"].as_str().is_some_and(|p| p.ends_with(path))
    };
    log.iter().filter(wanted).map(|entry| &entry["body"]).collect()
}

pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

#[test]
fn sarif_is_uploaded_and_waited_for() {
    let Some(rig) = rig() else { return };
    let sarifs = "/code-scanning/sarifs/47177e22-5596-11eb-80a1-c1e54ef945c6";
    let status = |status: &str, times: u32| {
        json!({ "method": "GET", "path": sarifs, "status": 200, "times": times,
            "body": { "processing_status": status, "errors": ["an invalid URI ##[error]"] } })
    };
    rig.force(&json!([status("pending", 1), status("complete", 1), status("failed", 1)]));
    let mut plan = plan(&[Reporter::Sarif]);
    plan.category = "api/lint".to_owned();
    plan.patience = std::time::Duration::from_secs(10);
    // Nothing found is uploaded too, so that alerts close.
    let (delivery, log) = rig.deliver(&outcome(3), &plan);
    let told = delivery.told.expect("GitHub was told");
    assert_eq!(told.sarif_id.as_deref(), Some("47177e22-5596-11eb-80a1-c1e54ef945c6"));
    assert_eq!(
        told.url.as_deref(),
        Some("https://github.example/octo/hull/security/code-scanning?query=pr%3A7")
    );
    assert!(told.words.is_empty(), "{:?}", told.words);
    let [body] = sent(&log, "POST", "/sarifs")[..] else { panic!("{log:?}") };
    assert_eq!((&body["commit_sha"], &body["ref"]), (&json!(super::SHA), &json!("refs/pull/7/head")));
    let run = &body["sarif"]["runs"][0];
    assert_eq!((list(&run["results"]).len(), &run["automationDetails"]["id"]), (3, &json!("api/lint/")));
    assert_eq!(sent(&log, "GET", sarifs).len(), 2);

    let (delivery, log) = rig.deliver(&outcome(0), &plan);
    let why = &delivery.fell[0].why;
    assert!(why.contains("GitHub could not read the report: an invalid URI #\u{200b}#[error]"), "{why}");
    assert_eq!(sent(&log, "POST", "/sarifs")[0]["sarif"]["runs"][0]["results"], json!([]));

    let mut partly = outcome(2);
    partly.failed.push(unread("x/Dockerfile"));
    let (delivery, log) = rig.deliver(&partly, &plan);
    assert!(log.is_empty() && delivery.fell[0].why.contains("would close the alerts"), "{delivery:?}");
}

#[test]
fn code_scanning_is_told_what_was_known_and_the_others_what_is_new() {
    let Some(rig) = rig() else { return };
    let whole = outcome(5);
    let mut plan = plan(&[Reporter::Sarif, Reporter::Check]);
    plan.whole = Some(&whole);
    let (_, log) = rig.deliver(&outcome(1), &plan);
    assert_eq!(list(&sent(&log, "POST", "/sarifs")[0]["sarif"]["runs"][0]["results"]).len(), 5);
    rig.force(&json!([{ "method": "POST", "path": "/sarifs", "status": 403, "body": { "message": "no" } }]));
    let (delivery, _) = rig.deliver(&outcome(1), &plan);
    let told = delivery.told.expect("GitHub was told");
    assert_eq!((told.reporter, told.findings), (Reporter::Check, 1));
}

#[test]
fn large_reports_say_what_is_not_shown() {
    let Some(rig) = rig() else { return };
    for (count, held, words) in [
        (5_001, 5_001, &["GitHub shows the 5000 most severe of 5001 findings"][..]),
        (
            25_001,
            25_000,
            &[
                "the 25000 most severe of 25001 findings were uploaded",
                "GitHub shows the 5000 most severe of 25000",
            ],
        ),
    ] {
        let (delivery, log) = rig.deliver(&outcome(count), &plan(&[Reporter::Sarif]));
        let results = list(&sent(&log, "POST", "/sarifs")[0]["sarif"]["runs"][0]["results"]);
        assert_eq!(results.len(), held);
        assert_eq!(results[0]["level"], "error", "the severest comes first");
        let said = delivery.told.expect("GitHub was told").words;
        assert!(said.iter().zip(words).all(|(said, word)| said.starts_with(word)), "{said:?}");
        assert_eq!(said.len(), words.len());
    }
}

#[test]
fn a_check_run_takes_fifty_annotations_at_a_time() {
    let Some(rig) = rig() else { return };
    for (count, batches) in
        [(0, vec![0]), (1, vec![1]), (50, vec![50]), (51, vec![50, 1]), (120, vec![50, 50, 20])]
    {
        let (delivery, log) = rig.deliver(&outcome(count), &plan(&[Reporter::Check]));
        assert_eq!(story(&delivery), (vec![], Some(Reporter::Check)));
        let size = |entry: &Value| list(&entry["body"]["output"]["annotations"]).len();
        assert_eq!(log.iter().map(size).collect::<Vec<_>>(), batches);
        assert!(log.iter().skip(1).all(|entry| entry["method"] == "PATCH"));
        let made = &log[0]["body"];
        assert_eq!((&made["conclusion"], &made["head_sha"]), (&json!("failure"), &json!(super::SHA)));
        if count > 0 {
            let first = &made["output"]["annotations"][0];
            assert_eq!(
                (&first["annotation_level"], &first["title"]),
                (&json!("failure"), &json!("add-instead-of-copy"))
            );
        }
    }
    let mut plan = plan(&[Reporter::Check]);
    plan.gate = Gate::Passed;
    plan.category = "api".to_owned();
    // More than anybody reads, and files that are not in the repository.
    let mut many = outcome(1_010);
    for n in 0..3_000 {
        many.findings.push(finding(&format!("../{n}/<img src=x>"), 1, Severity::Error, "`x` @octocat"));
    }
    many.failed.push(unread("</details>"));
    let (delivery, log) = rig.deliver(&many, &plan);
    assert_eq!(log.len(), 20);
    let made = &log[0]["body"];
    assert_eq!((&made["conclusion"], &made["name"]), (&json!("success"), &json!("hullguard (api)")));
    let summary = made["output"]["summary"].as_str().expect("a text");
    assert!(summary.contains("Not everything was checked") && summary.contains("`</details>`"), "{summary}");
    let items = summary.matches("\n- **").count();
    assert!(items > 300 && summary.contains(&format!("and {} more", 3_010 - items)), "{items}");
    assert_eq!(delivery.told.expect("GitHub was told").words, ["1000 of 4010 findings are annotations"]);
}

/// The files of a pull request that adds lines 1 to 40 of a file, on the second page.
fn files() -> Value {
    let filler = |n: u32| json!({ "filename": format!("f{n}"), "patch": "@@ -1 +1 @@\n-a\n+b" });
    let files: Vec<Value> = (0..100).map(filler).collect();
    let last = json!([{ "filename": "d0/Dockerfile", "patch": "@@ -0,0 +1,40 @@\n+ADD a b" }, { "filename": "huge" }]);
    let page = |page: u32, body: &Value| json!({ "method": "GET", "path": format!("/files?per_page=100&page={page}"), "status": 200, "body": body });
    json!([page(1, &json!(files)), page(2, &last)])
}

#[test]
fn a_review_is_one_request_and_never_repeats_itself() {
    let Some(rig) = rig() else { return };
    let mut plan = plan(&[Reporter::Review]);
    plan.max_comments = 10;
    rig.force(&files());
    let first = outcome(60);
    let (delivery, log) = rig.deliver(&first, &plan);
    assert_eq!(story(&delivery), (vec![], Some(Reporter::Review)));
    let [review] = sent(&log, "POST", "/reviews")[..] else { panic!("{log:?}") };
    assert_eq!((&review["event"], &review["commit_id"]), (&json!("COMMENT"), &json!(super::SHA)));
    let comments = list(&review["comments"]);
    assert_eq!(comments.len(), 10);
    for comment in comments {
        let body = comment["body"].as_str().expect("a text");
        assert!(
            body.ends_with("```suggestion\nCOPY a b\n```\n") && comment["path"] == "d0/Dockerfile",
            "{body}"
        );
    }
    let body = review["body"].as_str().expect("a text");
    assert!(
        body.contains("<details><summary>50 findings outside") && body.ends_with("</details>\n"),
        "{body}"
    );
    // The error is on line 60, outside of the diff, and comes first in the list.
    assert!(body.contains("\n\n- **error**"), "{body}");

    // The next push: GitHub has the comments and the list, one finding is gone, and one of those is discussed.
    let bot = json!({ "login": "github-actions[bot]", "type": "Bot" });
    let mut standing: Vec<Value> = comments
        .iter()
        .enumerate()
        .map(|(n, comment)| json!({ "id": 100 + n, "user": bot, "body": comment["body"] }))
        .collect();
    standing.push(json!({ "id": 200, "in_reply_to_id": 101, "user": { "login": "a" }, "body": "really?" }));
    // Whoever copies a mark silences nothing.
    let copied = format!("<!-- hullguard:hullguard {:032x} -->", u128::MAX);
    standing.push(json!({ "id": 201, "user": { "login": "mallory", "type": "User" }, "body": copied }));
    let forced = |reviews: Value| {
        let mut rules = files();
        let rules_list = rules.as_array_mut().expect("a list");
        for (path, body) in [("/comments?", json!(standing)), ("/reviews?", reviews)] {
            rules_list.push(json!({ "method": "GET", "path": path, "status": 200, "body": body }));
        }
        rules
    };
    let others = json!({ "id": 2, "user": { "login": "mallory", "type": "User" }, "body": body });
    let reviews = json!([{ "id": 1, "user": bot, "body": body }, others]);
    rig.force(&forced(reviews.clone()));
    let mut second = outcome(60);
    second.findings.drain(..2);
    let (delivery, log) = rig.deliver(&second, &plan);
    assert!(sent(&log, "POST", "/reviews").is_empty(), "all of it stands there already");
    assert_eq!(sent(&log, "DELETE", "/pulls/comments/100").len(), 1);
    assert_eq!(log.iter().filter(|entry| entry["method"] == "DELETE").count(), 1, "101 was answered");
    assert_eq!(delivery.told.expect("GitHub was told").words.len(), 2);
    assert!(log.iter().all(|entry| entry["method"] != "PUT"), "of the list nothing is gone");

    // Nor does a list keep what is gone.
    rig.force(&forced(reviews.clone()));
    let mut shorter = outcome(60);
    shorter.findings.drain(12..57);
    let (_, log) = rig.deliver(&shorter, &plan);
    let [shortened] = sent(&log, "PUT", "/pulls/7/reviews/1")[..] else { panic!("{log:?}") };
    let kept = shortened["body"].as_str().expect("a text");
    assert!(kept.starts_with("<!-- hullguard:hullguard ") && kept.contains("5 findings outside"), "{kept}");
    assert_eq!(log.iter().filter(|entry| entry["method"] == "PUT").count(), 1, "only of lists of ours");

    // What another category has told is its own business, and who has not seen everything takes nothing back.
    rig.force(&forced(reviews.clone()));
    plan.category = "other".to_owned();
    let (_, log) = rig.deliver(&second, &plan);
    assert!(log.iter().all(|entry| entry["method"] != "DELETE"));
    assert_eq!(sent(&log, "POST", "/reviews").len(), 1);
    plan.category = "hullguard".to_owned();
    second.interrupted = true;
    let (_, log) = rig.deliver(&second, &plan);
    assert!(log.iter().all(|entry| entry["method"] == "GET"));

    rig.force(&forced(reviews));
    let mut third = outcome(60);
    let mut fresh =
        finding("d0/Dockerfile", 5, Severity::Error, "`-->` <!-- hullguard:hullguard 00 --> @octocat #1");
    fresh.fingerprint = u128::MAX;
    third.findings.push(fresh);
    let (_, log) = rig.deliver(&third, &plan);
    let [review] = sent(&log, "POST", "/reviews")[..] else { panic!("{log:?}") };
    // Ten of ours stand there already.
    assert_eq!(review["comments"], json!([]));
    let body = review["body"].as_str().expect("a text");
    assert!(body.starts_with(&format!("{copied}\n")) && body.contains("1 finding outside"), "{body}");
    assert!(!body.contains("@octocat") && !body.contains("#1 ") && !body.contains("\n<!--"), "{body}");

    plan.max_comments = 50;
    plan.diff = Some(diff(5..=5));
    let (_, log) = rig.deliver(&third, &plan);
    assert!(sent(&log, "GET", "/files").is_empty(), "git has told");
    assert_eq!(list(&sent(&log, "POST", "/reviews")[0]["comments"]).len(), 1);
}

/// Whatever GitHub answers, the next way tells everything, and nothing is sent twice.
#[test]
fn every_refusal_ends_in_the_next_way() {
    let Some(rig) = rig() else { return };
    let routes = [
        (Reporter::Sarif, "/code-scanning/sarifs"),
        (Reporter::Check, "/check-runs"),
        (Reporter::Review, "/reviews"),
    ];
    let found = outcome(12);
    for status in [403, 404, 413, 422, 429, 502, 503] {
        for refused in 0..=routes.len() {
            // The first so many refuse.
            let rules: Vec<Value> = routes[..refused]
                .iter()
                .map(|(_, path)| {
                    json!({ "method": "POST", "path": path, "status": status, "body": { "message": READ_ONLY } })
                })
                .collect();
            rig.force(&json!(rules));
            let (delivery, log) = rig.deliver(&found, &plan(&routes.map(|(reporter, _)| reporter)));
            let (fell, last) = story(&delivery);
            let expected: Vec<Reporter> = routes[..refused].iter().map(|&(reporter, _)| reporter).collect();
            assert_eq!(fell.iter().map(|&(reporter, _)| reporter).collect::<Vec<_>>(), expected);
            assert_eq!(last, Some(routes.get(refused).map_or(Reporter::Log, |&(reporter, _)| reporter)));
            for (_, why) in fell {
                assert!(why.contains(&format!("{status}: {READ_ONLY}")), "{why}");
                let is_permission = matches!(status, 403 | 404);
                assert_eq!(why.contains("permissions: "), is_permission, "{why}");
            }
            let posts = log.iter().filter(|entry| entry["method"] == "POST").count();
            assert_eq!(posts, (refused + 1).min(3), "each was asked once: {log:#?}");
            let in_log = String::from_utf8_lossy(&delivery.log).matches("\n::").count();
            // Eleven warnings in ten slots, the last of which says that there are two more; and an error.
            assert_eq!(in_log, if refused == 3 { 10 } else { 0 });
        }
    }
}

#[test]
fn what_fails_halfway_is_told_again_in_full() {
    let Some(rig) = rig() else { return };
    for (method, path, way) in [
        ("PATCH", "/check-runs/", Reporter::Check),
        ("GET", "/comments", Reporter::Review),
        ("GET", "/pulls/7/files", Reporter::Review),
    ] {
        rig.force(
            &json!([{ "method": method, "path": path, "status": 403, "body": { "message": READ_ONLY } }]),
        );
        let (delivery, log) = rig.deliver(&outcome(120), &plan(&[way, Reporter::Sarif]));
        assert_eq!((delivery.fell[0].reporter, story(&delivery).1), (way, Some(Reporter::Sarif)));
        let results = list(&sent(&log, "POST", "/sarifs")[0]["sarif"]["runs"][0]["results"]);
        let places: HashSet<String> = results.iter().map(|r| r["locations"].to_string()).collect();
        assert_eq!(places.len(), 120);
    }
}

#[test]
fn a_repository_without_code_scanning_is_no_missing_permission() {
    let Some(rig) = rig() else { return };
    let message = "Advanced Security must be enabled for this repository to use code scanning.";
    rig.force(
        &json!([{ "method": "POST", "path": "/sarifs", "status": 403, "body": { "message": message } }]),
    );
    let (delivery, _) = rig.deliver(&outcome(1), &plan(&[Reporter::Sarif]));
    assert_eq!(story(&delivery).0, [(Reporter::Sarif, &*format!("GitHub answered 403: {message}"))]);
}

/// Whatever bytes a pull request puts into names and messages, GitHub takes what comes of them.
#[test]
fn hostile_text_passes_the_contract() {
    let Some(rig) = rig() else { return };
    let mut found = Outcome::default();
    for n in 0..40u8 {
        let mut text = String::new();
        for piece in ["`", "```", "\u{0}", "\n", "</details>", "-->", "@a", "\u{202e}", "[x](y)", "ü"] {
            let _ = write!(text, "{piece}{}", char::from(n.wrapping_mul(7)));
        }
        let mut hostile = finding("d0/Dockerfile", u32::from(n) + 1, Severity::Warning, &text);
        hostile.fingerprint = u128::from(n);
        found.findings.push(hostile);
    }
    rig.force(&files());
    for way in [Reporter::Review, Reporter::Check, Reporter::Sarif] {
        let (delivery, _) = rig.deliver(&found, &plan(&[way]));
        assert_eq!(story(&delivery), (vec![], Some(way)));
    }
}
