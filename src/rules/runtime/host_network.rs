use super::{known_images, pulled};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(mode) = spec.network_mode.as_ref().filter(|mode| mode.is("host")) else { return };
    let shares = format!(
        "{} shares the host's network{}",
        pulled::name(spec),
        pulled::by_default(mode.from_default())
    );
    let image = known_images::of(spec);
    if image.as_ref().is_some_and(known_images::needs_host_network) {
        let message = format!(
            "{shares}; if it need not find devices, answer DHCP or set routes and filters, join a network of its own"
        );
        pulled::on(cx, spec, out, mode.at, message).severity(Severity::Note);
        return;
    }
    let message = format!("{shares}; join a network of its own and publish what is needed");
    let finding = pulled::on(cx, spec, out, mode.at, message);
    if image.as_ref().is_some_and(known_images::is_monitor) {
        finding.severity(Severity::Warning);
    }
}
