//! `--new-from` and the hook of the pre-commit framework: only what a commit does not have is reported.

use std::fs;

use hullguard::rule::Family;

use crate::past::{Repo, hullguard, token};

const OLD: &str = "FROM alpine:3.22\nMAINTAINER a\nRUN a\nUSER 1000\n";

/// Lines of the compact report, and the exit code.
fn run(repo: &Repo, below: &str, args: &[&str], env: &[(&str, &str)]) -> (Vec<String>, Option<i32>, String) {
    let args = [args, &["--format", "compact", "--fail-on", "note"]].concat();
    let out = hullguard(&repo.path().join(below), &args).envs(env.iter().copied()).output().expect("it runs");
    let text = String::from_utf8_lossy(&out.stdout);
    let errors = String::from_utf8_lossy(&out.stderr).into_owned();
    // Without messages.
    let lines = text.lines().map(|line| line.split_once("] ").map_or(line, |(start, _)| start).to_owned());
    (lines.collect(), out.status.code(), errors)
}

fn found(repo: &Repo, args: &[&str]) -> Vec<String> {
    let (lines, code, errors) = run(repo, "", args, &[]);
    assert_eq!(code, Some(i32::from(!lines.is_empty())), "{args:?}: {lines:?} {errors}");
    lines
}

fn with_old() -> Repo {
    let repo = Repo::new();
    repo.write("api/Dockerfile", OLD);
    repo.write("settings.env", format!("A=1\nTOKEN={}\n", token(1)));
    repo.commit("first");
    repo
}

#[test]
fn an_old_finding_is_not_told_and_a_new_one_is() {
    let repo = with_old();
    assert_eq!(found(&repo, &[]).len(), 2, "the token and the MAINTAINER");
    repo.write("api/Dockerfile", OLD.replace("RUN a", "RUN b"));
    repo.write("settings.env", format!("B=2\nA=1\nTOKEN={}\n", token(1)));
    assert_eq!(found(&repo, &["--new-from", "HEAD"]), Vec::<String>::new());
    repo.write("api/Dockerfile", OLD.replace("RUN a", "RUN sudo b"));
    assert_eq!(found(&repo, &["--new-from", "HEAD"]), ["api/Dockerfile:3:5: warning[sudo-used"]);
    assert_eq!(found(&repo, &["--new-from", "HEAD", "api/Dockerfile"]).len(), 1);
    repo.git(&["add", "-A"]);
    assert_eq!(found(&repo, &["--staged", "--new-from", "HEAD"]).len(), 1);
    assert_eq!(found(&repo, &["--staged"]).len(), 2, "of a staged file all but old secrets");
    // The numbers are told.
    let out = hullguard(repo.path(), &["--new-from", "HEAD"]).output().expect("it runs");
    let text = String::from_utf8_lossy(&out.stdout);
    assert!(text.contains("; 2 not new") && text.contains("2 old findings"), "{text}");
    // From a folder below paths are others, and what is old is the same.
    let (lines, ..) = run(&repo, "api", &["--new-from", "HEAD"], &[]);
    assert_eq!(lines, ["Dockerfile:3:5: warning[sudo-used"]);
}

#[test]
fn a_secret_is_known_by_its_value() {
    let repo = with_old();
    repo.write("settings.env", format!("A=1\nTOKEN={}\n", token(2)));
    assert_eq!(found(&repo, &["--new-from", "HEAD"]).len(), 1, "another one in the same place");
    // Moved to another file, which git knows.
    repo.write("settings.env", "A=1\n");
    repo.write("other.env", format!("B=2\nC=3\nTOKEN={}\n", token(1)));
    repo.git(&["add", "-A"]);
    assert_eq!(found(&repo, &["--new-from", "HEAD"]), Vec::<String>::new());
    // A copy is new.
    repo.write("settings.env", format!("A=1\nTOKEN={}\n", token(1)));
    repo.git(&["add", "-A"]);
    assert_eq!(found(&repo, &["--new-from", "HEAD"]).len(), 1);
}

#[test]
fn a_rename_and_a_chmod_bring_nothing() {
    let repo = with_old();
    repo.git(&["mv", "api", "web"]);
    repo.git(&["mv", "settings.env", "web/settings.env"]);
    for args in [
        &["--new-from", "HEAD"][..],
        &["--staged", "--new-from", "HEAD"],
        &["--new-from", "HEAD", "web/Dockerfile"],
        &["--hook", "pre-commit", "web/Dockerfile", "web/settings.env"],
    ] {
        assert_eq!(found(&repo, args), Vec::<String>::new(), "{args:?}");
    }
    let (lines, ..) = run(&repo, "web", &["--new-from", "HEAD"], &[]);
    assert_eq!(lines, Vec::<String>::new(), "from a folder below");
    repo.commit("moved");
    repo.git(&["update-index", "--chmod=+x", "web/Dockerfile"]);
    assert_eq!(found(&repo, &["--staged", "--new-from", "HEAD"]), Vec::<String>::new());
    assert_eq!(found(&repo, &["--hook", "pre-commit", "web/Dockerfile"]), Vec::<String>::new());
}

#[test]
fn of_a_renamed_file_as_many_lines_are_old_as_it_had() {
    let repo = with_old();
    repo.git(&["mv", "api", "web"]);
    let wanted = ["--rule", "maintainer-deprecated", "--new-from", "HEAD"];
    assert_eq!(found(&repo, &wanted), Vec::<String>::new());
    repo.write("web/Dockerfile", OLD.replace("RUN a", "RUN a\nMAINTAINER a"));
    repo.git(&["add", "-A"]);
    assert_eq!(found(&repo, &wanted), ["web/Dockerfile:4:1: note[maintainer-deprecated"]);
}

#[test]
fn what_a_submodule_had_is_old() {
    let (repo, other) = (with_old(), with_old());
    let address = other.path().to_str().expect("a path is UTF-8");
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", address, "sub"]);
    repo.commit("sub");
    assert_eq!(found(&repo, &["--new-from", "HEAD"]), Vec::<String>::new());
    repo.write("sub/api/Dockerfile", OLD.replace("RUN a", "RUN sudo a"));
    repo.write("sub/settings.env", format!("TOKEN={}\n", token(2)));
    assert_eq!(found(&repo, &["--new-from", "HEAD"]).len(), 2);
    // As it was at the commit that is compared with.
    repo.git(&["-C", "sub", "commit", "-qam", "b"]);
    repo.git(&["add", "-A"]);
    assert_eq!(found(&repo, &["--new-from", "HEAD"]).len(), 2);
    repo.commit("sub");
    assert_eq!(found(&repo, &["--new-from", "HEAD"]), Vec::<String>::new());
}

#[test]
fn what_another_file_is_the_reason_for_is_compared_as_well() {
    let repo = Repo::new();
    repo.write("Dockerfile", "FROM alpine:3.22\nRUN a\n");
    repo.write("compose.yaml", "services:\n  a:\n    build: .\n    user: \"1000\"\n");
    repo.commit("first");
    assert!(!found(&repo, &["--rule", "missing-user"]).iter().any(|line| line.starts_with("Dockerfile")));
    repo.write("compose.yaml", "services:\n  a:\n    build: .\n");
    let new =
        found(&repo, &["--new-from", "HEAD", "--only", "missing-user", "--only", "run-as-root-effective"]);
    assert_eq!(new.len(), 1, "{new:?}: nobody says which user any more");
}

#[test]
fn the_hook_judges_what_is_committed_and_otherwise_all() {
    let repo = with_old();
    let hook = ["--hook", "pre-commit", "api/Dockerfile"];
    // `pre-commit run --all-files`: nothing is about to be committed.
    assert_eq!(found(&repo, &hook).len(), 1);
    repo.write("api/Dockerfile", OLD.replace("RUN a", "RUN b"));
    repo.git(&["add", "-A"]);
    assert_eq!(found(&repo, &hook), Vec::<String>::new());
    repo.commit("second");
    // `pre-commit run --from-ref … --to-ref …`
    repo.write("api/Dockerfile", OLD.replace("RUN a", "RUN sudo b"));
    repo.commit("third");
    let range = [("PRE_COMMIT_FROM_REF", "HEAD~2"), ("PRE_COMMIT_TO_REF", "HEAD")];
    let (lines, code, errors) = run(&repo, "", &hook, &range);
    assert_eq!((lines.len(), code), (1, Some(1)), "{lines:?} {errors}");
    let (lines, code, _) = run(&repo, "", &["--hook", "pre-commit"], &[]);
    assert_eq!((lines.len(), code), (0, Some(2)), "a hook that is told no file has seen nothing");
}

#[test]
fn without_a_commit_all_is_new_and_an_unknown_one_is_an_error() {
    let repo = Repo::new();
    repo.write("Dockerfile", OLD);
    repo.git(&["add", "-A"]);
    assert_eq!(found(&repo, &["--new-from", "HEAD"]).len(), 1);
    assert_eq!(found(&repo, &["--staged", "--new-from", "HEAD"]).len(), 1);
    assert_eq!(found(&repo, &["--hook", "pre-commit", "Dockerfile"]).len(), 1);
    let (_, code, errors) = run(&repo, "", &["--new-from", "v9"], &[]);
    assert!(code == Some(2) && errors.contains("--new-from v9: commit v9 is not in this clone"), "{errors}");
    repo.commit("first");
    repo.git(&["branch", "trunk"]);
    let near = "is not in this clone; did you mean `trunk`?";
    for (args, expected) in [
        (&["--new-from", "trnuk"][..], format!("--new-from trnuk: commit trnuk {near}")),
        (&["--commits", "trnuk..HEAD"], format!("error: commit trnuk {near}")),
        (
            &["--history", "--branch", "trnuk"],
            "--branch trnuk: there is no branch or tag `trnuk`; did you mean `trunk`?".to_owned(),
        ),
        (
            &["--history", "--branch", "nope"],
            "--branch nope: there is no branch or tag `nope`; `git branch --all` lists them".to_owned(),
        ),
    ] {
        let (_, code, errors) = run(&repo, "", args, &[]);
        assert!(code == Some(2) && errors.contains(&expected), "{args:?}: {errors}");
    }
    // All of it is committed.
    let (_, code, errors) = run(&repo, "", &["--staged"], &[]);
    assert!(code == Some(0) && errors.contains("no new or changed file is staged"), "{errors}");
    assert!(errors.contains("stage files with `git add`"), "{errors}");
    let (_, code, errors) = run(&repo, "", &["--new-from", "HEAD", "--history"], &[]);
    assert!(code == Some(2) && errors.contains("--new-from"), "{errors}");
    fs::remove_dir_all(repo.path().join(".git")).expect("it is there");
    let (_, code, errors) = run(&repo, "", &["--new-from", "HEAD"], &[]);
    assert!(code == Some(2) && errors.contains("--new-from needs a git repository"), "{errors}");
}

/// There `.git` is a file, and leads out of the folder.
#[test]
fn a_linked_work_tree_is_checked_as_any_other() {
    let repo = with_old();
    let other = repo.path().join("linked");
    repo.git(&["worktree", "add", "-q", "linked"]);
    for args in [&["."][..], &["api/Dockerfile"], &["--staged"]] {
        let args = [args, &["--format", "json", "--fail-on", "never"]].concat();
        let out = hullguard(&other, &args).output().expect("it runs");
        let json: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
        assert_eq!(out.status.code(), Some(0), "{args:?}: {json:#}");
        assert_eq!(json["files"]["failed"].as_array().map(Vec::len), Some(0), "{args:?}");
    }
}

/// A variable that is not set in a pipeline must not make a run that looks at nothing.
#[test]
fn what_selects_nothing_is_an_error() {
    let repo = with_old();
    let all = Family::ALL.map(Family::name);
    let ignored: Vec<&str> = all.iter().flat_map(|family| ["--ignore", family]).collect();
    let empty = ["", " ", "^", "..", "..."];
    let ranges = empty.iter().map(|range| vec!["--commits", range]);
    let revisions = ["", " "].iter().map(|rev| vec!["--new-from", rev]);
    for args in ranges.chain(revisions).chain([ignored]) {
        let (_, code, errors) = run(&repo, "", &args, &[]);
        assert_eq!(code, Some(2), "{args:?}: {errors}");
    }
    assert_eq!(run(&repo, "", &["--commits", "HEAD.."], &[]).1, Some(0), "an open side is HEAD");
}

#[test]
fn a_fix_mends_only_what_is_new() {
    let repo = Repo::new();
    repo.write("Dockerfile", "FROM alpine:3.22\nADD a /b\nUSER 1000\n");
    repo.commit("first");
    repo.write("Dockerfile", "FROM alpine:3.22\nADD a /b\nADD c /d\nUSER 1000\n");
    hullguard(repo.path(), &["--fix", "--new-from", "HEAD"]).output().expect("it runs");
    let text = fs::read_to_string(repo.path().join("Dockerfile")).expect("it is there");
    assert_eq!(text, "FROM alpine:3.22\nADD a /b\nCOPY c /d\nUSER 1000\n");
}
