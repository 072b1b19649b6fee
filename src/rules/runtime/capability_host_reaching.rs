use super::capabilities::{self, Reach};
use super::known_images;
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::image::ImageRef;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let is = |what: fn(&ImageRef) -> bool| known_images::of(spec).is_some_and(|image| what(&image));
    let is_meant = |name: &str| match name {
        "NET_ADMIN" => is(known_images::needs_host_network),
        "BPF" | "PERFMON" | "SYSLOG" => is(known_images::is_monitor),
        _ => false,
    };
    let then = |name: &str| format!("; remove `{name}` unless the program is made for that");
    let milder = |name: &str| is_meant(name).then_some(Severity::Note);
    capabilities::report(cx, spec, out, |one| one.reach == Reach::Shared, then, milder);
}
