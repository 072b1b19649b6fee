use super::pulled;
use crate::container::{ContainerSpec, Surface, Text};
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    // Orchestrators want ports of the host to be named.
    if !matches!(spec.surface, Surface::ComposeService | Surface::Run) {
        return;
    }
    let Some(mode) = spec.network_mode.as_ref().and_then(Text::value) else { return };
    let is_shared = mode.starts_with("container:") || mode.starts_with("service:");
    let Some(port) = spec.ports.first().filter(|_| is_shared || mode == "host") else { return };
    let name = pulled::name(spec);
    let message = if is_shared {
        format!(
            "{name} has the network of another container, so the engine does not create it with published ports; \
             publish them on that container"
        )
    } else {
        format!("{name} has the network of the host, so published ports have no effect; remove them")
    };
    let finding = pulled::on(cx, spec, out, port.at, message);
    if !is_shared {
        finding.severity(Severity::Note);
    }
}
