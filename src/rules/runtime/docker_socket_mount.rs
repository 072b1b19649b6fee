use super::{host_paths, known_images, pulled};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let proxy = known_images::of(spec).is_some_and(|image| known_images::is_socket_proxy(&image));
    for (_, path, at) in host_paths::mounted(spec) {
        if !host_paths::is_control_socket(&path) {
            continue;
        }
        let name = pulled::name(spec);
        if proxy {
            let message = format!("{name} guards the engine's socket; keep it on an internal network");
            pulled::on(cx, spec, out, at, message).severity(Severity::Note);
        } else {
            let message = format!(
                "{name} is given the container engine's socket, and with it the host; put a socket proxy in between"
            );
            pulled::on(cx, spec, out, at, message);
        }
    }
}
