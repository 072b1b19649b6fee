//! From drafts to findings: secrets masked, fingerprints counted, what is said once a file gathered.
//!
//! All drafts of one file come together, so that equal lines can be told apart by their number.

use std::collections::HashMap;
use std::sync::Arc;

use crate::blob::Origin;
use crate::finding::{Draft, Finding, Place, Related, Status};
use crate::place;
use crate::rule::{Profile, Severity};
use crate::secrets::mask;
use crate::text::{Source, Span};

/// How many places a finding that stands for many names besides its own.
const RELATED_AT_MOST: usize = 20;

/// Turns drafts, of whatever files, into findings, each file's by itself.
pub(super) fn finish_all(drafts: Vec<Draft>, origin: &Origin, profile: Profile) -> Vec<Finding> {
    let mut by_file: HashMap<Arc<str>, Vec<Draft>> = HashMap::new();
    for draft in drafts {
        by_file.entry(Arc::clone(draft.source.path())).or_default().push(draft);
    }
    by_file.into_values().flat_map(|drafts| finish(drafts, origin, profile)).collect()
}

/// Turns the drafts of one file into findings. The order is that of the file.
pub(super) fn finish(mut drafts: Vec<Draft>, origin: &Origin, profile: Profile) -> Vec<Finding> {
    if drafts.is_empty() {
        return Vec::new();
    }
    drafts.sort_by(|a, b| (a.span, a.rule.id, &a.message).cmp(&(b.span, b.rule.id, &b.message)));
    // What several services take from one place (`extends`, anchors, `include`) is one fault.
    drafts.dedup_by(|a, b| a.span == b.span && a.rule.id == b.rule.id);
    if profile == Profile::Default {
        drafts = gather(drafts);
    }
    let source = Arc::clone(&drafts[0].source);
    let lines: Vec<u32> = drafts.iter().map(|draft| source.line_of(draft.span.start as usize)).collect();
    let hashes = place::line_hashes(source.bytes(), &lines);
    let mut seen: HashMap<u128, u32> = HashMap::new();
    drafts
        .into_iter()
        .map(|draft| {
            let masks = masks(&draft.source, draft.span);
            let mut at = place::place(&draft.source, draft.span, origin, &masks);
            at.line_hash = hashes.get(&at.start.line).cloned();
            let line = place::masked_line(&draft.source, draft.span, &masks);
            let first = place::fingerprint(draft.rule.id, draft.source.path(), &line, 0);
            let ordinal = seen.entry(first).and_modify(|n| *n += 1).or_insert(0);
            let fingerprint = place::fingerprint(draft.rule.id, draft.source.path(), &line, *ordinal);
            let related = draft.related.iter().map(|(source, span, message)| Related {
                place: related_place(source, *span, origin),
                message: hide(message, source, &masks),
            });
            Finding {
                rule: draft.rule,
                severity: draft.severity.unwrap_or(draft.rule.severity),
                message: hide(&draft.message, &draft.source, &masks),
                related: related.collect(),
                fix: draft.fix,
                status: Status::Open,
                fingerprint,
                place: at,
            }
        })
        .collect()
}

/// A place without a hash: only a finding's own place has one.
pub(super) fn related_place(source: &Source, span: Span, origin: &Origin) -> Place {
    place::place(source, span, origin, &masks(source, span))
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

/// Findings of rules that speak once a file: the first stays, as a note, the others become its related places.
fn gather(drafts: Vec<Draft>) -> Vec<Draft> {
    let mut first: HashMap<&'static str, usize> = HashMap::new();
    let mut counts: HashMap<&'static str, usize> = HashMap::new();
    let mut kept: Vec<Draft> = Vec::with_capacity(drafts.len());
    for draft in drafts {
        if !draft.rule.once_per_file {
            kept.push(draft);
            continue;
        }
        *counts.entry(draft.rule.id).or_default() += 1;
        if let Some(&at) = first.get(draft.rule.id) {
            if kept[at].related.len() < RELATED_AT_MOST {
                kept[at].related.push((draft.source, draft.span, draft.message));
            }
        } else {
            first.insert(draft.rule.id, kept.len());
            kept.push(Draft { severity: Some(Severity::Note), ..draft });
        }
    }
    for draft in &mut kept {
        match counts.get(draft.rule.id) {
            Some(&count) if count > 1 => {
                draft.message = format!("{} (and {} more in this file)", draft.message, count - 1);
                draft.fix = None;
            }
            _ => {}
        }
    }
    kept
}
