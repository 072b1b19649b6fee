//! The values of arguments: how they are read, what was meant by a wrong one, and what a shell may complete.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, ValueEnum};

use super::Report;
use crate::cli::coverage::{self, State};
use crate::cli::meant;
use crate::config::{self, FailOn, UseShellCheck};
use crate::report::{Format, summary};
use crate::rule::{Family, Profile, Rule, Severity};
use crate::rules;

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(in crate::cli) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum OverviewFormat {
    Text,
    Json,
}

/// A parser of ours, with the values that a shell may complete.
#[derive(Clone)]
pub(super) struct Among<T> {
    parse: fn(&str) -> Result<T, String>,
    values: fn() -> Vec<&'static str>,
}

pub(super) fn among<T>(parse: fn(&str) -> Result<T, String>, values: fn() -> Vec<&'static str>) -> Among<T> {
    Among { parse, values }
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Among<T> {
    type Value = T;

    fn parse_ref(&self, command: &clap::Command, arg: Option<&Arg>, value: &OsStr) -> Result<T, clap::Error> {
        self.parse.parse_ref(command, arg, value)
    }
    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.values)().into_iter().map(PossibleValue::new)))
    }
}

pub(super) fn families() -> Vec<&'static str> {
    Family::ALL.map(Family::name).to_vec()
}

/// Families and rules, but for the hundreds of secrets, which would make a script slow to load.
pub(super) fn ids() -> Vec<&'static str> {
    let rules = rules::RULES.iter().filter(|rule| rule.family != Family::Secrets);
    families().into_iter().chain(rules.map(|rule| rule.id.get())).collect()
}

pub(super) fn formats() -> Vec<&'static str> {
    Format::ALL.map(|(name, _)| name).to_vec()
}

pub(super) fn profiles() -> Vec<&'static str> {
    ["default", "reproducible", "strict", "style"].to_vec()
}

pub(super) fn severities() -> Vec<&'static str> {
    FailOn::NAMES[..3].to_vec()
}

pub(super) fn fail_ons() -> Vec<&'static str> {
    FailOn::NAMES.to_vec()
}

pub(super) fn shellchecks() -> Vec<&'static str> {
    UseShellCheck::NAMES.to_vec()
}

pub(super) fn drawings() -> Vec<&'static str> {
    ["text", "mermaid", "dot"].to_vec()
}

pub(super) fn family(text: &str) -> Result<Family, String> {
    let known = Family::ALL.into_iter().find(|family| family.name().eq_ignore_ascii_case(text));
    known.ok_or_else(|| match config::suggest(text, families()) {
        Some(meant) => format!("no family `{text}`; did you mean `{meant}`?"),
        None => format!("no family `{text}`; there are {}", families().join(", ")),
    })
}

/// The rules of one `--rule`; a code of another tool may stand for several.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Found(pub(in crate::cli) Vec<&'static Rule>);

pub(super) fn report(text: &str) -> Result<Report, String> {
    let (name, file) = match text.split_once('=') {
        Some((_, "")) => return Err("write a file name after `=`".to_owned()),
        Some((name, "-")) => (name, None),
        Some((name, file)) => (name, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let known = Format::ALL.map(|(known, _)| known);
    let format = name.parse().map_err(|_| meant::format(name, &known))?;
    Ok(Report { format, file })
}

pub(super) fn fail_on(text: &str) -> Result<FailOn, String> {
    FailOn::parse(text).ok_or_else(|| meant::severity(text, &FailOn::NAMES))
}

pub(super) fn severity(text: &str) -> Result<Severity, String> {
    config::severity(text).ok_or_else(|| meant::severity(text, &FailOn::NAMES[..3]))
}

pub(super) fn profile(text: &str) -> Result<Profile, String> {
    config::profile(text).ok_or_else(|| meant::profile(text, &["default", "reproducible", "strict", "style"]))
}

pub(in crate::cli) fn shellcheck(text: &str) -> Result<UseShellCheck, String> {
    let names = UseShellCheck::NAMES.join(", ");
    UseShellCheck::parse(text).ok_or_else(|| format!("`{text}` is not one of {names}"))
}

pub(super) fn summary_limit(text: &str) -> Result<usize, String> {
    let least = summary::LEAST;
    let limit = text.parse().ok().filter(|&limit: &usize| limit >= least);
    limit.ok_or_else(|| format!("a number of bytes, {least} or more"))
}

pub(super) fn rule(text: &str) -> Result<Found, String> {
    if let Some(family) = Family::ALL.into_iter().find(|family| family.name().eq_ignore_ascii_case(text)) {
        return Ok(Found(rules::of(family).collect()));
    }
    let found = find(text);
    if !found.is_empty() {
        return Ok(Found(found));
    }
    if let Some(code) = coverage::find(text).first() {
        return Err(match &code.state {
            State::Covered(rules) => {
                let ids: Vec<String> = rules.iter().map(|rule| format!("`{}`", rule.id)).collect();
                format!("another rule checks `{text}`; use {}", ids.join(", "))
            }
            State::Family(family) => format!("use the family `{}`", family.name()),
            State::Planned => format!("`{text}` is not checked yet (it is planned); leave it out"),
            State::OutOfScope(why) => format!("`{text}` is not checked: {why}; leave it out"),
        });
    }
    Err(match near(text) {
        Some(meant) => format!("no rule or family `{text}`; did you mean `{meant}`?"),
        None => format!(
            "no rule or family `{text}`; the families are {}, and `hullguard rules` lists the rules",
            families().join(", ")
        ),
    })
}

/// A rule or a family that was probably meant. Half a word is no guess at one of the hundreds of secrets.
pub(in crate::cli) fn near(text: &str) -> Option<&'static str> {
    let secrets = rules::RULES.iter().filter(|rule| rule.family == Family::Secrets).map(|rule| rule.id.get());
    let word = text.to_ascii_lowercase();
    config::suggest(text, ids()).or_else(|| config::suggest(text, secrets).filter(|id| !id.contains(&word)))
}

/// The rules of an id or a foreign code; none if it is unknown.
pub(in crate::cli) fn find(text: &str) -> Vec<&'static Rule> {
    let mut found: Vec<_> = rules::find(&text.to_ascii_lowercase()).into_iter().collect();
    if found.is_empty() {
        found.extend(rules::by_alias(text));
    }
    found
}
