//! What orchestrators give a container of their nodes, in the words that Kubernetes and Amazon ECS share.

use std::collections::HashMap;

use super::words::value;
use crate::compose::short;
use crate::container::{Mount, MountKind, Port, Text};
use crate::yaml::Node;

/// The volumes that are folders of a node, by their names.
pub(super) struct Folders<'y>(HashMap<&'y str, Text>);

impl<'y> Folders<'y> {
    /// Of `volumes` of a pod or task, where each has its folder at `path`.
    pub(super) fn of(owner: Node<'y>, path: &[&str]) -> Self {
        let volumes = owner.get("volumes").into_iter().flat_map(Node::items);
        let folder = |volume: Node<'y>| Some((volume.get("name")?.as_str()?, value(volume.at(path)?)?));
        Self(volumes.filter_map(folder).collect())
    }
    /// A mount, if it is one of a folder. `names` are the keys of the volume, of the place in the container and of the
    /// switch that it is read-only.
    pub(super) fn mount(&self, node: Node, [volume, target, read_only]: [&str; 3]) -> Option<Mount> {
        let source = self.0.get(node.get(volume)?.as_str()?)?.clone();
        let read_only = node.get(read_only).and_then(value);
        Some(Mount {
            target: node.get(target).and_then(value),
            read_only: read_only.map_or(Some(false), |text| short::flag(&text).value),
            source: Some(source.clone()),
            ..Mount::long(MountKind::Bind, source.at)
        })
    }
}

/// A port of the node that leads to the container.
pub(super) fn port(node: Node) -> Option<Port> {
    let text = |name: &str| node.get(name).and_then(value);
    // ECS chooses a port for 0.
    let published = text("hostPort").filter(|port| !port.is("0"))?;
    let port = short::long_port(published.at, Some(published), text("containerPort"), text("protocol"), None);
    Some(Port { host_ip: text("hostIP"), ..port })
}
