//! Secrets in any text of a run: one more family of rules, which needs no document.
//!
//! What is found under a credential's name in a Dockerfile or Compose file is left to the rules that know what the
//! name does there. Matching is `crate::secrets`'; git's history is another floor's.

use std::collections::{BTreeMap, HashMap};
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::finish::{Finished, Veils};
use super::{Marks, guarded, own};
use crate::archive;
use crate::blob::Origin;
use crate::custom::Pattern;
use crate::finding::{Draft, Finding, Findings, Kin, Secret};
use crate::gap::{Gap, Reason};
use crate::outcome::{self, Pragma};
use crate::pragma;
use crate::rule::{Confidence, Policy, Profile, Rule, Severity};
use crate::secrets::about::About;
use crate::secrets::custom::{self, Found, Seen};
use crate::secrets::{self, Hit};
use crate::text::{Source, Span};
use crate::trust::Sign;

/// What one text comes to.
#[derive(Default)]
pub struct Searched {
    pub findings: Vec<Finding>,
    pub pragmas: Vec<Pragma>,
    /// It is a report of ours.
    ours: bool,
    /// Something of it was passed over.
    pub gap: Option<Gap>,
    /// Secrets that a document's own rule tells.
    covered: Vec<Finding>,
    /// What must not be shown of the text, as far as it does not give it away itself.
    pub hidden: Marks,
    /// How many hits are not told because there is little confidence in them.
    pub unsure: usize,
    /// The text, if its findings could not be finished.
    pub failed: Vec<outcome::Told>,
}

impl Searched {
    /// What another text of the same file comes to.
    fn add(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.pragmas.extend(other.pragmas);
        self.hidden.extend(other.hidden);
        self.failed.extend(other.failed);
        self.unsure += other.unsure;
        self.ours |= other.ours;
    }

    /// Says on the findings of documents' own rules which secrets they are about.
    pub fn cover(&self, told: &Told, findings: &mut [Finding]) {
        let is_sure = |covered: &&Finding| covered.secret.as_ref().is_none_or(|secret| !secret.doubtful);
        for covered in self.covered.iter().filter(is_sure) {
            for at in told.at(covered) {
                let values = &mut findings[at].values;
                values.covers.extend(covered.values.own);
                values.everywhere.extend(covered.values.everywhere.iter().cloned());
                values.kin.push(Kin::of(covered));
            }
        }
    }
}

/// Searches one file. Of one that was linted (`is_document`) the ignores of our own dialect are known already.
///
/// # Errors
/// If the search panicked.
pub fn file(
    path: &Arc<str>,
    bytes: Vec<u8>,
    is_document: bool,
    told: [&Told; 2],
    from: (&Origin, &Policy),
    is_old: &(dyn Fn(Key) -> bool + Sync),
) -> Result<Searched, Gap> {
    guarded(|| searched(path, bytes, is_document, told, from, is_old))
}

fn searched(
    path: &Arc<str>,
    bytes: Vec<u8>,
    is_document: bool,
    told: [&Told; 2],
    (origin, policy): (&Origin, &Policy),
    is_old: &(dyn Fn(Key) -> bool + Sync),
) -> Searched {
    let is_quoted = |value: &[u8]| !is_document && value == own::SAMPLE;
    let mut searched = some(path, bytes, (origin, None), policy, |_, value| !is_quoted(value));
    if searched.ours {
        let is_token = |finding: &Finding| finding.secret.as_ref().is_some_and(|secret| !secret.by_name);
        searched.findings.retain(is_token);
        searched.gap =
            Some(Gap::new(Reason::OwnOutput, "a report written by hullguard; searched for tokens only"));
    }
    searched.pragmas.retain(|pragma| !(is_document && pragma.own));
    let is_told = |finding: &Finding| told.iter().any(|told| told.holds(finding));
    let (covered, findings) = searched.findings.into_iter().partition(is_told);
    (searched.covered, searched.findings) = (covered, findings);
    searched.findings.retain(|finding| !Key::found(finding).is_some_and(is_old));
    searched
}

/// Whether [`file`] has nothing to say of a text, whatever is told of it elsewhere.
pub fn is_spotless(source: &Source, policy: &Policy) -> bool {
    let bytes = source.bytes();
    policy.custom.rules.is_empty()
        && !speaks(bytes)
        && !own::is_report(bytes)
        && secrets::find(bytes, About::path(source.path())).is_empty()
}

/// A comment for us may stand in the text.
fn speaks(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"hullguard:").is_some()
}

/// A secret without its value: for comparisons within a run, and in no report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    rule: &'static str,
    value: u128,
}

impl Key {
    pub fn of(rule: &'static Rule, value: &[u8]) -> Self {
        Self { rule: rule.id.get(), value: identity(rule.id.get(), value) }
    }

    /// Of a secret that was found.
    pub fn found(finding: &Finding) -> Option<Self> {
        Some(Self { rule: finding.rule.id.get(), value: finding.values.own? })
    }

    pub fn rule(&self) -> &'static str {
        self.rule
    }
}

/// Searches one file, with its origin and the commit that brought it, if one did, for those secrets that are wanted, by
/// their rule and value. Of an archive the files in it are searched.
pub fn some(
    path: &Arc<str>,
    bytes: Vec<u8>,
    from: (&Origin, Option<&str>),
    policy: &Policy,
    wanted: impl Fn(&'static Rule, &[u8]) -> bool,
) -> Searched {
    let mut all = Searched::default();
    let gap = archive::open(path, bytes, &mut |inner, bytes| {
        let searched = text(inner, bytes, from, policy, &wanted);
        all.add(Searched { ours: searched.ours && inner == path, ..searched });
    });
    Searched { gap, ..all }
}

fn text(
    path: &Arc<str>,
    bytes: Vec<u8>,
    (origin, commit): (&Origin, Option<&str>),
    policy: &Policy,
    wanted: &dyn Fn(&'static Rule, &[u8]) -> bool,
) -> Searched {
    let ours = own::is_report(&bytes);
    let bytes = secrets::as_utf8(bytes);
    let about = About::path(path);
    let hits = secrets::find(&bytes, about);
    // A report of ours is searched for tokens only.
    let counts =
        |hit: &&Hit| !(ours && hit.is_by_name()) && policy.shows(hit.rule) && !is_shown(hit, about, policy);
    let unsure = hits.iter().filter(counts).count();
    let wanted = |hit: &Hit| is_shown(hit, about, policy) && wanted(hit.rule, &bytes[hit.span.clone()]);
    let full = format!("{}{path}", policy.base);
    let mut shown: Vec<Shown> = hits.into_iter().filter(wanted).map(|hit| Shown { hit, own: None }).collect();
    let mut taken = Taken::default();
    for shown in &shown {
        taken.take(shown.hit.span.clone());
    }
    for Found { hit, pattern, whole } in custom::find(&policy.custom, Some(&full), &bytes) {
        // What a pattern of ours finds, too, it explains better.
        if wanted(&hit) && taken.is_free(&hit.span) {
            taken.take(hit.span.clone());
            shown.push(Shown { hit, own: Some((pattern, whole)) });
        }
    }
    if shown.is_empty() && !speaks(&bytes) {
        return Searched { ours, unsure, ..Searched::default() };
    }
    let source = Arc::new(Source::new(Arc::clone(path), bytes));
    let of = Of { path: &full, commit, lines: &custom::Lines::default() };
    let drafts: Vec<Draft> = shown.iter().flat_map(|shown| draft(&source, shown, of, policy)).collect();
    let lines = shown.iter().map(|shown| source.line_of(shown.hit.span.start)).collect();
    let found = pragma::text(&source, &lines);
    let mut veils = Veils::new(Marks::new(), origin.clone(), policy);
    let pragmas = veils.pragmas(found, &source);
    let Finished { findings, hidden, failed } = veils.finish(drafts);
    Searched { findings, pragmas, ours, gap: None, covered: Vec::new(), hidden, unsure, failed }
}

/// A secret that is told.
struct Shown<'p> {
    hit: Hit,
    /// The pattern of the user's that found it, and all that it matched.
    own: Option<(&'p Pattern, Range<usize>)>,
}

/// Parts of a text that are told already: apart from each other, by their starts.
#[derive(Default)]
struct Taken(BTreeMap<usize, usize>);

impl Taken {
    fn is_free(&self, span: &Range<usize>) -> bool {
        self.0.range(..span.end).next_back().is_none_or(|(_, &end)| end <= span.start)
    }
    fn take(&mut self, mut span: Range<usize>) {
        while let Some((&start, &end)) = self.0.range(..span.end).next_back()
            && end > span.start
        {
            self.0.remove(&start);
            span = start.min(span.start)..end.max(span.end);
        }
        self.0.insert(span.start, span.end);
    }
}

fn is_shown(hit: &Hit, about: About, policy: &Policy) -> bool {
    policy.shows(hit.rule) && (policy.doubtful || is_told(hit, about, policy))
}

/// It is sure enough for the profile, or somebody asked for its rule.
fn is_told(hit: &Hit, about: About, policy: &Policy) -> bool {
    hit.is_told() && !(hit.is_altered() && about.is_for_show())
        || policy.profile >= Profile::Strict
        || policy.asked.contains(&hit.rule.id.get())
}

/// What allowlists know of a text: its path from the top of the repository, and the commit that brought it.
#[derive(Clone, Copy)]
struct Of<'t> {
    path: &'t str,
    commit: Option<&'t str>,
    lines: &'t custom::Lines,
}

fn draft(source: &Arc<Source>, shown: &Shown, of: Of, policy: &Policy) -> Vec<Draft> {
    let hit = &shown.hit;
    let text = source.text();
    let span = source.inside(hit.span.clone());
    let mut out = Findings::new(hit.rule);
    let said = shown.own.as_ref().map_or_else(|| message(hit, source), |(pattern, _)| own_message(pattern));
    let draft = out.at(source, span, said);
    // Two patterns of the user's are two rules, though one page tells of both.
    let id =
        shown.own.as_ref().map_or(hit.rule.id.to_string(), |(own, _)| format!("{}/{}", hit.rule.id, own.id));
    let Of { path, commit, lines } = of;
    let about = About::path(path);
    if shown.own.is_none() {
        draft.severity = Some(severity(hit, about).min(hit.rule.severity));
    }
    let seen = Seen { path, text: text.as_bytes(), hit, pattern: shown.own.clone(), commit, lines };
    draft.value = Some(Key::of(hit.rule, source.slice(span).as_bytes()).value);
    draft.secret = Some(Box::new(Secret {
        trust: hit.trust,
        doubtful: !is_told(hit, about, policy),
        identity: (!hit.guessable && hit.span.len() >= 16)
            .then(|| identity(&id, source.slice(span).as_bytes())),
        prefix: hit.prefix,
        by_name: hit.is_by_name(),
        past: None,
        allowed: custom::allows(&policy.custom, &seen).map(Into::into),
        listed: custom::listed(&policy.custom, source.slice(span).as_bytes()),
    }));
    out.list
}

/// The same for the same secret, and of no use to whoever has it if the value was drawn by lot: only such get
/// into reports.
pub(super) fn identity(rule: &str, value: &[u8]) -> u128 {
    let hash =
        Sha256::new().chain_update(b"hullguard\0").chain_update(rule).chain_update([0]).chain_update(value);
    let bytes: [u8; 32] = hash.finalize().into();
    bytes[..16].iter().fold(0, |number, &byte| number << 8 | u128::from(byte))
}

/// How bad it is: as sure as it is a secret. Where people write made-up ones every day it fails nothing, unless a checksum
/// proves that it is a token, for real ones get into tests, too.
fn severity(hit: &Hit, about: About) -> Severity {
    match hit.confidence() {
        _ if about.is_for_show() => {
            if hit.is_proven() {
                Severity::Warning
            } else {
                Severity::Note
            }
        }
        Confidence::High => Severity::Error,
        Confidence::Medium => Severity::Warning,
        Confidence::Low => Severity::Note,
    }
}

fn message(hit: &Hit, source: &Source) -> String {
    let title = hit.rule.title;
    let name = hit.name.clone().map(|name| source.slice(Span::new(name.start, name.end)));
    let encoded = if hit.encoded { ", encoded" } else { "" };
    if hit.is_altered() {
        return format!("{title} with wrong check characters, so it was changed or invented; remove it");
    }
    if hit.trust.has(Sign::Expired) {
        return format!("{title} that has expired{encoded}; remove it");
    }
    match name {
        Some(name) => format!("{title}, in `{name}`{encoded}; remove it and change it"),
        None if hit.rule.tags.has("password") => format!("{title}{encoded}; change it, then remove it"),
        None => format!("{title}{encoded}; revoke it, then remove it"),
    }
}

/// What is said of a find of the user's own pattern; its words come from a file and may be anything.
fn own_message(pattern: &Pattern) -> String {
    let said = pattern.description.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = said.trim_end_matches('.');
    let about = if said.is_empty() { String::new() } else { format!(": {said}") };
    let what = if pattern.regex.is_some() { "matches" } else { "has a path that matches" };
    format!("this {what} your pattern `{}`{about}", pattern.id)
}

/// Where rules that know documents tell of secrets: by file the lines, the spans, and which finding it is.
#[derive(Default)]
pub struct Told(HashMap<Arc<str>, Vec<Explained>>);

type Explained = (RangeInclusive<u32>, Span, usize);

impl Told {
    pub fn of(findings: &[Finding]) -> Self {
        let mut told = Self::default();
        for (at, finding) in findings.iter().enumerate() {
            if finding.rule.tags.has("secrets") {
                let place = &finding.place;
                let lines = place.start.line..=place.end.line;
                told.0.entry(Arc::clone(&place.path)).or_default().push((lines, place.span, at));
            }
        }
        told
    }
    /// What a document's own rule tells is told once: that rule knows what becomes of the secret. A name's secret is the
    /// same if it stands on the same line, since those rules point at names as well.
    fn holds(&self, finding: &Finding) -> bool {
        self.at(finding).next().is_some()
    }
    /// Which findings tell of that secret.
    pub fn at<'t>(&'t self, finding: &Finding) -> impl Iterator<Item = usize> + use<'t> {
        let by_name = finding.secret.as_ref().is_some_and(|secret| secret.by_name);
        let (line, own) = (finding.place.start.line, finding.place.span);
        let here = self.0.get(&finding.place.path).into_iter().flatten();
        here.filter(move |(lines, span, _)| by_name && lines.contains(&line) || span.overlaps(own))
            .map(|&(.., at)| at)
    }
}
