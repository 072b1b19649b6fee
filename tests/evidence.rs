//! A stable rule is one whose findings were read: the evidence on its page is enough, or it stands in `unread.txt` until
//! somebody has read them. That list only shrinks.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use hullguard::rule::{Evidence, Family, Policy, Profile, Rule, Stability};
use hullguard::rules::RULES;

/// The rules that were there before evidence was asked for, a `family/id` each.
const UNREAD: &str = include_str!("unread.txt");

#[test]
fn stable_rules_have_evidence() {
    let mut unread: BTreeSet<&str> =
        UNREAD.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let mut wrong = String::new();
    // What reports on the run itself has no findings on files.
    let of_files = RULES.iter().filter(|rule| rule.family != Family::Secrets && !rule.checks().is_empty());
    for rule in of_files {
        let excused = unread.remove(&*format!("{}/{}", rule.family.name(), rule.id));
        let proven = rule.evidence.is_some_and(|evidence| evidence.is_enough());
        let said = rule.evidence.map_or("no evidence".to_owned(), |evidence| evidence.to_string());
        let stable = rule.status == Stability::Stable;
        if stable && !proven && !excused {
            let _ = writeln!(wrong, "{}: stable with {said}; read its findings, or say `preview`", rule.id);
        }
        if excused && (!stable || rule.evidence.is_some()) {
            let _ = writeln!(wrong, "{}: take it out of tests/unread.txt", rule.id);
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}rules/README.md says what is asked for");
    assert!(unread.is_empty(), "tests/unread.txt: no such rules: {unread:?}");
}

#[test]
fn twenty_read_or_all_and_one_in_twenty_wrong() {
    let some = RULES.iter().find_map(|rule| rule.evidence).expect("there is one");
    let evidence =
        |read, wrong, all| Evidence { read, right: read - wrong, debatable: 0, wrong, all, ..some };
    for (enough, read, wrong, all) in [
        (true, 20, 1, false),
        (false, 20, 2, false),
        (false, 19, 0, false),
        (true, 19, 0, true),
        (false, 19, 1, true),
        (false, 0, 0, true),
        (true, 41, 2, false),
        (false, 39, 2, false),
    ] {
        assert_eq!(evidence(read, wrong, all).is_enough(), enough, "{read} {wrong} {all}");
    }
}

#[test]
fn preview_is_for_strict_and_on_request() {
    let rule = Rule { status: Stability::Preview, profile: Profile::Default, ..RULES[0] };
    let quiet = Rule { profile: Profile::Strict, ..rule };
    let shows = |profile, preview, rule| Policy { profile, preview, ..Policy::default() }.shows(rule);
    assert!(!shows(Profile::Default, false, &rule));
    assert!(shows(Profile::Default, true, &rule));
    assert!(shows(Profile::Strict, false, &rule));
    // Asking for previews is no other profile.
    assert!(!shows(Profile::Default, true, &quiet));
    assert!(Policy { asked: vec![rule.id.get()], ..Policy::default() }.shows(&rule));
    assert!(Policy { only: vec![rule.id.get()], ..Policy::default() }.shows(&rule));
}

#[test]
fn what_makes_builds_differ_is_a_profile_by_itself() {
    let is_shown = |profile, id: &str| {
        let rule = RULES.iter().find(|rule| rule.id == id).expect("it is a rule");
        Policy { profile, ..Policy::default() }.shows(rule)
    };
    for (id, default, reproducible, strict) in [
        ("latest-tag", true, true, true),
        ("unpinned-digest", false, true, true),
        ("consecutive-run", false, false, true),
        ("build-time-in-image", false, true, false),
    ] {
        let shown =
            [Profile::Default, Profile::Reproducible, Profile::Strict].map(|profile| is_shown(profile, id));
        assert_eq!(shown, [default, reproducible, strict], "{id}");
    }
}
