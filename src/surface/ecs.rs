//! Task definitions of Amazon ECS in JSON: `containerDefinitions`, with the volumes and modes of their task.

use super::Found;
use super::fill::Filler;
use super::host::{self, Folders};
use super::words::{at, key, stated, value};
use crate::compose::short;
use crate::container::{Command, CommandForm, ContainerSpec, Pair, Surface, Text};
use crate::gap::Gap;
use crate::json;
use crate::text::Source;
use crate::yaml::Node;

/// The containers of all task definitions in a file.
pub(super) fn containers(source: &Source) -> Result<Vec<Found>, Gap> {
    let plain = json::plain(source);
    let file = json::parse(&plain)?;
    let mut found = Vec::new();
    for task in file.nodes().filter(|node| node.is_mapping() && !node.is_alias()) {
        let Some(list) = task.get("containerDefinitions") else { continue };
        let folders = Folders::of(task, &["host", "sourcePath"]);
        let items = list.items().filter(|item| item.is_mapping());
        found.extend(items.map(|item| container(task, &folders, item)));
    }
    Ok(found)
}

/// A mode of the task that containers have under another name: `host`.
fn mode(task: Node, name: &str) -> Option<Text> {
    task.get(name).and_then(value).filter(|mode| mode.is("host"))
}

fn container(task: Node, folders: &Folders, node: Node) -> Found {
    let name = node.entry("name");
    let place = name.as_ref().map_or(node.span(), |name| name.value.span());
    let name = name.as_ref().and_then(|name| name.value.as_str()).unwrap_or_default();
    let items = |name: &str| node.get(name).into_iter().flat_map(Node::items);
    let mut spec = ContainerSpec::new(Surface::TaskDefinition, name, at(place));
    spec.image = node.get("image").and_then(value);
    spec.user = node.get("user").and_then(value);
    spec.network_mode = mode(task, "networkMode");
    spec.pid = mode(task, "pidMode");
    spec.ipc = mode(task, "ipcMode");
    spec.security_opt = items("dockerSecurityOptions").filter_map(value).collect();
    spec.environment = items("environment").filter_map(variable).collect();
    let mount = |point| folders.mount(point, ["sourceVolume", "containerPath", "readOnly"]);
    spec.mounts = items("mountPoints").filter_map(mount).collect();
    for (name, to) in [("entryPoint", &mut spec.entrypoint), ("command", &mut spec.command)] {
        let form = |list: Node| CommandForm::Words(list.items().filter_map(value).collect());
        *to = node.get(name).map(|list| Command { form: form(list), at: at(list.span()) });
    }
    // With an address of its own, a task has no port of the host.
    let is_bridged = task.get("networkMode").is_none_or(|mode| mode.as_str() == Some("bridge"));
    if is_bridged {
        spec.ports = items("portMappings").filter_map(host::port).collect();
    }
    let mut filler = Filler::new(spec);
    for (name, to) in [("privileged", "privileged"), ("readonlyRootFilesystem", "read_only")] {
        if let Some(text) = node.get(name).and_then(value) {
            filler.switch(to, short::flag(&text));
        }
    }
    // The task's own limit holds for its containers together.
    for limit in [task.entry("memory"), node.entry("memory")].into_iter().flatten() {
        if let Some(text) = value(limit.value) {
            filler.set("mem_limit", &key(&limit), text);
        }
    }
    for (name, to) in [("add", "cap_add"), ("drop", "cap_drop")] {
        let capabilities = node.at(&["linuxParameters", "capabilities"]).and_then(|list| list.entry(name));
        for (list, capability) in
            capabilities.iter().flat_map(|list| list.value.items().map(move |item| (list, item)))
        {
            if let Some(text) = value(capability) {
                filler.set(to, &key(list), text);
            }
        }
    }
    for device in node.at(&["linuxParameters", "devices"]).into_iter().flat_map(Node::items) {
        if let Some(path) = device.entry("hostPath")
            && let Some(text) = value(path.value)
        {
            filler.set("devices", &key(&path), text);
        }
    }
    if filler.spec.security_opt.iter().all(|option| !option.raw.starts_with("no-new-privileges"))
        && task.get("requiresCompatibilities").is_some_and(is_fargate)
    {
        // Fargate takes no options; it isolates tasks by itself.
        filler.spec.security_opt.push(stated("no-new-privileges:true", at(place)));
    }
    Found { spec: filler.finish(), extent: node.span() }
}

fn is_fargate(list: Node) -> bool {
    list.items().any(|item| item.as_str() == Some("FARGATE"))
}

fn variable(node: Node) -> Option<Pair> {
    Some(Pair {
        key: value(node.get("name")?)?,
        value: node.get("value").and_then(value),
        at: at(node.span()),
    })
}
