use super::{hardening, known_images, pulled};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    if hardening::is_beside_the_point(cx, spec) || known_images::runs_windows(cx, spec) {
        return;
    }
    let at = match spec.read_only {
        None => spec.at,
        Some(setting) if setting.is_false() => setting.at,
        Some(_) => return,
    };
    let message = format!(
        "{} can write to its root file system; set `{}` and add a `tmpfs` where it writes",
        pulled::name(spec),
        spec.surface.on("read_only")
    );
    pulled::on(cx, spec, out, at, message);
}
