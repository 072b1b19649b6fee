//! Ways through the container engine: whoever commands it commands the host.

use super::super::holding::Holding;
use super::super::user::Who;
use super::mounts::mounted;
use super::{Trail, is_true};
use crate::container::ContainerSpec;
use crate::privilege::Gain;
use crate::rules::runtime::neighbours::MANY;
use crate::rules::runtime::{host_paths, known_images, settings};

const ORDERS: &str = "it tells the engine to run a privileged container with the host's `/`";

/// Sockets of engines belong to root and a group.
fn to_engine(trail: Trail, holding: &Holding) -> Trail {
    let trail = match holding.user.who {
        Who::Root => trail.naming_root(holding),
        _ => match holding.spec.group_add.first() {
            Some(group) => {
                trail.step("its user is in an additional group, which may be the socket's", [group.at])
            }
            None => trail.only_if("its user is root or in the socket's group"),
        },
    };
    trail.step(ORDERS, []).past_users(holding)
}

pub(super) fn socket(holding: &Holding) -> Option<Trail> {
    let mount = mounted(holding, super::HostMount::holds_socket)?;
    let what = if host_paths::is_control_socket(&mount.path) { "is" } else { "contains" };
    let read_only = if mount.writable { "" } else { ", and `ro` does not limit what is sent to it" };
    let is_of_user = host_paths::is_of_rootless(&mount.path);
    let whose = if is_of_user { "a rootless engine's" } else { "the engine's" };
    let trail = mount.trail(format!("`{}` {what} {whose} socket{read_only}", mount.written));
    let trail = to_engine(trail, holding);
    Some(if is_of_user { trail.gains(Gain::Login) } else { trail })
}

pub(super) fn api_socket(holding: &Holding) -> Option<Trail> {
    let at = is_true(holding.spec.use_api_socket)?;
    Some(to_engine(Trail::new("`use_api_socket` gives it the engine's socket", at), holding))
}

/// The host itself, as a container sees it.
const THIS: [&str; 3] = ["host.docker.internal", "gateway.docker.internal", "172.17.0.1"];

pub(super) fn address(holding: &Holding) -> Option<Trail> {
    let address = settings::engine_address(holding.spec)?;
    let rest = address.value()?.split_once("://")?.1;
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    let trail = Trail::new("it calls an engine through `DOCKER_HOST`", address.at);
    let is_local = matches!(host, "localhost" | "127.0.0.1");
    if THIS.contains(&host) || is_local && holding.host_network().is_some() {
        return Some(trail.step(ORDERS, []));
    }
    if let Some((other, at)) = holding.network_of.filter(|_| is_local) {
        return by_other(trail.step(format!("it has the network of `{}`", other.name), [at]), other);
    }
    let mut others = holding.cx.project.containers.iter().take(MANY);
    let other = others.find(|other| &*other.name == host)?;
    by_other(trail, other)
}

/// Through a container that passes orders on to the engine, or is an engine itself.
fn by_other(trail: Trail, other: &ContainerSpec) -> Option<Trail> {
    let (image, name) = (known_images::of(other), &other.name);
    let is = |what: fn(&crate::image::ImageRef) -> bool| image.as_ref().is_some_and(what);
    if let Some(privileged) = is_true(other.privileged).filter(|_| is(known_images::is_docker_in_docker)) {
        let trail = trail.step(format!("`{name}` is an engine, and is privileged"), [privileged]);
        return Some(trail.step(ORDERS, []));
    }
    let (_, _, socket) = host_paths::mounted(other).find(|(_, path, _)| host_paths::reaches_engine(path))?;
    let trail =
        trail.step(format!("`{name}` passes it on to the engine's socket"), [socket]).step(ORDERS, []);
    let is_strict = is(known_images::is_socket_proxy) && known_images::proxy_creates(other).is_none();
    Some(if is_strict { trail.only_if(format!("`{name}` lets it create containers")) } else { trail })
}

/// An engine that listens without TLS answers everybody who reaches its port.
pub(super) fn port(holding: &Holding) -> Option<Trail> {
    let trail = Trail::new("it shares the host's network", holding.host_network()?);
    let listens = settings::engine(holding.cx, holding.spec)?.listens.clone()?;
    let trail = trail.step_in("the engine listens there and asks for no certificate", vec![listens]);
    Some(trail.step(ORDERS, []))
}
