use super::{credentials, pulled, settings};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    for pair in credentials::environment(spec) {
        let Some(value) = &pair.value else { continue };
        let name = &*pair.key.raw;
        if !credentials::is_literal(name, &value.raw) || credentials::is_name_of_grant(spec, value) {
            continue;
        }
        let message =
            format!("`{name}` is hard-coded in the file; take it from the environment, or mount a secret");
        let finding = pulled::on(cx, spec, out, value.at, message);
        if credentials::is_strong(&value.raw) {
            finding.severity(Severity::Error);
        } else if settings::is_ephemeral(spec) {
            finding.severity(Severity::Note);
        }
    }
}
