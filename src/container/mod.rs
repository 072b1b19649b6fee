//! One model of a container's settings, whatever surface they were written on.
//!
//! Compose services fill it, and what `surface` reads: `docker run` in scripts and the like, so that a runtime rule is
//! written once. It is pure data: reading a surface is left to
//! `compose` and its like, judging it to the rules.
//!
//! Three things go through all of it. Every value has a place ([`At`]). Every value is three-valued ([`Text`],
//! [`Setting`]): known, known only from a `${X:-default}`, or unknown. And what was not written is told apart from
//! what could not be read: a rule about something missing first asks [`ContainerSpec::is_complete`].

mod build;
mod insertion;
mod limits;
mod network;
mod process;
mod storage;
mod surface;
mod value;

use std::sync::Arc;

pub use build::Build;
pub use insertion::Insertion;
pub use limits::{Deploy, Limits, Logging, Ulimit};
pub use network::{NetworkRef, Port, Ports};
pub use process::{Command, CommandForm, DependsOn, EnvFile, HealthTest, Healthcheck, Hook};
pub use storage::{Device, Grant, Mount, MountKind};
pub use surface::{Lifetime, Surface};
pub use value::{At, FileId, Key, Known, Pair, Pull, PullId, PullKind, Setting, Text};

/// Everything that is written about one container.
#[derive(Clone, Debug, Default)]
pub struct ContainerSpec {
    pub surface: Surface,
    pub lifetime: Lifetime,
    /// Service name; empty where the surface has none.
    pub name: Box<str>,
    /// The name, or what stands for it: where a finding about the whole container belongs.
    pub at: At,
    /// Every setting that is written, known to this model or not, with the place of its key: `privileged`, `x-foo`.
    pub keys: Vec<Key>,
    /// How values got here from elsewhere, see [`ContainerSpec::via`]; shared by the containers of one model.
    pub pulls: Arc<[Pull]>,
    /// It has an engine of its own, for which it must be privileged.
    pub nests_engine: bool,
    /// It mounts volumes for others on its node, for which it must be privileged.
    pub serves_storage: bool,
    /// What could not be read (an `extends` without its file …). Nothing can be said to be missing then.
    pub gaps: Vec<Gap>,
    /// Neither image nor build nor provider: a piece to be merged with another file by `-f a -f b`.
    pub fragment: bool,
    /// Where a new setting may be written; nowhere if an edit would change more than this container, or has no lines
    /// of its own to stand on.
    pub insertion: Option<Insertion>,

    pub image: Option<Text>,
    pub build: Option<Box<Build>>,
    /// `provider:`; the service is no container then.
    pub provider: Option<Text>,
    pub container_name: Option<Text>,
    pub hostname: Option<Text>,
    pub platform: Option<Text>,
    pub pull_policy: Option<Text>,

    pub user: Option<Text>,
    pub group_add: Vec<Text>,
    pub privileged: Option<Setting<bool>>,
    pub read_only: Option<Setting<bool>>,
    pub init: Option<Setting<bool>>,
    pub use_api_socket: Option<Setting<bool>>,
    pub tty: Option<Setting<bool>>,
    pub stdin_open: Option<Setting<bool>>,

    pub network_mode: Option<Text>,
    /// `None`: not written, so the default network. An empty list is written as `networks: []`.
    pub networks: Option<Vec<NetworkRef>>,
    pub pid: Option<Text>,
    pub ipc: Option<Text>,
    pub uts: Option<Text>,
    pub userns_mode: Option<Text>,
    pub cgroup: Option<Text>,
    pub cgroup_parent: Option<Text>,
    pub runtime: Option<Text>,
    pub isolation: Option<Text>,

    pub cap_add: Vec<Text>,
    pub cap_drop: Vec<Text>,
    pub security_opt: Vec<Text>,
    pub devices: Vec<Device>,
    pub device_cgroup_rules: Vec<Text>,
    pub sysctls: Vec<Pair>,
    pub ulimits: Vec<Ulimit>,
    pub oom_kill_disable: Option<Setting<bool>>,
    pub oom_score_adj: Option<Setting<i64>>,

    /// `volumes:`, `-v`, `--mount`.
    pub mounts: Vec<Mount>,
    pub volumes_from: Vec<Text>,
    /// `tmpfs:`, `--tmpfs`; as written: `/run:size=64m`.
    pub tmpfs: Vec<Text>,
    pub secrets: Vec<Grant>,
    pub configs: Vec<Grant>,

    /// `ports:`, `-p`.
    pub ports: Vec<Port>,
    pub expose: Vec<Text>,
    /// `--publish-all`
    pub publish_all: Option<Setting<bool>>,
    pub dns: Vec<Text>,
    /// `extra_hosts:`; key is the name, value the address.
    pub extra_hosts: Vec<Pair>,
    pub links: Vec<Text>,

    pub environment: Vec<Pair>,
    pub env_files: Vec<EnvFile>,
    pub labels: Vec<Pair>,
    pub command: Option<Command>,
    pub entrypoint: Option<Command>,
    pub working_dir: Option<Text>,
    pub hooks: Vec<Hook>,
    pub healthcheck: Option<Box<Healthcheck>>,
    pub depends_on: Vec<DependsOn>,
    pub restart: Option<Text>,
    pub stop_signal: Option<Text>,
    pub stop_grace_period: Option<Text>,
    pub profiles: Vec<Text>,
    pub logging: Option<Box<Logging>>,
    pub limits: Limits,
    pub deploy: Option<Box<Deploy>>,
}

impl ContainerSpec {
    /// An empty container.
    pub fn new(surface: Surface, name: impl Into<Box<str>>, at: At) -> Self {
        Self { surface, name: name.into(), at, ..Self::default() }
    }
    /// It is a container, and all that is written about it could be read: what is absent is really missing.
    pub fn is_complete(&self) -> bool {
        self.gaps.is_empty() && !self.fragment && self.provider.is_none()
    }
    /// Where this container pulled a value in that stands elsewhere: for the finding's related place.
    pub fn via(&self, at: At) -> Option<&Pull> {
        at.pull.and_then(|id| self.pulls.get(id.0.get() as usize - 1))
    }
    /// The key of a setting, as the surface names it.
    pub fn key(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|key| &*key.name == name)
    }
}

/// Something about a container that could not be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gap {
    pub at: At,
    /// A sentence without a full stop: "`extends` names a file that is not here".
    pub why: Box<str>,
}
