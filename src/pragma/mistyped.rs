//! Comments that were meant to ignore something and do not: `ignore latest-tag`, `disable=latest-tag`, `ingore=…`.
//!
//! Prose about the tool is left alone, so a word that is like `ignore` is not enough: what follows must look like rules,
//! or nothing may follow.

use super::Reach;
use crate::rules;

/// What people write who know other tools, or remember it wrong. Those that end with a part of the file come first.
const VERBS: [&str; 16] = [
    "ignore",
    "ignores",
    "ignore-file",
    "ignore-stage",
    "ignore-line",
    "ignore-next-line",
    "ignore-all",
    "disable",
    "disable-file",
    "disable-line",
    "disable-next-line",
    "skip",
    "suppress",
    "noqa",
    "nolint",
    "allow",
];
/// The tool's name, as comments begin with it.
const NAME: &str = "hullguard";

/// A comment that ignores nothing, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub struct Meant<'t> {
    pub reach: Reach,
    /// What looks like rules.
    pub rules: Vec<&'t str>,
}

/// Takes apart what follows the tool's name in a comment; `strict` where a colon stood between the two.
pub fn meant(text: &str, strict: bool) -> Option<Meant<'_>> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let end = text.find(|c| !is_word(c)).unwrap_or(text.len());
    let verb = text[..end].to_ascii_lowercase().replace('_', "-");
    let rest = text[end..].trim_start();
    // A slip of the keyboard: two letters of a long word, none of a short one.
    let is_near = |known: &str| known.len() > 5 && strsim::osa_distance(&verb, known) <= 2;
    let exact = VERBS.into_iter().find(|known| *known == verb);
    let known = exact.or_else(|| VERBS.into_iter().find(|known| is_near(known)))?;
    let is_assigned = rest.starts_with(['=', ':', '(', '[']);
    let words = rest.split(|c: char| !(is_word(c) || c == '/')).filter(|word| !word.is_empty());
    let rules: Vec<&str> = words.take_while(|word| is_id(word)).take(20).collect();
    let is_order = strict && exact.is_some() && !matches!(known, "ignores" | "allow");
    // "hullguard ignores well-known files" is prose.
    let names_rules =
        rules.first().is_some_and(|first| is_order || strict && known != "ignores" || is_rule(first));
    if !(is_assigned || names_rules || is_order) {
        return None;
    }
    let reach = match known {
        verb if verb.ends_with("file") => Reach::File,
        verb if verb.ends_with("stage") => Reach::Stage,
        _ => Reach::Next,
    };
    Some(Meant { reach, rules })
}

/// The text behind the tool's name, where that is mistyped or grown together with what follows: `hulguard: …`,
/// `hullguard-disable …`.
pub(super) fn behind_name<'t>(word: &str, comment: &'t str) -> Option<&'t str> {
    let lower = word.to_ascii_lowercase();
    if let Some(rest) = lower.strip_prefix(NAME) {
        let joined = rest.strip_prefix(['-', '_', '/', '.', '='])?;
        return comment.get(comment.len().min(word.len() - joined.len())..);
    }
    let near = (7..=NAME.len() + 2).contains(&lower.len()) && strsim::osa_distance(&lower, NAME) <= 2;
    near.then(|| comment[word.len()..].trim_start_matches([':', ' ', '\t']))
}

pub fn is_rule(name: &str) -> bool {
    rules::find(name).is_some() || rules::by_alias(name).next().is_some()
}

/// It looks like a rule's id or another tool's code: small letters with a hyphen, or capitals with digits.
fn is_id(word: &str) -> bool {
    let bytes = word.trim_matches(['-', '_', '/']).as_bytes();
    let small = bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-');
    let code = bytes.iter().any(u8::is_ascii_uppercase) && bytes.iter().any(u8::is_ascii_digit);
    word.eq_ignore_ascii_case("all") || small && bytes.contains(&b'-') || code
}
