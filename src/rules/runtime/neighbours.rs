//! Which services share a network, and which of them use each other, as far as their settings tell.

use super::{exposure, known_images};
use crate::container::{At, ContainerSpec, Port, Text};
use crate::rule::Context;

/// Services of a project that are compared with each other; with more of them that takes too long.
pub const MANY: usize = 1000;

/// The project's networks that a container is on; those that have no known name are left out.
pub fn networks(spec: &ContainerSpec) -> Vec<&str> {
    if spec.network_mode.is_some() {
        return Vec::new();
    }
    match &spec.networks {
        None => vec!["default"],
        Some(list) => list.iter().filter_map(|network| network.name.value()).collect(),
    }
}

/// The first network that two containers share.
pub fn shared<'s>(one: &'s ContainerSpec, other: &ContainerSpec) -> Option<&'s str> {
    let others = networks(other);
    networks(one).into_iter().find(|network| others.contains(network))
}

/// The container of the project whose namespace a setting such as `service:db` joins, and where it says so.
pub fn joined<'p>(cx: &'p Context, mode: &Text) -> Option<(&'p ContainerSpec, At)> {
    let name = mode.value().filter(|name| name.starts_with("service:") || name.starts_with("container:"))?;
    Some((named(cx, name)?, mode.at))
}

/// The container of the project that an entry of `volumes_from` names: `db`, `db:ro`, `container:db-1:ro`.
pub fn lender<'p>(cx: &'p Context, from: &str) -> Option<&'p ContainerSpec> {
    named(cx, from.strip_suffix(":ro").or_else(|| from.strip_suffix(":rw")).unwrap_or(from))
}

/// A service by its name, after `service:` or alone, or by its container's after `container:`.
fn named<'p>(cx: &'p Context, name: &str) -> Option<&'p ContainerSpec> {
    let mut all = cx.project.containers.iter().take(MANY);
    if let Some(name) = name.strip_prefix("container:") {
        return all.find(|other| other.container_name.as_ref().is_some_and(|own| own.is(name)));
    }
    let name = name.strip_prefix("service:").unwrap_or(name).trim();
    all.find(|other| &*other.name == name)
}

pub fn is_datastore(cx: &Context, spec: &ContainerSpec) -> bool {
    known_images::stands_on(cx, spec).is_some_and(|image| known_images::is_datastore(&image))
}

/// A port of the container that other hosts reach.
pub fn published<'s>(cx: &Context, spec: &'s ContainerSpec) -> Option<&'s Port> {
    spec.ports.iter().find(|port| exposure::on_all_interfaces(cx, spec, port))
}

/// What stands beside a data store.
#[derive(Debug)]
pub struct Beside<'p> {
    /// It is published and does not seem to use the data store.
    pub stranger: &'p ContainerSpec,
    pub port: &'p Port,
    /// The network that both are on.
    pub network: &'p str,
    /// Those that use the data store, none of which is published.
    pub users: Vec<&'p ContainerSpec>,
}

/// A published service that shares a network with a data store which it does not use; `None` where the data store has
/// to be within reach anyway, because what uses it is published itself.
pub fn beside<'p>(cx: &'p Context, store: &'p ContainerSpec) -> Option<Beside<'p>> {
    let all = &cx.project.containers;
    if all.len() > MANY || cx.project.around.swarm || !is_datastore(cx, store) {
        return None;
    }
    // What runs the same image is the store's other half, not a stranger.
    let is_twin = |other: &ContainerSpec| {
        let image = |spec: &ContainerSpec| spec.image.as_ref().and_then(Text::value).map(str::to_owned);
        image(store).is_some_and(|own| image(other).is_some_and(|its| own == its))
    };
    let is_other = |other: &&ContainerSpec| other.name != store.name && !is_twin(other);
    let near = || all.iter().filter(is_other).filter(|other| shared(store, other).is_some());
    let open = near().filter_map(|other| Some((other, published(cx, other)?)));
    let (users, strangers): (Vec<_>, Vec<_>) = open.partition(|(other, _)| uses(other, store));
    let (stranger, port) = *strangers.first().filter(|_| users.is_empty())?;
    let users: Vec<&ContainerSpec> = near().filter(|other| uses(other, store)).collect();
    let network = shared(store, stranger)?;
    (!users.is_empty()).then_some(Beside { stranger, port, network, users })
}

/// A service that stores nothing, shares a network with a data store and does not seem to use it.
pub fn bystander<'p>(cx: &'p Context, store: &ContainerSpec) -> Option<&'p ContainerSpec> {
    let mut all = cx.project.containers.iter().take(MANY);
    all.find(|other| shared(store, other).is_some() && !is_datastore(cx, other) && !uses(other, store))
}

/// Something that is written about a container names the other, or its variables are not all known.
fn uses(spec: &ContainerSpec, other: &ContainerSpec) -> bool {
    let names = [&other.container_name, &other.hostname].into_iter().flatten().filter_map(Text::value);
    let names: Vec<&str> = names.chain([&*other.name]).collect();
    let values = spec.environment.iter().filter_map(|pair| pair.value.as_ref());
    let words = [&spec.command, &spec.entrypoint].into_iter().flatten();
    let words = words.flat_map(|command| command.form.texts());
    let depends = spec.depends_on.iter().map(|other| &other.service);
    let texts = values.chain(words).chain(depends).chain(&spec.links);
    let is_named = |text: &str| {
        let mut words = text.split(|c: char| !c.is_ascii_alphanumeric() && !['-', '_', '.'].contains(&c));
        words.any(|word| names.contains(&word))
    };
    !spec.env_files.is_empty() || texts.map(|text| text.value().unwrap_or(&text.raw)).any(is_named)
}
