//! Lists of other scanners of secrets: gitleaks' ignore file and reports, detect-secrets' baseline.
//!
//! Values in them are turned into hashes at once: none is kept.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::custom::Sha1;
use crate::rules;
use crate::secrets::custom::sha1;

#[derive(Clone, Debug)]
pub struct Foreign {
    /// The file's name, for messages.
    pub name: String,
    pub entries: Vec<Seen>,
    /// Lines that say nothing that is understood.
    pub unread: Vec<u32>,
}

/// A secret that another tool has found and somebody has seen.
#[derive(Clone, Debug)]
pub struct Seen {
    /// From the top of the repository, as far as that tool was run there.
    pub path: String,
    /// 1-based.
    pub line: u32,
    /// Our rules for what the other tool calls it; empty: any, for its name is not known here or says nothing.
    pub rules: Vec<&'static str>,
    /// It is about a file as it was in that commit.
    pub commit: Option<String>,
    /// The hash of the value, where the list has one or the value itself.
    pub value: Option<Sha1>,
    /// The value counts in this file only.
    pub here: bool,
}

/// Our rules for one of gitleaks'. Its generic one finds whatever no other does, which says nothing of what it is.
fn gitleaks(id: &str) -> Vec<&'static str> {
    if id == "generic-api-key" {
        return Vec::new();
    }
    rules::by_alias(&format!("gitleaks/{id}")).map(|rule| rule.id.get()).collect()
}

/// `commit:file:rule:line` or `file:rule:line`, `#` comments.
pub(super) fn gitleaks_ignore(name: &str, text: &str) -> Foreign {
    let mut list = Foreign { name: name.to_owned(), entries: Vec::new(), unread: Vec::new() };
    for (line, number) in text.lines().map(str::trim).zip(1u32..) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match fingerprint(line) {
            Some(seen) => list.entries.push(seen),
            None => list.unread.push(number),
        }
    }
    list
}

fn fingerprint(text: &str) -> Option<Seen> {
    // Behind an entry some write why.
    let text = text.split(" #").next().unwrap_or(text).trim_end();
    let (rest, line) = text.rsplit_once(':')?;
    let (file, rule) = rest.rsplit_once(':')?;
    let (commit, path) = match file.split_once(':') {
        Some((commit, path)) if is_commit(commit) => (Some(commit.to_ascii_lowercase()), path),
        _ => (None, file),
    };
    Some(Seen {
        path: tidy(path),
        line: line.parse().ok()?,
        rules: gitleaks(rule),
        commit,
        value: None,
        here: true,
    })
}

fn is_commit(text: &str) -> bool {
    (7..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// With `/` between its parts, and from the top.
fn tidy(path: &str) -> String {
    let path = path.replace('\\', "/");
    path.strip_prefix("./").unwrap_or(&path).to_owned()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Reported {
    #[serde(rename = "RuleID")]
    rule_id: String,
    file: String,
    #[serde(default)]
    start_line: u32,
    #[serde(default)]
    commit: String,
    #[serde(default)]
    secret: String,
}

/// A report of gitleaks, which it takes as a baseline. Secrets in it may be redacted.
pub(super) fn gitleaks_report(name: &str, text: &str) -> Result<Foreign, String> {
    let reported: Vec<Reported> =
        serde_json::from_str(text).map_err(|error| told("a report of gitleaks", &error))?;
    let one = |found: Reported| {
        let shown = !found.secret.is_empty() && found.secret != "REDACTED" && !found.secret.ends_with("...");
        Seen {
            path: tidy(&found.file),
            line: found.start_line,
            rules: gitleaks(&found.rule_id),
            commit: Some(found.commit).filter(|commit| !commit.is_empty()),
            value: shown.then(|| sha1(found.secret.as_bytes())),
            here: false,
        }
    };
    let entries = reported.into_iter().map(one).collect();
    Ok(Foreign { name: name.to_owned(), entries, unread: Vec::new() })
}

#[derive(Deserialize)]
struct Baseline {
    results: BTreeMap<String, Vec<Hashed>>,
}

#[derive(Deserialize)]
struct Hashed {
    hashed_secret: String,
    #[serde(default)]
    line_number: u32,
}

/// `.secrets.baseline` of detect-secrets. Its types are classes of looks, so any rule of ours may be meant.
pub(super) fn detect_secrets(name: &str, text: &str) -> Result<Foreign, String> {
    let baseline: Baseline =
        serde_json::from_str(text).map_err(|error| told("a baseline of detect-secrets", &error))?;
    let mut list = Foreign { name: name.to_owned(), entries: Vec::new(), unread: Vec::new() };
    for (path, found) in baseline.results {
        list.entries.extend(found.into_iter().map(|found| Seen {
            path: tidy(&path),
            line: found.line_number,
            rules: Vec::new(),
            commit: None,
            value: bytes(&found.hashed_secret),
            here: true,
        }));
    }
    Ok(list)
}

/// serde may quote what it does not understand, which may be a secret; the place is enough.
fn told(what: &str, error: &serde_json::Error) -> String {
    format!("this is not {what} (line {}, column {})", error.line(), error.column())
}

fn bytes(hex: &str) -> Option<Sha1> {
    let mut out = [0; 20];
    if hex.len() != 40 || !hex.is_ascii() {
        return None;
    }
    for (byte, at) in out.iter_mut().zip((0..40).step_by(2)) {
        *byte = u8::from_str_radix(&hex[at..at + 2], 16).ok()?;
    }
    Some(out)
}
