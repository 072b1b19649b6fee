//! The engine that runs a repository's containers, as far as the `daemon.json`s in it agree.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::aside::Aside;
use super::load;
use crate::blob::Candidate;
use crate::daemon::{self, Engine};
use crate::purpose::Purpose;
use crate::rule::Policy;
use crate::shown::guarded;

/// A repository with more of them configures many machines, and they are not compared.
const MOST: usize = 20;

/// Files for tests and samples configure no engine that counts.
pub(super) fn of(candidates: &[Candidate], aside: &Aside, policy: &Policy) -> Engine {
    let tracked = aside.tree().tracked();
    let tracked = tracked.iter().flat_map(|all| all.iter()).map(|file| &*file.path);
    let paths = candidates.iter().map(|file| &*file.path).chain(tracked);
    let is_meant =
        |path: &&str| daemon::is_name(path) && !Purpose::of(&format!("{}{path}", policy.base)).is_internal();
    let paths: BTreeSet<&str> = paths.filter(is_meant).collect();
    if paths.len() > MOST {
        return Engine::default();
    }
    let engines = paths.into_iter().filter_map(|path| read(path, aside));
    engines.reduce(|one, other| one.common(&other)).unwrap_or_default()
}

fn read(path: &str, aside: &Aside) -> Option<Engine> {
    let source = load::source(&Arc::from(path), aside.read(path)?);
    let engine = || daemon::is_of_engine(path, source.text()).then(|| Engine::of(&daemon::parse(&source)));
    guarded(engine).ok()??
}
