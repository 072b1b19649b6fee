//! Tasks of Nomad jobs that Docker or Podman run: `config` of the task, with its environment and resources and the ports of its
//! group. From the reference of Nomad's drivers of November 2026.

use super::Found;
use super::fill::Filler;
use super::host;
use super::pipeline::pairs;
use super::words::{at, key, stated, value, without_scheme};
use crate::compose::short;
use crate::container::{
    Command, CommandForm, ContainerSpec, Device, Lifetime, Mount, MountKind, Port, Surface,
};
use crate::hcl::{labelled, nested};
use crate::yaml::{Entry, Node, Yaml};

/// Mebibytes that a task has if it does not say how many.
const USUAL_MEMORY: &str = "300m";

/// Settings of `config` that are one text, with their keys in Compose files.
const TEXTS: [(&str, &str); 12] = [
    ("cgroupns", "cgroup"),
    ("hostname", "hostname"),
    ("ipc_mode", "ipc"),
    ("isolation", "isolation"),
    ("network_mode", "network_mode"),
    ("oom_score_adj", "oom_score_adj"),
    ("pid_mode", "pid"),
    ("pids_limit", "pids_limit"),
    ("runtime", "runtime"),
    ("userns", "userns_mode"),
    ("userns_mode", "userns_mode"),
    ("uts_mode", "uts"),
];
/// Those that are lists of texts.
const LISTS: [(&str, &str); 8] = [
    ("cap_add", "cap_add"),
    ("cap_drop", "cap_drop"),
    ("extra_hosts", "extra_hosts"),
    ("group_add", "group_add"),
    ("security_opt", "security_opt"),
    ("selinux_opts", "security_opt"),
    ("tmpfs", "tmpfs"),
    ("volumes", "volumes"),
];
/// Those that are mappings.
const MAPPINGS: [(&str, &str); 3] = [("labels", "labels"), ("sysctl", "sysctls"), ("ulimit", "ulimits")];
/// Those that are on or off.
const SWITCHES: [(&str, &str); 6] = [
    ("init", "init"),
    ("interactive", "stdin_open"),
    ("privileged", "privileged"),
    ("readonly_rootfs", "read_only"),
    ("tty", "tty"),
    ("use_api_socket", "use_api_socket"),
];

/// The containers of all jobs in a file.
pub(super) fn containers(file: &Yaml) -> Vec<Found> {
    let mut found = Vec::new();
    for job in file.root().into_iter().flat_map(|root| labelled(root, "job")) {
        let ends =
            job.value.get("type").is_some_and(|kind| matches!(kind.as_str(), Some("batch" | "sysbatch")));
        let lifetime = if ends { Lifetime::Detached } else { Lifetime::Service };
        // A job with one task may leave its group out.
        for group in labelled(job.value, "group").map(|group| group.value).chain([job.value]) {
            found.extend(labelled(group, "task").filter_map(|task| Task { group, task }.container(lifetime)));
        }
    }
    found
}

struct Task<'y> {
    group: Node<'y>,
    task: Entry<'y>,
}

impl Task<'_> {
    fn container(&self, lifetime: Lifetime) -> Option<Found> {
        let node = self.task.value;
        let driver = node.get("driver").and_then(Node::as_str);
        let config = node.get("config").filter(|_| matches!(driver, Some("docker" | "podman")))?;
        let mut spec = ContainerSpec::new(Surface::Nomad, self.task.key_str(), at(self.task.key_span()));
        spec.lifetime = lifetime;
        spec.serves_storage = node.get("csi_plugin").is_some();
        spec.image = config.get("image").and_then(value).map(without_scheme);
        spec.user = node.get("user").and_then(value);
        spec.environment = node.get("env").map(pairs).unwrap_or_default();
        spec.entrypoint = words(config.get("entrypoint"), None);
        spec.command = words(config.get("args"), config.get("command"));
        spec.ports = self.ports(config);
        spec.devices = config.get("devices").into_iter().flat_map(Node::items).filter_map(device).collect();
        spec.mounts = mounts(config).collect();
        let mut filler = Filler::new(spec);
        settings(&mut filler, config);
        let limit = node.at(&["resources", "memory"]).and_then(value);
        let place = limit.as_ref().map_or(at(self.task.key_span()), |limit| limit.at);
        let limit = match limit {
            Some(limit) if limit.is_unknown() => limit,
            Some(limit) => stated(&format!("{}m", limit.raw), place),
            None => stated(USUAL_MEMORY, place),
        };
        filler.set("mem_limit", &stated("memory", place), limit);
        Some(Found { spec: filler.finish(), extent: self.task.span() })
    }

    /// The ports that the task takes, of those that its group reserves on the node's usual network.
    fn ports(&self, config: Node) -> Vec<Port> {
        let taken: Vec<&str> =
            config.get("ports").into_iter().flat_map(Node::items).filter_map(Node::as_str).collect();
        let networks = nested(self.group, "network");
        let reserved = networks.flat_map(|network| labelled(network, "port").collect::<Vec<_>>());
        let reserved = reserved
            .filter(|port| taken.contains(&port.key_str()) && port.value.get("host_network").is_none());
        let port = |port: Entry| {
            let number = port.value.get("static");
            host::port_of(number, port.value.get("to").or(number), None, None)
        };
        reserved.filter_map(port).collect()
    }
}

/// What a task's driver is told, setting by setting.
fn settings(filler: &mut Filler, config: Node) {
    for entry in config.raw_entries() {
        let key_of = |table: &[(&str, &'static str)]| {
            table.iter().find(|row| row.0 == entry.key_str()).map(|row| row.1)
        };
        if let Some(to) = key_of(&SWITCHES) {
            if let Some(text) = value(entry.value) {
                filler.switch(to, short::flag(&text));
            }
        } else if let Some(to) = key_of(&TEXTS).or(key_of(&LISTS)) {
            let items = entry.value.items().filter_map(value);
            for text in value(entry.value).into_iter().chain(items) {
                filler.set(to, &key(&entry), text);
            }
        } else if let Some(to) = key_of(&MAPPINGS) {
            // A block, or a list of one.
            for pair in std::iter::once(entry.value).chain(entry.value.items()).flat_map(Node::raw_entries) {
                if let Some(text) = value(pair.value).filter(|text| !text.is_unknown()) {
                    filler.set(
                        to,
                        &key(&entry),
                        stated(&format!("{}={}", pair.key_str(), text.raw), text.at),
                    );
                }
            }
        } else if entry.key_str() == "logging"
            && let Some(driver) = entry.value.get("type").or(entry.value.get("driver")).and_then(value)
        {
            filler.set("log_driver", &key(&entry), driver);
        }
    }
}

/// `mount` blocks, and `mounts` as a list.
fn mounts(config: Node<'_>) -> impl Iterator<Item = Mount> {
    let list = config.get("mounts").into_iter().flat_map(Node::items);
    nested(config, "mount").chain(list).filter(|node| node.is_mapping()).map(|node| Mount {
        source: node.get("source").and_then(value),
        target: node.get("target").and_then(value),
        read_only: node.get("readonly").and_then(value).map_or(Some(false), |text| short::flag(&text).value),
        propagation: node.at(&["bind_options", "propagation"]).and_then(value),
        ..Mount::long(
            match node.get("type").and_then(Node::as_str) {
                Some("bind") => MountKind::Bind,
                Some("tmpfs") => MountKind::Tmpfs,
                _ => MountKind::Volume,
            },
            at(node.span()),
        )
    })
}

fn device(node: Node) -> Option<Device> {
    Some(Device {
        source: node.get("host_path").and_then(value)?,
        target: node.get("container_path").and_then(value),
        permissions: node.get("cgroup_permissions").and_then(value),
        at: at(node.span()),
    })
}

/// A command with its arguments.
fn words(arguments: Option<Node>, command: Option<Node>) -> Option<Command> {
    let place = command.or(arguments)?.span();
    let items = arguments.into_iter().flat_map(Node::items).filter_map(value);
    let form = CommandForm::Words(command.and_then(value).into_iter().chain(items).collect());
    Some(Command { form, at: at(place) })
}
