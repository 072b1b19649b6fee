use super::{pulled, security_options};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    for opt in security_options::known(spec).filter(|opt| opt.is("seccomp", "unconfined")) {
        let message = format!(
            "{} can make every system call; remove the option, or name a custom profile",
            pulled::name(spec)
        );
        pulled::on(cx, spec, out, opt.text.at, message);
    }
}
