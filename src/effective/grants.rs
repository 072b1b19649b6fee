//! What a container holds as single things that one version of it has and another has not.

use super::holding::Holding;
use super::user::Who;
use crate::container::{At, Text};
use crate::privilege::Grant;
use crate::rules::runtime::exposure;

pub(super) fn of(holding: &Holding) -> Vec<Grant> {
    let spec = holding.spec;
    let mut grants = Vec::new();
    let mut add = |what: String, at: Option<At>| {
        let place = at.map(|at| holding.place(at));
        grants.push(Grant { what, usual: at.is_none(), place });
    };
    if holding.user.who == Who::Root {
        add(Grant::ROOT.to_owned(), spec.user.as_ref().map(|user| user.at));
    }
    if let Some(at) = holding.privileged {
        add("every capability and device (`privileged`)".to_owned(), Some(at));
    } else {
        for (name, at) in holding.capabilities.more() {
            add(format!("the capability {name}"), Some(at));
        }
        for (what, at) in [
            ("no seccomp filter", holding.seccomp_off),
            ("no AppArmor or SELinux confinement", holding.lsm_off),
            ("a writable `/proc/sys`", holding.system_paths),
        ] {
            if let Some(at) = at {
                add(what.to_owned(), Some(at));
            }
        }
    }
    if holding.capabilities.usual() > 0 {
        add("Docker's default capabilities".to_owned(), None);
    }
    if !holding.stays_itself() {
        add("new privileges through setuid programs".to_owned(), None);
    }
    if spec.read_only.is_none_or(|setting| setting.value == Some(false)) {
        add("a writable root filesystem".to_owned(), None);
    }
    for (name, at) in holding.namespaces() {
        add(format!("the host's {name}"), Some(at));
    }
    for (what, at) in holding.engine() {
        add(format!("the container engine: {what}"), Some(at));
    }
    for mount in &holding.mounts {
        if !mount.holds_socket() && mount.is_sensitive() {
            let access = if mount.writable { "" } else { " to read" };
            add(format!("the host's `{}`{access}", mount.written), Some(mount.at));
        }
    }
    for device in &spec.devices {
        add(format!("the device `{}`", device.source.raw), Some(device.at));
    }
    for rule in &spec.device_cgroup_rules {
        add(format!("the devices `{}`", rule.raw), Some(rule.at));
    }
    for port in spec.ports.iter().filter(|port| exposure::on_all_interfaces(holding.cx, spec, port)) {
        let number = port.published.as_ref().or(port.target.as_ref()).map(|ports| &ports.text);
        add(format!("port {} on all interfaces", number.map_or("?", |text: &Text| &text.raw)), Some(port.at));
    }
    grants
}
