//! `docs/practices.md` and the rules' pages name each other, and every practice has an answer.

use std::collections::BTreeSet;
use std::fs;

use hullguard::rules::RULES;

#[test]
fn practices_and_rules_name_each_other() {
    let table = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/practices.md")).unwrap();
    let mut practices = BTreeSet::new();
    let mut in_table = BTreeSet::new();
    for row in table.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, practice, what, rules, open, _] = cells[..] else { panic!("not four cells: {row}") };
        let practice = practice.trim_matches('`');
        assert!(practices.insert(practice), "`{practice}` stands twice");
        assert!(!(what.is_empty() || rules.is_empty() && open.is_empty()), "`{practice}` has no answer");
        let rules = rules.split(", ").map(|rule| rule.trim_matches('`')).filter(|rule| !rule.is_empty());
        in_table.extend(rules.map(|rule| (practice, rule)));
    }
    let on_pages: BTreeSet<(&str, &str)> =
        RULES.iter().flat_map(|rule| rule.practices.iter().map(|&practice| (practice, rule.id))).collect();
    let only_in_table: Vec<_> = in_table.difference(&on_pages).collect();
    let only_on_pages: Vec<_> = on_pages.difference(&in_table).collect();
    assert!(only_in_table.is_empty(), "docs/practices.md alone says: {only_in_table:?}");
    assert!(only_on_pages.is_empty(), "the pages alone say: {only_on_pages:?}");
    assert_eq!(practices.len(), 109, "every line of the two documents has a row");
}
