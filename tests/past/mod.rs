//! Secrets in what was committed, seen from the command line: histories, ranges, pushes, hooks.
//!
//! Every token is made here, so that none stands in this repository; and in nothing that hullguard writes may one of
//! them show.

mod accepted;
#[cfg(unix)]
pub(crate) mod hidden;
mod layouts;
mod pages;
mod paths;
#[cfg(unix)]
mod pushes;
mod silenced;
#[cfg(unix)]
mod ways;

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::{fs, io::Write as _};

use serde_json::Value;
use tempfile::TempDir;

use crate::tokens;

const HULLGUARD: &str = env!("CARGO_BIN_EXE_hullguard");

/// A personal access token of GitHub with a true checksum, another for every `seed`.
pub(crate) fn token(seed: u32) -> String {
    let letters = b"aB3dE6gH9kLmN0pQrS4tUvW7xYz2cFjK5nP8qR1sT";
    let random: String =
        (0..30u32).map(|i| letters[((i * 17 + seed * 13 + i * i * seed) % 41) as usize] as char).collect();
    tokens::github(&random)
}

pub(crate) struct Repo(pub(crate) TempDir);

impl Repo {
    pub(crate) fn new() -> Self {
        let repo = Self(tempfile::tempdir().expect("the test's own ground holds"));
        repo.git(&["init", "-q", "-b", "main"]);
        repo
    }
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
    pub(crate) fn git(&self, args: &[&str]) -> String {
        let out = git(self.path(), args).output().expect("git is installed");
        assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).trim().to_owned()
    }
    pub(crate) fn write(&self, file: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(file);
        fs::create_dir_all(path.parent().expect("the test's own ground holds"))
            .expect("the test's own ground holds");
        fs::write(path, text).expect("the test's own ground holds");
    }
    pub(crate) fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }
    /// `path:line` of the findings that are open, and of those that are not.
    fn history(&self, args: &[&str]) -> (Vec<String>, Vec<String>) {
        let out = hullguard(self.path(), &[args, &["--format", "json"]].concat()).output().expect("it runs");
        let report: Value = serde_json::from_slice(&out.stdout).expect("a report");
        let findings = report["findings"].as_array().expect("a list");
        let place = |f: &Value| format!("{}:{}", f["path"].as_str().expect("a path"), f["start"]["line"]);
        let of = |open: bool| {
            findings.iter().filter(|f| (f["status"] == "open") == open).map(place).collect::<Vec<_>>()
        };
        (of(true), of(false))
    }
    fn check(&self, args: &[&str]) -> Told {
        Told::of(&hullguard(self.path(), args).output().expect("it runs"))
    }
}

/// git without the user's and the tests' own settings.
fn git(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .args(args)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1");
    for (name, value) in [("NAME", "Ann"), ("EMAIL", "ann@example.org"), ("DATE", "2024-03-01T12:00:00Z")] {
        command.env(format!("GIT_AUTHOR_{name}"), value).env(format!("GIT_COMMITTER_{name}"), value);
    }
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"] {
        command.env_remove(name);
    }
    command
}

pub(crate) fn hullguard(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(HULLGUARD);
    command.arg("check").args(args).current_dir(folder);
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"] {
        command.env_remove(name);
    }
    command
}

struct Told {
    code: i32,
    text: String,
}

impl Told {
    fn of(out: &Output) -> Self {
        let text =
            format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        Self { code: out.status.code().expect("no signal ended it"), text }
    }
    /// `path:line` of each finding.
    fn places(&self) -> Vec<&str> {
        let places = self.text.lines().filter_map(|line| line.trim_start().strip_prefix("--> "));
        places.map(|place| place.rsplit_once(':').expect("a place has a column").0).collect()
    }
}

#[test]
fn a_secret_is_found_wherever_it_was_committed() {
    let repo = Repo::new();
    let lines = "one line of many\n".repeat(200);
    repo.write("plain.txt", &lines);
    repo.commit("start");
    // Added, then removed.
    repo.write("plain.txt", format!("{lines}TOKEN={}\n", token(1)));
    repo.commit("add");
    repo.write("plain.txt", &lines);
    repo.commit("remove");
    // In a file that is renamed.
    repo.write("old.env", format!("A=1\nTOKEN={}\n", token(2)));
    repo.commit("old");
    repo.git(&["mv", "old.env", "new.env"]);
    repo.commit("rename");
    // On a branch that is not merged, and in its message.
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.write("side.env", format!("TOKEN={}\n", token(3)));
    repo.commit(&format!("side\n\nuse {}", token(4)));
    repo.git(&["checkout", "-q", "main"]);
    // In a merge alone.
    repo.git(&["checkout", "-q", "-b", "topic"]);
    repo.write("topic.txt", "x\n");
    repo.commit("topic");
    repo.git(&["checkout", "-q", "main"]);
    repo.write("main.txt", "y\n");
    repo.commit("main");
    repo.git(&["merge", "-q", "--no-commit", "topic"]);
    repo.write("merged.env", format!("TOKEN={}\n", token(5)));
    let merge = repo.commit("merge");
    // In a tag's message, in a binary, in UTF-16.
    repo.git(&["tag", "-a", "v1", "-m", &format!("release {}", token(6))]);
    repo.write("blob.bin", [b"\0\x01\x02 ".as_slice(), token(7).as_bytes(), b" \0"].concat());
    let wide: Vec<u8> =
        format!("\u{feff}TOKEN={}\r\n", token(8)).encode_utf16().flat_map(u16::to_le_bytes).collect();
    repo.write("wide.txt", wide);
    repo.commit("bytes");
    // Amended away: only the reflog has it.
    repo.write("gone.env", format!("TOKEN={}\n", token(9)));
    repo.commit("gone");
    repo.write("gone.env", "nothing\n");
    repo.git(&["add", "-A"]);
    repo.git(&["commit", "-q", "--amend", "-m", "better"]);

    let expected = [
        "blob.bin:1",
        "commit message:",
        "merged.env:1",
        "old.env:2",
        "plain.txt:201",
        "side.env:1",
        "tag message:",
        "wide.txt:1",
    ];
    let loose = repo.check(&["--history"]);
    assert_eq!(loose.code, 1);
    let found = loose.places();
    assert_eq!(found.len(), expected.len(), "{found:?}");
    assert!(found.iter().zip(expected).all(|(found, expected)| found.starts_with(expected)), "{found:?}");
    assert!(
        loose.text.contains(&format!("added in commit {} of 2024-03-01 by Ann", &merge[..10])),
        "{}",
        loose.text
    );
    assert!(loose.text.contains("is in HEAD as `new.env`"), "{}", loose.text);

    // Packed, a bare clone, any number of threads: the same.
    repo.git(&["repack", "-q", "-a", "-d", "-f", "--depth=50"]);
    assert_eq!(repo.check(&["--history", "--threads", "1"]).text, loose.text);
    let bare = tempfile::tempdir().expect("the test's own ground holds");
    repo.git(&["clone", "-q", "--bare", ".", &bare.path().join("b.git").to_string_lossy()]);
    assert_eq!(repo.check(&["--history", &bare.path().join("b.git").to_string_lossy()]).places(), found);

    let dangling = repo.check(&["--history", "--unreachable"]);
    assert!(dangling.places().contains(&"gone.env:1"), "{:?}", dangling.places());
    let main = repo.check(&["--history", "--branch", "main"]);
    assert!(!main.places().contains(&"side.env:1"), "{:?}", main.places());
    assert_eq!(
        repo.check(&["--history", "--since", "2025-01-01"]).places().len(),
        1,
        "a tag has no day of its own"
    );

    for format in ["human", "json", "jsonl", "sarif", "github"] {
        let told = repo.check(&["--history", "--unreachable", "--profile", "strict", "--format", format]);
        for seed in 1..10 {
            let token = token(seed);
            assert!(!told.text.contains(&token[8..20]), "{format} shows token {seed}");
        }
    }
}

#[test]
fn a_range_tells_what_is_new_in_it() {
    let repo = Repo::new();
    repo.write("a.env", format!("TOKEN={}\n", token(1)));
    repo.write("moved.txt", format!("{}\nTOKEN={}\n", "x\n".repeat(40), token(2)));
    let first = repo.commit("first");
    repo.write("a.env", format!("# comment\nTOKEN={}\nOTHER={}\n", token(1), token(3)));
    repo.git(&["mv", "moved.txt", "there.txt"]);
    repo.write("there.txt", format!("{}\nmore\nTOKEN={}\n", "x\n".repeat(40), token(2)));
    repo.commit("second");
    repo.write("b.env", format!("TOKEN={}\n", token(4)));
    repo.commit("third");
    repo.git(&["rm", "-q", "b.env"]);
    repo.commit("fourth");
    let told = repo.check(&["--commits", &format!("{first}..HEAD")]);
    assert_eq!(told.places(), ["a.env:3", "b.env:1"], "what stood there before or was moved is not new");
    assert_eq!(repo.check(&["--commits", "HEAD..HEAD"]).code, 0);
    let missing = repo.check(&["--commits", "nowhere..HEAD"]);
    assert_eq!(missing.code, 2);

    let shallow = tempfile::tempdir().expect("the test's own ground holds");
    let url = format!("file://{}", repo.path().display());
    repo.git(&["clone", "-q", "--depth", "1", &url, &shallow.path().join("s").to_string_lossy()]);
    let told = Told::of(
        &hullguard(&shallow.path().join("s"), &["--commits", &format!("{first}..HEAD")])
            .output()
            .expect("the test's own ground holds"),
    );
    assert_eq!(told.code, 2);
    assert!(told.text.contains("git fetch --unshallow"), "{}", told.text);
    let told = Told::of(
        &hullguard(&shallow.path().join("s"), &["--history"]).output().expect("the test's own ground holds"),
    );
    assert_eq!(told.code, 2, "half a history is not clean");
}

#[test]
fn what_is_staged_is_new_or_not_told() {
    let repo = Repo::new();
    repo.write("a.env", format!("TOKEN={}\n", token(1)));
    repo.commit("first");
    repo.write("a.env", format!("# x\nTOKEN={}\n", token(1)));
    repo.git(&["add", "-A"]);
    assert_eq!(repo.check(&["--staged", "--rule", "secrets"]).code, 0);
    repo.write("a.env", format!("# x\nTOKEN={}\nMORE={}\n", token(1), token(2)));
    repo.git(&["add", "-A"]);
    repo.write("a.env", "only on disk\n");
    let told = repo.check(&["--staged", "--rule", "secrets"]);
    assert_eq!((told.code, told.places()), (1, vec!["a.env:3"]));
}

#[test]
fn hooks_see_what_a_push_brings() {
    let repo = Repo::new();
    repo.write("a.txt", "x\n");
    let first = repo.commit("first");
    repo.write("b.env", format!("TOKEN={}\n", token(1)));
    repo.commit("second");
    repo.git(&["rm", "-q", "b.env"]);
    let third = repo.commit("third");
    let zero = "0".repeat(40);
    let push = |hook: &str, line: String| {
        let mut child = hullguard(repo.path(), &["--hook", hook])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the test's own ground holds");
        child
            .stdin
            .take()
            .expect("the test's own ground holds")
            .write_all(line.as_bytes())
            .expect("the test's own ground holds");
        Told::of(&child.wait_with_output().expect("the test's own ground holds"))
    };
    let told = push("pre-push", format!("refs/heads/main {third} refs/heads/main {first}\n"));
    assert_eq!((told.code, told.places()), (1, vec!["b.env:1"]));
    assert_eq!(push("pre-push", format!("refs/heads/main {first} refs/heads/main {zero}\n")).code, 0);
    assert_eq!(push("pre-push", format!("(delete) {zero} refs/heads/old {first}\n")).code, 0);
    assert_eq!(push("pre-receive", format!("{first} {third} refs/heads/main\n")).code, 1);
    assert_eq!(push("pre-receive", "what\n".to_owned()).code, 2);
    // What is pushed may have blanks in its name.
    let told = push("pre-push", format!("HEAD@{{1 day ago}} {third} refs/heads/main {first}\n"));
    assert_eq!((told.code, told.places()), (1, vec!["b.env:1"]));
    // Who was told nothing has seen nothing.
    for hook in ["pre-push", "pre-receive"] {
        let told = push(hook, String::new());
        assert!(told.code == 2 && told.text.contains("git did not say what is pushed"), "{}", told.text);
    }

    // A real server: the pushed objects are in quarantine while the hook runs.
    let server = tempfile::tempdir().expect("the test's own ground holds");
    let bare = server.path().join("s.git");
    repo.git(&["init", "-q", "--bare", &bare.to_string_lossy()]);
    let hook = bare.join("hooks/pre-receive");
    fs::write(&hook, format!("#!/bin/sh\nexec '{HULLGUARD}' check --hook pre-receive\n"))
        .expect("the test's own ground holds");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).expect("the test's own ground holds");
        let refused = git(repo.path(), &["push", "-q", &bare.to_string_lossy(), "main"])
            .output()
            .expect("the test's own ground holds");
        assert!(!refused.status.success());
        assert!(String::from_utf8_lossy(&refused.stderr).contains("b.env"), "{refused:?}");
        repo.git(&["push", "-q", &bare.to_string_lossy(), &format!("{first}:refs/heads/main")]);
    }
}

#[test]
fn one_secret_in_several_files_is_one_finding_with_its_places() {
    let repo = Repo::new();
    for file in ["a.env", "b.env", "c.env"] {
        repo.write(file, format!("A=1\nTOKEN={}\nDB_PASSWORD=Summer2019!\n", token(1)));
    }
    // Silenced in one place, it is still told in the others.
    repo.write("a.env", format!("A=1\nTOKEN={} # gitleaks:allow\n", token(1)));
    let told = repo.check(&["."]);
    // A password that somebody thought up may stand in two places by chance.
    assert_eq!(told.places(), ["b.env:2", "c.env:2", "b.env:3", "c.env:3"]);
    assert!(told.text.contains("and in 1 other place"), "{}", told.text);
}
