//! Nothing that GitHub is told shows a secret: not the log, the summary, SARIF, a check run, a review.

use std::fs;

use serde_json::json;

use super::runner::{NONE, Server};
use crate::github::server::Server as GitHub;
use crate::past::hidden::{Secrets, files};

#[test]
fn nothing_that_github_is_told_shows_a_secret() {
    let secrets = Secrets::new();
    let server = Server::new();
    let base = server.commit(&[("notes", "x\n")]);
    let files = files();
    let named: Vec<(&str, &str)> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
    server.commit(&named);
    // What came and went is told with its commit.
    let head = server.commit(&[("compose.yaml", ""), ("key.yaml", "")]);
    server.git(&["update-ref", "refs/pull/7/head", &head]);
    for reporters in ["log", "review", "check", "sarif,log"] {
        // A review first asks for the comments and the reviews that are there.
        let none = || (200, "content-type: application/json\r\n", "[]".to_owned());
        let asks = if reporters == "review" { 2 } else { 0 };
        let github = GitHub::start((0..asks).map(|_| none()));
        let job = server
            .checkout(&[])
            .with("INPUT_REPORT", reporters)
            .with("INPUT_TOKEN", &format!("ghs_{}", "1a2B3c4D".repeat(5)))
            .with("INPUT_PROFILE", "style")
            .with("INPUT_SARIF_FILE", "out.sarif")
            .with("GITHUB_API_URL", &github.url);
        let payload = json!({"action": "synchronize", "pull_request": {
            "number": 7, "head": {"sha": head}, "base": {"sha": base}}});
        let told = job.run("pull_request", NONE, "refs/pull/7/merge", &payload);
        assert_eq!(told.code, 1, "{}{}", told.out, told.err);
        for (what, text) in
            [("the log", &told.out), ("standard error", &told.err), ("the summary", &told.summary)]
        {
            secrets.none_in(&format!("{what} of {reporters}"), text);
        }
        let sarif = fs::read_to_string(job.work().join("out.sarif")).expect("it was written");
        assert!(sarif.contains("hardcoded-secret-value"));
        secrets.none_in("SARIF", &sarif);
        let asked = github.asked();
        assert!(reporters == "log" || asked.iter().any(|asked| asked.body.len() > 1000), "{asked:?}");
        for asked in asked {
            secrets.none_in(&asked.line, &asked.body);
        }
    }
}
