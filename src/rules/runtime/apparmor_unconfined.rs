use super::{pulled, security_options};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    for opt in security_options::known(spec).filter(|opt| opt.is("apparmor", "unconfined")) {
        let message = format!(
            "{} runs without AppArmor; leave the option out, or name a profile of its own",
            pulled::name(spec)
        );
        pulled::on(cx, spec, out, opt.text.at, message);
    }
}
