//! The command line among things that a case's folder cannot hold: links, FIFOs, read-only folders.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use crate::cases::hullguard;

const WRONG: &str = "FROM alpine:3.22\nRUN cd /x && apt-get install curl\n";

struct Done {
    code: i32,
    out: String,
    err: String,
}

fn run(folder: &Path, arguments: &[&str]) -> Done {
    let done = hullguard(folder).args(arguments).output().expect("the program starts");
    Done {
        code: done.status.code().expect("it was not killed"),
        out: String::from_utf8(done.stdout).expect("what is printed is UTF-8"),
        err: String::from_utf8(done.stderr).expect("what is printed is UTF-8"),
    }
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a file lies somewhere")).expect("a folder can be made");
    fs::write(path, text).expect("a file can be written");
}

#[test]
fn what_is_no_file_is_told_and_never_read() {
    let work = tempfile::tempdir().expect("a folder");
    let folder = work.path();
    write(&folder.join("ok/Dockerfile"), "FROM scratch\n");
    for fifo in ["Dockerfile", "compose.yaml", "notes", ".env", "hullguard.yaml"] {
        let made = Command::new("mkfifo").arg(folder.join(fifo)).status().expect("mkfifo is there");
        assert!(made.success());
    }
    symlink("gone", folder.join("Dockerfile.gone")).expect("a link");
    symlink("Dockerfile.self", folder.join("Dockerfile.self")).expect("a link");
    let done = run(folder, &["check", "--format", "json"]);
    assert_eq!(done.code, 0, "{}", done.err);
    let json: serde_json::Value = serde_json::from_str(&done.out).expect("JSON");
    let told: Vec<(&str, &str)> = json["files"]["skipped"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|told| (told["path"].as_str().unwrap_or(""), told["why"].as_str().unwrap_or("")))
        .collect();
    assert_eq!(
        told,
        [
            ("Dockerfile", "a FIFO"),
            ("Dockerfile.gone", "a broken symbolic link"),
            ("Dockerfile.self", "a symbolic link to itself"),
            ("compose.yaml", "a FIFO"),
            ("hullguard.yaml", "a FIFO"),
        ]
    );
    assert!(run(folder, &["check"]).out.contains("5 files skipped"));
    let named = run(folder, &["check", "Dockerfile", "--config", "hullguard.yaml"]);
    assert_eq!(named.code, 2);
    assert!(named.err.contains("it is not a regular file"), "{}", named.err);
}

/// A repository can hold such a link, and whoever reads it reads for ever.
#[test]
fn ignore_files_without_an_end_are_not_read() {
    let work = tempfile::tempdir().expect("a folder");
    let folder = work.path();
    write(&folder.join("a/Dockerfile"), "FROM scratch\n");
    write(&folder.join("b/Dockerfile"), "FROM scratch\n");
    symlink("/dev/zero", folder.join("b/.gitignore")).expect("a link");
    let done = run(folder, &["check"]);
    assert_eq!(done.code, 0);
    assert!(
        done.out.contains("skipped: b/.gitignore: a symbolic link, which git does not follow"),
        "{}",
        done.out
    );
    assert!(done.out.contains("no findings in 2 files; 1 file skipped"), "{}", done.out);
    assert!(run(&folder.join("b"), &["check"]).out.contains("skipped: .gitignore: "));
}

#[test]
fn fixes_never_leave_the_folder() {
    let work = tempfile::tempdir().expect("a folder");
    let (inside, outside) = (work.path().join("in"), work.path().join("out"));
    write(&outside.join("Dockerfile"), WRONG);
    write(&outside.join("deep/Dockerfile"), WRONG);
    write(&inside.join("real/Dockerfile"), WRONG);
    symlink(outside.join("Dockerfile"), inside.join("Dockerfile")).expect("a link");
    symlink("real/Dockerfile", inside.join("Dockerfile.near")).expect("a link");
    let done = run(&inside, &["check", "--fix-unsafe", "Dockerfile", "Dockerfile.near"]);
    assert_eq!(done.code, 2, "{}", done.out);
    assert!(done.out.contains("a symbolic link leads out of the checked folder"), "{}", done.out);
    assert_eq!(fs::read_to_string(outside.join("Dockerfile")).expect("it is there"), WRONG);
    assert_ne!(fs::read_to_string(inside.join("real/Dockerfile")).expect("it is there"), WRONG);
    // Whoever names a folder means what is in it.
    symlink(outside.join("deep"), inside.join("named")).expect("a link");
    run(&inside, &["check", "--fix-unsafe", "named"]);
    assert_ne!(fs::read_to_string(outside.join("deep/Dockerfile")).expect("it is there"), WRONG);
}

#[test]
fn a_read_only_folder_costs_only_its_own_fixes() {
    let work = tempfile::tempdir().expect("a folder");
    let folder = work.path();
    write(&folder.join("a/Dockerfile"), WRONG);
    write(&folder.join("b/Dockerfile"), WRONG);
    let locked = folder.join("b");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o555)).expect("permissions can be set");
    if fs::write(locked.join("probe"), "").is_ok() {
        // root writes everywhere; a file that is read-only is left alone all the same.
        let file = fs::Permissions::from_mode(0o444);
        fs::set_permissions(locked.join("Dockerfile"), file).expect("permissions can be set");
    }
    let done = run(folder, &["check", "--fix-unsafe"]);
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o755)).expect("permissions can be set");
    assert_eq!(done.code, 2, "{}{}", done.out, done.err);
    assert!(done.out.contains("b/Dockerfile: the fixed file could not be written: "), "{}", done.out);
    assert!(done.err.contains("fixed 1 file; 1 could not be written"), "{}", done.err);
    assert_ne!(fs::read_to_string(folder.join("a/Dockerfile")).expect("it is there"), WRONG);
    assert_eq!(fs::read_to_string(folder.join("b/Dockerfile")).expect("it is there"), WRONG);
}

fn git(folder: &Path, arguments: &[&str]) -> std::process::Output {
    let done = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"])
        .args(["-c", "protocol.file.allow=always"])
        .args(arguments)
        .current_dir(folder)
        // The tests may themselves run inside a hook.
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("git is installed");
    assert!(
        done.status.success() || arguments.contains(&"commit"),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    done
}

/// GitHub resolves the paths of SARIF from the top of the checkout, wherever the run was.
#[test]
fn sarif_counts_paths_from_the_top_of_the_repository() {
    let work = tempfile::tempdir().expect("a folder");
    let top = work.path();
    git(top, &["init", "-q", "."]);
    write(&top.join("a/b/Dockerfile"), "FROM alpine:latest\n");
    let done = run(&top.join("a"), &["check", "--format", "sarif=out.sarif", "--format", "human"]);
    assert!(done.out.contains("--> b/Dockerfile:1:"), "{}", done.out);
    let text = fs::read_to_string(top.join("a/out.sarif")).expect("the report is there");
    let sarif: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(*place, serde_json::json!({ "uri": "a/b/Dockerfile", "uriBaseId": "%SRCROOT%" }));
    assert!(sarif["runs"][0]["originalUriBaseIds"]["%SRCROOT%"].is_object());
}

/// The commit is judged by the configuration that it holds, not by one that lies around.
#[test]
fn staged_runs_read_the_configuration_from_the_index() {
    let work = tempfile::tempdir().expect("a folder");
    let top = work.path();
    git(top, &["init", "-q", "."]);
    write(&top.join("Dockerfile"), "FROM alpine:latest\n");
    write(&top.join("hullguard.yaml"), "rules:\n  latest-tag: error\n");
    git(top, &["add", "."]);
    write(&top.join("hullguard.yaml"), "rules:\n  latest-tag: off\n");
    for config in [&["check", "--staged"][..], &["check", "--staged", "--config", "hullguard.yaml"]] {
        let done = run(top, config);
        assert!(done.out.contains("error[latest-tag]"), "{}{}", done.out, done.err);
    }
    assert!(!run(top, &["check"]).out.contains("latest-tag"));
    git(top, &["rm", "-qf", "--cached", "hullguard.yaml"]);
    assert!(!run(top, &["check", "--staged"]).out.contains("latest-tag"), "git does not know the file");
}

#[test]
fn staged_links_that_nobody_follows_are_told() {
    let work = tempfile::tempdir().expect("a folder");
    let top = work.path();
    git(top, &["init", "-q", "."]);
    write(&top.join("a/Dockerfile"), "FROM alpine:3.22\n");
    write(&top.join("a/notes"), "FROM alpine:3.22\n");
    for (name, to) in [
        ("Dockerfile", "a/Dockerfile"),
        ("Dockerfile.folder", "a"),
        ("Dockerfile.gone", "gone"),
        ("Dockerfile.notes", "a/notes"),
        ("Dockerfile.out", "../out"),
        ("Dockerfile.twice", "Dockerfile"),
    ] {
        symlink(to, top.join(name)).expect("a link");
    }
    git(top, &["add", "."]);
    let done = run(top, &["check", "--staged"]);
    let told: Vec<&str> = done.out.lines().filter_map(|line| line.strip_prefix("skipped: ")).collect();
    assert_eq!(
        told,
        [
            "Dockerfile.gone: a symbolic link to a file that git does not track",
            "Dockerfile.notes: a symbolic link to a file that is not checked",
            "Dockerfile.out: a symbolic link to a file outside of the repository",
            "Dockerfile.twice: a symbolic link to a symbolic link",
        ]
    );
}

/// git sets `GIT_DIR` and `GIT_INDEX_FILE` for a hook; in submodules and worktrees they lead elsewhere.
#[test]
fn the_hook_works_in_submodules_and_worktrees() {
    let work = tempfile::tempdir().expect("a folder");
    let (library, project) = (work.path().join("library"), work.path().join("project"));
    for repository in [&library, &project] {
        write(&repository.join("ok/Dockerfile"), "FROM alpine:3.22\nMAINTAINER a\n");
        git(repository, &["init", "-q", "."]);
        git(repository, &["add", "."]);
        git(repository, &["commit", "-qm", "first"]);
    }
    git(&project, &["submodule", "--quiet", "add", "../library", "sub"]);
    git(&project, &["commit", "-qm", "second"]);
    git(&project, &["worktree", "add", "-q", "-b", "other", "../tree"]);
    let hooks = work.path().join("hooks");
    let program = env!("CARGO_BIN_EXE_hullguard");
    let flags = "check --staged --rule maintainer-deprecated --fail-on note";
    write(&hooks.join("pre-commit"), &format!("#!/bin/sh\nexec '{program}' {flags}\n"));
    fs::set_permissions(hooks.join("pre-commit"), fs::Permissions::from_mode(0o755)).expect("permissions");
    let hooks = format!("core.hooksPath={}", hooks.display());
    for folder in [project.join("sub"), work.path().join("tree"), project.clone()] {
        write(&folder.join("new/Dockerfile"), "FROM alpine:3.22\nMAINTAINER b\n");
        git(&folder, &["add", "new"]);
        // On disk all is well; the index decides.
        write(&folder.join("new/Dockerfile"), "FROM alpine:3.22\n");
        let commit = || {
            let done = git(&folder, &["-c", &hooks, "commit", "-qm", "third"]);
            let said = [done.stdout, done.stderr].concat();
            (done.status.success(), String::from_utf8_lossy(&said).into_owned())
        };
        let (went, said) = commit();
        assert!(!went && said.contains("new/Dockerfile:2:1") && !said.contains("ok/Dockerfile"), "{said}");
        git(&folder, &["add", "new"]);
        let (went, said) = commit();
        assert!(went, "{said}");
    }
}

/// A folder with many names of one long Dockerfile.
fn many(files: usize) -> tempfile::TempDir {
    let work = tempfile::tempdir().expect("a folder");
    let first = work.path().join("0.dockerfile");
    write(&first, &format!("FROM alpine:latest\n{}", "RUN apt-get update && cd /a && make\n".repeat(300)));
    for number in 1..files {
        fs::hard_link(&first, work.path().join(format!("{number}.dockerfile"))).expect("a link");
    }
    work
}

#[test]
fn an_interrupted_run_tells_what_it_found() {
    // As many files and as much time as this machine needs to be caught at work.
    for (files, wait) in [(1000, 500), (4000, 1000), (16_000, 3000)] {
        let work = many(files);
        let mut command = hullguard(work.path());
        command.args(["check", "--format", "json", "--fix-unsafe", "--rule", "latest-tag", "--threads", "1"]);
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let child = command.spawn().expect("the program starts");
        std::thread::sleep(std::time::Duration::from_millis(wait));
        let sent =
            Command::new("kill").args(["-INT", &child.id().to_string()]).output().expect("kill is there");
        let done = child.wait_with_output().expect("it ends");
        let json: Option<serde_json::Value> = serde_json::from_slice(&done.stdout).ok();
        let checked = json.as_ref().and_then(|json| json["files"]["checked"].as_u64());
        // It had ended already, or had not yet begun to listen.
        if !sent.status.success() || checked == Some(files as u64) || done.status.code().is_none() {
            continue;
        }
        assert_eq!(done.status.code(), Some(2), "{}", String::from_utf8_lossy(&done.stderr));
        let json = json.expect("a whole report");
        assert_eq!(json["incomplete"], true);
        assert_eq!(json["findings"].as_array().map(|list| list.len() as u64), checked);
        return;
    }
    panic!("no run was long enough");
}

#[test]
#[expect(clippy::print_stderr, reason = "whoever runs the tests shall know that this one did nothing")]
fn a_long_run_says_on_a_terminal_how_far_it_is() {
    let python = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)";
    if Command::new("python3").args(["-c", "import pty"]).status().is_ok_and(|status| status.success()) {
        for files in [4000, 16_000, 64_000] {
            let work = many(files);
            let done = Command::new("python3")
                .args(["-c", python, env!("CARGO_BIN_EXE_hullguard"), "check", "--threads", "1"])
                .args(["--rule", "maintainer-deprecated"])
                .current_dir(work.path())
                .stdin(std::process::Stdio::null())
                .output()
                .expect("python starts");
            let out = String::from_utf8_lossy(&done.stdout);
            if out.contains("\rchecked ") {
                assert!(out.contains(&format!(" of {files} files …")) && out.contains("\r\x1b[K"), "{out}");
                return;
            }
        }
        panic!("no run was long enough");
    }
    eprintln!("skipped: there is no python3 with a pty here");
}

#[test]
fn what_git_tracks_is_known_in_any_folder() {
    let work = tempfile::tempdir().expect("a folder");
    let folder = work.path();
    write(
        &folder.join("api/Dockerfile"),
        "FROM alpine:3.22\nCOPY Src /src\nCOPY run /run\nCOPY made /made\n",
    );
    write(&folder.join("api/src/main.py"), "x\n");
    write(&folder.join("api/run"), "x\n");
    git(folder, &["init", "-q"]);
    git(folder, &["add", "."]);
    // On disk, and not tracked.
    write(&folder.join("api/made"), "x\n");
    for (place, path, what) in [
        (folder.to_owned(), "api/Dockerfile", "."),
        (folder.join("api"), "Dockerfile", "."),
        (folder.to_owned(), "api/Dockerfile", "--staged"),
    ] {
        let arguments =
            ["check", "--format", "compact", "--profile", "strict", "--rule", "copy-source-missing", what];
        let done = run(&place, &arguments);
        let said = "`Src` does not exist in the build context; did you mean `src`?";
        assert_eq!(done.out, format!("{path}:2:6: error[copy-source-missing] {said}\n"), "{}", done.err);
    }
}
