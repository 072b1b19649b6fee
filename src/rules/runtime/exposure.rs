//! Which published ports the whole network can reach, and which of them belong to a data store.
//!
//! `port-all-interfaces` and `datastore-port-published` share these answers, so that no port is reported by both.

use super::{known_images, pulled};
use crate::container::{ContainerSpec, Port, Ports, Text};
use crate::rule::Context;

/// Ports that are used by one data store, cache or queue and hardly by anything else.
const DATASTORE_PORTS: [(u16, &str); 17] = [
    (1433, "SQL Server"),
    (1521, "Oracle Database"),
    (2379, "etcd"),
    (3306, "MySQL"),
    (5432, "PostgreSQL"),
    (5672, "RabbitMQ"),
    (5984, "CouchDB"),
    (6379, "Redis"),
    (7687, "Neo4j"),
    (9042, "Cassandra"),
    (9200, "Elasticsearch or OpenSearch"),
    (9300, "Elasticsearch or OpenSearch"),
    (11211, "Memcached"),
    (26257, "CockroachDB"),
    (27017, "MongoDB"),
    (27018, "MongoDB"),
    (28015, "RethinkDB"),
];

/// The port is published on every interface of the host, as far as anybody can know.
pub fn on_all_interfaces(port: &Port) -> bool {
    if port.invalid || port.target.as_ref().is_none_or(|target| target.text.is_unknown()) {
        return false;
    }
    // `${PORT}:80` may well be `127.0.0.1:8080:80`.
    if port.published.as_ref().is_some_and(|published| published.text.is_unknown()) {
        return false;
    }
    // Docker refuses an address on Swarm's ingress network.
    if port.mode.as_ref().is_some_and(|mode| mode.is("ingress")) {
        return false;
    }
    match &port.host_ip {
        None => true,
        Some(ip) => matches!(ip.value(), Some("" | "0.0.0.0" | "::" | "[::]" | "*")),
    }
}

/// What makes a port a data store's.
pub enum Datastore {
    /// The service's image is one; its name.
    Image(String),
    /// Only the number says so: whose it usually is.
    Number(&'static str),
}

/// What data store answers on the port, as far as can be told.
pub fn datastore(cx: &Context, spec: &ContainerSpec, port: &Port) -> Option<Datastore> {
    if let Some(image) = known_images::stands_on(cx, spec).filter(known_images::is_datastore) {
        return Some(Datastore::Image(image.name().to_owned()));
    }
    let (first, last) = port.target.as_ref()?.range?;
    let (_, name) = DATASTORE_PORTS.iter().find(|(number, _)| (first..=last).contains(number))?;
    // A range is a service's own choice; only a narrow one says something.
    (last - first < 10).then_some(Datastore::Number(name))
}

/// Container ports of what the internet is meant to reach: shells, mail, names, time, tunnels, calls, games.
const PUBLIC_PORTS: [u16; 23] = [
    22, 25, 53, 110, 123, 143, 465, 500, 587, 853, 993, 995, 1194, 3478, 4190, 4500, 5222, 5269, 5349, 6881,
    8883, 25565, 51820,
];

/// How plainly a port is there to be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meant {
    /// 80 or 443 of a known reverse proxy or web server, or a protocol between strangers.
    Surely,
    /// 80 or 443 of anything else.
    Perhaps,
    No,
}

/// Whether a port is there to be reached from everywhere.
pub fn meant(cx: &Context, spec: &ContainerSpec, port: &Port) -> Meant {
    let only = |ports: Option<&Ports>, wanted: &[u16]| {
        let range = ports.and_then(|ports| ports.range);
        range.is_some_and(|(first, last)| first == last && wanted.contains(&first))
    };
    if only(port.target.as_ref(), &PUBLIC_PORTS) {
        Meant::Surely
    } else if only(port.published.as_ref(), &[80, 443]) {
        let proxy =
            known_images::stands_on(cx, spec).is_some_and(|image| known_images::is_reverse_proxy(&image));
        if proxy { Meant::Surely } else { Meant::Perhaps }
    } else {
        Meant::No
    }
}

/// What a fix puts before a port in the short syntax, and how many bytes of `written` it takes away.
pub fn loopback(written: &str, host_ip: Option<&Text>, published: bool) -> Option<(usize, &'static str)> {
    // `:80:80` has an empty address. A variable may hold one.
    if written.starts_with(':') {
        return Some((0, "127.0.0.1"));
    }
    if written.starts_with('$') {
        return None;
    }
    if host_ip.is_none() {
        return Some((0, if published { "127.0.0.1:" } else { "127.0.0.1::" }));
    }
    ["0.0.0.0:", "[::]:", "*:"]
        .iter()
        .find_map(|any| written.starts_with(any).then_some((any.len(), "127.0.0.1:")))
}

/// How to speak of a port: its number on the host, or that in the container, and whose it is.
pub fn name(spec: &ContainerSpec, port: &Port) -> String {
    let ports = port.published.as_ref().or(port.target.as_ref());
    let number = match ports.and_then(|ports| ports.range) {
        Some((first, last)) if first == last => format!("`{first}`"),
        Some((first, last)) => format!("`{first}-{last}`"),
        None => ports.map_or_else(String::new, |ports| format!("`{}`", ports.text.raw)),
    };
    let random = if port.published.is_none() { ", on a random port of the host," } else { "" };
    format!("port {number} of {}{random}", pulled::name(spec))
}
