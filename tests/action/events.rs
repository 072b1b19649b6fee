//! A test for each row of the event table, and for what goes wrong in each.

use serde_json::{Value, json};

use super::runner::{GOOD, Job, NONE, ROOT, Server, Told};
use crate::tokens;

pub(super) const USER: &str = "missing-user";
pub(super) const MAIN: &str = "refs/heads/main";
const TOPIC: &str = "refs/heads/topic";
/// What an old file has that nobody asks about.
const OLD: &str = "FROM debian\nUSER 1\n";

fn push(job: &Job, before: &str, after: &str, git_ref: &str) -> Told {
    let payload = json!({
        "before": before, "after": after, "ref": git_ref, "deleted": false,
        "repository": {"default_branch": "main"},
    });
    job.run("push", after, git_ref, &payload)
}

pub(super) fn pull(base: &str, head: &str) -> Value {
    json!({"action": "synchronize", "pull_request": {"number": 7, "head": {"sha": head}, "base": {"sha": base}}})
}

pub(super) fn pull_request(job: &Job, base: &str, head: &str) -> Told {
    job.run("pull_request", NONE, "refs/pull/7/merge", &pull(base, head))
}

/// A branch `topic` that left `main`, which went on.
pub(super) fn branched(before: &[(&str, &str)], topic: &[(&str, &str)]) -> (Server, String, String) {
    let server = Server::new();
    server.commit(before);
    server.git(&["checkout", "-q", "-b", "topic"]);
    let head = server.commit(topic);
    server.git(&["update-ref", "refs/pull/7/head", &head]);
    server.git(&["checkout", "-q", "main"]);
    let base = server.commit(&[("notes", "main went on")]);
    (server, base, head)
}

#[test]
fn a_push_counts_what_the_branch_had_not() {
    let server = Server::new();
    let before = server.commit(&[("Dockerfile", GOOD), ("old/Dockerfile", OLD)]);
    let after = server.commit(&[("Dockerfile", ROOT)]);
    let told = push(&server.checkout(&[]), &before, &after, MAIN);
    told.expect(1, &[USER]);
    assert_eq!(told.output("new"), "1");
    assert_eq!(told.output("conclusion"), "failure");
    assert_eq!(told.output("complete"), "true");
    assert!(told.summary.contains("missing-user"), "{}", told.summary);
    assert!(!told.summary.contains("/octo/repo/commit/"), "{}", told.summary);
    let all = push(&server.checkout(&[]).with("INPUT_GATE", "all"), &before, &after, MAIN);
    assert!(all.rules().len() > 1, "{}", all.out);
    push(&server.checkout(&[]).with("INPUT_FAIL_ON", "never"), &before, &after, MAIN).expect(0, &[USER]);
}

#[test]
fn a_first_push_is_compared_with_where_it_left_the_default_branch() {
    let (server, _, head) =
        branched(&[("Dockerfile", GOOD), ("old/Dockerfile", OLD)], &[("Dockerfile", ROOT)]);
    push(&server.checkout(&["-b", "topic"]), NONE, &head, TOPIC).expect(1, &[USER]);
    // Of the default branch itself all is new.
    let told = push(&server.checkout(&[]), NONE, &server.git(&["rev-parse", "main~"]), MAIN);
    assert_eq!(told.code, 1);
    assert!(!told.rules().contains(&USER), "{}", told.out);
}

#[test]
fn a_forced_push_is_compared_with_what_was_there() {
    let (server, _, head) = branched(&[("Dockerfile", GOOD)], &[("Dockerfile", ROOT)]);
    // Known before: no finding is new.
    let amended = {
        server.git(&["checkout", "-q", "topic"]);
        server.git(&["commit", "-q", "--amend", "-m", "other"]);
        server.git(&["rev-parse", "HEAD"])
    };
    push(&server.checkout(&["-b", "topic"]), &head, &amended, TOPIC).expect(0, &[]);
    // The server has forgotten it.
    let gone = "1234567890123456789012345678901234567890";
    for depth in [&["-b", "topic"][..], &["-b", "topic", "--depth=1"]] {
        let told = push(&server.checkout(depth), gone, &amended, TOPIC);
        told.expect(1, &[USER]);
        assert!(told.err.contains("forced push"), "{}", told.err);
    }
}

#[test]
fn a_deleted_branch_is_nothing() {
    let server = Server::new();
    let before = server.commit(&[("Dockerfile", ROOT)]);
    let payload = json!({"before": before, "after": NONE, "deleted": true});
    let told = server.checkout(&[]).run("push", &before, TOPIC, &payload);
    told.expect(0, &[]);
    assert_eq!(told.output("conclusion"), "success");
}

#[test]
fn a_deleted_user_line_is_a_new_finding_of_a_pull_request() {
    let (server, base, head) =
        branched(&[("Dockerfile", GOOD), ("old/Dockerfile", OLD)], &[("Dockerfile", ROOT)]);
    pull_request(&server.checkout(&[]), &base, &head).expect(1, &[USER]);
    // Nothing of the head is checked out for this one, and its branch is only on the server.
    let job = server.checkout(&["--single-branch"]);
    job.run("pull_request_target", &base, MAIN, &pull(&base, &head)).expect(1, &[USER]);
    // The line that it stands on is not one of those that were changed.
    let job = server.checkout(&[]).with("INPUT_GATE", "changed-lines");
    pull_request(&job, &base, &head).expect(0, &[]);
}

#[test]
fn code_that_moves_is_not_new() {
    let old = "FROM debian\nRUN cd /x && make\nUSER 1\n";
    let moved = "# A word\n\nFROM debian\nRUN echo before\nRUN cd /x && make\nUSER 1\n";
    let (server, base, head) = branched(&[("Dockerfile", old)], &[("Dockerfile", moved)]);
    pull_request(&server.checkout(&[]), &base, &head).expect(0, &[]);
    let files = [("Dockerfile", ""), ("deep/er/Dockerfile", old)];
    let (server, base, head) = branched(&[("Dockerfile", old)], &files);
    pull_request(&server.checkout(&[]), &base, &head).expect(0, &[]);
}

#[test]
fn a_pull_request_does_not_switch_its_own_checks_off() {
    let config = "rules:\n  missing-user: off\n";
    let (server, base, head) =
        branched(&[("Dockerfile", GOOD)], &[("Dockerfile", ROOT), ("hullguard.yaml", config)]);
    // As it lies on disk, too.
    let job = server.checkout(&["-b", "topic"]);
    pull_request(&job, &base, &head).expect(1, &[USER]);
    let job = server.checkout(&["-b", "topic"]).with("INPUT_CONFIG_FROM", "head");
    pull_request(&job, &base, &head).expect(0, &[]);
}

#[test]
fn a_shallow_clone_deepens_itself_or_ends_with_2() {
    let (server, _, head) = branched(&[("Dockerfile", GOOD)], &[("Dockerfile", ROOT)]);
    // More than the depths below.
    let base = (0..4).fold(String::new(), |_, n| server.commit(&[("notes", &format!("{n}"))]));
    for depth in ["--depth=1", "--depth=2"] {
        pull_request(&server.checkout(&[depth]), &base, &head).expect(1, &[USER]);
    }
    let lonely = server.checkout(&["--depth=1"]);
    super::runner::git(&lonely.work(), &["remote", "set-url", "origin", "/nowhere"]);
    let told = pull_request(&lonely, &base, &head);
    assert_eq!(told.code, 2, "{}\n{}", told.out, told.err);
    assert!(told.err.contains("fetch-depth: 0"), "{}", told.err);
    assert!(told.out.starts_with("::error title=hullguard::"), "{}", told.out);
    assert_eq!(told.output("complete"), "false");
    // A sweep of half a history is none.
    let told = lonely.run("schedule", &base, MAIN, &json!({"schedule": "0 3 * * *"}));
    assert_eq!(told.code, 2, "{}\n{}", told.out, told.err);
    // Nor is all of the history what a pull request's commits are.
    let deep = server.checkout(&["--depth=3", "--no-single-branch"]);
    super::runner::git(&deep.work(), &["remote", "set-url", "origin", "/nowhere"]);
    let told =
        deep.with("INPUT_HISTORY", "full").run("push", &base, MAIN, &json!({"before": base, "after": base}));
    assert_eq!(told.code, 2, "{}\n{}", told.out, told.err);
}

#[test]
fn a_merge_queue_is_compared_with_its_base() {
    let (server, base, head) = branched(&[("Dockerfile", GOOD)], &[("Dockerfile", ROOT)]);
    let payload = json!({"action": "checks_requested", "merge_group": {"head_sha": head, "base_sha": base}});
    server
        .checkout(&[])
        .run("merge_group", &head, "refs/heads/gh-readonly-queue/main/pr-7", &payload)
        .expect(1, &[USER]);
}

#[test]
fn a_sweep_looks_at_all_of_it() {
    let server = Server::new();
    server.commit(&[("Dockerfile", ROOT), ("key", &format!("x = {}\n", tokens::github(tokens::RANDOM)))]);
    let head = server.commit(&[("key", "x = 1\n")]);
    for (event, payload) in
        [("schedule", json!({"schedule": "0 3 * * *"})), ("workflow_dispatch", Value::Null)]
    {
        let told = server.checkout(&[]).run(event, &head, MAIN, &payload);
        assert_eq!(told.code, 1);
        assert_eq!(told.rules().len(), 2, "{}", told.out);
        assert_eq!(told.output("secrets"), "1");
        server
            .checkout(&[])
            .with("INPUT_HISTORY", "none")
            .run(event, &head, MAIN, &payload)
            .expect(1, &[USER]);
    }
}

#[test]
fn a_secret_that_came_and_went_in_a_pull_request_is_told() {
    let (server, base, _) =
        branched(&[("Dockerfile", GOOD)], &[("key", &format!("x = {}\n", tokens::github(tokens::RANDOM)))]);
    server.git(&["checkout", "-q", "topic"]);
    let head = server.commit(&[("key", "x = 1\n")]);
    let told = pull_request(&server.checkout(&[]), &base, &head);
    assert_eq!((told.code, told.output("secrets").as_str()), (1, "1"), "{}", told.out);
    assert!(told.summary.contains("/octo/repo/commit/"), "{}", told.summary);
    for text in [&told.out, &told.err, &told.summary] {
        assert!(!text.contains(&tokens::github(tokens::RANDOM)));
    }
}

#[test]
fn the_token_shows_nowhere() {
    let (server, base, head) = branched(&[("Dockerfile", GOOD)], &[("Dockerfile", ROOT)]);
    let lonely = server.checkout(&["--depth=1"]).with("INPUT_TOKEN", "hush-hush").with("GIT_TRACE_CURL", "1");
    super::runner::git(&lonely.work(), &["remote", "set-url", "origin", "http://127.0.0.1:9/octo/repo"]);
    let told = pull_request(&lonely, &base, &head);
    assert_eq!(told.code, 2);
    for text in [&told.out, &told.err, &told.summary] {
        assert!(!text.contains("hush") && !text.contains("aHVzaC1"), "{text}");
    }
}

#[test]
fn mistakes_in_inputs_are_errors() {
    let server = Server::new();
    let head = server.commit(&[("Dockerfile", GOOD)]);
    for (name, value) in [("GATE", "nwe"), ("REPORT", "sarf"), ("PATHS", "../x"), ("MAX-COMMENTS", "many")] {
        let told = push(&server.checkout(&[]).with(&format!("INPUT_{name}"), value), NONE, &head, MAIN);
        assert_eq!(told.code, 2, "{name}");
    }
    let told = server.checkout(&[]).run("issues", &head, MAIN, &Value::Null);
    assert_eq!(told.code, 2);
}

#[test]
fn hostile_names_command_nothing() {
    let name = "a::error::##[error]b,%0A/Dockerfile";
    let (server, base, head) = branched(&[("Dockerfile", GOOD)], &[(name, ROOT)]);
    let told = pull_request(&server.checkout(&[]), &base, &head);
    told.expect(1, &[USER]);
    assert!(!told.out.contains("##[") && !told.err.contains("##["));
}

#[test]
#[cfg(target_os = "linux")]
fn names_that_are_no_text_are_told_and_hide_nothing_else() {
    use std::os::unix::ffi::OsStrExt as _;
    let server = Server::new();
    let base = server.commit(&[("Dockerfile", GOOD), ("hullguard.yaml", "exclude: [\"old*\"]\n")]);
    for name in [&b"old\xe9"[..], b"caf\xe9"] {
        let folder = server.path().join(std::ffi::OsStr::from_bytes(name));
        std::fs::create_dir(&folder).expect("a name that the system takes");
        std::fs::write(folder.join("Dockerfile"), ROOT).expect("a test has its folder to itself");
    }
    let head = server.commit(&[("Dockerfile", ROOT)]);
    let told = push(&server.checkout(&[]), &base, &head, MAIN);
    told.expect(2, &["hullguard", USER]);
    assert!(told.out.contains("caf\u{fffd}") && !told.out.contains("old"), "{}", told.out);
}

#[test]
fn sarif_has_what_was_known_so_that_alerts_stay_open() {
    let (server, base, head) =
        branched(&[("Dockerfile", GOOD), ("old/Dockerfile", OLD)], &[("Dockerfile", ROOT)]);
    let job = server.checkout(&[]).with("INPUT_SARIF_FILE", "out.sarif").with("INPUT_CATEGORY", "mine");
    let told = pull_request(&job, &base, &head);
    told.expect(1, &[USER]);
    assert_eq!((told.output("findings").as_str(), told.output("sarif-file").as_str()), ("2", "out.sarif"));
    let text = std::fs::read_to_string(job.work().join("out.sarif")).unwrap();
    let sarif: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 2);
    assert_eq!(sarif["runs"][0]["automationDetails"]["id"], "mine/");
}

#[test]
fn the_base_says_what_is_known() {
    let config = "rules:\n  missing-user: off\n";
    let (server, base, head) =
        branched(&[("Dockerfile", GOOD), ("ci/hull.yaml", config)], &[("Dockerfile", ROOT)]);
    let with = |name: &str, value: &str| pull_request(&server.checkout(&[]).with(name, value), &base, &head);
    with("INPUT_CONFIG", "ci/hull.yaml").expect(0, &[]);
    // A pull request that brings the first one cannot be judged by it.
    let told = with("INPUT_CONFIG", "ci/other.yaml");
    told.expect(1, &[USER]);
    assert!(told.err.contains("ci/other.yaml is not in the commit"), "{}", told.err);
    with("INPUT_PATHS", "ci").expect(0, &[]);
    // Nothing was looked at there, which must not pass for clean.
    for paths in ["ci, other", "CI", "ci/*", "ci/hull.yaml/x"] {
        let told = with("INPUT_PATHS", paths);
        assert_eq!(told.code, 2, "{paths}");
        let last = paths.rsplit(", ").next().unwrap();
        assert!(told.err.contains(&format!("`{last}`")), "{}", told.err);
    }
}

#[test]
fn comments_that_silence_are_counted() {
    let quiet = "# hullguard: ignore-file=untagged-image because\nFROM debian\nUSER 1\n";
    let (server, base, head) = branched(&[("Dockerfile", OLD)], &[("Dockerfile", quiet)]);
    let told = pull_request(&server.checkout(&[]), &base, &head);
    told.expect(0, &[]);
    assert!(told.summary.contains("1 finding suppressed by this change"), "{}", told.summary);
}

#[test]
fn what_is_told_and_what_fails_are_two_things() {
    let (server, base, head) = branched(&[("Dockerfile", GOOD)], &[("Dockerfile", ROOT)]);
    let quiet = || server.checkout(&[]).with("INPUT_REPORT_LEVEL", "error");
    let told = pull_request(&quiet().with("INPUT_FAIL_ON", "never"), &base, &head);
    told.expect(0, &[]);
    assert_eq!(told.output("warnings"), "1");
    assert!(!told.summary.contains(USER) && told.summary.contains("1 more"), "{}", told.summary);
    // What fails the run is not kept back.
    pull_request(&quiet(), &base, &head).expect(1, &[USER]);
}

#[test]
fn families_of_rules_can_be_chosen() {
    let token = format!("x = {}\n", tokens::github(tokens::RANDOM));
    let (server, base, head) = branched(&[("Dockerfile", GOOD)], &[("Dockerfile", ROOT), ("key", &token)]);
    let with = |scan: &str| pull_request(&server.checkout(&[]).with("INPUT_SCAN", scan), &base, &head);
    assert_eq!(with("").rules().len(), 2);
    with("lint").expect(1, &[USER]);
    with("compose project").expect(0, &[]);
    let told = with("secrets");
    assert_eq!((told.rules().len(), told.output("secrets").as_str()), (1, "1"), "{}", told.out);
    assert_eq!(with("lnt").code, 2);
}

#[test]
fn a_file_of_a_project_is_judged_with_the_project() {
    let build = "services:\n  api:\n    build: ./api\n    user: \"1000\"\n";
    for (compose, rules) in [(build, &[][..]), ("services: {}\n", &[USER])] {
        let (server, base, head) = branched(
            &[("api/Dockerfile", GOOD), ("deploy/x", "x"), ("compose.yaml", compose)],
            &[("api/Dockerfile", ROOT)],
        );
        let job = server.checkout(&[]).with("INPUT_PATHS", "api");
        pull_request(&job, &base, &head).expect(i32::from(!rules.is_empty()), rules);
    }
}

#[test]
fn the_scope_is_what_changed_or_all() {
    let token = format!("x = {}\n", tokens::github(tokens::RANDOM));
    let (server, base, head) =
        branched(&[("Dockerfile", GOOD), ("old/Dockerfile", OLD), ("key", &token)], &[("Dockerfile", ROOT)]);
    let job = |scope: &str| server.checkout(&[]).with("INPUT_SCOPE", scope);
    pull_request(&job("changed").with("INPUT_GATE", "all"), &base, &head).expect(1, &[USER]);
    let known = |scope: &str| pull_request(&job(scope), &base, &head).output("findings");
    let [changed, auto, all] =
        ["changed", "auto", "all"].map(|scope| known(scope).parse::<u32>().expect("a number"));
    assert!(changed == 1 && auto > changed && all == auto + 1, "{changed}, {auto}, {all}");
    // An upload without the other files would close their alerts.
    for (name, value) in [("INPUT_SARIF_FILE", "out.sarif"), ("INPUT_REPORT", "sarif")] {
        let told = pull_request(&job("changed").with(name, value), &base, &head);
        assert_eq!(told.code, 2);
        assert!(told.err.contains("would close their alerts"), "{}", told.err);
    }
}

/// The runner's merge has the lines of the base above; what is told is about the pull request's own last commit.
#[test]
fn lines_are_those_of_the_pull_request_and_not_of_the_merge() {
    let (server, _, head) = branched(&[("Dockerfile", GOOD)], &[("Dockerfile", ROOT)]);
    let base = server.commit(&[("Dockerfile", &format!("# one\n# two\n{GOOD}"))]);
    server.git(&["checkout", "-q", "--detach"]);
    server.git(&["merge", "-q", "-m", "m", "topic"]);
    let merge = server.git(&["rev-parse", "HEAD"]);
    server.git(&["update-ref", "refs/pull/7/merge", &merge]);
    server.git(&["checkout", "-q", "main"]);
    let job = server.checkout(&["--depth=1"]);
    super::runner::git(&job.work(), &["fetch", "-q", "--depth=1", "origin", "refs/pull/7/merge"]);
    super::runner::git(&job.work(), &["checkout", "-q", "FETCH_HEAD"]);
    let told = job.run("pull_request", &merge, "refs/pull/7/merge", &pull(&base, &head));
    told.expect(1, &[USER]);
    assert!(told.out.contains("file=Dockerfile,line=4,"), "{}", told.out);
    assert!(told.summary.contains(&format!("/blob/{head}/Dockerfile#L4")), "{}", told.summary);
}
