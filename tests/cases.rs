//! The command line, from outside. Each folder of `tests/cases` holds `cmd` (arguments, one a line), `in/` (the folder
//! it runs in, copied first; a file `in` names the case whose folder it shares) and what came of it: `out` (standard output, then standard error if there was any, then
//! the exit code) and, if files changed, `after/`. `BLESS=1` writes them anew.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).into_iter().flatten().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file can be copied");
        }
    }
}

/// Every file of a folder with its text.
fn texts(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                let name = entry.path().strip_prefix(folder).expect("it was found below").to_owned();
                files.push((name, fs::read(entry.path()).expect("a file can be read")));
            }
        }
    }
    files.sort();
    files
}

/// The program in a folder, with an environment that holds nothing of the developer's.
pub(crate) fn hullguard(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hullguard"));
    command.current_dir(folder).env_clear().stdin(Stdio::null());
    // A developer's ShellCheck would find what another developer's run does not.
    command.env("HULLGUARD_SHELLCHECK", "off");
    for kept in ["PATH", "SYSTEMROOT", "TEMP"] {
        if let Some(value) = env::var_os(kept) {
            command.env(kept, value);
        }
    }
    command
}

/// Runs git in a folder, with no configuration of the developer's; the tests may themselves run inside a hook.
pub(crate) fn git(folder: &Path, arguments: &[&str]) {
    let done = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"])
        .args(["-c", "protocol.file.allow=always"])
        .args(arguments)
        .current_dir(folder)
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("git is installed");
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn cases_come_out_as_written() {
    let bless = env::var_os("BLESS").is_some();
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut wrong = String::new();
    let mut count = 0;
    for case in fs::read_dir(&cases).expect("tests/cases is there").flatten().map(|entry| entry.path()) {
        let Ok(arguments) = fs::read_to_string(case.join("cmd")) else { continue };
        count += 1;
        let work = tempfile::tempdir().expect("a folder for the case");
        // A case that looks at the same files in another way names the case that has them.
        let files = fs::read_to_string(case.join("in"))
            .map_or(case.join("in"), |other| cases.join(other.trim()).join("in"));
        copy(&files, work.path());
        let mut command = hullguard(work.path());
        command.args(arguments.lines());
        let input = case.join("stdin");
        if input.exists() {
            command.stdin(fs::File::open(input).expect("the case's input"));
        }
        let done = command.output().expect("the program starts");
        let mut out = String::from_utf8(done.stdout).expect("what is printed is UTF-8");
        if !done.stderr.is_empty() {
            let _ = write!(out, "--- standard error\n{}", String::from_utf8_lossy(&done.stderr));
        }
        let _ = writeln!(out, "--- exit code {}", done.status.code().expect("it was not killed"));
        let before = texts(&files);
        let after = texts(work.path());
        if bless {
            fs::write(case.join("out"), &out).expect("the case can be written");
            if after != before {
                copy(work.path(), &case.join("after"));
            }
        }
        let expected = fs::read_to_string(case.join("out")).unwrap_or_default().replace("\r\n", "\n");
        let kept = if case.join("after").exists() { texts(&case.join("after")) } else { before };
        if out != expected {
            let _ = writeln!(wrong, "{}: expected\n{expected}but\n{out}", case.display());
        }
        if after != kept {
            let _ = writeln!(wrong, "{}: the files are not as in after/", case.display());
        }
    }
    assert!(count > 10, "only {count} cases were found");
    assert!(wrong.is_empty(), "\n{wrong}\nRead it; `BLESS=1 cargo test cases` writes them anew.");
}

/// What git shows of a hook's world: the index, not the disk.
#[test]
fn staged_checks_the_index() {
    let work = tempfile::tempdir().expect("a folder");
    let folder = work.path();
    let git = |arguments: &[&str]| git(folder, arguments);
    git(&["init", "-q", "."]);
    fs::write(folder.join("Dockerfile"), "FROM alpine:3.22\nMAINTAINER a\n").expect("written");
    git(&["add", "Dockerfile"]);
    fs::write(folder.join("Dockerfile"), "FROM alpine:3.22\n").expect("written");
    fs::write(folder.join("other.dockerfile"), "FROM alpine:3.22\nMAINTAINER b\n").expect("written");
    let run = || {
        let mut command = hullguard(folder);
        command.args(["check", "--staged", "--rule", "maintainer-deprecated", "--fail-on", "note"]);
        let done = command.output().expect("the program starts");
        (done.status.code(), String::from_utf8_lossy(&done.stdout).into_owned())
    };
    let (code, said) = run();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("Dockerfile:2:1") && !said.contains("other.dockerfile"), "{said}");
    git(&["add", "Dockerfile"]);
    assert_eq!(run().0, Some(0), "the index has no fault now");
}
