//! Secrets that a range of commits brought: what is new in its objects and was not there before, each told once.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use git2::{Oid, Repository};
use rayon::prelude::*;

use super::Wish;
use super::tell::{Judge, is_open, with};
use crate::blob::Commit;
use crate::finding::{Finding, Past, Status};
use crate::gap::{Gap, Reason};
use crate::history::opening::Believing;
use crate::history::{self, Pages, Range};
use crate::input;
use crate::outcome::{Outcome, Told};
use crate::rule::Policy;
use crate::scan::Watch;
use crate::secrets::{self, about::About, custom};
use crate::shown::guarded;
use crate::shown::secrets::{Key, known};

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

/// Those secrets. One that a later commit silences with a comment, wherever it still stands, is silenced.
pub fn range(repository: &Repository, range: &Range, policy: &Policy, wish: &Wish, watch: &Watch) -> Outcome {
    let mut outcome = Outcome::default();
    let failed = Mutex::default();
    let (judge, pages) = (Judge { policy, wish, failed: &failed }, Pages::of(repository));
    let past = |commit: &Arc<Commit>, id| Past {
        commit: Some(Arc::clone(commit)),
        url: pages.as_ref().map(|pages| pages.commit(id)),
        boundary: false,
        now: None,
    };
    let read = |id: Oid| repository.find_blob(id).map(|blob| blob.content().to_vec());
    let mut told: HashMap<Key, Brought> = HashMap::new();
    let moved: OnceCell<HashSet<Key>> = OnceCell::new();
    let wanted = |brought: &&history::Brought| !judge.excludes(&brought.path);
    let brought: Vec<&history::Brought> = range.brought.iter().filter(wanted).collect();
    let read_all = |some: &[&history::Brought]| -> Vec<_> {
        let _believing = Believing::new();
        let read = |brought: &&history::Brought| {
            read(brought.blob).map_err(|why| Gap::new(Reason::Damaged, why.message()))
        };
        some.iter().map(read).collect()
    };
    // git reads one object after the other; what is read is searched on all cores, and meanwhile the next are read.
    let mut chunks = brought.chunks(64);
    let mut next = chunks.next().map(|some| (some, read_all(some)));
    while let Some((some, texts)) = next.take() {
        if watch.is_stopped() {
            outcome.interrupted = true;
            break;
        }
        let mut searched = Vec::new();
        rayon::in_place_scope(|scope| {
            scope.spawn(|_| searched = search(some, texts, policy));
            next = chunks.next().map(|some| (some, read_all(some)));
        });
        for (brought, text) in some.iter().zip(searched) {
            outcome.objects += 1;
            let text = match text {
                Ok(Some(text)) => text,
                Ok(None) => continue,
                Err(Gap { reason, why }) => {
                    let why = format!("its version of commit {}: {why}", brought.commit);
                    outcome.failed.push(Told::new(brought.path.as_str(), Gap::new(reason, why)));
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
            let commit = about(repository, brought.commit);
            let found = judge.text(&path, text.clone(), Some(&commit), |rule, value| {
                let key = Key::of(rule, value);
                told.contains_key(&key) || !before.contains(&key) && !moved.contains(&key)
            });
            let mut here: BTreeMap<Key, Vec<Finding>> = BTreeMap::new();
            for finding in found {
                let value = text.get(finding.place.span.range()).unwrap_or_default();
                here.entry(Key::of(finding.rule, value)).or_default().push(finding);
            }
            for (key, found) in here {
                let secret = told.entry(key).or_default();
                // Told once: a weak sample in one file may be a secret in the next, and what is silenced here is not there.
                let open = found.iter().any(is_open);
                let wanted = secret.findings.is_empty() || open && secret.open.is_empty();
                if open {
                    secret.open.push(brought.blob);
                } else if let Some(finding) = found.first().filter(|finding| finding.status != Status::Open) {
                    secret.silenced.push((brought.blob, finding.status.clone()));
                }
                if wanted {
                    let first = outcome.findings.len();
                    secret.findings.extend(first..first + found.len());
                    let past = past(&commit, brought.commit);
                    outcome.findings.extend(found.into_iter().map(|finding| with(past.clone(), finding)));
                }
            }
        }
    }
    let doubtful: Vec<Brought> =
        told.into_values().filter(|secret| !secret.open.is_empty() && !secret.silenced.is_empty()).collect();
    if !doubtful.is_empty() {
        let stands = standing(repository, &range.commits);
        for secret in doubtful.iter().filter(|secret| !secret.open.iter().any(|blob| stands.contains(blob))) {
            if let Some((_, status)) = secret.silenced.iter().find(|(blob, _)| stands.contains(blob)) {
                secret.findings.iter().for_each(|&at| outcome.findings[at].status = status.clone());
            }
        }
    }
    for &id in &range.commits {
        let found = match repository.find_commit(id) {
            Ok(found) => found,
            Err(error) => {
                let gap = Gap::new(Reason::Damaged, error.message());
                outcome.failed.push(Told::new(format!("commit {id}"), gap));
                continue;
            }
        };
        let message = found.message_bytes().to_vec();
        outcome.objects += 1;
        let commit = about(repository, id);
        let found = judge.text(&"commit message".into(), message, Some(&commit), |_, _| true);
        outcome.findings.extend(found.into_iter().map(|finding| with(past(&commit, id), finding)));
    }
    outcome.failed.extend(failed.into_inner().unwrap_or_else(PoisonError::into_inner));
    outcome
}

/// Those texts that may hold secrets, as UTF-8; or why one cannot be read.
fn search(
    some: &[&history::Brought],
    texts: Vec<Result<Vec<u8>, Gap>>,
    policy: &Policy,
) -> Vec<Result<Option<Vec<u8>>, Gap>> {
    let searched = some.par_iter().zip(texts).map(|(brought, bytes)| {
        let bytes = bytes?;
        guarded(|| {
            let text = secrets::as_utf8(bytes);
            let clean = secrets::find(&text, About::path(&brought.path)).is_empty()
                && custom::find(&policy.custom, Some(&brought.path), &text).is_empty();
            (!clean).then_some(text)
        })
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
