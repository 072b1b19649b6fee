use super::{known_images, pulled};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    // Data stores lock their memory, and their documentation asks for many files.
    if known_images::of(spec).is_some_and(|image| known_images::is_datastore(&image)) {
        return;
    }
    for limit in &spec.ulimits {
        let Some(name) = limit.name.value().filter(|name| ["nproc", "nofile", "core"].contains(name)) else {
            continue;
        };
        let highest = limit.hard.or(limit.soft).and_then(|limit| limit.value);
        if highest.is_some_and(|highest| highest < 0) {
            let message = format!("{} has no limit for `{name}`; set a number", pulled::name(spec));
            pulled::on(cx, spec, out, limit.at, message);
        }
    }
}
