use super::capabilities::{self, Reach};
use super::{image_needs, known_images};
use crate::container::{ContainerSpec, Text};
use crate::finding::Findings;
use crate::image::ImageRef;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let then = |name: &str| format!("; check that it needs `{name}`");
    capabilities::report(
        cx,
        spec,
        out,
        |one| one.reach == Reach::Own && !is_needed(spec, one.name),
        then,
        |_| None,
    );
}

/// Programs that change the network that they are on, by the last part of the repository.
const NETWORKERS: [&str; 8] = [
    "fail2ban",
    "gluetun",
    "openvpn",
    "transmission-openvpn",
    "wg-access-server",
    "wg-easy",
    "wireguard",
    "wireguard-ui",
];

/// The program is made for it, or another setting is there for the same purpose.
fn is_needed(spec: &ContainerSpec, name: &str) -> bool {
    let image = known_images::of(spec);
    let is = |what: fn(&ImageRef) -> bool| image.as_ref().is_some_and(what);
    let limits_memory = || spec.ulimits.iter().any(|limit| limit.name.is("memlock"));
    let by_image = || {
        let needs = image.as_ref().and_then(image_needs::of);
        needs.is_some_and(|needs| needs.of_file.contains(&name))
    };
    match name {
        "NET_ADMIN" => {
            let is_networker = |image: &ImageRef| NETWORKERS.contains(&image.name());
            is(known_images::needs_host_network) || is(is_networker) || makes_tunnels(spec)
        }
        "SYS_PTRACE" => is(known_images::is_monitor),
        "SYS_NICE" if is(known_images::is_mysql) => true,
        "IPC_LOCK" if limits_memory() => true,
        _ => by_image(),
    }
}

/// The container has the device of virtual networks, as a device or as a mount.
fn makes_tunnels(spec: &ContainerSpec) -> bool {
    let is_tun = |text: &Text| text.is("/dev/net/tun");
    spec.devices.iter().any(|device| is_tun(&device.source))
        || spec.mounts.iter().filter_map(|mount| mount.source.as_ref()).any(is_tun)
}
