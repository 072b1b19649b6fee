use super::{known_images, pulled, settings};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(user) = &spec.user else { return };
    if !user.value().is_some_and(settings::is_root) {
        return;
    }
    let drops = known_images::of(spec).is_some_and(|image| known_images::drops_privileges(&image));
    let name = pulled::name(spec);
    let by_default = pulled::by_default(user.from_default());
    let message = if drops {
        let key = pulled::word(spec, "user");
        format!("{name} starts as root{by_default}, and its image drops root by itself; remove {key}")
    } else {
        format!("{name} runs as root{by_default}; set a user without privileges")
    };
    let finding = pulled::on(cx, spec, out, user.at, message);
    if drops {
        finding.severity(Severity::Note);
    }
}
