//! Real findings on real files as a review: what a reader's click on a suggestion makes of a file is what `--fix` makes.

use hullguard::finding::{Finding, Safety, Status};
use hullguard::fix;
use hullguard::github::{Hunks, Reporter};
use hullguard::outcome::Outcome;
use hullguard::rule::Profile;

use super::contract::{list, rig, sent};
use super::plan;
use crate::corpus::everything::{check, corpus};

/// One review with so many comments is more than GitHub will ever see.
const MOST: usize = 1_000;

/// The file after the suggestion of a comment, as GitHub applies it.
fn applied(text: &str, first: usize, last: usize, suggestion: &str) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut new = lines[..first - 1].concat();
    new.push_str(suggestion);
    if last == lines.len() && !text.ends_with('\n') {
        new.truncate(new.trim_end_matches('\n').len());
    }
    new + &lines[last..].concat()
}

#[test]
fn suggestions_are_the_fixes() {
    let (Some(tree), Some(rig)) = (corpus(), rig()) else { return };
    let safe = |finding: &Finding| {
        finding.status == Status::Open && finding.fix.as_ref().is_some_and(|fix| fix.safety == Safety::Safe)
    };
    let mut findings = check(&tree, Profile::Strict);
    findings.retain(safe);
    findings.truncate(MOST);
    let mut plan = plan(&[Reporter::Review]);
    plan.tree = Some(&tree);
    plan.max_comments = MOST;
    plan.diff = Some(tree.files.keys().map(|path| (path.clone(), Hunks(vec![1..=u32::MAX]))).collect());
    let outcome = Outcome { findings, ..Outcome::default() };
    let (_, log) = rig.deliver(&outcome, &plan);
    let comments = list(&sent(&log, "POST", "/reviews")[0]["comments"]);
    assert_eq!(comments.len(), outcome.findings.len());
    let mut suggested = 0;
    for comment in comments {
        let body = comment["body"].as_str().expect("a text");
        let Some((_, rest)) = body.split_once("```suggestion\n") else { continue };
        suggested += 1;
        let suggestion = rest.rsplit_once("```").map_or("", |(text, _)| text.trim_end_matches('`'));
        let mark = body.split([' ', '\n']).nth(2).expect("a fingerprint");
        let of = |finding: &&Finding| format!("{:032x}", finding.fingerprint) == mark;
        let finding = outcome.findings.iter().find(of).expect("the finding that it is about");
        let text = String::from_utf8_lossy(&tree.files[&*finding.place.path]);
        let line = |key: &str| comment[key].as_u64().map(|line| line as usize);
        let last = line("line").expect("a line");
        let new = applied(&text, line("start_line").unwrap_or(last), last, suggestion);
        let fixed = fix::apply(text.as_bytes(), &[finding]);
        assert_eq!(new, String::from_utf8_lossy(&fixed), "{}:{last}", finding.place.path);
    }
    assert!(suggested * 10 > comments.len() * 8, "only {suggested} of {} are suggestions", comments.len());
}
