use super::{neighbours, pulled};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(beside) = neighbours::beside(cx, spec) else { return };
    let message = format!(
        "{} shares the network `{}` with {}, which is published and does not seem to use it; put it on a network with \
         only the services that use it",
        pulled::name(spec),
        beside.network,
        pulled::name(beside.stranger)
    );
    pulled::on(cx, spec, out, spec.at, message).see_on(cx, beside.port.at, "the port is published here");
}
