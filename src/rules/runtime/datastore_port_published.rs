use super::exposure::{self, Called, Datastore, Meant};
use super::{known_images, port_all_interfaces, pulled, settings};
use crate::container::{ContainerSpec, Setting};
use crate::finding::{Findings, Safety};
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    if settings::is_ephemeral(spec) {
        return;
    }
    let called = Called::of(cx, spec);
    if let (Some(all), Some(image)) = (spec.publish_all.filter(Setting::is_true), known_images::of(spec))
        && known_images::is_datastore(&image)
    {
        let message = format!(
            "the ports of `{}` are open to the whole network; publish none, or bind them to `127.0.0.1`",
            image.name()
        );
        pulled::on(cx, spec, out, all.at, message);
    }
    for port in spec.ports.iter().filter(|port| exposure::on_all_interfaces(cx, spec, port)) {
        let Some(store) = exposure::datastore(cx, spec, port) else { continue };
        let name = exposure::name(spec, port);
        let opens = match &store {
            Datastore::Image(image) => format!("{name} exposes `{image}` to the whole network"),
            Datastore::Number(usual) => {
                format!("{name} is open to the whole network, and {usual} usually uses this port")
            }
        };
        let clustered = exposure::meant(cx, spec, port, &called) == Meant::Perhaps;
        let advice = if settings::is_swarm(cx, spec) {
            exposure::advice(cx, spec, port, Meant::No)
        } else if clustered {
            "if other hosts connect to it, limit access with a firewall; otherwise remove it"
        } else {
            "remove it, or bind it to `127.0.0.1`"
        };
        let edit = port_all_interfaces::fix(cx, spec, port).filter(|_| !clustered);
        let finding = pulled::on(cx, spec, out, port.at, format!("{opens}; {advice}"));
        if let Some(edit) = edit {
            finding.fix(Safety::Unsafe, "bind it to `127.0.0.1`", vec![edit]);
        }
        if clustered {
            finding.severity(Severity::Note);
        } else if matches!(store, Datastore::Number(_)) {
            finding.severity(Severity::Warning);
        }
    }
}
