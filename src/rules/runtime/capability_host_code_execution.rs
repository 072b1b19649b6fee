use super::capabilities::{self, Reach};
use super::known_images;
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let then = |name: &str| format!(", which leads to root on the host; remove `{name}`");
    let is_monitor = known_images::of(spec).is_some_and(|image| known_images::is_monitor(&image));
    let milder = |_: &str| is_monitor.then_some(Severity::Warning);
    capabilities::report(cx, spec, out, |one| one.reach == Reach::Host, then, milder);
}
