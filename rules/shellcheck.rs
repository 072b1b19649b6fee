//! The rules that ShellCheck's codes are, from `rules/shellcheck.tsv`: a row a code, without a page of its own.

use std::fmt::Write as _;
use std::fs;

const TABLE: &str = "rules/shellcheck.tsv";

/// `pub static SHELLCHECK: &[Rule]`, sorted by id.
pub(crate) fn table() -> Result<String, String> {
    let text = fs::read_to_string(TABLE).map_err(|error| format!("{TABLE}: {error}"))?;
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    let mut rules = rows.map(rule).collect::<Result<Vec<_>, _>>()?;
    rules.sort();
    let rules: String = rules.into_iter().map(|(_, rule)| rule).collect();
    Ok(format!("pub static SHELLCHECK: &[Rule] = &[\n{rules}];\n"))
}

/// The id and the text of a `Rule { … }`.
fn rule(row: &str) -> Result<(String, String), String> {
    let wrong = || format!("{TABLE}: `{row}` is not code, level, profile, fix and title, a tab between them");
    let [id, level, profile, fix, title] = row.split('\t').collect::<Vec<_>>()[..] else {
        return Err(wrong());
    };
    let severity = match level {
        "error" => "Error",
        "warning" => "Warning",
        "info" | "style" => "Note",
        _ => return Err(wrong()),
    };
    if !["default", "strict", "style"].contains(&profile) {
        return Err(wrong());
    }
    let profile = super::capital(profile);
    let fix = match fix {
        "" => "None",
        "fix" => "Some(Safety::Unsafe)",
        _ => return Err(wrong()),
    };
    let title = if title.is_empty() { format!("ShellCheck's {id}") } else { title.to_owned() };
    let mut text = String::from("Rule {\n");
    let _ = writeln!(text, "id: {id:?}, title: {title:?}, family: Family::Shellcheck,");
    let _ = writeln!(text, "severity: Severity::{severity}, profile: Profile::{profile},");
    let _ = writeln!(text, "status: Stability::Stable, evidence: None, fix: {fix},");
    text.push_str("once_per_file: false, softens: false, part_of: None, part_name: \"\", gathers: false,\n");
    text.push_str("aliases: &[], tags: &[\"shell\"], cwe: &[], practices: &[], since: \"0.1.0\",\n");
    text.push_str("file: \"shellcheck.tsv\", revoke: \"\", page: \"\", checks: &[] },\n");
    Ok((id.to_owned(), text))
}
