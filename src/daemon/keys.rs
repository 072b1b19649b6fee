//! The keys of `daemon.json`: which there are, what values they take, and which the engine refuses today.
//!
//! Source: docs.docker.com/reference/cli/dockerd (Engine 29), and the lists of deprecated features of the Engine for
//! what is gone.

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    Flag,
    Number,
    Text,
    List,
    Map,
}

impl Takes {
    /// For messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Flag => "true or false",
            Self::Number => "a number",
            Self::Text => "a string",
            Self::List => "a list",
            Self::Map => "a mapping",
        }
    }
}

/// In the order of the alphabet.
pub(super) const KEYS: &[(&str, Takes)] = &[
    ("allow-direct-routing", Takes::Flag),
    ("allow-nondistributable-artifacts", Takes::List),
    ("apparmor-profile", Takes::Text),
    ("authorization-plugins", Takes::List),
    ("bip", Takes::Text),
    ("bip6", Takes::Text),
    ("bridge", Takes::Text),
    ("bridge-accept-fwmark", Takes::Text),
    ("builder", Takes::Map),
    ("cdi-spec-dirs", Takes::List),
    ("cgroup-parent", Takes::Text),
    ("containerd", Takes::Text),
    ("containerd-namespace", Takes::Text),
    ("containerd-plugin-namespace", Takes::Text),
    ("cpu-rt-period", Takes::Number),
    ("cpu-rt-runtime", Takes::Number),
    ("data-root", Takes::Text),
    ("debug", Takes::Flag),
    ("default-address-pools", Takes::List),
    ("default-cgroupns-mode", Takes::Text),
    ("default-gateway", Takes::Text),
    ("default-gateway-v6", Takes::Text),
    ("default-ipc-mode", Takes::Text),
    ("default-network-opts", Takes::Map),
    ("default-runtime", Takes::Text),
    ("default-shm-size", Takes::Text),
    ("default-stop-timeout", Takes::Number),
    ("default-ulimits", Takes::Map),
    ("dns", Takes::List),
    ("dns-opts", Takes::List),
    ("dns-search", Takes::List),
    ("exec-opts", Takes::List),
    ("exec-root", Takes::Text),
    ("experimental", Takes::Flag),
    ("features", Takes::Map),
    ("firewall-backend", Takes::Text),
    ("fixed-cidr", Takes::Text),
    ("fixed-cidr-v6", Takes::Text),
    ("group", Takes::Text),
    ("host-gateway-ip", Takes::Text),
    ("host-gateway-ips", Takes::List),
    ("hosts", Takes::List),
    ("http-proxy", Takes::Text),
    ("https-proxy", Takes::Text),
    ("icc", Takes::Flag),
    ("init", Takes::Flag),
    ("init-path", Takes::Text),
    ("insecure-registries", Takes::List),
    ("ip", Takes::Text),
    ("ip-forward", Takes::Flag),
    ("ip-forward-no-drop", Takes::Flag),
    ("ip-masq", Takes::Flag),
    ("ip6tables", Takes::Flag),
    ("iptables", Takes::Flag),
    ("ipv6", Takes::Flag),
    ("isolation", Takes::Text),
    ("labels", Takes::List),
    ("live-restore", Takes::Flag),
    ("log-driver", Takes::Text),
    ("log-format", Takes::Text),
    ("log-level", Takes::Text),
    ("log-opts", Takes::Map),
    ("max-concurrent-downloads", Takes::Number),
    ("max-concurrent-uploads", Takes::Number),
    ("max-download-attempts", Takes::Number),
    ("metrics-addr", Takes::Text),
    ("min-api-version", Takes::Text),
    ("mtu", Takes::Number),
    ("network-control-plane-mtu", Takes::Number),
    ("no-new-privileges", Takes::Flag),
    ("no-proxy", Takes::Text),
    ("node-generic-resources", Takes::List),
    ("pidfile", Takes::Text),
    ("proxies", Takes::Map),
    ("raw-logs", Takes::Flag),
    ("registry-mirrors", Takes::List),
    ("runtimes", Takes::Map),
    ("seccomp-profile", Takes::Text),
    ("selinux-enabled", Takes::Flag),
    ("shutdown-timeout", Takes::Number),
    ("storage-driver", Takes::Text),
    ("storage-opts", Takes::List),
    ("swarm-default-advertise-addr", Takes::Text),
    ("tls", Takes::Flag),
    ("tlscacert", Takes::Text),
    ("tlscert", Takes::Text),
    ("tlskey", Takes::Text),
    ("tlsverify", Takes::Flag),
    ("userland-proxy", Takes::Flag),
    ("userland-proxy-path", Takes::Text),
    ("userns-remap", Takes::Text),
    ("validate", Takes::Flag),
];

/// Keys that the engine does not know any more, with what to do instead.
pub(super) const REMOVED: &[(&str, &str)] = &[
    ("api-cors-header", "put a proxy before the API"),
    ("cluster-advertise", "remove it: networks of Swarm replaced it"),
    ("cluster-store", "remove it: networks of Swarm replaced it"),
    ("cluster-store-opts", "remove it: networks of Swarm replaced it"),
    ("disable-legacy-registry", "remove it: legacy registries are gone"),
    ("graph", "write `data-root`"),
    ("oom-score-adjust", "set `OOMScoreAdjust` in the unit of systemd"),
];

pub(super) fn takes(key: &str) -> Option<Takes> {
    let at = KEYS.binary_search_by_key(&key, |(name, _)| name).ok()?;
    Some(KEYS[at].1)
}

pub(super) fn removed(key: &str) -> Option<&'static str> {
    REMOVED.iter().find(|(name, _)| *name == key).map(|(_, instead)| *instead)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_order() {
        assert!(KEYS.is_sorted_by(|one, next| one.0 < next.0));
        assert!(REMOVED.iter().all(|(name, _)| takes(name).is_none()));
    }
}
