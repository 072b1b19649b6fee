//! A review of a pull request: comments on the lines of its diff, and all else in one collapsed list.
//!
//! Every push runs this again, so what a comment or a list of ours has told is not told again. Each begins with a
//! mark that readers do not see, the fingerprints of its findings; only at the beginning, where no text from the
//! repository can stand, and only if it is ours, for whoever could forge one could silence a finding. Comments on
//! what is gone are taken back, unless somebody has answered, and lists lose it. Those of others, and of runs of
//! another category, are never touched.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::client::Client;
use super::diff::{self, Hunks};
use super::refused::Refused;
use super::suggestion::{self, Suggestion};
use super::target::Target;
use super::{Plan, Reporter, Told, body, severest_first};
use crate::blob::Origin;
use crate::finding::Finding;
use crate::outcome::Outcome;
use crate::report::human::count;
use crate::report::markdown;

/// How many findings the list of a review marks; a mark is 33 bytes of the 65,535.
const MARKED: usize = 1_000;
/// A comment with a longer suggestion goes without.
const SUGGESTED: usize = 20_000;

pub(super) fn create(client: &Client, outcome: &Outcome, plan: &Plan) -> Result<Told, Refused> {
    let target = client.target;
    let (pull, commit) = (target.pull()?, target.commit()?);
    let findings = severest_first(outcome);
    let before = Before::ask(client, pull, &Mark::of(&plan.category))?;

    let is_open: HashSet<u128> =
        findings.iter().copied().chain(plan.silenced).map(|finding| finding.fingerprint).collect();
    let (kept, gone): (Vec<_>, Vec<_>) =
        before.comments.iter().partition(|comment| is_open.contains(&comment.fingerprint));
    let is_untold = |finding: &&Finding| !before.told.contains(&finding.fingerprint);
    let fresh: Vec<&Finding> = findings.iter().copied().filter(is_untold).collect();
    let silenced: Vec<&Finding> = plan.silenced.iter().filter(is_untold).collect();

    let mut told = Told::by(Reporter::Review, findings.len());
    if !fresh.is_empty() || !silenced.is_empty() {
        let asked;
        let diff = if let Some(diff) = &plan.diff {
            diff
        } else {
            asked = diff::ask(client, pull)?;
            &asked
        };
        let room = plan.max_comments.saturating_sub(kept.len());
        let (mut comments, mut rest) = (Vec::new(), Vec::new());
        for finding in fresh {
            let comment =
                (comments.len() < room).then(|| comment(finding, outcome, diff, plan, target)).flatten();
            match comment {
                Some(comment) => comments.push(comment),
                None => rest.push(finding),
            }
        }
        told.words.push(format!(
            "{} new, {} in the list",
            count(comments.len(), "comment"),
            count(rest.len(), "finding")
        ));
        let review = json!({
            "commit_id": commit,
            "event": "COMMENT",
            "body": summary(outcome, &rest, &silenced, plan, target),
            "comments": comments,
        });
        let made = client.post(&format!("/pulls/{pull}/reviews"), &review)?;
        told.url = made.get("html_url").and_then(Value::as_str).map(str::to_owned);
    }
    if !kept.is_empty() {
        told.words.push(format!("{} left from earlier pushes", count(kept.len(), "comment")));
    }
    // What was not checked may still be there.
    if !outcome.is_incomplete() {
        take_back(client, &gone, &mut told);
        for list in before.lists.iter().filter(|list| list.marks.iter().any(|mark| !is_open.contains(mark))) {
            let is_left = |finding: &&Finding| list.marks.contains(&finding.fingerprint);
            let left: Vec<&Finding> = findings.iter().copied().filter(is_left).collect();
            let quiet: Vec<&Finding> = plan.silenced.iter().filter(is_left).collect();
            let body = json!({ "body": summary(outcome, &left, &quiet, plan, target) });
            if let Err(refused) = client.put(&format!("/pulls/{pull}/reviews/{}", list.id), &body) {
                told.words.push(format!("an earlier list still contains fixed findings: {refused}"));
            }
        }
    }
    Ok(told)
}

/// What is fixed needs no comment. That one stays is no reason to tell all again elsewhere.
fn take_back(client: &Client, gone: &[&Comment], told: &mut Told) {
    let gone: Vec<_> = gone.iter().filter(|comment| !comment.answered).collect();
    let deleted = gone.iter().map(|comment| client.delete(&format!("/pulls/comments/{}", comment.id)));
    let (done, failed): (Vec<_>, Vec<_>) = deleted.partition(Result::is_ok);
    if !done.is_empty() {
        told.words.push(format!("{} on fixed findings deleted", count(done.len(), "comment")));
    }
    if let Some(Err(refused)) = failed.first() {
        told.words
            .push(format!("{} on fixed findings not deleted: {refused}", count(failed.len(), "comment")));
    }
}

/// What earlier runs have told.
struct Before {
    comments: Vec<Comment>,
    lists: Vec<List>,
    /// In comments and in lists.
    told: HashSet<u128>,
}

/// A comment of ours on a line.
struct Comment {
    id: u64,
    fingerprint: u128,
    answered: bool,
}

/// The body of a review of ours.
struct List {
    id: u64,
    marks: Vec<u128>,
}

impl Before {
    fn ask(client: &Client, pull: u64, mark: &Mark) -> Result<Self, Refused> {
        let entries = client.pages(&format!("/pulls/{pull}/comments"))?;
        let answered: HashSet<u64> =
            entries.iter().filter_map(|entry| entry["in_reply_to_id"].as_u64()).collect();
        let ours = entries.iter().filter(|entry| is_ours(entry, client.target));
        let comments: Vec<Comment> = ours
            .filter_map(|entry| {
                let id = entry["id"].as_u64()?;
                let fingerprint = *mark.read(entry["body"].as_str()?).first()?;
                Some(Comment { id, fingerprint, answered: answered.contains(&id) })
            })
            .collect();
        let reviews = client.pages(&format!("/pulls/{pull}/reviews"))?;
        let ours = reviews.iter().filter(|entry| is_ours(entry, client.target));
        let lists: Vec<List> = ours
            .filter_map(|entry| {
                Some(List { id: entry["id"].as_u64()?, marks: mark.read(entry["body"].as_str()?) })
            })
            .collect();
        let listed = lists.iter().flat_map(|list| &list.marks).copied();
        let told = comments.iter().map(|comment| comment.fingerprint).chain(listed).collect();
        Ok(Self { comments, lists, told })
    }
}

fn is_ours(entry: &Value, target: &Target) -> bool {
    match &target.login {
        Some(login) => entry["user"]["login"].as_str() == Some(login),
        None => entry["user"]["type"] == "Bot",
    }
}

/// What the texts of one category begin with, up to their fingerprints.
struct Mark(String);

impl Mark {
    const END: &str = " -->";

    fn of(category: &str) -> Self {
        // Two hyphens could end the comment that it stands in.
        let name: String =
            category.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        Self(format!("<!-- hullguard:{name}"))
    }
    fn write<'f>(&self, findings: impl Iterator<Item = &'f &'f Finding>) -> String {
        let mut text = self.0.clone();
        for finding in findings {
            let _ = write!(text, " {:032x}", finding.fingerprint);
        }
        text + Self::END + "\n"
    }
    /// The fingerprints that a text begins with.
    fn read(&self, body: &str) -> Vec<u128> {
        let marks = body.strip_prefix(&self.0).filter(|rest| rest.starts_with(' '));
        let marks = marks.and_then(|rest| rest.split_once(Self::END)).map(|(marks, _)| marks);
        let marks = marks.unwrap_or_default().split(' ');
        marks.filter_map(|mark| u128::from_str_radix(mark, 16).ok()).collect()
    }
}

fn summary(
    outcome: &Outcome,
    rest: &[&Finding],
    silenced: &[&Finding],
    plan: &Plan,
    target: &Target,
) -> String {
    let mut text = Mark::of(&plan.category).write(rest.iter().chain(silenced).take(MARKED));
    let _ = write!(text, "**hullguard**: {}", body::opening(outcome));
    if !rest.is_empty() {
        let _ = write!(
            text,
            "\n<details><summary>{} outside of the diff or over the limit of comments</summary>\n\n",
            count(rest.len(), "finding")
        );
        body::push_findings(&mut text, rest, target);
        text.push_str("\n</details>\n");
    }
    if !silenced.is_empty() {
        let _ = writeln!(text, "\n**{} suppressed by this change:**\n", count(silenced.len(), "finding"));
        body::push_findings(&mut text, silenced, target);
    }
    text
}

/// `None` if the finding's line is not in the diff.
fn comment(
    finding: &Finding,
    outcome: &Outcome,
    diff: &BTreeMap<String, Hunks>,
    plan: &Plan,
    target: &Target,
) -> Option<Value> {
    // What came and went has no line any more.
    if matches!(&finding.place.origin, Origin::Commit(commit) if commit.id != target.head_sha) {
        return None;
    }
    let hunks = diff.get(&*finding.place.path)?;
    let line = finding.place.start.line;
    if !hunks.hold(&(line..=line)) {
        return None;
    }
    let hidden = outcome.hidden.get(&finding.place.path).map_or(&[][..], Vec::as_slice);
    let suggestion = plan.tree.and_then(|tree| suggestion::of(finding, tree, hidden));
    let suggestion = suggestion.filter(|s| hunks.hold(&s.lines) && s.text.len() < SUGGESTED);
    let lines = suggestion.as_ref().map_or(line..=line, |s| s.lines.clone());
    let mut comment = json!({
        "path": &*finding.place.path,
        "line": lines.end(),
        "side": "RIGHT",
        "body": text(finding, suggestion.as_ref(), plan, target),
    });
    if lines.start() < lines.end() {
        comment["start_line"] = (*lines.start()).into();
        comment["start_side"] = "RIGHT".into();
    }
    Some(comment)
}

fn text(finding: &Finding, suggestion: Option<&Suggestion>, plan: &Plan, target: &Target) -> String {
    let mut out = Mark::of(&plan.category).write([&finding].into_iter());
    let _ = writeln!(out, "{}: {}", body::heading(finding), markdown::message(&finding.message));
    for related in &finding.related {
        let place = body::location(&related.place.path, related.place.start.line, target);
        let _ = write!(out, "\n- {place}: {}", markdown::message(&related.message));
    }
    match (suggestion, &finding.fix) {
        (Some(suggestion), _) => {
            let _ = write!(out, "\n{}", markdown::fenced("suggestion", &suggestion.text));
        }
        (None, Some(fix)) => {
            let _ = write!(out, "\nhelp: {}\n", markdown::message(&fix.title));
        }
        (None, None) => {}
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_at_the_beginning_only() {
        let mark = Mark::of("a-b");
        assert_eq!(mark.read("<!-- hullguard:a_b 0a ff -->\ntext"), [10, 255]);
        for other in [
            "<!-- hullguard:a_b -->\n<!-- hullguard:a_b 0a -->",
            "> <!-- hullguard:a_b 0a -->",
            "<!-- hullguard:a_b 0a",
            "<!-- hullguard:a_bc 0a -->",
            "<!-- hullguard:a 0a -->",
        ] {
            assert!(mark.read(other).is_empty(), "{other}");
        }
    }

    #[test]
    fn ours_are_those_of_the_login_or_of_a_bot() {
        let mut target = Target {
            api_url: String::new(),
            server_url: String::new(),
            repository: String::new(),
            head_sha: String::new(),
            git_ref: String::new(),
            pull_request: None,
            token: None,
            login: None,
        };
        let entry = |login: &str, kind: &str| json!({ "user": { "login": login, "type": kind } });
        assert!(is_ours(&entry("github-actions[bot]", "Bot"), &target));
        assert!(!is_ours(&entry("somebody", "User"), &target));
        target.login = Some("somebody".into());
        assert!(is_ours(&entry("somebody", "User"), &target));
        assert!(!is_ours(&entry("github-actions[bot]", "Bot"), &target));
        assert!(!is_ours(&json!({ "user": null }), &target));
    }
}
