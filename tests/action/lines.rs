//! `gate: changed-lines`: which lines a pull request changes is not for the pull request to say.

use std::fs;

use super::events::{MAIN, USER, pull, pull_request};
use super::runner::{GOOD, NONE, ROOT, Server, Told};
use crate::tokens;

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A pull request that writes these bytes, with these attributes, after a base that had the others.
fn told(name: &str, before: &[u8], after: &[u8], attributes: &str) -> Told {
    let server = Server::new();
    let write = |bytes: &[u8]| {
        let file = server.path().join(name);
        fs::create_dir_all(file.parent().expect("it has a folder")).expect("a test has its folder to itself");
        fs::write(file, bytes).expect("a test has its folder to itself");
    };
    write(before);
    let base = server.commit(&[]);
    write(after);
    if !attributes.is_empty() {
        server.write(".gitattributes", attributes);
    }
    let head = server.commit(&[]);
    // As it lies there when a workflow checks the pull request out.
    let job = server.checkout(&["-b", "main"]).with("INPUT_GATE", "changed-lines");
    job.run("pull_request", NONE, "refs/pull/7/merge", &pull(&base, &head))
}

#[test]
fn what_git_calls_binary_has_lines() {
    let line = format!("TOKEN={}\n", tokens::github(tokens::RANDOM));
    let text = |more: &str| format!("some words to begin with\nSETTING=on\n{more}").into_bytes();
    let nul = |more: &str| [b"x\0y\n".to_vec(), text(more)].concat();
    let (before, after) = (text(""), text(&line));
    for (name, attributes, before, after) in [
        ("a.env", "", before.clone(), after.clone()),
        ("a.env", "* -diff\n", before.clone(), after.clone()),
        ("a.env", "*.env binary\n", before.clone(), after.clone()),
        ("a.env", "* -text diff=x\n", before.clone(), after.clone()),
        ("a.env", "", nul(""), nul(&line)),
        ("a.env", "", wide("some words to begin with\n"), wide(&format!("some words to begin with\n{line}"))),
        ("deep/er/a.env", "deep/** -diff\n", before.clone(), after.clone()),
    ] {
        let told = told(name, &before, &after, attributes);
        assert_eq!(told.code, 1, "{name} {attributes}: {}\n{}", told.out, told.err);
        assert_eq!(told.output("secrets"), "1", "{}", told.out);
    }
}

#[test]
fn rules_on_documents_see_the_lines_too() {
    let root = ROOT.as_bytes();
    for attributes in ["", "* -diff\n", "Dockerfile binary\n"] {
        // The whole of it is new.
        let new = told("Dockerfile", b"# nothing yet\n", root, attributes);
        new.expect(1, &[USER]);
        let other =
            told("Dockerfile", &[root, b"# a word\n"].concat(), &[root, b"# another\n"].concat(), attributes);
        other.expect(0, &[]);
    }
    // No line that it stands on is one of those that were changed.
    told("Dockerfile", GOOD.as_bytes(), root, "* -diff\n").expect(0, &[]);
}

/// What is shown of a path is not the path.
#[test]
fn folders_that_are_called_like_a_token_hide_nothing() {
    let name = tokens::github(tokens::RANDOM);
    for path in
        [format!("{name}/Dockerfile"), format!("a/{name}/b/Dockerfile"), format!("{name}/compose.yaml")]
    {
        let text = if path.ends_with("yaml") {
            "services:\n  a:\n    image: a:1\n    privileged: true\n"
        } else {
            ROOT
        };
        let told = told(&path, b"# nothing yet\n", text.as_bytes(), "");
        assert_eq!(told.code, 1, "{path}: {}\n{}", told.out, told.err);
        for text in [&told.out, &told.err, &told.summary] {
            assert!(!text.contains(&name), "{text}");
        }
    }
}

#[test]
fn a_push_has_changed_lines_as_well() {
    let server = Server::new();
    let before = server.commit(&[("Dockerfile", "# nothing yet\n")]);
    let after = server.commit(&[("Dockerfile", ROOT), (".gitattributes", "* -diff\n")]);
    let job = server.checkout(&[]).with("INPUT_GATE", "changed-lines");
    let payload = serde_json::json!({"before": before, "after": after, "deleted": false});
    job.run("push", &after, MAIN, &payload).expect(1, &[USER]);
    pull_request(&job, &before, &after).expect(1, &[USER]);
}
