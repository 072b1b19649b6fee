//! Whether a data store shares a network with something that is published and does not use it.

use super::super::holding::{Holding, MANY, networks};
use crate::container::{ContainerSpec, Text};
use crate::rules::runtime::{exposure, known_images};

/// What to ask about the networks of a data store.
pub(super) fn question(holding: &Holding) -> Option<String> {
    let (cx, spec) = (holding.cx, holding.spec);
    let is_store = known_images::stands_on(cx, spec).is_some_and(|image| known_images::is_datastore(&image));
    let others = &cx.project.containers;
    if !is_store || others.len() > MANY || cx.project.around.swarm {
        return None;
    }
    let own = networks(spec);
    let shared = |other: &ContainerSpec| networks(other).iter().any(|network| own.contains(network));
    let near = others.iter().filter(|other| other.name != spec.name && shared(other));
    let is_published =
        |other: &&ContainerSpec| other.ports.iter().any(|port| exposure::on_all_interfaces(cx, other, port));
    let (users, strangers): (Vec<&ContainerSpec>, Vec<_>) = near.partition(|other| uses(other, spec));
    let published = strangers.iter().copied().find(is_published)?;
    // Whoever uses it and is published keeps it within reach, whatever the networks.
    if users.is_empty() || users.iter().any(is_published) {
        return None;
    }
    let names: Vec<String> = users.iter().take(5).map(|other| format!("`{}`", other.name)).collect();
    Some(format!(
        "`{}` is published, shares a network with it and does not seem to use it; put it and {} on a network of their \
         own",
        published.name,
        names.join(", ")
    ))
}

/// Something that is written about a container names the other, or its variables are not all known.
fn uses(spec: &ContainerSpec, other: &ContainerSpec) -> bool {
    let names = [&other.container_name, &other.hostname].into_iter().flatten().filter_map(Text::value);
    let names: Vec<&str> = names.chain([&*other.name]).collect();
    let values = spec.environment.iter().filter_map(|pair| pair.value.as_ref());
    let words = [&spec.command, &spec.entrypoint].into_iter().flatten();
    let words = words.flat_map(|command| command.form.texts());
    let depends = spec.depends_on.iter().map(|other| &other.service);
    let texts =
        values.chain(words).chain(depends).chain(&spec.links).map(|text| text.value().unwrap_or(&text.raw));
    let is_named = |text: &str| {
        let mut words = text.split(|c: char| !c.is_ascii_alphanumeric() && !['-', '_', '.'].contains(&c));
        words.any(|word| names.contains(&word))
    };
    texts.into_iter().any(is_named) || !spec.env_files.is_empty()
}
