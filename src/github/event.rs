//! What an event of GitHub Actions asks for: which commit to look at, what to compare it with, whom to tell.
//!
//! Only the payload and the runner's variables are read. Ids in a payload are GitHub's, names in it are whoever's
//! opened the pull request, so nothing is taken but ids, numbers and the names of branches that GitHub holds.

use serde_json::Value;

/// What the runner says of a job.
#[derive(Clone, Debug, Default)]
pub struct Event {
    /// `GITHUB_EVENT_NAME`
    pub name: String,
    pub payload: Value,
    /// `GITHUB_SHA`: of a pull request the merge that the runner makes, else the commit itself.
    pub sha: String,
    /// `GITHUB_REF`
    pub git_ref: String,
}

/// What to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// There is nothing to look at, for this reason.
    Nothing(&'static str),
    Look(Look),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// The commit whose tree is checked.
    pub head: String,
    /// Where GitHub has it, if no branch may lead to it.
    pub fetch: Option<String>,
    pub against: Against,
    /// What alerts are filed under.
    pub git_ref: String,
    pub pull_request: Option<u64>,
    /// Code scanning takes uploads for this event.
    pub uploads: bool,
    /// Somebody proposes this, so what counts as a finding is for the base to say.
    pub proposed: bool,
}

/// What a commit is compared with, to tell what is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Against {
    /// All of it counts, and all of the history.
    Nothing,
    /// The best common ancestor with this commit.
    Fork(String),
    /// What the branch was, if it was; else where it left the default branch, if it is another.
    Push { before: Option<String>, default_branch: Option<String> },
}

impl Event {
    /// # Errors
    /// A sentence, if the event cannot be worked with.
    pub fn task(&self) -> Result<Task, String> {
        match self.name.as_str() {
            "push" => self.push(),
            "pull_request" | "pull_request_target" => self.pull_request(),
            "merge_group" => {
                let at = "/merge_group";
                Ok(Task::Look(Look {
                    head: self.id(&format!("{at}/head_sha"))?,
                    fetch: None,
                    against: Against::Fork(self.id(&format!("{at}/base_sha"))?),
                    git_ref: self.git_ref.clone(),
                    pull_request: None,
                    uploads: false,
                    proposed: true,
                }))
            }
            "schedule" | "workflow_dispatch" | "repository_dispatch" | "workflow_call" | "release" => {
                Ok(Task::Look(Look {
                    head: id(&self.sha).ok_or("GITHUB_SHA is not a commit id")?,
                    fetch: None,
                    against: Against::Nothing,
                    git_ref: self.git_ref.clone(),
                    pull_request: None,
                    uploads: true,
                    proposed: false,
                }))
            }
            "" => Err("GITHUB_EVENT_NAME is not set; `hullguard action` runs in GitHub Actions".to_owned()),
            other => Err(format!(
                "the event `{other}` is not supported; use push, pull_request, merge_group, schedule \
                 or workflow_dispatch"
            )),
        }
    }

    fn push(&self) -> Result<Task, String> {
        if self.payload.pointer("/deleted").and_then(Value::as_bool) == Some(true) {
            return Ok(Task::Nothing("the branch was deleted"));
        }
        let head = self.id("/after").or_else(|why| id(&self.sha).ok_or(why))?;
        let branch = self.git_ref.strip_prefix("refs/heads/");
        let default_branch = self.text("/repository/default_branch").filter(|name| is_branch(name));
        Ok(Task::Look(Look {
            head,
            fetch: None,
            against: Against::Push {
                before: self.id("/before").ok(),
                default_branch: default_branch.filter(|name| branch != Some(name)).map(str::to_owned),
            },
            git_ref: self.git_ref.clone(),
            pull_request: None,
            uploads: true,
            proposed: false,
        }))
    }

    fn pull_request(&self) -> Result<Task, String> {
        if self.text("/action") == Some("closed") {
            return Ok(Task::Nothing("the pull request is closed"));
        }
        let number = self.payload.pointer("/pull_request/number").and_then(Value::as_u64);
        let number = number.ok_or("the event has no /pull_request/number")?;
        let git_ref = format!("refs/pull/{number}/head");
        Ok(Task::Look(Look {
            head: self.id("/pull_request/head/sha")?,
            fetch: Some(git_ref.clone()),
            against: Against::Fork(self.id("/pull_request/base/sha")?),
            git_ref,
            pull_request: Some(number),
            uploads: true,
            proposed: true,
        }))
    }

    fn text(&self, at: &str) -> Option<&str> {
        self.payload.pointer(at).and_then(Value::as_str)
    }

    fn id(&self, at: &str) -> Result<String, String> {
        self.text(at).and_then(id).ok_or_else(|| format!("the event has no commit at {at}"))
    }
}

/// A whole commit id that is one: all zeros stand for none.
fn id(text: &str) -> Option<String> {
    let is_hex = text.bytes().all(|b| b.is_ascii_hexdigit());
    let is_none = text.bytes().all(|b| b == b'0');
    (matches!(text.len(), 40 | 64) && is_hex && !is_none).then(|| text.to_ascii_lowercase())
}

/// A name that git can be given behind `refs/heads/` and takes for nothing else.
fn is_branch(name: &str) -> bool {
    let odd = |c: char| c.is_control() || " ~^:?*[\\".contains(c);
    !name.is_empty() && !name.starts_with('-') && !name.contains(odd) && !name.contains("..")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(name: &str, payload: Value) -> Event {
        Event { name: name.into(), payload, sha: "c".repeat(40), git_ref: "refs/heads/topic".into() }
    }

    fn look(name: &str, payload: Value) -> Look {
        match event(name, payload).task() {
            Ok(Task::Look(look)) => look,
            other => panic!("{name}: {other:?}"),
        }
    }

    #[test]
    fn a_push_is_compared_with_what_the_branch_was() {
        let (a, b) = ("a".repeat(40), "b".repeat(40));
        let push = |before: &str, default: &str| {
            look("push", json!({"before": before, "after": b, "repository": {"default_branch": default}}))
        };
        let against = |before: Option<&str>, default: Option<&str>| Against::Push {
            before: before.map(str::to_owned),
            default_branch: default.map(str::to_owned),
        };
        assert_eq!(push(&a, "main").against, against(Some(&a), Some("main")));
        assert_eq!(push(&"0".repeat(40), "main").against, against(None, Some("main")));
        assert_eq!(push(&a, "topic").against, against(Some(&a), None));
        assert_eq!(push(&a, "--upload-pack=x").against, against(Some(&a), None));
        let gone = event("push", json!({"deleted": true, "after": "0".repeat(40)})).task();
        assert!(matches!(gone, Ok(Task::Nothing(_))));
    }

    #[test]
    fn a_pull_request_is_its_own_last_commit() {
        let (a, b) = ("a".repeat(40), "b".repeat(40));
        let payload = json!({"action": "opened", "pull_request": {"number": 7, "head": {"sha": b}, "base": {"sha": a}}});
        for name in ["pull_request", "pull_request_target"] {
            let look = look(name, payload.clone());
            assert_eq!((look.head.as_str(), look.git_ref.as_str()), (b.as_str(), "refs/pull/7/head"));
            assert_eq!(look.against, Against::Fork(a.clone()));
            assert!(look.proposed && look.uploads);
        }
        let closed = json!({"action": "closed"});
        assert!(matches!(event("pull_request", closed).task(), Ok(Task::Nothing(_))));
        let odd = json!({"pull_request": {"number": 7, "head": {"sha": "--all"}, "base": {"sha": a}}});
        assert!(event("pull_request", odd).task().is_err());
    }

    #[test]
    fn queues_sweeps_and_the_rest() {
        let (a, b) = ("a".repeat(40), "b".repeat(40));
        let queue = look("merge_group", json!({"merge_group": {"head_sha": b, "base_sha": a}}));
        assert!(!queue.uploads && queue.against == Against::Fork(a));
        // The payload of a schedule names no repository.
        let sweep = look("schedule", json!({"schedule": "0 3 * * *"}));
        assert_eq!((sweep.against, sweep.head), (Against::Nothing, "c".repeat(40)));
        for other in ["", "issues", "workflow_run"] {
            assert!(event(other, Value::Null).task().is_err());
        }
    }
}
