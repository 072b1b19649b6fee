use super::pulled;
use crate::container::{ContainerSpec, Setting};
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(privileged) = spec.privileged.filter(Setting::is_true) else { return };
    let message = format!(
        "{} is privileged{}, so it can do to the host what root can; \
         give it the devices and capabilities that it needs",
        pulled::name(spec),
        pulled::by_default(privileged.from_default)
    );
    pulled::on(cx, spec, out, privileged.at, message);
}
