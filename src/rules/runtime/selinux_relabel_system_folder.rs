use super::{host_paths, pulled};
use crate::container::{ContainerSpec, Text};
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    for (mount, path, _) in host_paths::mounted(spec) {
        let relabels = |text: &&Text| text.is("z") || text.is("Z");
        let Some(option) = mount.options.iter().find(relabels) else { continue };
        if path == "/" || host_paths::is_home(&path) || host_paths::is_system_folder(&path) {
            let message = format!(
                "{} changes the SELinux label of all files in the host's `{path}`; remove the option `{}`",
                pulled::name(spec),
                option.raw
            );
            pulled::on(cx, spec, out, option.at, message);
        }
    }
}
