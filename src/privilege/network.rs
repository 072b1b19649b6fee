//! The networks of a project: who is on which, what is published, what stores data. Plain data that outlives the files.

use std::sync::Arc;

use super::Place;

/// The networks of one group of Compose files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkMap {
    /// The main file.
    pub path: Arc<str>,
    pub networks: Vec<NetworkNode>,
    pub members: Vec<Member>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkNode {
    pub name: String,
    /// `internal`, `external`, its driver.
    pub remarks: Vec<String>,
}

/// A service on networks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub name: String,
    pub place: Place,
    /// Indexes in [`NetworkMap::networks`].
    pub networks: Vec<usize>,
    /// Its `network_mode`, if it has none of the project's networks.
    pub mode: Option<String>,
    /// Ports that other hosts reach.
    pub published: Vec<String>,
    pub stores: bool,
    /// A published service on a network of this data store, which does not seem to use it.
    pub beside: Option<String>,
}

impl NetworkMap {
    /// Every text that was taken from the repository, for whoever masks secrets.
    pub fn texts_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let networks = self
            .networks
            .iter_mut()
            .flat_map(|network| std::iter::once(&mut network.name).chain(&mut network.remarks));
        let members = self.members.iter_mut().flat_map(|member| {
            let optional = member.mode.iter_mut().chain(&mut member.beside);
            std::iter::once(&mut member.name).chain(optional).chain(&mut member.published)
        });
        networks.chain(members)
    }
    /// Every path of a file.
    pub fn paths_mut(&mut self) -> impl Iterator<Item = &mut Arc<str>> {
        std::iter::once(&mut self.path).chain(self.members.iter_mut().map(|member| &mut member.place.path))
    }
}
