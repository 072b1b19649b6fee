//! Secrets that a range of commits, or a push, brought: what is new in its objects and was not there before, each told
//! once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use git2::{Oid, Repository};
use rayon::prelude::*;

use super::blobs::{Blobs, Read, Text};
use super::tell::{self, Judge, Judged, Place, Said, with};
use super::{Law, Wish};
use crate::archive;
use crate::blob::Commit;
use crate::finding::{Finding, Past, Status, Suppressor};
use crate::gap::{Gap, Reason};
use crate::history::message::said;
use crate::history::{self, Folders, Gone, Kind, Pages, Range, Site, WHOLE};
use crate::input;
use crate::outcome::{Outcome, Told};
use crate::rule::Policy;
use crate::scan::Watch;
use crate::scan::old::Old;
use crate::secrets::{self, about::About, custom};
use crate::shown::guarded;
use crate::shown::secrets::Key;

/// A secret that the range brought.
#[derive(Default)]
struct Brought {
    /// Its findings, by their numbers.
    findings: Vec<usize>,
    /// Where it is open.
    open: Vec<Oid>,
    /// Where a comment silences it, with what that says.
    silenced: Vec<(Oid, Status)>,
}

/// Whether a secret stood there before.
type IsOld<'a> = &'a dyn Fn(Key) -> bool;

/// A blob with the places that count.
struct Wanted<'r> {
    blob: Oid,
    sites: Vec<&'r Site>,
}

/// Those secrets. One that a later commit silences with a comment, wherever it still stands, is silenced.
pub fn range(
    (repository, folders): (&Repository, &Folders),
    range: &Range,
    law: Law,
    wish: &Wish,
    watch: &Watch,
) -> Outcome {
    let (failed, skipped) = (Mutex::default(), Mutex::default());
    let judge = Judge { law, wish, failed: &failed, skipped: &skipped };
    let mut told = Telling {
        repository,
        judge,
        pages: Pages::of(repository),
        secrets: HashMap::new(),
        outcome: Outcome::default(),
    };
    let wanted: Vec<Wanted> = range.brought.iter().filter_map(|brought| told.wanted(brought)).collect();
    let gone = |each: &mut dyn FnMut(&Arc<str>, Vec<u8>)| replaced(repository, range, judge, each);
    let old = Old::new(gone, law.policy, law.silence);
    let is_old = |key| old.has(key);
    match Blobs::new(repository, folders, law.policy, watch) {
        Ok(blobs) => told.all(&wanted, &blobs, &is_old, watch),
        Err(error) => told.outcome.error = Some(error.message().to_owned()),
    }
    told.settle(&range.commits);
    if !wish.files_only {
        range.commits.iter().for_each(|&id| told.message(id, Kind::Commit));
        range.tags.iter().for_each(|&id| told.message(id, Kind::Tag));
    }
    let mut outcome = told.outcome;
    outcome.failed.extend(failed.into_inner().unwrap_or_else(PoisonError::into_inner));
    outcome.skipped.extend(skipped.into_inner().unwrap_or_else(PoisonError::into_inner));
    outcome
}

/// Shows what the range replaced or took away where somebody looks, and did not itself bring.
fn replaced(repository: &Repository, range: &Range, judge: Judge, each: &mut dyn FnMut(&Arc<str>, Vec<u8>)) {
    let brought: HashMap<Oid, &history::Brought> = range.brought.iter().map(|one| (one.blob, one)).collect();
    let is_own = |gone: &Gone| {
        let is_here = |site: &Site| site.moved.is_empty() || site.path == gone.path;
        brought.get(&gone.blob).is_some_and(|brought| brought.more || brought.sites.iter().any(is_here))
    };
    for gone in range.gone.iter().filter(|gone| !is_own(gone) && !judge.excludes(&gone.path)) {
        let is_small = |(size, _)| size as u64 <= WHOLE;
        let small = repository.odb().and_then(|odb| odb.read_header(gone.blob)).is_ok_and(is_small);
        // Of what is huge or cannot be read nothing is known to have been there: its secrets are told as new.
        if let Some(blob) = small.then(|| repository.find_blob(gone.blob).ok()).flatten() {
            each(&gone.path.as_str().into(), blob.content().to_vec());
        }
    }
}

struct Telling<'a> {
    repository: &'a Repository,
    judge: Judge<'a>,
    pages: Option<Pages>,
    secrets: HashMap<Key, Brought>,
    outcome: Outcome,
}

impl Telling<'_> {
    /// A blob if it came in somewhere where somebody looks. What was only moved came from somewhere: where paths decide,
    /// it is looked at all the same.
    fn wanted<'r>(&mut self, brought: &'r history::Brought) -> Option<Wanted<'r>> {
        let Judge { law, .. } = self.judge;
        let excludes = |path: &String| self.judge.excludes(path);
        let counts = |site: &&Site| {
            !excludes(&site.path) && (law.by_path || site.moved.is_empty() || site.moved.iter().all(excludes))
        };
        let sites: Vec<&Site> = brought.sites.iter().filter(counts).collect();
        let all_excluded = brought.more && brought.sites.iter().all(|site| excludes(&site.path));
        if all_excluded && let Some(site) = brought.sites.first() {
            let why = "it has too many paths to compare, and some of them are excluded";
            self.outcome.failed.push(Told::new(site.path.as_str(), Gap::new(Reason::Limit, why)));
        }
        (!sites.is_empty()).then_some(Wanted { blob: brought.blob, sites })
    }

    /// git reads one object after the other; what is read is searched on all cores, and meanwhile the next are read.
    fn all(&mut self, wanted: &[Wanted], blobs: &Blobs, is_old: IsOld, watch: &Watch) {
        let policy = self.judge.law.policy;
        let (mut rest, mut read) = (wanted, blobs.some(wanted.iter().map(|wanted| wanted.blob)));
        while !rest.is_empty() {
            if watch.is_stopped() {
                self.outcome.interrupted = true;
                break;
            }
            let (some, later) = rest.split_at(read.len());
            let now = std::mem::take(&mut read);
            let mut searched = Vec::new();
            rayon::in_place_scope(|scope| {
                scope.spawn(|_| searched = search(some, now, policy));
                read = blobs.some(later.iter().map(|wanted| wanted.blob));
            });
            rest = later;
            for (wanted, text) in some.iter().zip(searched) {
                self.outcome.objects += 1;
                match text {
                    Ok(Text::Whole(text)) if text.is_empty() => {}
                    Ok(Text::Whole(text)) => self.text(wanted, &text, is_old),
                    Ok(Text::Large(keys)) => self.large(wanted, &keys, blobs, is_old),
                    Err(why) => self.unread(wanted.sites[0], &why),
                }
            }
        }
    }

    fn unread(&mut self, site: &Site, why: &str) {
        let what = site.commit.map_or("it".to_owned(), |id| format!("its version of commit {id}"));
        let gap = Gap::new(Reason::Damaged, format!("{what}: {why}"));
        self.outcome.failed.push(Told::new(site.path.as_str(), gap));
    }

    /// Tells what is new in one text. It is judged in each of its places, until it is open in one.
    fn text(&mut self, wanted: &Wanted, text: &[u8], is_old: IsOld) {
        let mut open_here: HashSet<Key> = HashSet::new();
        for site in &wanted.sites {
            let path: Arc<str> = site.path.as_str().into();
            let commit = site.commit.map(|id| about(self.repository, id));
            let found = self.judge.text(&path, text.to_vec(), commit.as_ref(), |rule, value| {
                let key = Key::of(rule, value);
                !open_here.contains(&key) && (self.secrets.contains_key(&key) || !is_old(key))
            });
            let mut here = Said::new();
            for judged in found {
                let value = text.get(judged.finding.place.span.range()).unwrap_or_default();
                here.entry(Key::of(judged.finding.rule, value)).or_default().push(judged);
            }
            open_here.extend(self.said(wanted.blob, here, (site.commit, &commit)));
        }
    }

    /// The same of a text that is shown part by part.
    fn large(&mut self, wanted: &Wanted, keys: &HashSet<Key>, blobs: &Blobs, is_old: IsOld) {
        let is_new = |key: &&Key| self.secrets.contains_key(key) || !is_old(**key);
        let mut asked: HashSet<Key> = keys.iter().filter(is_new).copied().collect();
        for site in wanted.sites.iter().copied() {
            if asked.is_empty() {
                break;
            }
            let commit = site.commit.map(|id| about(self.repository, id));
            let (path, object) = (site.path.as_str().into(), wanted.blob);
            let place = Place { object, path, commit: commit.clone(), file: true };
            let (said, read) = tell::said(blobs.store(), self.judge, &place, &asked);
            for key in self.said(wanted.blob, said, (site.commit, &commit)) {
                asked.remove(&key);
            }
            if let Err(why) = read {
                return self.unread(site, &why);
            }
        }
    }

    /// Tells what is said of a text in one place; which secrets of it are open there.
    fn said(&mut self, blob: Oid, said: Said, of: (Option<Oid>, &Option<Arc<Commit>>)) -> Vec<Key> {
        let said: BTreeMap<Key, Vec<Judged>> = said.into_iter().collect();
        said.into_iter().filter_map(|(key, found)| self.secret(blob, key, found, of).then_some(key)).collect()
    }

    /// Tells a secret once: a weak sample in one file may be a secret in the next, and what is silenced here is not there.
    /// Says whether it is open.
    fn secret(
        &mut self,
        blob: Oid,
        key: Key,
        found: Vec<Judged>,
        of: (Option<Oid>, &Option<Arc<Commit>>),
    ) -> bool {
        let past = self.past(of);
        let secret = self.secrets.entry(key).or_default();
        let open = found.iter().any(|judged| judged.open);
        let better = open && secret.open.is_empty();
        let by_comment = |judged: &&Judged| {
            matches!(judged.finding.status, Status::Suppressed { by: Suppressor::Inline, .. })
        };
        if open {
            secret.open.push(blob);
        } else if let Some(judged) = found.iter().find(by_comment) {
            secret.silenced.push((blob, judged.finding.status.clone()));
        }
        if secret.findings.is_empty() || better {
            let first = self.outcome.findings.len();
            secret.findings.extend(first..first + found.len());
            let found = found.into_iter().map(|judged| with(past.clone(), judged.finding));
            self.outcome.findings.extend(found);
        }
        open
    }

    fn past(&self, (id, commit): (Option<Oid>, &Option<Arc<Commit>>)) -> Past {
        let url = self.pages.as_ref().zip(id).map(|(pages, id)| pages.commit(id));
        Past { commit: commit.clone(), url, boundary: false, now: None }
    }

    /// Silences what a comment silences wherever it still stands.
    fn settle(&mut self, commits: &[Oid]) {
        let doubtful = |secret: &&Brought| !secret.open.is_empty() && !secret.silenced.is_empty();
        let doubtful: Vec<&Brought> = self.secrets.values().filter(doubtful).collect();
        if doubtful.is_empty() {
            return;
        }
        let stands = standing(self.repository, commits);
        for secret in doubtful.iter().filter(|secret| !secret.open.iter().any(|blob| stands.contains(blob))) {
            if let Some((_, status)) = secret.silenced.iter().find(|(blob, _)| stands.contains(blob)) {
                secret.findings.iter().for_each(|&at| self.outcome.findings[at].status = status.clone());
            }
        }
    }

    /// Searches the message of a commit or tag.
    fn message(&mut self, id: Oid, kind: Kind) {
        let name = if kind == Kind::Tag { "tag message" } else { "commit message" };
        let read = self.repository.odb().and_then(|odb| odb.read(id).map(|object| object.data().to_vec()));
        let bytes = match read {
            Ok(bytes) => bytes,
            Err(error) => {
                let gap = Gap::new(Reason::Damaged, error.message());
                return self.outcome.failed.push(Told::new(format!("object {id}"), gap));
            }
        };
        self.outcome.objects += 1;
        let commit = (kind == Kind::Commit).then(|| about(self.repository, id));
        let message = bytes[said(kind, &bytes)].to_vec();
        let found: Vec<Finding> = {
            let found = self.judge.text(&name.into(), message, commit.as_ref(), |_, _| true);
            found.into_iter().map(|judged| judged.finding).collect()
        };
        let past = self.past((commit.is_some().then_some(id), &commit));
        self.outcome.findings.extend(found.into_iter().map(|finding| with(past.clone(), finding)));
    }
}

/// Those texts that may hold secrets in one of their places, as UTF-8, and nothing of the others.
fn search(some: &[Wanted], texts: Vec<Read>, policy: &Policy) -> Vec<Read> {
    let searched = some.par_iter().zip(texts).map(|(wanted, text)| {
        let bytes = match text? {
            Text::Whole(bytes) => bytes,
            large @ Text::Large(_) => return Ok(large),
        };
        let searched = guarded(|| {
            let text = secrets::as_utf8(bytes);
            // What a path says is asked once.
            let mut asked: Vec<About> = Vec::new();
            let mut holds = |site: &&Site| {
                let about = About::path(&site.path);
                let known = asked.contains(&about);
                asked.push(about);
                !known && !secrets::find(&text, about).is_empty()
                    || !custom::find(&policy.custom, Some(&site.path), &text).is_empty()
            };
            let holds = archive::is_one(&text) || wanted.sites.iter().any(&mut holds);
            Text::Whole(if holds { text } else { Vec::new() })
        });
        searched.map_err(|gap| gap.why)
    });
    searched.collect()
}

/// What stands in the trees of the last of these commits.
fn standing(repository: &Repository, commits: &[Oid]) -> HashSet<Oid> {
    let commits: Vec<git2::Commit> = commits.iter().flat_map(|&id| repository.find_commit(id)).collect();
    let parents: HashSet<Oid> = commits.iter().flat_map(git2::Commit::parent_ids).collect();
    let mut stands = HashSet::new();
    for tip in commits.iter().filter(|commit| !parents.contains(&commit.id())) {
        let walked = tip.tree().and_then(|tree| {
            tree.walk(git2::TreeWalkMode::PreOrder, |_, entry| {
                stands.insert(entry.id());
                git2::TreeWalkResult::Ok
            })
        });
        // What cannot be read is not known to stand there, so nothing there silences anything.
        if walked.is_err() {
            stands.clear();
            break;
        }
    }
    stands
}

fn about(repository: &Repository, id: Oid) -> Arc<Commit> {
    Arc::new(repository.find_commit(id).map_or_else(
        |_| Commit { id: id.to_string(), author: String::new(), email: String::new(), time: 0 },
        |commit| input::commit::about(&commit),
    ))
}
