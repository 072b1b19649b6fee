use super::{known_images, pulled};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(pid) = spec.pid.as_ref().filter(|pid| pid.is("host")) else { return };
    let message = format!(
        "{} sees{} all processes of the host; remove {}",
        pulled::name(spec),
        pulled::by_default(pid.from_default()),
        pulled::word(spec, "pid")
    );
    let finding = pulled::on(cx, spec, out, pid.at, message);
    if known_images::of(spec).is_some_and(|image| known_images::is_monitor(&image)) {
        finding.severity(Severity::Warning);
    }
}
