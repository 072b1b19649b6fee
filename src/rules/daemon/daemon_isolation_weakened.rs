use crate::daemon::{Daemon, Value};
use crate::finding::Findings;
use crate::rule::Context;
use crate::rules::runtime::capabilities;

/// Settings whose value takes away from all containers what separates them.
const TEXTS: [(&str, &str, &str); 7] = [
    ("apparmor_profile", "unconfined", "AppArmor does not limit containers"),
    ("cgroupns", "host", "containers see the control groups of the host"),
    ("default-ipc-mode", "shareable", "any container may join the shared memory of another"),
    ("default-cgroupns-mode", "host", "containers see the control groups of the host"),
    ("ipcns", "host", "containers share the memory of the host's processes"),
    ("netns", "host", "containers have the network of the host"),
    ("pidns", "host", "containers see the processes of the host"),
];
const FLAGS: [(&str, bool, &str); 7] = [
    ("disable_apparmor", true, "AppArmor does not limit containers"),
    ("label", false, "SELinux does not separate containers"),
    ("privileged", true, "every container has full control of the host"),
    ("icc", true, "containers of the default bridge reach each other on all ports"),
    ("selinux-enabled", false, "SELinux does not separate containers"),
    (
        "allow-direct-routing",
        true,
        "other machines reach published ports of containers past the host's addresses",
    ),
    ("ip-forward-no-drop", true, "the host forwards packets of other machines to containers"),
];

pub fn daemon(_cx: &Context, file: &Daemon, out: &mut Findings) {
    for setting in &file.settings {
        let why = match &setting.value {
            Value::Text(text) => TEXTS
                .iter()
                .find(|(key, value, _)| **key == *setting.key && **value == **text)
                .map(|row| row.2),
            Value::Flag(flag) => {
                FLAGS.iter().find(|(key, value, _)| **key == *setting.key && value == flag).map(|row| row.2)
            }
            Value::List(names) if &*setting.key == "default_capabilities" => {
                for (name, span) in names {
                    let Some(lets) = capabilities::reaching_host(name) else { continue };
                    let message = format!("every container may {lets}; remove `{name}`");
                    out.at(file.source, *span, message);
                }
                None
            }
            _ => None,
        };
        if let Some(why) = why {
            let message = format!("with this value of `{}`, {why}; remove it", setting.key);
            out.at(file.source, setting.span, message);
        }
    }
}
