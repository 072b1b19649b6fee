//! The keys of the Compose specification: what each takes, since when, and what it may name.
//!
//! The one table of them. `conform` compares files with it. Facts are those of the specification's schema as compose-go
//! e70e961 (2026-07-21) has it, and of the release notes of Compose 5.3 to 5.8. Each list of keys is in order, because
//! keys are looked up by halving.

use super::read::{bytes, duration, int, truth};

/// A key of a mapping whose keys the specification defines.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) takes: Type,
    /// The first version of Compose that reads it, if that is younger than 5.0.
    pub(super) since: Option<&'static str>,
    /// A mapping without it is refused.
    pub(super) needed: bool,
}

/// What a value may be.
#[derive(Debug)]
pub(super) enum Type {
    Any,
    Scalar(Scalar),
    List(&'static Type),
    /// A list in which nothing may stand twice, and which Compose does not clear of what does.
    Unique(&'static Type),
    /// A mapping with these keys, and any that begin with `x-`.
    Keys(&'static [Key]),
    /// A mapping with keys that the user chooses.
    Map(Names, &'static Type),
    /// One of these; at most one is a scalar, one a list and one a mapping.
    Either(&'static [Type]),
}

/// What the keys of a mapping name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    Anything,
    /// Things that this mapping defines: letters, digits, `.`, `_` and `-`.
    Defined,
    /// Things that a section at the top defines.
    Of(Section),
}

/// A section at the top that defines names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Services,
    Networks,
    Volumes,
    Secrets,
    Configs,
    Models,
}

/// A single value.
#[derive(Debug)]
pub(super) struct Scalar {
    /// Bits of [`STRING`] to [`NULL`].
    pub(super) kinds: u8,
    /// "a string"
    pub(super) wanted: &'static str,
    pub(super) check: Check,
}

pub(super) const STRING: u8 = 1;
pub(super) const INT: u8 = 2;
pub(super) const FLOAT: u8 = 4;
pub(super) const BOOL: u8 = 8;
pub(super) const NULL: u8 = 16;

/// What a single value must be besides its type.
#[derive(Debug)]
pub(super) enum Check {
    None,
    /// A string that Compose turns into the other type of the key.
    Cast(fn(&str) -> bool),
    Form(fn(&str) -> bool),
    Words(&'static [&'static str]),
    Name(Section, Written),
    Mount,
}

/// Where in a text the name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    Whole,
    /// `name:alias`
    BeforeColon,
    /// `service:name`
    AfterService,
}

impl Key {
    /// The key with this name.
    pub(super) fn find(keys: &'static [Self], name: &str) -> Option<&'static Self> {
        keys.binary_search_by(|key| key.name.cmp(name)).ok().map(|at| &keys[at])
    }
}

impl Type {
    /// The keys of the mapping that it may be.
    pub(super) fn keys(&'static self) -> Option<&'static [Key]> {
        match self {
            Self::Keys(keys) => Some(keys),
            Self::Either(types) => types.iter().find_map(Self::keys),
            _ => None,
        }
    }
}

const fn key(name: &'static str, takes: Type) -> Key {
    Key { name, takes, since: None, needed: false }
}
const fn since(version: &'static str, name: &'static str, takes: Type) -> Key {
    Key { name, takes, since: Some(version), needed: false }
}
const fn needed(name: &'static str, takes: Type) -> Key {
    Key { name, takes, since: None, needed: true }
}
const fn scalar(kinds: u8, wanted: &'static str, check: Check) -> Type {
    Type::Scalar(Scalar { kinds, wanted, check })
}
const fn words(words: &'static [&'static str]) -> Type {
    scalar(STRING, "a string", Check::Words(words))
}
const fn name(section: Section, written: Written) -> Type {
    scalar(STRING, "a string", Check::Name(section, written))
}
const fn map(of: &'static Type) -> Type {
    Type::Map(Names::Anything, of)
}
const fn defined(of: &'static Type) -> Type {
    Type::Map(Names::Defined, of)
}

const ABSENT: Type = scalar(NULL, "nothing", Check::None);
const TEXT: Type = scalar(STRING, "a string", Check::None);
const TEXT_OR_ABSENT: Type = scalar(STRING | NULL, "a string", Check::None);
const TEXTS: Type = Type::List(&TEXT);
const TEXT_OR_TEXTS: Type = Type::Either(&[TEXT, TEXTS]);
const COMMAND: Type = Type::Either(&[TEXT_OR_ABSENT, TEXTS]);
const ANY_SCALAR: Type = scalar(STRING | INT | FLOAT | BOOL | NULL, "a string", Check::None);
const TEXT_OR_NUMBER: Type = scalar(STRING | INT | FLOAT, "a string or a number", Check::None);
const OPTION: Type = scalar(STRING | INT | FLOAT | NULL, "a string or a number", Check::None);
const INCLUDED: Type = Type::Either(&[TEXT_OR_ABSENT, TEXTS]);
const PAIRS: Type = Type::Either(&[map(&ANY_SCALAR), TEXTS]);
const HOST: Type = scalar(
    STRING,
    "a host with its address, such as `name=10.0.0.5`",
    Check::Form(|text| text.contains(['=', ':'])),
);
const HOSTS: Type = Type::Either(&[map(&TEXT_OR_TEXTS), Type::List(&HOST)]);
const FLAG: Type = scalar(BOOL | STRING, "true or false", Check::Cast(|text| truth(text).is_some()));
const PLAIN_FLAG: Type = scalar(BOOL, "true or false", Check::None);
const WORD_OR_FLAG: Type = scalar(BOOL | STRING, "true, false or a string", Check::None);
/// The schema takes any number for some of these, and Compose cuts it.
const WHOLE: Type = scalar(INT | FLOAT | STRING, "a whole number", Check::Cast(|text| int(text).is_some()));
const WHOLE_OR_TEXT: Type = scalar(INT | STRING, "a whole number", Check::None);
const NUMBER: Type =
    scalar(INT | FLOAT | STRING, "a number", Check::Cast(|text| text.parse::<f64>().is_ok()));
const PLAIN_WHOLE: Type = scalar(INT, "a whole number", Check::None);
const PLAIN_NUMBER: Type = scalar(INT | FLOAT, "a number", Check::None);
const SIZE: Type =
    scalar(INT | FLOAT | STRING, "a size such as `512m`", Check::Form(|text| bytes(text).is_some()));
const SIZE_TEXT: Type = scalar(STRING, "a size such as `512m`", Check::Form(|text| bytes(text).is_some()));
const DURATION: Type = scalar(STRING, "a duration such as `1m30s`", Check::Form(duration));
const RESTART: Type = scalar(
    STRING,
    "`no`, `always`, `unless-stopped`, `on-failure` or `on-failure:5`",
    Check::Form(|text| {
        ["", "no", "always", "unless-stopped", "on-failure"].contains(&text)
            || text.strip_prefix("on-failure:").is_some_and(|count| count.parse::<u32>().is_ok())
    }),
);
const PULL_POLICY: Type = scalar(
    STRING,
    "`always`, `never`, `missing`, `build`, `daily`, `weekly` or `every_12h`",
    Check::Form(|text| {
        let words =
            ["always", "never", "build", "if_not_present", "missing", "refresh", "daily", "weekly", "every_"];
        words.iter().any(|word| text.contains(word))
    }),
);
const CONTAINER_NAME: Type = scalar(
    STRING,
    "at least two letters, digits, `_`, `.` or `-`, with a letter or digit first",
    Check::Form(|text| {
        let text = text.strip_prefix('/').unwrap_or(text).as_bytes();
        let rest = |b: &u8| b.is_ascii_alphanumeric() || b"_.-".contains(b);
        text.len() > 1 && text[0].is_ascii_alphanumeric() && text.iter().all(rest)
    }),
);
const MOUNT: Type = scalar(STRING, "a string", Check::Mount);
const PORT: Type = scalar(STRING | INT | FLOAT, "a port such as `\"8080:80\"`", Check::None);
const OTHER_SERVICE: Type = name(Section::Services, Written::AfterService);
const PID: Type = scalar(STRING | NULL, "a string", Check::Name(Section::Services, Written::AfterService));
const DEPENDS_ON: Type = Type::Either(&[
    Type::List(&name(Section::Services, Written::Whole)),
    Type::Map(Names::Of(Section::Services), &Type::Keys(DEPENDENCY)),
]);
const SECRETS: Type =
    Type::List(&Type::Either(&[name(Section::Secrets, Written::Whole), Type::Keys(SECRET_GRANT)]));
const CONFIGS: Type =
    Type::List(&Type::Either(&[name(Section::Configs, Written::Whole), Type::Keys(CONFIG_GRANT)]));
const NETWORKS: Type = Type::Either(&[
    Type::List(&name(Section::Networks, Written::Whole)),
    Type::Map(Names::Of(Section::Networks), &Type::Either(&[ABSENT, Type::Keys(ATTACHMENT)])),
]);
const MODELS: Type = Type::Either(&[
    Type::List(&name(Section::Models, Written::Whole)),
    Type::Map(Names::Of(Section::Models), &Type::Either(&[ABSENT, Type::Keys(MODEL_GRANT)])),
]);
const ULIMITS: Type = map(&Type::Either(&[WHOLE, Type::Keys(ULIMIT)]));
const EXTERNAL: Type = Type::Either(&[FLAG, Type::Keys(EXTERNALLY)]);
/// Of jobs. The schema does not have it yet.
const TRIGGERS: Type = Type::Any;

const EXTERNALLY: &[Key] = &[key("name", TEXT)];
const DEPENDENCY: &[Key] = &[
    needed("condition", words(&["service_started", "service_healthy", "service_completed_successfully"])),
    key("required", FLAG),
    key("restart", FLAG),
];
const SECRET_GRANT: &[Key] = &grant(Section::Secrets);
const CONFIG_GRANT: &[Key] = &grant(Section::Configs);
/// What a service says of a secret or a configuration that it is given.
const fn grant(section: Section) -> [Key; 5] {
    [
        key("gid", TEXT),
        key("mode", TEXT_OR_NUMBER),
        key("source", name(section, Written::Whole)),
        key("target", TEXT),
        key("uid", TEXT),
    ]
}
const CONFIG: &[Key] = &[
    key("content", TEXT),
    key("environment", TEXT),
    key("external", EXTERNAL),
    key("file", TEXT),
    key("labels", PAIRS),
    key("name", TEXT),
    key("template_driver", TEXT),
];
const INCLUDE: &[Key] = &[key("env_file", INCLUDED), key("path", INCLUDED), key("project_directory", OPTION)];
const MODEL: &[Key] = &[
    key("context_size", PLAIN_WHOLE),
    needed("model", TEXT),
    key("name", TEXT),
    key("runtime_flags", TEXTS),
];
const SUBNET: &[Key] =
    &[key("aux_addresses", map(&TEXT)), key("gateway", TEXT), key("ip_range", TEXT), key("subnet", TEXT)];
const IPAM: &[Key] =
    &[key("config", Type::List(&Type::Keys(SUBNET))), key("driver", TEXT), key("options", map(&TEXT))];
const NETWORK: &[Key] = &[
    key("attachable", FLAG),
    key("driver", TEXT),
    key("driver_opts", map(&TEXT_OR_NUMBER)),
    key("enable_ipv4", FLAG),
    key("enable_ipv6", FLAG),
    key("external", EXTERNAL),
    key("internal", FLAG),
    key("ipam", Type::Keys(IPAM)),
    key("labels", PAIRS),
    key("name", TEXT),
];
const SECRET: &[Key] = &[
    key("driver", TEXT),
    key("driver_opts", map(&TEXT_OR_NUMBER)),
    key("environment", TEXT),
    key("external", EXTERNAL),
    key("file", TEXT),
    key("labels", PAIRS),
    key("name", TEXT),
    key("template_driver", TEXT),
];
const BLKIO_LIMIT: &[Key] = &[key("path", TEXT), key("rate", WHOLE_OR_TEXT)];
const BLKIO_WEIGHT: &[Key] = &[key("path", TEXT), key("weight", WHOLE_OR_TEXT)];
const BLKIO_CONFIG: &[Key] = &[
    key("device_read_bps", Type::List(&Type::Keys(BLKIO_LIMIT))),
    key("device_read_iops", Type::List(&Type::Keys(BLKIO_LIMIT))),
    key("device_write_bps", Type::List(&Type::Keys(BLKIO_LIMIT))),
    key("device_write_iops", Type::List(&Type::Keys(BLKIO_LIMIT))),
    key("weight", WHOLE_OR_TEXT),
    key("weight_device", Type::List(&Type::Keys(BLKIO_WEIGHT))),
];
const ULIMIT: &[Key] = &[needed("hard", WHOLE), needed("soft", WHOLE)];
const BUILD: &[Key] = &[
    key("additional_contexts", PAIRS),
    key("args", PAIRS),
    key("cache_from", TEXTS),
    key("cache_to", TEXTS),
    key("context", TEXT),
    key("dockerfile", TEXT),
    key("dockerfile_inline", TEXT),
    key("entitlements", TEXTS),
    key("extra_hosts", HOSTS),
    key("isolation", TEXT),
    key("labels", PAIRS),
    key("network", TEXT),
    key("no_cache", FLAG),
    key("no_cache_filter", TEXT_OR_TEXTS),
    key("platforms", TEXTS),
    key("privileged", FLAG),
    key("provenance", WORD_OR_FLAG),
    key("pull", FLAG),
    key("sbom", WORD_OR_FLAG),
    key("secrets", SECRETS),
    key("shm_size", SIZE),
    key("ssh", PAIRS),
    key("tags", TEXTS),
    key("target", TEXT),
    key("ulimits", ULIMITS),
];
const CREDENTIAL_SPEC: &[Key] = &[key("config", TEXT), key("file", TEXT), key("registry", TEXT)];
const PREFERENCE: &[Key] = &[key("spread", TEXT)];
const PLACEMENT: &[Key] = &[
    key("constraints", TEXTS),
    key("max_replicas_per_node", WHOLE),
    key("preferences", Type::List(&Type::Keys(PREFERENCE))),
];
const LIMITS: &[Key] = &[key("cpus", NUMBER), key("memory", SIZE_TEXT), key("pids", WHOLE)];
const DEVICE_REQUEST: &[Key] = &request(needed("capabilities", TEXTS));
const GPU_REQUEST: &[Key] = &request(key("capabilities", TEXTS));
/// A request for a device; only one for GPUs may leave its capabilities out.
const fn request(capabilities: Key) -> [Key; 5] {
    [
        capabilities,
        key("count", WHOLE_OR_TEXT),
        key("device_ids", TEXTS),
        key("driver", TEXT),
        key("options", PAIRS),
    ]
}
const DISCRETE: &[Key] = &[key("kind", TEXT), key("value", TEXT_OR_NUMBER)];
const GENERIC: &[Key] = &[key("discrete_resource_spec", Type::Keys(DISCRETE))];
const RESERVATIONS: &[Key] = &[
    key("cpus", NUMBER),
    key("devices", Type::List(&Type::Keys(DEVICE_REQUEST))),
    key("generic_resources", Type::List(&Type::Keys(GENERIC))),
    key("memory", SIZE_TEXT),
];
const RESOURCES: &[Key] = &[key("limits", Type::Keys(LIMITS)), key("reservations", Type::Keys(RESERVATIONS))];
const RESTART_POLICY: &[Key] =
    &[key("condition", TEXT), key("delay", DURATION), key("max_attempts", WHOLE), key("window", DURATION)];
const ROLLBACK_CONFIG: &[Key] = &[
    key("delay", DURATION),
    key("failure_action", TEXT),
    key("max_failure_ratio", NUMBER),
    key("monitor", DURATION),
    key("order", words(&["start-first", "stop-first"])),
    key("parallelism", WHOLE),
];
const UPDATE_CONFIG: &[Key] = &[
    key("delay", DURATION),
    key("failure_action", TEXT),
    key("max_failure_ratio", NUMBER),
    key("monitor", DURATION),
    key("order", words(&["start-first", "stop-first"])),
    key("parallelism", WHOLE),
];
const DEPLOY: &[Key] = &[
    key("endpoint_mode", TEXT),
    key("labels", PAIRS),
    key("mode", TEXT),
    key("placement", Type::Keys(PLACEMENT)),
    key("replicas", WHOLE),
    key("resources", Type::Keys(RESOURCES)),
    key("restart_policy", Type::Keys(RESTART_POLICY)),
    key("rollback_config", Type::Keys(ROLLBACK_CONFIG)),
    key("update_config", Type::Keys(UPDATE_CONFIG)),
];
const HOOK: &[Key] = &[
    needed("command", COMMAND),
    key("environment", PAIRS),
    key("privileged", FLAG),
    key("user", TEXT),
    key("working_dir", TEXT),
];
const WATCH: &[Key] = &[
    needed("action", words(&["rebuild", "sync", "restart", "sync+restart", "sync+exec"])),
    key("exec", Type::Keys(HOOK)),
    key("ignore", TEXT_OR_TEXTS),
    key("include", TEXT_OR_TEXTS),
    key("initial_sync", PLAIN_FLAG),
    needed("path", TEXT),
    key("target", TEXT),
];
const DEVELOP: &[Key] = &[key("watch", Type::List(&Type::Keys(WATCH)))];
const DEVICE: &[Key] = &[key("permissions", TEXT), needed("source", TEXT), key("target", TEXT)];
const ENV_FILE: &[Key] = &[key("format", TEXT), needed("path", TEXT), key("required", FLAG)];
// `join` tells of a missing `service`.
const EXTENDS: &[Key] = &[key("file", TEXT), key("service", TEXT)];
const HEALTHCHECK: &[Key] = &[
    key("disable", FLAG),
    key("interval", DURATION),
    key("retries", WHOLE),
    key("start_interval", DURATION),
    key("start_period", DURATION),
    key("test", TEXT_OR_TEXTS),
    key("timeout", DURATION),
];
const LOGGING: &[Key] = &[key("driver", TEXT), key("options", map(&OPTION))];
const MODEL_GRANT: &[Key] = &[key("endpoint_var", TEXT), key("model_var", TEXT)];
const ATTACHMENT: &[Key] = &[
    key("aliases", TEXTS),
    key("driver_opts", map(&TEXT_OR_NUMBER)),
    key("gw_priority", PLAIN_NUMBER),
    key("interface_name", TEXT),
    key("ipv4_address", TEXT),
    key("ipv6_address", TEXT),
    key("link_local_ips", TEXTS),
    key("mac_address", TEXT),
    key("priority", PLAIN_NUMBER),
];
const LONG_PORT: &[Key] = &[
    key("app_protocol", TEXT),
    key("host_ip", TEXT),
    key("mode", TEXT),
    key("name", TEXT),
    key("protocol", TEXT),
    key("published", WHOLE_OR_TEXT),
    key("target", WHOLE),
];
const PRE_START: &[Key] = &[
    key("command", COMMAND),
    key("environment", PAIRS),
    key("image", TEXT),
    key("per_replica", FLAG),
    key("privileged", FLAG),
    key("user", TEXT),
    key("working_dir", TEXT),
];
const PROVIDER: &[Key] =
    &[key("options", map(&Type::Either(&[ANY_SCALAR, Type::List(&ANY_SCALAR)]))), needed("type", TEXT)];
const MOUNT_BIND: &[Key] = &[
    key("create_host_path", FLAG),
    key("propagation", TEXT),
    key("recursive", words(&["enabled", "disabled", "writable", "readonly"])),
    key("selinux", words(&["z", "Z"])),
];
const MOUNT_IMAGE: &[Key] = &[key("subpath", TEXT)];
const MOUNT_TMPFS: &[Key] = &[key("mode", TEXT_OR_NUMBER), key("size", SIZE)];
const MOUNT_VOLUME: &[Key] = &[key("labels", PAIRS), key("nocopy", FLAG), key("subpath", TEXT)];
const LONG_MOUNT: &[Key] = &[
    key("bind", Type::Keys(MOUNT_BIND)),
    key("consistency", TEXT),
    key("image", Type::Keys(MOUNT_IMAGE)),
    key("read_only", FLAG),
    key("source", TEXT),
    key("target", TEXT),
    key("tmpfs", Type::Keys(MOUNT_TMPFS)),
    needed("type", words(&["bind", "volume", "tmpfs", "cluster", "npipe", "image"])),
    key("volume", Type::Keys(MOUNT_VOLUME)),
];
pub(super) const SERVICE: &[Key] = &[
    key("annotations", PAIRS),
    key("attach", FLAG),
    key("blkio_config", Type::Keys(BLKIO_CONFIG)),
    key("build", Type::Either(&[TEXT, Type::Keys(BUILD)])),
    key("cap_add", TEXTS),
    key("cap_drop", TEXTS),
    key("cgroup", words(&["host", "private"])),
    key("cgroup_parent", TEXT),
    key("command", COMMAND),
    key("configs", CONFIGS),
    key("container_name", CONTAINER_NAME),
    key("cpu_count", WHOLE),
    key("cpu_percent", WHOLE),
    key("cpu_period", WHOLE),
    key("cpu_quota", WHOLE),
    key("cpu_rt_period", WHOLE),
    key("cpu_rt_runtime", WHOLE),
    key("cpu_shares", WHOLE),
    key("cpus", NUMBER),
    key("cpuset", TEXT),
    key("credential_spec", Type::Keys(CREDENTIAL_SPEC)),
    key("depends_on", DEPENDS_ON),
    key("deploy", Type::Either(&[ABSENT, Type::Keys(DEPLOY)])),
    key("develop", Type::Either(&[ABSENT, Type::Keys(DEVELOP)])),
    key("device_cgroup_rules", TEXTS),
    key("devices", Type::List(&Type::Either(&[TEXT, Type::Keys(DEVICE)]))),
    key("dns", TEXT_OR_TEXTS),
    key("dns_opt", TEXTS),
    key("dns_search", TEXT_OR_TEXTS),
    key("domainname", TEXT),
    key("entrypoint", COMMAND),
    key("env_file", Type::Either(&[TEXT, Type::List(&Type::Either(&[TEXT, Type::Keys(ENV_FILE)]))])),
    key("environment", PAIRS),
    key("expose", Type::List(&TEXT_OR_NUMBER)),
    key("extends", Type::Either(&[TEXT, Type::Keys(EXTENDS)])),
    key("external_links", Type::Unique(&TEXT)),
    key("extra_hosts", HOSTS),
    key("gpus", Type::Either(&[words(&["all"]), Type::List(&Type::Keys(GPU_REQUEST))])),
    key("group_add", Type::Unique(&TEXT_OR_NUMBER)),
    key("healthcheck", Type::Keys(HEALTHCHECK)),
    key("hostname", TEXT),
    key("image", TEXT),
    key("init", FLAG),
    key("ipc", OTHER_SERVICE),
    key("isolation", TEXT),
    key("label_file", TEXT_OR_TEXTS),
    key("labels", PAIRS),
    key("links", Type::List(&name(Section::Services, Written::BeforeColon))),
    key("logging", Type::Keys(LOGGING)),
    key("mac_address", TEXT),
    key("mem_limit", SIZE),
    key("mem_reservation", SIZE),
    key("mem_swappiness", WHOLE_OR_TEXT),
    key("memswap_limit", SIZE),
    key("models", MODELS),
    key("network_mode", OTHER_SERVICE),
    key("networks", NETWORKS),
    key("oom_kill_disable", FLAG),
    key("oom_score_adj", WHOLE),
    key("pid", PID),
    key("pids_limit", WHOLE),
    key("platform", TEXT),
    key("ports", Type::List(&Type::Either(&[PORT, Type::Keys(LONG_PORT)]))),
    key("post_start", Type::List(&Type::Keys(HOOK))),
    since("5.3", "pre_start", Type::List(&Type::Keys(PRE_START))),
    key("pre_stop", Type::List(&Type::Keys(HOOK))),
    key("privileged", FLAG),
    key("profiles", TEXTS),
    key("provider", Type::Keys(PROVIDER)),
    key("pull_policy", PULL_POLICY),
    key("pull_refresh_after", TEXT),
    key("read_only", FLAG),
    key("restart", RESTART),
    key("runtime", TEXT),
    key("scale", WHOLE),
    key("secrets", SECRETS),
    key("security_opt", Type::Unique(&TEXT)),
    key("shm_size", SIZE),
    key("stdin_open", FLAG),
    key("stop_grace_period", DURATION),
    key("stop_signal", TEXT),
    key("storage_opt", map(&Type::Any)),
    key("sysctls", PAIRS),
    key("tmpfs", TEXT_OR_TEXTS),
    since("5.8", "triggers", TRIGGERS),
    key("tty", FLAG),
    key("ulimits", ULIMITS),
    key("use_api_socket", PLAIN_FLAG),
    key("user", TEXT),
    key("userns_mode", TEXT),
    key("uts", TEXT),
    key("volumes", Type::List(&Type::Either(&[MOUNT, Type::Keys(LONG_MOUNT)]))),
    key("volumes_from", Type::Unique(&name(Section::Services, Written::BeforeColon))),
    key("working_dir", TEXT),
];
const VOLUME: &[Key] = &[
    key("driver", TEXT),
    key("driver_opts", map(&TEXT_OR_NUMBER)),
    key("external", EXTERNAL),
    key("labels", PAIRS),
    key("name", TEXT),
];
pub(super) const TOP: &[Key] = &[
    key("configs", defined(&Type::Keys(CONFIG))),
    key("include", Type::List(&Type::Either(&[TEXT_OR_ABSENT, Type::Keys(INCLUDE)]))),
    since("5.6", "jobs", defined(&Type::Keys(SERVICE))),
    key("models", defined(&Type::Keys(MODEL))),
    key("name", TEXT),
    key("networks", defined(&Type::Either(&[ABSENT, Type::Keys(NETWORK)]))),
    key("secrets", defined(&Type::Keys(SECRET))),
    key("services", defined(&Type::Keys(SERVICE))),
    key("version", TEXT),
    key("volumes", defined(&Type::Either(&[ABSENT, Type::Keys(VOLUME)]))),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_order() {
        fn walk(takes: &'static Type) {
            match takes {
                Type::Any | Type::Scalar(_) => {}
                Type::List(of) | Type::Unique(of) | Type::Map(_, of) => walk(of),
                Type::Either(types) => types.iter().for_each(walk),
                Type::Keys(keys) => {
                    assert!(keys.is_sorted_by(|one, other| one.name < other.name), "{keys:?}");
                    keys.iter().for_each(|key| walk(&key.takes));
                }
            }
        }
        walk(&Type::Keys(TOP));
    }
}
