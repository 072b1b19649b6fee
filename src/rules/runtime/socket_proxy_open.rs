use super::{known_images, pulled};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(at) = known_images::proxy_creates(spec) else { return };
    let message = format!(
        "{} lets everybody who reaches it create containers, and so be root on the host; remove `POST`, and allow \
         single requests",
        pulled::name(spec)
    );
    pulled::on(cx, spec, out, at, message);
}
