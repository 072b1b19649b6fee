use super::capabilities::{self, Reach};
use super::{known_images, pulled};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let monitor = known_images::of(spec).is_some_and(|image| known_images::is_monitor(&image));
    for capability in capabilities::added(spec).filter(|capability| capability.reach == Reach::Host) {
        let message = format!(
            "{} can {}, which leads to root on the host; remove `{}`",
            pulled::name(spec),
            capability.lets,
            capability.name
        );
        let finding = pulled::on(cx, spec, out, capability.text.at, message);
        if monitor {
            finding.severity(Severity::Warning);
        }
    }
}
