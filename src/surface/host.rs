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
        Self::named(volumes.filter_map(|volume: Node<'y>| Some((volume.get("name")?, volume.at(path)?))))
    }
    /// Of names with folders.
    pub(super) fn named(all: impl Iterator<Item = (Node<'y>, Node<'y>)>) -> Self {
        Self(all.filter_map(|(name, folder)| Some((name.as_str()?, value(folder)?))).collect())
    }
    /// A mount, if it is one of a folder. `names` are the keys of the volume, of the place in the container and of the
    /// switch that it is read-only.
    pub(super) fn mount(&self, node: Node, [volume, target, read_only]: [&str; 3]) -> Option<Mount> {
        self.mount_of(node.get(volume)?, node.get(target), node.get(read_only))
    }
    /// A mount of a volume, if it is a folder.
    pub(super) fn mount_of(
        &self,
        volume: Node,
        target: Option<Node>,
        read_only: Option<Node>,
    ) -> Option<Mount> {
        let source = self.0.get(volume.as_str()?)?.clone();
        let read_only = read_only.and_then(value);
        Some(Mount {
            target: target.and_then(value),
            read_only: read_only.map_or(Some(false), |text| short::flag(&text).value),
            source: Some(source.clone()),
            ..Mount::long(MountKind::Bind, source.at)
        })
    }
}

/// A port of the node that leads to the container.
pub(super) fn port(node: Node) -> Option<Port> {
    port_of(node.get("hostPort"), node.get("containerPort"), node.get("protocol"), node.get("hostIP"))
}

/// A port of these parts.
pub(super) fn port_of(
    published: Option<Node>,
    target: Option<Node>,
    protocol: Option<Node>,
    address: Option<Node>,
) -> Option<Port> {
    let text = |node: Option<Node>| node.and_then(value);
    // ECS chooses a port for 0.
    let published = text(published).filter(|port| !port.is("0"))?;
    let port = short::long_port(published.at, Some(published), text(target), text(protocol), None);
    Some(Port { host_ip: text(address), ..port })
}
