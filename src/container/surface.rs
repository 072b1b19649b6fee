//! Where containers are configured, and what differs there: how a setting is called, how long a container lives.

use std::borrow::Cow;

/// The surface a container was found on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub enum Surface {
    #[default]
    ComposeService,
    /// `docker run`, `podman create` and the like.
    Run,
    /// `docker service create`
    ServiceCreate,
    /// The container of a pipeline's job, or a service beside it.
    Job,
    Devcontainer,
    /// A unit of Podman.
    Quadlet,
    /// A container of a pod.
    Kubernetes,
    /// A container of a task definition of Amazon ECS.
    TaskDefinition,
    /// A task of a Nomad job.
    Nomad,
    /// A build without a container: a target of a bake file, `docker build`.
    Build,
}

/// A key of Compose files with the words of other surfaces.
struct Words {
    key: &'static str,
    quadlet: &'static str,
    kubernetes: &'static str,
    task_definition: &'static str,
    nomad: &'static str,
}

const fn words(
    key: &'static str,
    quadlet: &'static str,
    kubernetes: &'static str,
    task_definition: &'static str,
    nomad: &'static str,
) -> Words {
    Words { key, quadlet, kubernetes, task_definition, nomad }
}

/// What is named otherwise than in Compose files.
const WORDS: [Words; 9] = [
    words("cap_drop", "DropCapability", "capabilities.drop", "capabilities.drop", "cap_drop"),
    words("cpus", "--cpus", "resources.limits.cpu", "cpu", "cpu_hard_limit"),
    words("ipc", "--ipc", "hostIPC", "ipcMode", "ipc_mode"),
    words("mem_limit", "Memory", "resources.limits.memory", "memory", "memory"),
    words("network_mode", "Network", "hostNetwork", "networkMode", "network_mode"),
    words("pid", "--pid", "hostPID", "pidMode", "pid_mode"),
    words("read_only", "ReadOnly", "readOnlyRootFilesystem", "readonlyRootFilesystem", "readonly_rootfs"),
    words("user", "User", "runAsUser", "user", "user"),
    words("userns_mode", "UserNS", "hostUsers", "user", "userns_mode"),
];

impl Surface {
    /// What people write there for a setting that has this key in a Compose file.
    pub fn word(self, key: &'static str) -> Cow<'static, str> {
        let row = || WORDS.iter().find(|row| row.key == key);
        match self {
            Self::ComposeService => key.into(),
            Self::Run | Self::Job | Self::Devcontainer => flag(key),
            Self::ServiceCreate => match key {
                "mem_limit" => "--limit-memory".into(),
                "pids_limit" => "--limit-pids".into(),
                "cpus" => "--limit-cpu".into(),
                _ => flag(key),
            },
            Self::Quadlet => row().map_or_else(|| flag(key), |row| row.quadlet.into()),
            Self::Kubernetes => row().map_or(key, |row| row.kubernetes).into(),
            Self::TaskDefinition => row().map_or(key, |row| row.task_definition).into(),
            Self::Nomad => row().map_or(key, |row| row.nomad).into(),
            Self::Build => if key == "build.secrets" { "secret" } else { key }.into(),
        }
    }

    /// How a setting that is on is written there.
    pub fn on(self, key: &'static str) -> String {
        let word = self.word(key);
        match self {
            Self::Quadlet => format!("{word}=true"),
            Self::Nomad => format!("{word} = true"),
            _ if word.starts_with('-') => word.into_owned(),
            _ => format!("{word}: true"),
        }
    }

    /// How programs are kept from gaining privileges there, as an imperative.
    pub fn no_new_privileges(self) -> &'static str {
        match self {
            Self::ComposeService | Self::Nomad | Self::Build => {
                "add `no-new-privileges:true` to `security_opt`"
            }
            Self::Run | Self::ServiceCreate | Self::Job => "add `--security-opt no-new-privileges`",
            Self::Devcontainer => "add `no-new-privileges` to `securityOpt`",
            Self::Quadlet => "set `NoNewPrivileges=true`",
            Self::Kubernetes => "set `allowPrivilegeEscalation: false`",
            Self::TaskDefinition => "add `no-new-privileges` to `dockerSecurityOptions`",
        }
    }

    /// The number of processes can be limited there, for each container.
    pub fn limits_processes(self) -> bool {
        !matches!(self, Self::Kubernetes | Self::TaskDefinition)
    }
}

/// Most flags are named as the keys.
fn flag(key: &str) -> Cow<'static, str> {
    match key {
        "mem_limit" => "--memory".into(),
        "network_mode" => "--network".into(),
        "userns_mode" => "--userns".into(),
        "cgroup" => "--cgroupns".into(),
        "links" => "--link".into(),
        _ => format!("--{}", key.replace('_', "-")).into(),
    }
}

/// How long a container lives, as far as its surface says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub enum Lifetime {
    /// Something starts it again when it ends, so that it is there for others.
    #[default]
    Service,
    /// It runs in the background until somebody stops it.
    Detached,
    /// It ends with the command that started it.
    Task,
    /// Its machine is thrown away with it: a job of a pipeline.
    Job,
}

impl Lifetime {
    /// It is gone soon, and was started by somebody for themselves: a fault is a step less bad.
    pub fn is_short(self) -> bool {
        matches!(self, Self::Task | Self::Job)
    }
}
