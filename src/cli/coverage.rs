//! What other tools check, and what does it here: the aliases of our pages, and `rules/coverage.tsv` for codes that no page
//! has.
//!
//! A row of the table is a code (`tool/CODE`), a state (`planned`, `out-of-scope`, or the rule or family that covers it
//! without being the same check), what the code is about, and why it is out of scope. The table is read when somebody asks.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context as _, Result, anyhow};
use serde_json::json;

use super::args::TableFormat;
use super::term;
use crate::config::suggest;
use crate::rule::{Family, Rule};
use crate::rules::{self, RULES};

const TABLE: &str = include_str!("../../rules/coverage.tsv");

pub(super) enum State {
    /// By these rules.
    Covered(Vec<&'static Rule>),
    /// By all rules of a family.
    Family(Family),
    Planned,
    /// Why.
    OutOfScope(&'static str),
}

impl State {
    fn name(&self) -> &'static str {
        match self {
            Self::Covered(_) | Self::Family(_) => "covered",
            Self::Planned => "planned",
            Self::OutOfScope(_) => "out of scope",
        }
    }
    /// The rules that cover it, or why none does.
    fn by(&self) -> String {
        match self {
            Self::Covered(rules) => rules.iter().map(|rule| rule.id.get()).collect::<Vec<_>>().join(", "),
            Self::Family(family) => family.name().to_owned(),
            Self::Planned => String::new(),
            Self::OutOfScope(why) => (*why).to_owned(),
        }
    }
}

/// A code of another tool.
pub(super) struct Code {
    pub(super) tool: &'static str,
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    pub(super) state: State,
}

/// The rows of the table, but for codes that a page has got since.
fn table() -> impl Iterator<Item = Code> {
    TABLE.lines().skip(1).filter_map(|line| {
        let mut cells = line.split('\t');
        let (full, state, what) = (cells.next()?, cells.next()?, cells.next()?);
        let (tool, code) = full.split_once('/')?;
        let state = match state {
            "planned" => State::Planned,
            "out-of-scope" => State::OutOfScope(cells.next().unwrap_or_default()),
            id => match Family::ALL.into_iter().find(|family| family.name() == id) {
                Some(family) => State::Family(family),
                None => State::Covered(rules::find(id).into_iter().collect()),
            },
        };
        rules::by_alias(full).next().is_none().then_some(Code { tool, name: code, what, state })
    })
}

/// The codes of the table that have no page of ours: with the tool's name before them or without.
pub(super) fn find(code: &str) -> Vec<Code> {
    let is_it = |known: &Code| {
        is_named(known.name, code)
            || code.split_once('/').is_some_and(|(tool, code)| {
                known.tool.eq_ignore_ascii_case(tool) && is_named(known.name, code)
            })
    };
    table().filter(is_it).collect()
}

/// Whether a row's name is this code: `SC*` is each code that is `SC` and digits.
fn is_named(name: &str, code: &str) -> bool {
    let Some(start) = name.strip_suffix('*') else { return name.eq_ignore_ascii_case(code) };
    let rest = code.split_at_checked(start.len()).filter(|(head, _)| head.eq_ignore_ascii_case(start));
    rest.is_some_and(|(_, rest)| rest == "*" || !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
}

/// All that is known of a tool's codes, in their order.
fn of(tool: &str) -> Vec<Code> {
    let mut covered: BTreeMap<&'static str, (&'static str, Vec<&'static Rule>)> = BTreeMap::new();
    for rule in RULES {
        for (name, code) in rule.aliases.iter().filter_map(|alias| alias.split_once('/')) {
            if name.eq_ignore_ascii_case(tool) {
                covered.entry(code).or_insert((name, Vec::new())).1.push(rule);
            }
        }
    }
    let ours = covered.into_iter().map(|(code, (tool, rules))| {
        let what = rules[0].title.get();
        Code { tool, name: code, what, state: State::Covered(rules) }
    });
    let theirs = table().filter(|code| code.tool.eq_ignore_ascii_case(tool));
    let mut all: Vec<Code> = ours.chain(theirs).collect();
    all.sort_by(|a, b| natural(a.name, b.name));
    all
}

/// Orders `5.9` before `5.10`.
fn natural(a: &str, b: &str) -> Ordering {
    let parts = |text: &str| -> Vec<(u64, String)> {
        let of = |part: &str| (part.parse().unwrap_or(u64::MAX), part.to_ascii_lowercase());
        text.split_inclusive(|c: char| !c.is_ascii_digit())
            .flat_map(|part| {
                let at = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
                [&part[..at], &part[at..]].map(of)
            })
            .filter(|(_, part)| !part.is_empty())
            .collect()
    };
    parts(a).cmp(&parts(b))
}

/// Tools with codes that are known here.
fn tools() -> Vec<&'static str> {
    let aliases = RULES.iter().flat_map(|rule| rule.aliases.iter()).filter_map(|alias| alias.split_once('/'));
    let mut tools: Vec<&str> = aliases.map(|(tool, _)| tool).chain(table().map(|code| code.tool)).collect();
    tools.sort_unstable();
    tools.dedup();
    tools
}

/// The codes of one tool in one of the formats.
pub(super) fn report(tool: &str, format: TableFormat) -> Result<String> {
    let codes = of(tool);
    if codes.is_empty() {
        let tools = tools();
        let meant = suggest(tool, tools.iter().copied());
        return Err(match meant {
            Some(meant) => anyhow!("no tool `{tool}` is known; did you mean `{meant}`?"),
            None => anyhow!("no tool `{tool}` is known; there are {}", tools.join(", ")),
        });
    }
    let tool = codes[0].tool;
    let count = |name| codes.iter().filter(|code| code.state.name() == name).count();
    let [covered, planned, out] = ["covered", "planned", "out of scope"].map(count);
    // Of such a tool only what a page names is known.
    let is_whole = table().any(|code| code.tool == tool);
    let mut head = format!("{tool}: {} codes, {covered} covered", codes.len());
    for (count, name) in [(planned, "planned"), (out, "out of scope")] {
        if count > 0 {
            let _ = write!(head, ", {count} {name}");
        }
    }
    if !is_whole {
        head.push_str(". Codes without a rule are not listed for this tool");
    }
    match format {
        TableFormat::Text => Ok(text(&head, &codes, term::columns())),
        TableFormat::Markdown => Ok(markdown(&head, &codes)),
        TableFormat::Json => {
            let codes: Vec<_> = codes
                .iter()
                .map(|code| {
                    let (rules, why) = match &code.state {
                        State::Covered(rules) => (rules.iter().map(|rule| rule.id.get()).collect(), None),
                        State::Family(family) => (vec![family.name()], None),
                        State::Planned => (Vec::new(), None),
                        State::OutOfScope(why) => (Vec::new(), Some(*why)),
                    };
                    json!({
                        "code": code.name,
                        "state": code.state.name().replace(' ', "-"),
                        "rules": rules,
                        "what": code.what,
                        "why": why,
                    })
                })
                .collect();
            let whole = json!({
                "version": 1,
                "tool": tool,
                "complete": is_whole,
                "counts": { "covered": covered, "planned": planned, "out-of-scope": out },
                "codes": codes,
            });
            Ok(serde_json::to_string_pretty(&whole).context("cannot make JSON of the codes")? + "\n")
        }
    }
}

fn text(head: &str, codes: &[Code], columns: Option<usize>) -> String {
    let mut text = format!("{head}\n\n");
    let wide = codes.iter().map(|code| code.name.len()).max().unwrap_or(0);
    for code in codes {
        let (by, state) = (code.state.by(), code.state.name());
        let by = if by.is_empty() { String::new() } else { format!(" ({by})") };
        let head = format!("{:wide$}  {state:12}  ", code.name);
        term::row(&head, &format!("{}{by}", code.what), columns, &mut text);
    }
    text
}

fn markdown(head: &str, codes: &[Code]) -> String {
    let mut text =
        format!("{head}\n\n| code | state | what it checks | by, or why not |\n|---|---|---|---|\n");
    for code in codes {
        let (what, by) = (code.what.replace('|', "\\|"), code.state.by());
        let _ = writeln!(text, "| {} | {} | {what} | {by} |", code.name, code.state.name());
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_row_of_the_table_says_what_and_why() {
        let mut seen = HashSet::new();
        for line in TABLE.lines().skip(1) {
            let cells: Vec<&str> = line.split('\t').collect();
            let [code, state, what, ..] = cells[..] else { panic!("{line}: three cells at least") };
            assert!(code.contains('/') && !what.is_empty(), "{line}");
            assert!(seen.insert(code.to_ascii_lowercase()), "{line}: twice");
            match state {
                "planned" => assert_eq!(cells.len(), 3, "{line}"),
                "out-of-scope" => assert!(cells.get(3).is_some_and(|why| !why.is_empty()), "{line}: why?"),
                id => {
                    let is_family = Family::ALL.iter().any(|family| family.name() == id);
                    assert!(is_family || rules::find(id).is_some(), "{line}: no such rule or family");
                }
            }
        }
        assert!(seen.len() > 50, "{} rows", seen.len());
    }

    #[test]
    fn codes_come_in_their_order() {
        let mut codes = ["5.10", "DL3010", "5.9", "DL3002", "4.1", "5.10.1"];
        codes.sort_by(|a, b| natural(a, b));
        assert_eq!(codes, ["4.1", "5.9", "5.10", "5.10.1", "DL3002", "DL3010"]);
        let hadolint = of("hadolint");
        assert!(hadolint.iter().any(|code| code.name == "DL3007" && matches!(code.state, State::Covered(_))));
        assert!(
            hadolint.iter().any(|code| code.name == "DL1001" && matches!(code.state, State::OutOfScope(_)))
        );
    }
}
