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

use super::{Holder, Law, Wish};
use crate::blob::{Commit, Origin};
use crate::filter;
use crate::finding::{Finding, Now, Past, Status};
use crate::gap::{Gap, Reason};
use crate::history::message;
use crate::history::objects::Store;
use crate::history::{Counts, History, Kind, Named, Origins, Pages, Paths, Provenance, Reach, Wanted};
use crate::input;
use crate::outcome::{Outcome, Told};
use crate::rule::{Confidence, Rule};
use crate::scan::alone;
use crate::scan::old::Silence;
use crate::shown::guarded;
use crate::shown::secrets::{Key, Searched};

/// Of a secret that many objects hold, so many more are read to find where it counts most.
const READ_AT_MOST: usize = 12;
/// Of the paths of one object so many are judged.
const PATHS_AT_MOST: usize = 3;

/// How texts are judged.
#[derive(Clone, Copy)]
pub(super) struct Judge<'a> {
    pub(super) law: Law<'a>,
    pub(super) wish: &'a Wish,
    /// Texts that could not be judged.
    pub(super) failed: &'a Mutex<Vec<Told>>,
    /// Archives of which not all was searched.
    pub(super) skipped: &'a Mutex<Vec<Told>>,
}

/// A finding, and what becomes of it in its place.
#[derive(Clone)]
pub(super) struct Judged {
    pub(super) finding: Finding,
    /// Nothing that is known here speaks for the secret.
    pub(super) open: bool,
    /// A list of another tool names it.
    listed: bool,
}

impl Judge<'_> {
    /// What is said of one text's secrets that are wanted; comments in the text count.
    pub(super) fn text(
        self,
        path: &Arc<str>,
        bytes: Vec<u8>,
        commit: Option<&Arc<Commit>>,
        wanted: impl Fn(&'static Rule, &[u8]) -> bool,
    ) -> Vec<Judged> {
        let origin = commit.map_or(Origin::WorkTree, |commit| Origin::Commit(Arc::clone(commit)));
        let brought = commit.map(|commit| &*commit.id);
        let searched = guarded(|| alone::some(path, bytes, (&origin, brought), self.law.policy, wanted));
        let mut searched = searched.unwrap_or_else(|gap| {
            let mut searched = Searched::default();
            searched.failed.push(Told::new(Arc::clone(path), gap));
            searched
        });
        if !searched.failed.is_empty() {
            self.failed.lock().unwrap_or_else(PoisonError::into_inner).append(&mut searched.failed);
        }
        if let Some(gap) = searched.gap.take_if(|gap| gap.reason != Reason::OwnOutput) {
            let mut skipped = self.skipped.lock().unwrap_or_else(PoisonError::into_inner);
            skipped.push(Told::new(Arc::clone(path), gap));
        }
        let mut outcome =
            Outcome { findings: searched.findings, pragmas: searched.pragmas, ..Outcome::default() };
        if self.law.deaf {
            outcome.pragmas.clear();
        }
        filter::inline(&mut outcome);
        // The filters of the run mark what is told; here it is only asked what they will say, to tell it elsewhere.
        let silent = marked(&outcome, self.law.silence);
        let listed = marked(&outcome, self.law.listed);
        let all = outcome.findings.into_iter().zip(silent).zip(listed);
        all.map(|((finding, silent), listed)| Judged { finding, open: !silent, listed }).collect()
    }

    /// Nobody wants to hear of a file there.
    pub(super) fn excludes(self, path: &str) -> bool {
        self.wish.excluded.as_ref().is_some_and(|excluded| excluded(path))
            || !input::is_within(path, &self.wish.within)
    }
}

fn marked(outcome: &Outcome, silence: Silence) -> Vec<bool> {
    let mut copy = Outcome { findings: outcome.findings.clone(), ..Outcome::default() };
    silence(&mut copy);
    copy.findings.iter().map(|finding| finding.status != Status::Open).collect()
}

/// What a finding counts: an open one more than one that is silenced, of those the surer.
fn weight(judged: &Judged) -> (bool, Option<Confidence>) {
    (judged.open, judged.finding.secret.as_ref().map(|secret| secret.confidence()))
}

/// A secret, the objects that hold it, and where it comes from.
pub(super) struct Leak<'a> {
    pub(super) key: Key,
    pub(super) holders: &'a [Holder],
    pub(super) whole: &'a Provenance,
    best: Option<(Judged, &'a Provenance)>,
    /// A file that was asked is left out.
    left_out: bool,
    /// The commit of the best place, if the source does not name it.
    at: Option<Arc<Commit>>,
}

/// A text that holds a secret, as it once stood somewhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) object: Oid,
    pub(super) path: Arc<str>,
    pub(super) commit: Option<Arc<Commit>>,
    /// It is a file, no message.
    pub(super) file: bool,
}

/// What is said of some secrets in one text.
pub(super) type Said = HashMap<Key, Vec<Judged>>;

impl<'a> Leak<'a> {
    pub(super) fn new(key: Key, holders: &'a [Holder], whole: &'a Provenance) -> Self {
        Self { key, holders, whole, best: None, left_out: false, at: None }
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

    /// Takes what is said of a place if it counts more than what is known; says whether it did.
    fn take(&mut self, said: &Said, source: &'a Provenance) -> bool {
        // Twice in one text, it is open if it is in either place.
        let found = said.get(&self.key).into_iter().flatten();
        let line = |found: &Judged| u32::MAX - found.finding.place.start.line;
        if let Some(found) = found.max_by_key(|found| (weight(found), line(found)))
            && self.best.as_ref().is_none_or(|(best, _)| weight(found) > weight(best))
        {
            self.best = Some((found.clone(), source));
            return true;
        }
        false
    }

    /// Where it still stands, if it is told as open and all these places are known.
    fn still(&self) -> Vec<Place> {
        let head = &self.whole.head;
        if head.total > head.named.len() || !self.best.as_ref().is_some_and(|(best, _)| best.open) {
            return Vec::new();
        }
        files(head, usize::MAX, None)
    }

    fn finish(self, pages: Option<&Pages>) -> Option<Finding> {
        let (Judged { finding, .. }, source) = self.best?;
        let first = source.first.as_ref().map(|first| first.commit);
        let id = self.at.as_ref().map_or(first, |at| Oid::from_str(&at.id).ok());
        let url = pages.zip(id).map(|(pages, id)| pages.commit(id));
        let boundary = self.at.is_none() && source.first.as_ref().is_some_and(|first| first.boundary);
        let now = Now {
            in_head: self.whole.in_head,
            head_path: self.whole.head.named.first().map(|named| named.path.clone()),
            refs: self.whole.refs.clone(),
            refs_total: self.whole.refs_total,
            dangling: self.whole.reach != Reach::Ref,
            versions: self.holders.len(),
        };
        Some(with(
            Past { commit: self.at.or_else(|| commit(source)), url, boundary, now: Some(now) },
            finding,
        ))
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
            leak.left_out |= places.iter().any(|place| self.is_left_out(place));
            let places = places.iter().filter_map(|place| said.get(place));
            // Of places that came together one that no list names is told.
            let is_listed =
                |said: &&Said| said.get(&leak.key).is_some_and(|found| found.iter().all(|f| f.listed));
            let (listed, others): (Vec<_>, Vec<_>) = places.partition(is_listed);
            for said in others.into_iter().chain(listed) {
                leak.take(said, leak.whole);
            }
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
                leak.left_out |= self.is_left_out(place);
                if let Some(said) = said.get(place) {
                    leak.take(said, source);
                }
            }
        }
    }

    /// Asks again where what was asked is left out, or silenced by its path: the same text may stand elsewhere, at any
    /// commit that counts. For other secrets that is not asked, because it reads all trees above them.
    pub(super) fn at_any(
        &self,
        origins: &Origins,
        leaks: &mut [Leak],
        (commit, reach): (Counts, Reach),
    ) -> Vec<Told> {
        let is_silent = |leak: &&mut Leak| match &leak.best {
            None => leak.left_out,
            Some((best, _)) => self.judge.law.by_path && !best.open && best.finding.status == Status::Open,
        };
        let mut silent: Vec<&mut Leak> = leaks.iter_mut().filter(is_silent).collect();
        let blobs = |leak: &&mut Leak| -> Vec<Oid> {
            let blobs = leak.holders.iter().filter(|holder| holder.kind == Kind::Blob);
            blobs.map(|holder| holder.id).collect()
        };
        let groups: Vec<Vec<Oid>> = silent.iter().map(blobs).collect();
        let path = |path: &str| !self.judge.excludes(path);
        let (places, told) = origins.everywhere(&groups, &Wanted { path: &path, commit, reach });
        let place = |(named, commit): (Named, Commit)| Place {
            object: named.blob,
            path: named.path.into(),
            commit: Some(Arc::new(commit)),
            file: true,
        };
        let asked: Vec<Vec<Place>> =
            places.into_iter().map(|some| some.into_iter().map(place).collect()).collect();
        let each = silent.iter().zip(&asked);
        let each = each.flat_map(|(leak, places)| places.iter().map(|place| (leak.key, place)));
        let said = self.texts(each);
        for (leak, places) in silent.iter_mut().zip(&asked) {
            for place in places {
                if said.get(place).is_some_and(|said| leak.take(said, leak.whole)) {
                    leak.at.clone_from(&place.commit);
                }
            }
        }
        told
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
                && !first.open
                && !found.any(|found| found.open)
            {
                best.finding.status = first.finding.status.clone();
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

    fn is_left_out(&self, place: &Place) -> bool {
        place.file && self.judge.excludes(&place.path)
    }

    /// Reads and judges every place once, for all secrets that are asked of it.
    fn texts<'l>(&self, asked: impl Iterator<Item = (Key, &'l Place)>) -> HashMap<Place, Said> {
        let mut all: HashMap<&Place, HashSet<Key>> = HashMap::new();
        let counts = |place: &Place| {
            if place.file { !self.is_left_out(place) } else { !self.judge.wish.files_only }
        };
        for (key, place) in asked.filter(|(_, place)| counts(place)) {
            all.entry(place).or_default().insert(key);
        }
        let all: Vec<_> = all.into_iter().collect();
        all.par_iter().map(|(place, keys)| ((*place).clone(), self.lossy(place, keys))).collect()
    }

    fn lossy(&self, place: &Place, keys: &HashSet<Key>) -> Said {
        let (said, read) = said(self.store, self.judge, place, keys);
        if let Err(why) = read {
            self.lost.lock().expect("nothing panics while it holds the list").insert(place.object, why);
        }
        said
    }
}

/// What is said of some secrets in one place. A large text is judged part by part, as it was searched.
pub(super) fn said(
    store: &Store,
    judge: Judge,
    place: &Place,
    keys: &HashSet<Key>,
) -> (Said, Result<(), String>) {
    let wanted = |rule, value: &[u8]| keys.contains(&Key::of(rule, value));
    let mut said = Said::new();
    let mut lines = 0;
    let shown = store.show(&place.object, |kind, bytes, at, own| {
        let text = crate::secrets::as_utf8(bytes[message::said(kind, bytes)].to_vec());
        let before = memchr::memchr_iter(b'\n', &bytes[..own.start]).count() as u32;
        for mut judged in judge.text(&place.path, text.clone(), place.commit.as_ref(), wanted) {
            let start = judged.finding.place.span.start as usize;
            // In a text that was made UTF-8 places are other ones; there a finding may be said of two parts.
            if at == 0 || text.len() != bytes.len() || own.contains(&start) {
                let Some(key) = Key::found(&judged.finding) else { continue };
                judged.finding.place.move_down(at, lines - before.min(lines));
                said.entry(key).or_default().push(judged);
            }
        }
        lines += memchr::memchr_iter(b'\n', &bytes[own]).count() as u32;
    });
    (said, shown)
}

/// Each secret with each of its places.
fn each<'l>(leaks: &'l [Leak], asked: &'l [Vec<Place>]) -> impl Iterator<Item = (Key, &'l Place)> {
    let each = leaks.iter().zip(asked);
    each.flat_map(|(leak, places)| places.iter().map(|place| (leak.key, place)))
}

/// The finding with what is known of its past.
pub(super) fn with(past: Past, mut finding: Finding) -> Finding {
    // Of a tag that is pushed nothing more is known.
    if past.commit.is_none() && past.now.is_none() {
        return finding;
    }
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
    let file = holder.kind == Kind::Blob;
    vec![Place { object: holder.id, path, commit: commit(source), file }]
}

/// So many files of a tree.
fn files(paths: &Paths, most: usize, commit: Option<&Arc<Commit>>) -> Vec<Place> {
    let place = |named: &Named| Place {
        object: named.blob,
        path: named.path.as_str().into(),
        commit: commit.cloned(),
        file: true,
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
