use super::capabilities;
use super::{pulled, settings};
use crate::container::{ContainerSpec, Setting};
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let name = pulled::name(spec);
    if spec.privileged.as_ref().is_some_and(Setting::is_true) {
        if let Some(key) = spec.key("cap_drop").filter(|_| !spec.cap_drop.is_empty()) {
            let message = format!(
                "{name} is privileged and keeps all capabilities; remove {} or {}",
                pulled::word(spec, "privileged"),
                pulled::word(spec, "cap_drop")
            );
            pulled::on(cx, spec, out, key.at, message);
        }
        return;
    }
    let drops_all = settings::has_any(&spec.cap_drop, &["ALL", "CAP_ALL"]);
    for added in capabilities::listed(&spec.cap_add) {
        if let Some(dropped) = capabilities::listed(&spec.cap_drop).find(|dropped| dropped.name == added.name)
        {
            let message = format!("`{}` is added and dropped; keep one of them", added.name);
            pulled::on(cx, spec, out, added.text.at, message).see_on(
                cx,
                dropped.text.at,
                "it is dropped here",
            );
        } else if capabilities::is_given(cx, spec, &added) && drops_all == Some(false) {
            let message = format!(
                "every container has `{}` by default, so adding it has no effect; remove it, or drop `ALL` first",
                added.name
            );
            pulled::on(cx, spec, out, added.text.at, message);
        }
    }
}
