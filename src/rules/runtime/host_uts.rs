use super::capabilities;
use super::pulled;
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(uts) = spec.uts.as_ref().filter(|uts| uts.is("host")) else { return };
    let (name, key) = (pulled::name(spec), pulled::word(spec, "uts"));
    if capabilities::added(spec).any(|capability| capability.name == "SYS_ADMIN") {
        let message = format!("{name} can change the host's name; remove {key}");
        pulled::on(cx, spec, out, uts.at, message).severity(Severity::Warning);
    } else {
        pulled::on(
            cx,
            spec,
            out,
            uts.at,
            format!("{name} has the host's name; remove {key}, or set {}", pulled::word(spec, "hostname")),
        );
    }
}
