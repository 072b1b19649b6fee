use super::pulled;
use crate::container::{ContainerSpec, Text};
use crate::finding::Findings;
use crate::rule::{Context, Severity};

/// Major numbers of disks: SCSI, IDE, virtio, NVMe, device mapper, MMC. Source: the kernel's `devices.txt` and the ranges
/// that it gives out.
const DISKS: [&str; 8] = ["3", "8", "22", "65", "179", "253", "254", "259"];

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    for rule in &spec.device_cgroup_rules {
        let Some((what, severity)) = opens(rule) else { continue };
        let message = format!(
            "{} may use {what}; name the type and numbers of the device that it needs",
            pulled::name(spec)
        );
        pulled::on(cx, spec, out, rule.at, message).severity(severity);
    }
}

/// What a rule such as `c 188:* rw` opens, if that is much. Containers may make device files by default, so that the rule
/// alone decides.
fn opens(rule: &Text) -> Option<(&'static str, Severity)> {
    let mut words = rule.value()?.split_whitespace();
    let (kind, numbers, access) = (words.next()?, words.next()?, words.next()?);
    let (major, minor) = numbers.split_once(':')?;
    if !access.contains(['r', 'w']) {
        return None;
    }
    match (kind, major, minor) {
        ("a", "*", _) => Some(("all devices of the host, disks included", Severity::Error)),
        ("b", "*", _) => Some(("all disks of the host", Severity::Error)),
        ("b" | "a", disk, "*") if DISKS.contains(&disk) => Some(("disks of the host", Severity::Error)),
        ("c", "*", _) => Some(("all character devices of the host", Severity::Warning)),
        ("c", "1", "*" | "1") => Some(("the host's memory device", Severity::Warning)),
        _ => None,
    }
}
