use super::exposure::{self, Datastore};
use super::{port_all_interfaces, pulled, settings};
use crate::container::ContainerSpec;
use crate::finding::{Findings, Safety};
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    if settings::is_ephemeral(spec) {
        return;
    }
    for port in spec.ports.iter().filter(|port| exposure::on_all_interfaces(port)) {
        let Some(store) = exposure::datastore(cx, spec, port) else { continue };
        let name = exposure::name(spec, port);
        let opens = match &store {
            Datastore::Image(image) => format!("{name} opens `{image}` to the whole network"),
            Datastore::Number(usual) => {
                format!("{name} is open to the whole network, and usually {usual} answers there")
            }
        };
        let edit = port_all_interfaces::fix(cx, port);
        let finding =
            pulled::on(cx, spec, out, port.at, format!("{opens}; leave it out, or bind it to `127.0.0.1`"));
        if let Some(edit) = edit {
            finding.fix(Safety::Unsafe, "bind it to `127.0.0.1`", vec![edit]);
        }
        if matches!(store, Datastore::Number(_)) {
            finding.severity(Severity::Warning);
        }
    }
}
