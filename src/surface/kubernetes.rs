//! Plain Kubernetes manifests, in YAML and JSON: the containers of pods, wherever a pod is described. Templates of Helm are
//! none.

use super::Found;
use super::fill::Filler;
use super::host::{self, Folders};
use super::words::{at, key, stated, value};
use crate::compose::short;
use crate::container::{
    At, Command, CommandForm, ContainerSpec, Lifetime, Mount, Pair, Setting, Surface, Text,
};
use crate::text::Source;
use crate::yaml::{self, Node, Yaml};

/// What AppArmor is told of a container before its own key for that: this, and the name of the container.
const APPARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

/// The containers of all documents. What is no YAML may be a template, and has none.
pub(super) fn containers(source: &Source) -> Vec<Found> {
    let file = yaml::parse(source);
    if file.errors.is_empty() { objects(&file) } else { Vec::new() }
}

/// The containers of all objects of a file.
pub(super) fn objects(file: &Yaml) -> Vec<Found> {
    let mut found = Vec::new();
    for document in file.documents() {
        let items = document.get("items").into_iter().flat_map(Node::items);
        for object in std::iter::once(document).chain(items) {
            pod(object, &mut found);
        }
    }
    found
}

/// Reads an object that describes a pod.
fn pod(object: Node, found: &mut Vec<Found>) {
    let kind = object.get("kind").and_then(Node::as_str).unwrap_or_default();
    let (path, lifetime): (&[&str], _) = match kind {
        "Pod" => (&["spec"], Lifetime::Service),
        "PodTemplate" => (&["template", "spec"], Lifetime::Service),
        "Job" => (&["spec", "template", "spec"], Lifetime::Detached),
        "CronJob" => (&["spec", "jobTemplate", "spec", "template", "spec"], Lifetime::Detached),
        // `Deployment` and the like, and what extends Kubernetes: `Rollout` of Argo, `Service` of Knative.
        _ => (&["spec", "template", "spec"], Lifetime::Service),
    };
    let Some(pod) = object.get("apiVersion").and_then(|_| object.at(path)) else { return };
    let pod = Pod { node: pod, folders: Folders::of(pod, &["hostPath", "path"]), lifetime };
    let lists = [
        ("initContainers", Lifetime::Detached),
        ("containers", pod.lifetime),
        ("ephemeralContainers", Lifetime::Detached),
    ];
    for (list, lifetime) in lists {
        let items = pod.node.get(list).into_iter().flat_map(Node::items);
        found.extend(items.filter(|item| item.is_mapping()).map(|item| pod.container(item, lifetime)));
    }
}

struct Pod<'y> {
    node: Node<'y>,
    folders: Folders<'y>,
    lifetime: Lifetime,
}

/// A value that is on or off.
fn switch(node: Node, name: &str) -> Option<Setting<bool>> {
    node.get(name).and_then(value).map(|text| short::flag(&text))
}

/// A setting of the pod or the container that says with `true` what another surface says with a word.
fn word(node: Node, name: &str, word: &str) -> Option<Text> {
    let on = switch(node, name).filter(Setting::is_true)?;
    Some(stated(word, on.at))
}

impl<'y> Pod<'y> {
    fn container(&self, node: Node<'y>, lifetime: Lifetime) -> Found {
        let name = node.entry("name");
        let place = name.as_ref().map_or(node.span(), |name| name.value.span());
        let name = name.as_ref().and_then(|name| name.value.as_str()).unwrap_or_default();
        let mut spec = ContainerSpec::new(Surface::Kubernetes, name, at(place));
        spec.lifetime = lifetime;
        spec.image = node.get("image").and_then(value);
        spec.network_mode = word(self.node, "hostNetwork", "host");
        spec.pid = word(self.node, "hostPID", "host");
        spec.ipc = word(self.node, "hostIPC", "host");
        let own_users = switch(self.node, "hostUsers").filter(Setting::is_false);
        spec.userns_mode = own_users.map(|setting| stated("auto", setting.at));
        spec.entrypoint = words(node, "command");
        spec.command = words(node, "args");
        spec.environment = node.get("env").into_iter().flat_map(Node::items).filter_map(variable).collect();
        let mount = |node: Node| {
            let mount = self.folders.mount(node, ["name", "mountPath", "readOnly"])?;
            Some(Mount { propagation: node.get("mountPropagation").and_then(value), ..mount })
        };
        spec.mounts = node.get("volumeMounts").into_iter().flat_map(Node::items).filter_map(mount).collect();
        spec.serves_storage = spec.mounts.iter().any(is_of_plugins);
        spec.ports = node.get("ports").into_iter().flat_map(Node::items).filter_map(host::port).collect();
        spec.stdin_open = switch(node, "stdin");
        spec.tty = switch(node, "tty");
        let mut filler = Filler::new(spec);
        let limits = node.at(&["resources", "limits"]);
        for (from, to) in [("memory", "mem_limit"), ("cpu", "cpus")] {
            if let Some(limit) = limits.and_then(|limits| limits.entry(from))
                && let Some(text) = value(limit.value)
            {
                filler.set(to, &key(&limit), text);
            }
        }
        let pods = self.node.get("securityContext");
        for context in [pods, node.get("securityContext")].into_iter().flatten() {
            security(&mut filler, context);
        }
        let sysctls = pods.and_then(|context| context.get("sysctls")).into_iter().flat_map(Node::items);
        filler.spec.sysctls = sysctls.filter_map(variable).collect();
        let profile = self.annotation(&format!("{APPARMOR}{}", filler.spec.name));
        if let Some(profile) = profile.filter(|profile| profile.as_str() == Some("unconfined")) {
            filler.spec.security_opt.push(stated("apparmor=unconfined", at(profile.span())));
        }
        Found { spec: filler.finish(), extent: node.span() }
    }

    /// What the pod's metadata say under a name.
    fn annotation(&self, name: &str) -> Option<Node<'y>> {
        self.node.parent()?.at(&["metadata", "annotations"])?.get(name)
    }
}

/// The kubelet's folder, or a part of it where plugins and pods have their volumes: what the driver of a storage mounts.
fn is_of_plugins(mount: &Mount) -> bool {
    const KUBELET: &str = "/var/lib/kubelet";
    let path = mount.source.as_ref().and_then(Text::value).and_then(|path| path.strip_prefix(KUBELET));
    path.is_some_and(|part| part.trim_matches('/').is_empty() || part.starts_with("/p"))
        && mount.propagation.as_ref().is_some_and(|mode| mode.is("Bidirectional"))
}

/// A list of words.
fn words(node: Node, name: &str) -> Option<Command> {
    let list = node.get(name)?;
    let form = CommandForm::Words(list.items().filter_map(value).collect());
    Some(Command { form, at: at(list.span()) })
}

/// A variable whose value is written there.
fn variable(node: Node) -> Option<Pair> {
    let pair = Pair {
        key: value(node.get("name")?)?,
        value: node.get("value").and_then(value),
        at: at(node.span()),
    };
    pair.value.is_some().then_some(pair)
}

/// `securityContext` of a pod or a container; what the container says counts.
fn security(filler: &mut Filler, context: Node) {
    for (name, to) in [("privileged", "privileged"), ("readOnlyRootFilesystem", "read_only")] {
        if let Some(setting) = switch(context, name) {
            filler.switch(to, setting);
        }
    }
    let windows = context.get("windowsOptions");
    if let Some(is_hosts) = windows.and_then(|options| switch(options, "hostProcess")) {
        filler.switch("privileged", is_hosts);
    }
    if let Some(user) = context.get("runAsUser").and_then(value) {
        filler.spec.user = Some(user);
    }
    for (name, to) in [("add", "cap_add"), ("drop", "cap_drop")] {
        let Some(list) = context.get("capabilities").and_then(|list| list.entry(name)) else { continue };
        for capability in list.value.items().filter_map(value) {
            filler.set(to, &key(&list), capability);
        }
    }
    let mut option = |place: At, text: &str| filler.spec.security_opt.push(stated(text, place));
    if let Some(escalates) = switch(context, "allowPrivilegeEscalation") {
        match escalates.value {
            Some(false) => option(escalates.at, "no-new-privileges:true"),
            Some(true) => option(escalates.at, "no-new-privileges:false"),
            None => {}
        }
    }
    for (name, profile) in
        [("seccompProfile", "seccomp=unconfined"), ("appArmorProfile", "apparmor=unconfined")]
    {
        let kind = context.at(&[name, "type"]).filter(|kind| kind.as_str() == Some("Unconfined"));
        if let Some(kind) = kind {
            option(at(kind.span()), profile);
        }
    }
    if let Some(kind) = context.at(&["seLinuxOptions", "type"]) {
        option(at(kind.span()), &format!("label=type:{}", kind.as_str().unwrap_or_default()));
    }
    if let Some(kind) = context.get("procMount").filter(|kind| kind.as_str() == Some("Unmasked")) {
        option(at(kind.span()), "systempaths=unconfined");
    }
}
