//! Lists read, and what is wrong with them.

use super::*;
use crate::config::Date;
use crate::rule::Profile;

fn foreign(text: &str) -> Foreign {
    match read("list", text.as_bytes()) {
        Ok(List::Foreign(list)) => list,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_baseline_is_written_in_one_order_and_read_again() {
    let entry = |path: &str, fingerprint, reason: Option<&str>| Entry {
        rule: "latest-tag".into(),
        path: path.into(),
        fingerprint,
        reason: reason.map(str::to_owned),
        expires: reason.and_then(|_| Date::parse("2030-01-31")),
        line: 0,
    };
    let entries = vec![
        entry("b", 1, Some("later \"x\"")),
        entry("a", 3, None),
        entry("a", 2, None),
        entry("a", 3, None),
    ];
    let list = Baseline { name: "list".into(), profile: Profile::Strict, entries };
    let text = list.text();
    assert_eq!(
        text,
        "{\"hullguard-baseline\":1,\"profile\":\"strict\"}\n\
         {\"path\":\"a\",\"rule\":\"latest-tag\",\"fingerprint\":\"00000000000000000000000000000002\"}\n\
         {\"path\":\"a\",\"rule\":\"latest-tag\",\"fingerprint\":\"00000000000000000000000000000003\"}\n\
         {\"path\":\"b\",\"rule\":\"latest-tag\",\"fingerprint\":\"00000000000000000000000000000001\",\
         \"reason\":\"later \\\"x\\\"\",\"expires\":\"2030-01-31\"}\n"
    );
    let Ok(List::Own(again)) = read("list", text.as_bytes()) else { panic!("it is our own") };
    assert_eq!((again.text(), again.profile, again.entries[2].line), (text, Profile::Strict, 4));
}

#[test]
fn of_an_entry_that_stands_twice_the_one_that_lasts_counts() {
    let line = |more: &str| format!("{{\"path\":\"a\",\"rule\":\"r\",\"fingerprint\":\"{:032x}\"{more}}}", 7);
    let head = "{\"hullguard-baseline\":1,\"profile\":\"default\"}";
    let days = [line(",\"expires\":\"2020-01-01\""), line(""), line(",\"expires\":\"2030-01-01\"")];
    let text = format!("{head}\n{}\n{head}\n", days.join("\n"));
    let Ok(List::Own(list)) = read("list", text.as_bytes()) else { panic!("it is our own") };
    assert_eq!(list.by_fingerprint()[&7], 1);
}

#[test]
fn mistakes_are_told_with_their_line() {
    let head = "{\"hullguard-baseline\":1,\"profile\":\"default\"}";
    for (text, told) in [
        ("<<<<<<< HEAD\n", "list:2: merge conflict markers; keep the entries of both sides"),
        (
            "{\"path\":\"a\",\"rule\":\"r\",\"fingerprint\":\"7\"}",
            "list:2: a fingerprint is 32 hexadecimal digits",
        ),
        ("{\"path\":\"a\"}", "list:2: missing field `rule`"),
        (
            "{\"hullguard-baseline\":2,\"profile\":\"default\"}",
            "list:2: written by a newer hullguard; use that version",
        ),
    ] {
        let read = read("list", format!("{head}\n{text}").as_bytes());
        assert_eq!(read.map(|_| ()).unwrap_err(), told);
    }
    // What is quoted from a foreign file might be a secret.
    assert_eq!(
        read("list", b"[{\"RuleID\": 7, \"Secret\": \"hush\"}]").map(|_| ()).unwrap_err(),
        "list: this is not a report of gitleaks (line 1, column 13)"
    );
}

#[test]
fn ignore_files_of_gitleaks() {
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let list = foreign(&format!(
        "# why\n\na/b.env:github-pat:3\n{commit}:a/c.env:generic-api-key:14 # old\nC:\\x:no-such:1\nnonsense\n"
    ));
    let seen: Vec<_> = list
        .entries
        .iter()
        .map(|seen| (&*seen.path, seen.line, seen.rules.len(), seen.commit.is_some()))
        .collect();
    assert_eq!(seen, [("a/b.env", 3, 1, false), ("a/c.env", 14, 0, true), ("C:/x", 1, 0, false)]);
    assert_eq!(list.unread, [6]);
    assert_eq!(list.entries[0].rules, ["github-personal-access-token"]);
}

#[test]
fn reports_of_gitleaks_and_baselines_of_detect_secrets() {
    let report = foreign(
        r#"[{"RuleID":"github-pat","File":"a","StartLine":2,"Commit":"","Secret":"REDACTED","Fingerprint":"a:github-pat:2"},
            {"RuleID":"x","File":"b","StartLine":3,"Commit":"abc","Secret":"hush","Extra":[]}]"#,
    );
    assert!(report.entries[0].value.is_none() && report.entries[0].commit.is_none());
    assert_eq!(report.entries[1].value, Some(crate::secrets::custom::sha1(b"hush")));
    let baseline = foreign(
        r#"{"version":"1.5.0","results":{"a":[{"type":"Secret Keyword","hashed_secret":"a94a8fe5ccb19ba61c4c0873d391e987982fbbd3","line_number":5}]}}"#,
    );
    assert_eq!(baseline.entries[0].value, Some(crate::secrets::custom::sha1(b"test")));
    assert_eq!((baseline.entries[0].line, baseline.entries[0].here), (5, true));
}
