use super::{pulled, settings};
use crate::container::ContainerSpec;
use crate::daemon::{AccessKind, Daemon};
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(value) = settings::engine_address(spec) else { return };
    let Some(host) = value.value().and_then(host_of) else { return };
    let is_encrypted = |name: &str| {
        spec.environment.iter().any(|pair| {
            pair.key.is(name) && pair.value.as_ref().is_none_or(|value| !value.is("") && !value.is("0"))
        })
    };
    if is_encrypted("DOCKER_TLS_VERIFY") || is_encrypted("DOCKER_TLS") {
        return;
    }
    // A proxy for the socket, or an engine, that runs in the same project.
    let Some(host) = elsewhere(host).filter(|host| !cx.project.around.hosts.contains(*host)) else { return };
    let message = format!(
        "{} commands the container engine at `{host}` without encryption and without a password; use TLS \
         (`DOCKER_TLS_VERIFY`) or `ssh://`",
        pulled::name(spec)
    );
    let finding = pulled::on(cx, spec, out, value.at, message);
    // A name without a domain is that of a container in a shared network.
    if !host.contains(['.', ':']) {
        finding.severity(Severity::Note);
    }
}

pub fn daemon(_cx: &Context, file: &Daemon, out: &mut Findings) {
    for access in &file.access {
        let AccessKind::Client(address) = &access.kind else { continue };
        let Some(host) = elsewhere(address.split('/').next().unwrap_or(address)) else { continue };
        let message = format!(
            "the container engine at `{host}` is commanded without encryption and without a password; use TLS \
             (`DOCKER_TLS_VERIFY`) or `ssh://`"
        );
        let finding = out.at(file.source, access.at, message);
        if !host.contains(['.', ':']) {
            finding.severity(Severity::Note);
        }
    }
}

/// The host of an address, if it is another machine that is known, and its port is not that for TLS.
fn elsewhere(address: &str) -> Option<&str> {
    let (host, port) = address.rsplit_once(':').unwrap_or((address, ""));
    let local = ["localhost", "127.0.0.1", "[::1]", ""].contains(&host);
    (port != "2376" && !local && !host.contains('$')).then_some(host)
}

/// The host and port of an address with `tcp://`.
fn host_of(address: &str) -> Option<&str> {
    address.trim().strip_prefix("tcp://")?.split('/').next()
}
