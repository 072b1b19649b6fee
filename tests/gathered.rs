//! In `default` a rule's warnings about one service are one finding, and still each is known by itself: one that is new or
//! ignored is not lost in those that are known.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::cases::hullguard;

const PORTS: &str = "services:\n  web:\n    image: httpd:2.4\n    ports:\n      - 8080:8080\n      - 9090:9090\n  api:\n    image: \
                     httpd:2.4\n    ports:\n      - 7070:7070\n";

/// The open findings on ports as `line message`, with the lines of the places beside them.
fn ports(folder: &Path, arguments: &[&str]) -> Vec<(String, Vec<u64>)> {
    let mut command = hullguard(folder);
    let done = command.args(["check", "--rule", "port-all-interfaces", "--format", "json"]).args(arguments);
    let said: Value = serde_json::from_slice(&done.output().expect("it starts").stdout).expect("it is JSON");
    let line = |place: &Value| place["start"]["line"].as_u64().expect("a number");
    let findings = said["findings"].as_array().expect("a list");
    let open = findings.iter().filter(|finding| finding["status"] == "open");
    open.map(|finding| {
        let beside = finding["related"].as_array().expect("a list").iter().map(line).collect();
        let message = finding["message"].as_str().expect("a text");
        let end = message.split_once(" (and ").map_or("", |(_, end)| end.trim_end_matches(')'));
        (format!("{} {end}", line(finding)).trim_end().to_owned(), beside)
    })
    .collect()
}

fn folder(text: &str) -> tempfile::TempDir {
    let work = tempfile::tempdir().expect("a folder");
    fs::write(work.path().join("compose.yaml"), text).expect("a file");
    work
}

#[test]
fn warnings_about_one_service_are_one_finding() {
    let work = folder(PORTS);
    let gathered = ports(work.path(), &[]);
    assert_eq!(gathered, [("5 1 more in this service".to_owned(), vec![6]), ("10".to_owned(), vec![])]);
    let strict: Vec<String> =
        ports(work.path(), &["--profile", "strict"]).into_iter().map(|(at, _)| at).collect();
    assert_eq!(strict, ["5", "6", "10"]);
}

#[test]
fn warnings_about_many_services_are_one_finding() {
    let services = |many: u16| -> String {
        let service = |i: u16| format!("  s{i}:\n    image: httpd:2.4\n    ports: [909{i}:909{i}]\n");
        (1..=many).map(service).collect::<Vec<_>>().concat()
    };
    let all = |many| ports(folder(&format!("services:\n{}", services(many))).path(), &[]);
    assert_eq!(all(6), [("4 5 more in this file".to_owned(), vec![7, 10, 13, 16, 19])]);
    assert_eq!(all(5).len(), 5);

    let work = folder(&format!("services:\n{}", services(5)));
    let done = hullguard(work.path()).arg("baseline").output().expect("it starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    fs::write(work.path().join("compose.yaml"), format!("services:\n{}", services(6))).expect("a file");
    assert_eq!(
        ports(work.path(), &[]),
        [("19".to_owned(), vec![])],
        "a new one is not lost in those that are known"
    );
}

#[test]
fn each_is_ignored_and_accepted_by_itself() {
    let comment = "      # hullguard: ignore=port-all-interfaces the front door\n      - 8080";
    let work = folder(&PORTS.replace("      - 8080", comment));
    assert_eq!(ports(work.path(), &[]), [("7".to_owned(), vec![]), ("11".to_owned(), vec![])]);

    let work = folder(PORTS);
    let done = hullguard(work.path()).arg("baseline").output().expect("it starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(ports(work.path(), &[]), []);
    let more = PORTS.replace("9090:9090\n", "9090:9090\n      - 9191:9191\n      - 9292:9292\n");
    fs::write(work.path().join("compose.yaml"), more).expect("a file");
    assert_eq!(ports(work.path(), &[]), [("7 1 more in this service".to_owned(), vec![8])]);
}

#[test]
fn errors_about_many_services_are_one_finding() {
    let services = |many: u16| -> String {
        let service = |i: u16| format!("  s{i}:\n    image: postgres:17\n    ports: [543{i}:5432]\n");
        (1..=many).map(service).collect::<Vec<_>>().concat()
    };
    let rule = ["--rule", "datastore-port-published", "--format", "json"];
    let all = |more: &str, many| -> Vec<(String, usize)> {
        let work = folder(&format!("services:\n{}{more}", services(many)));
        let done = hullguard(work.path()).arg("check").args(rule).output().expect("it starts");
        assert_eq!(done.status.code(), Some(1));
        let report: Value = serde_json::from_slice(&done.stdout).expect("JSON");
        let found = report["findings"].as_array().expect("a list").iter();
        found
            .map(|one| {
                let severity = one["severity"].as_str().expect("a word").to_owned();
                (severity, one["related"].as_array().map_or(0, Vec::len))
            })
            .collect()
    };
    let error = |related| ("error".to_owned(), related);
    assert_eq!(all("", 6), [error(5)]);
    assert_eq!(all("", 5), vec![error(0); 5]);
    // By its number alone a port is no error, and is not counted among those that are.
    let number = "  other:\n    image: acme/store:1.2\n    ports: ['6379:6379']\n";
    assert_eq!(all(number, 6), [error(5), ("warning".to_owned(), 0)]);
}
