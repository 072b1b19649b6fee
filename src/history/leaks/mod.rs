//! Secrets in a history or in a range of commits: search, gather by secret, ask where each comes from, tell it once.
//!
//! The search knows no paths, so it keeps what might be one; what is told of it is `tell`'s. What a secret looks like is
//! `secrets`' business.

mod blobs;
mod range;
mod tell;

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use git2::Oid;

use super::message::said;
use super::{History, Hit, Object, Pages, Provenance, Reach, Search, Window};
use crate::archive;
use crate::gap::{Gap, Reason};
use crate::outcome::{Outcome, Told};
use crate::rule::{Policy, Profile};
use crate::scan::Watch;
use crate::scan::old::Silence;
use crate::secrets::{self, about::About, custom};
use crate::shown::guarded;
use crate::shown::secrets::Key;
pub use range::range;
use tell::{Judge, Leak, Texts};

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
    /// Only files in these folders, or these files; none means all.
    pub within: Vec<String>,
    /// No messages.
    pub files_only: bool,
}

/// By what texts are judged.
#[derive(Clone, Copy)]
pub struct Law<'a> {
    pub policy: &'a Policy,
    /// Marks what nobody wants to hear of where it stands.
    pub silence: Silence<'a>,
    /// Marks what a list of another tool names, place by place.
    pub listed: Silence<'a>,
    /// The answer may depend on the path.
    pub by_path: bool,
    /// Comments in texts silence nothing.
    pub deaf: bool,
}

/// An object that holds a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Holder {
    id: Oid,
    kind: super::Kind,
    /// The root of its tree of deltas.
    root: u32,
}

type Holders = BTreeMap<Key, Vec<Holder>>;

struct Leaks<'a> {
    policy: &'a Policy,
    watch: &'a Watch,
    holders: Mutex<Holders>,
    /// Objects that the search panicked on.
    failed: Mutex<Vec<Told>>,
    /// Archives of which not all was searched.
    skipped: Mutex<Vec<Told>>,
    /// How many bytes archives have come to so far.
    unpacked: AtomicUsize,
}

/// What is unpacked of the archives of a whole history; bytes. Each version of one counts.
const UNPACKED: usize = 1 << 30;

impl Search for Leaks<'_> {
    type What = Key;

    fn reach<'t>(&'t self, text: &'t [u8]) -> impl Fn(Range<usize>) -> Window + 't {
        let is_archive = archive::is_one(text);
        // Of a text in UTF-16 lines are not read, and a pattern of the user's own may go over them.
        let is_blind = secrets::Wide::of(text).is_some() || !self.policy.custom.rules.is_empty();
        // A value of a table hangs on the first line.
        let is_table = secrets::is_table(text);
        let wider =
            |range: &Range<usize>| range.start.saturating_sub(BEYOND)..(range.end + BEYOND).min(text.len());
        move |lines| match () {
            () if is_archive => Window::whole(text),
            () if is_table && lines.start == 0 => Window::whole(text),
            () if is_table => Window { look: 0..lines.end, own: lines },
            () if is_blind => Window { own: wider(&lines), look: wider(&wider(&lines)) },
            () => {
                let secrets::Touched { own, look } = secrets::reach(text, lines);
                Window { own, look }
            }
        }
    }

    fn search(&self, object: &Object, text: &[u8], windows: &[Window], hits: &mut Vec<Hit<Key>>) {
        if self.watch.is_stopped() {
            return;
        }
        if let Err(gap) = guarded(|| self.look(object, text, windows, hits)) {
            let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
            failed.push(Told::new(format!("object {}", object.id), gap));
        }
    }

    fn seen(&self) {
        self.watch.count(1);
    }

    fn found(&self, object: &Object, hits: &[Hit<Key>]) {
        let keys: HashSet<Key> = hits.iter().map(|hit| hit.what).collect();
        let mut holders = self.holders.lock().expect("nothing panics while it holds the lock");
        for key in keys {
            holders.entry(key).or_default().push(Holder {
                id: object.id,
                kind: object.kind,
                root: object.root,
            });
        }
        self.watch.found.store(holders.len(), Ordering::Relaxed);
    }
}

impl Leaks<'_> {
    fn look(&self, object: &Object, text: &[u8], windows: &[Window], hits: &mut Vec<Hit<Key>>) {
        let about = About::default();
        let wanted = |hit: &secrets::Hit| {
            self.policy.shows(hit.rule) && (hit.is_told() || self.policy.profile >= Profile::Strict)
        };
        if archive::is_one(text) {
            if windows.iter().any(|window| window.own == (0..text.len())) {
                return self.look_inside(object, text, &wanted, hits);
            }
            // The first part of one that is not held whole.
            self.skip(object, Gap::new(Reason::TooLarge, "an archive larger than 16 MiB; searched as bytes"));
        }
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
}

impl Leaks<'_> {
    /// Not all of an archive is searched.
    fn skip(&self, object: &Object, gap: Gap) {
        let mut skipped = self.skipped.lock().unwrap_or_else(PoisonError::into_inner);
        skipped.push(Told::new(format!("object {}", object.id), gap));
    }

    /// What the files in an archive hold stands for the whole of it.
    fn look_inside(
        &self,
        object: &Object,
        text: &[u8],
        wanted: &dyn Fn(&secrets::Hit) -> bool,
        hits: &mut Vec<Hit<Key>>,
    ) {
        if self.unpacked.load(Ordering::Relaxed) > UNPACKED {
            let why = format!("the archives of a history are searched up to {} MiB together", UNPACKED >> 20);
            return self.skip(object, Gap::new(Reason::Limit, why));
        }
        let gap = archive::open(&"".into(), text.to_vec(), &mut |_, bytes| {
            self.unpacked.fetch_add(bytes.len(), Ordering::Relaxed);
            let bytes = secrets::as_utf8(bytes);
            let own = custom::find(&self.policy.custom, None, &bytes).into_iter().map(|found| found.hit);
            let own = own.filter(|hit| self.policy.shows(hit.rule));
            let found = secrets::find(&bytes, About::default()).into_iter().filter(wanted).chain(own);
            hits.extend(found.map(|hit| Hit { span: 0..1, what: Key::of(hit.rule, &bytes[hit.span]) }));
        });
        if let Some(gap) = gap {
            self.skip(object, gap);
        }
    }
}

/// All secrets of a history, each once.
pub fn all(history: &History, law: Law, wish: &Wish, watch: &Watch) -> Outcome {
    let search = Leaks {
        policy: law.policy,
        watch,
        holders: Mutex::default(),
        failed: Mutex::default(),
        skipped: Mutex::default(),
        unpacked: AtomicUsize::new(0),
    };
    let mut told = history.search(&search);
    told.extend(search.failed.into_inner().unwrap_or_else(PoisonError::into_inner));
    let skipped = search.skipped.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut holders = search.holders.into_inner().expect("nothing panics while it holds the lock");
    // Threads found them in any order.
    for all in holders.values_mut() {
        all.sort_unstable();
    }

    let (keys, holders): (Vec<Key>, Vec<Vec<Holder>>) = holders.into_iter().unzip();
    let ids = |holders: &Vec<Holder>| -> Vec<Oid> { holders.iter().map(|holder| holder.id).collect() };
    let (origins, more) = history.origins(holders.iter().flat_map(ids));
    told.extend(more);
    if !wish.unreachable && origins.is_adrift() {
        let why = "no ref leads to a commit, though there are some; `--unreachable` reports what is in them";
        told.push(Told::new("HEAD", Gap::new(Reason::Damaged, why)));
    }
    let line = wish.branch.map(|tip| origins.history(&tip));
    let brings = |commit: &Oid, time: i64| {
        wish.since.is_none_or(|since| time >= since) && line.as_ref().is_none_or(|line| line.contains(commit))
    };
    // What no commit brought (a tag's message, a blob that only a ref names) has no time and no branch.
    let counts = |source: &Provenance| {
        (wish.unreachable || source.reach == Reach::Ref)
            && (source.first.is_some() || source.times == 0 && line.is_none())
    };
    let wholes = origins.of(&holders.iter().map(ids).collect::<Vec<_>>(), &brings);
    let mut leaks: Vec<Leak> = keys
        .iter()
        .zip(holders.iter().zip(&wholes))
        .filter(|(_, (_, whole))| counts(whole))
        .map(|(key, (holders, whole))| Leak::new(*key, holders, whole))
        .collect();
    let (failed, known) = (Mutex::default(), Mutex::default());
    let texts = Texts::new(history, Judge { law, wish, failed: &failed, skipped: &known });
    texts.at_first(&mut leaks);
    let others: Vec<Vec<&Holder>> = leaks.iter().map(Leak::others).collect();
    let each: Vec<Vec<Oid>> = others.iter().flatten().map(|holder| vec![holder.id]).collect();
    let sources = origins.of(&each, &brings);
    let mut next = sources.iter();
    let others: Vec<Vec<(&Holder, &Provenance)>> = others
        .into_iter()
        .map(|some| {
            let some = some.into_iter().zip(next.by_ref()).collect::<Vec<_>>();
            some.into_iter().filter(|(_, source)| counts(source)).collect()
        })
        .collect();
    texts.at_others(&mut leaks, &others);
    let reach = if wish.unreachable { Reach::Dangling } else { Reach::Ref };
    told.extend(texts.at_any(&origins, &mut leaks, (&brings, reach)));
    let (findings, lost) = texts.findings(leaks, Pages::of(history.repository()).as_ref());
    told.extend(lost);
    told.extend(failed.into_inner().unwrap_or_else(PoisonError::into_inner));
    let objects = watch.done.load(Ordering::Relaxed);
    let mut outcome = Outcome { findings, objects, skipped, failed: told, ..Outcome::default() };
    outcome.interrupted = watch.is_stopped();
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where each secret stands in each object.
    type Place = (Key, Oid, Range<u32>);

    /// Notes all places. If it searches whole, whatever is new reaches over all of a text.
    struct Placed<'a> {
        leaks: Leaks<'a>,
        whole: bool,
        places: Mutex<Vec<Place>>,
    }

    impl Search for Placed<'_> {
        type What = Key;
        fn reach<'t>(&'t self, text: &'t [u8]) -> impl Fn(Range<usize>) -> Window + 't {
            let part = self.leaks.reach(text);
            move |lines| if self.whole { Window::whole(text) } else { part(lines) }
        }
        fn search(&self, object: &Object, text: &[u8], windows: &[Window], hits: &mut Vec<Hit<Key>>) {
            self.leaks.search(object, text, windows, hits);
        }
        fn found(&self, object: &Object, hits: &[Hit<Key>]) {
            let mut places = self.places.lock().expect("nothing panicked");
            places.extend(hits.iter().map(|hit| (hit.what, object.id, hit.span.clone())));
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
            let repository = git2::Repository::open(&path).expect("a repository");
            let history = History::open(repository, &super::super::Folders::default());
            let places = |whole| -> Vec<Place> {
                let leaks = Leaks {
                    policy: &policy,
                    watch: &watch,
                    holders: Mutex::default(),
                    failed: Mutex::default(),
                    skipped: Mutex::default(),
                    unpacked: AtomicUsize::new(0),
                };
                let search = Placed { leaks, whole, places: Mutex::default() };
                history.search(&search);
                let mut places = search.places.into_inner().expect("nothing panicked");
                places.sort_by_key(|(key, object, span)| (*key, *object, span.start, span.end));
                places
            };
            let (parts, whole) = (places(false), places(true));
            eprintln!("{}: {} secrets in objects", path.display(), whole.len());
            let (in_parts, in_whole): (HashSet<&Place>, HashSet<&Place>) =
                (parts.iter().collect(), whole.iter().collect());
            let lost: Vec<_> = in_whole.difference(&in_parts).take(20).collect();
            let more: Vec<_> = in_parts.difference(&in_whole).take(20).collect();
            assert!(lost.is_empty() && more.is_empty(), "{}: lost {lost:?}, more {more:?}", path.display());
        }
    }
}
