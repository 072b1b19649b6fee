use super::{exposure, port_all_interfaces, pulled, settings};
use crate::container::ContainerSpec;
use crate::finding::{Findings, Safety};
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    if settings::is_ephemeral(spec) {
        return;
    }
    for port in spec.ports.iter().filter(|port| exposure::on_all_interfaces(port)) {
        let Some(store) = exposure::datastore(cx, spec, port) else { continue };
        let message = format!(
            "port {} of {} opens {store} to the whole network; leave it out, or bind it to `127.0.0.1`",
            exposure::number(port),
            pulled::name(spec)
        );
        let edit = port_all_interfaces::fix(cx, port);
        let development = settings::is_development(cx.project.source(port.at).path());
        let finding = pulled::on(cx, spec, out, port.at, message);
        if let Some(edit) = edit {
            finding.fix(Safety::Unsafe, "bind it to `127.0.0.1`", vec![edit]);
        }
        if development {
            finding.severity(Severity::Warning);
        }
    }
}
