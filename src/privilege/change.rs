//! What one version of a container may do and the other may not.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Grant, Place, Privileges, Way};

/// How a container's privileges differ from those that it had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub service: String,
    /// Where it is written now.
    pub place: Place,
    /// The service was not there before.
    pub is_new: bool,
    pub gained: Vec<Grant>,
    pub lost: Vec<Grant>,
    /// A path to the host that was not there, or was there under more conditions.
    pub opened: Option<Way>,
    /// There was a path to the host, and now none is known.
    pub closed: bool,
}

impl Change {
    /// Every text that was taken from the repository, for whoever masks secrets.
    pub fn texts_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let grants = self.gained.iter_mut().chain(&mut self.lost).map(|grant| &mut grant.what);
        std::iter::once(&mut self.service)
            .chain(grants)
            .chain(self.opened.iter_mut().flat_map(Way::texts_mut))
    }
    /// Every path of a file.
    pub fn paths_mut(&mut self) -> impl Iterator<Item = &mut Arc<str>> {
        let grants = self.gained.iter_mut().chain(&mut self.lost).filter_map(|grant| grant.place.as_mut());
        let steps = self.opened.iter_mut().flat_map(Way::places_mut);
        std::iter::once(&mut self.place).chain(grants).chain(steps).map(|place| &mut place.path)
    }
}

/// The containers that may do more or less than before, in the order of `now`. They are known by file and service; one
/// that is gone is no change.
pub fn changes(before: &[Privileges], now: &[Privileges]) -> Vec<Change> {
    let key = |one: &Privileges| (one.place.path.clone(), one.service.clone());
    let old: HashMap<_, &Privileges> = before.iter().map(|one| (key(one), one)).collect();
    let differs = |change: &Change| {
        !change.gained.is_empty() || !change.lost.is_empty() || change.opened.is_some() || change.closed
    };
    now.iter().map(|one| change(old.get(&key(one)).copied(), one)).filter(differs).collect()
}

fn change(before: Option<&Privileges>, now: &Privileges) -> Change {
    let had: HashSet<&str> = grants(before).map(|grant| &*grant.what).collect();
    let has: HashSet<&str> = now.grants.iter().map(|grant| &*grant.what).collect();
    let is_lost =
        |grant: &&Grant| !(has.contains(&*grant.what) || now.user_unknown && grant.what == Grant::ROOT);
    // Of a new service only what it has besides the usual is news.
    let is_news = |grant: &&Grant| !had.contains(&*grant.what) && (before.is_some() || !grant.usual);
    let conditions: HashMap<&str, usize> =
        before.iter().flat_map(|one| &one.ways).map(|way| (way.id, way.conditions.len())).collect();
    let is_opened = |way: &&Way| conditions.get(way.id).is_none_or(|&before| before > way.conditions.len());
    Change {
        is_new: before.is_none(),
        gained: now.grants.iter().filter(is_news).cloned().collect(),
        lost: grants(before).filter(is_lost).cloned().collect(),
        opened: now.ways.iter().find(is_opened).cloned(),
        closed: now.ways.is_empty() && before.is_some_and(|one| !one.ways.is_empty()),
        service: now.service.clone(),
        place: now.place.clone(),
    }
}

fn grants(of: Option<&Privileges>) -> impl Iterator<Item = &Grant> {
    of.into_iter().flat_map(|one| &one.grants)
}
