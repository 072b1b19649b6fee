//! Secrets in a history or in a range of commits: search, gather by secret, ask where each comes from, tell it once.
//!
//! The search knows no paths, so it keeps what might be one; what is told of it is `tell`'s. What a secret looks like is
//! `secrets`' business.

mod range;
mod tell;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::Ordering;

use git2::{Oid, Repository};

use super::{History, Hit, Kind, Object, Pages, Provenance, Reach, Search, Window};
use crate::outcome::Outcome;
use crate::rule::{Confidence, Policy, Profile};
use crate::scan::Watch;
use crate::scan::secrets::Key;
use crate::secrets::{self, about::About, custom};
pub use range::range;

/// How far beyond lines that are new a text is searched of which more is not known; bytes.
const BEYOND: usize = 512;

/// Whether nobody wants a path to be looked at.
pub type Excluded = Box<dyn Fn(&str) -> bool + Sync>;

/// Which secrets of a history count.
#[derive(Default)]
pub struct Wish {
    /// Those that no ref reaches, too.
    pub unreachable: bool,
    /// Only what commits brought since then, in seconds since 1970.
    pub since: Option<i64>,
    /// Only what this commit's history brought.
    pub branch: Option<Oid>,
    /// Paths that nobody wants to be looked at.
    pub excluded: Option<Excluded>,
    /// Comments in texts silence nothing.
    pub deaf: bool,
}

/// Objects that hold a secret.
type Holders = BTreeMap<Key, Vec<(Oid, Kind)>>;

struct Leaks<'a> {
    policy: &'a Policy,
    watch: &'a Watch,
    holders: Mutex<Holders>,
}

impl Search for Leaks<'_> {
    type What = Key;

    fn reach(&self, text: &[u8], lines: Range<usize>) -> Window {
        // Of a text in UTF-16 lines are not read, and a pattern of the user's own may go over them.
        if secrets::Wide::of(text).is_some() || !self.policy.custom.rules.is_empty() {
            let wider = |range: &Range<usize>| {
                range.start.saturating_sub(BEYOND)..(range.end + BEYOND).min(text.len())
            };
            let own = wider(&lines);
            return Window { look: wider(&own), own };
        }
        let secrets::Touched { own, look } = secrets::reach(text, lines);
        Window { own, look }
    }

    fn search(&self, object: &Object, text: &[u8], windows: &[Window], hits: &mut Vec<Hit<Key>>) {
        if self.watch.is_stopped() {
            return;
        }
        let about = About::default();
        let wanted = |hit: &secrets::Hit| {
            self.policy.shows(hit.rule)
                && (hit.confidence > Confidence::Low || self.policy.profile > Profile::Default)
        };
        if let Some(wide) = secrets::Wide::of(text) {
            for Window { look, .. } in windows {
                let start = look.start & !1;
                let (part, places) = wide.part(&text[start..look.end]);
                let found = secrets::find(&part, about).into_iter().filter(wanted);
                hits.extend(found.map(|hit| Hit {
                    span: (start + places[hit.span.start]) as u32..(start + places[hit.span.end]) as u32,
                    what: Key::of(hit.rule, &part[hit.span]),
                }));
            }
            return;
        }
        let said = said(object.kind, text);
        let mut end = 0;
        let looks = windows.iter().map(|Window { look, .. }| {
            let look = look.start.max(end)..look.end.max(end);
            end = look.end;
            look
        });
        let found = secrets::find_in(text, looks, about, wanted).into_iter();
        let found = found.filter(|hit| said.start <= hit.span.start && hit.span.end <= said.end);
        hits.extend(found.map(|hit| Hit {
            span: hit.span.start as u32..hit.span.end as u32,
            what: Key::of(hit.rule, &text[hit.span]),
        }));
        if self.policy.custom.rules.is_empty() {
            return;
        }
        // The user's own patterns; which path it has, and so whether they hold there, is asked for hits only.
        for Window { look, .. } in windows {
            let look = look.start.max(said.start)..look.end.min(said.end).max(said.start);
            let own = custom::find(&self.policy.custom, None, text.get(look.clone()).unwrap_or_default());
            hits.extend(own.into_iter().filter(|found| self.policy.shows(found.hit.rule)).map(|found| {
                let span = look.start + found.hit.span.start..look.start + found.hit.span.end;
                Hit { span: span.start as u32..span.end as u32, what: Key::of(found.hit.rule, &text[span]) }
            }));
        }
    }

    fn seen(&self) {
        self.watch.count(1);
    }

    fn found(&self, object: &Object, hits: &[Hit<Key>]) {
        let keys: HashSet<Key> = hits.iter().map(|hit| hit.what).collect();
        let mut holders = self.holders.lock().expect("nothing panics while it holds the lock");
        for key in keys {
            holders.entry(key).or_default().push((object.id, object.kind));
        }
        self.watch.found.store(holders.len(), Ordering::Relaxed);
    }
}

/// What people wrote of an object: of a commit or tag its message, without headers and signatures.
fn said(kind: Kind, bytes: &[u8]) -> Range<usize> {
    if kind == Kind::Blob {
        return 0..bytes.len();
    }
    let start = memchr::memmem::find(bytes, b"\n\n").map_or(bytes.len(), |at| at + 2);
    let signature =
        bytes[start..].windows(15).position(|w| w == b"-----BEGIN PGP " || w == b"-----BEGIN SSH ");
    start..signature.map_or(bytes.len(), |at| start + at)
}

/// All secrets of a history, each once.
pub fn all(history: &History, policy: &Policy, wish: &Wish, watch: &Watch) -> Outcome {
    let search = Leaks { policy, watch, holders: Mutex::default() };
    let mut told = history.search(&search);
    let holders = search.holders.into_inner().expect("nothing panics while it holds the lock");

    let mut ids: Vec<Oid> = holders.values().flatten().map(|&(id, _)| id).collect();
    ids.sort();
    ids.dedup();
    let (sources, more) = history.provenance(&ids);
    told.extend(more);
    let sources: HashMap<Oid, Provenance> = sources.into_iter().map(|source| (source.id, source)).collect();
    let line = wish.branch.map(|tip| line_of(history.repository(), tip));
    let counts = |source: &Provenance| {
        let first = source.first.as_ref();
        (wish.unreachable || source.reach == Reach::Ref)
            && wish.since.is_none_or(|since| first.is_none_or(|first| first.time >= since))
            && line.as_ref().is_none_or(|line| first.is_some_and(|first| line.contains(&first.commit)))
    };
    // Objects are read through the history, which is not shared between threads; what is costly is judged together.
    let (judge, pages) = (tell::Judge { policy, wish }, Pages::of(history.repository()));
    let mut findings = Vec::new();
    for (key, objects) in &holders {
        let mut places: Vec<(&Provenance, Kind)> = objects
            .iter()
            .filter_map(|(id, kind)| Some((sources.get(id)?, *kind)))
            .filter(|(source, _)| counts(source))
            .collect();
        places.sort_by_key(|(source, _)| (source.first.as_ref().map(|first| first.time), source.id));
        findings.extend(tell::tell(history, pages.as_ref(), *key, &places, judge));
    }
    let mut outcome =
        Outcome { findings, objects: watch.done.load(Ordering::Relaxed), failed: told, ..Outcome::default() };
    outcome.interrupted = watch.is_stopped();
    outcome
}

/// The commits of a history that ends at `tip`.
fn line_of(repository: &Repository, tip: Oid) -> HashSet<Oid> {
    let walk = repository.revwalk().and_then(|mut walk| walk.push(tip).map(|()| walk));
    walk.map(|walk| walk.flatten().collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Searches every object whole: whatever is new reaches over all of a text.
    struct Whole<'a>(Leaks<'a>);

    impl Search for Whole<'_> {
        type What = Key;
        fn reach(&self, text: &[u8], _: Range<usize>) -> Window {
            Window::whole(text)
        }
        fn search(&self, object: &Object, text: &[u8], windows: &[Window], hits: &mut Vec<Hit<Key>>) {
            self.0.search(object, text, windows, hits);
        }
        fn found(&self, object: &Object, hits: &[Hit<Key>]) {
            self.0.found(object, hits);
        }
        fn seen(&self) {}
    }

    /// `REPOSITORIES=/a:/b cargo test --release --lib leaks -- --ignored --nocapture`
    #[test]
    #[ignore = "a measurement on real repositories"]
    #[expect(clippy::print_stderr, reason = "it is what the measurement is for")]
    fn what_deltas_add_gives_the_same_as_everything() {
        let policy = Policy { profile: Profile::Strict, ..Policy::default() };
        for path in std::env::split_paths(&std::env::var_os("REPOSITORIES").unwrap_or_default()) {
            let watch = Watch::default();
            let leaks = || Leaks { policy: &policy, watch: &watch, holders: Mutex::default() };
            let history = History::open(
                Repository::open(&path).expect("a repository"),
                &super::super::Folders::default(),
            );
            let (parts, whole) = (leaks(), Whole(leaks()));
            history.search(&parts);
            history.search(&whole);
            let sorted = |leaks: Leaks| -> Vec<(Key, Oid)> {
                let holders = leaks.holders.into_inner().expect("nothing panicked");
                let mut all: Vec<_> = holders
                    .into_iter()
                    .flat_map(|(key, ids)| ids.into_iter().map(move |(id, _)| (key, id)))
                    .collect();
                all.sort();
                all
            };
            let (parts, whole) = (sorted(parts), sorted(whole.0));
            eprintln!("{}: {} secrets in objects", path.display(), whole.len());
            let lost: Vec<_> =
                whole.iter().filter(|one| parts.binary_search(one).is_err()).take(20).collect();
            let more: Vec<_> =
                parts.iter().filter(|one| whole.binary_search(one).is_err()).take(20).collect();
            assert!(lost.is_empty() && more.is_empty(), "{}: lost {lost:?}, more {more:?}", path.display());
        }
    }
}
