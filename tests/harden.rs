//! `hullguard harden`: its edits close paths, stay closed, keep the style of a file, and touch nothing that is shared.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::cases::hullguard;

/// The program's output in a folder.
fn run(folder: &Path, arguments: &[&str]) -> String {
    let done = hullguard(folder).args(arguments).output().expect("the program starts");
    assert_eq!(done.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("what is printed is UTF-8")
}

/// A folder with one Compose file, and the file after `harden --write`.
fn hardened(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("compose.yaml");
    fs::write(&file, text).expect("it can be written");
    run(folder.path(), &["harden", "--write"]);
    let text = fs::read_to_string(&file).expect("it is there");
    (folder, text)
}

/// How many paths to the host the services of a folder have.
fn paths(folder: &Path) -> usize {
    let out = run(folder, &["privileges", "--format", "json"]);
    let out: Value = serde_json::from_str(&out).expect("it is JSON");
    let services = out["services"].as_array().expect("a list");
    services.iter().map(|one| one["paths_to_host"].as_array().map_or(0, Vec::len)).sum()
}

const OPEN: &str = "services:
  db:
    image: postgres:17
    privileged: true
    ports: ['5432:5432']
  cache:
    image: valkey/valkey:8
    cap_add:
      - SYS_ADMIN
      - SYS_MODULE
  metrics:
    image: prom/node-exporter:v1.8.2
    user: root
    volumes: ['/proc:/host/proc']
  mail:
    image: axllent/mailpit
    device_cgroup_rules: ['b *:* rwm']
";

#[test]
fn paths_are_closed_and_findings_fewer() {
    let before = tempfile::tempdir().expect("a folder");
    fs::write(before.path().join("compose.yaml"), OPEN).expect("it can be written");
    let (after, text) = hardened(OPEN);
    assert_eq!((paths(before.path()), paths(after.path())), (5, 0), "{text}");
    let findings = |folder: &Path| {
        let check = ["check", "--profile", "strict", "--fail-on", "never", "--format", "jsonl"];
        run(folder, &check).lines().count()
    };
    assert!(findings(after.path()) + 10 < findings(before.path()), "{text}");
}

#[test]
fn a_second_run_changes_nothing() {
    let (folder, text) = hardened(OPEN);
    run(folder.path(), &["harden", "--write"]);
    assert_eq!(fs::read_to_string(folder.path().join("compose.yaml")).expect("it is there"), text);
    assert_eq!(run(folder.path(), &["harden", "--format", "json"]).matches("\"source\"").count(), 0);
}

#[test]
fn the_style_of_a_file_is_kept() {
    let (_folder, text) = hardened(
        "services:\r\n    mail:\r\n        image: mailhog/mailhog\r\n        dns:\r\n        - 10.0.0.1\r\n",
    );
    let want = "        cap_drop:\r\n        - ALL\r\n        security_opt:\r\n        - no-new-privileges:true\r\n        \
                read_only: true\r\n        tmpfs:\r\n        - /tmp\r\n";
    assert!(text.ends_with(want), "{text:?}");
    let (_folder, text) = hardened("services:\n  mail:\n    image: mailhog/mailhog\n    dns: [10.0.0.1]\n");
    assert!(text.contains("    cap_drop: [ALL]\n    security_opt: [no-new-privileges:true]\n"), "{text}");
    let (_folder, text) =
        hardened("services:\n  mail:\n    image: mailhog/mailhog\n    security_opt: [label=disable] # why\n");
    assert!(text.contains("    security_opt: [label=disable, no-new-privileges:true] # why\n"), "{text}");
}

#[test]
fn what_is_shared_or_not_known_is_not_changed() {
    for text in [
        // An anchor that another service uses, as a whole and as a list.
        "services:\n  a: &a\n    image: redis:8\n  b:\n    <<: *a\n    image: example.org/x\n",
        "services:\n  a:\n    image: redis:8\n    cap_drop: &drop [MKNOD]\n    security_opt: &opt [label=disable]\n    \
         read_only: false\n  b:\n    image: example.org/x\n    cap_drop: *drop\n    security_opt: *opt\n",
        // Another service takes it over.
        "services:\n  a:\n    image: redis:8\n  b:\n    image: example.org/x\n    extends: a\n",
        // What decides has no known value, or another program runs.
        "services:\n  a:\n    image: ${IMAGE}\n    cap_add: ['${CAPABILITY}']\n    security_opt: ['${OPTION}']\n",
        "services:\n  a:\n    image: redis:8\n    entrypoint: /run.sh\n",
        "services:\n  a:\n    image: redis:8\n    command: sh -c 'redis-server --save 60 1'\n",
        // On one line there is no room.
        "services:\n  a: {image: redis:8}\n",
        "services:\n  a:\n    image: bitnami/redis:8\n",
    ] {
        let (_folder, after) = hardened(text);
        assert_eq!(after, text);
    }
}

#[test]
fn what_a_setting_makes_it_write_keeps_its_root_filesystem_writable() {
    for (service, is_read_only) in [
        ("image: postgres:17", true),
        ("image: postgres:17\n    environment: {PGDATA: /data}", false),
        ("image: postgres:17\n    environment: {PGDATA: /data}\n    volumes: ['data:/data']", true),
        ("image: nginx\n    volumes: ['./site:/usr/share/nginx/html:ro']", true),
        ("image: nginx\n    volumes: ['./nginx.conf:/etc/nginx/nginx.conf:ro']", false),
        ("image: mailhog/mailhog\n    command: -storage=maildir -maildir-path=/mail", false),
        ("image: redis:8\n    user: '1000'", false),
        ("image: redis:8\n    secrets: [password]", false),
    ] {
        let text = format!(
            "services:\n  a:\n    {service}\nvolumes:\n  data:\nsecrets:\n  password:\n    environment: PASSWORD\n"
        );
        let (_folder, after) = hardened(&text);
        assert_eq!(after.contains("read_only: true"), is_read_only, "{after}");
        assert!(after.contains("cap_drop"), "{after}");
    }
}

#[test]
fn secrets_are_in_neither_form() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: correct-horse-47\n";
    fs::write(folder.path().join("compose.yaml"), text).expect("it can be written");
    for arguments in [&["harden"][..], &["harden", "--format", "json"]] {
        let out = run(folder.path(), arguments);
        assert!(out.contains("POSTGRES_PASSWORD") && !out.contains("correct-horse"), "{out}");
    }
}

#[test]
fn what_another_file_extends_is_not_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let base = "services:\n  base:\n    image: redis:8\n  own:\n    image: redis:8\n";
    fs::create_dir(folder.path().join("prod")).expect("a folder");
    fs::write(folder.path().join("compose.yaml"), base).expect("it can be written");
    let other = "services:\n  cache:\n    extends: {file: ../compose.yaml, service: base}\n";
    fs::write(folder.path().join("prod/compose.yaml"), other).expect("it can be written");
    run(folder.path(), &["harden", "--write"]);
    let text = fs::read_to_string(folder.path().join("compose.yaml")).expect("it is there");
    assert!(
        text.starts_with("services:\n  base:\n    image: redis:8\n  own:\n    image: redis:8\n    cap_drop:"),
        "{text}"
    );
}

#[test]
fn a_question_of_several_services_is_asked_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let service = |name: &str| format!("  {name}:\n    image: acme/{name}:1.2\n");
    let services: String = ["a", "b", "c", "d", "e"].iter().map(|name| service(name)).collect();
    fs::write(folder.path().join("compose.yaml"), format!("services:\n{services}"))
        .expect("it can be written");
    let all = run(folder.path(), &["harden"]);
    let asked: Vec<&str> = all.lines().filter(|line| line.contains("# hullguard: ")).collect();
    assert!(
        !asked.is_empty() && asked.iter().all(|line| line.contains(" (also for `b`, `c`, `d`, 1 more)")),
        "{all}"
    );
    let mut once = asked.clone();
    once.dedup();
    assert_eq!(once, asked, "{all}");
    let one = run(folder.path(), &["harden", "c"]);
    assert!(one.contains("# hullguard: ") && !one.contains("also for"), "{one}");
    assert_eq!(run(folder.path(), &["harden", "--no-questions"]), "");
    let json = run(folder.path(), &["harden", "--format", "json"]);
    let json: Value = serde_json::from_str(&json).expect("it is JSON");
    assert!(json["services"].as_array().expect("a list").iter().all(|one| one["questions"][0].is_string()));
}
