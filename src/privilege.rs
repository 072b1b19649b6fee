//! What the processes of containers may do, and how somebody who takes one over gets to the host: plain data that
//! outlives the files.
//!
//! `effective` works it out where somebody asks for it; drawing it is `report::privileges`' business.

use std::sync::Arc;

/// One container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Privileges {
    /// Where the service is written.
    pub place: Place,
    pub service: String,
    /// By aspect.
    pub held: Vec<Held>,
    /// The shortest and surest first.
    pub ways: Vec<Way>,
    /// Why not all of it is known; whole sentences without a full stop.
    pub unknown: Vec<String>,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    pub path: Arc<str>,
    /// 1-based.
    pub line: u32,
}

/// One thing that a container holds, or does without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub aspect: Aspect,
    pub what: String,
    pub weight: Weight,
    pub places: Vec<Place>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Aspect {
    User,
    Capabilities,
    NewPrivileges,
    Seccomp,
    Lsm,
    Root,
    Namespaces,
    Mounts,
    Devices,
    Engine,
    Ports,
    Reaches,
}

impl Aspect {
    /// As a heading.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Capabilities => "capabilities",
            Self::NewPrivileges => "new privileges",
            Self::Seccomp => "seccomp",
            Self::Lsm => "AppArmor, SELinux",
            Self::Root => "root filesystem",
            Self::Namespaces => "namespaces of the host",
            Self::Mounts => "mounts from the host",
            Self::Devices => "devices",
            Self::Engine => "container engine",
            Self::Ports => "published ports",
            Self::Reaches => "reaches",
        }
    }
}

/// Compared with what Docker gives every container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    Less,
    Usual,
    More,
}

/// A way from the container to the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    pub id: &'static str,
    pub gains: Gain,
    /// What is done, one after the other.
    pub steps: Vec<Step>,
    /// What must be so as well and is not written in the files; clauses after "if". Empty: the way is open.
    pub conditions: Vec<String>,
    /// The document that it rests on.
    pub source: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub text: String,
    /// What is written that makes it possible.
    pub places: Vec<Place>,
}

/// What a way leads to, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Gain {
    Root,
    Cluster,
    Containers,
    Login,
    Reading,
    Accounts,
    Disturbance,
}

impl Gain {
    pub const ALL: [Self; 7] = [
        Self::Root,
        Self::Cluster,
        Self::Containers,
        Self::Login,
        Self::Reading,
        Self::Accounts,
        Self::Disturbance,
    ];
    /// As an object of "gains".
    pub fn name(self) -> &'static str {
        match self {
            Self::Root => "root on the host",
            Self::Cluster => "the cluster's node",
            Self::Containers => "every other container",
            Self::Login => "a login on the host",
            Self::Reading => "the host's files, to read",
            Self::Accounts => "accounts elsewhere",
            Self::Disturbance => "to disturb the host",
        }
    }
    /// For programs.
    pub fn id(self) -> &'static str {
        match self {
            Self::Root => "host-root",
            Self::Cluster => "cluster-node",
            Self::Containers => "other-containers",
            Self::Login => "host-login",
            Self::Reading => "host-files-read",
            Self::Accounts => "accounts",
            Self::Disturbance => "host-disturbance",
        }
    }
}

impl Way {
    pub fn is_open(&self) -> bool {
        self.conditions.is_empty()
    }
}

impl Privileges {
    /// The way that an attacker takes first.
    pub fn first(&self) -> Option<&Way> {
        self.ways.first()
    }
    /// Every text that was taken from the repository, for whoever masks secrets.
    pub fn texts_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let held = self.held.iter_mut().map(|held| &mut held.what);
        let ways = self.ways.iter_mut().flat_map(|way| {
            let steps = way.steps.iter_mut().map(|step| &mut step.text);
            steps.chain(&mut way.conditions)
        });
        std::iter::once(&mut self.service).chain(held).chain(ways).chain(&mut self.unknown)
    }
    /// Every path of a file.
    pub fn paths_mut(&mut self) -> impl Iterator<Item = &mut Arc<str>> {
        let held = self.held.iter_mut().flat_map(|held| &mut held.places);
        let steps = self.ways.iter_mut().flat_map(|way| &mut way.steps);
        let places = held.chain(steps.flat_map(|step| &mut step.places));
        std::iter::once(&mut self.place).chain(places).map(|place| &mut place.path)
    }
}
