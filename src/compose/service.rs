//! From a joined service to a [`ContainerSpec`].

use std::sync::Arc;

use super::insertion::insertion;
use super::join::Joined;
use super::read::{Reader, keys, last_of_each};
use super::value::{Field, Shape, Value};
use crate::container::{
    At, Command, CommandForm, ContainerSpec, DependsOn, Deploy, EnvFile, Gap, HealthTest, Healthcheck, Hook,
    Limits, Logging, NetworkRef, Pull, Setting, Surface, Text, Ulimit,
};

/// Reads one service.
pub(super) fn service(
    reader: &mut Reader<'_>,
    joined: &Joined<'_>,
    pulls: &Arc<[Pull]>,
    field: &Field<'_>,
) -> ContainerSpec {
    let value = &field.value;
    let mut spec = ContainerSpec::new(Surface::ComposeService, field.name, field.at);
    spec.keys = keys(value);
    spec.pulls = Arc::clone(pulls);
    spec.insertion = insertion(field.node, field.at.file);
    spec.gaps = gaps(joined, field);
    if !matches!(value.shape, Shape::Map(_)) {
        reader.problem(value.at, "a service must be a mapping");
        spec.gaps.push(Gap { at: value.at, why: "the service is not a mapping".into() });
    }
    let r = reader;

    // Fields are named as their keys.
    macro_rules! read {
        ($($reader:ident: $($field:ident)+;)+) => { $($(spec.$field = r.$reader(value, stringify!($field));)+)+ };
    }
    read! {
        text_of: image container_name hostname platform pull_policy user network_mode pid ipc uts
            userns_mode cgroup cgroup_parent runtime isolation working_dir restart stop_signal
            stop_grace_period;
        texts: group_add security_opt device_cgroup_rules volumes_from;
        flag: privileged read_only init use_api_socket tty stdin_open oom_kill_disable;
        unique_texts: cap_add cap_drop tmpfs expose dns links profiles;
        int: oom_score_adj;
        grants: secrets configs;
        command: command entrypoint;
    }
    spec.build = r.build(value).map(Box::new);
    spec.provider = value.get("provider").and_then(|provider| r.text_of(provider, "type"));
    spec.fragment = spec.image.is_none() && spec.build.is_none() && value.get("provider").is_none();
    spec.networks = r.networks(value);
    spec.devices = r.devices(value);
    spec.sysctls = r.pairs(value, "sysctls", &['=']);
    spec.ulimits = r.ulimits(value);
    spec.mounts = r.mounts(value);
    spec.ports = r.ports(value);
    spec.extra_hosts = r.pairs(value, "extra_hosts", &['=', ':']);
    spec.environment = r.pairs(value, "environment", &['=']);
    spec.env_files = r.env_files(value);
    spec.labels = r.pairs(value, "labels", &['=']);
    spec.hooks = r.hooks(value);
    spec.healthcheck = r.healthcheck(value).map(Box::new);
    spec.depends_on = r.depends_on(value);
    spec.logging = value.get("logging").map(|logging| {
        Box::new(Logging {
            driver: r.text_of(logging, "driver"),
            options: r.pairs(logging, "options", &['=']),
            at: logging.at,
        })
    });
    spec.limits = r.limits(value);
    spec.deploy = value.get("deploy").map(|deploy| {
        Box::new(Deploy {
            mode: r.text_of(deploy, "mode"),
            replicas: r.int(deploy, "replicas"),
            restart_condition: deploy.get("restart_policy").and_then(|policy| r.text_of(policy, "condition")),
            labels: r.pairs(deploy, "labels", &['=']),
            for_swarm: ["mode", "placement", "update_config", "rollback_config", "endpoint_mode"]
                .iter()
                .any(|key| deploy.get(key).is_some()),
            at: deploy.at,
        })
    });
    spec
}

/// What of a service could not be read: its base, or lines that are no YAML.
fn gaps(joined: &Joined<'_>, field: &Field<'_>) -> Vec<Gap> {
    let mut gaps = Vec::new();
    if let Some(extends) = field.value.get("extends") {
        gaps.push(Gap { at: extends.at, why: "what it extends could not be read".into() });
    }
    if joined.maker.exhausted.is_some() {
        gaps.push(Gap { at: field.at, why: "aliases grow the file beyond Compose's limit".into() });
    }
    if let Some(&at) = joined.broken.get(field.name) {
        gaps.push(Gap { at, why: "lines of the service are not valid YAML".into() });
    }
    gaps
}

impl Reader<'_> {
    /// A list of names, or a mapping of names to what is said of each.
    fn named<T>(
        &mut self,
        value: &Value<'_>,
        name: &str,
        make: impl Fn(&mut Self, Text, Option<&Value<'_>>, At) -> T,
    ) -> Option<Vec<T>> {
        let Shape::Map(fields) = &value.get(name)?.shape else {
            let names = self.texts(value, name).into_iter();
            let each = names.map(|text| {
                let at = text.at;
                make(self, text, None, at)
            });
            return Some(each.collect());
        };
        let each = fields.iter().map(|field| {
            let (key, at) = (self.key(field), At { span: field.entry(), ..field.at });
            make(self, key, Some(&field.value), at)
        });
        Some(each.collect())
    }

    fn networks(&mut self, service: &Value<'_>) -> Option<Vec<NetworkRef>> {
        self.named(service, "networks", |r, name, body, at| {
            let aliases = body.map_or_else(Vec::new, |body| r.texts(body, "aliases"));
            NetworkRef { name, aliases, at }
        })
    }

    fn depends_on(&mut self, service: &Value<'_>) -> Vec<DependsOn> {
        let all = self.named(service, "depends_on", |r, service, body, at| DependsOn {
            service,
            condition: body.and_then(|body| r.text_of(body, "condition")),
            required: body.and_then(|body| r.flag(body, "required")),
            at,
        });
        all.unwrap_or_default()
    }

    fn ulimits(&mut self, service: &Value<'_>) -> Vec<Ulimit> {
        let Some(value) = service.get("ulimits") else { return Vec::new() };
        let ulimit = |field: &Field| {
            let name = self.key(field);
            let at = At { span: field.entry(), ..field.at };
            if let Shape::Map(_) = field.value.shape {
                let (soft, hard) = (self.int(&field.value, "soft"), self.int(&field.value, "hard"));
                return Ulimit { name, soft, hard, at };
            }
            let both = self.int(value, field.name);
            Ulimit { name, soft: both, hard: both, at }
        };
        value.fields().iter().map(ulimit).collect()
    }

    fn env_files(&mut self, service: &Value<'_>) -> Vec<EnvFile> {
        let Some(value) = service.get("env_file") else { return Vec::new() };
        let single = std::slice::from_ref(value);
        let items = if matches!(value.shape, Shape::List(_)) { value.items() } else { single };
        let files = items.iter().filter_map(|item| match &item.shape {
            Shape::Map(_) => Some(EnvFile {
                path: self.text_of(item, "path")?,
                required: self.flag(item, "required"),
                format: self.text_of(item, "format"),
            }),
            _ => Some(EnvFile { path: self.text(item)?, required: None, format: None }),
        });
        last_of_each(files.collect(), |file: &EnvFile| file.path.value().map(str::to_owned))
    }

    fn command(&mut self, parent: &Value<'_>, name: &str) -> Option<Command> {
        let value = parent.get(name)?;
        let form = match &value.shape {
            Shape::Null => CommandForm::Image,
            Shape::List(items) => {
                CommandForm::Words(items.iter().filter_map(|item| self.text(item)).collect())
            }
            Shape::Scalar(_) => CommandForm::Line(self.text(value)?),
            Shape::Map(_) | Shape::Pair(_) => {
                self.problem(value.at, format!("`{name}` must be a string or a list"));
                return None;
            }
        };
        Some(Command { form, at: value.at })
    }

    fn hooks(&mut self, service: &Value<'_>) -> Vec<Hook> {
        let mut hooks = Vec::new();
        for when in ["pre_start", "post_start", "pre_stop"] {
            let Some(value) = service.get(when) else { continue };
            for item in value.items() {
                hooks.push(Hook {
                    when,
                    command: self.command(item, "command"),
                    image: self.text_of(item, "image"),
                    user: self.text_of(item, "user"),
                    privileged: self.flag(item, "privileged"),
                    environment: self.pairs(item, "environment", &['=']),
                    at: item.at,
                });
            }
        }
        hooks
    }

    fn healthcheck(&mut self, service: &Value<'_>) -> Option<Healthcheck> {
        let value = service.get("healthcheck").filter(|value| !value.is_null())?;
        let mut ignored = Vec::new();
        let test = value.get("test").and_then(|test| match &test.shape {
            Shape::Scalar(_) => self.text(test).map(HealthTest::Shell),
            Shape::List(items) => {
                let mut words =
                    items.iter().filter_map(|item| self.text(item)).collect::<Vec<Text>>().into_iter();
                let first = words.next()?;
                match first.value() {
                    Some("NONE") => Some(HealthTest::None),
                    Some("CMD-SHELL") => {
                        let line = words.next().map(HealthTest::Shell);
                        ignored.extend(words);
                        line
                    }
                    Some("CMD") => Some(HealthTest::Exec(words.collect())),
                    _ => {
                        self.problem(test.at, "a list in `test` must begin with CMD, CMD-SHELL or NONE");
                        Some(HealthTest::Exec(std::iter::once(first).chain(words).collect()))
                    }
                }
            }
            _ => None,
        });
        let disable = self.flag(value, "disable");
        Some(Healthcheck {
            disabled: disable.is_some_and(|flag| flag.is_true()) || test == Some(HealthTest::None),
            test,
            ignored,
            interval: self.text_of(value, "interval"),
            timeout: self.text_of(value, "timeout"),
            start_period: self.text_of(value, "start_period"),
            retries: self.int(value, "retries"),
            at: value.at,
        })
    }

    /// `deploy.resources.limits` beats the service's own keys, as in Compose.
    fn limits(&mut self, service: &Value<'_>) -> Limits {
        let deploy = service
            .get("deploy")
            .and_then(|deploy| deploy.get("resources"))
            .and_then(|all| all.get("limits"));
        let memory = deploy.and_then(|limits| self.bytes(limits, "memory"));
        let cpus = deploy.and_then(|limits| self.float(limits, "cpus"));
        let pids = deploy.and_then(|limits| self.int(limits, "pids"));
        Limits {
            memory: memory.or_else(|| self.bytes(service, "mem_limit")),
            memory_swap: self.bytes(service, "memswap_limit"),
            cpus: cpus.or_else(|| self.float(service, "cpus")).or_else(|| self.quota(service)),
            pids: pids.or_else(|| self.int(service, "pids_limit")),
            shm: self.bytes(service, "shm_size"),
        }
    }

    /// `cpu_quota` of `cpu_period`, both in microseconds; a period is 100 ms if not written.
    fn quota(&mut self, service: &Value<'_>) -> Option<Setting<f64>> {
        let quota = self.int(service, "cpu_quota")?;
        let period =
            self.int(service, "cpu_period").and_then(|period| period.value).filter(|&period| period > 0);
        let value = quota.value.map(|quota| microseconds(quota) / period.map_or(100_000.0, microseconds));
        Some(Setting { value, from_default: quota.from_default, invalid: quota.invalid, at: quota.at })
    }
}

/// Quotas and periods are far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "limits are shown and compared, not counted with")]
fn microseconds(value: i64) -> f64 {
    value as f64
}
