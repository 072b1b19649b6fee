use super::pulled;
use crate::container::{ContainerSpec, Text};
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let Some(build) = &spec.build else { return };
    let network = build.network.as_ref().filter(|network| network.is("host"));
    // BuildKit wants both; one finding is enough.
    let allowed = || build.entitlements.iter().find(|entitlement| entitlement.is("network.host"));
    let Some(setting) = network.or_else(allowed) else { return };
    let message = format!(
        "the build of {} uses{} the host's network and reaches services on its `localhost`; remove it",
        pulled::name(spec),
        pulled::by_default(Text::from_default(setting))
    );
    pulled::on(cx, spec, out, setting.at, message);
}
