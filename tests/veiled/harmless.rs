//! What is printed obeys nobody: names and arguments with line ends, escapes and commands in them, in every command.

#![cfg(unix)]

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::process::Output;

use super::{FORMATS, write};
use crate::cases::hullguard;

/// Pieces that a terminal, GitHub's runner or an eye obeys.
const HOSTILE: [&str; 6] =
    ["\n::error::x", "\u{1b}[31m\u{9b}2J", "\r  ::add-mask::x", "##[error]x", "\u{202e}txt", "\u{7f}\u{7}\t"];

fn judge(name: &str, done: &Output) {
    assert!(done.status.code().is_some_and(|code| code <= 2), "{name}: {:?}", done.status);
    for bytes in [&done.stdout, &done.stderr] {
        let text = String::from_utf8(bytes.clone()).expect("what is printed is UTF-8");
        for line in text.lines() {
            let obeyed = |c: char| {
                c < ' ' && c != '\t'
                    || matches!(c, '\u{7f}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            };
            assert!(!line.contains(obeyed), "{name}: {line:?}");
            assert!(!line.contains("##["), "{name}: {line:?}");
            let command = line.trim_start().starts_with("::");
            let ours = [
                "::error file=",
                "::warning file=",
                "::notice file=",
                "::error title=hullguard::",
                "::notice title=hullguard::",
                "::warning title=hullguard::",
            ];
            assert!(!command || ours.iter().any(|ours| line.starts_with(ours)), "{name}: {line:?}");
        }
    }
}

#[test]
fn hostile_names_are_harmless_in_every_output() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    for (index, piece) in HOSTILE.into_iter().enumerate() {
        let name = format!("d{index}{piece}y/Dockerfile");
        write(
            folder,
            &name,
            &format!(
                "FROM a AS \"x{index}\"\nMAINTAINER x\nADD a /b\n# hullguard: ignore=q {piece}\nRUN $(\n"
            ),
        );
        write(
            folder,
            &format!("c{index}{piece}/compose.yaml"),
            "version: '3'\nservices: {a: {image: b, build: {target: \"\\e[31m\\n::error::x\"}}}\n",
        );
        write(folder, &format!("n{index}{piece}/compose.yaml"), "a: [");
    }
    let run = |args: &[&str]| {
        let done = hullguard(folder).args(args).env("GITHUB_ACTIONS", "true").output().expect("it starts");
        judge(&args.join(" "), &done);
        done.stdout.len()
    };
    for format in FORMATS {
        assert!(run(&["check", "--format", format, "--profile", "strict"]) > 1000);
    }
    assert!(run(&["check", "--diff"]) > 500);
    assert!(run(&["check", "--fix-unsafe", "--diff", "--profile", "style"]) > 500);
    for format in ["text", "mermaid", "dot"] {
        assert!(run(&["graph", "--format", format]) > 500);
    }
    assert!(run(&["baseline", "--output", "-"]) > 500);
    for piece in HOSTILE {
        for args in [
            &["explain", piece][..],
            &["rules", "--format", piece],
            &["completions", piece],
            &["graph", "--format", piece],
            &["graph", piece],
            &["check", "--format", piece],
            &["check", "--rule", piece],
            &["check", "--ignore", piece],
            &["check", "--new-from", piece],
            &["check", "--min-severity", piece],
            &["rules", "--coverage", piece],
            &["rules", "--family", piece],
            &["man", piece],
            &["check", "--config", piece],
            &["check", "--exclude", piece],
            &["check", "--baseline", piece],
            &["check", "--commits", piece],
            &["check", "--since", piece],
            &["check", "--threads", piece],
            &["check", "--fail-on", piece],
            &["check", "--stdin-path", piece, "-"],
            &["check", piece],
            &["baseline", "--output", piece, piece],
            &[piece],
        ] {
            run(args);
        }
        let name = OsString::from_vec([b"\xff", piece.as_bytes()].concat());
        let done = hullguard(folder).arg("check").arg(&name).output().expect("it starts");
        judge("a name that is no text", &done);
        write(folder, "hullguard.yaml", &format!("profile: {piece:?}\n\"{}\": x\n", piece.escape_default()));
        run(&["check"]);
        std::fs::remove_file(folder.join("hullguard.yaml")).expect("it is there");
    }
}

/// A diff in a pipe is for `git apply`, which reads names in git's own quotes.
#[test]
fn git_applies_a_diff_of_files_with_hostile_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    for (index, piece) in HOSTILE.into_iter().enumerate() {
        write(folder, &format!("d{index}{piece}/Dockerfile"), "FROM a:1\nADD a /b\nUSER c\nRUN d\u{1b}e");
    }
    let done = hullguard(folder).args(["check", "--diff"]).output().expect("it starts");
    std::fs::write(folder.join("diff"), &done.stdout).expect("it can be written");
    let git = std::process::Command::new("git").args(["apply", "diff"]).current_dir(folder).output();
    let git = git.expect("git is installed");
    assert!(
        git.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&git.stderr),
        String::from_utf8_lossy(&done.stdout)
    );
    for (index, piece) in HOSTILE.into_iter().enumerate() {
        let text =
            std::fs::read_to_string(folder.join(format!("d{index}{piece}/Dockerfile"))).expect("it is there");
        assert!(text.contains("COPY a /b") && text.ends_with("d\u{1b}e"), "{text:?}");
    }
}
