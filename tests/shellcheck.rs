//! ShellCheck: what it is given, what becomes of its answers, and what a broken one or a hostile repository comes to.
//! Most tests have a program of their own under its name; the last ones need the real one.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use hullguard::input::shellcheck::{self, Patience, ShellCheck, Surroundings};
use hullguard::shellcheck::Program as _;
use serde_json::Value;

use crate::cases;

/// A folder with a repository in it, and one with programs.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new(dockerfile: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for below in ["repository/.git", "programs", "home"] {
            fs::create_dir_all(folder.path().join(below)).expect("a folder can be made");
        }
        let place = Self { folder };
        fs::write(place.repository().join("Dockerfile"), dockerfile).expect("written");
        place
    }
    fn repository(&self) -> PathBuf {
        self.folder.path().join("repository")
    }
    fn programs(&self) -> PathBuf {
        self.folder.path().join("programs")
    }
    /// Puts a program there, which says its version first.
    fn with(self, answer: &str) -> Self {
        program(
            &self.programs(),
            &format!("[ \"$1\" = --version ] && echo 'version: 0.11.0' && exit\n{answer}"),
        );
        self
    }
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = cases::hullguard(&self.repository());
        command.env_remove("HULLGUARD_SHELLCHECK").env("HOME", self.folder.path().join("home"));
        command.env("PATH", format!("{}:/usr/bin:/bin", self.programs().display())).args(arguments);
        command
    }
    fn run(&self, arguments: &[&str]) -> Done {
        Done::of(&mut self.command(arguments))
    }
    /// Without any program.
    fn without(&self, arguments: &[&str]) -> Done {
        Done::of(self.command(arguments).env("PATH", self.folder.path().join("home")))
    }
    fn asked(&self) -> ShellCheck {
        let surroundings = Surroundings {
            path: format!("{}:/usr/bin:/bin", self.programs().display()).into(),
            beside: None,
            temporary: self.folder.path().join("home"),
            variables: Vec::new(),
        };
        let program = shellcheck::find(&surroundings, &self.repository()).expect("it is there");
        ShellCheck::new(program, surroundings, &self.repository())
    }
}

fn program(folder: &Path, text: &str) {
    let file = folder.join("shellcheck");
    fs::write(&file, format!("#!/bin/sh\n{text}\n")).expect("written");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("it can be run");
}

struct Done {
    code: i32,
    out: String,
    err: String,
}

impl Done {
    fn of(command: &mut Command) -> Self {
        let done = command.output().expect("it starts");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Self { code: done.status.code().expect("not killed"), out: text(done.stdout), err: text(done.stderr) }
    }
}

const MISSING: &str = "shell code was not checked with ShellCheck, which is not installed";
const REQUIRED: &str = "error: ShellCheck is not installed";
const COMPACT: [&str; 2] = ["--format", "compact"];
/// A Dockerfile without a fault of its own.
const CLEAN: &str = "FROM debian:12.5\nRUN echo $A \\\n  # é\n  && ls /b\nUSER 1000\n";
/// What ShellCheck is made to say of `ls /b`: the text is `echo $A   && ls /b`.
const FINDS: &str = r#"echo '{"comments":[{"file":"0","line":2,"endLine":2,"column":14,"endColumn":19,"level":"warning",
    "code":2115,"message":"Use something.","fix":{"replacements":[{"line":2,"column":19,"endLine":2,"endColumn":19,
    "insertionPoint":"beforeStart","precedence":1,"replacement":" || exit"}]}}]}'; exit 1"#;

#[test]
fn a_comment_is_a_finding_at_its_place() {
    let place = Place::new(CLEAN).with(FINDS);
    let done = place.run(&COMPACT);
    assert_eq!(
        (done.code, &*done.out),
        (1, "Dockerfile:4:6: warning[SC2115] Use something.\n"),
        "{}",
        done.err
    );
    let sarif: Value = serde_json::from_str(&place.run(&["--format", "sarif"]).out).expect("JSON");
    let rule = &sarif["runs"][0]["tool"]["driver"]["rules"][0];
    assert_eq!(rule["helpUri"], "https://www.shellcheck.net/wiki/SC2115");
    assert_eq!(sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["endColumn"], 11);
    place.run(&["--fix-unsafe"]);
    let fixed = fs::read_to_string(place.repository().join("Dockerfile")).expect("it is there");
    assert_eq!(fixed, CLEAN, "the program says the same again, so the fix is taken back");
}

#[test]
fn it_is_ignored_and_configured_like_any_finding() {
    let place = Place::new(CLEAN).with(FINDS);
    assert_eq!(place.run(&["--ignore", "SC2115"]).code, 0);
    assert_eq!(place.run(&["--ignore", "shellcheck"]).code, 0);
    assert_eq!(place.run(&["--shellcheck", "off"]).code, 0);
    assert_eq!(place.run(&["--rule", "latest-tag"]).code, 0);
    assert_eq!(place.run(&["--rule", "sc2115"]).code, 1);
    let off = Done::of(place.command(&[]).env("HULLGUARD_SHELLCHECK", "off"));
    assert_eq!(off.code, 0, "{}", off.err);
    let wrong = Done::of(place.command(&[]).env("HULLGUARD_SHELLCHECK", "yes"));
    assert!(wrong.code == 2 && wrong.err.contains("`yes` is not one of auto, require, off"), "{}", wrong.err);
    for (config, code) in [
        ("rules: {SC2115: off}", 0),
        ("rules: {shellcheck: note}", 0),
        ("rules: {SC2115: error}\nfail-on: error", 1),
        ("shellcheck: off", 0),
        ("ignore: [{rule: hadolint/SC2115, path: Dockerfile}]", 0),
        ("rules: {SC2163: off}", 1),
    ] {
        fs::write(place.repository().join("hullguard.yaml"), config).expect("written");
        let done = place.run(&[]);
        assert_eq!(done.code, code, "{config}: {}{}", done.out, done.err);
    }
    fs::remove_file(place.repository().join("hullguard.yaml")).expect("removed");
    for comment in [
        "# shellcheck disable=SC2115",
        "# shellcheck disable=SC2000-SC2999,SC1000",
        "# shellcheck disable=all",
        "# hadolint ignore=SC2115",
        "# hullguard: ignore=SC2115 it is there",
        "# hullguard: ignore=shellcheck it is there",
    ] {
        let text = CLEAN.replace("RUN", &format!("{comment}\nRUN"));
        fs::write(place.repository().join("Dockerfile"), text).expect("written");
        let done = place.run(&["--profile", "strict", "--rule", "SC2115,unused-ignore"]);
        assert_eq!(done.code, 0, "{comment}: {}{}", done.out, done.err);
        assert!(done.out.contains("1 suppressed"), "{comment}: {}", done.out);
    }
    let text = CLEAN.replace("# é", "# shellcheck disable=SC2115");
    fs::write(place.repository().join("Dockerfile"), text).expect("written");
    assert_eq!(place.run(&[]).code, 0, "a comment between continued lines");
}

#[test]
fn it_is_missed_only_where_somebody_expects_it() {
    let place = Place::new(CLEAN);
    for (arguments, says) in [
        (&[][..], false),
        (&["-v"], true),
        (&["--profile", "strict"], true),
        (&["--shellcheck", "auto"], true),
    ] {
        let done = place.without(arguments);
        assert!(done.code < 2 && done.err.contains(MISSING) == says, "{arguments:?}: {}", done.err);
    }
    for arguments in [&["--shellcheck", "require"][..], &["--rule", "SC2006"]] {
        let done = place.without(arguments);
        assert!(done.code == 2 && done.err.contains(REQUIRED), "{}", done.err);
    }
    assert!(!place.without(&["--shellcheck", "off", "-v"]).err.contains(MISSING));
    fs::write(place.repository().join(".hadolint.yaml"), "ignored: []\n").expect("written");
    assert!(place.without(&[]).err.contains(MISSING));
    let text = CLEAN.replace("RUN", "# hullguard: ignore=SC2115 it is there\nRUN");
    fs::write(place.repository().join("Dockerfile"), text).expect("written");
    let done = place.without(&["--profile", "strict"]);
    assert!(
        !done.out.contains("matches nothing"),
        "without it nothing is known of the comment: {}",
        done.out
    );
    fs::write(place.repository().join("Dockerfile"), "FROM scratch\nCOPY a /\nUSER 1\n").expect("written");
    assert!(!place.without(&["-v"]).err.contains(MISSING), "a file without shell code");
}

#[test]
fn it_gets_what_the_shell_gets_and_nothing_of_the_repository() {
    let dockerfile = "FROM alpine:3.22\nENV a=b\nRUN echo 'x \\\n  # c\n  y' $a\nRUN <<EOF\n#!/bin/bash -e\n\tb\nEOF\nUSER 1\n";
    let place = Place::new(dockerfile).with(
        "{ echo \"$@\"; pwd; env; stat -c '%a %n' . *; for f in 0 1; do echo \"-- $f\"; cat $f; done; } > \"$0.log\"
         echo '{\"comments\":[]}'",
    );
    fs::write(place.repository().join(".shellcheckrc"), "enable=all\n").expect("written");
    let done = Done::of(place.command(&[]).env("SHELLCHECK_OPTS", "--enable=all").env("SECRET", "hush"));
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    let log = fs::read_to_string(place.programs().join("shellcheck.log")).expect("it was asked");
    let (around, scripts) = log.split_once("-- 0\n").expect("two scripts");
    assert!(around.starts_with("--norc --format=json1 --exclude SC1008,"), "{around}");
    for wrong in ["SHELLCHECK_OPTS", "hush", "repository"] {
        assert!(!around.contains(wrong), "{wrong}: {around}");
    }
    assert!(around.contains("\n700 .\n600 0\n600 1\n"), "{around}");
    assert_eq!(scripts, "#!/bin/bash -e\n\tb\n-- 1\n#!/bin/busybox sh\necho 'x   y' $a");
    let folder = around.lines().nth(1).expect("where it ran");
    assert!(!Path::new(folder).exists(), "{folder} is left");
}

#[test]
fn a_program_of_the_repository_is_never_run() {
    let place = Place::new(CLEAN);
    let here = place.repository();
    for folder in [here.clone(), here.join("bin")] {
        fs::create_dir_all(&folder).expect("a folder");
        program(&folder, &format!("touch {}", here.join("was-run").display()));
    }
    std::os::unix::fs::symlink(here.join("bin"), place.folder.path().join("link")).expect("a link");
    std::os::unix::fs::symlink(here.join("bin/shellcheck"), place.programs().join("shellcheck"))
        .expect("a link");
    let link = place.folder.path().join("link");
    for path in
        [".", "bin", "", here.to_str().unwrap(), link.to_str().unwrap(), place.programs().to_str().unwrap()]
    {
        let done = Done::of(place.command(&["--shellcheck", "require"]).env("PATH", path));
        assert!(done.code == 2 && done.err.contains(REQUIRED), "{path}: {}", done.err);
        assert!(!here.join("was-run").exists(), "{path}");
    }
}

#[test]
fn a_broken_program_is_told_and_the_run_is_not_complete() {
    for (answer, why) in [
        ("exit 3", "ended with exit code 3"),
        ("kill -9 $$", "was ended by a signal"),
        ("echo nonsense", "gave an answer that is not in its format json1"),
        ("true", "gave an answer that is not in its format json1"),
        (
            &FINDS.replace("\"file\":\"0\"", "\"file\":\"/etc/passwd\""),
            "gave an answer that is not in its format",
        ),
        (
            &FINDS.replace("\"endLine\":2,\"column\":14", "\"endLine\":9,\"column\":14"),
            "reported a place that does not exist",
        ),
    ] {
        let place = Place::new(CLEAN).with(answer);
        let done = place.run(&[]);
        assert!(
            done.code == 2 && done.out.contains("error: Dockerfile: ShellCheck"),
            "{}{}",
            done.out,
            done.err
        );
        assert!(done.out.contains(why), "{why}: {}", done.out);
        // What hullguard finds by itself is still there.
        fs::write(place.repository().join("Dockerfile"), CLEAN.replace("debian:12.5", "debian:latest"))
            .expect("written");
        assert!(place.run(&[]).out.contains("latest-tag"));
    }
    let place = Place::new(CLEAN);
    for (says, why) in
        [("version: 0.6.0", "is version 0.6; hullguard needs 0.7"), ("hello", "does not say its version")]
    {
        program(&place.programs(), &format!("echo '{says}'"));
        let done = place.run(&[]);
        assert!(done.code == 2 && done.out.contains(why), "{}", done.out);
    }
}

#[test]
fn an_old_program_does_not_know_busybox() {
    let place = Place::new("FROM alpine:3.22\nRUN [[ -e /a ]]\nUSER 1\n");
    program(
        &place.programs(),
        "[ \"$1\" = --version ] && echo 'version: 0.9.0' && exit
         head -1 0 > \"$0.log\"
         echo '{\"comments\":[{\"file\":\"0\",\"line\":2,\"endLine\":2,\"column\":1,\"endColumn\":12,\"level\":\"warning\",\"code\":3010,\"message\":\"m\",\"fix\":null}]}'",
    );
    let done = place.run(&[]);
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    let first = fs::read_to_string(place.programs().join("shellcheck.log")).expect("it was asked");
    assert_eq!(first, "#!/bin/dash\n");
}

#[test]
fn a_program_that_hangs_is_ended_with_what_it_started() {
    let place = Place::new(CLEAN).with("sleep 300 & echo $! > \"$0.child\"; wait");
    let each = Duration::from_secs(1);
    let asked = place.asked().patient(Patience { each, script: Duration::ZERO, slow: each });
    let start = Instant::now();
    let answers = asked.ask(&["#!/bin/sh\ntrue\n"], &AtomicBool::new(false));
    let gap = answers[0].as_ref().expect_err("it does not answer");
    assert_eq!(gap.why, "ShellCheck did not answer within 1 seconds, so shell code was not checked");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert!(is_gone(&place), "its child still runs");
    assert_eq!(fs::read_dir(place.folder.path().join("home")).expect("read").count(), 0, "a folder is left");
}

/// What the program started has ended.
fn is_gone(place: &Place) -> bool {
    let child = fs::read_to_string(place.programs().join("shellcheck.child")).expect("it was started");
    let is_there = || Path::new("/proc").join(child.trim()).join("cmdline").exists();
    if !Path::new("/proc/self").exists() {
        return true;
    }
    (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        !is_there()
            || fs::read(Path::new("/proc").join(child.trim()).join("cmdline"))
                .is_ok_and(|line| line.is_empty())
    })
}

#[test]
fn a_signal_ends_a_run_that_waits_for_it() {
    for signal in ["INT", "TERM"] {
        let place = Place::new(CLEAN).with("sleep 300 & echo $! > \"$0.child\"; wait");
        let mut command = place.command(&[]);
        let mut run = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        let start = Instant::now();
        while !place.programs().join("shellcheck.child").exists() && start.elapsed() < Duration::from_secs(20)
        {
            std::thread::sleep(Duration::from_millis(20));
        }
        let sent = Instant::now();
        let kill = Command::new("kill").args([&format!("-{signal}"), &run.id().to_string()]).status();
        assert!(kill.expect("kill runs").success());
        let code = run.wait().expect("it ends").code();
        assert!(sent.elapsed() < Duration::from_millis(1500), "{signal}: {:?}", sent.elapsed());
        assert_eq!(code, Some(2), "{signal}");
        assert!(is_gone(&place), "{signal}: its child still runs");
    }
}

#[test]
fn what_may_take_long_is_asked_alone() {
    let place = Place::new(CLEAN).with("echo \"$#\" >> \"$0.log\"; echo '{\"comments\":[]}'");
    let deep = format!("#!/bin/sh\necho {}{}\n", "$( echo ".repeat(30), ")".repeat(30));
    let long = format!("#!/bin/sh\n{}", "true && ".repeat(3000));
    let others: Vec<String> = (0..40).map(|n| format!("#!/bin/sh\necho {n}\n")).collect();
    let scripts: Vec<&str> = [&deep, &long].into_iter().chain(&others).map(String::as_str).collect();
    let asked = place.asked();
    let stop = AtomicBool::new(false);
    assert!(asked.ask(&scripts, &stop).iter().all(Result::is_ok));
    let log = || fs::read_to_string(place.programs().join("shellcheck.log")).expect("it was asked");
    let counts: Vec<usize> = log().lines().map(|line| line.parse::<usize>().expect("a number") - 5).collect();
    assert_eq!(counts.iter().filter(|&&count| count == 1).count(), 2, "{counts:?}");
    assert_eq!(counts.iter().sum::<usize>(), 42, "{counts:?}");
    assert!(counts.len() <= 2 + rayon_threads().max(1), "{counts:?}");
    // The same question has the same answer.
    let before = log();
    assert_eq!(asked.ask(&scripts, &stop).len(), 42);
    assert_eq!(log(), before);
}

fn rayon_threads() -> usize {
    std::thread::available_parallelism().map_or(1, Into::into)
}

/// The developer's own ShellCheck, for the tests that need it.
#[expect(clippy::print_stderr, reason = "whoever runs the tests should know that some did not run")]
fn real() -> Option<(Place, ShellCheck)> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let surroundings =
        Surroundings { path, beside: None, temporary: std::env::temp_dir(), variables: Vec::new() };
    let Some(program) = shellcheck::find(&surroundings, Path::new("/nowhere")) else {
        eprintln!("skipped: there is no `shellcheck` on PATH");
        return None;
    };
    let place = Place::new("");
    std::os::unix::fs::symlink(&program, place.programs().join("shellcheck")).expect("a link");
    Some((place, ShellCheck::new(program, surroundings, Path::new("/nowhere"))))
}

/// What is reported on a Dockerfile: rule, line, column, and the text under the finding.
fn reported(place: &Place, dockerfile: &str) -> Vec<String> {
    fs::write(place.repository().join("Dockerfile"), dockerfile).expect("written");
    let done = place.run(&["--format", "json", "--rule", "shellcheck", "--profile", "strict"]);
    let report: Value = serde_json::from_str(&done.out).unwrap_or_else(|_| panic!("{}", done.err));
    let lines: Vec<Vec<char>> = dockerfile.split('\n').map(|line| line.chars().collect()).collect();
    let findings = report["findings"].as_array().expect("a list");
    let told = findings.iter().map(|finding| {
        let at = |end: &str, key: &str| finding[end][key].as_u64().expect("a number") as usize;
        let (line, from, to) = (at("start", "line"), at("start", "column"), at("end", "column"));
        let under: String = if at("end", "line") == line {
            lines[line - 1][from - 1..to - 1].iter().collect()
        } else {
            "…".to_owned()
        };
        format!("{} {line}:{from} {under}", finding["rule"].as_str().expect("a text"))
    });
    told.collect()
}

#[test]
fn places_are_exact_through_continuations_heredocs_and_characters_of_any_width() {
    let Some((place, _)) = real() else { return };
    for (text, told) in [
        // Continued lines, comments and blank lines between them, tabs, characters of two and four bytes.
        (
            "FROM debian:12\nRUN echo a && \\\n# c\n\n\techo é 🦀 $B \\\n  $C\n",
            &["SC2086 5:11 $B", "SC2086 6:3 $C"][..],
        ),
        // A continuation inside single quotes and inside a variable's name.
        ("FROM debian:12\nRUN echo 'a \\\n b' $HO\\\nME\n", &["SC2086 3:5 …"]),
        // Line ends of Windows.
        ("FROM debian:12\r\nRUN echo \\\r\n  $A\r\n", &["SC2086 3:3 $A"]),
        ("# escape=`\nFROM debian:12\nRUN echo `\n  $A\n", &["SC2086 4:3 $A"]),
        ("FROM debian:12\nRUN <<EOF\necho a\n\techo $B\nEOF\n", &["SC2086 4:7 $B"]),
        ("FROM debian:12\nRUN <<-EOF\n\techo $B\n\tEOF\n", &["SC2086 3:7 $B"]),
        ("FROM debian:12\nRUN cat <<EOF > /x && echo $B\na\nEOF\n", &["SC2086 2:28 $B"]),
        ("FROM debian:12\nRUN --mount=type=cache,target=/x \\\n  echo $B\n", &["SC2086 3:8 $B"]),
        ("FROM debian:12\nONBUILD RUN B=$(c); echo $B\n", &["SC2086 2:26 $B"]),
        ("FROM debian:12\nRUN [\"sh\", \"-c\", \"echo \\\"é\\\" $B\"]\n", &["SC2086 2:30 $B"]),
        // A shell that is none of its own.
        ("FROM debian:12\nSHELL [\"pwsh\", \"-c\"]\nRUN echo $B\n", &[]),
        ("FROM a\nRUN Copy-Item C:/a $env:B\nRUN echo $B\n", &[]),
        ("FROM debian:12\nRUN <<EOF\n#!/usr/bin/env python3\nprint($B)\nEOF\n", &[]),
        // The first line of a heredoc, SHELL and the base image say which shell it is.
        ("FROM debian:12\nRUN [[ -e /a ]]\n", &["SC3010 2:5 [[ -e /a ]]"]),
        ("FROM alpine:3.22\nRUN [[ -e /a ]]\n", &[]),
        ("FROM fedora:43\nRUN [[ -e /a ]]\n", &[]),
        ("FROM debian:12\nSHELL [\"/bin/bash\", \"-c\"]\nRUN [[ -e /a ]]\n", &[]),
        ("FROM debian:12\nRUN <<EOF\n#!/bin/bash\n[[ -e /a ]]\nEOF\n", &[]),
        // `-e` ends a script whose `cd` fails.
        ("FROM debian:12\nSHELL [\"/bin/bash\", \"-ec\"]\nRUN cd /a; ls\n", &[]),
        ("FROM debian:12\nRUN cd /a; ls\n", &["SC2164 2:5 cd /a"]),
        // Variables that are set outside of the script.
        ("FROM debian:12\nRUN echo \"$b\"\n", &["SC2154 2:11 $b"]),
        (
            "FROM debian:12\nARG b\nENV c=1\nRUN --mount=type=secret,id=x,env=d echo \"$b$c$d$http_proxy\"\n",
            &[],
        ),
        ("FROM debian:12 AS one\nENV b=1\nFROM one\nRUN echo \"$b\"\n", &[]),
        ("FROM debian:12\nCMD echo \"$b\"\n", &[]),
        // A syntax error is one finding.
        ("FROM debian:12\nRUN if true; then \\\n  echo\n", &["SC1046 2:5 "]),
        // A comment in a heredoc is one for ShellCheck.
        ("FROM debian:12\nRUN <<EOF\n# shellcheck disable=SC2086\necho $B\nEOF\n", &[]),
    ] {
        assert_eq!(reported(&place, text), told, "{text}");
    }
}

#[test]
fn a_fault_that_a_rule_of_ours_reports_is_not_reported_again() {
    let Some((place, _)) = real() else { return };
    let text = "FROM debian:12\nRUN rm -rf \"$BUILD_DIR/\"\nRUN d=$(mktemp -d) && rm -rf \"$d/\"\n";
    fs::write(place.repository().join("Dockerfile"), text).expect("written");
    let only = ["--profile", "strict", "--rule", "SC2115,unset-variable-in-rm", "--format", "compact"];
    let out = place.run(&only).out;
    assert_eq!(out.matches("[unset-variable-in-rm]").count(), 1, "{out}");
    assert!(out.contains("Dockerfile:3:") && out.matches("[SC2115]").count() == 1, "{out}");
}

#[test]
fn fixes_are_made_in_the_file() {
    let Some((place, _)) = real() else { return };
    for (before, after) in [
        (
            "FROM debian:12\nRUN echo é $b \\\n  # c\n  $b && cd /a; \\\n  ls `ls`\n",
            "FROM debian:12\nRUN echo é \"$b\" \\\n  # c\n  \"$b\" && cd /a || exit; \\\n  ls $(ls)\n",
        ),
        (
            "FROM debian:12\r\nRUN echo $b\\\r\n\r\n a\r\n",
            "FROM debian:12\r\nRUN echo \"$b\"\\\r\n\r\n a\r\n",
        ),
        // Over a line continuation, and in JSON, nothing is changed.
        (
            "FROM debian:12\nRUN [\"sh\", \"-c\", \"echo $b\"]\n",
            "FROM debian:12\nRUN [\"sh\", \"-c\", \"echo $b\"]\n",
        ),
    ] {
        fs::write(place.repository().join("Dockerfile"), before).expect("written");
        let done = place.run(&["--fix-unsafe", "--profile", "strict", "--rule", "SC2086,SC2006,SC2164"]);
        let fixed = fs::read_to_string(place.repository().join("Dockerfile")).expect("it is there");
        assert_eq!(fixed, after, "{}{}", done.out, done.err);
    }
}

#[test]
fn values_of_secrets_are_not_shown() {
    let Some((place, _)) = real() else { return };
    let word = "hun\u{74}er-2-hun\u{74}er";
    let text = format!("FROM debian:12\nRUN curl -u admin:{word} $URL \\\n && mysql -p{word} $URL\n");
    fs::write(place.repository().join("Dockerfile"), text).expect("written");
    for format in ["human", "json", "sarif", "markdown"] {
        let done = place.run(&["--format", format, "--profile", "strict", "--rule", "shellcheck"]);
        assert!(done.out.contains("SC2086") && !done.out.contains(word), "{}", done.out);
    }
}

#[test]
fn a_run_asks_once_for_all_its_files() {
    let Some((place, asked)) = real() else { return };
    for n in 0..30 {
        let folder = place.repository().join(n.to_string());
        fs::create_dir(&folder).expect("a folder");
        fs::write(folder.join("Dockerfile"), format!("FROM debian:12\nRUN cd /a{n}; ls\n")).expect("written");
    }
    let done = place.run(&["--format", "json", "--rule", "SC2164"]);
    let report: Value = serde_json::from_str(&done.out).expect("JSON");
    assert_eq!(report["findings"].as_array().expect("a list").len(), 30);
    let answers = asked.ask(&["#!/bin/sh\ncd /a; ls\n", "#!/bin/sh\ntrue\n"], &AtomicBool::new(false));
    let codes: Vec<usize> = answers.iter().map(|one| one.as_ref().expect("an answer").len()).collect();
    assert_eq!(codes, [1, 0]);
    assert!(Arc::ptr_eq(
        &asked.ask(&["#!/bin/sh\ntrue\n"], &AtomicBool::new(false))[0].clone().expect("an answer"),
        answers[1].as_ref().expect("an answer")
    ));
}
