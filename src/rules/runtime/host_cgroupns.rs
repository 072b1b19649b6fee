use super::{known_images, pulled};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(cgroup) = spec.cgroup.as_ref().filter(|cgroup| cgroup.is("host")) else { return };
    let message = format!(
        "{} sees{} the control groups of the whole host; remove {}",
        pulled::name(spec),
        pulled::by_default(cgroup.from_default()),
        pulled::word(spec, "cgroup")
    );
    let finding = pulled::on(cx, spec, out, cgroup.at, message);
    if known_images::stands_on(cx, spec).is_some_and(|image| known_images::is_monitor(&image)) {
        finding.severity(Severity::Note);
    }
}
