//! The capabilities of a container's root, by Docker's rules for `cap_add`, `cap_drop` and `privileged`.

use std::collections::BTreeMap;

use crate::container::{At, ContainerSpec, Text};
use crate::rules::runtime::capabilities::{all, normal};

/// By name without `CAP_`.
#[derive(Debug, Default)]
pub(super) struct Capabilities {
    /// With what gave it; nothing for one of Docker's own.
    list: BTreeMap<String, Option<At>>,
    /// An entry of `cap_add` or `cap_drop` has no known value.
    pub(super) unsure: bool,
}

impl Capabilities {
    pub(super) fn of(spec: &ContainerSpec) -> Self {
        if let Some(privileged) = spec.privileged.filter(|privileged| privileged.value == Some(true)) {
            let list = all().map(|(name, _)| (name.to_owned(), Some(privileged.at))).collect();
            return Self { list, unsure: false };
        }
        let names = |list: &[Text]| -> Vec<(String, At)> {
            list.iter().filter_map(|text| Some((normal(text)?, text.at))).collect()
        };
        let (added, dropped) = (names(&spec.cap_add), names(&spec.cap_drop));
        let all_of = |list: &[(String, At)]| list.iter().find(|(name, _)| name == "ALL").map(|(_, at)| *at);
        let mut list: BTreeMap<String, Option<At>> = BTreeMap::new();
        let keep = |name: &str| !dropped.iter().any(|(dropped, _)| dropped == name);
        match (all_of(&added), all_of(&dropped)) {
            // Whoever adds all has all but what is dropped by name.
            (Some(at), _) => {
                let kept = all().map(|(name, _)| name).filter(|name| keep(name));
                list.extend(kept.map(|name| (name.to_owned(), Some(at))));
            }
            (None, Some(_)) => {}
            (None, None) => {
                list.extend(usual().filter(|name| keep(name)).map(|name| (name.to_owned(), None)));
            }
        }
        if all_of(&added).is_none() {
            for (name, at) in added {
                list.entry(name).or_insert(Some(at));
            }
        }
        let unsure = spec.cap_add.iter().chain(&spec.cap_drop).any(Text::is_unknown);
        Self { list, unsure }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.list.contains_key(name)
    }
    /// What gives it, if it is held and not one of Docker's own.
    pub(super) fn given(&self, name: &str) -> Option<At> {
        self.list.get(name).copied()?
    }
    /// Held besides Docker's own.
    pub(super) fn more(&self) -> impl Iterator<Item = (&str, At)> {
        let given = self.list.iter().filter_map(|(name, at)| Some((name.as_str(), (*at)?)));
        given.filter(|(name, _)| !usual().any(|usual| usual == *name))
    }
    /// How many of Docker's own are held, and how many there are.
    pub(super) fn usual(&self) -> (usize, usize) {
        (usual().filter(|name| self.has(name)).count(), usual().count())
    }
    pub(super) fn is_all(&self) -> bool {
        all().all(|(name, _)| self.has(name))
    }
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.list.keys().map(String::as_str)
    }
}

fn usual() -> impl Iterator<Item = &'static str> {
    all().filter_map(|(name, usual)| usual.then_some(name))
}
