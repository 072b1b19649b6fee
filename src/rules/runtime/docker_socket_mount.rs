use super::{host_paths, known_images, pulled};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let image = known_images::of(spec);
    let proxy = image.as_ref().is_some_and(known_images::is_socket_proxy);
    let monitor = image.as_ref().is_some_and(known_images::is_monitor);
    for (_, path, at) in host_paths::mounted(spec) {
        let within = host_paths::holds_control_socket(&path);
        if !within && !host_paths::is_control_socket(&path) {
            continue;
        }
        let name = pulled::name(spec);
        if proxy {
            let message = format!("{name} guards the engine's socket; keep it on an internal network");
            pulled::on(cx, spec, out, at, message).severity(Severity::Note);
        } else if within {
            let message = format!(
                "{name} is given the container engine's socket with all of `{path}`, and with it the host, read-only or \
                 not; mount what it needs of the folder"
            );
            let finding = pulled::on(cx, spec, out, at, message);
            // cAdvisor's own instructions mount it.
            if monitor {
                finding.severity(Severity::Warning);
            }
        } else {
            let message = format!(
                "{name} is given the container engine's socket, and with it the host; put a socket proxy in between"
            );
            pulled::on(cx, spec, out, at, message);
        }
    }
}
