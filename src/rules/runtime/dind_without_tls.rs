use super::{exposure, known_images, pulled};
use crate::container::{ContainerSpec, Port, Text};
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    if !known_images::of(spec).is_some_and(|image| known_images::is_docker_in_docker(&image)) {
        return;
    }
    let Some(off) = switched_off(spec) else { return };
    let name = pulled::name(spec);
    let is_engine = |port: &&Port| {
        let range = port.target.as_ref().and_then(|target| target.range);
        range.is_some_and(|(first, last)| (first..=last).contains(&2375))
    };
    let open = spec.ports.iter().filter(is_engine).find(|port| exposure::on_all_interfaces(cx, spec, port));
    if let Some(port) = open {
        let message = format!(
            "everybody on the network may command the engine in {name}, which is privileged; remove the port and keep TLS on"
        );
        pulled::on(cx, spec, out, off.at, message).severity(Severity::Error).see_on(
            cx,
            port.at,
            "the engine's port is published here",
        );
    } else {
        let message = format!(
            "every container in the networks of {name} may command its engine without a password; keep TLS on"
        );
        pulled::on(cx, spec, out, off.at, message);
    }
}

/// What switches the engine's TLS off: an empty folder for certificates, or an option.
fn switched_off(spec: &ContainerSpec) -> Option<&Text> {
    let folder = spec.environment.iter().find(|pair| pair.key.is("DOCKER_TLS_CERTDIR"));
    let empty = folder.and_then(|pair| pair.value.as_ref()).filter(|value| value.is(""));
    let words = || spec.command.iter().flat_map(|command| command.form.texts());
    let option = || words().find(|word| word.value().is_some_and(|word| word.contains("--tls=false")));
    empty.or_else(option)
}
