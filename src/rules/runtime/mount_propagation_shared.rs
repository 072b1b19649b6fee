use super::pulled;
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::{Context, Severity};

/// What makes mounts appear on the host, and what to write instead; the last as Kubernetes has it.
const MODES: [(&str, &str); 3] =
    [("shared", "rslave"), ("rshared", "rslave"), ("Bidirectional", "HostToContainer")];

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    for mount in &spec.mounts {
        let Some(mode) = &mount.propagation else { continue };
        let Some((shared, instead)) = MODES.iter().find(|(shared, _)| mode.is(shared)) else { continue };
        let name = pulled::name(spec);
        if spec.serves_storage {
            let message = format!(
                "what {name} mounts below this folder appears on the host, as a storage plugin needs; mount only the \
                 folders of its driver"
            );
            pulled::on(cx, spec, out, mode.at, message).severity(Severity::Note);
            continue;
        }
        let message = format!(
            "what {name} mounts below this folder appears on the host; remove `{shared}`, or use `{instead}`"
        );
        pulled::on(cx, spec, out, mode.at, message);
    }
}
