use super::{pulled, settings};
use crate::container::{ContainerSpec, Port, Surface};
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    // Swarm publishes a port once, for all replicas.
    if spec.surface != Surface::ComposeService || settings::is_swarm(cx, spec) {
        return;
    }
    // Only Swarm has an object that these labels could be on.
    let Some(deploy) = spec.deploy.as_ref().filter(|deploy| deploy.labels.is_empty()) else { return };
    let replicas = deploy.replicas.and_then(|setting| setting.value);
    let Some(replicas) = replicas.filter(|&count| count > 1) else { return };
    let is_short = |port: &&Port| {
        let range = port.published.as_ref().and_then(|published| published.range);
        port.mode.is_none() && range.is_some_and(|(first, last)| i64::from(last - first) + 1 < replicas)
    };
    let Some(port) = spec.ports.iter().find(is_short) else { return };
    let message = format!(
        "only one of the {replicas} replicas of {} can have this port of the host, so the others do not start; publish a \
         range of ports, or put a proxy before them",
        pulled::name(spec)
    );
    pulled::on(cx, spec, out, port.at, message);
}
