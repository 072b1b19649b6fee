//! Which published ports the whole network can reach, and which of them belong to a data store.
//!
//! `port-all-interfaces` and `datastore-port-published` share these answers, so that no port is reported by both.

use std::collections::HashSet;

use super::{known_images, pulled, settings};
use crate::compose::{Piece, pieces};
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
pub fn on_all_interfaces(cx: &Context, spec: &ContainerSpec, port: &Port) -> bool {
    if port.invalid || port.target.as_ref().is_none_or(|target| target.text.is_unknown()) {
        return false;
    }
    // With the host's network, another container's or none, `ports` has no effect.
    if spec.network_mode.as_ref().is_some_and(|mode| !mode.is("bridge") && !mode.is("default")) {
        return false;
    }
    // `${ADDRESS}:80` may well be `127.0.0.1:8080:80`; `${APP_PORT}:80` is a port, whichever it is.
    if port.published.as_ref().is_some_and(|port| port.text.is_unknown() && may_hold_address(&port.text.raw))
    {
        return false;
    }
    match &port.host_ip {
        None => true,
        // Swarm leaves addresses out.
        Some(_) if settings::is_swarm(cx, spec) => true,
        Some(ip) => matches!(ip.value(), Some("" | "0.0.0.0" | "::" | "[::]" | "*")),
    }
}

/// A variable in the text may bring an address along, by its name or by what it falls back to.
fn may_hold_address(raw: &str) -> bool {
    let words = ["addr", "address", "bind", "host", "iface", "interface", "ip", "ip4", "ip6", "listen"];
    pieces(raw).iter().any(|piece| {
        let Piece::Variable(variable) = piece else { return false };
        let name = raw[variable.name.clone()].to_ascii_lowercase();
        let is_port = name.ends_with("port") || name.ends_with("ports");
        !is_port && name.split('_').any(|word| words.contains(&word))
            || variable.word.clone().is_some_and(|word| raw[word].contains(['.', ':']))
    })
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

/// Container ports of what others than this host are meant to reach: shells, files, mail, names, addresses, time,
/// logs, tunnels, calls, streams, devices, games, peers. Source: IANA's registry and the programs' manuals.
const PUBLIC_PORTS: [u16; 60] = [
    21, 22, 25, 53, 67, 68, 69, 110, 123, 139, 143, 161, 162, 179, 389, 445, 465, 500, 514, 547, 554, 587,
    601, 631, 636, 853, 989, 990, 993, 995, 1194, 1701, 1723, 1812, 1813, 1900, 1935, 3478, 4190, 4500, 5060,
    5061, 5222, 5269, 5349, 5353, 6514, 6667, 6697, 6881, 8333, 8883, 9418, 9987, 25565, 27015, 30303, 34197,
    51820, 64738,
];
/// UDP ports of what programs send to their own host: StatsD. All else over UDP (DNS, DHCP, SSDP, WebRTC, games) is
/// there for others, and no reverse proxy stands before it.
const INTERNAL_UDP: [u16; 3] = [8125, 8126, 11211];
/// Where reverse proxies and gateways listen for what they pass on; their own consoles are elsewhere.
const PROXY_PORTS: [u16; 6] = [80, 443, 8000, 8443, 9080, 9443];
/// Ports at which the members of a cluster call each other and hardly anybody else does.
const PEER_PORTS: [u16; 17] =
    [2181, 2380, 2888, 3888, 4369, 4444, 4567, 4568, 6222, 7000, 7001, 7946, 8300, 8301, 8302, 9300, 25672];
/// Platforms that install apps from Compose files and send their users to the published port.
const PLATFORMS: [&str; 6] =
    ["x-casaos", "x-zimaos", "x-umbrel", "x-runtipi", "x-cosmos-installer", "x-bigbear"];

/// The networks that platforms of this kind bring along: 1Panel, Runtipi.
const PLATFORM_NETWORKS: [&str; 3] = ["1panel-network", "tipi_main_network", "runtipi_tipi_main_network"];

/// How plainly a port is there to be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meant {
    /// 80 or 443 of a known reverse proxy or web server, or a protocol between strangers.
    Surely,
    /// 80 or 443 of anything else, an app of a platform, a member of a cluster over several hosts.
    Perhaps,
    No,
}

/// Whether a port is there to be reached from everywhere.
pub fn meant(cx: &Context, spec: &ContainerSpec, port: &Port, called: &Called) -> Meant {
    let only = |ports: Option<&Ports>, wanted: &[u16]| {
        let range = ports.and_then(|ports| ports.range);
        range.is_some_and(|(first, last)| first == last && wanted.contains(&first))
    };
    let target = port.target.as_ref();
    let web = only(port.published.as_ref(), &[80, 443]);
    let proxy =
        || known_images::stands_on(cx, spec).is_some_and(|image| known_images::is_reverse_proxy(&image));
    if only(target, &PUBLIC_PORTS)
        || is_udp(port) && !only(target, &INTERNAL_UDP)
        || has_udp_twin(spec, port)
        || web && proxy()
    {
        Meant::Surely
    } else if web || only(target, &PROXY_PORTS) && proxy() || is_platforms(cx, spec) || called.has(port) {
        Meant::Perhaps
    } else {
        Meant::No
    }
}

/// The file is an app of such a platform, by its keys or by the network that it joins.
pub fn is_platforms(cx: &Context, spec: &ContainerSpec) -> bool {
    cx.project.around.extensions.iter().any(|key| PLATFORMS.contains(&&**key))
        || spec
            .networks
            .iter()
            .flatten()
            .any(|network| PLATFORM_NETWORKS.iter().any(|name| network.name.is(name)))
}

fn is_udp(port: &Port) -> bool {
    port.protocol.as_ref().and_then(Text::value).is_some_and(|name| name.eq_ignore_ascii_case("udp"))
}

/// The same port is published over UDP, too, as games and calls do.
fn has_udp_twin(spec: &ContainerSpec, port: &Port) -> bool {
    let range = |port: &Port| port.target.as_ref().and_then(|target| target.range);
    !is_udp(port)
        && range(port).is_some()
        && spec.ports.iter().take(100).any(|other| is_udp(other) && range(other) == range(port))
}

/// The ports that other hosts are told to call.
#[derive(Debug, Default)]
pub struct Called {
    /// At the name of a host that is no service here: `PLAINTEXT://10.0.0.5:9092`.
    elsewhere: HashSet<u16>,
    /// At a bare name that is none: `server.1=zoo1:2888:3888`.
    bare: HashSet<u16>,
}

impl Called {
    /// What the container's variables and command say.
    pub fn of(cx: &Context, spec: &ContainerSpec) -> Self {
        let mut called = Self::default();
        if spec.ports.is_empty() {
            return called;
        }
        let values = spec.environment.iter().filter_map(|pair| pair.value.as_ref());
        let words = spec.command.iter().flat_map(|command| command.form.texts());
        for text in values.chain(words).map(|text| text.value().unwrap_or(&text.raw)) {
            called.read(cx, text);
        }
        called
    }

    fn read(&mut self, cx: &Context, text: &str) {
        let mut host = "";
        for part in text.split([' ', ',', ';', '=', '/', '@', '"', '\'', '|']) {
            for (index, piece) in part.split(':').enumerate() {
                match piece.parse() {
                    // A name may be followed by several ports.
                    Ok(port) if index > 0 && is_elsewhere(cx, host) => {
                        if host.contains(['.', '$']) { &mut self.elsewhere } else { &mut self.bare }
                            .insert(port);
                    }
                    Ok(_) => {}
                    Err(_) => host = piece,
                }
            }
            host = "";
        }
    }

    /// A port of a cluster's members, or one that the container announces.
    fn has(&self, port: &Port) -> bool {
        let single = |ports: &Option<Ports>| {
            let (first, last) = ports.as_ref()?.range?;
            (first == last).then_some(first)
        };
        let target = single(&port.target);
        let peer = target.is_some_and(|target| PEER_PORTS.contains(&target));
        [target, single(&port.published)]
            .into_iter()
            .flatten()
            .any(|number| self.elsewhere.contains(&number) || peer && self.bare.contains(&number))
    }
}

/// The text is the name or address of a host that is neither this one nor a service of the project.
fn is_elsewhere(cx: &Context, host: &str) -> bool {
    !["", "localhost", "0.0.0.0", "host.docker.internal"].contains(&host)
        && !host.starts_with("127.")
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-${}".contains(&b))
        && !cx.project.around.hosts.contains(host)
}

/// What to do about a port that is open to the whole network.
pub fn advice(cx: &Context, spec: &ContainerSpec, port: &Port, meant: Meant) -> &'static str {
    let swarm = settings::is_swarm(cx, spec);
    if swarm && port.mode.as_ref().is_some_and(|mode| mode.is("host")) {
        return "Swarm opens it on each node that runs the service; remove it, or limit access with a firewall";
    }
    if swarm {
        return "Swarm publishes it on every node and ignores the address; remove it, or limit access with a firewall";
    }
    match meant {
        Meant::Surely | Meant::Perhaps => {
            "if only this host or its reverse proxy connects to it, bind it to `127.0.0.1`"
        }
        Meant::No => "bind it to `127.0.0.1`, or use a reverse proxy",
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
