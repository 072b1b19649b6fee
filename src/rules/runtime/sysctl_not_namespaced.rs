use super::pulled;
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

/// What a namespace of the container holds. Source: `docker run --sysctl`, and the check of runc.
const IPC: [&str; 8] = [
    "kernel.msgmax",
    "kernel.msgmnb",
    "kernel.msgmni",
    "kernel.sem",
    "kernel.shmall",
    "kernel.shmmax",
    "kernel.shmmni",
    "kernel.shm_rmid_forced",
];

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let host_network = spec.network_mode.as_ref().is_some_and(|mode| mode.is("host"));
    let host_ipc = spec.ipc.as_ref().is_some_and(|ipc| ipc.is("host"));
    for pair in &spec.sysctls {
        let Some(name) = pair.key.value().map(|name| name.trim().replace('/', ".")) else { continue };
        let name = &*name;
        let why = if IPC.contains(&name) || name.starts_with("fs.mqueue.") {
            host_ipc.then_some("`ipc: host` shares it with the host")
        } else if name.starts_with("net.") {
            host_network.then_some("the container uses the host's network")
        } else if ["vm.", "fs.", "dev."].iter().any(|start| name.starts_with(start))
            || name.starts_with("kernel.") && name != "kernel.domainname"
        {
            Some("it belongs to the whole host")
        } else {
            None
        };
        let Some(why) = why else { continue };
        let shown: String = name.chars().take(60).collect();
        let message = format!(
            "the engine refuses to set `{shown}` for {}, because {why}; set it on the host",
            pulled::name(spec)
        );
        pulled::on(cx, spec, out, pair.key.at, message);
    }
}
