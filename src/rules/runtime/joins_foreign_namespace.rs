use super::pulled;
use crate::container::{ContainerSpec, Surface, Text};
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    if spec.surface != Surface::ComposeService {
        return;
    }
    let joined = [
        (&spec.network_mode, "network", Severity::Note),
        (&spec.pid, "processes", Severity::Warning),
        (&spec.ipc, "shared memory", Severity::Warning),
    ];
    for (mode, what, severity) in joined {
        let Some(other) = mode.as_ref().and_then(foreign) else { continue };
        if cx.project.around.hosts.contains(other) {
            continue;
        }
        let Some(mode) = mode else { continue };
        let message = format!(
            "{} shares the {what} of the container `{other}`, which this project does not define; run both in one \
             project and use `service:`",
            pulled::name(spec)
        );
        pulled::on(cx, spec, out, mode.at, message).severity(severity);
    }
}

/// The name of `container:name`.
fn foreign(mode: &Text) -> Option<&str> {
    mode.value()?.strip_prefix("container:").map(str::trim).filter(|name| !name.is_empty())
}
