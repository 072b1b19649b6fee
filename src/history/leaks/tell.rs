//! What is told of the secrets of a history: texts are read again, with their paths, and judged like files of the work
//! tree.
//!
//! Of each secret the place is told where it is surest. First asked are the files with which it came. Only if these leave
//! a doubt (a sample in a test may be a key in use elsewhere) other files that hold it are asked too, one of each tree of
//! deltas, which mostly is one of each file.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use git2::Oid;
use rayon::prelude::*;

use super::{Holder, Wish};
use crate::blob::{Commit, Origin};
use crate::filter;
use crate::finding::{Finding, Now, Past, Status};
use crate::gap::{Gap, Reason};
use crate::history::objects::Store;
use crate::history::{History, Kind, Named, Pages, Paths, Provenance, Reach};
use crate::outcome::{Outcome, Told};
use crate::rule::{Confidence, Policy, Rule};
use crate::shown::guarded;
use crate::shown::secrets::{self as scan, Key};

/// Of a secret that many objects hold, so many more are read to find where it counts most.
const READ_AT_MOST: usize = 12;
/// Of the paths of one object so many are judged.
const PATHS_AT_MOST: usize = 3;

/// How texts are judged.
#[derive(Clone, Copy)]
pub(super) struct Judge<'a> {
    pub(super) policy: &'a Policy,
    pub(super) wish: &'a Wish,
    /// Texts that could not be judged.
    pub(super) failed: &'a Mutex<Vec<Told>>,
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
        let searched = guarded(|| scan::some(path, bytes, (&origin, brought), self.policy, wanted));
        let mut searched = searched.unwrap_or_else(|gap| {
            let mut searched = scan::Searched::default();
            searched.failed.push(Told::new(Arc::clone(path), gap));
            searched
        });
        if !searched.failed.is_empty() {
            self.failed.lock().unwrap_or_else(PoisonError::into_inner).append(&mut searched.failed);
        }
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

/// What a finding counts: an open one more than one that is silenced, of those the surer.
fn weight(finding: &Finding) -> (bool, Option<Confidence>) {
    (is_open(finding), finding.secret.as_ref().map(|secret| secret.confidence))
}

/// A secret, the objects that hold it, and where it comes from.
pub(super) struct Leak<'a> {
    pub(super) key: Key,
    pub(super) holders: &'a [Holder],
    pub(super) whole: &'a Provenance,
    best: Option<(Finding, &'a Provenance)>,
}

/// A text that holds a secret, as it once stood somewhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Place {
    object: Oid,
    path: Arc<str>,
    commit: Option<Arc<Commit>>,
}

/// What is said of some secrets in one text.
type Said = HashMap<Key, Vec<Finding>>;

impl<'a> Leak<'a> {
    pub(super) fn new(key: Key, holders: &'a [Holder], whole: &'a Provenance) -> Self {
        Self { key, holders, whole, best: None }
    }

    /// Where it came in.
    fn first(&self) -> Vec<Place> {
        let holder = |id: Oid| self.holders.iter().find(|holder| holder.id == id);
        let message = self.whole.first.as_ref().and_then(|first| holder(first.commit));
        match &self.whole.first {
            Some(first) if message.is_none() && !first.paths.named.is_empty() => {
                files(&first.paths, PATHS_AT_MOST, commit(self.whole).as_ref())
            }
            _ => {
                message.or(self.holders.first()).map(|holder| places(holder, self.whole)).unwrap_or_default()
            }
        }
    }

    /// Other objects that hold it, if what is known leaves a doubt.
    pub(super) fn others(&self) -> Vec<&'a Holder> {
        if self.best.as_ref().is_some_and(|(best, _)| weight(best) == (true, Some(Confidence::High))) {
            return Vec::new();
        }
        let mut roots = HashSet::new();
        let few = self.holders.len() <= READ_AT_MOST;
        self.holders.iter().filter(|holder| few || roots.insert(holder.root)).take(READ_AT_MOST).collect()
    }

    /// Takes what is said of a place if it counts more than what is known.
    fn take(&mut self, said: &Said, source: &'a Provenance) {
        // Twice in one text, it is open if it is in either place.
        let found = said.get(&self.key).into_iter().flatten();
        if let Some(found) = found.max_by_key(|found| (weight(found), u32::MAX - found.place.start.line))
            && self.best.as_ref().is_none_or(|(best, _)| weight(found) > weight(best))
        {
            self.best = Some((found.clone(), source));
        }
    }

    /// Where it still stands, if it is told as open and all these places are known.
    fn still(&self) -> Vec<Place> {
        let head = &self.whole.head;
        if head.total > head.named.len() || !self.best.as_ref().is_some_and(|(best, _)| is_open(best)) {
            return Vec::new();
        }
        files(head, usize::MAX, None)
    }

    fn finish(self, pages: Option<&Pages>) -> Option<Finding> {
        let (finding, source) = self.best?;
        let url = pages.zip(source.first.as_ref()).map(|(pages, first)| pages.commit(first.commit));
        let boundary = source.first.as_ref().is_some_and(|first| first.boundary);
        let now = Now {
            in_head: self.whole.in_head,
            head_path: self.whole.head.named.first().map(|named| named.path.clone()),
            refs: self.whole.refs.clone(),
            refs_total: self.whole.refs_total,
            dangling: self.whole.reach != Reach::Ref,
            versions: self.holders.len(),
        };
        Some(with(Past { commit: commit(source), url, boundary, now: Some(now) }, finding))
    }
}

/// Texts that are read once more, and what of them could not be.
pub(super) struct Texts<'a> {
    store: &'a Store,
    judge: Judge<'a>,
    lost: Mutex<BTreeMap<Oid, String>>,
}

impl<'a> Texts<'a> {
    pub(super) fn new(history: &'a History, judge: Judge<'a>) -> Self {
        Self { store: &history.store, judge, lost: Mutex::default() }
    }

    /// Judges the files with which secrets came.
    pub(super) fn at_first(&self, leaks: &mut [Leak]) {
        let asked: Vec<Vec<Place>> = leaks.iter().map(Leak::first).collect();
        let said = self.texts(each(leaks, &asked));
        for (leak, places) in leaks.iter_mut().zip(&asked) {
            places.iter().filter_map(|place| said.get(place)).for_each(|said| leak.take(said, leak.whole));
        }
    }

    /// Judges other objects: for each of the secrets some, with where they come from.
    pub(super) fn at_others<'l>(&self, leaks: &mut [Leak<'l>], others: &[Vec<(&Holder, &'l Provenance)>]) {
        let mut asked: Vec<Vec<(Place, &Provenance)>> = Vec::new();
        for some in others {
            let mut some = some.clone();
            some.sort_by_key(|(holder, source)| (source.first.as_ref().map(|first| first.time), holder.id));
            let all = some.iter().flat_map(|&(holder, source)| {
                places(holder, source).into_iter().map(move |place| (place, source))
            });
            asked.push(all.collect());
        }
        let each = leaks.iter().zip(&asked);
        let each = each.flat_map(|(leak, places)| places.iter().map(|(place, _)| (leak.key, place)));
        let said = self.texts(each);
        for (leak, places) in leaks.iter_mut().zip(&asked) {
            for (place, source) in places {
                said.get(place).into_iter().for_each(|said| leak.take(said, source));
            }
        }
    }

    /// The findings. One is silenced if a comment says so that was written beside the secret later, wherever it still
    /// stands. A secret whose texts could not be read again is told as that.
    pub(super) fn findings(self, mut leaks: Vec<Leak>, pages: Option<&Pages>) -> (Vec<Finding>, Vec<Told>) {
        let asked: Vec<Vec<Place>> = leaks.iter().map(Leak::still).collect();
        let said = self.texts(each(&leaks, &asked));
        for (leak, places) in leaks.iter_mut().zip(&asked) {
            let found = |place| said.get(place)?.get(&leak.key).filter(|found| !found.is_empty());
            let Some(found) = places.iter().map(found).collect::<Option<Vec<_>>>() else { continue };
            let mut found = found.into_iter().flatten();
            if let (Some(first), Some((best, _))) = (found.next(), &mut leak.best)
                && !is_open(first)
                && !found.any(is_open)
            {
                best.status = first.status.clone();
            }
        }
        let lost = self.lost.into_inner().expect("nothing panics while it holds the list");
        let unknown = leaks.iter().filter(|leak| leak.best.is_none()).filter_map(|leak| {
            let (id, why) = leak.holders.iter().find_map(|holder| lost.get_key_value(&holder.id))?;
            let rule = leak.key.rule();
            let why = format!("a secret was found in it (`{rule}`), but it could not be read again: {why}");
            Some(Told::new(format!("object {id}"), Gap::new(Reason::Damaged, why)))
        });
        let unknown = unknown.collect();
        (leaks.into_iter().filter_map(|leak| leak.finish(pages)).collect(), unknown)
    }

    /// Reads and judges every place once, for all secrets that are asked of it.
    fn texts<'l>(&self, asked: impl Iterator<Item = (Key, &'l Place)>) -> HashMap<Place, Said> {
        let mut all: HashMap<&Place, HashSet<Key>> = HashMap::new();
        for (key, place) in asked.filter(|(_, place)| !self.judge.excludes(&place.path)) {
            all.entry(place).or_default().insert(key);
        }
        let all: Vec<_> = all.into_iter().collect();
        all.par_iter().map(|(place, keys)| ((*place).clone(), self.said(place, keys))).collect()
    }

    /// What is said of one place. A large text is judged part by part, as it was searched.
    fn said(&self, place: &Place, keys: &HashSet<Key>) -> Said {
        let wanted = |rule, value: &[u8]| keys.contains(&Key::of(rule, value));
        let mut said = Said::new();
        let mut lines = 0;
        let shown = self.store.show(&place.object, |kind, bytes, at, own| {
            let text = crate::secrets::as_utf8(bytes[super::said(kind, bytes)].to_vec());
            let before = memchr::memchr_iter(b'\n', &bytes[..own.start]).count() as u32;
            for mut finding in self.judge.text(&place.path, text.clone(), place.commit.as_ref(), wanted) {
                let span = finding.place.span.range();
                let value = text.get(span.clone()).unwrap_or_default();
                // In a text that was made UTF-8 places are other ones; there a finding may be said of two parts.
                if at == 0 || text.len() != bytes.len() || own.contains(&span.start) {
                    let key = Key::of(finding.rule, value);
                    finding.place.move_down(at, lines - before.min(lines));
                    said.entry(key).or_default().push(finding);
                }
            }
            lines += memchr::memchr_iter(b'\n', &bytes[own]).count() as u32;
        });
        if let Err(why) = shown {
            self.lost.lock().expect("nothing panics while it holds the list").insert(place.object, why);
        }
        said
    }
}

/// Each secret with each of its places.
fn each<'l>(leaks: &'l [Leak], asked: &'l [Vec<Place>]) -> impl Iterator<Item = (Key, &'l Place)> {
    let each = leaks.iter().zip(asked);
    each.flat_map(|(leak, places)| places.iter().map(|place| (leak.key, place)))
}

/// The finding with what is known of its past.
pub(super) fn with(past: Past, mut finding: Finding) -> Finding {
    finding.message = format!("{}; {past}", finding.message);
    if let Some(secret) = &mut finding.secret {
        secret.past = Some(Box::new(past));
    }
    finding
}

/// Under which names an object came in.
fn places(holder: &Holder, source: &Provenance) -> Vec<Place> {
    let path: Arc<str> = match (holder.kind, &source.first) {
        (Kind::Blob, Some(first)) if !first.paths.named.is_empty() => {
            return files(&first.paths, PATHS_AT_MOST, commit(source).as_ref());
        }
        // No commit has it, or it lies too deep in folders for a path.
        (Kind::Blob, _) => format!("object {}", holder.id).into(),
        (Kind::Tag, _) => "tag message".into(),
        _ => "commit message".into(),
    };
    vec![Place { object: holder.id, path, commit: commit(source) }]
}

/// So many files of a tree.
fn files(paths: &Paths, most: usize, commit: Option<&Arc<Commit>>) -> Vec<Place> {
    let place = |named: &Named| Place {
        object: named.blob,
        path: named.path.as_str().into(),
        commit: commit.cloned(),
    };
    paths.named.iter().take(most).map(place).collect()
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
