//! Four rules on hardening are one note a file in `default`: what takes a part out of it, what keeps the parts apart, and
//! that lists made before it still hold.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::cases::hullguard;

const THREE: &str = "services:\n  web:\n    image: caddy:2.8\n  worker:\n    image: alpine:3.22\n  cache:\n    image: redis:7.2\n    read_only: false\n";
const PARTS: [&str; 4] = [
    "capabilities-not-dropped",
    "memory-limit-missing",
    "no-new-privileges-missing",
    "writable-root-filesystem",
];

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let work = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let file = work.path().join(name);
        fs::create_dir_all(file.parent().expect("it has one")).expect("a folder");
        fs::write(file, text).expect("a file");
    }
    work
}

fn findings(folder: &Path, arguments: &[&str]) -> Vec<Value> {
    let done = hullguard(folder).arg("check").args(arguments).args(["--format", "json"]).output();
    let done = done.expect("it starts");
    let error = String::from_utf8_lossy(&done.stderr);
    assert!(error.is_empty(), "{error}");
    let mut said: Value = serde_json::from_slice(&done.stdout).expect("it is JSON");
    serde_json::from_value(said["findings"].take()).expect("a list")
}

/// The open findings as `rule path:line message`.
fn open(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let open = findings(folder, arguments).into_iter().filter(|finding| finding["status"] == "open");
    open.map(|f| {
        let (rule, path, message) = (text(&f["rule"]), text(&f["path"]), text(&f["message"]));
        format!("{rule} {path}:{} {message}", f["start"]["line"])
    })
    .collect()
}

/// What the note says, or nothing.
fn note(text: &str, arguments: &[&str]) -> String {
    let work = folder(&[("compose.yaml", text)]);
    let all = open(work.path(), arguments);
    assert!(all.len() <= 1, "{all:?}");
    all.concat()
}

#[test]
fn one_note_a_file_says_how_many_lack_what() {
    let end = "; `hullguard check --profile strict` lists each";
    let all = "dropped capabilities, a memory limit, no-new-privileges and a read-only root file system";
    assert_eq!(note(THREE, &[]), format!("hardening-missing compose.yaml:2 3 services lack {all}{end}"));
    let one = "services:\n  web:\n    image: caddy:2.8\n    read_only: true\n    mem_limit: 1g\n";
    let lacks = "1 service lacks dropped capabilities and no-new-privileges";
    assert_eq!(note(one, &[]), format!("hardening-missing compose.yaml:2 {lacks}{end}"));
    // They lack different things.
    let two = format!("{one}  worker:\n    image: alpine:3.22\n    cap_drop: [ALL]\n");
    assert!(
        note(&two, &[])
            .contains(" 2 services lack dropped capabilities, a memory limit, no-new-privileges or a ")
    );
    // It shows no line of the file, and is the same however long the file is.
    let work = folder(&[("compose.yaml", THREE)]);
    let done = hullguard(work.path()).output().expect("it starts");
    let said = String::from_utf8_lossy(&done.stdout);
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].starts_with("note[hardening-missing]: 3 services lack "), "{said}");
    assert_eq!(lines[1], " --> compose.yaml:2:3");
    assert!(lines[2].starts_with("help: add `no-new-privileges:true`"), "{said}");
    assert_eq!(lines[3..5], ["", "1 note in 1 file"]);
}

#[test]
fn in_strict_each_speaks_for_itself() {
    let work = folder(&[("compose.yaml", THREE)]);
    let all = open(work.path(), &["--profile", "strict"]);
    assert!(!all.iter().any(|one| one.starts_with("hardening-missing")), "{all:?}");
    for part in PARTS {
        assert_eq!(all.iter().filter(|one| one.starts_with(part)).count(), 3, "{part}: {all:?}");
    }
}

#[test]
fn whoever_names_a_part_gets_it() {
    let work = folder(&[("compose.yaml", THREE)]);
    let named = open(work.path(), &["--rule", "memory-limit-missing"]);
    assert!(named.len() == 1 && named[0].starts_with("memory-limit-missing "), "{named:?}");
    assert!(named[0].ends_with(" (and 2 more in this file)"), "{named:?}");
    let whole = open(work.path(), &["--rule", "hardening-missing"]);
    assert!(whole.len() == 1 && whole[0].contains("a read-only root file system"), "{whole:?}");
    // A family is not a name.
    let family = open(work.path(), &["--rule", "runtime"]);
    assert_eq!(family.iter().filter(|one| one.starts_with("hardening-missing ")).count(), 1, "{family:?}");
    assert!(!family.iter().any(|one| PARTS.iter().any(|part| one.starts_with(part))), "{family:?}");
    // One that gets a severity is reported by itself, in the paths that it is given for.
    let config = "rules: {memory-limit-missing: {severity: warning, paths: [a/**]}}\n";
    let work = folder(&[("hullguard.yaml", config), ("a/compose.yaml", THREE), ("b/compose.yaml", THREE)]);
    let all = open(work.path(), &[]);
    let limits = |path: &str| {
        let start = format!("memory-limit-missing {path}");
        all.iter().filter(|one| one.starts_with(&start)).count()
    };
    assert_eq!((limits("a/"), limits("b/")), (3, 0), "{all:?}");
    let notes: Vec<bool> = all
        .iter()
        .filter(|one| one.starts_with("hardening-missing"))
        .map(|one| one.contains("memory"))
        .collect();
    assert_eq!(notes, [false, true], "{all:?}");
}

#[test]
fn what_is_ignored_is_not_in_the_note() {
    // At one service, by our id and by another tool's code; the others still lack it.
    for comment in ["hullguard: ignore=writable-root-filesystem it writes", "compose-lint: disable=CL-0007"] {
        let said = note(&THREE.replace("  web:", &format!("  # {comment}\n  web:")), &[]);
        assert!(
            said.contains("3 services lack") && said.contains(" or a read-only root"),
            "{comment}: {said}"
        );
    }
    for comment in ["ignore-file=writable-root-filesystem", "ignore-file=CL-0007"] {
        let said = note(&format!("# hullguard: {comment}\n{THREE}"), &[]);
        assert!(said.contains("limit and no-new-privileges;"), "{comment}: {said}");
    }
    // All of it, at a service and in the file.
    let said = note(&THREE.replace("  web:", "  # hullguard: ignore=hardening-missing known\n  web:"), &[]);
    assert!(said.contains(":5 2 services lack"), "{said}");
    assert_eq!(note(&format!("# hullguard: ignore-file=hardening-missing known\n{THREE}"), &[]), "");
    let strict = ["--profile", "strict", "--rule", "capabilities-not-dropped"];
    assert_eq!(note(&format!("# hullguard: ignore-file=hardening-missing known\n{THREE}"), &strict), "");
    // In the configuration.
    for (config, expected) in [
        ("rules: {hardening-missing: off}", None),
        ("rules: {runtime: off}", None),
        ("ignore: [{rule: hardening-missing, path: compose.yaml}]", None),
        ("ignore: [{rule: compose-lint/CL-0007, path: compose.yaml}]", Some("limit and no-new-privileges;")),
        ("rules: {no-new-privileges-missing: off}", Some("a memory limit and a read-only")),
        ("rules: {no-new-privileges-missing: {off: true, paths: other/**}}", Some("no-new-privileges and")),
    ] {
        let work = folder(&[("hullguard.yaml", config), ("compose.yaml", THREE), ("other/a.txt", "")]);
        let all = open(work.path(), &[]);
        match expected {
            None => assert_eq!(all, [""; 0], "{config}"),
            Some(part) => assert!(all.len() == 1 && all[0].contains(part), "{config}: {all:?}"),
        }
    }
    // No comment of these is one that nothing matches.
    let used = format!("# hullguard: ignore-file=hardening-missing,CL-0007 known\n{THREE}");
    for profile in ["default", "strict"] {
        let work = folder(&[("compose.yaml", &used), ("hullguard.yaml", "rules: {unused-ignore: warning}")]);
        let all = open(work.path(), &["--profile", profile]);
        assert!(!all.iter().any(|one| one.starts_with("unused-ignore")), "{all:?}");
    }
}

#[test]
fn a_severity_of_the_note_fails_the_run() {
    let work = folder(&[("compose.yaml", THREE), ("hullguard.yaml", "rules: {hardening-missing: warning}")]);
    let done = hullguard(work.path()).output().expect("it starts");
    let said = String::from_utf8_lossy(&done.stdout);
    assert_eq!(done.status.code(), Some(1), "{said}");
    assert!(said.starts_with("warning[hardening-missing]: "), "{said}");
}

#[test]
fn files_for_development_and_for_platforms_are_left_alone() {
    for path in ["compose.dev.yaml", "dev/compose.yaml", "tests/compose.yaml", "examples/a/compose.yaml"] {
        let work = folder(&[(path, THREE)]);
        assert_eq!(open(work.path(), &[]), [""; 0], "{path}");
        assert!(open(work.path(), &["--profile", "strict"]).len() > 10, "{path}");
    }
    // What the path says is said from the top of the repository.
    let work = folder(&[("tests/compose.yaml", THREE), (".git/HEAD", "ref: refs/heads/main\n")]);
    assert_eq!(open(&work.path().join("tests"), &[]), [""; 0]);
    assert_eq!(note(&format!("{THREE}x-casaos: {{main: web}}\n"), &[]), "");
    assert!(note(&format!("{THREE}x-common: {{main: web}}\n"), &[]).contains("3 services"));
}

#[test]
fn lists_from_before_still_hold() {
    let work = folder(&[("compose.yaml", THREE)]);
    let list = work.path().join(".hullguard-baseline.jsonl");
    // Written when each of the four was a note a file, at the first service.
    let old = "{\"hullguard-baseline\":1,\"profile\":\"default\"}
{\"path\":\"compose.yaml\",\"rule\":\"capabilities-not-dropped\",\"fingerprint\":\"dc271ad7bd4b65f959013a51719b66cb\"}
{\"path\":\"compose.yaml\",\"rule\":\"memory-limit-missing\",\"fingerprint\":\"4ef48bcdd5659c8c4b07d2d916944a82\"}
{\"path\":\"compose.yaml\",\"rule\":\"no-new-privileges-missing\",\"fingerprint\":\"5a33e8f644d9c58b9e4aef975855a47e\"}
{\"path\":\"compose.yaml\",\"rule\":\"writable-root-filesystem\",\"fingerprint\":\"74ca04f59c0e812cf17a98d3b40a2c93\"}
";
    fs::write(&list, old).expect("a file");
    let check = || open(work.path(), &[]);
    assert_eq!(check(), [""; 0]);
    // It stays as it is.
    let update = || hullguard(work.path()).args(["baseline", "--update"]).output().expect("it starts");
    assert_eq!(update().status.code(), Some(0));
    assert_eq!(fs::read_to_string(&list).expect("it is there"), old);
    // Three parts are known, so the note speaks of the fourth.
    let known: String = old.lines().take(4).flat_map(|line| [line, "\n"]).collect();
    fs::write(&list, known).expect("a file");
    assert!(check().concat().contains("3 services lack a read-only root file system;"), "{:?}", check());
    // One that is gone is told.
    fs::write(&list, old).expect("a file");
    fs::write(work.path().join("compose.yaml"), THREE.replace("caddy:2.8", "caddy:2.8\n    cap_drop: [ALL]"))
        .expect("a file");
    let done = hullguard(work.path()).args(["check", "--format", "json"]).output().expect("it starts");
    assert!(String::from_utf8_lossy(&done.stderr).contains("`capabilities-not-dropped` in compose.yaml"));
}

#[test]
fn a_new_list_has_the_note() {
    let work = folder(&[("compose.yaml", THREE)]);
    let list = work.path().join(".hullguard-baseline.jsonl");
    let run = |arguments: &[&str]| hullguard(work.path()).args(arguments).output().expect("it starts");
    assert_eq!(run(&["baseline"]).status.code(), Some(0));
    let text = fs::read_to_string(&list).expect("it is there");
    assert!(text.lines().count() == 2 && text.contains("\"hardening-missing\""), "{text}");
    assert_eq!(open(work.path(), &[]), [""; 0]);
    // Of the same file it stands for whatever comes to lack something.
    let more = format!("{}  later:\n    image: alpine:3.22\n", THREE.replace("web:", "front:"));
    fs::write(work.path().join("compose.yaml"), more).expect("a file");
    assert_eq!(open(work.path(), &[]), [""; 0]);
    // A louder run has no such finding, and does not say that the entry is of no use.
    let strict = run(&["check", "--profile", "strict", "--format", "json"]);
    assert_eq!(String::from_utf8_lossy(&strict.stderr), "");
    // When all is well, it is.
    fs::write(work.path().join("compose.yaml"), "services:\n  web:\n    image: caddy:2.8\n    cap_drop: [ALL]\n    read_only: true\n    mem_limit: 1g\n    security_opt: ['no-new-privileges:true']\n")
        .expect("a file");
    let done = run(&["check"]);
    assert!(String::from_utf8_lossy(&done.stderr).contains("`hardening-missing` in compose.yaml"));
}
