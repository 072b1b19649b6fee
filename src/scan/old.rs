//! What is new in a change, for the index, for commits and for pushes: a secret that stood in nothing that the change
//! replaced or took away.
//!
//! So a file that is moved, and a line that is cut here and pasted there, bring nothing. What was left out or silenced
//! where it stood was never told, and does not count.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use crate::archive;
use crate::blob::Origin;
use crate::finding::{Status, Suppressor};
use crate::outcome::Outcome;
use crate::rule::Policy;
use crate::scan::alone::some;
use crate::secrets::{self, about::About, custom};
use crate::shown::guarded;
use crate::shown::secrets::Key;

/// Marks what nobody wants to hear of in the place where it stands, without a word on anything else.
pub type Silence<'a> = &'a (dyn Fn(&mut Outcome) + Sync);

/// The secrets of the texts that a change replaced or took away. `texts` shows those one at a time, with their paths, when
/// the first secret asks for them.
pub struct Old<'a, T> {
    texts: T,
    policy: &'a Policy,
    silence: Silence<'a>,
    keys: OnceLock<HashSet<Key>>,
}

impl<'a, T: Fn(&mut dyn FnMut(&Arc<str>, Vec<u8>))> Old<'a, T> {
    pub fn new(texts: T, policy: &'a Policy, silence: Silence<'a>) -> Self {
        Self { texts, policy, silence, keys: OnceLock::new() }
    }

    pub fn has(&self, key: Key) -> bool {
        let read = || {
            let mut keys = HashSet::new();
            (self.texts)(&mut |path, bytes| {
                // What cannot be searched makes nothing known, so that more is reported, not less.
                let stood = guarded(|| stood(path, bytes, self.policy, self.silence));
                keys.extend(stood.unwrap_or_default());
            });
            keys
        };
        self.keys.get_or_init(read).contains(&key)
    }
}

/// The secrets that stood in a file, however sure they were, but for those that were silenced there. What a list of known
/// findings names is known wherever it goes.
fn stood(path: &Arc<str>, bytes: Vec<u8>, policy: &Policy, silence: Silence) -> HashSet<Key> {
    let mut keys = HashSet::new();
    archive::open(path, bytes, &mut |path, bytes| keys.extend(stood_in(path, bytes, policy, silence)));
    keys
}

fn stood_in(path: &Arc<str>, bytes: Vec<u8>, policy: &Policy, silence: Silence) -> HashSet<Key> {
    let text = secrets::as_utf8(bytes);
    let own = custom::find(&policy.custom, None, &text).into_iter().map(|found| found.hit);
    let hits = secrets::find(&text, About::default()).into_iter().chain(own);
    let mut keys: HashSet<Key> = hits.map(|hit| Key::of(hit.rule, &text[hit.span])).collect();
    if keys.is_empty() {
        return keys;
    }
    let searched = some(path, text, (&Origin::WorkTree, None), policy, |_, _| true);
    let mut outcome =
        Outcome { findings: searched.findings, pragmas: searched.pragmas, ..Outcome::default() };
    silence(&mut outcome);
    let (mut silent, mut open) = (HashSet::new(), HashSet::new());
    for finding in &outcome.findings {
        let Some(key) = Key::found(finding) else { continue };
        match &finding.status {
            Status::Suppressed { by: Suppressor::Inline | Suppressor::Config, .. } => silent.insert(key),
            _ => open.insert(key),
        };
    }
    keys.retain(|key| open.contains(key) || !silent.contains(key));
    keys
}
