//! Findings that a comment in the file silences, and comments that silence nothing.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use super::severity;
use crate::config::{Config, Level, suggest};
use crate::finding::{Finding, Status, Suppressor, Values};
use crate::outcome::{Outcome, Pragma};
use crate::place;
use crate::pragma::{self, Reach, is_rule};
use crate::rule::{Family, Policy, Rule};
use crate::rules;
use crate::text::Span;

/// For so many unknown codes of a run it is guessed what they were meant to be.
const GUESSES: usize = 1000;

/// The rules that this filter reports itself.
const UNUSED: &str = "unused-ignore";
const MISTYPED: &str = "mistyped-ignore";

pub(super) fn mark(outcome: &mut Outcome, config: &Config, policy: &Policy) {
    let Outcome { findings, pragmas, .. } = outcome;
    let mut by_path: HashMap<&Arc<str>, BTreeMap<&'static str, Starts>> =
        pragmas.iter().map(|pragma| (&pragma.place.path, BTreeMap::new())).collect();
    for (index, finding) in findings.iter().enumerate() {
        if let Some(by_rule) = by_path.get_mut(&finding.place.path) {
            for id in [Some(finding.rule.id.get()), finding.values.kin_rule()].into_iter().flatten() {
                by_rule.entry(id).or_default().push(finding.place.span.start, index);
            }
        }
    }
    by_path.values_mut().flat_map(BTreeMap::values_mut).for_each(Starts::sort);
    // For each pragma the rules that it was of use against.
    let mut used: Vec<Vec<&'static str>> = Vec::with_capacity(pragmas.len());
    // What a text of any language says is an example, unless there is something that it could be about.
    let mut examples: Vec<bool> = Vec::with_capacity(pragmas.len());
    for pragma in pragmas.iter() {
        let here = by_path.get(&pragma.place.path);
        let is_about = |starts: &Starts| starts.range(pragma.scope).is_some();
        examples.push(pragma.anywhere && !here.is_some_and(|here| here.values().any(is_about)));
        let by_rule = by_path.get_mut(&pragma.place.path).into_iter().flatten();
        let has = |id: &str| {
            let in_family = |family| rules::find(id).is_some_and(|rule| rule.family == family);
            pragma.rules.binary_search_by_key(&id, |rule| rule.id.get()).is_ok()
                || pragma.families.iter().copied().any(in_family)
        };
        let whole =
            |id: &str| rules::find(id).and_then(|rule| Some(rule.part_of?.get())).filter(|whole| has(whole));
        let mut of_use = Vec::new();
        for (id, starts) in by_rule.filter(|(id, _)| pragma.all || has(id) || whole(id).is_some()) {
            let Some(range) = starts.range(pragma.scope) else { continue };
            of_use.extend([*id].into_iter().chain(whole(id)));
            starts.each_new(range, |index| {
                let finding = &mut findings[index];
                if finding.status == Status::Open {
                    let (at, why) = (format!("line {}", pragma.place.start.line), pragma.reason.clone());
                    finding.status = Status::Suppressed { by: Suppressor::Inline, at, why };
                }
            });
        }
        used.push(of_use);
    }
    let shown = |id: &str| rules::find(id).filter(|rule| policy.shows(rule));
    let (unused, mistyped) = (shown(UNUSED), shown(MISTYPED));
    let mut guesses = GUESSES;
    for ((pragma, used), is_example) in pragmas.iter().zip(&used).zip(examples) {
        if !pragma.own {
            continue;
        }
        let mistakes = mistyped.filter(|_| !is_example).map(|rule| (rule, mistakes(pragma, &mut guesses)));
        let useless = unused.map(|rule| (rule, useless(pragma, used, config, policy)));
        let told = mistakes.into_iter().chain(useless);
        for (rule, message) in
            told.flat_map(|(rule, list)| list.into_iter().map(move |message| (rule, message)))
        {
            let line = format!("{}\n{message}", pragma.place.excerpt.text);
            let mut finding = Finding {
                rule,
                severity: rule.severity,
                place: pragma.place.clone(),
                message,
                related: Vec::new(),
                fix: None,
                status: Status::Open,
                fingerprint: place::fingerprint(
                    rule.id.get(),
                    &format!("{}{}", policy.base, pragma.place.path),
                    &line,
                    0,
                ),
                secret: None,
                values: Values::default(),
                container: None,
            };
            severity::set_one(&mut finding, config, policy);
            findings.push(finding);
        }
    }
}

/// Where the findings of one rule in one file begin. Any number of pragmas may speak of any number of them; each finding
/// is visited once.
#[derive(Default)]
struct Starts {
    /// With the number of the finding.
    sorted: Vec<(u32, usize)>,
    /// From each place on the next finding that no pragma has reached; itself, or behind the last.
    next: Vec<usize>,
}

impl Starts {
    fn push(&mut self, start: u32, index: usize) {
        self.sorted.push((start, index));
    }
    fn sort(&mut self) {
        self.sorted.sort_unstable();
        self.next = (0..=self.sorted.len()).collect();
    }
    /// The places of those that begin in a scope, unless there are none.
    fn range(&self, scope: Option<Span>) -> Option<Range<usize>> {
        let before = |place: u32| self.sorted.partition_point(|&(start, _)| start < place);
        let range = scope.map_or(0..self.sorted.len(), |scope| before(scope.start)..before(scope.end));
        (!range.is_empty()).then_some(range)
    }
    /// Those of a range that no pragma has reached.
    fn each_new(&mut self, range: Range<usize>, mut see: impl FnMut(usize)) {
        let mut at = self.next_of(range.start);
        while at < range.end {
            see(self.sorted[at].1);
            self.next[at] = at + 1;
            at = self.next_of(at);
        }
    }
    fn next_of(&mut self, mut at: usize) -> usize {
        while self.next[at] != at {
            self.next[at] = self.next[self.next[at]];
            at = self.next[at];
        }
        at
    }
}

/// How a pragma of ours is mistyped, and what to write.
fn mistakes(pragma: &Pragma, guesses: &mut usize) -> Vec<String> {
    let mut guess = |code: &str| {
        *guesses = guesses.saturating_sub(1);
        let families = Family::ALL.into_iter().map(Family::name);
        let known = rules::RULES.iter().map(|rule| rule.id.get()).chain(families);
        (*guesses > 0).then(|| suggest(code, known)).flatten()
    };
    if let Some(text) = &pragma.mistyped {
        let meant = pragma::meant(text, true);
        let word = match meant.as_ref().map(|meant| meant.reach) {
            Some(Reach::File) => "ignore-file",
            Some(Reach::Stage) => "ignore-stage",
            _ => "ignore",
        };
        let named = meant.map(|meant| meant.rules).unwrap_or_default();
        let mut known = Vec::new();
        for name in &named {
            let is_known = *name == "all" || is_rule(name);
            known.extend(if is_known { Some(*name) } else { guess(name) });
        }
        let help = if known.is_empty() {
            format!("write `hullguard: {word}=` and the rules, for example `{word}=latest-tag`")
        } else {
            format!("write `hullguard: {word}={}`", known.join(","))
        };
        return vec![format!("`{text}` ignores nothing; {help}")];
    }
    let mut messages = Vec::new();
    for code in &pragma.unknown {
        let help = match guess(code) {
            Some(id) => format!("did you mean `{id}`?"),
            None => "see `hullguard rules`".to_owned(),
        };
        messages.push(format!("`{code}` is not a rule; {help}"));
    }
    if !pragma.all && pragma.rules.is_empty() && pragma.families.is_empty() && pragma.unknown.is_empty() {
        messages.push("this ignore names no rule; write `ignore=id`".to_owned());
    }
    // `ignore=a b`: the second is taken for a reason.
    let first =
        pragma.reason.split_whitespace().next().unwrap_or_default().trim_end_matches([',', ';', ':', '.']);
    if first.contains(['-', '0']) && is_rule(first) && pragma.rules.iter().all(|rule| rule.id != first) {
        messages.push(format!("`{first}` is read as the reason; put a comma between rules"));
    }
    messages
}

/// What a pragma of ours is not needed for.
fn useless(pragma: &Pragma, used: &[&str], config: &Config, policy: &Policy) -> Vec<String> {
    // What did not run cannot have found anything, so it says nothing about the ignore.
    let ran = |rule: &Rule| {
        policy.shows(rule) && severity::level(rule, &pragma.place.path, config) != Some(Level::Off)
    };
    // A code may mean several rules. One that found something, or that did not run, is enough.
    let may_be_needed = |rule: &Rule| {
        let kin = pragma.rules.iter().filter(|other| rules::share_a_code(rule, other));
        kin.into_iter().any(|other| used.contains(&other.id.get()) || !ran(other))
    };
    let unused = pragma
        .rules
        .iter()
        .filter(|rule| ran(rule) && !used.contains(&rule.id.get()) && !may_be_needed(rule))
        .map(|rule| format!("this ignore of `{}` matches nothing; delete it", rule.id));
    let mut messages: Vec<String> = unused.collect();
    for &family in &pragma.families {
        let of = |id: &str| rules::find(id).is_some_and(|rule| rule.family == family);
        let any_ran = || rules::of(family).any(ran);
        if !used.iter().any(|id| of(id)) && any_ran() {
            messages
                .push(format!("this ignore of the family `{}` matches nothing; delete it", family.name()));
        }
    }
    if pragma.all && used.is_empty() {
        messages.push("this ignore of all rules matches nothing; delete it".to_owned());
    }
    messages
}
