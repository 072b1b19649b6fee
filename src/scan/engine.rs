//! The engine that runs a repository's containers, as far as the `daemon.json`s in it agree, and the units that start it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::aside::Aside;
use super::load;
use crate::blob::Candidate;
use crate::daemon::{self, Engine};
use crate::purpose::Purpose;
use crate::rule::Policy;
use crate::shown::guarded;
use crate::surface::Form;
use crate::text::Source;

/// A repository with more of them configures many machines, and they are not compared.
const MOST: usize = 20;

/// Files for tests and samples configure no engine that counts.
pub(super) fn of(candidates: &[Candidate], aside: &Aside, policy: &Policy) -> Engine {
    let tracked = aside.tree().tracked();
    let tracked = tracked.iter().flat_map(|all| all.iter()).map(|file| &*file.path);
    let paths = candidates.iter().map(|file| &*file.path).chain(tracked);
    let is_meant = |path: &&str| {
        let may_be = daemon::is_name(path) || daemon::may_start_engine(path);
        may_be && !Purpose::of(&format!("{}{path}", policy.base)).is_internal()
    };
    let paths: BTreeSet<&str> = paths.filter(is_meant).collect();
    if paths.len() > MOST {
        return Engine::default();
    }
    let (files, starts): (Vec<&str>, Vec<&str>) = paths.into_iter().partition(|path| daemon::is_name(path));
    let common = |paths: Vec<&str>, engines: fn(&Arc<Source>) -> Vec<Engine>| {
        let read = |path| aside.read(path).map(|bytes| load::source(&Arc::from(path), bytes));
        let sources = paths.into_iter().filter_map(read);
        let engines = sources.flat_map(|source| guarded(|| engines(&source)).unwrap_or_default());
        engines.reduce(|one, other| one.common(&other)).unwrap_or_default()
    };
    common(files, of_file).and(common(starts, started))
}

fn of_file(source: &Arc<Source>) -> Vec<Engine> {
    let is_ours = daemon::is_of_engine(source.path(), source.text());
    is_ours.then(|| Engine::of(&daemon::parse(source))).flatten().into_iter().collect()
}

/// The engines that a unit starts; a drop-in without flags says nothing of them.
fn started(source: &Arc<Source>) -> Vec<Engine> {
    let daemons = daemon::elsewhere(Form::of(source.path()), source);
    daemons.iter().filter(|daemon| !daemon.settings.is_empty()).filter_map(Engine::of).collect()
}
