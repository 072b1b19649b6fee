use super::pulled;
use crate::container::{ContainerSpec, Surface, Text};
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    // Podman takes the host's without being told to, and is mostly started by a user who has no other rights there.
    let is_host = |mode: &&Text| mode.is("host") && spec.surface != Surface::Quadlet;
    let Some(mode) = spec.userns_mode.as_ref().filter(is_host) else { return };
    let message = format!(
        "root in {} is root on the host even if the engine maps users; remove {}",
        pulled::name(spec),
        pulled::word(spec, "userns_mode")
    );
    pulled::on(cx, spec, out, mode.at, message);
}
