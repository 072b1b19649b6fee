use super::pulled;
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    // Slices are made by whoever runs the host, with limits of their own.
    let Some(parent) =
        spec.cgroup_parent.as_ref().filter(|p| p.value().is_some_and(|p| p.strip_suffix(".slice").is_none()))
    else {
        return;
    };
    let message = format!(
        "{} is outside the control group of the engine's containers, so its limits may not apply; remove {}",
        pulled::name(spec),
        pulled::word(spec, "cgroup_parent")
    );
    pulled::on(cx, spec, out, parent.at, message);
}
