use super::pulled;
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(first) = spec.links.first() else { return };
    let message = format!(
        "{} uses {}, which the network replaces; use `depends_on`, and `aliases` for other names",
        pulled::name(spec),
        pulled::word(spec, "links")
    );
    pulled::on(cx, spec, out, first.at, message);
}
