//! Secrets in a history or in a range of commits: search, gather by secret, ask where each comes from, tell it once.
//!
//! The search knows no paths, so it keeps what might be one; the object that brought a secret is then read again, with
//! its path, and judged like a file of the work tree. What a secret looks like is `secrets`' business.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use git2::{Oid, Repository};
use rayon::prelude::*;

use super::{Brought, History, Hit, Kind, Object, Provenance, Range, Reach, Search, Window};
use crate::blob::{Commit, Origin};
use crate::filter;
use crate::finding::{Finding, Past};
use crate::input;
use crate::outcome::{Outcome, Told};
use crate::rule::{Confidence, Policy, Profile, Rule};
use crate::scan::Watch;
use crate::scan::secrets::{self as scan, Key, known};
use crate::secrets::{self, about::About};

/// Of a secret that many objects hold, so many are read to find where it counts most.
const READ_AT_MOST: usize = 12;

/// How far beyond lines that are new a text in UTF-16 is looked at, since what stands there is not read; bytes.
const WIDE: usize = 512;

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

    fn reach(&self, text: &[u8], lines: std::ops::Range<usize>) -> Window {
        if secrets::Wide::of(text).is_some() {
            let wider = |range: &std::ops::Range<usize>| {
                range.start.saturating_sub(WIDE)..(range.end + WIDE).min(text.len())
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
        let looks = windows.iter().map(|window| {
            let look = window.look.start.max(end)..window.look.end.max(end);
            end = look.end;
            look
        });
        let found = secrets::find_in(text, looks, about, wanted).into_iter();
        let found = found.filter(|hit| said.start <= hit.span.start && hit.span.end <= said.end);
        hits.extend(found.map(|hit| Hit {
            span: hit.span.start as u32..hit.span.end as u32,
            what: Key::of(hit.rule, &text[hit.span]),
        }));
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
    }
}

/// What people wrote of an object: of a commit or tag its message, without headers and signatures.
fn said(kind: Kind, bytes: &[u8]) -> std::ops::Range<usize> {
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
    let mut findings = Vec::new();
    for (key, objects) in &holders {
        let mut places: Vec<(&Provenance, Kind)> = objects
            .iter()
            .filter_map(|(id, kind)| Some((sources.get(id)?, *kind)))
            .filter(|(source, _)| counts(source))
            .collect();
        places.sort_by_key(|(source, _)| (source.first.as_ref().map(|first| first.time), source.id));
        let in_head = places.iter().find(|(source, _)| source.in_head).map(|&(source, _)| source);
        findings.extend(tell(history, *key, &places, in_head, policy, wish));
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

/// The finding for one secret, at the place where it is surest, of equals the first.
fn tell(
    history: &History,
    key: Key,
    places: &[(&Provenance, Kind)],
    in_head: Option<&Provenance>,
    policy: &Policy,
    wish: &Wish,
) -> Option<Finding> {
    let mut best: Option<(Finding, &Provenance)> = None;
    for (source, kind) in places.iter().take(READ_AT_MOST) {
        let Ok(bytes) = history.read(&source.id) else { continue };
        let bytes = bytes[said(*kind, &bytes)].to_vec();
        let paths: Vec<Arc<str>> = match (kind, &source.first) {
            (Kind::Blob, Some(first)) => first.paths.named.iter().map(|path| path.as_str().into()).collect(),
            (Kind::Blob, None) => vec![format!("object {}", source.id).into()],
            (Kind::Tag, _) => vec!["tag message".into()],
            _ => vec!["commit message".into()],
        };
        for path in paths.iter().take(3).filter(|path| !wish.excluded.as_ref().is_some_and(|out| out(path))) {
            let found = judged(path, bytes.clone(), &origin(source), policy, |rule, value| {
                Key::of(rule, value) == key
            });
            let surer = |a: &Finding, b: &Finding| {
                a.secret.as_ref().map(|s| s.confidence) > b.secret.as_ref().map(|s| s.confidence)
            };
            if let Some(found) = found.into_iter().next()
                && best.as_ref().is_none_or(|(best, _)| surer(&found, best))
            {
                best = Some((found, source));
            }
        }
        if best
            .as_ref()
            .and_then(|(f, _)| f.secret.as_ref())
            .is_some_and(|s| s.confidence == Confidence::High)
        {
            break;
        }
    }
    let (mut finding, source) = best?;
    let past = past(source, in_head, places.len());
    finding.message = format!("{}; {past}", finding.message);
    if let Some(secret) = &mut finding.secret {
        secret.past = Some(Box::new(past));
    }
    Some(finding)
}

/// What is said of one text's secrets that are wanted; ignores in the text count.
fn judged(
    path: &Arc<str>,
    bytes: Vec<u8>,
    origin: &Origin,
    policy: &Policy,
    wanted: impl Fn(&'static Rule, &[u8]) -> bool,
) -> Vec<Finding> {
    let searched = scan::some(path, bytes, origin, policy, wanted);
    let mut outcome =
        Outcome { findings: searched.findings, pragmas: searched.pragmas, ..Outcome::default() };
    filter::inline(&mut outcome);
    outcome.findings
}

fn origin(source: &Provenance) -> Origin {
    source.first.as_ref().map_or(Origin::WorkTree, |first| {
        Origin::Commit(Arc::new(Commit {
            id: first.commit.to_string(),
            author: first.author.clone(),
            email: first.email.clone(),
            time: first.time,
        }))
    })
}

fn past(source: &Provenance, in_head: Option<&Provenance>, objects: usize) -> Past {
    Past {
        commit: source
            .first
            .as_ref()
            .map(|first| (first.commit.to_string(), first.author.clone(), first.time)),
        boundary: source.first.as_ref().is_some_and(|first| first.boundary),
        in_head: in_head.is_some(),
        head_path: in_head.and_then(|source| source.head.named.first().cloned()),
        refs: source.refs.clone(),
        refs_total: source.refs_total,
        dangling: source.reach != Reach::Ref,
        versions: objects,
    }
}

/// The secrets that a range of commits brought: in the objects that are new, and not in what they replace.
pub fn range(repository: &Repository, range: &Range, policy: &Policy, wish: &Wish, watch: &Watch) -> Outcome {
    let mut outcome = Outcome::default();
    let read = |id: Oid| repository.find_blob(id).map(|blob| blob.content().to_vec());
    let mut seen: HashSet<Key> = HashSet::new();
    let moved: OnceCell<HashSet<Key>> = OnceCell::new();
    let wanted = |brought: &&Brought| !wish.excluded.as_ref().is_some_and(|out| out(&brought.path));
    let brought: Vec<&Brought> = range.brought.iter().filter(wanted).collect();
    // git reads one object after the other; what is read is searched on all cores, a handful at a time.
    for some in brought.chunks(64) {
        if watch.is_stopped() {
            outcome.interrupted = true;
            break;
        }
        let texts: Vec<_> = some.iter().map(|brought| read(brought.blob)).collect();
        let texts: Vec<_> = some
            .par_iter()
            .zip(texts)
            .map(|(brought, bytes)| {
                let text = secrets::as_utf8(bytes.map_err(|error| error.message().to_owned())?);
                let clean = secrets::find(&text, About::path(&brought.path)).is_empty();
                Ok::<_, String>((!clean).then_some(text))
            })
            .collect();
        for (brought, text) in some.iter().zip(texts) {
            outcome.objects += 1;
            let new = match text {
                Ok(Some(text)) => text,
                Ok(None) => continue,
                Err(why) => {
                    let why = format!("its version of commit {}: {why}", brought.commit);
                    outcome.failed.push(Told { path: brought.path.as_str().into(), why });
                    continue;
                }
            };
            let path: Arc<str> = brought.path.as_str().into();
            let before: HashSet<Key> =
                brought.before.iter().filter_map(|&id| read(id).ok()).flat_map(known).collect();
            // What was only moved stands in what went; read once, if there is anything to compare.
            let moved = moved.get_or_init(|| {
                let own: HashSet<Oid> = range.brought.iter().map(|brought| brought.blob).collect();
                let gone = range.gone.iter().filter(|id| !own.contains(id));
                gone.filter_map(|&id| read(id).ok()).flat_map(known).collect()
            });
            let told = |rule: &'static Rule, value: &[u8]| {
                let key = Key::of(rule, value);
                !before.contains(&key) && !seen.contains(&key) && !moved.contains(&key)
            };
            let found = judged(&path, new.clone(), &in_commit(repository, brought.commit), policy, told);
            // Only what was told must not be told again: a weak sample in one file may be a secret in the next.
            seen.extend(found.iter().map(|finding| {
                let span = finding.place.span.range();
                Key::of(finding.rule, new.get(span).unwrap_or_default())
            }));
            outcome.findings.extend(found.into_iter().map(|finding| came_with(finding, brought.commit)));
        }
    }
    for &id in &range.commits {
        let Ok(commit) = repository.find_commit(id) else { continue };
        let message = commit.message_bytes().to_vec();
        outcome.objects += 1;
        let found =
            judged(&"commit message".into(), message, &in_commit(repository, id), policy, |_, _| true);
        outcome.findings.extend(found.into_iter().map(|finding| came_with(finding, id)));
    }
    outcome
}

fn came_with(mut finding: Finding, id: Oid) -> Finding {
    let id = id.to_string();
    finding.message = format!("{}; came with commit {}", finding.message, id.get(..10).unwrap_or(&id));
    finding
}

fn in_commit(repository: &Repository, id: Oid) -> Origin {
    let told = repository.find_commit(id).map_or_else(
        |_| Commit { id: id.to_string(), author: String::new(), email: String::new(), time: 0 },
        |commit| input::commit::about(&commit),
    );
    Origin::Commit(Arc::new(told))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Searches every object whole: whatever is new reaches over all of a text.
    struct Whole<'a>(Leaks<'a>);

    impl Search for Whole<'_> {
        type What = Key;
        fn reach(&self, text: &[u8], _: std::ops::Range<usize>) -> Window {
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
