//! Large inputs: nothing that a run leaves out is left out in silence, and no work grows with the square of a file.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use hullguard::finding::Finding;
use hullguard::rule::{Policy, Profile};
use hullguard::scan;

use crate::tree::Memory;

fn check(path: &str, text: &str) -> Vec<Finding> {
    let mut tree = Memory::default();
    tree.add(path, text);
    let policy = Policy { profile: Profile::Strict, ..Policy::default() };
    scan::scan(&tree.candidates(), &tree, &policy, &scan::Watch::default()).findings
}

#[test]
fn a_rule_is_told_a_thousand_times_a_file_and_then_counted() {
    let text = format!("FROM scratch\n{}", "ADD a /b\n".repeat(1203));
    let mut found = check("Dockerfile", &text);
    found.retain(|finding| finding.rule.id == "add-instead-of-copy");
    assert_eq!(found.len(), 1000);
    let last = found.last().unwrap();
    assert!(last.message.ends_with("(and 203 more in this file)"), "{}", last.message);
    assert_eq!(last.place.start.line, 1001);
    assert_eq!(last.related[0].place.start.line, 1002);
    assert!(!found[998].message.contains("more in this file") && found[998].fix.is_some());
}

/// Ten times the list, not a hundred times the time.
#[test]
fn long_lists_are_read_in_linear_time() {
    let time = |items: usize| {
        let mut text = String::from("services:\n  a:\n    image: a:1\n    cap_add:\n");
        for item in 0..items {
            let _ = writeln!(text, "      - CAP_{item}");
        }
        let start = Instant::now();
        check("compose.yaml", &text);
        start.elapsed()
    };
    time(100);
    let (short, long) = (time(3_000), time(30_000));
    assert!(long < short * 40 + Duration::from_millis(500), "{short:?} for 3,000, {long:?} for 30,000");
}
