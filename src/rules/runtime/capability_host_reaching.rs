use super::capabilities::{self, Reach};
use super::{known_images, pulled};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::image::ImageRef;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let is = |what: fn(&ImageRef) -> bool| known_images::of(spec).is_some_and(|image| what(&image));
    for capability in capabilities::added(spec).filter(|capability| capability.reach == Reach::Shared) {
        let message = format!(
            "{} can {}; remove `{}` unless the program is made for that",
            pulled::name(spec),
            capability.lets,
            capability.name
        );
        let finding = pulled::on(cx, spec, out, capability.text.at, message);
        let meant = match capability.name {
            "NET_ADMIN" => is(known_images::needs_host_network),
            "BPF" | "PERFMON" | "SYSLOG" => is(known_images::is_monitor),
            _ => false,
        };
        if meant {
            finding.severity(Severity::Note);
        }
    }
}
