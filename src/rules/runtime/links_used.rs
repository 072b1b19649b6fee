use super::pulled;
use crate::container::{ContainerSpec, Surface};
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(first) = spec.links.first() else { return };
    let instead = match spec.surface {
        Surface::ComposeService => "use `depends_on`, and `aliases` for other names",
        _ => "use `docker network create`, then `--network`, and `--network-alias` for other names",
    };
    let message = format!(
        "{} uses {}, which a network replaces; {instead}",
        pulled::name(spec),
        pulled::word(spec, "links")
    );
    pulled::on(cx, spec, out, first.at, message);
}
