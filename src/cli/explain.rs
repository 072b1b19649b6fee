//! `hullguard explain`: a rule's page as plain text.

use std::fmt::Write as _;

use anyhow::{Result, anyhow};

use super::args::find;
use super::{list, print};
use crate::finding::Safety;
use crate::rule::{Rule, Stability};

pub(super) fn run(id: &str) -> Result<u8> {
    let rules = find(id).map_err(|why| anyhow!(why))?;
    let pages: Vec<String> = rules.into_iter().map(page).collect();
    print(pages.join("\n\n").as_bytes())
}

fn page(rule: &Rule) -> String {
    let mut text = format!("{}: {}\n\n", rule.id, rule.title);
    let fix = match rule.fix {
        None => "",
        Some(Safety::Safe) => ", fixed by --fix",
        Some(Safety::Unsafe) => ", fixed by --fix-unsafe",
    };
    let _ = writeln!(
        text,
        "{} in the profile {}{fix}, {}, since {}",
        rule.severity.name(),
        list::profile(rule.profile),
        rule.status.name(),
        rule.since
    );
    match rule.status {
        Stability::Preview => text.push_str("It runs in the profile strict and with --preview\n"),
        Stability::Deprecated => text.push_str("It will be removed in a later version\n"),
        Stability::Stable => {}
    }
    if let Some(evidence) = rule.evidence {
        let _ = writeln!(text, "Findings on real files, {evidence}");
    }
    if !rule.aliases.is_empty() {
        let _ = writeln!(text, "Known elsewhere as {}", rule.aliases.join(", "));
    }
    text.push('\n');
    let mut fenced = false;
    for line in rule.page.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if fenced {
            let _ = writeln!(text, "    {line}");
        } else if line.starts_with('#') {
            let _ = writeln!(text, "{}:", line.trim_start_matches('#').trim());
        } else {
            wrap(line, &mut text);
        }
    }
    if rule.softens {
        text.push('\n');
        wrap(crate::rule::SOFTENS, &mut text);
    }
    for line in rule.remedy().iter().flat_map(|remedy| remedy.split("\n\n")) {
        text.push('\n');
        wrap(line, &mut text);
    }
    let _ = writeln!(text, "\nSilence it where it is meant: # hullguard: ignore={} why", rule.id);
    text
}

/// Breaks a paragraph at 80 columns.
fn wrap(line: &str, text: &mut String) {
    let mut width = 0;
    for word in line.split_whitespace() {
        let long = word.chars().count();
        if width > 0 && width + 1 + long > 80 {
            text.push('\n');
            width = 0;
        }
        if width > 0 {
            text.push(' ');
            width += 1;
        }
        text.push_str(word);
        width += long;
    }
    text.push('\n');
}
