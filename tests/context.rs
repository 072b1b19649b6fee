//! A file gets the same verdict alone and in a whole run: Compose files and `.dockerignore`s around it are context.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::cases::{git, hullguard};

const WEB: &str =
    "FROM node:22.4-slim\nWORKDIR /app\nCOPY package.json ./\nCOPY src ./src\nCMD [\"node\", \"src\"]\n";

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a file lies somewhere")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }
}

/// Rules that are reported on a file, of a run with these arguments.
fn reported(folder: &Path, path: &str, arguments: &[&str], input: Option<&str>) -> Vec<String> {
    let mut command = hullguard(folder);
    command.args(["check", "--format", "jsonl", "--no-config"]).args(arguments);
    if let Some(path) = input {
        command.stdin(fs::File::open(folder.join(path)).expect("it was written"));
    }
    let out = command.output().expect("the program starts").stdout;
    let out = String::from_utf8(out).expect("what is printed is UTF-8");
    let lines = out.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
    let here = lines.filter(|line| line["path"] == path && line["rule"].is_string());
    let mut rules: Vec<String> = here
        .map(|line| {
            format!("{} {}", line["severity"].as_str().unwrap_or(""), line["rule"].as_str().unwrap_or(""))
        })
        .collect();
    rules.sort();
    rules
}

/// A project, the file that is looked at, and what must be reported on it in a run of any kind.
fn same_everywhere(files: &[(&str, &str)], path: &str, wanted: &[&str]) {
    let work = tempfile::tempdir().expect("a folder");
    let folder = work.path();
    write(folder, files);
    git(folder, &["init", "-q"]);
    git(folder, &["add", "."]);
    let dir = path.rsplit_once('/').map_or(".", |(dir, _)| dir);
    for (how, arguments, input) in [
        ("whole", vec![], None),
        ("one file", vec![path], None),
        ("its folder", vec![dir], None),
        ("staged", vec!["--staged"], None),
        ("standard input", vec!["--stdin-path", path, "-"], Some(path)),
    ] {
        assert_eq!(reported(folder, path, &arguments, input), wanted, "{path}, {how}");
    }
    // From inside of each folder above it, too.
    for (at, _) in path.match_indices('/') {
        let (inside, name) = (folder.join(&path[..at]), &path[at + 1..]);
        for (arguments, input) in
            [(vec![], None), (vec![name], None), (vec!["--stdin-path", name, "-"], Some(name))]
        {
            let found = reported(&inside, name, &arguments, input);
            assert_eq!(found, wanted, "{name} in {}, {arguments:?}", &path[..at]);
        }
    }
}

#[test]
fn services_that_build_a_dockerfile_settle_its_user() {
    let build = "services:\n  api:\n    build: ./api\n    user: \"1000\"\n";
    same_everywhere(&[("compose.yaml", build), ("api/Dockerfile", WEB)], "api/Dockerfile", &[]);
    let above =
        "services:\n  api:\n    build: {context: .., dockerfile: docker/web.Dockerfile}\n    user: app\n";
    same_everywhere(
        &[("deploy/compose.prod.yaml", above), ("docker/web.Dockerfile", WEB)],
        "docker/web.Dockerfile",
        &[],
    );
    let beside = "services:\n  api:\n    build: .\n    user: \"1000:1000\"\n";
    same_everywhere(&[("api/docker-compose.yml", beside), ("api/Dockerfile", WEB)], "api/Dockerfile", &[]);
    let elsewhere = "services:\n  api:\n    build: ./other\n    user: \"1000\"\n";
    same_everywhere(
        &[("compose.yaml", elsewhere), ("api/Dockerfile", WEB)],
        "api/Dockerfile",
        &["warning missing-user"],
    );
    let both = "services:\n  a:\n    build: ./api\n    user: \"1000\"\n  b:\n    build: ./api\n";
    same_everywhere(
        &[("compose.yaml", both), ("api/Dockerfile", WEB)],
        "api/Dockerfile",
        &["warning missing-user"],
    );
}

#[test]
fn targets_of_services_ship() {
    let file = "FROM node:22.4-slim AS api\nCOPY src ./src\nUSER root\nCMD [\"node\", \"src\"]\n\
                FROM node:22.4-slim AS web\nCOPY src ./src\nUSER node\nCMD [\"node\", \"src\"]\n";
    let build = "services:\n  api:\n    build: {context: ., target: api}\n  web:\n    build: {context: ., target: web}\n";
    same_everywhere(
        &[("compose.yaml", build), ("Dockerfile", file)],
        "Dockerfile",
        &["warning last-user-root"],
    );
}

#[test]
fn a_dockerignore_lies_where_the_context_can_be() {
    let whole = "FROM alpine:3.22\nCOPY . /app\nUSER nobody\nCMD [\"/app/run\"]\n";
    let missing = &["note dockerignore-missing"];
    same_everywhere(&[("docker/Dockerfile", whole), (".dockerignore", "*\n")], "docker/Dockerfile", &[]);
    same_everywhere(
        &[("build/docker/Dockerfile", whole), ("build/.dockerignore", "*\n")],
        "build/docker/Dockerfile",
        &[],
    );
    same_everywhere(
        &[("docker/a.Dockerfile", whole), ("docker/a.Dockerfile.dockerignore", "*\n")],
        "docker/a.Dockerfile",
        &[],
    );
    same_everywhere(&[("docker/Dockerfile", whole)], "docker/Dockerfile", missing);
    same_everywhere(
        &[("docker/Dockerfile", whole), ("other/.dockerignore", "*\n")],
        "docker/Dockerfile",
        missing,
    );
    let build = "services:\n  a:\n    build: ./docker\n";
    same_everywhere(
        &[("compose.yaml", build), ("docker/Dockerfile", whole), (".dockerignore", "*\n")],
        "docker/Dockerfile",
        missing,
    );
}

#[test]
fn bake_files_say_what_is_built() {
    let file = "FROM node:22.4-slim AS api\nCOPY src ./src\nUSER root\nCMD [\"node\", \"src\"]\n\
                FROM node:22.4-slim AS web\nCOPY src ./src\nUSER node\nCMD [\"node\", \"src\"]\n";
    let root = &["warning last-user-root"];
    let bake = |target: &str| format!("target \"api\" {{\n  context = \"app\"\n{target}\n}}\n");
    let ships = bake("  target = \"api\"\n  tags = [\"acme/api\"]");
    let tests = bake("  target = \"api\"\n  output = [\"type=cacheonly\"]");
    same_everywhere(&[("docker-bake.hcl", &ships), ("app/Dockerfile", file)], "app/Dockerfile", root);
    same_everywhere(&[("docker-bake.hcl", &tests), ("app/Dockerfile", file)], "app/Dockerfile", &[]);
    let json = "{\"target\": {\"a\": {\"context\": \"..\", \"dockerfile\": \"app/x.dockerfile\", \
                \"target\": \"api\", \"tags\": [\"acme/a\"]}}}";
    same_everywhere(
        &[("deploy/docker-bake.json", json), ("app/x.dockerfile", file)],
        "app/x.dockerfile",
        root,
    );
    // It says which folder is sent.
    let whole = "FROM alpine:3.22\nCOPY . /app\nUSER nobody\nCMD [\"/app/run\"]\n";
    let own = "target \"a\" {\n  context = \"docker\"\n}\n";
    let top = "target \"a\" {\n  dockerfile = \"docker/Dockerfile\"\n}\n";
    for (bake, wanted) in [(own, &["note dockerignore-missing"][..]), (top, &[])] {
        same_everywhere(
            &[("docker-bake.hcl", bake), ("docker/Dockerfile", whole), (".dockerignore", "*\n")],
            "docker/Dockerfile",
            wanted,
        );
    }
}

/// The message of a rule's only finding.
fn message(compose: &str, rule: &str) -> Option<String> {
    let work = tempfile::tempdir().expect("a folder");
    write(work.path(), &[("docker-stack.yml", compose)]);
    let found = findings(work.path(), &["--rule", rule]);
    assert!(found.len() < 2, "{found:?}");
    Some(found.first()?["message"].as_str()?.to_owned())
}

#[test]
fn a_stack_is_judged_as_swarm_runs_it() {
    let stack = |port: &str| {
        format!(
            "version: \"3.8\"\nservices:\n  a:\n    image: acme/a:1\n    ports:\n      - {port}\n    deploy: {{mode: global}}\n"
        )
    };
    let on_all = "{target: 80, published: 8081}";
    let on_host = "{target: 80, published: 8081, mode: host}";
    let said = |port: &str| message(&stack(port), "port-all-interfaces").expect("it is reported");
    assert!(said(on_all).contains("on every node"), "{}", said(on_all));
    assert!(said(on_host).contains("on each node that runs the service"), "{}", said(on_host));
    assert_eq!(message(&stack(on_all), "version-obsolete"), None);
    // The host's network, as a stack asks for it.
    let on_host = format!("{}    networks: [host]\nnetworks: {{host: {{external: true}}}}\n", stack(on_all));
    assert_eq!(message(&on_host, "version-obsolete"), None);
}

#[test]
fn a_service_says_root_where_its_dockerfile_would() {
    let root = |service: &str, dockerfile: &str| {
        let work = tempfile::tempdir().expect("a folder");
        let compose = format!("services:\n  a:\n    build: .\n{service}");
        write(work.path(), &[("compose.yaml", &compose), ("Dockerfile", dockerfile)]);
        reported(work.path(), "compose.yaml", &["--rule", "run-as-root-effective"], None)
    };
    let plain = "FROM debian:12.5\nRUN true\nCMD [\"sleep\", \"1\"]\n";
    assert_eq!(root("", plain), ["warning run-as-root-effective"]);
    assert_eq!(root("    platform: wasi/wasm\n", plain), [""; 0]);
    // These images change the user at start, and of a lone program Dockerfile rules say nothing.
    for quiet in [
        "FROM flink:2.0.0\nCOPY x /opt/\n",
        "FROM telegraf:1.30\n",
        "FROM scratch\nCOPY a /a\nCMD [\"/a\"]\n",
    ] {
        assert_eq!(root("", quiet), [""; 0], "{quiet}");
    }
}

#[test]
fn a_dockerfile_without_a_user_names_the_services_that_run_it() {
    let said = |services: &str| {
        let work = tempfile::tempdir().expect("a folder");
        write(work.path(), &[("compose.yaml", &format!("services:\n{services}")), ("Dockerfile", WEB)]);
        let found = findings(work.path(), &["--rule", "missing-user"]);
        assert_eq!(found.len(), 1, "{found:?}");
        found[0]["message"].as_str().expect("a text").to_owned()
    };
    let build = |name: &str| format!("  {name}: {{build: .}}\n");
    let with_user = "  c: {build: ., user: \"1000\"}\n";
    let one = said(&(build("a") + with_user));
    assert!(one.contains("this runs as root, and so does the service `a`;"), "{one}");
    let two = said(&(build("a") + &build("b") + with_user));
    assert!(two.contains("and so do the services `a` and `b`;"), "{two}");
    let many = said(&["a", "b", "d", "e", "f"].map(build).concat());
    assert!(many.contains("the services `a`, `b`, `d` and 2 more;"), "{many}");
    let none = said("  x: {image: \"acme/x:1\"}\n");
    assert!(none.contains("this runs as root;"), "{none}");
}

#[test]
fn a_build_stage_that_the_final_stage_contains_is_no_mistake() {
    let target = |last: &str| {
        let work = tempfile::tempdir().expect("a folder");
        let dockerfile = format!("FROM golang:1.26 AS builder\nFROM {last} AS last\n");
        let compose = "services:\n  a:\n    build: {context: ., target: builder}\n";
        write(work.path(), &[("compose.yaml", compose), ("Dockerfile", &dockerfile)]);
        reported(work.path(), "compose.yaml", &["--rule", "build-target-not-final"], None)
    };
    assert_eq!(target("alpine:3.22"), ["note build-target-not-final"]);
    assert_eq!(target("builder"), [""; 0]);
}

#[test]
fn a_folder_sees_the_repository_and_nothing_around_it() {
    let work = tempfile::tempdir().expect("a folder");
    let build = "services:\n  api:\n    build: ./api\n    user: \"1000\"\n";
    write(work.path(), &[("compose.yaml", build), ("api/Dockerfile", WEB)]);
    let root = &["warning missing-user"];
    // Without a repository nobody knows where the project begins.
    assert_eq!(reported(&work.path().join("api"), "Dockerfile", &[], None), root);
    git(&work.path().join("api"), &["init", "-q"]);
    assert_eq!(reported(&work.path().join("api"), "Dockerfile", &[], None), root);
    git(work.path(), &["init", "-q"]);
    assert_eq!(reported(&work.path().join("api"), "Dockerfile", &[], None), root);
    fs::remove_dir_all(work.path().join("api/.git")).expect("it is there");
    assert_eq!(reported(&work.path().join("api"), "Dockerfile", &[], None), [""; 0]);
    // Fingerprints and words are those of a run from the top, and a change is written where the file is.
    write(work.path(), &[("api/Dockerfile", "FROM node:22.4-slim\nMAINTAINER Jo\n")]);
    let seen = |folder: &Path, path: &str| {
        let found = findings(folder, &["--rule", "maintainer-deprecated", path]);
        assert!(found.len() == 1 && found[0]["path"] == path, "{found:?}");
        found[0]["fingerprint"].clone()
    };
    assert_eq!(seen(work.path(), "api/Dockerfile"), seen(&work.path().join("api"), "Dockerfile"));
    let fixed = hullguard(&work.path().join("api")).args(["check", "--fix", "--fail-on", "never"]).output();
    assert!(fixed.expect("it starts").status.success());
    let text = fs::read_to_string(work.path().join("api/Dockerfile")).expect("it is there");
    assert!(text.contains("LABEL org.opencontainers.image.authors"), "{text}");
}

#[test]
fn what_names_itself_without_an_end_is_a_failure_where_it_was_asked_for() {
    let work = tempfile::tempdir().expect("a folder");
    let folder = work.path();
    // Each names all others, so that all together are read more often than a run may.
    let names: Vec<String> = (0..60).map(|n| format!("c{n}.compose.yaml")).collect();
    let text = format!(
        "include: [{}]\nservices:\n  a:\n    build: ./api\n    user: \"1\"\n#{}\n",
        names.join(", "),
        "x".repeat(20_000)
    );
    for name in &names {
        write(folder, &[(name, &text)]);
    }
    write(folder, &[("api/Dockerfile", WEB)]);
    git(folder, &["init", "-q"]);
    git(folder, &["add", "."]);
    let done = |path: &str| {
        let done = hullguard(folder).args(["check", "--format", "json", "--fail-on", "never", path]).output();
        let done = done.expect("it starts");
        let report: serde_json::Value = serde_json::from_slice(&done.stdout).expect("JSON");
        let count = |list: &str| report["files"][list].as_array().expect("a list").len();
        (done.status.code(), count("failed") > 0, count("skipped") > 0)
    };
    assert_eq!(done("."), (Some(2), true, false));
    assert_eq!(done("api/Dockerfile"), (Some(0), false, true));
}

#[test]
fn a_base_is_judged_with_those_that_use_it() {
    let base = "services:\n  app:\n    image: registry.example.com/app:1.2\n    privileged: true\n    mem_limit: 1g\n    \
                cap_drop: [ALL]\n    read_only: true\n";
    let off = "services:\n  app:\n    extends: {file: base.yml, service: app}\n    privileged: false\n    \
               security_opt: [\"no-new-privileges:true\"]\n";
    let as_is = "services:\n  app:\n    extends: {file: base.yml, service: app}\n    \
                 security_opt: [\"no-new-privileges:true\"]\n";
    let included = "include: [{path: [base.yml, off.yml]}]\n";
    let over = "services:\n  app:\n    privileged: false\n    security_opt: [\"no-new-privileges:true\"]\n";
    let privileged = &["error privileged-container"];
    same_everywhere(&[("base.yml", base), ("compose.yaml", off)], "base.yml", &[]);
    same_everywhere(&[("base.yml", base), ("compose.yaml", as_is)], "base.yml", privileged);
    same_everywhere(&[("base.yml", base), ("compose.yaml", included), ("off.yml", over)], "base.yml", &[]);
    same_everywhere(&[("base.yml", base)], "base.yml", privileged);
    // Compose finds this one by itself, so somebody can run it.
    let named = off.replace("base.yml", "compose.yaml");
    same_everywhere(&[("compose.yaml", base), ("compose.off.yaml", &named)], "compose.yaml", privileged);
}

#[test]
fn one_cause_is_one_finding() {
    let work = tempfile::tempdir().expect("a folder");
    let folder = work.path();
    let build = "services:\n  a: &a\n    build: .\n  b:\n    <<: *a\n  c:\n    extends: a\n";
    write(folder, &[("compose.yaml", build), ("Dockerfile", WEB)]);
    assert_eq!(reported(folder, "Dockerfile", &[], None), ["warning missing-user"]);
    let root = |path: &str| {
        let rules = reported(folder, path, &[], None);
        rules
            .into_iter()
            .filter(|rule| rule.contains("run-as-root") || rule.contains("user"))
            .collect::<Vec<_>>()
    };
    assert_eq!(root("compose.yaml"), Vec::<String>::new());
    // The Dockerfile's own rules leave an image without an application alone; the service runs it.
    write(folder, &[("Dockerfile", "FROM debian:12.5\nRUN true\nCMD [\"sleep\", \"1\"]\n")]);
    assert_eq!(root("compose.yaml"), ["warning run-as-root-effective"]);

    for files in [
        [
            ("a.yaml", "include: [b.yaml]\n"),
            ("b.yaml", "include: [a.yaml]\n"),
            ("c.yaml", "include: [a.yaml]\n"),
        ],
        [
            ("a.yaml", "include: [c.yaml]\n"),
            ("b.yaml", "include: [a.yaml]\n"),
            ("c.yaml", "include: [b.yaml]\n"),
        ],
        [
            ("a.yaml", "include: [b.yaml]\n"),
            ("b.yaml", "include: [c.yaml]\n"),
            ("c.yaml", "include: [b.yaml]\n"),
        ],
    ] {
        let work = tempfile::tempdir().expect("a folder");
        let services = "services: {x: {image: \"registry.example.com/x:1\"}}\n";
        for (name, text) in files {
            let (name, text) =
                (name.replace(".yaml", ".compose.yaml"), text.replace(".yaml", ".compose.yaml"));
            write(work.path(), &[(&name, &format!("{text}{services}"))]);
        }
        let all: Vec<String> = ["a.compose.yaml", "b.compose.yaml", "c.compose.yaml"]
            .iter()
            .flat_map(|path| reported(work.path(), path, &["--rule", "compose-reference-broken"], None))
            .collect();
        assert_eq!(all, ["error compose-reference-broken"], "{files:?}");
    }
    let cycle = "services:\n  a: {extends: b}\n  b: {extends: c}\n  c: {extends: a}\n";
    write(folder, &[("compose.yaml", cycle)]);
    let told = reported(folder, "compose.yaml", &["--rule", "compose-reference-broken"], None);
    assert_eq!(told, ["error compose-reference-broken"]);

    let latest = "services:\n  a: {image: \"acme/x:latest\"}\n  b: {image: \"acme/x:latest\"}\n  c: {image: \"acme/y:latest\"}\n";
    write(folder, &[("compose.yaml", latest)]);
    let tags = ["--profile", "strict", "--rule", "latest-tag", "--rule", "unpinned-digest"];
    assert_eq!(reported(folder, "compose.yaml", &tags, None), ["warning latest-tag", "warning latest-tag"]);
}

#[test]
fn a_service_with_a_password_is_no_harm_to_the_dockerfile_that_it_builds() {
    for (key, value) in [
        ("environment", "{DB_PASSWORD: Xk29moss}"),
        ("labels", "[\"app.password=Xk29moss\"]"),
        ("post_start", "[{command: \"true\", environment: [API_PASSWORD=Xk29moss]}]"),
    ] {
        let work = tempfile::tempdir().expect("a folder");
        let build = format!("services:\n  a:\n    build: .\n    {key}: {value}\n");
        write(work.path(), &[("compose.yaml", &build), ("Dockerfile", WEB)]);
        let done = hullguard(work.path()).args(["check", "--fail-on", "never"]).output().expect("it starts");
        assert_eq!(done.status.code(), Some(0), "{key}: {}", String::from_utf8_lossy(&done.stdout));
        assert_eq!(reported(work.path(), "Dockerfile", &[], None), ["warning missing-user"], "{key}");
    }
}

/// `--format jsonl` of a run, finding by finding.
fn findings(folder: &Path, arguments: &[&str]) -> Vec<serde_json::Value> {
    let out = hullguard(folder).args(["check", "--format", "jsonl"]).args(arguments).output();
    let out = String::from_utf8(out.expect("the program starts").stdout).expect("UTF-8");
    let lines = out.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
    lines.filter(|line| line["rule"].is_string()).collect()
}

#[test]
fn one_password_of_a_file_is_one_finding() {
    let work = tempfile::tempdir().expect("a folder");
    let password = "Xk29!moss";
    let (mut settings, mut services) = (String::new(), "services:\n".to_owned());
    for n in 0..93 {
        writeln!(settings, "db{n}_password = \"{password}\"").expect("a text takes anything");
    }
    for n in 0..5 {
        writeln!(
            services,
            "  a{n}:\n    image: acme/a:1\n    environment:\n      DB{n}_PASSWORD: {password}"
        )
        .expect("a text takes anything");
    }
    let other = "x_password = \"gr33n!Tea7\"\ny_password = \"Xk29!moss\"\n";
    write(work.path(), &[("settings.py", &settings), ("other.py", other), ("compose.yaml", &services)]);
    let found = findings(work.path(), &["--rule", "assigned-password", "--rule", "env-secret-literal"]);
    let of = |path: &str| -> Vec<(String, usize)> {
        let here = found.iter().filter(|finding| finding["path"] == path);
        here.map(|finding| {
            let message = finding["message"].as_str().expect("a text").to_owned();
            (message, finding["related"].as_array().expect("a list").len())
        })
        .collect()
    };
    let settings = of("settings.py");
    assert!(settings.len() == 1 && settings[0].0.ends_with("(and in 92 other places)"), "{settings:?}");
    assert_eq!(settings[0].1, 20);
    let services = of("compose.yaml");
    assert!(services.len() == 1 && services[0].0.ends_with("(and in 4 other places)"), "{services:?}");
    // Two values are two findings, and a guess may be in two files by chance.
    assert_eq!(of("other.py").len(), 2, "{found:?}");
    // A list of what is known has every place: nothing is left over.
    let made = hullguard(work.path()).args(["baseline"]).output().expect("it starts");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let left = findings(work.path(), &[]).into_iter().filter(|finding| finding["status"] == "open");
    assert_eq!(left.collect::<Vec<_>>(), Vec::<serde_json::Value>::new());
}

#[test]
fn an_indentation_fault_is_one_finding() {
    for text in [
        "services:\n  web:\n    image: nginx:1.27\n   ports:\n      - \"127.0.0.1:80:80\"\n    command: [x]\n",
        "services:\n  web:\n   image: nginx:1.27\n    ports:\n      - \"127.0.0.1:80:80\"\n",
        "services:\n  web:\n    image: nginx:1.27\n     ports:\n     - \"127.0.0.1:80:80\"\n     - \"127.0.0.1:81:81\"\n",
        "services:\n  web:\n    network_mode: host\n     environment:\n       A: b\n       C: d\n",
    ] {
        let work = tempfile::tempdir().expect("a folder");
        write(work.path(), &[("compose.yaml", text)]);
        let found = reported(work.path(), "compose.yaml", &[], None);
        let errors: Vec<&String> = found.iter().filter(|rule| rule.starts_with("error")).collect();
        assert!(
            errors[..] == ["error syntax-error"]
                || errors[..] == ["error host-network", "error syntax-error"],
            "{text}: {found:?}"
        );
    }
}

#[test]
fn nothing_is_reported_on_context() {
    let work = tempfile::tempdir().expect("a folder");
    let folder = work.path();
    let build =
        "services:\n  api:\n    extends: {file: part.yml, service: b}\n    build: ./api\n    pid: host\n";
    let part = "services:\n  b:\n    privileged: true\n";
    write(folder, &[("compose.yaml", build), ("part.yml", part), ("api/Dockerfile", WEB)]);
    let errors = |path: &str, arguments: &[&str]| {
        let found = reported(folder, path, arguments, None);
        found.into_iter().filter(|rule| rule.starts_with("error")).collect::<Vec<_>>()
    };
    assert_eq!(errors("compose.yaml", &[]), ["error host-pid"]);
    assert_eq!(errors("part.yml", &[]), ["error privileged-container"]);
    assert_eq!(errors("part.yml", &["compose.yaml"]), ["error privileged-container"]);
    for path in ["compose.yaml", "part.yml"] {
        assert_eq!(reported(folder, path, &["api/Dockerfile"], None), Vec::<String>::new());
        assert_eq!(reported(folder, path, &["api"], None), Vec::<String>::new());
    }
    assert_eq!(reported(folder, "api/Dockerfile", &["api/Dockerfile"], None), ["warning missing-user"]);
    // The devcontainer runs these two together, so the first is no base that nobody runs.
    let base = "services:\n  app: {image: \"registry.example.com/a:1\", privileged: true}\n";
    let over = "services:\n  app: {extends: {file: base.yml, service: app}, privileged: false}\n";
    let chain = "{\"dockerComposeFile\": [\"base.yml\", \"more.yml\"]}";
    let more = "services:\n  app: {init: true}\n";
    write(
        folder,
        &[
            ("x/base.yml", base),
            ("x/compose.yaml", over),
            (
                "x/.devcontainer/devcontainer.json",
                &chain.replace("\"base", "\"../base").replace("\"more", "\"../more"),
            ),
            ("x/more.yml", more),
        ],
    );
    assert_eq!(errors("x/base.yml", &[]), ["error privileged-container"]);
}

#[test]
fn what_podman_compose_reads_is_refused_by_compose_only() {
    for section in ["networks", "volumes", "secrets"] {
        let text = format!(
            "services: {{a: {{image: \"registry.example.com/a:1\"}}}}\n{section}: {{x: {{external: there}}}}\n"
        );
        let work = tempfile::tempdir().expect("a folder");
        write(work.path(), &[("compose.yaml", &text), ("podman-compose.yml", &text)]);
        let wrong = |path| reported(work.path(), path, &["--rule", "compose-wrong-type"], None);
        assert_eq!(wrong("podman-compose.yml"), Vec::<String>::new(), "{section}");
        assert_eq!(wrong("compose.yaml"), ["error compose-wrong-type"], "{section}");
    }
}

/// Two stages, of which the first runs as root: that is reported once something builds it.
const STAGES: &str = "FROM debian:12 AS dev\nUSER root\nCMD [\"x\"]\nFROM alpine:3.22 AS z\nRUN echo hi\nUSER 1000\nCMD [\"x\"]\n";

/// What builds the stage `dev` of `svc/api/Dockerfile`, from the top.
const BUILDS: [(&str, &str); 3] = [
    ("compose.yml", "services: {a: {build: {context: svc/api, target: dev}}}\n"),
    (
        "docker-bake.hcl",
        "target \"a\" {\n  context = \"svc/api\"\n  target = \"dev\"\n  tags = [\"acme/a\"]\n}\n",
    ),
    ("Makefile", "image:\n\tdocker build --push --target dev svc/api\n"),
];

/// How a run ends, and what it says of files that were not read.
fn ends(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = hullguard(folder);
    command.args(["check", "--format", "json", "--no-config", "--rule", "last-user-root"]);
    let out = command.args(arguments).output().expect("the program starts");
    let report: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
    (out.status.code(), report["files"]["skipped"].to_string() + &report["files"]["failed"].to_string())
}

#[test]
fn a_folder_sees_what_lies_above_it_and_git_does_not_track() {
    for with_git in [true, false] {
        for (name, build) in BUILDS {
            let work = tempfile::tempdir().expect("a folder");
            let folder = work.path();
            write(folder, &[(name, build), ("svc/api/Dockerfile", STAGES), ("svc/other/x", "")]);
            if with_git {
                git(folder, &["init", "-q"]);
            }
            for asked in [".", "svc", "svc/api", "svc/api/Dockerfile"] {
                assert_eq!(ends(folder, &[asked]), (Some(1), "[][]".to_owned()), "{name}, {asked}");
            }
            if with_git {
                let from_below = ends(&folder.join("svc"), &["."]);
                assert_eq!(from_below, (Some(1), "[][]".to_owned()), "{name}");
            }
        }
    }
}

#[test]
fn what_git_tracks_is_context_whatever_libgit2_makes_of_the_repository() {
    for (name, build) in BUILDS {
        let work = tempfile::tempdir().expect("a folder");
        let folder = work.path();
        // Not above the Dockerfile, so that only git's index says that it is there.
        let build = build.replace("svc/api", "../svc/api");
        write(folder, &[(&format!("deploy/{name}"), &build), ("svc/api/Dockerfile", STAGES)]);
        git(folder, &["init", "-q"]);
        git(folder, &["add", "."]);
        let same = |why: &str, wanted: &(Option<i32>, String)| {
            for asked in ["svc", "svc/api/Dockerfile"] {
                assert_eq!(&ends(folder, &[asked]), wanted, "{name}, {asked}, {why}");
            }
        };
        let known = (Some(1), "[][]".to_owned());
        same("whole", &known);
        fs::write(folder.join(".git/config"), "[core]\n\trepositoryformatversion = 99\n")
            .expect("it is there");
        same("of a version that nobody knows", &known);
        fs::write(folder.join(".git/index"), "no index").expect("it is there");
        let (code, said) = ends(folder, &["svc/api/Dockerfile"]);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains(".git") && said.contains("not read as context"), "{said}");
        let below = ends(&folder.join("svc"), &["api/Dockerfile"]).1;
        assert!(below.contains("\"../.git\"") && below.contains("not read as context"), "{below}");
    }
}

#[test]
fn a_build_is_seen_however_its_compose_file_says_it() {
    let common = "services:\n  a:\n    build: {context: ../svc/api, target: dev}\n";
    let build =
        |context: &str| format!("services:\n  a:\n    build:\n      target: dev\n      context: {context}\n");
    let (variable, escaped) = (build("\"../svc/$X\""), build("\"../svc/ap\\x69\""));
    let (folded, nested) =
        (build(">-\n        ../svc/${X}"), "services: {a: {build: {target: dev, context: \"../$Y\"}}}\n");
    let short = "services:\n  a:\n    build:\n      ../dev-$X\n";
    let include = ("compose.yml", "include: [deploy/common.yml]\n");
    let extends = ("compose.yml", "services:\n  b: {extends: {file: deploy/common.yml, service: a}}\n");
    let twice = ("compose.yml", "include:\n  - path: deploy/more.yml\n");
    for files in [
        vec![include, ("deploy/common.yml", common)],
        vec![extends, ("deploy/common.yml", common)],
        vec![twice, ("deploy/more.yml", "include: [common.yml]\n"), ("deploy/common.yml", common)],
        vec![("deploy/compose.yml", &variable), ("deploy/.env", "X=api\n")],
        vec![("deploy/compose.yml", &folded), ("deploy/.env", "X=api\n")],
        vec![("deploy/compose.yml", nested), ("deploy/.env", "Y=svc/api\n")],
        vec![("deploy/compose.yml", &escaped)],
    ] {
        let mut all = vec![("svc/api/Dockerfile", STAGES)];
        all.extend(&files);
        same_everywhere_of(&all, &files);
    }
    // One that goes elsewhere builds nothing here.
    let work = tempfile::tempdir().expect("a folder");
    write(
        work.path(),
        &[("svc/api/Dockerfile", STAGES), ("deploy/compose.yml", short), ("deploy/.env", "X=api\n")],
    );
    git(work.path(), &["init", "-q"]);
    git(work.path(), &["add", "."]);
    assert_eq!(ends(work.path(), &["svc/api/Dockerfile"]), (Some(0), "[][]".to_owned()));
}

/// A root stage that ships is reported in runs of each kind.
fn same_everywhere_of(all: &[(&str, &str)], files: &[(&str, &str)]) {
    let work = tempfile::tempdir().expect("a folder");
    let folder = work.path();
    write(folder, all);
    git(folder, &["init", "-q"]);
    git(folder, &["add", "."]);
    for asked in [&["."][..], &["svc"], &["svc/api"], &["svc/api/Dockerfile"], &["--staged"]] {
        assert_eq!(ends(folder, asked).0, Some(1), "{asked:?}: {files:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_listed_is_told() {
    use std::os::unix::fs::PermissionsExt as _;
    let work = tempfile::tempdir().expect("a folder");
    let folder = work.path();
    write(folder, &[("svc/api/Dockerfile", STAGES)]);
    for (locked, name) in [("svc", "svc"), ("", ".")] {
        let locked = folder.join(locked);
        let mode = |mode| fs::set_permissions(&locked, fs::Permissions::from_mode(mode)).expect("it is ours");
        mode(0o311);
        // The superuser lists everything.
        let is_locked = fs::read_dir(&locked).is_err();
        let (code, said) = ends(folder, &["svc/api/Dockerfile"]);
        mode(0o755);
        assert_eq!(code, Some(0), "{said}");
        let wanted = said.contains(&format!("\"path\":\"{name}\"")) && said.contains("permission denied");
        assert_eq!(wanted, is_locked, "{said}");
    }
}
