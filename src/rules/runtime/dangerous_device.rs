use super::{host_paths, known_images, pulled};
use crate::container::{ContainerSpec, Text};
use crate::finding::Findings;
use crate::rule::{Context, Severity};

/// Devices that give memory, ports or the log of the kernel away.
const KERNEL: [(&str, &str); 5] = [
    ("/dev/mem", "the host's memory"),
    ("/dev/kmem", "the kernel's memory"),
    ("/dev/port", "the host's ports"),
    ("/dev/kmsg", "the kernel's log"),
    ("/dev", "all devices of the host"),
];

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let is_monitor = || known_images::of(spec).is_some_and(|image| known_images::is_monitor(&image));
    for device in &spec.devices {
        let Some(path) = host_paths::normal(&device.source) else { continue };
        let Some(what) = what(&path) else { continue };
        let reads_only =
            device.permissions.as_ref().and_then(Text::value).is_some_and(|allowed| !allowed.contains('w'));
        let does = if reads_only { "can read" } else { "can read and change" };
        let message = format!(
            "{} {does} {what} through `{path}`; mount the folders that it needs instead",
            pulled::name(spec)
        );
        let finding = pulled::on(cx, spec, out, device.source.at, message);
        if path == "/dev/kmsg" && is_monitor() {
            finding.severity(Severity::Note);
        } else if reads_only || path == "/dev/kmsg" {
            finding.severity(Severity::Warning);
        }
    }
}

fn what(path: &str) -> Option<&'static str> {
    if host_paths::is_disk(path) {
        return Some("a disk of the host");
    }
    KERNEL.iter().find(|(device, _)| *device == path).map(|(_, what)| *what)
}
