//! Task definitions of Amazon ECS: `containerDefinitions`, with the volumes and modes of their task. In JSON, in the YAML of
//! CloudFormation, whose keys begin with a capital, and in Terraform, whose task has keys of its own.

use super::Found;
use super::fill::Filler;
use super::host::{self, Folders};
use super::pipeline::pairs;
use super::words::{at, key, stated, value};
use crate::compose::short;
use crate::container::{Command, CommandForm, ContainerSpec, HealthTest, Pair, Surface, Text, Ulimit};
use crate::hcl;
use crate::text::Source;
use crate::yaml::{self, Entry, Node, Yaml};

/// Those of a template of CloudFormation.
pub(super) fn cloudformation(source: &Source) -> Vec<Found> {
    let file = yaml::parse(source);
    if file.errors.is_empty() { tasks(&file) } else { Vec::new() }
}

/// The containers of all task definitions in a file, or those that a file lists for a task that is elsewhere.
pub(super) fn tasks(file: &Yaml) -> Vec<Found> {
    let mut found = Vec::new();
    let keys = ["essential", "portMappings", "logConfiguration"];
    let is_container =
        |node: Node| node.get("image").is_some() && keys.iter().any(|key| node.get(key).is_some());
    if let Some(list) = file.root().filter(|root| root.items().next().is_some_and(is_container)) {
        Task { node: list, folders: Folders::named(std::iter::empty()), keys: &KEYS }
            .containers(list, &mut found);
    }
    for task in file.nodes().filter(|node| node.is_mapping() && !node.is_alias()) {
        let Some(list) = get(task, "containerDefinitions") else { continue };
        let volumes = get(task, "volumes").into_iter().flat_map(Node::items);
        let folder = |volume| Some((get(volume, "name")?, get(get(volume, "host")?, "sourcePath")?));
        let task = Task { node: task, folders: Folders::named(volumes.filter_map(folder)), keys: &KEYS };
        task.containers(list, &mut found);
    }
    found
}

/// The containers of `aws_ecs_task_definition` in Terraform.
pub(super) fn terraform(file: &Yaml) -> Vec<Found> {
    let mut found = Vec::new();
    let resources = file.root().into_iter().flat_map(|root| hcl::labelled(root, "resource"));
    let tasks = resources.filter(|resource| resource.key_str() == "aws_ecs_task_definition");
    for task in tasks.flat_map(|task| task.value.raw_entries()) {
        let Some(list) = task.value.get("container_definitions") else { continue };
        let volumes = hcl::nested(task.value, "volume");
        let folders = Folders::named(
            volumes.filter_map(|volume| Some((volume.get("name")?, volume.get("host_path")?))),
        );
        Task { node: task.value, folders, keys: &TERRAFORM }.containers(list, &mut found);
    }
    found
}

/// A key as it is, or with a capital.
fn entry<'y>(node: Node<'y>, name: &str) -> Option<Entry<'y>> {
    node.entry(name).or_else(|| {
        let (first, rest) = name.split_at(1);
        node.entry(&format!("{}{rest}", first.to_ascii_uppercase()))
    })
}

fn get<'y>(node: Node<'y>, name: &str) -> Option<Node<'y>> {
    entry(node, name).map(|entry| entry.value)
}

/// How a task's own settings are called.
struct Keys {
    network: &'static str,
    pid: &'static str,
    ipc: &'static str,
    compatibilities: &'static str,
}

const KEYS: Keys = Keys {
    network: "networkMode",
    pid: "pidMode",
    ipc: "ipcMode",
    compatibilities: "requiresCompatibilities",
};
const TERRAFORM: Keys = Keys {
    network: "network_mode",
    pid: "pid_mode",
    ipc: "ipc_mode",
    compatibilities: "requires_compatibilities",
};

struct Task<'y> {
    node: Node<'y>,
    folders: Folders<'y>,
    keys: &'static Keys,
}

impl<'y> Task<'y> {
    fn containers(&self, list: Node<'y>, found: &mut Vec<Found>) {
        let items = list.items().filter(|item| item.is_mapping());
        found.extend(items.map(|item| self.container(item)));
    }

    /// A mode of the task that containers have under another name: `host`.
    fn mode(&self, name: &str) -> Option<Text> {
        get(self.node, name).and_then(value).filter(|mode| mode.is("host"))
    }

    fn container(&self, node: Node<'y>) -> Found {
        let name = get(node, "name");
        let place = name.map_or(node.span(), |name| name.resolved().span());
        let name = name.and_then(Node::as_str).unwrap_or_default();
        let items = |name: &str| get(node, name).into_iter().flat_map(Node::items);
        let mut spec = ContainerSpec::new(Surface::TaskDefinition, name, at(place));
        spec.image = get(node, "image").and_then(value);
        spec.user = get(node, "user").and_then(value);
        spec.network_mode = self.mode(self.keys.network);
        spec.pid = self.mode(self.keys.pid);
        spec.ipc = self.mode(self.keys.ipc);
        spec.security_opt = items("dockerSecurityOptions").filter_map(value).collect();
        spec.environment = items("environment").filter_map(variable).collect();
        let mount = |point| {
            let part = |name: &str| get(point, name);
            self.folders.mount_of(part("sourceVolume")?, part("containerPath"), part("readOnly"))
        };
        spec.mounts = items("mountPoints").filter_map(mount).collect();
        for (name, to) in [("entryPoint", &mut spec.entrypoint), ("command", &mut spec.command)] {
            let form = |list: Node| CommandForm::Words(list.items().filter_map(value).collect());
            *to = get(node, name).map(|list| Command { form: form(list), at: at(list.span()) });
        }
        // With an address of its own, a task has no port of the host.
        let is_bridged = get(self.node, self.keys.network).is_none_or(|mode| mode.as_str() == Some("bridge"));
        if is_bridged {
            let port = |port| {
                host::port_of(get(port, "hostPort"), get(port, "containerPort"), get(port, "protocol"), None)
            };
            spec.ports = items("portMappings").filter_map(port).collect();
        }
        let mut filler = Filler::new(spec);
        for (name, to) in [("privileged", "privileged"), ("readonlyRootFilesystem", "read_only")] {
            if let Some(text) = get(node, name).and_then(value) {
                filler.switch(to, short::flag(&text));
            }
        }
        self.limits(node, &mut filler);
        state(node, &mut filler);
        if filler.spec.security_opt.iter().all(|option| !option.raw.starts_with("no-new-privileges"))
            && get(self.node, self.keys.compatibilities).is_some_and(is_fargate)
        {
            // Fargate takes no options; it isolates tasks by itself.
            filler.spec.security_opt.push(stated("no-new-privileges:true", at(place)));
        }
        Found { spec: filler.finish(), extent: node.span() }
    }

    /// Memory, capabilities and devices.
    fn limits(&self, node: Node<'y>, filler: &mut Filler) {
        // The task's own limit holds for its containers together.
        for limit in [entry(self.node, "memory"), entry(node, "memory")].into_iter().flatten() {
            if let Some(text) = value(limit.value) {
                filler.set("mem_limit", &key(&limit), text);
            }
        }
        let Some(linux) = get(node, "linuxParameters") else { return };
        for (name, to) in [("add", "cap_add"), ("drop", "cap_drop")] {
            let Some(list) = get(linux, "capabilities").and_then(|list| entry(list, name)) else { continue };
            for text in list.value.items().filter_map(value) {
                filler.set(to, &key(&list), text);
            }
        }
        for device in get(linux, "devices").into_iter().flat_map(Node::items) {
            if let Some(path) = entry(device, "hostPath")
                && let Some(text) = value(path.value)
            {
                filler.set("devices", &key(&path), text);
            }
        }
    }
}

/// What a container says of its health, its logs and its kernel settings.
fn state(node: Node, filler: &mut Filler) {
    if let Some(test) = get(node, "healthCheck").and_then(|health| entry(health, "command")) {
        let words: Vec<Text> = test.value.items().filter_map(value).collect();
        let run = match words.split_first() {
            Some((kind, [line, ..])) if kind.is("CMD-SHELL") => HealthTest::Shell(line.clone()),
            Some((kind, words)) if kind.is("CMD") => HealthTest::Exec(words.to_vec()),
            _ => HealthTest::Exec(words),
        };
        filler.test(at(test.key_span()), run);
    }
    filler.spec.labels = get(node, "dockerLabels").map(pairs).unwrap_or_default();
    let items = |name: &str| get(node, name).into_iter().flat_map(Node::items);
    let control = |control| {
        Some(Pair {
            key: value(get(control, "namespace")?)?,
            value: get(control, "value").and_then(value),
            at: at(control.span()),
        })
    };
    filler.spec.sysctls = items("systemControls").filter_map(control).collect();
    let limit = |limit| {
        let number = |name| Some(short::int(&value(get(limit, name)?)?));
        Some(Ulimit {
            name: value(get(limit, "name")?)?,
            soft: number("softLimit"),
            hard: number("hardLimit"),
            at: at(limit.span()),
        })
    };
    filler.spec.ulimits = items("ulimits").filter_map(limit).collect();
    if let Some(driver) = get(node, "logConfiguration").and_then(|logs| entry(logs, "logDriver"))
        && let Some(text) = value(driver.value)
    {
        filler.set("log_driver", &key(&driver), text);
    }
}

fn is_fargate(list: Node) -> bool {
    list.items().any(|item| item.as_str() == Some("FARGATE"))
}

fn variable(node: Node) -> Option<Pair> {
    Some(Pair {
        key: value(get(node, "name")?)?,
        value: get(node, "value").and_then(value),
        at: at(node.span()),
    })
}
