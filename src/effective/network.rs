//! The map of a project's networks.

use super::place;
use crate::compose::Resource;
use crate::container::{ContainerSpec, Text};
use crate::privilege::{Member, NetworkMap, NetworkNode};
use crate::rule::Context;
use crate::rules::runtime::{exposure, neighbours};

/// `None` where there is no service.
pub fn map(cx: &Context) -> Option<NetworkMap> {
    let specs = cx.project.containers.iter().filter(|spec| !super::is_other(cx, spec));
    let specs: Vec<&ContainerSpec> = specs.collect();
    let path = cx.project.source(specs.first()?.at).path().clone();
    let mut names: Vec<&str> = specs.iter().flat_map(|spec| neighbours::networks(spec)).collect();
    names.sort_unstable();
    names.dedup();
    let networks = names.iter().map(|name| node(cx, name)).collect();
    let members = specs.iter().map(|spec| member(cx, spec, &names)).collect();
    Some(NetworkMap { path, networks, members })
}

fn node(cx: &Context, name: &str) -> NetworkNode {
    let defined = cx.project.networks.iter().find(|network| &*network.key == name);
    NetworkNode { name: name.to_owned(), remarks: defined.map_or_else(Vec::new, remarks) }
}

fn remarks(network: &Resource) -> Vec<String> {
    let driver = network.driver.as_ref().map(|driver| driver.raw.to_string());
    let is_open = network.driver.as_ref().is_some_and(|driver| driver.is("overlay"))
        && !network.driver_opts.iter().any(|pair| pair.key.is("encrypted"));
    let marks = [
        (network.internal.is_some_and(|setting| setting.is_true()), "internal"),
        (network.external, "external"),
        (network.attachable.is_some_and(|setting| setting.is_true()), "attachable"),
        (is_open, "not encrypted"),
    ];
    let marks = marks.into_iter().filter(|(is_so, _)| *is_so).map(|(_, mark)| mark.to_owned());
    driver.into_iter().chain(marks).collect()
}

fn member(cx: &Context, spec: &ContainerSpec, names: &[&str]) -> Member {
    let own = neighbours::networks(spec);
    let networks = own.iter().filter_map(|network| names.binary_search(network).ok()).collect();
    let open = spec.ports.iter().filter(|port| exposure::on_all_interfaces(cx, spec, port));
    let published = open.filter_map(|port| port.published.as_ref().or(port.target.as_ref()));
    Member {
        name: spec.name.to_string(),
        place: place(cx, spec.at),
        networks,
        mode: spec.network_mode.as_ref().map(|mode: &Text| mode.raw.to_string()),
        published: published.map(|ports| ports.text.raw.to_string()).collect(),
        stores: neighbours::is_datastore(cx, spec),
        beside: neighbours::beside(cx, spec).map(|beside| beside.stranger.name.to_string()),
    }
}
