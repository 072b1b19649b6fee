//! `hullguard explain`: a rule's page as plain text, a family, or what another tool's code is about.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Result, bail};

use super::args::{find, near};
use super::coverage::{self, Code, State};
use super::term::wrap;
use super::{print, term};
use crate::finding::Safety;
use crate::rule::{Family, Rule, Stability};
use crate::rules;

pub(super) fn run(id: &str) -> Result<u8> {
    let width = term::width();
    let rules = find(id);
    let text = if !rules.is_empty() {
        rules.into_iter().map(|rule| page(rule, width)).collect::<Vec<_>>().join("\n\n")
    } else if let Some(family) = Family::ALL.into_iter().find(|family| family.name().eq_ignore_ascii_case(id))
    {
        self::family(family, width)
    } else {
        let codes = coverage::find(id);
        if codes.is_empty() {
            match near(id) {
                Some(meant) => bail!("no rule `{id}`; did you mean `{meant}`?"),
                None => bail!("no rule `{id}`; `hullguard rules` lists them"),
            }
        }
        codes.iter().map(|code| foreign(code, width)).collect::<Vec<_>>().join("\n")
    };
    print(text.as_bytes())
}

fn page(rule: &Rule, width: usize) -> String {
    let mut text = format!("{}: {}\n\n", rule.id, rule.title);
    let fix = match rule.fix {
        None => "",
        Some(Safety::Safe) => ", fixed by --fix",
        Some(Safety::Unsafe) => ", fixed by --fix-unsafe",
    };
    let (severity, profile) = (rule.severity.name(), rule.profile.name());
    let (status, since) = (rule.status.name(), rule.since);
    let _ = writeln!(text, "{severity} in the profile {profile}{fix}, {status}, since {since}");
    match rule.status {
        Stability::Preview => text.push_str("It runs in the profile strict and with --preview\n"),
        Stability::Deprecated => text.push_str("It will be removed in a later version\n"),
        Stability::Stable => {}
    }
    if let Some(evidence) = rule.evidence {
        wrap(&format!("Findings on real files, {evidence}"), width, "", &mut text);
    }
    if !rule.page.is_empty() {
        text.push('\n');
        body(rule.page.get(), width, &mut text);
    }
    if rule.softens {
        text.push('\n');
        wrap(crate::rule::SOFTENS, width, "", &mut text);
    }
    let (tag, meaning) = crate::rule::FOLLOWS_PATH;
    if rule.tags.has(tag) {
        text.push('\n');
        wrap(meaning, width, "", &mut text);
    }
    for paragraph in rule.remedy().iter().flat_map(|remedy| remedy.split("\n\n")) {
        text.push('\n');
        wrap(paragraph, width, "", &mut text);
    }
    aliases(rule, width, &mut text);
    let _ = writeln!(text, "\nTo ignore it in one place: # hullguard: ignore={} reason", rule.id);
    let _ = writeln!(text, "To switch it off: `rules: {{{}: off}}` in hullguard.yaml", rule.id);
    let _ = writeln!(text, "To switch it off for a run: --ignore {}", rule.id);
    text
}

/// A page's Markdown. Of a fence stays what is in it, with the name of the file that it is.
fn body(page: &str, width: usize, text: &mut String) {
    let mut lines = page.trim_end().lines();
    while let Some(line) = lines.next() {
        if let Some(info) = line.trim_start().strip_prefix("```") {
            let mut words = info.split_whitespace();
            let name = match (words.next(), words.next()) {
                (_, Some(path)) => path,
                (Some("dockerfile"), None) => "Dockerfile",
                (Some("yaml"), None) => "compose.yaml",
                (Some("console"), None) => "hullguard reports",
                _ => "",
            };
            if !name.is_empty() {
                let _ = writeln!(text, "\n  {name}:");
            }
            for line in lines.by_ref().take_while(|line| !line.trim_start().starts_with("```")) {
                let line = format!("    {line}");
                // As in a report, sentences are broken at the width and lines of a file are not.
                if info.starts_with("console") && line.chars().count() > width && !is_frame(&line) {
                    text.push_str("    ");
                    wrap(&line, width, "    ", text);
                } else {
                    let _ = writeln!(text, "{}", line.trim_end());
                }
            }
        } else if line.starts_with('#') {
            if !text.ends_with("\n\n") {
                text.push('\n');
            }
            let _ = writeln!(text, "{}", line.trim_start_matches('#').trim());
        } else if line.starts_with('|') {
            let _ = writeln!(text, "{line}");
        } else {
            let item = line.trim_start();
            let indent = &line[..line.len() - item.len()];
            let hangs = if item.starts_with("- ") || item.starts_with("* ") { "  " } else { "" };
            text.push_str(indent);
            wrap(&without_links(item), width, &format!("{indent}{hangs}"), text);
        }
    }
}

/// Whether a line of a report shows a line of a file, or marks something in it.
fn is_frame(line: &str) -> bool {
    line.trim_start_matches(|c: char| c == ' ' || c.is_ascii_digit()).starts_with('|')
}

/// Markdown's links to pages as their text alone; those to the web keep the address.
fn without_links(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('[') {
        text.push_str(before);
        let link = after.split_once("](").and_then(|(name, more)| {
            let (target, behind) = more.split_once(')')?;
            (!name.contains(['[', ']'])).then_some((name, target, behind))
        });
        let Some((name, target, behind)) = link else {
            text.push('[');
            rest = after;
            continue;
        };
        text.push_str(name);
        if target.contains("://") {
            let _ = write!(text, " ({target})");
        }
        rest = behind;
    }
    text + rest
}

/// What other tools call it, a line a tool.
fn aliases(rule: &Rule, width: usize, text: &mut String) {
    let mut tools: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (tool, code) in rule.aliases.iter().filter_map(|alias| alias.split_once('/')) {
        tools.entry(tool).or_default().push(code);
    }
    if tools.is_empty() {
        return;
    }
    text.push_str("\nIn other tools\n");
    let wide = tools.keys().map(|tool| tool.len()).max().unwrap_or(0);
    for (tool, codes) in tools {
        let _ = write!(text, "  {tool:wide$}  ");
        wrap(&codes.join(", "), width, &" ".repeat(wide + 4), text);
    }
}

fn family(family: Family, width: usize) -> String {
    let about = match family {
        Family::Dockerfile => {
            "What a Dockerfile says: instructions, stages, packages, files that are copied."
        }
        Family::Image => "References to images, in Dockerfiles and in Compose files.",
        Family::Compose => "Compose files as they are written: keys, types, references.",
        Family::Runtime => "What a container may do and reach, from whatever file configures it.",
        Family::Project => "What only several files together show, and hullguard's own notes.",
        Family::Shellcheck => {
            "What ShellCheck reports on the shell code of Dockerfiles, under its own codes, if it is installed: \
             https://www.shellcheck.net. Errors and warnings are reported in every profile, its level info as notes in \
             `strict`, and its level style in `style`. Set `shellcheck` in the configuration to require it or to switch \
             it off."
        }
        Family::Daemon => "The settings of the container engine itself, in `daemon.json`, units and scripts.",
        Family::Pipeline => {
            "Workflows and pipelines that build, scan and push images, and bots that update them."
        }
        Family::Secrets => {
            "Secrets in any text file, in git's index and in its history. A kind of secret is one rule. Revoke a secret \
             first; then take it out."
        }
    };
    let mut text = format!("{}: a family of rules\n\n", family.name());
    wrap(about, width, "", &mut text);
    let rules: Vec<&Rule> = rules::of(family).collect();
    if family == Family::Secrets {
        let _ = writeln!(text, "\n{} kinds: hullguard rules --family secrets", rules.len());
    } else if family == Family::Shellcheck {
        let _ = writeln!(text, "\n{} codes: hullguard rules --family shellcheck", rules.len());
    } else {
        text.push('\n');
        text.push_str(&super::list::lines(&rules, term::columns()));
    }
    let _ = writeln!(text, "\nOnly this family: --rule {0}. Without it: --ignore {0}", family.name());
    text
}

/// A code of another tool that no rule is the same as.
fn foreign(code: &Code, width: usize) -> String {
    let mut text = format!("{}/{}: {}\n\n", code.tool, code.name, code.what);
    let answer = match &code.state {
        State::Covered(rules) => {
            let ids: Vec<String> =
                rules.iter().map(|rule| format!("`hullguard explain {}`", rule.id)).collect();
            format!("hullguard checks this with another rule: {}", ids.join(", "))
        }
        State::Family(family) => format!("hullguard checks this: `hullguard explain {}`", family.name()),
        State::Planned => "hullguard does not check this yet. It is planned.".to_owned(),
        State::OutOfScope(why) => format!("hullguard does not check this: {why}."),
    };
    wrap(&answer, width, "", &mut text);
    let _ = writeln!(text, "\nAll codes of {0}: hullguard rules --coverage {0}", code.tool);
    text
}
