//! The patterns of secrets: what their shapes make is found wherever it stands, and what only resembles it is not.

mod found;
mod innocents;
mod kinds;
mod long;
pub(crate) mod maker;
mod misses;
mod random;
mod severity;
mod structures;

use hullguard::rule::{Check, Pattern, Rule};
use hullguard::rules::RULES;

/// Every rule that has a pattern.
pub(crate) fn patterns() -> impl Iterator<Item = (&'static Rule, &'static Pattern)> {
    RULES.iter().flat_map(|rule| {
        rule.checks().iter().filter_map(move |check| match check {
            Check::Secret(pattern) => Some((rule, *pattern)),
            _ => None,
        })
    })
}

/// A name that says whose the token is, as words: `[datadog, api, key]`. Where nothing needs to be near, one that says
/// nothing.
pub(crate) fn name(pattern: &Pattern, near: usize) -> Vec<String> {
    let Some(near) = pattern.near.iter().nth(near) else { return vec!["setting".to_owned()] };
    let mut words: Vec<String> = near
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect();
    let said = words.last().is_some_and(|last| {
        ["key", "token", "secret", "password", "apikey", "keys"].iter().any(|word| last.ends_with(word))
    });
    if !said {
        words.extend(["api".to_owned(), "key".to_owned()]);
    }
    words
}

/// `dd_api_key`, `DD_API_KEY`, `ddApiKey`, `dd.api.key`.
pub(crate) fn spelled(words: &[String], style: Style) -> String {
    match style {
        Style::Snake => words.join("_"),
        Style::Upper => words.join("_").to_uppercase(),
        Style::Dotted => words.join("."),
        Style::Dashed => words.join("-"),
        Style::Camel => words
            .iter()
            .enumerate()
            .map(|(i, word)| if i == 0 { word.clone() } else { word[..1].to_uppercase() + &word[1..] })
            .collect(),
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Style {
    Snake,
    Upper,
    Dotted,
    Dashed,
    Camel,
}
