use super::{credentials, pulled, settings};
use crate::container::{At, ContainerSpec};
use crate::finding::Findings;
use crate::rule::{Context, Severity};

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    for pair in credentials::environment(spec) {
        let Some(value) = &pair.value else { continue };
        for fallback in credentials::secret_fallbacks(&pair.key.raw, value) {
            let name = fallback.name;
            let strong = credentials::is_strong(&value.raw[fallback.range.clone()]);
            let at = At { span: value.part(fallback.range), ..value.at };
            let message = format!(
                "`{name}` has a secret as its default value; write `${{{name}:?}}` to make it required"
            );
            let finding = pulled::on(cx, spec, out, at, message);
            if strong {
                finding.severity(Severity::Error);
            } else if settings::is_ephemeral(spec) {
                finding.severity(Severity::Note);
            }
        }
    }
}
