use super::host_paths::{self, Sensitive};
use super::{known_images, pulled};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let is_monitor = || known_images::of(spec).is_some_and(|image| known_images::is_monitor(&image));
    for (mount, path, at) in host_paths::mounted(spec) {
        let Some(how) = host_paths::sensitive(&path) else { continue };
        let name = pulled::name(spec);
        if host_paths::is_for_plugins(&path) || spec.serves_storage && host_paths::is_of_kubelet(&path) {
            let message = format!(
                "{name} shares `{path}` with the kubelet, as plugins for storage and devices do, and can act for pods through \
                 it; give it a namespace of its own"
            );
            pulled::on(cx, spec, out, at, message).severity(Severity::Note);
            continue;
        }
        match mount.read_only {
            // Whether it may write is not known; only what must not be read either is sure.
            None if how == Sensitive::Write => {}
            Some(true) if how == Sensitive::Write || is_monitor() => {}
            Some(true) | None => {
                let message =
                    format!("{name} can read the host's `{path}`; mount only the files that it needs");
                pulled::on(cx, spec, out, at, message).severity(Severity::Warning);
            }
            Some(false) => {
                let message = format!(
                    "{name} can change the host's `{path}`; mount another folder, or only the files that it needs, read-only"
                );
                pulled::on(cx, spec, out, at, message);
            }
        }
    }
}
