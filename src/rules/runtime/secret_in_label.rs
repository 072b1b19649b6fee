use super::{credentials, pulled};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::{Context, Severity};
use crate::secrets::names;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let built = spec.build.iter().flat_map(|build| &build.labels);
    let deployed = spec.deploy.iter().flat_map(|deploy| &deploy.labels);
    for label in spec.labels.iter().chain(built).chain(deployed) {
        let (name, Some(value)) = (&*label.key.raw, &label.value) else { continue };
        let strong = credentials::is_strong(&value.raw);
        let named = credentials::is_literal(name, &value.raw)
            || strong && names::may_be_credential(name) && credentials::is_literal("PASSWORD", &value.raw);
        if !named {
            continue;
        }
        let shown: String = name.chars().take(60).collect();
        let message = format!(
            "label `{shown}` holds a secret, and everybody who can inspect the container or its image sees it; take it from \
             a variable or a file"
        );
        let finding = pulled::on(cx, spec, out, value.at, message);
        if strong {
            finding.severity(Severity::Error);
        }
    }
}
