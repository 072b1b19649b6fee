//! Networks, volumes, secrets and configs at top level.

use std::collections::HashSet;

use super::Resource;
use super::read::{Reader, keys};
use super::value::{Field, Shape};
use crate::container::{ContainerSpec, Known, Text};

/// `named`: a name may stand in place of `external: true`, as podman-compose reads it.
pub(super) fn resource(reader: &mut Reader<'_>, field: &Field<'_>, named: bool) -> Resource {
    let value = &field.value;
    let external = value.get("external");
    // The old form names the resource below `external`.
    let old = external.filter(|value| matches!(value.shape, Shape::Map(_)));
    let flags = ["", "true", "false", "y", "n", "yes", "no", "on", "off"];
    let named = external
        .filter(|_| named)
        .and_then(|value| reader.text(value))
        .filter(|text| text.value().is_some_and(|value| !flags.contains(&&*value.to_ascii_lowercase())));
    let is_external = match (old, &named) {
        (None, None) => reader.flag(value, "external").is_some_and(|flag| flag.is_true()),
        _ => true,
    };
    let old_name = old.and_then(|old| reader.text_of(old, "name")).or(named);
    Resource {
        key: field.name.into(),
        at: field.at,
        keys: keys(value),
        name: reader.text_of(value, "name").or(old_name),
        external: is_external,
        driver: reader.text_of(value, "driver"),
        driver_opts: reader.pairs(value, "driver_opts", &['=']),
        file: reader.text_of(value, "file"),
        environment: reader.text_of(value, "environment"),
        content: reader.text_of(value, "content"),
        internal: reader.flag(value, "internal"),
        attachable: reader.flag(value, "attachable"),
        labels: reader.pairs(value, "labels", &['=']),
    }
}

/// A service that joins the engine's own network `host`, as stacks of Swarm do, has the host's network.
pub(super) fn share_host_network(services: &mut [ContainerSpec], networks: &[Resource]) {
    let is_host = |network: &&Resource| {
        let name = network.name.as_ref().map_or(Some(&*network.key), |name| name.value());
        network.external && name == Some("host")
    };
    let hosts: HashSet<&str> = networks.iter().filter(is_host).map(|network| &*network.key).collect();
    for service in services.iter_mut().filter(|service| !hosts.is_empty() && service.network_mode.is_none()) {
        let mut joined = service.networks.iter().flatten();
        let network = joined.find(|network| network.name.value().is_some_and(|name| hosts.contains(name)));
        service.network_mode = network.map(|network| Text {
            raw: "host".into(),
            known: Known::AsWritten,
            at: network.at,
            skip: None,
        });
    }
}
