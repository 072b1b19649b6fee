//! From drafts to findings: secrets masked, fingerprints counted, what is said once a file gathered.
//!
//! All drafts of one file come together, so that equal lines can be told apart by their number.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::blob::Origin;
use crate::finding::{Draft, Finding, Fix, Place, Related, Status, Values};
use crate::place;
use crate::purpose::Purpose;
use crate::rule::{Policy, Profile, Rule, Severity};
use crate::secrets::{custom, mask};
use crate::text::{Source, Span};

/// How many findings of one rule a file gets.
const AT_MOST: usize = 1000;
/// How many places a finding that stands for many names besides its own.
const RELATED_AT_MOST: usize = 20;

/// How far a finding's text is read on, for a value that stands below its name; lines.
const MOST_LINES: u32 = 50;
/// What stands for a value that begins on the next line.
const NO_VALUE: [char; 8] = ['\\', '|', '>', '-', '+', '"', '\'', ' '];

/// Turns drafts, of whatever files, into findings, each file's by itself.
pub(super) fn finish_all(drafts: Vec<Draft>, origin: &Origin, policy: &Policy) -> Vec<Finding> {
    let mut by_file: HashMap<Arc<str>, Vec<Draft>> = HashMap::new();
    for draft in drafts {
        by_file.entry(Arc::clone(draft.source.path())).or_default().push(draft);
    }
    by_file.into_values().flat_map(|drafts| finish(drafts, origin, policy)).collect()
}

/// Turns the drafts of one file into findings. The order is that of the file.
pub(super) fn finish(drafts: Vec<Draft>, origin: &Origin, policy: &Policy) -> Vec<Finding> {
    let drafts = gather(drafts, policy.profile);
    let Some(first) = drafts.first() else { return Vec::new() };
    let source = Arc::clone(&first.source);
    let lines: Vec<u32> = drafts.iter().map(|draft| source.line_of(draft.span.start as usize)).collect();
    let hashes = place::line_hashes(source.bytes(), &lines);
    let mut seen: HashMap<u128, u32> = HashMap::new();
    let path = format!("{}{}", policy.base, source.path());
    let purpose = Purpose::of(&path);
    let found: Vec<Span> = drafts.iter().filter_map(secret_part).collect();
    let mut known = Masks::default();
    drafts
        .into_iter()
        .map(|draft| {
            let mut masks = known.of(&draft.source, draft.span).to_vec();
            masks.extend(&found);
            let mut at = place::place(&draft.source, draft.span, origin, &masks);
            at.line_hash = hashes.get(&at.start.line).cloned();
            let line = place::masked_line(&draft.source, draft.span, &masks);
            let first = place::fingerprint(draft.rule.id, &path, &line, 0);
            let ordinal = seen.entry(first).and_modify(|n| *n += 1).or_insert(0);
            let fingerprint = place::fingerprint(draft.rule.id, &path, &line, *ordinal);
            let own = draft.value.or_else(|| unseen(&draft, &found, &mut known));
            let related = draft.related.iter().map(|(source, span, message)| Related {
                place: place::place(source, *span, origin, &known.of(source, *span)),
                message: hide(message, source, &masks),
            });
            let severity = draft.severity.unwrap_or(draft.rule.severity);
            // What stands on the line may be the value, or a part of it; the list knows.
            let values = masks.iter().copied().chain([draft.span]);
            let listed = draft.rule.tags.contains(&"secrets").then(|| {
                values
                    .into_iter()
                    .find_map(|span| custom::listed(&policy.custom, draft.source.slice(span).as_bytes()))
            });
            Finding {
                rule: draft.rule,
                severity: if draft.rule.softens { severity.softened(purpose) } else { severity },
                message: hide(&draft.message, &draft.source, &masks),
                related: related.collect(),
                // Edits are places of the file, which a text from UTF-16 does not know.
                fix: draft
                    .fix
                    .filter(|_| !draft.source.was_utf16())
                    .map(|fix| shown(fix, &draft.source, &masks, &mut known)),
                status: Status::Open,
                fingerprint: draft.secret.as_ref().and_then(|secret| secret.identity).unwrap_or(fingerprint),
                secret: draft.secret,
                values: Values { own, covers: Vec::new(), listed: listed.flatten() },
                place: at,
            }
        })
        .collect()
}

/// What must not be shown of a secret that was found: all but the prefix of its kind, or a private key's first line.
fn secret_part(draft: &Draft) -> Option<Span> {
    let secret = draft.secret.as_ref()?;
    let text = draft.source.slice(draft.span);
    let header = text.strip_prefix("-----BEGIN ").and_then(|rest| rest.find("-----"));
    let shown = header.map_or(usize::from(secret.prefix), |end| "-----BEGIN ".len() + end + "-----".len());
    Some(Span { start: draft.span.start + shown.min(draft.span.len()) as u32, ..draft.span })
}

/// What a fingerprint does not see of a finding about a secret: what is masked on its lines. A value may begin on the next
/// line; then it is all that the lines say, and those they go on to.
fn unseen(draft: &Draft, found: &[Span], known: &mut Masks) -> Option<u128> {
    if !draft.rule.tags.contains(&"secrets") {
        return None;
    }
    let source = &draft.source;
    let line_of = |at: u32| source.line_of(at as usize);
    let first = line_of(draft.span.start);
    let mut last = line_of(draft.span.end.max(draft.span.start + 1) - 1).clamp(first, first + MOST_LINES);
    let lines = |last: u32| (first..=last).map(|line| source.line_span(line));
    let mut hidden: Vec<Span> = lines(last).flat_map(|line| known.of(source, line).to_vec()).collect();
    hidden.extend(found.iter().filter(|span| lines(last).any(|line| line.overlaps(**span))));
    hidden.sort_unstable();
    hidden.dedup();
    let values = hidden.iter().map(|span| source.slice(*span).trim_matches(NO_VALUE));
    let values: Vec<&str> = values.filter(|value| !value.is_empty()).collect();
    if !values.is_empty() {
        return Some(super::secrets::identity(draft.rule.id, values.join("\n").as_bytes()));
    }
    let text = |line: u32| source.slice(source.line_span(line));
    let indent = |line: &str| line.len() - line.trim_start().len();
    while last < first + MOST_LINES
        && (source.line_span(last).end as usize) < source.text().len()
        && (text(last).trim_end().ends_with('\\') || indent(text(last + 1)) > indent(text(first)))
    {
        last += 1;
    }
    let said: Vec<&str> = (first..=last).map(|line| text(line).trim()).collect();
    Some(super::secrets::identity(draft.rule.id, said.join("\n").as_bytes()))
}

/// A place without a hash: only a finding's own place has one.
pub(super) fn related_place(source: &Source, span: Span, origin: &Origin) -> Place {
    place::place(source, span, origin, &masks(source, span))
}

/// The masks of lines that were asked for: a line may be a whole file, with a thousand findings in it.
#[derive(Default)]
struct Masks(HashMap<(Arc<str>, u32), Rc<[Span]>>);

impl Masks {
    fn of(&mut self, source: &Source, span: Span) -> Rc<[Span]> {
        let line = source.line_of(span.start as usize);
        let known = self.0.entry((Arc::clone(source.path()), line));
        Rc::clone(known.or_insert_with(|| masks(source, span).into()))
    }
}

/// What must not be shown of the line that a span begins on.
fn masks(source: &Source, span: Span) -> Vec<Span> {
    let line = source.line_span(source.line_of(span.start as usize));
    let start = line.start as usize;
    mask::sensitive(source.slice(line))
        .into_iter()
        .map(|r| Span::new(start + r.start, start + r.end))
        .collect()
}

/// A message never repeats a value that is masked in the excerpt. Rules do not put values into messages; this is for
/// the day when one does. A plain word (`secret`) may be the rule's own.
fn hide(message: &str, source: &Source, masks: &[Span]) -> String {
    let telling = |value: &str| {
        value.len() >= 12 || (value.len() >= 4 && !value.bytes().all(|b| b.is_ascii_alphabetic()))
    };
    masks.iter().fold(message.to_owned(), |message, &mask| match source.slice(mask) {
        value if telling(value) && message.contains(value) => message.replace(value, "***"),
        _ => message,
    })
}

/// A fix that says whether a report may show its edits: an insertion may repeat what is masked where it goes.
fn shown(mut fix: Fix, source: &Source, masks: &[Span], known: &mut Masks) -> Fix {
    fix.title = hide(&fix.title, source, masks);
    fix.secret = fix.edits.iter().any(|edit| {
        let there = known.of(source, edit.span);
        hide(&edit.insert, source, masks) != edit.insert
            || hide(&edit.insert, source, &there) != edit.insert
            || edit.insert.lines().any(|line| !mask::sensitive(line).is_empty())
    });
    fix
}

/// Each cause once, with its other places related to the first.
fn by_cause(drafts: Vec<Draft>) -> Vec<Draft> {
    let mut first: HashMap<(&'static str, Severity, Box<str>), (usize, usize)> = HashMap::new();
    let mut kept: Vec<Draft> = Vec::new();
    for draft in drafts {
        let Some(about) = draft.about.clone() else {
            kept.push(draft);
            continue;
        };
        let severity = draft.severity.unwrap_or(draft.rule.severity);
        let (at, more) = first.entry((draft.rule.id, severity, about)).or_insert((kept.len(), 0));
        match kept.get_mut(*at) {
            None => kept.push(draft),
            Some(first) if first.related.len() < RELATED_AT_MOST => {
                first.related.push((draft.source, draft.span, "here, too".to_owned()));
            }
            Some(_) => *more += 1,
        }
    }
    for (at, more) in first.into_values().filter(|(_, more)| *more > 0) {
        kept[at].message = format!("{} (and at {more} more places in this file)", kept[at].message);
    }
    kept
}

/// Drafts of one file in its order, each fault once, and no more of a rule than people read: the last that stays says
/// how many follow it, and names the next of them.
///
/// Rules that speak once a file stay as one note. In drafts that were gathered before nothing changes.
pub(super) fn gather(mut drafts: Vec<Draft>, profile: Profile) -> Vec<Draft> {
    drafts.sort_by(|a, b| (a.span, a.rule.id, &a.message).cmp(&(b.span, b.rule.id, &b.message)));
    // What several services take from one place (`extends`, anchors, `include`) is one fault.
    drafts.dedup_by(|a, b| a.span == b.span && a.rule.id == b.rule.id);
    let drafts = by_cause(drafts);
    let once = |rule: &Rule| rule.once_per_file && profile == Profile::Default;
    // Of each rule how many there are, and where the last that stays is.
    let mut of_rule: HashMap<&'static str, (usize, usize)> = HashMap::new();
    let mut kept: Vec<Draft> = Vec::new();
    for mut draft in drafts {
        let (count, last) = of_rule.entry(draft.rule.id).or_default();
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
            stays.related.push((draft.source, draft.span, draft.message));
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
