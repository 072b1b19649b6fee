//! Fills a container's settings one by one, under the keys that they have in Compose files: flags of a command, keys of a
//! pipeline, lines of a unit.

use super::words::known;
use crate::compose::short::{self, Short};
use crate::container::{
    At, Command, CommandForm, ContainerSpec, EnvFile, Grant, HealthTest, Healthcheck, Key, Lifetime, Logging,
    Mount, MountKind, NetworkRef, Port, Setting, Surface, Text, Ulimit,
};

pub(super) struct Filler {
    pub(super) short: Short,
    pub(super) spec: ContainerSpec,
    health: Option<Box<Healthcheck>>,
    /// It is not waited for.
    pub(super) detached: bool,
    /// It is deleted when it ends.
    removed: bool,
}

impl Filler {
    pub(super) fn new(spec: ContainerSpec) -> Self {
        Self { short: Short::new(known), spec, health: None, detached: false, removed: false }
    }

    /// The container, with what its settings say together.
    pub(super) fn finish(mut self) -> ContainerSpec {
        self.spec.healthcheck = self.health.or(self.spec.healthcheck);
        if let Some(name) = self.spec.container_name.as_ref().and_then(Text::value) {
            self.spec.name = name.into();
        }
        let restarts = |text: &Text| text.value().is_none_or(|policy| policy != "no" && !policy.is_empty());
        let is_service =
            self.spec.surface == Surface::ServiceCreate || self.spec.restart.as_ref().is_some_and(restarts);
        if self.spec.lifetime == Lifetime::Task {
            self.spec.lifetime = match is_service {
                true => Lifetime::Service,
                false if self.detached && !self.removed => Lifetime::Detached,
                false => Lifetime::Task,
            };
        }
        self.spec
    }

    fn key(&mut self, key: &str, flag: &Text, value: &Text) {
        if !key.is_empty() {
            let entry = flag.at.span.cover(value.at.span);
            self.spec.keys.push(Key { name: key.into(), at: flag.at, entry });
        }
    }

    /// A setting that is on or off.
    pub(super) fn switch(&mut self, key: &str, setting: Setting<bool>) {
        let spec = &mut self.spec;
        match key {
            "privileged" => spec.privileged = Some(setting),
            "read_only" => spec.read_only = Some(setting),
            "init" => spec.init = Some(setting),
            "stdin_open" => spec.stdin_open = Some(setting),
            "tty" => spec.tty = Some(setting),
            "oom_kill_disable" => spec.oom_kill_disable = Some(setting),
            "use_api_socket" => spec.use_api_socket = Some(setting),
            "publish_all" => spec.publish_all = Some(setting),
            "detach" => self.detached = setting.is_true(),
            "rm" => self.removed = setting.is_true(),
            "no_healthcheck" if setting.is_true() => self.health(setting.at).disabled = true,
            _ => {}
        }
    }

    /// Any other setting. `flag` is what names it.
    pub(super) fn set(&mut self, key: &str, flag: &Text, value: Text) {
        self.key(key, flag, &value);
        match key {
            "network_mode" => self.network(value),
            "volumes" => self.spec.mounts.push(self.short.mount(&value)),
            "mount" => {
                let mount = self.mount(&value);
                self.spec.mounts.push(mount);
            }
            "ports" => {
                let port = if value.raw.contains("target=") {
                    self.long_port(&value)
                } else {
                    self.short.port(&value)
                };
                self.spec.ports.push(port);
            }
            "environment" => self.spec.environment.push(self.short.pair(&value, &['='])),
            "labels" => self.spec.labels.push(self.short.pair(&value, &['='])),
            "sysctls" => self.spec.sysctls.push(self.short.pair(&value, &['='])),
            "extra_hosts" => self.spec.extra_hosts.push(self.short.pair(&value, &['=', ':'])),
            "devices" => self.spec.devices.extend(self.short.device(&value)),
            "ulimits" => {
                let limit = self.ulimit(&value);
                self.spec.ulimits.push(limit);
            }
            "env_file" => self.spec.env_files.push(EnvFile { path: value, required: None, format: None }),
            "entrypoint" => {
                let place = value.at;
                self.spec.entrypoint = Some(Command { form: CommandForm::Words(vec![value]), at: place });
            }
            "secrets" | "configs" => {
                let grant = self.grant(&value);
                let list = if key == "secrets" { &mut self.spec.secrets } else { &mut self.spec.configs };
                list.push(grant);
            }
            "log_driver" => self.logging(flag.at).driver = Some(value),
            "log_opt" => {
                let pair = self.short.pair(&value, &['=']);
                self.logging(flag.at).options.push(pair);
            }
            "health_cmd" => self.test(flag.at, HealthTest::Shell(value)),
            "health_interval" => self.health(flag.at).interval = Some(value),
            "health_timeout" => self.health(flag.at).timeout = Some(value),
            "health_start_period" => self.health(flag.at).start_period = Some(value),
            "health_retries" => self.health(flag.at).retries = Some(short::int(&value)),
            _ => self.plain(key, value),
        }
    }

    /// Settings that are a text, a list of texts, or a number.
    fn plain(&mut self, key: &str, value: Text) {
        let spec = &mut self.spec;
        let text = match key {
            "container_name" => &mut spec.container_name,
            "hostname" => &mut spec.hostname,
            "platform" => &mut spec.platform,
            "pull_policy" => &mut spec.pull_policy,
            "user" => &mut spec.user,
            "pid" => &mut spec.pid,
            "ipc" => &mut spec.ipc,
            "uts" => &mut spec.uts,
            "userns_mode" => &mut spec.userns_mode,
            "cgroup" => &mut spec.cgroup,
            "cgroup_parent" => &mut spec.cgroup_parent,
            "runtime" => &mut spec.runtime,
            "isolation" => &mut spec.isolation,
            "working_dir" => &mut spec.working_dir,
            "restart" => &mut spec.restart,
            "stop_signal" => &mut spec.stop_signal,
            "stop_grace_period" => &mut spec.stop_grace_period,
            _ => return self.listed(key, value),
        };
        *text = Some(value);
    }

    fn listed(&mut self, key: &str, value: Text) {
        let spec = &mut self.spec;
        let list = match key {
            "cap_add" => &mut spec.cap_add,
            "cap_drop" => &mut spec.cap_drop,
            "security_opt" => &mut spec.security_opt,
            "device_cgroup_rules" => &mut spec.device_cgroup_rules,
            "group_add" => &mut spec.group_add,
            "volumes_from" => &mut spec.volumes_from,
            "tmpfs" => &mut spec.tmpfs,
            "expose" => &mut spec.expose,
            "dns" => &mut spec.dns,
            "links" => &mut spec.links,
            _ => return self.limit(key, &value),
        };
        list.push(value);
    }

    fn limit(&mut self, key: &str, value: &Text) {
        let limits = &mut self.spec.limits;
        match key {
            "mem_limit" => limits.memory = Some(short::bytes(value)),
            "memswap_limit" => limits.memory_swap = Some(short::bytes(value)),
            "shm_size" => limits.shm = Some(short::bytes(value)),
            "pids_limit" => limits.pids = Some(short::int(value)),
            "cpus" => limits.cpus = Some(short::float(value)),
            "oom_score_adj" => self.spec.oom_score_adj = Some(short::int(value)),
            _ => {}
        }
    }

    /// What its health is tested with.
    pub(super) fn test(&mut self, at: At, test: HealthTest) {
        self.health(at).test = Some(test);
    }

    /// Forgets the items of a list, as an empty value of a unit does.
    pub(super) fn clear(&mut self, key: &str) {
        let spec = &mut self.spec;
        match key {
            "cap_add" => spec.cap_add.clear(),
            "cap_drop" => spec.cap_drop.clear(),
            "devices" => spec.devices.clear(),
            "environment" => spec.environment.clear(),
            "group_add" => spec.group_add.clear(),
            "labels" => spec.labels.clear(),
            "mount" | "volumes" => spec.mounts.clear(),
            "network_mode" => (spec.network_mode, spec.networks) = (None, None),
            "ports" => spec.ports.clear(),
            "secrets" => spec.secrets.clear(),
            "sysctls" => spec.sysctls.clear(),
            "tmpfs" => spec.tmpfs.clear(),
            "ulimits" => spec.ulimits.clear(),
            _ => {}
        }
    }

    /// A mode, or a network of that name.
    fn network(&mut self, value: Text) {
        let mode = value.raw.split(':').next().unwrap_or_default();
        let is_mode = matches!(
            mode,
            "bridge" | "container" | "default" | "host" | "none" | "ns" | "pasta" | "private" | "slirp4netns"
        );
        if is_mode {
            self.spec.network_mode = Some(value);
            return;
        }
        let name = self.fields(&value).into_iter().find(|(key, _)| key.is("name"));
        let name = name.map_or_else(|| value.clone(), |(_, name)| name);
        let network = NetworkRef { name, aliases: Vec::new(), at: value.at };
        self.spec.networks.get_or_insert_default().push(network);
    }

    /// `key=value,key` as pairs; a key alone is its own value.
    fn fields(&self, value: &Text) -> Vec<(Text, Text)> {
        let pairs = self.short.split(value, ',').into_iter().map(|field| self.short.pair(&field, &['=']));
        pairs.map(|pair| (pair.key.clone(), pair.value.unwrap_or(pair.key))).collect()
    }

    /// `--mount type=bind,source=/a,target=/b,readonly`
    fn mount(&self, value: &Text) -> Mount {
        let mut mount = Mount::long(MountKind::Volume, value.at);
        for (key, value) in self.fields(value) {
            match key.value() {
                Some("type") => {
                    mount.kind = match value.value() {
                        Some("bind") => MountKind::Bind,
                        Some("volume") => MountKind::Volume,
                        Some("tmpfs") => MountKind::Tmpfs,
                        Some("npipe") => MountKind::Npipe,
                        Some("image") => MountKind::Image,
                        Some("cluster") => MountKind::Cluster,
                        _ => MountKind::Unknown,
                    }
                }
                Some("source" | "src") => mount.source = Some(value),
                Some("target" | "destination" | "dst") => mount.target = Some(value),
                Some("readonly" | "ro") => {
                    mount.read_only =
                        if value.raw == key.raw { Some(true) } else { short::flag(&value).value };
                }
                Some("bind-propagation") => mount.propagation = Some(value),
                _ => {}
            }
        }
        mount
    }

    /// `published=80,target=80,mode=host`
    fn long_port(&self, value: &Text) -> Port {
        let (mut published, mut target, mut protocol, mut mode) = (None, None, None, None);
        for (key, value) in self.fields(value) {
            match key.value() {
                Some("published") => published = Some(value),
                Some("target") => target = Some(value),
                Some("protocol") => protocol = Some(value),
                Some("mode") => mode = Some(value),
                _ => {}
            }
        }
        short::long_port(value.at, published, target, protocol, mode)
    }

    /// `nofile=1024:2048`
    fn ulimit(&self, value: &Text) -> Ulimit {
        let pair = self.short.pair(value, &['=']);
        let mut limits = pair.value.iter().flat_map(|limits| self.short.split(limits, ':'));
        let soft = limits.next().map(|limit| short::int(&limit));
        let hard = limits.next().map(|limit| short::int(&limit)).or(soft);
        Ulimit { name: pair.key, soft, hard, at: value.at }
    }

    fn grant(&self, value: &Text) -> Grant {
        let mut grant =
            Grant { source: value.clone(), target: None, mode: None, uid: None, gid: None, at: value.at };
        for (at, (key, field)) in self.fields(value).into_iter().enumerate() {
            match key.value() {
                Some("source" | "src") => grant.source = field,
                Some("target") => grant.target = Some(field),
                Some("mode") => grant.mode = Some(field),
                // Podman's form begins with the name.
                _ if at == 0 => grant.source = field,
                _ => {}
            }
        }
        grant
    }

    fn logging(&mut self, at: At) -> &mut Logging {
        let new = || Box::new(Logging { driver: None, options: Vec::new(), at });
        self.spec.logging.get_or_insert_with(new)
    }

    fn health(&mut self, at: At) -> &mut Healthcheck {
        let new = || {
            Box::new(Healthcheck {
                disabled: false,
                test: None,
                ignored: Vec::new(),
                interval: None,
                timeout: None,
                start_period: None,
                retries: None,
                at,
            })
        };
        self.health.get_or_insert_with(new)
    }
}
