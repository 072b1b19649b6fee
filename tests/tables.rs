//! The tables of rules in the README, `docs/rules.md` and `docs/secrets.md`, and that of images in `docs/harden.md`, are
//! those that the tool has. `BLESS=1` writes them anew.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use hullguard::rule::Family;
use hullguard::rules::runtime::image_needs;
use hullguard::rules::{self, RULES, SHELLCHECK};
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

/// The table of families in the README: how many rules each has, and where they are.
fn families() -> String {
    const FAMILIES: [(Family, &str, &str); 9] = [
        (
            Family::Dockerfile,
            "rules/dockerfile",
            "instructions, the shell text in `RUN`, users, layers, leftovers",
        ),
        (Family::Image, "rules/image", "tags, digests, registries, wherever an image is named"),
        (Family::Compose, "rules/compose", "keys, types, `extends` and `include`"),
        (Family::Runtime, "rules/runtime", "privileges, mounts, ports, limits and credentials of containers"),
        (Family::Project, "rules/project", "what needs several files: services and the stages they build"),
        (
            Family::Daemon,
            "rules/daemon",
            "the settings of the container engine: `daemon.json`, flags in units and scripts",
        ),
        (
            Family::Pipeline,
            "rules/pipeline",
            "workflows that build, scan and push images, and bots that update them",
        ),
        (Family::Secrets, "docs/secrets.md", "tokens, keys and passwords, in files and in git history"),
        (Family::Shellcheck, "docs/shellcheck.md", "ShellCheck's codes, if it is installed"),
    ];
    let mut table = String::from("| family | rules | what is checked |\n|---|---|---|\n");
    let mut all = 0;
    for (family, link, text) in FAMILIES {
        let count = rules::of(family).count();
        all += count;
        let _ = writeln!(table, "| [{}]({link}) | {count} | {text} |", family.name());
    }
    assert_eq!(all, RULES.len() + SHELLCHECK.len(), "every family has a row");
    table
}

/// What is known of common images.
fn images() -> String {
    let head = "| image | user | capabilities | volumes | writes | ports | source |\n|---|---|---|---|---|---|---|\n";
    image_needs::rows().fold(head.to_owned(), |table, row| table + &row + "\n")
}

#[test]
fn the_tables_of_rules_are_those_of_the_tool() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let out = cases::hullguard(top).args(["rules", "--format", "markdown"]).output().expect("it starts");
    let said = String::from_utf8(out.stdout).expect("it speaks UTF-8");
    let (rules, secrets) = said.split_once("\n\n").expect("two tables");
    for (path, table) in [
        ("README.md", families()),
        ("docs/rules.md", format!("{rules}\n").replace("](rules/", "](../rules/")),
        ("docs/secrets.md", secrets.replace("](rules/", "](../rules/")),
        ("docs/harden.md", images()),
    ] {
        let text = fs::read_to_string(top.join(path)).expect("the document is there").replace("\r\n", "\n");
        let fresh = renewed(&text, &table);
        if env::var_os("BLESS").is_some() {
            fs::write(top.join(path), &fresh).expect("it can be written");
        } else {
            assert!(text == fresh, "{path} has an old table; BLESS=1 cargo test tables");
        }
    }
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
