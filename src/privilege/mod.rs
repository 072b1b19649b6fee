//! What the processes of containers may do, and how somebody who takes one over gets to the host: plain data that
//! outlives the files.
//!
//! `effective` works it out where somebody asks for it; drawing it is `report::privileges`' business.

mod change;
mod hardening;
mod network;

use std::sync::Arc;

pub use change::{Change, changes};
pub use hardening::{Hardening, Measure, Rewrite, spare_extended};
pub use network::{Member, NetworkMap, NetworkNode};

/// One container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Privileges {
    /// Where the service is written.
    pub place: Place,
    pub service: String,
    /// By aspect.
    pub held: Vec<Held>,
    /// The same as single things, for comparing two versions of a container.
    pub grants: Vec<Grant>,
    /// Nobody here knows as whom its program runs, so that it may be root.
    pub user_unknown: bool,
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

/// One thing that a container may use or do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// As an object of "gains": `the host's network`.
    pub what: String,
    /// Every container has it unless that is taken away.
    pub usual: bool,
    /// Where it is written; one of Docker's own is not.
    pub place: Option<Place>,
}

impl Grant {
    pub const ROOT: &str = "root as its user";
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Aspect {
    User,
    Users,
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
            Self::Users => "user namespace",
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
    fn texts_mut(&mut self) -> impl Iterator<Item = &mut String> {
        self.steps.iter_mut().map(|step| &mut step.text).chain(&mut self.conditions)
    }
    fn places_mut(&mut self) -> impl Iterator<Item = &mut Place> {
        self.steps.iter_mut().flat_map(|step| &mut step.places)
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
        let ways = self.ways.iter_mut().flat_map(Way::texts_mut);
        let grants = self.grants.iter_mut().map(|grant| &mut grant.what);
        let own = std::iter::once(&mut self.service).chain(&mut self.unknown);
        own.chain(held).chain(grants).chain(ways)
    }
    /// Every path of a file.
    pub fn paths_mut(&mut self) -> impl Iterator<Item = &mut Arc<str>> {
        let held = self.held.iter_mut().flat_map(|held| &mut held.places);
        let steps = self.ways.iter_mut().flat_map(Way::places_mut);
        let grants = self.grants.iter_mut().filter_map(|grant| grant.place.as_mut());
        let places = held.chain(steps).chain(grants);
        std::iter::once(&mut self.place).chain(places).map(|place| &mut place.path)
    }
}
