//! Every rule page is a test: each Bad example gives exactly its `console` fence, each Good one nothing, each Fixed
//! one is what the fixes make of the Bad one. `BLESS=1` writes the console fences anew.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::tokens;
use hullguard::filter;
use hullguard::finding::Finding;
use hullguard::fix;
use hullguard::report::human;
use hullguard::rule::{Family, LabelFormat, Policy, Profile, Rule};
use hullguard::rules::RULES;
use hullguard::scan::{self, Watch};

use crate::tree::Memory;

/// One fence of a page.
struct Fence {
    /// The `##` heading it stands under.
    section: String,
    /// What follows the three backquotes.
    info: String,
    body: String,
    /// Bytes of the body in the page.
    range: std::ops::Range<usize>,
}

fn page_path(rule: &Rule) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("rules").join(rule.file.get())
}

fn fences(page: &str) -> Vec<Fence> {
    let mut fences = Vec::new();
    let mut section = String::new();
    let mut open: Option<(String, usize)> = None;
    let mut at = 0;
    for line in page.split_inclusive('\n') {
        let text = line.trim_end();
        match &open {
            Some((info, start)) if text == "```" => {
                let body = page[*start..at].to_owned();
                fences.push(Fence { section: section.clone(), info: info.clone(), body, range: *start..at });
                open = None;
            }
            Some(_) => {}
            None => {
                if let Some(heading) = text.strip_prefix("## ") {
                    heading.clone_into(&mut section);
                } else if let Some(info) = text.strip_prefix("```") {
                    open = Some((info.to_owned(), at + line.len()));
                }
            }
        }
        at += line.len();
    }
    fences
}

/// `{{token:github}}` on a page stands for a made-up token, so that no page holds token-shaped text; `{{cr}}` for the
/// character that no page may hold.
fn generated(text: &str) -> String {
    let github = tokens::github(tokens::RANDOM);
    let aws = format!("{}{}", "AKIA", "Q7Z2M4XBKTRW3NDL");
    text.replace("{{token:github}}", &github).replace("{{token:aws}}", &aws).replace("{{cr}}", "\r")
}

fn file_of(fence: &Fence) -> String {
    let mut words = fence.info.split_whitespace();
    let language = words.next().unwrap_or_default();
    words.next().map_or_else(
        || match language {
            "dockerfile" => "Dockerfile".to_owned(),
            "yaml" => "compose.yaml".to_owned(),
            other => panic!("a fence `{other}` needs a path as its second word"),
        },
        str::to_owned,
    )
}

fn run(rule: &Rule, files: &[&Fence]) -> (Memory, Vec<Finding>) {
    let mut tree = Memory::default();
    for fence in files {
        tree.add(&file_of(fence), &generated(&fence.body));
    }
    let policy = Policy {
        profile: if rule.gathers { Profile::Default } else { Profile::Style },
        trusted_registries: vec!["docker.io".to_owned(), "*.example.org".to_owned()],
        labels: vec![("owner".into(), LabelFormat::Email), ("release".into(), LabelFormat::Semver)],
        strict_labels: true,
        only: vec![RULES.iter().find(|r| r.id == rule.id).expect("it is one of the table").id.get()],
        ..Policy::default()
    };
    let mut outcome = scan::scan(&tree.candidates(), &tree, &policy, &Watch::default());
    filter::gather(&mut outcome, &policy);
    (tree, outcome.findings)
}

fn has_examples(rule: &Rule) -> bool {
    rule.family != Family::Secrets && (rule.gathers || !rule.checks().is_empty())
}

#[test]
fn every_page_says_what_the_tool_says() {
    let bless = env::var_os("BLESS").is_some();
    let mut wrong = String::new();
    for rule in RULES.iter().filter(|rule| has_examples(rule)) {
        let path = page_path(rule);
        let mut page = fs::read_to_string(&path).expect("the build read it");
        let fences = fences(&page);
        let mut project: Vec<&Fence> = Vec::new();
        let mut bad: Vec<&Fence> = Vec::new();
        let mut seen = (false, false);
        let mut blessed: Vec<(std::ops::Range<usize>, String)> = Vec::new();
        for (i, fence) in fences.iter().enumerate() {
            if fence.info != "console" {
                project.push(fence);
            }
            let next = fences.get(i + 1);
            let ends = next.is_none_or(|next| next.section != fence.section || fence.info == "console");
            match fence.section.as_str() {
                "Bad" if fence.info == "console" => {
                    seen.0 = true;
                    let (_, findings) = run(rule, &project);
                    let said: String = findings.iter().map(human::finding).collect::<Vec<_>>().join("\n");
                    let said = if said.ends_with('\n') { said } else { said + "\n" };
                    if findings.is_empty() || findings.iter().any(|finding| finding.rule.id != rule.id) {
                        let _ = writeln!(
                            wrong,
                            "{}: a Bad example gives no finding of the rule alone: {said}",
                            rule.id
                        );
                    }
                    if bless {
                        blessed.push((fence.range.clone(), said));
                    } else if said != fence.body {
                        let _ = writeln!(
                            wrong,
                            "{}: the page has\n{}but the tool says\n{said}",
                            rule.id, fence.body
                        );
                    }
                    bad = std::mem::take(&mut project);
                }
                "Good" if ends => {
                    seen.1 = true;
                    let (_, findings) = run(rule, &project);
                    for finding in findings {
                        let _ = writeln!(wrong, "{}: Good is not:\n{}", rule.id, human::finding(&finding));
                    }
                    project.clear();
                }
                "Fixed" if ends => {
                    let (tree, findings) = run(rule, &bad);
                    for fence in project.drain(..) {
                        let file = file_of(fence);
                        let of_file: Vec<&Finding> =
                            findings.iter().filter(|f| *f.place.path == *file).collect();
                        let fixed = fix::apply(&tree.files[&file], &of_file);
                        let fixed = String::from_utf8(fixed).expect("pages are UTF-8");
                        if fixed != generated(&fence.body) {
                            let _ = writeln!(wrong, "{}: fixing {file} gives\n{fixed}", rule.id);
                        }
                    }
                }
                "Bad" | "Good" | "Fixed" => {}
                other => {
                    let _ = writeln!(wrong, "{}: a fence under `{other}`; use Bad, Good, Fixed", rule.id);
                }
            }
        }
        if seen != (true, true) {
            let _ =
                writeln!(wrong, "{}: the page needs a Bad example with its console, and a Good one", rule.id);
        }
        if !blessed.is_empty() {
            for (range, said) in blessed.into_iter().rev() {
                page.replace_range(range, &said);
            }
            fs::write(&path, page).expect("pages can be written");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}\nRead it; `BLESS=1 cargo test pages` writes the console fences.");
}

/// People paste them into notes, tickets and wikis, and the next run searches those.
#[test]
fn texts_of_pages_are_no_passwords_elsewhere() {
    let mut wrong = String::new();
    for rule in RULES {
        let page = fs::read_to_string(page_path(rule)).expect("the page is there");
        let quoted = serde_json::to_string(&page).expect("a text can be quoted");
        let said = rule.title.to_string() + "\n" + &page.replace('\n', "\n    ");
        for (path, text) in
            [("notes.txt", &page), ("wiki/rules.md", &page), ("ticket.json", &quoted), ("run.log", &said)]
        {
            let mut tree = Memory::default();
            tree.files.insert(path.into(), text.clone().into_bytes());
            let outcome = scan::scan(&tree.candidates(), &tree, &Policy::default(), &Watch::default());
            for finding in outcome.findings {
                let at = finding.place.start.line;
                let _ = writeln!(wrong, "{}: {} as {path}, line {at}", rule.file, finding.rule.id);
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}write passwords in examples as `hunter2`");
}

#[test]
fn front_matter_is_yaml_too() {
    for rule in RULES {
        let text = fs::read_to_string(page_path(rule)).expect("the build read it");
        let front = text.split("---").nth(1).expect("front matter stands between two lines of dashes");
        let read: serde_yaml::Value =
            serde_yaml::from_str(front).unwrap_or_else(|e| panic!("{}: {e}", rule.id));
        assert_eq!(read["title"].as_str(), Some(&*rule.title), "{}", rule.id);
        let aliases: Vec<&str> =
            read["aliases"].as_sequence().into_iter().flatten().filter_map(|a| a.as_str()).collect();
        assert_eq!(aliases, rule.aliases.iter().collect::<Vec<_>>(), "{}", rule.id);
    }
}
