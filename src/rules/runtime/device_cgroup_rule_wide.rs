use super::device_rules::{self, Devices};
use super::pulled;
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    for rule in &spec.device_cgroup_rules {
        let Some(opened) = device_rules::opened(rule) else { continue };
        let (what, severity) = match opened.what {
            Devices::All => ("all devices of the host, disks included", Severity::Error),
            Devices::AllDisks => ("all disks of the host", Severity::Error),
            Devices::Disks => ("disks of the host", Severity::Error),
            Devices::AllCharacters => ("all character devices of the host", Severity::Warning),
            Devices::Memory => ("the host's memory device", Severity::Warning),
        };
        let message = format!(
            "{} may use {what}; name the type and numbers of the device that it needs",
            pulled::name(spec)
        );
        pulled::on(cx, spec, out, rule.at, message).severity(severity);
    }
}
