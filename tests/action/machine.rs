//! What kind of machine a job runs on: checkouts in odd places and of other users, and no way out but a proxy.

use std::process::Command;

use serde_json::Value;

use super::events::{MAIN, USER, branched, pull_request};
use super::runner::{GOOD, Proxy, ROOT};

#[test]
fn a_checkout_may_lie_in_a_folder_of_the_workspace() {
    let (server, base, head) = branched(&[("Dockerfile", GOOD)], &[("Dockerfile", ROOT)]);
    let below = || {
        let job = server.checkout(&["--depth=1"]);
        let above = job.work().parent().expect("it is a folder's").to_owned();
        job.with("GITHUB_WORKSPACE", above.to_str().expect("a test has its folder to itself"))
    };
    let told = pull_request(&below(), &base, &head);
    assert_eq!(told.code, 2);
    assert!(told.err.contains("`working-directory`"), "{}", told.err);
    pull_request(&below().with("INPUT_WORKING_DIRECTORY", "work"), &base, &head).expect(1, &[USER]);
    let outside = pull_request(&below().with("INPUT_WORKING_DIRECTORY", "../work"), &base, &head);
    assert_eq!(outside.code, 2);
}

/// As in a container, whose user is root.
#[test]
#[expect(clippy::print_stderr, reason = "whoever runs the tests shall know that this did nothing")]
fn a_checkout_of_another_user_is_the_jobs_own() {
    let (server, base, head) = branched(&[("Dockerfile", GOOD)], &[("Dockerfile", ROOT)]);
    let job = server.checkout(&["--depth=1"]);
    let given = Command::new("chown").args(["-R", "12345"]).arg(job.work()).output();
    if !given.is_ok_and(|given| given.status.success()) {
        eprintln!("skipped: only root can give files away");
        return;
    }
    // Whoever runs the tests may trust everybody.
    let plain = |command: &mut Command| command.env("GIT_CONFIG_GLOBAL", "/dev/null").output();
    let git = plain(Command::new("git").arg("status").current_dir(job.work())).expect("git is installed");
    assert!(!git.status.success(), "git takes it for a stranger's");
    pull_request(&job, &base, &head).expect(1, &[USER]);
    job.run("schedule", &head, MAIN, &Value::Null).expect(1, &[USER]);
}

#[test]
fn a_proxy_is_used_and_sees_no_token() {
    let (server, base, head) = branched(&[("Dockerfile", GOOD)], &[("Dockerfile", ROOT)]);
    let asked = |no_proxy: &str| {
        let proxy = Proxy::start();
        let job = server
            .checkout(&[])
            .with("HTTPS_PROXY", &format!("http://ann:pass@{}", proxy.address))
            .with("NO_PROXY", no_proxy)
            .with("GITHUB_API_URL", "https://api.ghes.invalid/api/v3")
            .with("INPUT_TOKEN", "hush-hush")
            .with("INPUT_REPORT", "check");
        pull_request(&job, &base, &head).expect(1, &[USER]);
        proxy.heard()
    };
    let heard = asked("");
    let text = String::from_utf8_lossy(&heard).to_lowercase();
    assert!(text.starts_with("connect api.ghes.invalid:443 http/1.1\r\n"), "{text}");
    assert!(text.contains("proxy-authorization: basic yw5uonbhc3m=") && !text.contains("hush"), "{text}");
    // Behind that TLS begins, which only the server itself can read.
    assert!(text.contains("\r\n\r\n\u{16}\u{3}"), "{text}");
    assert!(asked("ghes.invalid").is_empty());
}
