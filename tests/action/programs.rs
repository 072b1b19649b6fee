//! What a repository's configuration, hooks and folders name is not run, and what a pull request brings is no repository.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use serde_json::json;

use super::events::{MAIN, USER, branched, pull, pull_request};
use super::runner::{self, GOOD, Job, NONE, ROOT, Server};
use crate::tokens;

/// Every setting of git's that names a program, with one that leaves a mark.
fn settings(mark: &Path) -> String {
    let run = |name: &str| format!("touch {}", mark.join(name).display());
    let hooks = mark.join("hooks");
    fs::create_dir_all(&hooks).expect("a test has its folder to itself");
    for hook in
        ["reference-transaction", "post-index-change", "post-checkout", "pre-auto-gc", "fsmonitor-watchman"]
    {
        let file = hooks.join(hook);
        fs::write(&file, format!("#!/bin/sh\n{}\n", run("hook"))).expect("a test has its folder to itself");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("it is ours");
    }
    let more = mark.join("more.config");
    fs::write(&more, format!("[core]\n\tfsmonitor = \"{}\"\n", run("included")))
        .expect("a test has its folder to itself");
    format!(
        "[core]\n\tfsmonitor = \"{fsmonitor}\"\n\thooksPath = {hooks}\n\tsshCommand = \"{ssh};\"\n\tgitProxy = \"{proxy}\"\n\
         \taskPass = \"{ask}\"\n\tpager = \"{pager}\"\n\teditor = \"{editor}\"\n\talternateRefsCommand = \"{refs};\"\n\
         [credential]\n\thelper = \"!{helper};\"\n[diff]\n\texternal = \"{diff}\"\n[protocol]\n\tallow = always\n\
         [protocol \"ext\"]\n\tallow = always\n[uploadpack]\n\tpackObjectsHook = \"{pack}\"\n[gc]\n\tauto = 1\n\trecentObjectsHook = \"{gc}\"\n\
         [fetch]\n\trecurseSubmodules = true\n[submodule \"x\"]\n\tupdate = \"!{update}\"\n\turl = \"ext::{module}\"\n[include]\n\tpath = {more}\n\
         [remote \"origin\"]\n\tuploadpack = \"{up}; git-upload-pack\"\n\tproxy = \"ext::{proxied}\"\n",
        fsmonitor = run("fsmonitor"),
        hooks = hooks.display(),
        ssh = run("ssh"),
        proxy = run("proxy"),
        ask = run("askpass"),
        pager = run("pager"),
        editor = run("editor"),
        refs = run("refs"),
        helper = run("helper"),
        diff = run("diff"),
        pack = run("pack"),
        gc = run("gc"),
        update = run("update"),
        module = run("module"),
        more = more.display(),
        up = run("uploadpack"),
        proxied = run("proxied"),
    )
}

#[track_caller]
fn nothing_ran(mark: &Path) {
    let left: Vec<_> =
        fs::read_dir(mark).expect("it is there").flatten().map(|entry| entry.file_name()).collect();
    let ran: Vec<_> = left.iter().filter(|name| *name != "hooks" && *name != "more.config").collect();
    assert!(ran.is_empty(), "these were run: {ran:?}");
}

/// A clone that lacks the commits, so that git is asked for them, with such a configuration.
fn shallow(server: &Server, mark: &Path) -> Job {
    let job = server.checkout(&["--depth=1"]);
    let config = job.work().join(".git/config");
    let text = fs::read_to_string(&config).expect("it is there");
    fs::write(&config, text + &settings(mark)).expect("a test has its folder to itself");
    job
}

#[test]
fn what_a_configuration_names_is_not_run() {
    let (server, base, head) = branched(&[("Dockerfile", GOOD)], &[("Dockerfile", ROOT)]);
    let mark = tempfile::tempdir().expect("a test has its folder to itself");
    let job = shallow(&server, mark.path());
    pull_request(&job, &base, &head).expect(1, &[USER]);
    nothing_ran(mark.path());
    // A push to a new branch asks for another branch, which becomes a ref here.
    let job = shallow(&server, mark.path());
    let git = |args: &[&str]| runner::git(&job.work(), args);
    fs::write(
        job.work().join(".git/config"),
        format!("[remote \"origin\"]\n\turl = file://{}\n", server.path().display()),
    )
    .expect("a test has its folder to itself");
    let packed = fs::read_to_string(job.work().join(".git/config")).expect("it is there");
    fs::write(job.work().join(".git/config"), packed + &settings(mark.path()))
        .expect("a test has its folder to itself");
    let _ = fs::remove_dir_all(job.work().join(".git/refs/remotes"));
    let _ = fs::remove_file(job.work().join(".git/packed-refs"));
    let payload =
        json!({"before": NONE, "after": head, "deleted": false, "repository": {"default_branch": "main"}});
    job.run("push", &head, "refs/heads/topic", &payload).expect(1, &[USER]);
    nothing_ran(mark.path());
    let main = fs::read_to_string(job.work().join(".git/refs/remotes/origin/main")).expect("it was fetched");
    assert_eq!(main.trim(), base);
    fs::write(job.work().join(".git/config"), "[core]\n\tbare = false\n")
        .expect("a test has its folder to itself");
    assert_eq!(git(&["rev-parse", "refs/remotes/origin/main"]), base);
    git(&["fsck", "--connectivity-only"]);
}

/// An address can name a program, too, and a rewritten one as well.
#[test]
fn no_address_runs_a_program() {
    let (server, base, head) = branched(&[("Dockerfile", GOOD)], &[("Dockerfile", ROOT)]);
    let mark = tempfile::tempdir().expect("a test has its folder to itself");
    let touch = format!("touch {}", mark.path().join("ran").display());
    for url in [
        format!("ext::{touch}"),
        format!("ext::sh -c {}", touch.replace(' ', "% ")),
        format!("-u{touch}"),
        "fd::7".to_owned(),
    ] {
        let job = shallow(&server, mark.path());
        runner::git(
            &job.work(),
            &[
                "-c",
                "core.fsmonitor=false",
                "-c",
                "core.hooksPath=/dev/null",
                "config",
                "remote.origin.url",
                &url,
            ],
        );
        let told = pull_request(&job, &base, &head);
        assert_eq!(told.code, 2, "{url}: {}\n{}", told.out, told.err);
        let _ = fs::remove_file(mark.path().join("hook"));
        nothing_ran(mark.path());
        let job = shallow(&server, mark.path());
        let config = job.work().join(".git/config");
        let text = fs::read_to_string(&config).expect("it is there");
        fs::write(&config, format!("{text}[url \"{url}\"]\n\tinsteadOf = file://\n"))
            .expect("a test has its folder to itself");
        assert_eq!(pull_request(&job, &base, &head).code, 2);
        nothing_ran(mark.path());
    }
}

/// Only git is run, and what it runs itself to fetch.
#[test]
#[expect(clippy::print_stderr, reason = "whoever runs the tests shall know that this did nothing")]
fn strace_sees_no_other_program() {
    let (server, base, head) = branched(&[("Dockerfile", GOOD)], &[("Dockerfile", ROOT)]);
    let mark = tempfile::tempdir().expect("a test has its folder to itself");
    let job = shallow(&server, mark.path());
    let log = mark.path().join("more.config.strace");
    let Some(told) = job.traced(&log, "pull_request", NONE, "refs/pull/7/merge", &pull(&base, &head)) else {
        eprintln!("skipped: strace is absent, or may not trace here");
        return;
    };
    told.expect(1, &[USER]);
    let log = fs::read_to_string(&log).expect("it was written");
    let ran: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("execve(") && line.trim_end().ends_with("= 0"))
        .filter_map(|line| line.split_once("execve(\"")?.1.split('"').next())
        .collect();
    assert!(ran.len() > 1, "{log}");
    for program in ran {
        let name = program.rsplit('/').next().unwrap_or_default();
        assert!(["hullguard", "git", "git-upload-pack", "sh", "dash", "bash"].contains(&name), "{program}");
    }
    // A shell is git's own way to start the other side of a local clone.
    let shells = log.lines().filter(|line| line.contains("execve(") && line.contains("sh\""));
    for shell in shells {
        assert!(shell.contains("git-upload-pack ") && !shell.contains("touch"), "{shell}");
    }
}

/// The folder that a workflow names as the repository, and that a pull request fills.
#[test]
fn what_a_pull_request_brings_is_no_repository() {
    let mark = tempfile::tempdir().expect("a test has its folder to itself");
    let config = format!("[core]\n\trepositoryformatversion = 0\n\tbare = true\n{}", settings(mark.path()));
    let bare: Vec<(String, String)> =
        [("HEAD", "ref: refs/heads/main\n"), ("config", &*config), ("objects/keep", "x"), ("refs/keep", "x")]
            .iter()
            .map(|(name, text)| (format!("sub/{name}"), (*text).to_owned()))
            .collect();
    let files: Vec<(&str, &str)> = bare.iter().map(|(name, text)| (&**name, &**text)).collect();
    let (server, base, head) = branched(&[("Dockerfile", GOOD), ("sub/Dockerfile", GOOD)], &files);
    for folder in ["sub", "sub/.", "./sub"] {
        let job = server.checkout(&["--depth=1", "-b", "topic"]).with("INPUT_WORKING_DIRECTORY", folder);
        let told = pull_request(&job, &base, &head);
        assert_eq!(told.code, 2, "{folder}: {}\n{}", told.out, told.err);
        assert!(told.err.contains("`working-directory`"), "{}", told.err);
        nothing_ran(mark.path());
    }
    // Nor is what a link leads to.
    let job = server.checkout(&["-b", "topic"]);
    let other = tempfile::tempdir().expect("a test has its folder to itself");
    runner::git(other.path(), &["init", "-q"]);
    symlink(other.path(), job.work().join("link")).expect("a test has its folder to itself");
    let told = pull_request(&job.with("INPUT_WORKING_DIRECTORY", "link"), &base, &head);
    assert_eq!(told.code, 2, "{}\n{}", told.out, told.err);
    assert!(told.err.contains("is a symbolic link"), "{}", told.err);
}

/// What a filter left out cannot be searched, and whoever is told that is told what to do.
#[test]
fn a_partial_clone_is_not_clean() {
    let server = Server::new();
    server.git(&["config", "uploadpack.allowFilter", "true"]);
    server.commit(&[("Dockerfile", GOOD), ("key", &format!("x = {}\n", tokens::github(tokens::RANDOM)))]);
    let base = server.commit(&[("key", "x = 1\n")]);
    let head = server.commit(&[("notes", "x\n")]);
    for filter in ["--filter=blob:none", "--filter=tree:0", "--filter=blob:limit=10"] {
        let job = server.checkout(&["--no-checkout", filter]);
        let sweep = job.run("schedule", &head, MAIN, &json!({"schedule": "0 3 * * *"}));
        assert_eq!((sweep.code, sweep.output("complete").as_str()), (2, "false"), "{filter}: {}", sweep.out);
        assert!(sweep.err.contains("partial clone"), "{filter}: {}\n{}", sweep.out, sweep.err);
        let told = pull_request(&job, &base, &head);
        assert_eq!(told.code, 2, "{filter}: {}\n{}", told.out, told.err);
    }
}

/// What is wrong is said on the page of the run, and no secret with it.
#[test]
fn an_error_shows_no_secret() {
    let token = tokens::github(tokens::RANDOM);
    let server = Server::new();
    server.commit(&[("hullguard.yaml", &format!("rules:\n  {token}: error\nprofile: {token}\n"))]);
    let head = server.commit(&[("Dockerfile", GOOD)]);
    for job in [
        server.checkout(&[]),
        server.checkout(&[]).with("INPUT_CONFIG", &format!("{token}.yaml")),
        server.checkout(&[]).with("INPUT_GATE", &token),
        server.checkout(&[]).with("INPUT_WORKING_DIRECTORY", &token),
    ] {
        let told = job.run("schedule", &head, MAIN, &json!({}));
        assert_eq!(told.code, 2, "{}", told.out);
        assert!(told.out.starts_with("::error title=hullguard::"), "{}", told.out);
        assert!(
            !told.out.contains(&token) && !told.err.contains(&token) && !told.summary.contains(&token),
            "{}",
            told.out
        );
    }
}

/// A report is not written through a link of the checkout.
#[test]
fn sarif_is_not_written_through_a_link() {
    let (server, base, head) = branched(&[("Dockerfile", GOOD)], &[("Dockerfile", ROOT)]);
    let outside = tempfile::tempdir().expect("a test has its folder to itself");
    let kept = outside.path().join("kept");
    fs::write(&kept, "x").expect("a test has its folder to itself");
    for (link, file) in [("out.sarif", "out.sarif"), ("sub", "sub/kept")] {
        let job = server.checkout(&[]);
        let target = if link == "sub" { outside.path() } else { &kept };
        symlink(target, job.work().join(link)).expect("a test has its folder to itself");
        let told = pull_request(&job.with("INPUT_SARIF_FILE", file), &base, &head);
        assert_eq!(told.code, 2, "{}\n{}", told.out, told.err);
        assert_eq!(fs::read_to_string(&kept).expect("it is there"), "x");
    }
}
