use super::capabilities::{self, Reach};
use super::pulled;
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    for capability in capabilities::added(spec).filter(|capability| capability.reach == Reach::Own) {
        let message = format!(
            "{} can {}; check that it needs `{}`",
            pulled::name(spec),
            capability.lets,
            capability.name
        );
        pulled::on(cx, spec, out, capability.text.at, message);
    }
}
