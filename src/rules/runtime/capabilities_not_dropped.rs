use super::{hardening, known_images, pulled, settings};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    // A privileged container keeps them whatever is dropped.
    let pointless = spec.privileged.is_some_and(|privileged| !privileged.is_false());
    if hardening::is_beside_the_point(cx, spec) || pointless || known_images::runs_windows(cx, spec) {
        return;
    }
    if settings::has_any(&spec.cap_drop, &["ALL", "CAP_ALL"]) == Some(false) {
        let message = format!(
            "{} keeps Docker's default capabilities; drop `ALL` and add only those it needs",
            pulled::name(spec)
        );
        pulled::on(cx, spec, out, spec.at, message);
    }
}
