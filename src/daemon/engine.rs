//! What the settings of an engine mean for each of its containers.

use super::{Daemon, FaultKind};
use crate::text::{Source, Span, Spot};

/// What is set for all containers, each with its place. Nothing is known of an engine without settings.
#[derive(Clone, Debug, Default)]
pub struct Engine {
    /// `userns-remap`: a container's root is another user of the host.
    pub remaps_users: Option<Spot>,
    /// The file lies where an engine that runs as a user has its own.
    pub rootless: Option<Spot>,
    /// `no-new-privileges`
    pub no_new_privileges: Option<Spot>,
    /// `seccomp-profile`: `unconfined`.
    pub seccomp_off: Option<Spot>,
    /// It listens on a port of the host and asks for no certificate.
    pub listens: Option<Spot>,
    /// `icc`: off, so that containers of the default bridge do not reach each other.
    pub bridge_closed: Option<Spot>,
}

/// Below a user's home.
/// Source: <https://docs.docker.com/engine/security/rootless/tips/>, "Daemon".
const ROOTLESS: &str = ".config/docker/daemon.json";

impl Engine {
    /// `None` for settings that no engine starts with.
    pub fn of(daemon: &Daemon) -> Option<Self> {
        let is_broken = daemon.faults.iter().any(|fault| matches!(fault.kind, FaultKind::Syntax(_)));
        let spot = |span: Span| Spot { source: daemon.source.clone(), span };
        let flag = |key: &str, wanted: bool| {
            let is_set = daemon.flag(key) == Some(wanted);
            daemon.get(key).filter(|_| is_set).map(|setting| spot(setting.span))
        };
        let is_rootless = |source: &Source| source.path().ends_with(ROOTLESS);
        let unconfined = daemon.text("seccomp-profile").filter(|(profile, _)| *profile == "unconfined");
        (!is_broken).then(|| Self {
            remaps_users: daemon.text("userns-remap").map(|(_, span)| spot(span)),
            rootless: is_rootless(daemon.source).then(|| spot(Span::at(0))),
            no_new_privileges: flag("no-new-privileges", true),
            seccomp_off: unconfined.map(|(_, span)| spot(span)),
            listens: daemon.plain_addresses().next().map(|(_, span)| spot(span)),
            bridge_closed: flag("icc", false),
        })
    }

    /// What either has: the file of an engine and the flags that it is started with.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            remaps_users: self.remaps_users.or(other.remaps_users),
            rootless: self.rootless.or(other.rootless),
            no_new_privileges: self.no_new_privileges.or(other.no_new_privileges),
            seccomp_off: self.seccomp_off.or(other.seccomp_off),
            listens: self.listens.or(other.listens),
            bridge_closed: self.bridge_closed.or(other.bridge_closed),
        }
    }

    /// What both have: a repository may configure several engines, and which of them runs a container is not known.
    #[must_use]
    pub fn common(self, other: &Self) -> Self {
        let both = |one: Option<Spot>, other: &Option<Spot>| one.filter(|_| other.is_some());
        Self {
            remaps_users: both(self.remaps_users, &other.remaps_users),
            rootless: both(self.rootless, &other.rootless),
            no_new_privileges: both(self.no_new_privileges, &other.no_new_privileges),
            seccomp_off: both(self.seccomp_off, &other.seccomp_off),
            listens: both(self.listens, &other.listens),
            bridge_closed: both(self.bridge_closed, &other.bridge_closed),
        }
    }
}
