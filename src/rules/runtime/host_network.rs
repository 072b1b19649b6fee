use super::{known_images, pulled};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(mode) = spec.network_mode.as_ref().filter(|mode| mode.is("host")) else { return };
    let message = format!(
        "{} shares the host's network{}; join a network of its own and publish what is needed",
        pulled::name(spec),
        pulled::by_default(mode.from_default())
    );
    let finding = pulled::on(cx, spec, out, mode.at, message);
    if known_images::of(spec).is_some_and(|image| known_images::is_monitor(&image)) {
        finding.severity(Severity::Warning);
    }
}
