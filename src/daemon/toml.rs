//! Settings of Podman, containerd and BuildKit, which are TOML. Those that Docker's engine has as well come to its keys, others
//! keep their own. From containers.conf(5), containers-registries.conf(5), containerd's `docs/cri/config.md` and
//! `docs/hosts.md`, and BuildKit's `docs/buildkitd.toml.md` of November 2026.

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Daemon, Fault, FaultKind, Value};
use crate::text::{Source, Span, last_part};

/// What a file configures.
#[derive(Clone, Copy)]
enum Kind {
    /// What Podman gives to containers.
    Containers,
    /// Registries of Podman.
    Registries,
    Containerd,
    /// How containerd reaches one registry.
    Hosts,
    Buildkit,
}

fn kind(path: &str) -> Option<Kind> {
    let name = last_part(path);
    let folder = &path[..path.len() - name.len()];
    let ending = name.rsplit('.').next();
    let is_part = |of: &str| folder.ends_with(of) && ending == Some("conf");
    Some(match name {
        "containers.conf" => Kind::Containers,
        "registries.conf" => Kind::Registries,
        "config.toml" if folder.ends_with("containerd/") => Kind::Containerd,
        "hosts.toml" if folder.contains("certs.d/") => Kind::Hosts,
        _ if name.starts_with("buildkitd") && ending == Some("toml") => Kind::Buildkit,
        _ if is_part("containers.conf.d/") => Kind::Containers,
        _ if is_part("registries.conf.d/") => Kind::Registries,
        _ => return None,
    })
}

pub(super) fn is_name(path: &str) -> bool {
    kind(path).is_some()
}

/// Settings of `[containers]` that take something from all containers.
const OF_CONTAINERS: [&str; 9] = [
    "apparmor_profile",
    "cgroupns",
    "default_capabilities",
    "ipcns",
    "label",
    "netns",
    "pidns",
    "privileged",
    "seccomp_profile",
];

/// Reads a file, if it is one of them.
pub(super) fn read<'s>(source: &'s Arc<Source>, found: &mut Vec<Daemon<'s>>) {
    let text = source.text();
    // A template is filled in before anything reads it.
    let Some(kind) = kind(source.path()).filter(|_| !text.contains("{{") && !text.contains("{%")) else {
        return;
    };
    let mut daemon = Daemon::empty(source, Span::new(0, text.len()));
    match DeTable::parse(text) {
        Ok(table) => {
            let table = table.get_ref();
            match kind {
                Kind::Containers => containers(table, &mut daemon),
                Kind::Registries => registries(table, &mut daemon),
                Kind::Containerd => containerd(table, &mut daemon),
                Kind::Hosts => hosts(table, &mut daemon),
                Kind::Buildkit => buildkit(table, &mut daemon),
            }
        }
        Err(error) => {
            let what = format!("not valid TOML ({})", error.message());
            let place = error.span().map_or(Span::at(0), |place| span(&place));
            daemon.faults.push(Fault { span: place, kind: FaultKind::Syntax(what) });
        }
    }
    found.push(daemon);
}

fn containers(table: &DeTable, daemon: &mut Daemon) {
    let Some(containers) = inner(table, "containers") else { return };
    // So is Podman in a container set up, where the host is that container.
    let is_nested = text(containers, "cgroups").is_some_and(|(mode, _)| mode == "disabled");
    for key in OF_CONTAINERS.into_iter().filter(|key| !is_nested || !key.ends_with("ns")) {
        set(daemon, containers, key, if key == "seccomp_profile" { "seccomp-profile" } else { key });
    }
}

fn registries(table: &DeTable, daemon: &mut Daemon) {
    for registry in tables(table, "registry") {
        for host in std::iter::once(registry).chain(tables(registry, "mirror")) {
            if is_true(host, "insecure")
                && let Some((name, place)) = text(host, "location").or(text(host, "prefix"))
            {
                insecure(daemon, name, place);
            }
        }
    }
    // The form before Podman 2.
    let old = inner(table, "registries").and_then(|all| inner(all, "insecure")?.get("registries"));
    for item in old.and_then(|list| list.get_ref().as_array()).into_iter().flatten() {
        if let Some(name) = item.get_ref().as_str() {
            insecure(daemon, name, span(&item.span()));
        }
    }
}

fn containerd(table: &DeTable, daemon: &mut Daemon) {
    if let Some(debug) = inner(table, "debug") {
        set(daemon, debug, "level", "log-level");
    }
    if let Some(metrics) = inner(table, "metrics") {
        set(daemon, metrics, "address", "metrics-addr");
    }
    if let Some(grpc) = inner(table, "grpc").filter(|grpc| text(grpc, "tcp_tls_ca").is_none())
        && let Some((address, place)) = text(grpc, "tcp_address")
    {
        listens(daemon, address, place);
    }
    for (_, plugin) in entries(table, "plugins") {
        set(daemon, plugin, "disable_apparmor", "disable_apparmor");
        set(daemon, plugin, "unset_seccomp_profile", "seccomp-profile");
        let Some(registry) = inner(plugin, "registry") else { continue };
        for (host, config) in entries(registry, "configs") {
            if inner(config, "tls").is_some_and(|tls| is_true(tls, "insecure_skip_verify")) {
                insecure(daemon, host.get_ref(), span(&host.span()));
            }
        }
        for (_, mirror) in entries(registry, "mirrors") {
            let endpoints = mirror.get("endpoint").and_then(|list| list.get_ref().as_array());
            for endpoint in endpoints.into_iter().flatten() {
                plain_http(daemon, endpoint.get_ref().as_str().unwrap_or_default(), &endpoint.span());
            }
        }
    }
}

fn hosts(table: &DeTable, daemon: &mut Daemon) {
    if let Some(server) = table.get("server") {
        plain_http(daemon, server.get_ref().as_str().unwrap_or_default(), &server.span());
    }
    for (address, host) in entries(table, "host") {
        let bare = address.get_ref().strip_prefix("https://").unwrap_or(address.get_ref());
        if is_true(host, "skip_verify") && !bare.starts_with("http://") {
            insecure(daemon, bare, span(&address.span()));
        }
        plain_http(daemon, address.get_ref(), &address.span());
    }
}

fn buildkit(table: &DeTable, daemon: &mut Daemon) {
    set(daemon, table, "debug", "debug");
    for (host, registry) in entries(table, "registry") {
        if is_true(registry, "http") || is_true(registry, "insecure") {
            insecure(daemon, host.get_ref(), span(&host.span()));
        }
    }
    let Some(grpc) = inner(table, "grpc") else { return };
    if inner(grpc, "tls").is_some_and(|tls| text(tls, "ca").is_some()) {
        return;
    }
    let addresses = grpc.get("address").and_then(|list| list.get_ref().as_array());
    for item in addresses.into_iter().flatten() {
        if let Some(address) = item.get_ref().as_str().and_then(|address| address.strip_prefix("tcp://")) {
            listens(daemon, address, span(&item.span()));
        }
    }
}

/// A registry that is reached without TLS or with any certificate.
fn insecure(daemon: &mut Daemon, name: &str, place: Span) {
    daemon.set("insecure-registries", place, place, Value::List(vec![(name.into(), place)]));
}

fn plain_http(daemon: &mut Daemon, address: &str, place: &Range<usize>) {
    if let Some(host) = address.strip_prefix("http://") {
        insecure(daemon, host, span(place));
    }
}

fn listens(daemon: &mut Daemon, address: &str, place: Span) {
    daemon.set("hosts", place, place, Value::List(vec![(format!("tcp://{address}").into(), place)]));
}

/// Sets a key of the engine to what a key of a table says.
fn set(daemon: &mut Daemon, table: &DeTable, name: &str, key: &str) {
    let Some((written, value)) = table.get_key_value(name) else { return };
    let texts = |list: &toml::de::DeArray| {
        let item = |item: &Spanned<DeValue>| Some((item.get_ref().as_str()?.into(), span(&item.span())));
        Value::List(list.iter().filter_map(item).collect())
    };
    let place = span(&value.span());
    let value = match value.get_ref() {
        DeValue::String(text) => Value::Text((**text).into()),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Array(list) => texts(list),
        _ => Value::Other,
    };
    daemon.set(key, span(&written.span()), place, value);
}

fn span(place: &Range<usize>) -> Span {
    Span::new(place.start, place.end)
}

fn inner<'t, 'i>(table: &'t DeTable<'i>, key: &str) -> Option<&'t DeTable<'i>> {
    table.get(key)?.get_ref().as_table()
}

/// The tables of an array.
fn tables<'t, 'i>(table: &'t DeTable<'i>, key: &str) -> impl Iterator<Item = &'t DeTable<'i>> {
    let list = table.get(key).and_then(|list| list.get_ref().as_array());
    list.into_iter().flatten().filter_map(|item| item.get_ref().as_table())
}

/// The tables in a table, with their names.
fn entries<'t, 'i>(
    table: &'t DeTable<'i>,
    key: &str,
) -> impl Iterator<Item = (&'t Spanned<toml::de::DeString<'i>>, &'t DeTable<'i>)> {
    let inner = inner(table, key).into_iter().flatten();
    inner.filter_map(|(name, value)| Some((name, value.get_ref().as_table()?)))
}

/// A text that is not empty.
fn text<'t>(table: &'t DeTable, key: &str) -> Option<(&'t str, Span)> {
    let value = table.get(key)?;
    let text = value.get_ref().as_str().filter(|text| !text.is_empty())?;
    Some((text, span(&value.span())))
}

fn is_true(table: &DeTable, key: &str) -> bool {
    table.get(key).is_some_and(|value| value.get_ref().as_bool() == Some(true))
}
