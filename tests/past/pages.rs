//! The commit that brought a secret, with its page on the host.

use serde_json::Value;

use super::{Repo, hullguard, token};

fn report(repo: &Repo, args: &[&str], format: &str) -> String {
    let args = [args, &["--format", format]].concat();
    String::from_utf8(hullguard(repo.path(), &args).output().expect("it runs").stdout).expect("UTF-8")
}

#[test]
fn the_page_of_the_commit_is_told_and_no_password_of_the_remote() {
    let repo = Repo::new();
    repo.write("a.env", format!("TOKEN={}\n", token(1)));
    let commit = repo.commit("first");
    repo.git(&["tag", "-a", "v1", "-m", &format!("with {}", token(2))]);
    repo.git(&["remote", "add", "origin", "https://bob:s3kr1t-Pa55@gitlab.com/acme/app.git"]);
    let page = format!("https://gitlab.com/acme/app/-/commit/{commit}");
    for range in [&["--history"][..], &["--commits", "HEAD"]] {
        for format in crate::veiled::FORMATS {
            let told = report(&repo, range, format);
            assert!(!told.contains("s3kr1t") && !told.contains("bob"), "{told}");
            // The others have no room for an address.
            let shows = ["human", "json", "jsonl", "sarif", "summary", "markdown"].contains(&format);
            assert!(told.contains(&page) || !shows, "{format}: {told}");
        }
        let json: Value = serde_json::from_str(&report(&repo, range, "json")).expect("JSON");
        assert_eq!(json["findings"][0]["history"]["url"], page);
        assert_eq!(json["findings"][0]["history"]["commit"], commit);
        assert_eq!(json["findings"][0]["history"]["author"], "Ann");
        let sarif: Value = serde_json::from_str(&report(&repo, range, "sarif")).expect("JSON");
        let result = &sarif["runs"][0]["results"][0];
        assert_eq!(result["properties"]["history"]["url"], page);
        let message = result["message"]["text"].as_str().expect("a text");
        assert!(message.ends_with(&format!("\n[The commit that added it]({page})")), "{message}");
    }
    // A tag has a message, and no commit that brought it.
    let json: Value = serde_json::from_str(&report(&repo, &["--history"], "json")).expect("JSON");
    assert_eq!(json["findings"][1]["path"], "tag message");
    assert_eq!(json["findings"][1]["history"]["commit"], Value::Null);
    assert_eq!(json["findings"][1]["history"]["refsTotal"], 1);
    // A host whose pages nobody knows has none.
    repo.git(&["remote", "set-url", "origin", "https://git.acme.dev/acme/app.git"]);
    assert!(!report(&repo, &["--history"], "sarif").contains("acme.dev"));
}
