use super::pulled;
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    for capability in &spec.cap_add {
        let is_all = |value: &str| matches!(value.trim().to_ascii_uppercase().as_str(), "ALL" | "CAP_ALL");
        if capability.value().is_some_and(is_all) {
            let message =
                format!("{} gets every Linux capability; add only those it needs", pulled::name(spec));
            pulled::on(cx, spec, out, capability.at, message);
        }
    }
}
