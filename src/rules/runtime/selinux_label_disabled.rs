use super::{host_paths, pulled, security_options};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    // Podman's documentation wants it where its socket is mounted, and `docker-socket-mount` reports that.
    let socket = || host_paths::mounted(spec).any(|(_, path, _)| host_paths::is_control_socket(&path));
    for opt in security_options::known(spec) {
        if !opt.is("label", "disable") && !opt.is("label", "type:spc_t") {
            continue;
        }
        let message = format!(
            "SELinux does not separate {} from the host; remove the option, or mount its folders with `:Z`",
            pulled::name(spec)
        );
        let finding = pulled::on(cx, spec, out, opt.text.at, message);
        if socket() {
            finding.severity(Severity::Note);
        }
    }
}
