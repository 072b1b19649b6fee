use super::pulled;
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    // A command that saves what another container has, and ends.
    if spec.lifetime.is_short() {
        return;
    }
    for from in &spec.volumes_from {
        let message = format!(
            "{} gets all mounts of {}, also later ones; name the volume that both need",
            pulled::name(spec),
            from.value().map_or("another container".to_owned(), |other| format!("`{other}`"))
        );
        pulled::on(cx, spec, out, from.at, message);
    }
}
