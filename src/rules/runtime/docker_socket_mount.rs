use super::{host_paths, known_images, pulled};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::image::ImageRef;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let is = |what: fn(&ImageRef) -> bool| known_images::of(spec).is_some_and(|image| what(&image));
    for (_, path, at) in host_paths::mounted(spec) {
        let within = host_paths::holds_control_socket(&path);
        if !within && !host_paths::is_control_socket(&path) {
            continue;
        }
        let name = pulled::name(spec);
        if is(known_images::is_socket_proxy) {
            let message = format!(
                "{name} is a proxy for the container engine's socket; keep it on an internal network"
            );
            pulled::on(cx, spec, out, at, message).severity(Severity::Note);
        } else if within {
            let message = format!(
                "{name} mounts all of `{path}` with the container engine's socket, which gives it root on the host even if \
                 read-only; mount only the files that it needs"
            );
            let finding = pulled::on(cx, spec, out, at, message);
            // cAdvisor's own instructions mount it.
            if is(known_images::is_monitor) {
                finding.severity(Severity::Warning);
            }
        } else if host_paths::is_of_rootless(&path) {
            let message = format!(
                "{name} mounts the socket of a rootless engine, which gives it all that the engine's user may do; put a \
                 socket proxy in between"
            );
            pulled::on(cx, spec, out, at, message).severity(Severity::Warning);
        } else {
            let message = format!(
                "{name} mounts the container engine's socket, which gives it root on the host; put a socket proxy in between"
            );
            pulled::on(cx, spec, out, at, message);
        }
    }
}
