use super::{host_paths, known_images, pulled};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    for (mount, path, at) in host_paths::mounted(spec) {
        if path != "/" {
            continue;
        }
        let read_only = mount.read_only == Some(true);
        let what =
            if read_only { "can read all of the host's files" } else { "can change all of the host's files" };
        let message = format!("{} {what}; mount only the folders that it needs", pulled::name(spec));
        let finding = pulled::on(cx, spec, out, at, message);
        if read_only && known_images::of(spec).is_some_and(|image| known_images::is_monitor(&image)) {
            finding.severity(Severity::Warning);
        }
    }
}
