//! What a container may use, how it is deployed, where its logs go.

use super::{At, Pair, Setting, Text};

/// Upper bounds, from the service's own keys or from `deploy.resources.limits`.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Limits {
    /// Bytes; 0 and below are no limit.
    pub memory: Option<Setting<i64>>,
    /// Bytes of memory and swap; -1 is no limit.
    pub memory_swap: Option<Setting<i64>>,
    /// Processors: `cpus`, or `cpu_quota` / `cpu_period`; 0 is no limit.
    pub cpus: Option<Setting<f64>>,
    /// Processes; 0 and below are no limit.
    pub pids: Option<Setting<i64>>,
    /// Bytes of `/dev/shm`.
    pub shm: Option<Setting<i64>>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ulimit {
    pub name: Text,
    pub soft: Option<Setting<i64>>,
    pub hard: Option<Setting<i64>>,
    pub at: At,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Deploy {
    pub mode: Option<Text>,
    pub replicas: Option<Setting<i64>>,
    pub restart_condition: Option<Text>,
    pub labels: Vec<Pair>,
    /// It says what only Swarm acts on: where tasks are placed, how they are replaced.
    pub for_swarm: bool,
    pub at: At,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Logging {
    pub driver: Option<Text>,
    pub options: Vec<Pair>,
    pub at: At,
}
