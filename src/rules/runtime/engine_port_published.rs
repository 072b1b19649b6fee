use super::{exposure, pulled};
use crate::container::{ContainerSpec, Port};
use crate::finding::Findings;
use crate::rule::Context;

/// The engine's API without TLS. Source: dockerd(8), `--host`.
const PLAIN: u16 = 2375;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let is_plain = |port: &&Port| {
        let range = port.target.as_ref().and_then(|target| target.range);
        range.is_some_and(|(first, last)| (first..=last).contains(&PLAIN))
    };
    for port in spec.ports.iter().filter(is_plain) {
        if exposure::on_all_interfaces(cx, spec, port) {
            let message = format!(
                "{} publishes a container engine's API without TLS, so everybody who reaches it is root on the host; \
                 remove the port, or bind it to `127.0.0.1`",
                pulled::name(spec)
            );
            pulled::on(cx, spec, out, port.at, message);
        }
    }
}
