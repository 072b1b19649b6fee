//! The catalogue of what can be wrong with a container: each of its rows is a rule, or has a reason why it is none.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use hullguard::rules::RULES;

#[test]
fn every_row_is_a_rule_or_has_a_reason() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalogue.tsv");
    let text = fs::read_to_string(path).expect("the table is there");
    let rules: HashSet<&str> = RULES.iter().map(|rule| rule.id.get()).collect();
    let mut rows = HashSet::new();
    for line in text.lines().skip(1) {
        let mut cells = line.split('\t');
        let mut cell = || cells.next().unwrap_or_default();
        let (row, named, why) = (cell(), cell(), cell());
        assert!(rows.insert(row), "`{row}` is there twice");
        let is_rule = || !named.is_empty() && named.split(' ').all(|rule| rules.contains(rule));
        assert!(is_rule() || named == "out-of-scope" && !why.is_empty(), "{line}");
    }
    assert_eq!(rows.len(), 271);
}
