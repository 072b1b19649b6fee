//! Our own baseline: one finding a line, in one order, with nothing in it that changes by itself.
//!
//! No line numbers, no dates of making, no secrets. The fingerprints are the findings' (`place::fingerprint`,
//! `shown::secrets::identity`): a secret drawn by lot is known by its hash wherever it stands; anything else by rule,
//! path and the masked line, so that no short password can be guessed from the file.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::config::{self, Date};
use crate::place::harmless_json;
use crate::rule::Profile;

/// Raised when an older program could not read the file any more.
const VERSION: u32 = 1;

#[derive(Clone, Debug)]
pub struct Baseline {
    /// The file's name, for messages.
    pub name: String,
    /// The loudest profile that it was made with: a quieter run does not see all that it lists.
    pub profile: Profile,
    pub entries: Vec<Entry>,
}

/// A finding that somebody has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub rule: String,
    /// From the top of the repository; where a secret that is known by its hash was first.
    pub path: String,
    pub fingerprint: u128,
    pub reason: Option<String>,
    /// The last day on which it counts.
    pub expires: Option<Date>,
    /// Where it stands in the file.
    pub line: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    #[serde(rename = "hullguard-baseline")]
    version: u32,
    profile: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    path: String,
    rule: String,
    fingerprint: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
}

impl Entry {
    pub fn is_expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| last < today)
    }
}

impl Baseline {
    /// The entries by fingerprint. Two branches may have added the same one: the one that counts longer counts.
    pub fn by_fingerprint(&self) -> HashMap<u128, usize> {
        let mut index: HashMap<u128, usize> = HashMap::new();
        for (at, entry) in self.entries.iter().enumerate() {
            let kept = index.entry(entry.fingerprint).or_insert(at);
            let lasts = |expires: Option<Date>| (expires.is_none(), expires);
            if lasts(entry.expires) > lasts(self.entries[*kept].expires) {
                *kept = at;
            }
        }
        index
    }

    /// The file's text, entries in their order, each once.
    pub fn text(&self) -> String {
        let mut entries: Vec<&Entry> =
            self.by_fingerprint().into_values().map(|at| &self.entries[at]).collect();
        entries.sort_by(|a, b| (&a.path, &a.rule, a.fingerprint).cmp(&(&b.path, &b.rule, b.fingerprint)));
        let head = Head { version: VERSION, profile: profile_name(self.profile).to_owned() };
        let mut text = json(&head);
        for entry in entries {
            let row = Row {
                path: entry.path.clone(),
                rule: entry.rule.clone(),
                fingerprint: format!("{:032x}", entry.fingerprint),
                reason: entry.reason.clone(),
                expires: entry.expires.map(|day| day.to_string()),
            };
            let _ = write!(text, "\n{}", json(&row));
        }
        text.push('\n');
        text
    }
}

fn json(row: &impl Serialize) -> String {
    let text = serde_json::to_string(row).expect("texts and numbers are always JSON");
    harmless_json(&text).into_owned()
}

fn profile_name(profile: Profile) -> &'static str {
    match profile {
        Profile::Default => "default",
        Profile::Reproducible => "reproducible",
        Profile::Strict => "strict",
        Profile::Style => "style",
    }
}

/// Whether a text begins as our own does, in a merge's conflict too.
pub(super) fn is_ours(text: &str) -> bool {
    let first = text.trim_start().lines().next().unwrap_or_default();
    first.contains("\"hullguard-baseline\"")
}

pub(super) fn read(name: &str, text: &str) -> Result<Baseline, String> {
    let mut list = Baseline { name: name.to_owned(), profile: Profile::Default, entries: Vec::new() };
    for (line, number) in text.lines().map(str::trim).zip(1u32..).filter(|(line, _)| !line.is_empty()) {
        let wrong = |why: &str| format!("{name}:{number}: {why}");
        if line.starts_with("<<<<<<<") || line.starts_with(">>>>>>>") || line == "=======" {
            return Err(wrong("merge conflict markers; keep the entries of both sides"));
        }
        // A merge may have left two of them.
        if is_ours(line) {
            let head: Head = serde_json::from_str(line).map_err(|error| wrong(&said(&error)))?;
            if head.version > VERSION {
                return Err(wrong("written by a newer hullguard; use that version"));
            }
            let profile = config::profile(&head.profile).ok_or_else(|| wrong("unknown profile"))?;
            list.profile = list.profile.max(profile);
            continue;
        }
        let row: Row = serde_json::from_str(line).map_err(|error| wrong(&said(&error)))?;
        let digits = row.fingerprint.len() == 32 && row.fingerprint.bytes().all(|b| b.is_ascii_hexdigit());
        let fingerprint = u128::from_str_radix(&row.fingerprint, 16).ok().filter(|_| digits);
        let expires = row.expires.as_deref().map(Date::read).transpose();
        let expires = expires.map_err(|why| wrong(&format!("`expires`: {why}")))?;
        list.entries.push(Entry {
            fingerprint: fingerprint.ok_or_else(|| wrong("a fingerprint is 32 hexadecimal digits"))?,
            rule: row.rule,
            path: row.path,
            reason: row.reason,
            expires,
            line: number,
        });
    }
    Ok(list)
}

/// serde's words without its "at line 1", which is always 1.
fn said(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}
