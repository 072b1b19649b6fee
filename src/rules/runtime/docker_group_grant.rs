use super::{host_paths, pulled};
use crate::container::{ContainerSpec, Text};
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let is_docker =
        |group: &&Text| group.value().is_some_and(|name| name.trim().eq_ignore_ascii_case("docker"));
    let Some(group) = spec.group_add.iter().find(is_docker) else { return };
    let mounts = || host_paths::mounted(spec);
    let socket = mounts().find(|(_, path, _)| host_paths::reaches_engine(path) || path == "/");
    let name = pulled::name(spec);
    if let Some((_, _, at)) = socket {
        let message = format!(
            "every user in {name} may command the container engine and so is root on the host; remove the group, or put a \
             socket proxy in between"
        );
        pulled::on(cx, spec, out, group.at, message).see_on(cx, at, "the engine's socket is mounted here");
    } else {
        let message = format!(
            "{name} is in the group of the container engine's socket, which makes it root on the host as soon as it gets \
             the socket; remove the group"
        );
        pulled::on(cx, spec, out, group.at, message).severity(Severity::Note);
    }
}
