use super::{exposure, known_images, pulled};
use crate::container::{ContainerSpec, Port};
use crate::finding::Findings;
use crate::rule::{Context, Severity};

/// The engine's API without TLS. Source: dockerd(8), `--host`.
const PLAIN: u16 = 2375;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let is_plain = |port: &&Port| {
        let range = port.target.as_ref().and_then(|target| target.range);
        range.is_some_and(|(first, last)| (first..=last).contains(&PLAIN))
    };
    for port in spec.ports.iter().filter(is_plain) {
        if exposure::on_all_interfaces(cx, spec, port) {
            let is_proxy = known_images::of(spec).is_some_and(|image| known_images::is_socket_proxy(&image));
            let reads = is_proxy && known_images::proxy_creates(spec).is_none();
            let who = if reads {
                "reads the settings and secrets of all containers"
            } else {
                "is root on the host"
            };
            let message = format!(
                "{} publishes a container engine's API without TLS, so everybody who reaches it {who}; remove the port, or \
                 bind it to `127.0.0.1`",
                pulled::name(spec)
            );
            let finding = pulled::on(cx, spec, out, port.at, message);
            if reads {
                finding.severity(Severity::Warning);
            }
        }
    }
}
