//! What is told of one secret of a history: the object that brought it is read again, with its path, and judged like a
//! file of the work tree.

use std::sync::Arc;

use super::{Wish, said};
use crate::blob::{Commit, Origin};
use crate::filter;
use crate::finding::{Finding, Now, Past, Status};
use crate::history::{History, Kind, Pages, Provenance, Reach};
use crate::outcome::Outcome;
use crate::rule::{Confidence, Policy, Rule};
use crate::scan::secrets::{self as scan, Key};

/// Of a secret that many objects hold, so many are read to find where it counts most.
const READ_AT_MOST: usize = 12;
/// Of the files at HEAD that hold it, so many are read to see whether comments there silence it.
const SILENCED_AT_MOST: usize = 100;

/// How texts are judged.
#[derive(Clone, Copy)]
pub(super) struct Judge<'a> {
    pub(super) policy: &'a Policy,
    pub(super) wish: &'a Wish,
}

impl Judge<'_> {
    /// What is said of one text's secrets that are wanted; comments in the text count.
    pub(super) fn text(
        self,
        path: &Arc<str>,
        bytes: Vec<u8>,
        commit: Option<&Arc<Commit>>,
        wanted: impl Fn(&'static Rule, &[u8]) -> bool,
    ) -> Vec<Finding> {
        let origin = commit.map_or(Origin::WorkTree, |commit| Origin::Commit(Arc::clone(commit)));
        let brought = commit.map(|commit| &*commit.id);
        let searched = scan::some(path, bytes, (&origin, brought), self.policy, wanted);
        let mut outcome =
            Outcome { findings: searched.findings, pragmas: searched.pragmas, ..Outcome::default() };
        if !self.wish.deaf {
            filter::inline(&mut outcome);
        }
        outcome.findings
    }

    pub(super) fn excludes(self, path: &str) -> bool {
        self.wish.excluded.as_ref().is_some_and(|excluded| excluded(path))
    }
}

/// Whether nothing that is known here speaks for the secret.
pub(super) fn is_open(finding: &Finding) -> bool {
    finding.status == Status::Open && finding.secret.as_ref().is_none_or(|secret| secret.allowed.is_none())
}

/// The finding for one secret that these objects hold, oldest first: an open one before one that is silenced, of those
/// the surest, of equals the first.
pub(super) fn tell(
    history: &History,
    pages: Option<&Pages>,
    key: Key,
    places: &[(&Provenance, Kind)],
    judge: Judge,
) -> Option<Finding> {
    let mut best: Option<(Finding, &Provenance, Option<Arc<Commit>>)> = None;
    let weight =
        |finding: &Finding| (is_open(finding), finding.secret.as_ref().map(|secret| secret.confidence));
    for &(source, kind) in places.iter().take(READ_AT_MOST) {
        let Ok(bytes) = history.read(&source.id) else { continue };
        let bytes = &bytes[said(kind, &bytes)];
        let paths: Vec<Arc<str>> = match (kind, &source.first) {
            (Kind::Blob, Some(first)) => first.paths.named.iter().map(|path| path.as_str().into()).collect(),
            (Kind::Blob, None) => vec![format!("object {}", source.id).into()],
            (Kind::Tag, _) => vec!["tag message".into()],
            _ => vec!["commit message".into()],
        };
        let commit = commit(source);
        for path in paths.iter().take(3).filter(|path| !judge.excludes(path)) {
            let wanted = |rule, value: &[u8]| Key::of(rule, value) == key;
            let found = judge.text(path, bytes.to_vec(), commit.as_ref(), wanted);
            // Twice in one text, it is open if it is in either place.
            if let Some(found) =
                found.into_iter().max_by_key(|found| (weight(found), u32::MAX - found.place.start.line))
                && best.as_ref().is_none_or(|(best, ..)| weight(&found) > weight(best))
            {
                best = Some((found, source, commit.clone()));
            }
        }
        if best.as_ref().is_some_and(|(best, ..)| weight(best) == (true, Some(Confidence::High))) {
            break;
        }
    }
    let (mut finding, source, commit) = best?;
    if is_open(&finding)
        && let Some(status) = silenced(history, key, places, judge)
    {
        finding.status = status;
    }
    let url = pages.zip(source.first.as_ref()).map(|(pages, first)| pages.commit(first.commit));
    let boundary = source.first.as_ref().is_some_and(|first| first.boundary);
    let past = Past { commit, url, boundary, now: Some(now(source, places)) };
    Some(with(past, finding))
}

/// What a comment says that was written beside the secret where it still stands, unless it stands without one somewhere.
fn silenced(history: &History, key: Key, places: &[(&Provenance, Kind)], judge: Judge) -> Option<Status> {
    let mut said = None;
    let still = |source: &&Provenance| source.in_head && !source.head.named.is_empty();
    let mut sources = places.iter().map(|&(source, _)| source).filter(still);
    for source in sources.by_ref().take(SILENCED_AT_MOST) {
        let bytes = history.read(&source.id).ok()?;
        let path: Arc<str> = source.head.named.first()?.as_str().into();
        let found = judge.text(&path, bytes, None, |rule, value| Key::of(rule, value) == key);
        for finding in found {
            if is_open(&finding) {
                return None;
            }
            said.get_or_insert(finding.status);
        }
    }
    if sources.next().is_some() { None } else { said.filter(|status| *status != Status::Open) }
}

/// The finding with what is known of its past.
pub(super) fn with(past: Past, mut finding: Finding) -> Finding {
    finding.message = format!("{}; {past}", finding.message);
    if let Some(secret) = &mut finding.secret {
        secret.past = Some(Box::new(past));
    }
    finding
}

fn commit(source: &Provenance) -> Option<Arc<Commit>> {
    source.first.as_ref().map(|first| {
        Arc::new(Commit {
            id: first.commit.to_string(),
            author: first.author.clone(),
            email: first.email.clone(),
            time: first.time,
        })
    })
}

fn now(source: &Provenance, places: &[(&Provenance, Kind)]) -> Now {
    let in_head = places.iter().find(|(source, _)| source.in_head).map(|&(source, _)| source);
    Now {
        in_head: in_head.is_some(),
        head_path: in_head.and_then(|source| source.head.named.first().cloned()),
        refs: source.refs.clone(),
        refs_total: source.refs_total,
        dangling: source.reach != Reach::Ref,
        versions: places.len(),
    }
}
