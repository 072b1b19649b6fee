use super::{known_images, pulled};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::{Context, Severity};

const IGNORED: &str = "this has no effect: the container uses the host's ports directly";

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(mode) = spec.network_mode.as_ref().filter(|mode| mode.is("host")) else { return };
    let shares = format!(
        "{} shares the host's network{}",
        pulled::name(spec),
        pulled::by_default(mode.from_default())
    );
    let image = known_images::of(spec);
    let ignored = spec.key("ports").filter(|_| !spec.ports.is_empty());
    if image.as_ref().is_some_and(known_images::needs_host_network) {
        let message = format!(
            "{shares}; use its own network unless it discovers devices, answers DHCP or sets routes and filters"
        );
        let finding = pulled::on(cx, spec, out, mode.at, message);
        finding.severity(Severity::Note);
        if let Some(ports) = ignored {
            finding.see_on(cx, ports.at, IGNORED);
        }
        return;
    }
    let message = format!("{shares}; use its own network and publish the ports that it needs");
    let finding = pulled::on(cx, spec, out, mode.at, message);
    if let Some(ports) = ignored {
        finding.see_on(cx, ports.at, IGNORED);
    }
    if image.as_ref().is_some_and(known_images::is_monitor) {
        finding.severity(Severity::Warning);
    }
}
