//! Patterns and allowlists that users bring along in `.gitleaks.toml`, with that tool's meaning of each field.
//!
//! Reading the file is `config`'s. Matching takes time linear in the text, whatever the pattern.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;

use sha1::{Digest as _, Sha1};

use super::hit::{Hit, Rank};
use super::random;
use super::strength::is_guessable;
use super::wide::is_binary;
use crate::custom::{self, Allow, Custom, Pattern, Target};
use crate::rule::Confidence;
use crate::table;
use crate::trust::{Sign, Trust};

/// The rule that tells what they find.
pub const RULE: &str = "custom-secret";

/// A secret that a pattern of the user's found.
#[derive(Clone, Debug)]
pub struct Found<'c> {
    pub hit: Hit,
    pub pattern: &'c Pattern,
    /// All that the pattern matched.
    pub whole: Range<usize>,
}

/// Every match in a text whose path, from the top of the repository, is `path`; without one, every match that the text
/// alone makes, wherever it may stand.
pub fn find<'c>(custom: &'c Custom, path: Option<&str>, text: &[u8]) -> Vec<Found<'c>> {
    if custom.rules.is_empty() || is_binary(text) {
        return Vec::new();
    }
    let mut wanted: Vec<bool> = custom.rules.iter().map(|rule| rule.always).collect();
    if let Some((words, rules)) = &custom.words {
        for word in words.find_overlapping_iter(text) {
            rules[word.pattern().as_usize()].iter().for_each(|&rule| wanted[rule] = true);
        }
    }
    let rules = custom.rules.iter().zip(wanted).filter(|(_, wanted)| *wanted).map(|(rule, _)| rule);
    let there = |rule: &&Pattern| match (path, &rule.path) {
        (Some(path), Some(regex)) => regex.is_match(path.as_bytes()),
        (None, Some(_)) => rule.regex.is_some(),
        (_, None) => true,
    };
    rules.filter(there).flat_map(|rule| matches(rule, text)).collect()
}

fn matches<'c>(pattern: &'c Pattern, text: &[u8]) -> Vec<Found<'c>> {
    let Some(regex) = &pattern.regex else {
        return found(pattern, 0..0, 0..0, true).into_iter().collect();
    };
    let one = |groups: regex::bytes::Captures| {
        let whole = groups.get(0)?.range();
        let inner = (1..groups.len()).filter_map(|at| groups.get(at)).find(|group| !group.is_empty());
        let secret = match pattern.group {
            0 => inner.map_or_else(|| whole.clone(), |group| group.range()),
            group => groups.get(group)?.range(),
        };
        let value = &text[secret.clone()];
        if value.is_empty() || pattern.entropy > 0.0 && random::entropy(value) <= pattern.entropy {
            return None;
        }
        let guessable = std::str::from_utf8(value).map_or(true, is_guessable);
        found(pattern, secret, whole, guessable)
    };
    regex.captures_iter(text).filter_map(one).collect()
}

fn found(pattern: &Pattern, span: Range<usize>, whole: Range<usize>, guessable: bool) -> Option<Found<'_>> {
    let trust = Trust::of(&[Sign::OwnPattern], Confidence::High);
    let hit = Hit { guessable, ..Hit::new(table::find(RULE)?, span, trust, Rank::Token) };
    Some(Found { hit, pattern, whole })
}

/// A secret, as an allowlist sees it.
#[derive(Clone, Debug)]
pub struct Seen<'t> {
    /// From the top of the repository.
    pub path: &'t str,
    pub text: &'t [u8],
    pub hit: &'t Hit,
    /// The pattern of the user's that found it, and all that it matched.
    pub pattern: Option<(&'t Pattern, Range<usize>)>,
    /// Where git's history is searched.
    pub commit: Option<&'t str>,
    pub lines: &'t Lines,
}

/// What was asked of the lines of one text, for many secrets may stand on one.
#[derive(Debug, Default)]
pub struct Lines {
    /// The last line that was looked up.
    last: RefCell<Range<usize>>,
    /// By the allowlist and where the lines begin and end.
    allowed: RefCell<HashMap<(*const Allow, usize, usize), bool>>,
}

impl Lines {
    /// The lines that a span stands on.
    fn of(&self, text: &[u8], span: &Range<usize>) -> Range<usize> {
        let known = self.last.borrow().clone();
        if known.start <= span.start && span.end <= known.end && !known.is_empty() {
            return known;
        }
        let start = memchr::memrchr(b'\n', &text[..span.start]).map_or(0, |at| at + 1);
        let end = memchr::memchr(b'\n', &text[span.end..]).map_or(text.len(), |at| span.end + at);
        if !text[span.clone()].contains(&b'\n') {
            self.last.replace(start..end);
        }
        start..end
    }
    fn allows(&self, allow: &Allow, text: &[u8], span: &Range<usize>) -> bool {
        let line = self.of(text, span);
        let key = (std::ptr::from_ref(allow), line.start, line.end);
        let line = &text[line];
        let ask = || allow.regexes.iter().any(|regex| regex.is_match(line));
        *self.allowed.borrow_mut().entry(key).or_insert_with(ask)
    }
}

/// The allowlist that says of a secret that it is all right.
pub fn allows<'c>(custom: &'c Custom, seen: &Seen<'c>) -> Option<&'c str> {
    let own = seen.pattern.iter().flat_map(|(pattern, _)| &pattern.allow);
    let speaks = |allow: &&Allow| {
        allow.rules.is_empty() && allow.ids.is_empty()
            || match &seen.pattern {
                Some((pattern, _)) => allow.ids.contains(&pattern.id),
                None => allow.rules.contains(&seen.hit.rule.id.get()),
            }
    };
    let all = custom.allow.iter().filter(speaks).chain(own);
    all.into_iter().find(|allow| holds(allow, seen)).map(|allow| &*allow.name)
}

fn holds(allow: &Allow, seen: &Seen) -> bool {
    let text = seen.text;
    let secret = &text[seen.hit.span.clone()];
    let regexes = || {
        let target = match allow.target {
            Target::Line => return seen.lines.allows(allow, text, &seen.hit.span),
            Target::Secret => secret,
            Target::Match => {
                let named = seen.hit.name.as_ref().map(|name| name.start..seen.hit.span.end);
                let whole = seen.pattern.as_ref().map(|(_, whole)| whole.clone()).or(named);
                &text[whole.filter(|whole| whole.start <= whole.end).unwrap_or(seen.hit.span.clone())]
            }
        };
        allow.regexes.iter().any(|regex| regex.is_match(target))
    };
    let stops = || {
        let lower = secret.to_ascii_lowercase();
        let holds =
            |word: &String| !word.is_empty() && lower.windows(word.len()).any(|w| w == word.as_bytes());
        allow.stopwords.iter().any(holds)
    };
    let conditions: [(bool, &dyn Fn() -> bool); 4] = [
        (allow.paths.is_empty(), &|| allow.paths.iter().any(|regex| regex.is_match(seen.path.as_bytes()))),
        (allow.commits.is_empty(), &|| {
            seen.commit.is_some_and(|commit| allow.commits.iter().any(|allowed| allowed == commit))
        }),
        (allow.regexes.is_empty(), &regexes),
        (allow.stopwords.is_empty(), &stops),
    ];
    let mut set = conditions.iter().filter(|(empty, _)| !empty).map(|(_, holds)| holds()).peekable();
    // One that says nothing allows nothing.
    set.peek().is_some() && if allow.all { set.all(|held| held) } else { set.any(|held| held) }
}

/// The hash of a value, if a list of known findings names it.
pub fn listed(custom: &Custom, value: &[u8]) -> Option<custom::Sha1> {
    if custom.seen.is_empty() {
        return None;
    }
    Some(sha1(value)).filter(|hash| custom.seen.contains(hash))
}

pub fn sha1(value: &[u8]) -> custom::Sha1 {
    Sha1::digest(value).into()
}
