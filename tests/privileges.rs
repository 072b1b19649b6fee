//! `hullguard privileges`: each path to the host is found where all of its links are there, and is not where one is
//! missing; a change of privileges is told.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::cases::{git, hullguard};

/// A path's id, a service that opens it, and the same service with one link less: other user, read-only, without the
/// capability, without the host's processes. `~` instead of a service: nothing closes it but taking it away.
const PATHS: [(&str, &str, &str); 39] = [
    (
        "engine-socket",
        "volumes: ['/var/run/docker.sock:/s:ro']",
        "volumes: ['/var/run/mysqld/mysqld.sock:/s']",
    ),
    ("engine-socket", "volumes: ['/run:/host/run']", "volumes: ['/run/mysqld:/run/mysqld']"),
    (
        "engine-socket",
        "volumes_from: ['x:ro']\n  x:\n    image: b\n    volumes: ['/run/docker.sock:/s']",
        "volumes_from: ['x:ro']\n  x:\n    image: b\n    volumes: ['./s:/s']",
    ),
    ("engine-api-socket", "use_api_socket: true", "use_api_socket: false"),
    (
        "engine-address",
        "environment: {DOCKER_HOST: 'tcp://host.docker.internal:2375'}",
        "environment: {DOCKER_HOST: 'tcp://build.example.org:2376'}",
    ),
    (
        "engine-address",
        "environment: {DOCKER_HOST: 'tcp://localhost:2375'}\n    network_mode: 'service:x'\n  x:\n    image: b\n    \
         volumes: ['/run/docker.sock:/s']",
        "environment: {DOCKER_HOST: 'tcp://localhost:2375'}\n  x:\n    image: b\n    volumes: ['/run/docker.sock:/s']",
    ),
    (
        "engine-address",
        "environment: {DOCKER_HOST: 'tcp://x:2375'}\n  x:\n    image: docker:28-dind\n    privileged: true",
        "environment: {DOCKER_HOST: 'tcp://x:2375'}\n  x:\n    image: docker:28-dind-rootless",
    ),
    ("engine-port", "network_mode: host", "network_mode: bridge"),
    (
        "privileged",
        "privileged: true",
        "privileged: true\n    user: '1000'\n    security_opt: [no-new-privileges]",
    ),
    ("host-root", "volumes: ['/:/host']", "volumes: ['/srv:/host']"),
    ("system-settings", "volumes: ['/etc/cron.d:/c']", "volumes: ['/etc/cron.d:/c:ro']"),
    ("programs", "volumes: ['/usr/local/bin:/b']", "volumes: ['/usr/local/share:/b']"),
    ("root-home", "volumes: ['/root/.ssh:/k']", "volumes: ['/root/.ssh:/k:ro']"),
    ("kernel-settings", "volumes: ['/proc:/host/proc']", "volumes: ['/proc:/host/proc:ro']"),
    ("device-events", "volumes: ['/sys:/host/sys']", "volumes: ['/sys/class:/host/sys']"),
    (
        "control-groups",
        "volumes: ['/sys/fs/cgroup:/sys/fs/cgroup']",
        "volumes: ['/sys/fs/cgroup:/sys/fs/cgroup:ro']",
    ),
    ("disk", "devices: ['/dev/sda:/dev/sda']", "devices: ['/dev/sda:/dev/sda:r']"),
    (
        "device-rule",
        "device_cgroup_rules: ['b *:* rwm']",
        "device_cgroup_rules: ['b *:* rwm']\n    cap_drop: [MKNOD]",
    ),
    ("system-manager", "volumes: ['/run/systemd:/s']", "volumes: ['/run/systemd/journal:/s']"),
    (
        "kernel-module",
        "cap_add: [SYS_MODULE]",
        "cap_add: [SYS_MODULE]\n    user: '1000'\n    security_opt: ['no-new-privileges:true']",
    ),
    ("kernel-module", "cap_add: [ALL]", "cap_add: [ALL]\n    cap_drop: [SYS_MODULE]"),
    ("other-kernel", "cap_add: [SYS_BOOT]", "cap_add: [SYS_TIME]"),
    ("kernel-programs", "cap_add: [BPF, PERFMON]", "cap_add: [BPF]"),
    ("process-memory", "cap_add: [SYS_PTRACE]\n    pid: host", "cap_add: [SYS_PTRACE]"),
    ("kernel-memory", "cap_add: [SYS_RAWIO]\n    devices: [/dev/mem]", "devices: [/dev/mem]"),
    ("system-administration", "cap_add: [CAP_SYS_ADMIN]", "cap_add: [SYS_NICE]"),
    ("system-paths", "security_opt: ['systempaths=unconfined']", "security_opt: ['seccomp=unconfined']"),
    (
        "unconfined",
        "security_opt: ['seccomp=unconfined', 'apparmor=unconfined']",
        "security_opt: ['seccomp=unconfined']",
    ),
    (
        "joined-processes",
        "pid: 'service:x'\n  x:\n    image: debian:12\n    volumes: ['/:/host']",
        "pid: 'service:x'\n  x:\n    image: debian:12",
    ),
    (
        "joined-processes",
        "pid: 'service:x'\n    cap_add: [SYS_PTRACE]\n  x:\n    image: debian:12\n    privileged: true",
        "pid: 'service:x'\n  x:\n    image: debian:12\n    privileged: true",
    ),
    (
        "privileged-hook",
        "post_start: [{command: /init.sh, privileged: true}]",
        "post_start: [{command: /init.sh, privileged: true}]\n    read_only: true",
    ),
    ("boot", "volumes: ['/lib/modules:/lib/modules']", "volumes: ['/lib/modules:/lib/modules:ro']"),
    ("cluster", "volumes: ['/var/lib/kubelet:/k:ro']", "volumes: ['/var/lib/kube:/k:ro']"),
    ("engine-data", "volumes: ['/var/lib/docker/volumes:/v:ro']", "volumes: ['/var/lib/grafana:/v']"),
    ("home", "volumes: ['/home:/h']", "volumes: ['/home:/h:ro']"),
    ("file-handles", "cap_add: [DAC_READ_SEARCH]", "cap_add: [SYSLOG]"),
    ("credentials", "volumes: ['~/.kube:/k:ro']", "volumes: ['~/site:/k:ro']"),
    ("host-network", "network_mode: host\n    cap_add: [NET_ADMIN]", "cap_add: [NET_ADMIN]"),
    ("host-ipc", "ipc: host", "ipc: shareable"),
];

const PAGE: &str = include_str!("../docs/privileges.md");

fn privileges(folder: &Path, arguments: &[&str]) -> String {
    let done = hullguard(folder).arg("privileges").args(arguments).output().expect("hullguard runs");
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("it is UTF-8")
}

/// Writes an engine's settings.
fn engine(top: &Path, folder: &str, settings: &str) {
    fs::create_dir_all(top.join(folder)).expect("a folder can be made");
    fs::write(top.join(folder).join("daemon.json"), settings).expect("a file can be written");
}

/// The paths of the service `s`.
fn paths(service: &str) -> Vec<Value> {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let text = format!("services:\n  s:\n    image: debian:12\n    {service}\n");
    fs::write(folder.path().join("compose.yaml"), text).expect("a file can be written");
    engine(folder.path(), "etc/docker", r#"{"hosts": ["tcp://127.0.0.1:2375"]}"#);
    let told: Value =
        serde_json::from_str(&privileges(folder.path(), &["--format", "json", "s"])).expect("it is JSON");
    told["services"][0]["paths_to_host"].as_array().expect("it is a list").clone()
}

#[test]
fn each_path_needs_all_of_its_links() {
    for (id, open, closed) in PATHS {
        let found = paths(open);
        let path = found.iter().find(|path| path["id"] == id);
        let path = path.unwrap_or_else(|| panic!("{id} is not open with {open}: {found:?}"));
        let row = format!("| `{id}` |");
        let row = PAGE.lines().find(|line| line.starts_with(&row)).unwrap_or_default();
        assert!(row.ends_with(&format!(" {} |", path["source"].as_str().unwrap_or("?"))), "{id}: {row}");
        // debian runs as root, so only the host's own settings can be a condition.
        let conditions = path["conditions"].as_array().expect("it is a list");
        assert!(
            conditions.iter().all(|said| !said.as_str().unwrap_or_default().contains("its user")),
            "{path}"
        );
        let lines = path["steps"].as_array().expect("it is a list").iter();
        assert!(lines.clone().any(|step| step["places"][0]["line"].as_u64() >= Some(4)), "{path}");
        let found = paths(closed);
        assert!(found.iter().all(|path| path["id"] != id), "{id} is open with {closed}: {found:?}");
    }
}

#[test]
fn the_documentation_lists_the_paths_that_are_tested() {
    let rows = PAGE.split("## Paths").nth(1).expect("there is a table").lines();
    let listed: Vec<&str> = rows.filter_map(|row| row.strip_prefix("| `")?.split('`').next()).collect();
    let mut tested: Vec<&str> = PATHS.iter().map(|(id, ..)| *id).collect();
    tested.dedup();
    assert_eq!(listed, tested);
}

#[test]
fn a_user_that_is_not_root_makes_a_path_conditional_and_no_new_privileges_closes_it() {
    let conditions = |service: &str| -> Vec<usize> {
        paths(service).iter().map(|path| path["conditions"].as_array().map_or(0, Vec::len)).collect()
    };
    assert_eq!(conditions("privileged: true"), [0]);
    assert_eq!(conditions("privileged: true\n    user: '1000'"), [1]);
    assert_eq!(conditions("privileged: true\n    user: ${USER_ID}"), [1]);
    assert!(
        conditions("privileged: true\n    user: '1000'\n    security_opt: [no-new-privileges]").is_empty()
    );
    // With AppArmor off, nothing else has to be so.
    assert_eq!(conditions("cap_add: [SYS_ADMIN]"), [1]);
    assert_eq!(conditions("cap_add: [SYS_ADMIN]\n    security_opt: ['apparmor:unconfined']"), [0]);
    assert!(paths("cap_drop: [ALL]\n    cap_add: [NET_BIND_SERVICE]").is_empty());
}

/// What is found in a file of this service beside an engine's settings: severity, message, and how many related places.
fn found(service: &str, folder: &str, settings: &str) -> Vec<(String, String, usize)> {
    let top = tempfile::tempdir().expect("a folder can be made");
    let text = format!("services:\n  s:\n    image: debian:12\n    {service}\n");
    fs::write(top.path().join("compose.yaml"), text).expect("a file can be written");
    engine(top.path(), folder, settings);
    let rules =
        ["--rule", "privileged-container,docker-socket-mount,sensitive-host-mount,run-as-root-explicit"];
    let done = hullguard(top.path()).args(["check", "--format", "json"]).args(rules).output();
    let told: Value = serde_json::from_slice(&done.expect("hullguard runs").stdout).expect("it is JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = told["findings"].as_array().expect("it is a list").iter();
    let of = |one: &Value| {
        (text(&one["severity"]), text(&one["message"]), one["related"].as_array().map_or(0, Vec::len))
    };
    all.map(of).collect()
}

#[test]
fn a_finding_is_as_bad_as_the_path_that_it_opens() {
    let remap = r#"{"userns-remap": "default"}"#;
    for (service, folder, settings, severity, says) in [
        ("privileged: true", "etc", "{}", "error", "full control of the host;"),
        ("privileged: true", "etc", remap, "warning", "does not start such a container"),
        ("privileged: true\n    userns_mode: host", "etc", remap, "error", "full control of the host;"),
        ("privileged: true", ".config/docker", "{\"debug\": false}", "warning", "the engine is rootless"),
        ("privileged: true", "tests/docker", remap, "error", "full control of the host;"),
        ("privileged: true", "etc", r#"{"userns-remap": ""}"#, "error", "full control of the host;"),
        (
            "volumes: ['/run/docker.sock:/s']",
            "etc",
            remap,
            "warning",
            "another user of the host (`userns-remap`)",
        ),
        ("volumes: ['/run/user/1000/docker.sock:/s']", "etc", "{}", "warning", "a rootless engine"),
        ("volumes: ['/etc:/e']\n    user: '7'", "etc", "{}", "error", "the host's `/etc`; mount"),
        (
            "volumes: ['/etc:/e']\n    user: '7'\n    security_opt: [no-new-privileges]",
            "etc",
            "{}",
            "warning",
            "its user is not root and cannot become it",
        ),
        (
            "volumes: ['/etc:/e']\n    user: '7'",
            "etc",
            r#"{"no-new-privileges": true}"#,
            "warning",
            "its user is not root and cannot become it",
        ),
        ("user: root", "etc", "{}", "note", "no path to the host is known"),
        (
            "userns_mode: auto\n    privileged: true",
            "etc",
            "{}",
            "warning",
            "another user of the host (`userns_mode`)",
        ),
    ] {
        let all = found(service, folder, settings);
        let [(found, message, _)] = &all[..] else { panic!("{service}: {all:?}") };
        assert!(found == severity && message.contains(says), "{service} with {settings}: {found}: {message}");
    }
    let all = found("user: root\n    volumes: ['/run/docker.sock:/s']", "etc", "{}");
    let said: Vec<(&str, usize)> = all.iter().map(|(severity, _, related)| (&**severity, *related)).collect();
    assert_eq!(said, [("warning", 0), ("error", 1)], "{all:?}");
}

#[test]
fn engines_count_as_far_as_their_settings_agree() {
    let top = tempfile::tempdir().expect("a folder can be made");
    let text = "services:\n  s:\n    image: debian:12\n    network_mode: bridge\n";
    fs::write(top.path().join("compose.yaml"), text).expect("a file can be written");
    engine(top.path(), "a", r#"{"no-new-privileges": true, "icc": false, "userns-remap": "default"}"#);
    let all = privileges(top.path(), &["s"]);
    for row in ["mapped by the engine", "not allowed, by the engine", "no other container, by `icc`"] {
        assert!(all.contains(row) && all.contains("(a/daemon.json:1)"), "{row}: {all}");
    }
    engine(top.path(), "b", r#"{"icc": false, "seccomp-profile": "unconfined"}"#);
    let all = privileges(top.path(), &["s"]);
    assert!(!all.contains("mapped by the engine") && !all.contains("by the engine"), "{all}");
    assert!(all.contains("no other container, by `icc`"), "{all}");
    // Settings that no engine starts with are none.
    engine(top.path(), "b", "{\"icc\": false,}");
    assert!(privileges(top.path(), &["s"]).contains("mapped by the engine"));
}

#[test]
fn sarif_has_the_path_as_a_code_flow() {
    let top = tempfile::tempdir().expect("a folder can be made");
    fs::write(top.path().join("Dockerfile"), "FROM debian:12\nUSER root\n").expect("a file can be written");
    let text = "services:\n  s:\n    build: .\n    volumes: ['/run/docker.sock:/s']\n";
    fs::write(top.path().join("compose.yaml"), text).expect("a file can be written");
    let check = ["check", "--format", "sarif", "--rule", "docker-socket-mount"];
    let done = hullguard(top.path()).args(check).output().expect("hullguard runs");
    let sarif: Value = serde_json::from_slice(&done.stdout).expect("it is JSON");
    let flow = &sarif["runs"][0]["results"][0]["codeFlows"][0]["threadFlows"][0]["locations"];
    let place = |step: &Value| {
        let place = &step["location"]["physicalLocation"];
        let file = place["artifactLocation"]["uri"].as_str().unwrap_or_default().to_owned();
        (file, place["region"]["startLine"].as_u64().unwrap_or_default())
    };
    let places: Vec<_> = flow.as_array().expect("a list").iter().map(place).collect();
    assert_eq!(places, [("compose.yaml".to_owned(), 4), ("Dockerfile".to_owned(), 2)]);
}

#[test]
fn a_change_of_privileges_is_told_and_a_file_without_one_is_not() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let write = |web: &str, db: &str| {
        let text =
            format!("services:\n  web:\n    image: debian:12\n{web}  db:\n    image: postgres:17\n{db}");
        fs::write(folder.path().join("compose.yaml"), text).expect("a file can be written");
    };
    write("    cap_drop: [ALL]\n", "    volumes: ['/var/run/docker.sock:/s']\n");
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-qm", "first"]);
    let same = privileges(folder.path(), &["--new-from", "HEAD"]);
    assert_eq!(same, "no service gains or loses privileges\n");

    write("    cap_drop: [ALL]\n    pid: host\n    cap_add: [SYS_PTRACE]\n", "");
    let told = privileges(folder.path(), &["--new-from", "HEAD"]);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 2, "{told}");
    assert!(lines[0].starts_with("`web` gains the capability SYS_PTRACE and the host's processes"), "{told}");
    assert!(
        lines[0].contains("from there root on the host, if the host has neither AppArmor nor SELinux"),
        "{told}"
    );
    assert!(lines[1].starts_with("`db` loses the container engine"), "{told}");
    assert!(lines[1].ends_with("no path to the host is left"), "{told}");

    // The check that compares says it, too, in its report and for programs.
    let check = |format: &str| {
        let mut run = hullguard(folder.path());
        let done =
            run.args(["check", "--new-from", "HEAD", "--format", format]).output().expect("hullguard runs");
        String::from_utf8(done.stdout).expect("it is UTF-8")
    };
    assert!(check("human").contains(&format!("privileges: {}", lines[0])), "{}", check("human"));
    let json: Value = serde_json::from_str(&check("json")).expect("it is JSON");
    assert_eq!(json["privilege_changes"][0]["sentence"], lines[0]);
    assert_eq!(json["privilege_changes"][1]["closed"], true);
    assert!(check("summary").contains("### Privileges"), "{}", check("summary"));
}

#[test]
fn what_must_not_be_shown_is_not() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let password = ["hunter2", "Tr0ub4dor"].concat();
    let text = format!(
        "services:\n  s:\n    image: a\n    environment:\n      DB_PASSWORD: {password}\n      \
         DOCKER_HOST: tcp://root:{password}@host.docker.internal:2375\n"
    );
    fs::write(folder.path().join("compose.yaml"), text).expect("a file can be written");
    for format in ["text", "json", "mermaid"] {
        let told = privileges(folder.path(), &["--format", format]);
        assert!(!told.contains(&password), "{format}: {told}");
    }
}
