//! `hullguard init`: what it writes, what it leaves alone, and what it says.

use std::fs;
use std::path::Path;
use std::process::Command;

use hullguard::config;
use hullguard::text::Source;
use serde_yaml::Value;

use crate::cases::hullguard;

const LATEST: &str = "FROM alpine:latest\nUSER app\n";
const HOOKS: &str = ".pre-commit-config.yaml";
const WORKFLOW: &str = ".github/workflows/hullguard.yml";

fn put(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().expect("a file lies somewhere")).expect("a folder can be made");
        fs::write(file, text).expect("a file can be written");
    }
}

fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
    let work = tempfile::tempdir().expect("a folder");
    put(work.path(), &[(".git/HEAD", "ref: refs/heads/main\n"), ("Dockerfile", LATEST)]);
    put(work.path(), files);
    work
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let done = hullguard(folder).args(arguments).output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("what is printed is UTF-8");
    (done.status.code().expect("it was not killed"), text(done.stdout), text(done.stderr))
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap_or_default()
}

/// Every file with its text, but for git's.
fn all(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten().flatten() {
            match entry.path() {
                path if path.is_symlink() => files.push((path.display().to_string(), Vec::new())),
                path if path.is_dir() => folders.push(path),
                path => files.push((path.display().to_string(), fs::read(&path).unwrap_or_default())),
            }
        }
    }
    files.sort();
    files
}

#[test]
fn a_repository_is_set_up_once() {
    let work = repository(&[("api/Dockerfile", LATEST)]);
    let top = work.path();
    // From a folder below, too: the files belong to the top.
    let (code, out, err) = run(&top.join("api"), &["init", "--yes"]);
    assert_eq!(code, 0, "{out}{err}");
    for told in [
        "Checked 2 Dockerfiles and Compose files: 2 warnings.",
        "Written: hullguard.yaml, .pre-commit-config.yaml, .github/workflows/hullguard.yml",
        "  hullguard baseline  accepts today's findings; only new ones fail",
        "  pre-commit install  runs the hooks at each commit and push",
        "git add hullguard.yaml .pre-commit-config.yaml .github/workflows/hullguard.yml",
    ] {
        assert!(out.contains(told), "{told}\n{out}");
    }
    let text = read(top, "hullguard.yaml");
    assert!(text.starts_with("# yaml-language-server: $schema=https://"), "{text}");
    assert!(config::of(&Source::new("hullguard.yaml", text.clone().into()), "").is_ok());
    // What it comments out is right, too.
    let active: String = text
        .lines()
        .filter(|line| !line.contains("://"))
        .map(|line| line.strip_prefix("# ").unwrap_or(line))
        .filter(|line| !line.ends_with('.'))
        .fold(String::new(), |text, line| text + line + "\n");
    let read_active = config::of(&Source::new("hullguard.yaml", active.clone().into()), "");
    assert!(read_active.is_ok(), "{active}\n{}", read_active.unwrap_err());
    let hooks: Value = serde_yaml::from_str(&read(top, HOOKS)).expect("YAML");
    assert_eq!(hooks["repos"][0]["hooks"][2]["id"], "hullguard-push");
    let workflow: Value = serde_yaml::from_str(&read(top, WORKFLOW)).expect("YAML");
    assert!(
        workflow["jobs"]["hullguard"]["steps"][1]["uses"]
            .as_str()
            .is_some_and(|uses| uses.contains("hullguard@v"))
    );
    assert!(!top.join(".hullguard-baseline.jsonl").exists());

    let before = all(top);
    let (code, out, _) = run(top, &["init", "--yes"]);
    assert!(code == 0 && out.contains("Nothing was written."), "{out}");
    assert_eq!(all(top), before, "a second run changes nothing");
    let (code, out, err) = run(top, &["init"]);
    assert!(code == 0 && out.contains("Nothing was written."), "nothing to ask: {out}{err}");
    assert_eq!(run(top, &["check"]).0, 1);
    let (code, out, _) = run(top, &["init", "--yes", "--baseline"]);
    assert!(code == 0 && out.contains("Written: .hullguard-baseline.jsonl"), "{out}");
    assert_eq!(run(top, &["check"]).0, 0);
}

#[test]
fn without_git_it_says_what_is_left_out() {
    let work = tempfile::tempdir().expect("a folder");
    put(work.path(), &[("Dockerfile", LATEST)]);
    let (code, out, err) = run(work.path(), &["init", "--yes"]);
    assert_eq!(code, 0, "{out}{err}");
    for file in [HOOKS, WORKFLOW] {
        let line = format!("  {file:<34} not written: this folder is not in a git repository\n");
        assert!(out.contains(&line) && !work.path().join(file).exists(), "{out}");
    }
}

#[test]
fn nothing_is_written_without_an_answer() {
    let work = repository(&[]);
    let before = all(work.path());
    let (code, out, err) = run(work.path(), &["init"]);
    assert_eq!(code, 2);
    assert!(out.contains("hullguard.yaml") && out.contains(" new\n"), "the plan is shown: {out}");
    assert!(err.contains("nothing was written; add --yes"), "{err}");
    assert_eq!(all(work.path()), before);
}

#[test]
fn what_is_there_stays() {
    for (name, told) in [
        ("hullguard.yml", "exists; not changed"),
        (".hullguard.yaml", "exists; not changed"),
        (".github/hullguard.yml", "exists; not changed"),
        (WORKFLOW, "exists; not changed"),
        (".github/workflows/hullguard.yaml", "exists; not changed"),
    ] {
        let work = repository(&[(name, "")]);
        let (code, out, _) = run(work.path(), &["init", "--yes"]);
        assert!(code == 0 && out.contains(told), "{name}: {out}");
        assert_eq!(read(work.path(), name), "", "{name}");
        if name.contains("workflows") {
            assert_eq!(fs::read_dir(work.path().join(".github/workflows")).expect("a folder").count(), 1);
        } else {
            assert!(!work.path().join("hullguard.yaml").exists(), "{name}");
        }
    }
    for (name, text, kept) in [
        ("lefthook.yml", "pre-commit: {}\n", HOOKS),
        (".husky/pre-commit", "true\n", HOOKS),
        (".gitlab-ci.yml", "{}\n", WORKFLOW),
        (".github/workflows/ci.yaml", "jobs: {a: {steps: [{uses: hullguard/hullguard@v1}]}}\n", WORKFLOW),
    ] {
        let work = repository(&[(name, text)]);
        let (code, out, _) = run(work.path(), &["init", "--yes"]);
        assert!(code == 0 && out.contains("not written: "), "{name}: {out}");
        assert!(!work.path().join(kept).exists(), "{name}");
        let command = out.lines().find(|line| line.starts_with("hullguard check"));
        assert_eq!(command.is_some(), kept == HOOKS, "{name}: {out}");
        if let Some(command) = command {
            // What it says to run does run.
            let words: Vec<&str> = command.split(' ').skip(1).collect();
            let git = |arguments: &[&str]| {
                let done = Command::new("git").args(arguments).current_dir(work.path()).output();
                assert!(done.expect("git is installed").status.success(), "{arguments:?}");
            };
            git(&["init", "-q"]);
            git(&["add", "Dockerfile"]);
            let (code, out, err) = run(work.path(), &words);
            assert!(code == 1 && out.contains("latest-tag"), "{out}{err}");
        }
    }
    // Outside of git there are neither hooks nor workflows.
    let work = tempfile::tempdir().expect("a folder");
    let (_, out, _) = run(work.path(), &["init", "--yes"]);
    assert!(
        out.contains("There is no Dockerfile or Compose file here")
            && out.contains("Written: hullguard.yaml\n"),
        "{out}"
    );
}

#[test]
fn hooks_are_added_to_a_list_that_people_wrote() {
    let ours = "repo: https://github.com/hullguard/hullguard";
    for old in [
        "repos:\n- repo: local\n  hooks:\n  - id: a\n",
        "repos:\n  - repo: local\n    hooks:\n      - id: a",
        "# top\nrepos:\n  - repo: local # here\n    hooks:\n      - id: a # why\n      # - id: b\n\n# end\nci:\n  skip: [a]\n",
        "ci: {skip: [a]}\r\nrepos:\r\n- repo: local\r\n  hooks:\r\n  - id: a\r\n",
        "repos:\n    -   repo: local\n        hooks:\n        -   id: a\n            entry: |\n                x\n                # y\n\nfail_fast: true\n",
        "repos:\n- hooks: [{id: a}]\n  repo: local\n\n\n",
        "default: &d [a]\nrepos:\n- &one\n  repo: local\n  hooks: *d\n",
        "---\nrepos:\n- {repo: local, hooks: [{id: a}]}\n",
        "\u{feff}repos:\n- repo: local\n  hooks: []\n",
        "repos: &unused\n- &x\n  repo: local\n  hooks: []\n",
        "repos:\n- repo: local\n  hooks:\n  - id: a\n    entry: |+\n      x\nci: {}\n",
    ] {
        let work = repository(&[(HOOKS, old)]);
        let (code, out, err) = run(work.path(), &["init", "--yes"]);
        let new = read(work.path(), HOOKS);
        assert!(code == 0 && new.contains(ours), "{old}\n{out}{err}\n{new}");
        let value = |text: &str| -> Value {
            serde_yaml::from_str(text.trim_start_matches('\u{feff}')).expect("YAML")
        };
        let (before, mut after) = (value(old), value(&new));
        let list = after["repos"].as_sequence_mut().expect("a list");
        let added = list.pop().expect("an entry");
        assert_eq!(added["hooks"][1]["id"], "hullguard-secrets", "{new}");
        assert_eq!(before, after, "{new}");
        // Every line of before is there, in its order.
        let mut lines = new.lines();
        assert!(old.lines().all(|line| lines.any(|new| new == line)), "{new}");
        assert_eq!(new.contains('\r'), old.contains('\r'));
        let (_, out, _) = run(work.path(), &["init", "--yes"]);
        assert!(out.contains("has hullguard; not changed"), "{out}");
        assert_eq!(read(work.path(), HOOKS), new);
    }
}

#[test]
fn what_cannot_be_added_safely_is_shown() {
    for old in [
        "repos: []\n",
        "repos: [{repo: local, hooks: []}]\n",
        "repos:\n",
        "ci: {}\n",
        "repos: [\n",
        "- repo: local\n",
        "repos:\n- repo: a\n---\nrepos:\n- repo: b\n",
        "repos:\n- repo: a\nrepos:\n- repo: b\n",
        "a: &a\n- repo: local\nrepos: *a\n",
        "",
        // The entry would be in the alias, too.
        "repos: &r\n- repo: local\n  hooks: []\nother: *r\n",
        // The empty lines are part of the value.
        "repos:\n- repo: local\n  hooks:\n  - id: a\n    entry: |+\n      x\n\n\n",
        "repos:\n- repo: local\n  hooks:\n  - id: a\n    args:\n    - >+\n      x\n\n",
    ] {
        let work = repository(&[(HOOKS, old)]);
        let (code, out, _) = run(work.path(), &["init", "--yes"]);
        assert_eq!(code, 0, "{out}");
        assert!(
            out.contains("not changed: ") && out.contains("To do by hand for .pre-commit-config.yaml:"),
            "{out}"
        );
        assert!(out.contains("    - id: hullguard-secrets"), "{out}");
        assert_eq!(read(work.path(), HOOKS), old);
    }
    let work = repository(&[]);
    fs::write(work.path().join(HOOKS), b"repos:\n- repo: \xff\n").expect("written");
    assert!(run(work.path(), &["init", "--yes"]).1.contains("not valid UTF-8"));
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().expect("a folder");
    put(outside.path(), &[("hooks.yaml", "repos:\n- repo: local\n  hooks: []\n")]);
    let work = repository(&[]);
    let top = work.path();
    symlink(outside.path().join("gone"), top.join("hullguard.yaml")).expect("a link");
    symlink(outside.path().join("hooks.yaml"), top.join(HOOKS)).expect("a link");
    symlink(outside.path(), top.join(".github")).expect("a link");
    let before = all(outside.path());
    // A link that leads nowhere is no configuration that can be read.
    let (code, _, err) = run(top, &["init", "--yes"]);
    assert!(code == 2 && err.contains("cannot read the configuration"), "{err}");
    fs::remove_file(top.join("hullguard.yaml")).expect("removed");
    let (code, out, err) = run(top, &["init", "--yes"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(
        out.contains("not written: .github is a symbolic link") && out.contains("it is a symbolic link"),
        "{out}{err}"
    );
    assert!(top.join("hullguard.yaml").is_file(), "the others are written");
    assert_eq!(all(outside.path()), before);
    let work = repository(&[(".github", "")]);
    let (code, out, err) = run(work.path(), &["init", "--yes"]);
    assert!(code == 0 && out.contains("not written: .github is not a folder"), "{out}{err}");
}

#[test]
fn nothing_is_written_among_gits_own_files() {
    let work = tempfile::tempdir().expect("a folder");
    let made = Command::new("git").args(["init", "-q", "--bare"]).current_dir(work.path()).status();
    assert!(made.expect("git is installed").success());
    let before = all(work.path());
    for folder in ["", "refs"] {
        let (code, out, err) = run(&work.path().join(folder), &["init", "--yes"]);
        assert!(code == 2 && err.contains("holds git's own files"), "{out}{err}");
    }
    assert_eq!(all(work.path()), before);
    // What only looks a little like it is a project.
    let work = tempfile::tempdir().expect("a folder");
    put(work.path(), &[("HEAD", ""), ("objects/x", "")]);
    assert_eq!(run(work.path(), &["init", "--yes"]).0, 0);
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_read_is_named() {
    use std::os::unix::ffi::OsStrExt as _;
    let fifo = |work: &Path, name: &str| {
        let made = Command::new("mkfifo").arg(name).current_dir(work).status();
        assert!(made.expect("mkfifo is installed").success());
    };
    let work = repository(&[]);
    // Root may read every file, but no name that is not UTF-8.
    let odd = std::ffi::OsStr::from_bytes(b"Dockerfile.\xff");
    fs::write(work.path().join(odd), LATEST).expect("written");
    let (code, out, err) = run(work.path(), &["init", "--yes", "--baseline"]);
    assert!(code == 2 && out.contains(": 1 warning. 1 file could not be checked."), "{out}{err}");
    assert!(err.contains("its name is not valid UTF-8") && err.contains("no baseline was written"), "{err}");
    assert!(out.contains("Written: hullguard.yaml,") && !out.contains("baseline"), "{out}");
    assert!(!work.path().join(".hullguard-baseline.jsonl").exists());
    fs::remove_file(work.path().join("Dockerfile")).expect("removed");
    let (code, out, err) = run(work.path(), &["init", "--yes"]);
    assert!(code == 2 && out.contains("No Dockerfile or Compose file could be checked"), "{out}{err}");

    let work = repository(&[]);
    fifo(work.path(), ".hadolint.yaml");
    let (code, out, err) = run(work.path(), &["init", "--yes"]);
    assert!(code == 2 && out.contains("not written: cannot read .hadolint.yaml: "), "{out}{err}");
    assert!(out.contains("To do by hand for hullguard.yaml:\nMake .hadolint.yaml readable"), "{out}");
    assert!(!work.path().join("hullguard.yaml").exists() && work.path().join(HOOKS).exists());
}

/// A disk that takes the small files and not the baseline.
#[cfg(unix)]
#[test]
fn a_baseline_that_fails_is_not_called_written() {
    let many: Vec<String> = (0..200).map(|n| format!("s{n}/Dockerfile")).collect();
    let work = repository(&many.iter().map(|name| (name.as_str(), LATEST)).collect::<Vec<_>>());
    let limited = "trap '' XFSZ; ulimit -f 16; exec \"$0\" init --yes --baseline";
    let done = Command::new("sh")
        .args(["-c", limited, env!("CARGO_BIN_EXE_hullguard")])
        .current_dir(work.path())
        .output()
        .expect("sh starts");
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert_eq!(done.status.code(), Some(2), "{out}{err}");
    assert!(err.contains("error: cannot write ") && err.contains(".hullguard-baseline.jsonl"), "{err}");
    let written = "Written: hullguard.yaml, .pre-commit-config.yaml, .github/workflows/hullguard.yml\n";
    assert!(out.contains(written) && out.contains("\nNext:\n"), "{out}");
}

#[test]
fn switched_off_checks_of_other_tools_are_copied() {
    let work = repository(&[
        (
            ".hadolint.yaml",
            "ignored: [DL1001, DL3007, dl3015]\ntrustedRegistries: [docker.io, 'https://a.io']\nformat: tty\n\
             failure-threshold: info\noverride:\n  error: [DL3002, DL1001]\n  style: [DL3007, DL3003]\n\
             label-schema: {maintainer: text, 'a b': Url, c: other}\nstrict-labels: true\nno-fail: false\n",
        ),
        (".trivyignore", "AVD-DS-0001\nCVE-2024-0001\n# no\nDS002 # why\n"),
        (".dclintrc", "{\"rules\": {\"no-version-field\": 0, \"invalid-yaml\": 2}}"),
        (".checkov.yaml", "skip-check:\n  - CKV_DOCKER_3\n"),
    ]);
    let (_, out, _) = run(work.path(), &["init", "--yes"]);
    let text = read(work.path(), "hullguard.yaml");
    for line in [
        "  # Copied from .hadolint.yaml\n  DL3007: off # latest-tag\n  dl3015: off # ",
        "  DL3002: error # ",
        "  DL3003: note # ",
        "# Copied from .hadolint.yaml\ntrusted-registries: [\"docker.io\"]\n",
        "\nfail-on: note\n",
        "\nlabels: {\"maintainer\": text, \"a b\": url}\n",
        "\nstrict-labels: true\n",
        "  # Copied from .trivyignore\n  trivy/DS-0001: off # ",
        "  trivy/DS-0002: off # ",
        "  dclint/no-version-field: off # version-obsolete",
        "  checkov/CKV_DOCKER_3: off # ",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(
        out.contains("\nNot copied from .hadolint.yaml, because hullguard has no such check: DL1001\n"),
        "{out}"
    );
    assert!(
        out.contains("\nNot copied from .hadolint.yaml, because hullguard has no such setting: format\n"),
        "{out}"
    );
    assert!(!text.contains("DL3007: note") && !text.contains("https://a.io"), "{text}");
    assert!(!text.contains("DL1001") && !text.contains("CVE"), "{text}");
    assert!(
        out.contains(
            "new, with 8 rules and 4 settings from .hadolint.yaml, .trivyignore, .dclintrc, .checkov.yaml"
        ),
        "{out}"
    );
    let (code, out, err) = run(work.path(), &["check"]);
    assert!(code == 0 && err.is_empty(), "{out}{err}");
}

#[test]
fn the_workflow_is_that_of_the_documentation() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| fs::read_to_string(top.join(name)).expect("it is there").replace("\r\n", "\n");
    let workflow = read("src/cli/init/workflow.yml");
    assert!(
        read("docs/github.md").contains(&format!("```yaml\n{workflow}```")),
        "docs/github.md has another one"
    );
    let work = repository(&[(".git/refs/remotes/origin/HEAD", "ref: refs/remotes/origin/release/1.x\n")]);
    run(work.path(), &["init", "--yes"]);
    let made = self::read(work.path(), WORKFLOW);
    assert!(made.contains("branches: [release/1.x]") && !made.contains("<commit>"), "{made}");
    let work = repository(&[(".git/refs/remotes/origin/HEAD", "ref: refs/remotes/origin/a]\nb: c\n")]);
    run(work.path(), &["init", "--yes"]);
    assert!(self::read(work.path(), WORKFLOW).contains("branches: [main]"));
    let entry: serde_json::Value = serde_json::from_str(&read("docs/schemastore.json")).expect("JSON");
    let schema: serde_json::Value = serde_json::from_str(&read("hullguard.schema.json")).expect("JSON");
    assert_eq!(entry["url"], schema["$id"]);
    for name in config::NAMES {
        let name = name.rsplit('/').next();
        assert!(
            entry["fileMatch"].as_array().is_some_and(|list| list.iter().any(|one| one.as_str() == name))
        );
    }
}

/// What a person at a terminal answers.
#[test]
#[expect(clippy::print_stderr, reason = "whoever runs the tests shall know that this one did nothing")]
fn at_a_terminal_it_asks() {
    const TALK: &str = "
import os, pty, signal, sys
answers, program = sys.argv[1], sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execv(program[0], program)
seen = b''
answers = answers.split(',')
while True:
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        break
    if not piece:
        break
    seen += piece
    if (seen.endswith(b'[Y/n] ') or seen.endswith(b'[y/N] ')) and answers:
        answer = answers.pop(0)
        os.write(terminal, {'end': b'\\x04', 'break': b'\\x03'}.get(answer, answer.encode() + b'\\n'))
sys.stdout.buffer.write(seen)
state = os.waitpid(child, 0)[1]
sys.exit(os.WEXITSTATUS(state) if os.WIFEXITED(state) else 100 + os.WTERMSIG(state))
";
    if !Command::new("python3").args(["-c", "import pty"]).status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: there is no python3 with a pty here");
        return;
    }
    // Ctrl-C is the end by a signal, or the exit that the program makes of it.
    for (answers, codes, written) in [
        (",,,", &[0][..], &["hullguard.yaml", HOOKS, WORKFLOW][..]),
        ("y,n,No,n", &[0], &["hullguard.yaml"]),
        ("what,n,n,y,y", &[0], &[WORKFLOW, ".hullguard-baseline.jsonl"]),
        ("y,end", &[2], &[]),
        ("y,y,break", &[102, 130], &[]),
    ] {
        let work = repository(&[]);
        let done = Command::new("python3")
            .args(["-c", TALK, answers, env!("CARGO_BIN_EXE_hullguard"), "init"])
            .current_dir(work.path())
            .output()
            .expect("python starts");
        let out = String::from_utf8_lossy(&done.stdout);
        assert!(codes.contains(&done.status.code().unwrap_or(-1)), "{answers}: {:?} {out}", done.status);
        for file in ["hullguard.yaml", HOOKS, WORKFLOW, ".hullguard-baseline.jsonl"] {
            assert_eq!(work.path().join(file).exists(), written.contains(&file), "{answers} {file}: {out}");
        }
    }
}
