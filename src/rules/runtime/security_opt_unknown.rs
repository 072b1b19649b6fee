use super::{pulled, security_options};
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;
use crate::text::nearest;

/// What Docker and Podman know.
const KNOWN: [&str; 11] = [
    "apparmor",
    "credentialspec",
    "label",
    "mask",
    "no-new-privileges",
    "proc-opts",
    "seccomp",
    "seccomp_policy",
    "systempaths",
    "unmask",
    "writable-cgroups",
];

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    for opt in security_options::known(spec) {
        let name = opt.name.to_ascii_lowercase();
        let message = if !KNOWN.contains(&&*name) {
            let near = nearest(&name, KNOWN.iter().copied(), 2);
            let shown: String = opt.name.chars().take(40).collect();
            match near {
                Some(near) => {
                    format!("Docker does not know the security option `{shown}`; did you mean `{near}`?")
                }
                None => format!("Docker does not know the security option `{shown}`; correct or remove it"),
            }
        } else if opt.value.is_none_or(str::is_empty)
            && name != "no-new-privileges"
            && name != "writable-cgroups"
        {
            format!("the security option `{name}` has no value, and Docker refuses it; add one after `=`")
        } else {
            continue;
        };
        pulled::on(cx, spec, out, opt.text.at, message);
    }
}
