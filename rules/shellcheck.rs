//! The rules that ShellCheck's codes are, from `rules/shellcheck.tsv`: a row a code, without a page of its own.

use std::fmt::Write as _;
use std::fs;

use super::packed::Packed;

const TABLE: &str = "rules/shellcheck.tsv";

/// `pub static SHELLCHECK: &[Rule]`, sorted by id.
pub(crate) fn table(packed: &mut Packed) -> Result<String, String> {
    let text = fs::read_to_string(TABLE).map_err(|error| format!("{TABLE}: {error}"))?;
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    let mut rules = rows.map(|row| rule(row, packed)).collect::<Result<Vec<_>, _>>()?;
    rules.sort();
    let rules: String = rules.into_iter().map(|(_, rule)| rule).collect();
    Ok(format!("pub static SHELLCHECK: &[Rule] = &[\n{rules}];\n"))
}

/// The id and the text of a `Rule { … }`.
fn rule(row: &str, packed: &mut Packed) -> Result<(String, String), String> {
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
    let [none, no_items] = [packed.text(""), packed.list(&[])];
    let mut text = String::from("Rule {\n");
    let _ = writeln!(
        text,
        "id: {}, title: {}, family: Family::Shellcheck,",
        packed.text(id),
        packed.text(&title)
    );
    let _ = writeln!(text, "severity: Severity::{severity}, profile: Profile::{profile},");
    let _ = writeln!(text, "status: Stability::Stable, evidence: None, fix: {fix},");
    let _ = writeln!(text, "once_per_file: false, softens: false, part_of: None, part_name: {none},");
    let _ = writeln!(text, "gathers: false, aliases: {no_items}, tags: {},", packed.list(&["shell"]));
    let _ = writeln!(text, "cwe: {no_items}, practices: {no_items}, since: {},", packed.text("0.1.0"));
    let _ = writeln!(text, "file: {}, revoke: {none}, page: {none},", packed.text("shellcheck.tsv"));
    text.push_str("checks: (0, 0) },\n");
    Ok((id.to_owned(), text))
}
