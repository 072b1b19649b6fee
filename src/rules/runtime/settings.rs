//! Questions about settings that several rules ask.

use crate::container::{ContainerSpec, Lifetime, Setting, Surface, Text};
use crate::daemon::Engine;
use crate::rule::Context;

/// The user is root: `root`, `0`, `root:…`, `0:…`.
pub fn is_root(user: &str) -> bool {
    let user = user.split(':').next().unwrap_or_default().trim();
    user.eq_ignore_ascii_case("root") || (!user.is_empty() && user.bytes().all(|b| b == b'0'))
}

/// Whether the list has one of these words, in any case; `None` if it has not, but holds something unknown.
pub fn has_any(list: &[Text], wanted: &[&str]) -> Option<bool> {
    let hit =
        |text: &Text| text.value().is_some_and(|v| wanted.iter().any(|w| v.trim().eq_ignore_ascii_case(w)));
    if list.iter().any(hit) {
        Some(true)
    } else if list.iter().any(Text::is_unknown) {
        None
    } else {
        Some(false)
    }
}

/// A limit is not there, or is written as "none"; an unknown one counts as a limit.
pub fn is_unlimited<T: PartialEq + Default>(limit: Option<Setting<T>>) -> bool {
    match limit {
        None => true,
        Some(setting) => setting.value == Some(T::default()),
    }
}

/// The settings of the engine that runs the container, as far as the repository has them: Docker's, and nobody else's.
pub fn engine<'p>(cx: &'p Context, spec: &ContainerSpec) -> Option<&'p Engine> {
    let of_docker = [Surface::ComposeService, Surface::Run, Surface::ServiceCreate, Surface::Devcontainer];
    of_docker.contains(&spec.surface).then_some(&*cx.project.engine)
}

/// The engine that the container commands over a network: an address with `tcp://` or `http`.
pub fn engine_address(spec: &ContainerSpec) -> Option<&Text> {
    let value = spec.environment.iter().find(|pair| pair.key.is("DOCKER_HOST"))?.value.as_ref()?;
    let is_remote = |address: &str| address.starts_with("tcp://") || address.starts_with("http");
    value.value().map(str::trim).is_some_and(is_remote).then_some(value)
}

/// The container lives on a machine that is thrown away with it.
pub fn is_ephemeral(spec: &ContainerSpec) -> bool {
    spec.lifetime == Lifetime::Job
}

/// The container is there for others, and something starts it again: what makes a service last is asked of no other.
pub fn is_service(spec: &ContainerSpec) -> bool {
    spec.lifetime == Lifetime::Service
}

/// Swarm runs the container.
pub fn is_swarm(cx: &Context, spec: &ContainerSpec) -> bool {
    cx.project.around.swarm || spec.surface == Surface::ServiceCreate
}
