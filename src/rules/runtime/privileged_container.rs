use super::{known_images, pulled};
use crate::container::{ContainerSpec, Setting};
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(privileged) = spec.privileged.filter(Setting::is_true) else { return };
    let name = pulled::name(spec);
    let by_default = pulled::by_default(privileged.from_default);
    let image = known_images::of(spec);
    if image.as_ref().is_some_and(known_images::registers_formats) {
        let message = format!(
            "{name} is privileged{by_default}, as registering formats of programs requires; run it once, from an image with a digest"
        );
        pulled::on(cx, spec, out, privileged.at, message).severity(Severity::Note);
        return;
    }
    if spec.serves_storage {
        let message = format!(
            "{name} is privileged{by_default}, as a storage plugin must be to mount volumes for others, and has full control \
             of the host; give it a namespace of its own, and an image with a digest"
        );
        pulled::on(cx, spec, out, privileged.at, message).severity(Severity::Note);
        return;
    }
    if spec.nests_engine || image.is_some_and(|image| known_images::is_docker_in_docker(&image)) {
        let message = format!(
            "{name} is privileged{by_default}, as Docker-in-Docker requires, and has full control of the host; run it \
             on a separate machine, or build with rootless BuildKit"
        );
        pulled::on(cx, spec, out, privileged.at, message).severity(Severity::Warning);
        return;
    }
    let message = format!(
        "{name} is privileged{by_default} and has full control of the host; \
         grant only the devices and capabilities that it needs"
    );
    pulled::on(cx, spec, out, privileged.at, message);
}
