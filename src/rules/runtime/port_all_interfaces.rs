use super::exposure::{Called, Meant};
use super::{exposure, known_images, pulled, settings};
use crate::container::{ContainerSpec, Port, Surface};
use crate::finding::{Findings, Safety};
use crate::rule::{Context, Severity};
use crate::text::Edit;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    // Who starts a container by hand chooses where it is reached; tasks of Nomad are reached over the nodes' network.
    if !settings::is_service(spec) || spec.surface == Surface::Nomad {
        return;
    }
    let is_store = || known_images::of(spec).is_some_and(|image| known_images::is_datastore(&image));
    if let Some(all) = spec.publish_all.filter(|all| all.is_true() && !is_store()) {
        let message = "every port that the image exposes is open to the whole network; publish only those that are needed, and \
                       bind them to `127.0.0.1`";
        pulled::on(cx, spec, out, all.at, message);
    }
    let called = Called::of(cx, spec);
    for port in spec.ports.iter().filter(|port| exposure::on_all_interfaces(cx, spec, port)) {
        let meant = exposure::meant(cx, spec, port, &called);
        if exposure::datastore(cx, spec, port).is_some() || meant == Meant::Surely {
            continue;
        }
        let message = format!(
            "{} is open to the whole network; {}",
            exposure::name(spec, port),
            exposure::advice(cx, spec, port, meant)
        );
        let edit = fix(cx, spec, port);
        let finding = pulled::on(cx, spec, out, port.at, message);
        if let Some(edit) = edit {
            finding.fix(Safety::Unsafe, "bind it to `127.0.0.1`", vec![edit]);
        }
        if meant == Meant::Perhaps {
            finding.severity(Severity::Note);
        }
    }
}

/// The edit that binds a port in the short syntax to the host itself.
pub fn fix(cx: &Context, spec: &ContainerSpec, port: &Port) -> Option<Edit> {
    // Swarm leaves the address out; a variable may hold one.
    let unknown = port.published.as_ref().is_some_and(|published| published.text.is_unknown());
    if port.long || unknown || settings::is_swarm(cx, spec) || !pulled::is_own(port.at) {
        return None;
    }
    let written = cx.project.source(port.at).slice(port.at.span);
    let quote = usize::from(written.starts_with(['"', '\'']));
    let (taken, address) =
        exposure::loopback(&written[quote..], port.host_ip.as_ref(), port.published.is_some())?;
    let start = port.at.span.start as usize + quote;
    Some(Edit::replace(crate::text::Span::new(start, start + taken), address))
}
