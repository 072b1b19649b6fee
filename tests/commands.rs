//! What the other commands print: completions with values, a man page for each command, and what `--verbose` adds.

use std::fs;

use crate::cases::hullguard;

fn printed(args: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let done = hullguard(folder.path()).args(args).output().expect("it starts");
    assert_eq!(done.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("UTF-8")
}

#[test]
fn completions_complete_values() {
    for shell in ["bash", "zsh", "fish"] {
        let script = printed(&["completions", shell]);
        // A format, a profile, a rule, a family, a severity, a hook.
        for value in ["sonarqube", "strict", "latest-tag", "runtime", "never", "pre-commit"] {
            assert!(script.contains(value), "{shell}: {value}");
        }
        assert!(
            !script.contains("github-personal-access-token"),
            "{shell}: hundreds of secrets are too many"
        );
    }
}

/// In bash, which is here; the others have the same names of git.
#[cfg(target_os = "linux")]
#[test]
fn completions_complete_revisions() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = printed(&["completions", "bash"]);
    let asked = "git init -q -b trunk . && git config user.email a@example.org && git config user.name a && \
                 git commit -q --allow-empty -m a && git tag v1 && git branch 'tr$(touch${IFS}x)' && \
                 eval \"$SCRIPT\" && for last in --new-from --branch --commits; do \
                 COMP_WORDS=(hullguard check $last tr) COMP_CWORD=3; _hullguard hullguard tr $last; \
                 echo \"${COMPREPLY[*]}\"; done; ls";
    let done = std::process::Command::new("bash")
        .args(["-c", asked])
        .env("SCRIPT", script)
        .current_dir(folder.path())
        .output()
        .expect("bash is installed");
    assert_eq!(String::from_utf8_lossy(&done.stdout), "trunk\ntrunk\ntrunk\n", "{done:?}");
    for shell in ["zsh", "fish"] {
        assert!(printed(&["completions", shell]).contains("git for-each-ref"), "{shell}");
    }
}

/// What is typed by mistake, or known from another tool, and the sentence about it.
const MEANT: [(&[&str], &str); 23] = [
    (&["--stagged"], "there is no option `--stagged`; did you mean `--staged`?"),
    (&["check", "--quite"], "there is no option `--quite`; did you mean `--quiet`?"),
    (&["baseline", "--updat"], "there is no option `--updat`; did you mean `--update`?"),
    (&["--strict"], "there is no option `--strict`; use `--profile strict`"),
    (&["--dry-run"], "there is no option `--dry-run`; use `--diff`"),
    (&["--fix-all"], "there is no option `--fix-all`; use `--fix-unsafe`"),
    (&["--fix=unsafe"], "`--fix` takes no value; to apply all fixes, use `--fix-unsafe`"),
    (&["--staged=yes"], "`--staged` takes no value"),
    (&["-f", "json"], "there is no option `-f`; use `--format`"),
    (
        &["-n"],
        "there is no option `-n`; to see fixes without writing them, use `--diff`; for a format, use `--format`",
    ),
    (&["-x"], "there is no option `-x`; `hullguard check --help` lists them"),
    (
        &["--format", "sarif", "out.sarif"],
        "out.sarif: no such file or folder; to write the report to this file, use `--format sarif=out.sarif`",
    ),
    (&["--format", "xml"], "no format `xml`; use one of human, json, jsonl, sarif,"),
    (&["--format", "json=gone/x.json"], "x.json: no such file or folder"),
    (&["history"], "there is no command `history`, and no such file; use `hullguard check --history`"),
    (&["update"], "there is no command `update`, and no such file; use `hullguard baseline --update`"),
    (&["help", "chekc"], "there is no command `chekc`; did you mean `check`?"),
    (&["man", "nothing"], "there is no command `nothing`; there are check, baseline, init,"),
    (
        &["completions"],
        "name a shell, as in `hullguard completions bash`; there are bash, elvish, fish, powershell, zsh",
    ),
    (&["--ignore", "DL3007,SC2999"], "use the family `shellcheck`"),
    (&["--ignore", "DL1001"], "`DL1001` is not checked: comments that disable rules are allowed;"),
    (&["--ignore", "DL3007,latest-tga"], "no rule or family `latest-tga`; did you mean `latest-tag`?"),
    (
        &["--exclude", "!x"],
        "--exclude !x: `!` (an exception) is not supported; write patterns that do not match this path",
    ),
];

#[test]
fn a_mistake_gets_a_sentence_that_helps() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("Dockerfile"), "FROM alpine:3.22\nUSER 1000\n").expect("written");
    for (args, sentence) in MEANT {
        let done = hullguard(folder.path()).args(args).output().expect("it starts");
        let told = String::from_utf8(done.stderr).expect("UTF-8");
        assert!(done.status.code() == Some(2) && told.contains(sentence), "{args:?}: {told}");
        assert!(!told.contains("os error"), "{args:?}: {told}");
    }
}

#[test]
fn several_rules_go_into_one_option() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("Dockerfile"), "FROM alpine:latest\nMAINTAINER a\n").expect("written");
    let run = |args: &[&str]| {
        let done =
            hullguard(folder.path()).args(["--format", "compact"]).args(args).output().expect("it starts");
        String::from_utf8(done.stdout).expect("UTF-8").lines().count()
    };
    let both = "latest-tag,maintainer-deprecated";
    assert_eq!(run(&["--rule", both]), 2);
    assert_eq!(run(&["--rule", both, "--ignore", "DL3007,compose"]), 1);
}

#[test]
fn a_comment_may_name_a_family() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |text: &str| {
        fs::write(folder.path().join("Dockerfile"), text).expect("written");
        let args = ["--format", "compact", "--profile", "strict", "--rule"];
        let rules = "latest-tag,maintainer-deprecated,unused-ignore,mistyped-ignore";
        let done = hullguard(folder.path()).args(args).arg(rules).output().expect("it starts");
        String::from_utf8(done.stdout).expect("UTF-8")
    };
    let other = "MAINTAINER a\n";
    let out = run(&format!("# hullguard: ignore=image why\nFROM alpine:latest\n{other}"));
    assert!(out.lines().count() == 1 && out.contains("maintainer-deprecated"), "{out}");
    let out = run(&format!("# hullguard: ignore-file=image,dockerfile why\nFROM alpine:latest\n{other}"));
    assert_eq!(out, "");
    let out = run("# hullguard: ignore=image why\nFROM alpine:3.22\n");
    assert!(out.contains("this ignore of the family `image` matches nothing; delete it"), "{out}");
    // A family that did not run says nothing about the comment.
    assert_eq!(run("# hullguard: ignore=secrets why\nFROM alpine:3.22\n"), "");
}

#[test]
fn every_command_has_a_man_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let done = hullguard(folder.path()).args(["man", "--dir", "."]).output().expect("it starts");
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    let mut names: Vec<String> = fs::read_dir(folder.path())
        .expect("it is there")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let help = printed(&["--help"]);
    let commands = help.split("Commands:\n").nth(1).expect("commands").lines();
    let commands = commands.take_while(|line| line.starts_with("  "));
    let commands = commands.filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next());
    let mut expected: Vec<String> =
        commands.filter(|name| *name != "help").map(|name| format!("hullguard-{name}.1")).collect();
    expected.push("hullguard.1".to_owned());
    expected.sort();
    assert_eq!(names, expected);
    let check = fs::read_to_string(folder.path().join("hullguard-check.1")).expect("it is there");
    assert_eq!(check, printed(&["man", "check"]));
    assert!(check.contains(".TH hullguard-check 1") && check.contains("new\\-from"), "{check}");
    assert!(printed(&["man"]).contains("hullguard\\-check(1)"));
}

#[test]
fn verbose_says_on_what_a_run_depends_and_what_it_skips() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |file: &str, text: &str| fs::write(folder.path().join(file), text).expect("written");
    write("hullguard.yaml", "profile: strict\nexclude: [old.dockerfile]\n");
    write("Dockerfile", "FROM alpine:3.22\nUSER 1000\n");
    write("old.dockerfile", "FROM a\n");
    write("Dockerfile.tpl", "FROM {{a}}\n");
    let run = |args: &[&str]| {
        let done = hullguard(folder.path()).args(args).output().expect("it starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        (text(done.stdout), text(done.stderr))
    };
    let (out, told) = run(&["-v"]);
    for part in ["configuration: hullguard.yaml", "known findings: none", "profile: strict"] {
        assert!(told.contains(part), "{told}");
    }
    for skipped in ["skipped: Dockerfile.tpl: ", "skipped: old.dockerfile: "] {
        assert!(out.contains(skipped), "{out}");
    }
    // Other reports have no place for it.
    let (_, told) = run(&["-v", "--format", "compact"]);
    assert!(told.contains("skipped: old.dockerfile: "), "{told}");
    let (out, told) = run(&[]);
    assert!(told.is_empty() && !out.contains("skipped: old.dockerfile"), "{out}{told}");
}
