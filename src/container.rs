//! One model of a container's settings, whatever surface they were written on.
//!
//! Compose services fill it today; `docker run`, workflow `container:` and `services:`, devcontainers and quadlets
//! fill the same type, so that a runtime rule is written once. It is pure data: reading a surface is left to
//! `compose` and its like, judging it to the rules.
//!
//! Three things go through all of it. Every value has a place ([`At`]). Every value is three-valued ([`Text`],
//! [`Setting`]): known, known only from a `${X:-default}`, or unknown. And what was not written is told apart from
//! what could not be read: a rule about something missing first asks [`ContainerSpec::is_complete`].

use std::num::NonZeroU32;
use std::ops::Range;
use std::sync::Arc;

use crate::text::{Edit, Source, Span};

/// A file of the run; the caller numbers them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct FileId(pub u32);

/// Where a value stands: the line where it is written, which for a value behind an anchor is the anchor's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct At {
    pub file: FileId,
    /// The value, quotes included.
    pub span: Span,
    /// See [`ContainerSpec::via`].
    pub pull: Option<PullId>,
}

impl At {
    pub fn new(file: FileId, span: Span) -> Self {
        Self { file, span, pull: None }
    }
}

/// Index in [`ContainerSpec::pulls`], counted from 1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct PullId(pub NonZeroU32);

/// How a value that stands elsewhere got into this container.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Pull {
    pub how: PullKind,
    /// The alias (`*name`), the merge key's value, or the value of `extends`.
    pub file: FileId,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum PullKind {
    /// `*name`, with or without `<<`.
    Alias,
    Extends,
}

/// A text setting, as written and as Compose (or a shell) would read it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Text {
    /// Quotes and escapes removed, variables still in.
    pub raw: Box<str>,
    pub known: Known<Box<str>>,
    pub at: At,
    /// Bytes between `at.span.start` and the first byte of `raw`, if `raw` stands verbatim in the source.
    pub skip: Option<u8>,
}

impl Text {
    /// The value after interpolation; `None` if nobody can know it from the repository.
    pub fn value(&self) -> Option<&str> {
        match &self.known {
            Known::AsWritten => Some(&self.raw),
            Known::Written(value) | Known::Default(value) => Some(value),
            Known::Unknown => None,
        }
    }
    /// The value is what a `${X:-default}` falls back to; the environment may say otherwise.
    pub fn from_default(&self) -> bool {
        matches!(self.known, Known::Default(_))
    }
    pub fn is_unknown(&self) -> bool {
        self.known == Known::Unknown
    }
    /// Whether the value is known and equal to `text`.
    pub fn is(&self, text: &str) -> bool {
        self.value() == Some(text)
    }
    /// The place in the source of a part of `raw`; of all of it where escapes, folding or YAML quoting are in the way.
    pub fn part(&self, range: Range<usize>) -> Span {
        match self.skip {
            Some(skip) => {
                let start = self.at.span.start as usize + usize::from(skip);
                Span::new(start + range.start, start + range.end)
            }
            None => self.at.span,
        }
    }
}

/// How much is known of a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Known<T> {
    /// No variable in it: it is what is written.
    #[default]
    AsWritten,
    /// Known for sure, from `.env` or by reading what is written (`"yes"` as true).
    Written(T),
    /// Known only from the default of a `${X:-default}`.
    Default(T),
    /// A variable without a value, or text that is no such value.
    Unknown,
}

/// A number or a truth value, read from text as Compose reads it (`"yes"`, `512m`, `0.5`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Setting<T> {
    /// `None` if it cannot be known.
    pub value: Option<T>,
    /// Known only from the default of a `${X:-default}`.
    pub from_default: bool,
    /// It is not what the setting takes (`privileged: maybe`); `value` is `None` then.
    pub invalid: bool,
    pub at: At,
}

impl Setting<bool> {
    pub fn is_true(&self) -> bool {
        self.value == Some(true)
    }
    pub fn is_false(&self) -> bool {
        self.value == Some(false)
    }
}

/// The surface a container was found on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Surface {
    ComposeService,
    DockerRun,
    DockerServiceCreate,
    WorkflowContainer,
    WorkflowService,
    Devcontainer,
    Quadlet,
}

/// Everything that is written about one container.
#[derive(Clone, Debug)]
pub struct ContainerSpec {
    pub surface: Surface,
    /// Service name; empty where the surface has none.
    pub name: Box<str>,
    /// The name, or what stands for it: where a finding about the whole container belongs.
    pub at: At,
    /// Every setting that is written, known to this model or not, with the place of its key: `privileged`, `x-foo`.
    pub keys: Vec<Key>,
    /// How values got here from elsewhere, see [`ContainerSpec::via`]; shared by the containers of one model.
    pub pulls: Arc<[Pull]>,
    /// What could not be read (an `extends` without its file …). Nothing can be said to be missing then.
    pub gaps: Vec<Gap>,
    /// Neither image nor build nor provider: a piece to be merged with another file by `-f a -f b`.
    pub fragment: bool,
    /// Where a new setting may be written.
    pub insertion: Result<Insertion, NoInsertion>,

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
        Self {
            surface,
            name: name.into(),
            at,
            keys: Vec::new(),
            pulls: Arc::default(),
            gaps: Vec::new(),
            fragment: false,
            insertion: Err(NoInsertion::NotAMapping),
            image: None,
            build: None,
            provider: None,
            container_name: None,
            hostname: None,
            platform: None,
            pull_policy: None,
            user: None,
            group_add: Vec::new(),
            privileged: None,
            read_only: None,
            init: None,
            use_api_socket: None,
            tty: None,
            stdin_open: None,
            network_mode: None,
            networks: None,
            pid: None,
            ipc: None,
            uts: None,
            userns_mode: None,
            cgroup: None,
            cgroup_parent: None,
            runtime: None,
            isolation: None,
            cap_add: Vec::new(),
            cap_drop: Vec::new(),
            security_opt: Vec::new(),
            devices: Vec::new(),
            device_cgroup_rules: Vec::new(),
            sysctls: Vec::new(),
            ulimits: Vec::new(),
            oom_kill_disable: None,
            oom_score_adj: None,
            mounts: Vec::new(),
            volumes_from: Vec::new(),
            tmpfs: Vec::new(),
            secrets: Vec::new(),
            configs: Vec::new(),
            ports: Vec::new(),
            expose: Vec::new(),
            dns: Vec::new(),
            extra_hosts: Vec::new(),
            links: Vec::new(),
            environment: Vec::new(),
            env_files: Vec::new(),
            labels: Vec::new(),
            command: None,
            entrypoint: None,
            working_dir: None,
            hooks: Vec::new(),
            healthcheck: None,
            depends_on: Vec::new(),
            restart: None,
            stop_signal: None,
            stop_grace_period: None,
            profiles: Vec::new(),
            logging: None,
            limits: Limits::default(),
            deploy: None,
        }
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

/// The name of a setting that is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Key {
    pub name: Box<str>,
    /// The key alone, for a list merged from several files that of the last.
    pub at: At,
    /// Key and value.
    pub entry: Span,
}

/// Something about a container that could not be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gap {
    pub at: At,
    /// A sentence without a full stop: "`extends` names a file that is not here".
    pub why: Box<str>,
}

/// Where a new setting may be written into a container's mapping: on a line of its own after `offset`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Insertion {
    pub file: FileId,
    /// The end of the line that the new one follows.
    pub offset: u32,
    /// Spaces before the key.
    pub indent: u32,
}

impl Insertion {
    /// The edit that writes `lines` (`read_only: true`; further lines relative to the first's indentation).
    pub fn edit(&self, source: &Source, lines: &str) -> Edit {
        let mut insert = String::new();
        for line in lines.lines() {
            insert.push_str(source.newline());
            insert.extend(std::iter::repeat_n(' ', self.indent as usize));
            insert.push_str(line);
        }
        Edit::insert(self.offset as usize, insert)
    }
}

/// Why no setting can be written by a fix.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoInsertion {
    /// The body is `{ … }`.
    Flow,
    /// The body is an alias, or an anchor that is used elsewhere too: an edit would change more than this container.
    Shared,
    /// The body is empty or no mapping.
    NotAMapping,
}

/// `build:`
#[derive(Clone, Debug)]
pub struct Build {
    /// The whole value.
    pub at: At,
    /// Every key that is written below `build`.
    pub keys: Vec<Key>,
    /// As written, relative to `base`; `None` if not written (Compose takes `.`).
    pub context: Option<Text>,
    /// Relative to the context.
    pub dockerfile: Option<Text>,
    pub dockerfile_inline: Option<Text>,
    pub target: Option<Text>,
    pub args: Vec<Pair>,
    pub secrets: Vec<Grant>,
    pub ssh: Vec<Pair>,
    pub labels: Vec<Pair>,
    pub additional_contexts: Vec<Pair>,
    pub cache_from: Vec<Text>,
    pub cache_to: Vec<Text>,
    pub tags: Vec<Text>,
    pub platforms: Vec<Text>,
    pub entitlements: Vec<Text>,
    pub network: Option<Text>,
    pub privileged: Option<Setting<bool>>,
    pub no_cache: Option<Setting<bool>>,
    pub pull: Option<Setting<bool>>,
}

/// A name with a value: environment, labels, build arguments, sysctls, hosts. From a mapping or from `name=value`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pair {
    pub key: Text,
    /// `None`: only the name is written (an environment variable is passed through then).
    pub value: Option<Text>,
    /// Key and value, or the list item.
    pub at: At,
}

/// A network that a container joins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NetworkRef {
    pub name: Text,
    pub aliases: Vec<Text>,
    pub at: At,
}

/// A secret or a config that a container may read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Grant {
    pub source: Text,
    pub target: Option<Text>,
    pub mode: Option<Text>,
    pub uid: Option<Text>,
    pub gid: Option<Text>,
    pub at: At,
}

/// A mount, from short (`source:target:mode`) or long syntax.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mount {
    pub kind: MountKind,
    /// Host path, volume name or image; `None` for an anonymous volume.
    pub source: Option<Text>,
    pub target: Option<Text>,
    /// `ro`, `read_only: true`; `None` if it cannot be known.
    pub read_only: Option<bool>,
    /// Words of the short syntax's third part (`ro`, `z`, `cached`), as written.
    pub options: Vec<Text>,
    /// `shared`, `rslave` …
    pub propagation: Option<Text>,
    pub create_host_path: Option<Setting<bool>>,
    /// Written as a mapping (or `--mount`).
    pub long: bool,
    /// The list item.
    pub at: At,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum MountKind {
    Bind,
    Volume,
    Tmpfs,
    /// Windows named pipe.
    Npipe,
    Cluster,
    Image,
    /// The source is a variable without a value: path or name.
    Unknown,
}

/// `devices:`, `--device`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Device {
    pub source: Text,
    pub target: Option<Text>,
    /// Some of `rwm`.
    pub permissions: Option<Text>,
    pub at: At,
}

/// A published port, from short or long syntax.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Port {
    /// Without brackets. `None`: not written, so all interfaces.
    pub host_ip: Option<Text>,
    /// On the host. `None`: not written, so any free port.
    pub published: Option<Ports>,
    /// In the container.
    pub target: Option<Ports>,
    /// `tcp` if not written.
    pub protocol: Option<Text>,
    /// `host` or `ingress`.
    pub mode: Option<Text>,
    /// Written as a mapping.
    pub long: bool,
    /// It reads neither as a port nor as an unknown.
    pub invalid: bool,
    /// The list item.
    pub at: At,
}

/// One port or a range of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ports {
    pub text: Text,
    /// First and last; `None` if not known.
    pub range: Option<(u16, u16)>,
}

/// `env_file:`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EnvFile {
    pub path: Text,
    pub required: Option<Setting<bool>>,
    pub format: Option<Text>,
}

/// What a container runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Command {
    pub form: CommandForm,
    pub at: At,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CommandForm {
    /// One text, split into words by the surface, not run by a shell.
    Line(Text),
    Words(Vec<Text>),
    /// `null`: the image's own.
    Image,
}

/// `pre_start`, `post_start`, `pre_stop`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hook {
    /// The key it stands under.
    pub when: &'static str,
    pub command: Option<Command>,
    /// Only `pre_start` has one.
    pub image: Option<Text>,
    pub user: Option<Text>,
    pub privileged: Option<Setting<bool>>,
    pub environment: Vec<Pair>,
    pub at: At,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Healthcheck {
    /// `disable: true` or `test: [NONE]`.
    pub disabled: bool,
    pub test: Option<HealthTest>,
    pub interval: Option<Text>,
    pub timeout: Option<Text>,
    pub start_period: Option<Text>,
    pub retries: Option<Setting<i64>>,
    pub at: At,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum HealthTest {
    /// A text, or `[CMD-SHELL, text]`.
    Shell(Text),
    /// `[CMD, word …]`, without CMD.
    Exec(Vec<Text>),
    /// `[NONE]`
    None,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DependsOn {
    pub service: Text,
    pub condition: Option<Text>,
    pub required: Option<Setting<bool>>,
    pub at: At,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ulimit {
    pub name: Text,
    pub soft: Option<Setting<i64>>,
    pub hard: Option<Setting<i64>>,
    pub at: At,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Logging {
    pub driver: Option<Text>,
    pub options: Vec<Pair>,
    pub at: At,
}

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
pub struct Deploy {
    pub mode: Option<Text>,
    pub replicas: Option<Setting<i64>>,
    pub restart_condition: Option<Text>,
    pub labels: Vec<Pair>,
    pub at: At,
}
