use super::{credentials, pulled, settings};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::{Context, Profile, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    for pair in credentials::environment(spec) {
        let Some(value) = &pair.value else { continue };
        let name = &*pair.key.raw;
        if value.is_unknown() || !credentials::is_literal(name, &value.raw) {
            continue;
        }
        let is_strong = credentials::is_strong(&value.raw);
        // A password that people chose for a machine that is thrown away protects nothing.
        let is_worthless =
            settings::is_ephemeral(spec) && !is_strong && cx.policy.profile == Profile::Default;
        if is_worthless || credentials::is_name_of_grant(spec, value) {
            continue;
        }
        let message =
            format!("`{name}` is hard-coded in the file; take it from the environment, or mount a secret");
        let finding = pulled::on(cx, spec, out, value.at, message);
        if is_strong {
            finding.severity(Severity::Error);
        } else if !settings::is_service(spec) {
            finding.severity(Severity::Note);
        }
    }
}
