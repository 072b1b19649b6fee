use super::{exposure, pulled};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

const MANY: u16 = 100;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    for port in &spec.ports {
        let Some((first, last)) = port.target.as_ref().and_then(|target| target.range) else { continue };
        let more = last.saturating_sub(first);
        if more < MANY || !exposure::on_all_interfaces(cx, spec, port) {
            continue;
        }
        let message = format!(
            "{} publishes {} ports; publish a smaller range, and set the same in the program",
            pulled::name(spec),
            u32::from(more) + 1
        );
        pulled::on(cx, spec, out, port.at, message);
    }
}
