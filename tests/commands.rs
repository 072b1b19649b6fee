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
    write("Dockerfile", "FROM alpine:3.20\nUSER 1000\n");
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
