//! Compose files that belong together because one names the other: whatever of them would run is looked at.

use std::sync::Arc;

use hullguard::blob::Candidate;
use hullguard::gap::Reason;
use hullguard::outcome::Outcome;
use hullguard::rule::Policy;
use hullguard::scan::{self, Watch};

use crate::tree::Memory;

fn run_on(tree: &Memory, candidates: &[Candidate]) -> Outcome {
    scan::scan(candidates, tree, &Policy::default(), &Watch::default())
}

fn run(files: &[(&str, &str)]) -> Outcome {
    let mut tree = Memory::default();
    for (path, text) in files {
        tree.add(path, text);
    }
    run_on(&tree, &tree.candidates())
}

/// `path:line` of each finding of a rule.
fn places(outcome: &Outcome, rule: &str) -> Vec<String> {
    let of_rule = outcome.findings.iter().filter(|finding| finding.rule.id == rule);
    of_rule.map(|finding| format!("{}:{}", finding.place.path, finding.place.start.line)).collect()
}

const WEB: &str = "services:\n  web:\n    image: nginx:1.25\n";

#[test]
fn a_base_without_image_is_looked_at_where_it_is_extended() {
    let compose = "services:\n  a:\n    image: nginx:1.25\n    extends: {file: base.yml, service: b}\n";
    for base in ["services: {b: {privileged: true}}\n", "  services:\n    b:\n      privileged: true\n"] {
        let outcome = run(&[("compose.yaml", compose), ("base.yml", base)]);
        assert_eq!(places(&outcome, "privileged-container").len(), 1, "{base}");
        assert!(places(&outcome, "privileged-container")[0].starts_with("base.yml:"));
        assert_eq!(outcome.checked, 2);
        assert_eq!(outcome.skipped, []);
        // Whoever checks one file of the two hears the same.
        let mut tree = Memory::default();
        tree.add("compose.yaml", compose);
        tree.add("base.yml", base);
        let one = Candidate { path: Arc::from("compose.yaml"), explicit: true, document: true };
        assert_eq!(places(&run_on(&tree, &[one]), "privileged-container").len(), 1);
    }
    let chain = [
        ("compose.yaml", "services:\n  a:\n    image: a:1\n    extends: {file: x/one.yml, service: b}\n"),
        ("x/one.yml", "services:\n  b:\n    extends: {file: two.yml, service: c}\n"),
        ("x/two.yml", "services:\n  c:\n    privileged: true\n"),
    ];
    assert_eq!(places(&run(&chain), "privileged-container"), ["x/two.yml:3"]);
}

#[test]
fn what_an_include_names_is_read_or_told() {
    let include = "include:\n  - path: sub/compose.yaml\n    env_file: extra.env\n";
    let sub = "services:\n  a:\n    image: nginx:1.25\n    privileged: ${P:-false}\n";
    for (value, count) in [("P=true\n", 1), ("P=false\n", 0)] {
        let outcome = run(&[("compose.yaml", include), ("sub/compose.yaml", sub), ("extra.env", value)]);
        assert_eq!(places(&outcome, "privileged-container").len(), count, "{value}");
    }
    let broken = run(&[("compose.yaml", "include: [b.yml]\n"), ("b.yml", "a: [\n")]);
    assert!(places(&broken, "syntax-error").iter().any(|place| place.starts_with("b.yml:")));
    let list = run(&[("compose.yaml", "include: [b.yml]\n"), ("b.yml", "services: []\n")]);
    assert!(!list.findings.is_empty(), "services must be a mapping");
}

#[test]
fn chains_of_files_that_a_project_names_are_joined() {
    let base = "services:\n  a:\n    image: nginx:1.25\n    privileged: true\n";
    let over = "services:\n  a:\n    privileged: false\n    network_mode: host\n";
    for files in [
        &[
            ("docker/base.yml", base),
            ("docker/prod.yml", over),
            (".env", "COMPOSE_FILE=docker/base.yml:docker/prod.yml"),
        ][..],
        &[
            ("base.yml", base),
            ("prod.yml", over),
            (".env", "COMPOSE_PATH_SEPARATOR=,\nCOMPOSE_FILE=base.yml,prod.yml"),
        ],
        &[
            ("compose.yaml", base),
            ("compose.prod.yml", over),
            (".env", "COMPOSE_FILE=\"compose.yaml:compose.prod.yml\""),
        ],
    ] {
        let outcome = run(files);
        assert_eq!(places(&outcome, "privileged-container"), [""; 0], "{files:?}");
        assert_eq!(places(&outcome, "host-network").len(), 1, "{files:?}");
    }
    let added = "services:\n  a:\n    privileged: true\n";
    for (path, settings) in [
        (
            ".devcontainer/devcontainer.json",
            "{ // chain\n \"dockerComposeFile\": [\"../compose.yaml\", \"added.yml\"] }",
        ),
        (
            ".devcontainer/py/devcontainer.json",
            "{\"dockerComposeFile\": [\"../../compose.yaml\", \"../added.yml\"],}",
        ),
    ] {
        let outcome = run(&[
            ("compose.yaml", WEB),
            (".devcontainer/added.yml", &added.replace("  a:", "  web:")),
            (path, settings),
        ]);
        assert_eq!(places(&outcome, "privileged-container"), [".devcontainer/added.yml:3"], "{path}");
    }
}

#[test]
fn jobs_are_services() {
    let jobs = "services:\n  a:\n    image: nginx:1.25\njobs:\n  migrate:\n    image: nginx:latest\n    privileged: true\n";
    let outcome = run(&[("compose.yaml", jobs)]);
    assert_eq!(places(&outcome, "privileged-container"), ["compose.yaml:7"]);
    assert_eq!(places(&outcome, "latest-tag"), ["compose.yaml:6"]);
    let alone = run(&[("compose.yaml", "jobs:\n  migrate:\n    image: nginx:1.25\n    privileged: true\n")]);
    assert_eq!(places(&alone, "privileged-container"), ["compose.yaml:4"]);
    let extended = "services:\n  a:\n    extends: {service: j}\njobs:\n  j:\n    image: nginx:1.25\n    privileged: true\n";
    assert_eq!(places(&run(&[("compose.yaml", extended)]), "privileged-container"), ["compose.yaml:7"]);
    let workflow = "on: push\njobs:\n  a:\n    runs-on: x\n    container: {image: \"a:latest\", options: --privileged}\n";
    // Jobs of a workflow are none of Compose's.
    let workflow = run(&[(".github/workflows/compose.yml", workflow)]);
    assert_eq!(places(&workflow, "privileged-container"), [".github/workflows/compose.yml:5"]);
    assert_eq!(places(&workflow, "compose-unknown-key"), [""; 0]);
}

#[test]
fn one_key_can_be_reset() {
    let base =
        "services:\n  a:\n    image: nginx:1.25\n    environment:\n      DB_PASSWORD: hunter2hunter2\n";
    let list =
        "services:\n  a:\n    image: nginx:1.25\n    environment:\n      - DB_PASSWORD=hunter2hunter2\n";
    for base in [base, list] {
        let kept = run(&[("compose.yaml", base)]);
        assert_eq!(places(&kept, "env-secret-literal").len(), 1, "{base}");
        let over = "services:\n  a:\n    environment:\n      DB_PASSWORD: !reset null\n";
        let reset = run(&[("compose.yaml", base), ("compose.override.yaml", over)]);
        assert_eq!(places(&reset, "env-secret-literal"), [""; 0], "{base}");
        let other = "services:\n  a:\n    environment:\n      OTHER: !reset null\n";
        let reset = run(&[("compose.yaml", base), ("compose.override.yaml", other)]);
        assert_eq!(places(&reset, "env-secret-literal").len(), 1, "{base}");
    }
}

#[test]
fn a_dockerfile_that_a_service_builds_is_read_whatever_its_name() {
    let compose = |name: &str| format!("services:\n  a:\n    build: {{context: ., dockerfile: {name}}}\n");
    for name in ["app.build", "Dockerfile.common", "docker/Build"] {
        let outcome = run(&[("compose.yaml", &compose(name)), (name, "FROM alpine:latest\n")]);
        assert_eq!(places(&outcome, "latest-tag"), [format!("{name}:1")]);
        let outcome = run(&[("compose.yaml", &compose(name)), (name, "RUN make\n")]);
        assert!(!places(&outcome, "syntax-error").is_empty(), "{name}");
    }
    let template = run(&[("compose.yaml", &compose("app.build")), ("app.build", "FROM ${docker.base}\n")]);
    assert_eq!((&*template.skipped[0].path, template.skipped[0].reason), ("app.build", Reason::Template));
}

#[test]
fn templates_and_encodings() {
    for text in
        ["FROM ${docker.base.image}\n", "ARG V=${templateOption:x}\nFROM a:$V\n", "FROM a\n%%NAME%%\n"]
    {
        let outcome = run(&[("Dockerfile", text)]);
        assert_eq!(outcome.skipped.len(), 1, "{text}");
        assert_eq!((outcome.skipped[0].reason, outcome.findings.len()), (Reason::Template, 0), "{text}");
    }
    let wide = |text: &str, mark: bool, big: bool| -> Vec<u8> {
        let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
        units.flat_map(|unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    for (mark, big) in [(true, false), (true, true), (false, false), (false, true)] {
        let mut tree = Memory::default();
        tree.files.insert(
            "Dockerfile".into(),
            wide("FROM alpine:3.22\nMAINTAINER ä\nFROM nginx:latest\n", mark, big),
        );
        let compose = "services:\n  a:\n    image: nginx:latest # é\n    privileged: true\n";
        tree.files.insert("compose.yaml".into(), wide(compose, mark, big));
        let outcome = run_on(&tree, &tree.candidates());
        assert_eq!(places(&outcome, "latest-tag"), ["Dockerfile:3", "compose.yaml:3"]);
        assert_eq!(places(&outcome, "privileged-container"), ["compose.yaml:4"]);
        // No builder reads such a Dockerfile, and YAML needs the mark.
        let refused = if mark { vec!["Dockerfile:1"] } else { vec!["Dockerfile:1", "compose.yaml:1"] };
        assert_eq!(places(&outcome, "syntax-error"), refused);
        assert!(outcome.findings.iter().all(|finding| finding.fix.is_none()));
    }
    // However long it goes on in another script, behind a mark it is text.
    for big in [false, true] {
        let text = format!("# {}\nFROM nginx:latest\n", "镜像".repeat(400));
        let mut tree = Memory::default();
        tree.files.insert("Dockerfile".into(), wide(&text, true, big));
        let outcome = run_on(&tree, &tree.candidates());
        assert_eq!(places(&outcome, "latest-tag"), ["Dockerfile:2"], "{big}");
    }
}
