//! From drafts to findings: cut through the veil, fingerprints counted, what is said once a file gathered.
//!
//! All drafts of one file come together, so that equal lines can be told apart by their number.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::{Marks, Veil, guarded};
use crate::blob::Origin;
use crate::finding::{Draft, Finding, Fix, Related, Status, Values};
use crate::outcome::{Pragma, Told};
use crate::place;
use crate::pragma::Found;
use crate::purpose::Purpose;
use crate::rule::{Confidence, Policy, Profile, Rule, Severity};
use crate::secrets::custom;
use crate::text::{Source, Span};

/// How many findings of one rule a file gets.
pub const AT_MOST: usize = 1000;
/// How many places a finding that stands for many names besides its own.
pub const RELATED_AT_MOST: usize = 20;
/// How far a finding's text is read on, for a value that stands below its name; lines.
const MOST_LINES: u32 = 50;
/// A shorter secret may be a part of any name.
const NAMED: usize = 8;
/// What stands for a value that begins on the next line.
const NO_VALUE: [char; 8] = ['\\', '|', '>', '-', '+', '"', '\'', ' '];

/// What drafts come to.
#[derive(Debug, Default)]
pub struct Finished {
    pub findings: Vec<Finding>,
    /// What must not be shown of their files, as far as the texts do not give it away themselves.
    pub hidden: Marks,
    /// Files whose drafts could not be finished.
    pub failed: Vec<Told>,
}

/// The veils of texts that were asked for, each made once: a line may be a whole file, with a thousand findings in it.
pub struct Veils<'p> {
    policy: &'p Policy,
    origin: Origin,
    marks: Marks,
    made: HashMap<Arc<str>, Rc<Veil>>,
    spotless: HashSet<Arc<str>>,
}

impl<'p> Veils<'p> {
    /// `marks` are what documents' readers know of the texts.
    pub fn new(marks: Marks, origin: Origin, policy: &'p Policy) -> Self {
        Self { policy, origin, marks, made: HashMap::new(), spotless: HashSet::new() }
    }

    /// The same where it is known that [`is_spotless`](super::secrets::is_spotless) holds for these files.
    #[must_use]
    pub fn knowing_spotless<'s>(mut self, paths: impl IntoIterator<Item = &'s Arc<str>>) -> Self {
        self.spotless.extend(paths.into_iter().cloned());
        self
    }

    fn of(&mut self, source: &Source) -> Rc<Veil> {
        if let Some(veil) = self.made.get(source.path()) {
            return Rc::clone(veil);
        }
        let path = format!("{}{}", self.policy.base, source.path());
        let marks = self.marks.entry(Arc::clone(source.path())).or_default();
        for found in custom::find(&self.policy.custom, Some(&path), source.text().as_bytes()) {
            marks.push(source.inside(found.hit.span));
        }
        let is_spotless = self.spotless.contains(source.path());
        let make = if is_spotless { Veil::of_spotless } else { Veil::new };
        let veil = Rc::new(make(source.text(), marks));
        self.made.insert(Arc::clone(source.path()), Rc::clone(&veil));
        veil
    }

    /// Pragmas of one text with their places made, and what they say cut through its veil.
    pub fn pragmas(&mut self, found: Vec<Found>, source: &Source) -> Vec<Pragma> {
        if found.is_empty() {
            return Vec::new();
        }
        let veil = self.of(source);
        let place = |found: Found| {
            let at = place::place(source, found.span, &self.origin, veil.spans());
            let mut pragma = found.at(at);
            pragma.reason = veil.label(&pragma.reason);
            pragma.unknown.iter_mut().chain(&mut pragma.mistyped).for_each(|text| *text = veil.label(text));
            pragma
        };
        found.into_iter().map(place).collect()
    }

    /// Text taken out of a source.
    pub fn label(&mut self, source: &Source, text: &str) -> String {
        self.of(source).label(text)
    }

    /// Turns drafts, of whatever files, into findings, each file's by itself.
    pub fn finish(mut self, drafts: Vec<Draft>) -> Finished {
        let mut by_file: BTreeMap<Arc<str>, Vec<Draft>> = BTreeMap::new();
        for draft in drafts {
            if let Some(span) = secret_part(&draft) {
                self.marks.entry(Arc::clone(draft.source.path())).or_default().push(span);
                // A veil that was made before did not know it.
                self.made.remove(draft.source.path());
            }
            by_file.entry(Arc::clone(draft.source.path())).or_default().push(draft);
        }
        let mut finished = Finished::default();
        for (path, drafts) in by_file {
            match guarded(|| self.one(drafts)) {
                Ok(mut findings) => finished.findings.append(&mut findings),
                Err(gap) => finished.failed.push(Told::new(path, gap)),
            }
        }
        finished.hidden = self.marks;
        finished.hidden.retain(|path, spans| self.made.contains_key(path) && !spans.is_empty());
        finished
    }

    /// The drafts of one file. The order is that of the file.
    fn one(&mut self, drafts: Vec<Draft>) -> Vec<Finding> {
        let (policy, origin) = (self.policy, self.origin.clone());
        let drafts = gather(drafts, policy.profile);
        let Some(first) = drafts.first() else { return Vec::new() };
        let source = Arc::clone(&first.source);
        let lines: Vec<u32> = drafts.iter().map(|draft| source.line_of(draft.span.start as usize)).collect();
        let mut seen: HashMap<u128, u32> = HashMap::new();
        let path = format!("{}{}", policy.base, source.path());
        let (veil, purpose) = (self.of(&source), Purpose::of(&path));
        // Reports carry the hash, and one of a text that holds a value gives 64 bits of it away.
        let hashes = if policy.line_hashes {
            place::line_hashes(&veil.without(source.bytes()), &lines)
        } else {
            BTreeMap::new()
        };
        drafts
            .into_iter()
            .map(|draft| {
                let said = |message: &str| {
                    let lines = lines_of(&source, draft.span);
                    veil.sentence(message, source.text(), lines).into_owned()
                };
                let mut at = place::place(&source, draft.span, &origin, veil.spans());
                at.line_hash = hashes.get(&at.start.line).cloned();
                let line = place::masked_line(&source, draft.span, veil.spans());
                let first = place::fingerprint(draft.rule.id.get(), &path, &line, 0);
                let ordinal = seen.entry(first).and_modify(|n| *n += 1).or_insert(0);
                let fingerprint = place::fingerprint(draft.rule.id.get(), &path, &line, *ordinal);
                let related = draft.related.iter().map(|clue| {
                    let (source, span) = (&clue.spot.source, clue.spot.span);
                    let there = self.of(source);
                    let message = said(&clue.message);
                    Related {
                        again: false,
                        is_step: clue.is_step,
                        place: place::place(source, span, &origin, there.spans()),
                        message: there.sentence(&message, source.text(), lines_of(source, span)).into_owned(),
                    }
                });
                let related = related.collect();
                // What stands on the line may be the value, or a part of it; the list knows.
                let listed = draft.rule.tags.has("secrets").then(|| {
                    let line = source.line_span(source.line_of(draft.span.start as usize));
                    let values = line.among(veil.spans()).iter().copied().chain([draft.span]);
                    values
                        .into_iter()
                        .find_map(|span| custom::listed(&policy.custom, source.slice(span).as_bytes()))
                });
                let own = draft.value.or_else(|| unseen(&draft, &veil));
                let everywhere = everywhere(&draft).map(Into::into).into_iter().collect();
                let severity = draft.severity.unwrap_or(draft.rule.severity);
                Finding {
                    rule: draft.rule,
                    severity: if draft.rule.softens { severity.softened(purpose) } else { severity },
                    message: said(&draft.message),
                    related,
                    // Edits are places of the file, which a text from UTF-16 does not know.
                    fix: draft
                        .fix
                        .filter(|_| !source.was_utf16())
                        .map(|fix| shown(Fix { title: said(&fix.title), ..fix }, &veil)),
                    status: Status::Open,
                    fingerprint: draft
                        .secret
                        .as_ref()
                        .and_then(|secret| secret.identity)
                        .unwrap_or(fingerprint),
                    secret: draft.secret,
                    container: draft.container,
                    values: Values { own, listed: listed.flatten(), everywhere, ..Values::default() },
                    place: at,
                }
            })
            .collect()
    }
}

/// A span with the rest of its lines, but not more of them than a reader sees together.
fn lines_of(source: &Source, span: Span) -> Span {
    const NEAR: u32 = 4096;
    let first = source.line_span(source.line_of(span.start as usize));
    let start = first.start.max(span.start.saturating_sub(NEAR));
    Span { start, end: first.end.max(span.end).min(span.start + NEAR).max(start) }
}

/// What must not be shown of a secret that was found: all but the prefix of its kind, or a private key's first line.
fn secret_part(draft: &Draft) -> Option<Span> {
    let secret = draft.secret.as_ref()?;
    let text = draft.source.slice(draft.span);
    let header = text.strip_prefix("-----BEGIN ").and_then(|rest| rest.find("-----"));
    let shown = header.map_or(usize::from(secret.prefix), |end| "-----BEGIN ".len() + end + "-----".len());
    Some(Span { start: draft.span.start + shown.min(draft.span.len()) as u32, ..draft.span })
}

/// The secret that was found, if it is surely one and no word that a file or a person may be called by.
fn everywhere(draft: &Draft) -> Option<&str> {
    draft.secret.as_ref().filter(|secret| secret.confidence() > Confidence::Low)?;
    let value = draft.source.slice(secret_part(draft)?);
    let has = |is: fn(&u8) -> bool| value.as_bytes().iter().any(is);
    (value.len() >= NAMED && !value.contains('\n') && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic))
        .then_some(value)
}

/// What a fingerprint does not see of a finding about a secret: what is hidden on its lines. Where nothing is, it is all
/// that the lines say, and those they go on to.
fn unseen(draft: &Draft, veil: &Veil) -> Option<u128> {
    // A reader that stumbles over a hidden value speaks of that value.
    let inside = |hidden: &Span| !draft.span.is_empty() && hidden.contains(draft.span);
    if !draft.rule.tags.has("secrets") && !draft.span.among(veil.spans()).iter().any(inside) {
        return None;
    }
    let source = &draft.source;
    let line_of = |at: u32| source.line_of(at as usize);
    let first = line_of(draft.span.start);
    let mut last = line_of(draft.span.end.max(draft.span.start + 1) - 1).clamp(first, first + MOST_LINES);
    let lines = source.line_span(first).cover(source.line_span(last));
    let values = lines.among(veil.spans()).iter().map(|span| source.slice(*span).trim_matches(NO_VALUE));
    let values: Vec<&str> = values.filter(|value| !value.is_empty()).collect();
    if !values.is_empty() {
        return Some(super::secrets::identity(draft.rule.id.get(), values.join("\n").as_bytes()));
    }
    let text = |line: u32| source.slice(source.line_span(line));
    let indent = |line: &str| line.len() - line.trim_start().len();
    while last < first + MOST_LINES
        && last < source.line_count()
        && (text(last).trim_end().ends_with('\\') || indent(text(last + 1)) > indent(text(first)))
    {
        last += 1;
    }
    let said: Vec<&str> = (first..=last).map(|line| text(line).trim()).collect();
    Some(super::secrets::identity(draft.rule.id.get(), said.join("\n").as_bytes()))
}

/// A fix that says whether a report may show its edits: an insertion may repeat what is hidden where it goes.
fn shown(mut fix: Fix, veil: &Veil) -> Fix {
    fix.secret = fix.edits.iter().any(|edit| !veil.lets(&edit.insert));
    fix
}

/// Drafts of one file in its order, each fault once, and no more of a rule than people read: the last that stays says
/// how many follow it, and names the next of them.
///
/// Rules that speak once a file stay as one note. In drafts that were gathered before nothing changes.
pub fn gather(mut drafts: Vec<Draft>, profile: Profile) -> Vec<Draft> {
    drafts.sort_by(|a, b| (a.span, a.rule.id, &a.message).cmp(&(b.span, b.rule.id, &b.message)));
    // What several services take from one place (`extends`, anchors, `include`) is one fault.
    drafts.dedup_by(|a, b| a.span == b.span && a.rule.id == b.rule.id);
    let once = |rule: &Rule| rule.once_per_file && profile < Profile::Strict;
    // Of each rule how many there are, and where the last that stays is.
    let mut of_rule: HashMap<&'static str, (usize, usize)> = HashMap::new();
    let mut kept: Vec<Draft> = Vec::new();
    for mut draft in drafts {
        let (count, last) = of_rule.entry(draft.rule.id.get()).or_default();
        *count += 1;
        if *count <= if once(draft.rule) { 1 } else { AT_MOST } {
            if once(draft.rule) {
                draft.severity = Some(Severity::Note);
            }
            *last = kept.len();
            kept.push(draft);
            continue;
        }
        let stays = &mut kept[*last];
        // One finding for the whole file mends all of it.
        if once(draft.rule) {
            match (&mut stays.fix, draft.fix) {
                (Some(all), Some(one)) if all.edits.len() < AT_MOST => all.edits.extend(one.edits),
                (none @ None, one) => *none = one,
                (Some(_), _) => {}
            }
        }
        if stays.related.len() < RELATED_AT_MOST {
            stays.see(&draft.source, draft.span, draft.message);
        }
    }
    for (count, last) in of_rule.into_values() {
        let draft = &mut kept[last];
        let more = count - if once(draft.rule) { 1 } else { count.min(AT_MOST) };
        if more > 0 {
            draft.message = format!("{} (and {more} more in this file)", draft.message);
            if !once(draft.rule) {
                draft.fix = None;
            }
        }
    }
    kept
}
