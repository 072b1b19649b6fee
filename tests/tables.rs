//! The tables of rules in the README and in `docs/secrets.md` are those that the tool makes. `BLESS=1` writes them anew.

use std::path::Path;
use std::{env, fs};

use hullguard::rule::Family;
use hullguard::rules::RULES;
use serde_json::Value;

use crate::cases;

/// Puts the table in place of the one that begins with the same line.
fn renewed(text: &str, table: &str) -> String {
    let head = table.lines().next().expect("a table has a head");
    let start = text.find(head).unwrap_or_else(|| panic!("no table begins `{head}`"));
    let length: usize =
        text[start..].split_inclusive('\n').take_while(|line| line.starts_with('|')).map(str::len).sum();
    format!("{}{table}{}", &text[..start], &text[start + length..])
}

#[test]
fn the_tables_of_rules_are_those_of_the_tool() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let out = cases::hullguard(top).args(["rules", "--format", "markdown"]).output().expect("it starts");
    let said = String::from_utf8(out.stdout).expect("it speaks UTF-8");
    let (rules, secrets) = said.split_once("\n\n").expect("two tables");
    for (path, table) in
        [("README.md", format!("{rules}\n")), ("docs/secrets.md", secrets.replace("](rules/", "](../rules/"))]
    {
        let text = fs::read_to_string(top.join(path)).expect("the document is there").replace("\r\n", "\n");
        let fresh = renewed(&text, &table);
        if env::var_os("BLESS").is_some() {
            fs::write(top.join(path), &fresh).expect("it can be written");
        } else {
            assert!(text == fresh, "{path} has an old table; BLESS=1 cargo test tables");
        }
    }
    let readme = fs::read_to_string(top.join("README.md")).expect("the README is there");
    let others = RULES.iter().filter(|rule| rule.family != Family::Secrets).count();
    let patterns = RULES.len() - others;
    let count = format!("{others} rules and {patterns} kinds of secrets");
    assert!(readme.contains(&count), "README.md: say `{count}`");
}

#[test]
fn the_rule_in_the_contract_is_as_the_tool_has_it() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let out = cases::hullguard(top).args(["rules", "--format", "json"]).output().expect("it starts");
    let said: Value = serde_json::from_slice(&out.stdout).expect("it is JSON");
    let text =
        fs::read_to_string(top.join("docs/json.md")).expect("the document is there").replace("\r\n", "\n");
    let shown = text
        .rsplit_once("```json\n")
        .and_then(|(_, rest)| rest.split_once("```"))
        .expect("it shows a rule")
        .0;
    let shown: Value = serde_json::from_str(shown).expect("it is JSON");
    let rules = said["rules"].as_array().expect("a list");
    assert_eq!(rules.iter().find(|rule| rule["id"] == shown["id"]), Some(&shown));
}

#[test]
fn of_each_secret_its_page_says_what_comes_first() {
    for rule in RULES.iter().filter(|rule| rule.family == Family::Secrets) {
        let remedy = rule.remedy().unwrap_or_default();
        let place = |text: &str| remedy.find(text).unwrap_or_else(|| panic!("{}: {remedy}", rule.id));
        assert!(place("Revoke ") < place("Rewriting history comes after that"), "{}", rule.id);
        let opens = rule.page.split("\n\n").next().unwrap_or_default();
        assert!(opens.len() > 40 && !opens.starts_with('#'), "{}: what does it open?", rule.id);
    }
}
