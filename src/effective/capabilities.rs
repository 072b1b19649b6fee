//! The capabilities of a container's root, by Docker's rules for `cap_add`, `cap_drop` and `privileged`.

use std::collections::BTreeMap;

use crate::container::{At, ContainerSpec, Text};

/// What Docker gives every container.
/// Source: "Runtime privilege and Linux capabilities", <https://docs.docker.com/engine/containers/run/>.
const USUAL: [&str; 14] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "NET_RAW",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];
/// All others. Source: capabilities(7).
const OTHERS: [&str; 27] = [
    "AUDIT_CONTROL",
    "AUDIT_READ",
    "BLOCK_SUSPEND",
    "BPF",
    "CHECKPOINT_RESTORE",
    "DAC_READ_SEARCH",
    "IPC_LOCK",
    "IPC_OWNER",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "NET_ADMIN",
    "NET_BROADCAST",
    "PERFMON",
    "SYSLOG",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "WAKE_ALARM",
];

/// By name without `CAP_`.
#[derive(Debug, Default)]
pub(super) struct Capabilities {
    /// With what gave it; nothing for one of Docker's own.
    list: BTreeMap<String, Option<At>>,
    /// An entry of `cap_add` or `cap_drop` has no known value.
    pub(super) unsure: bool,
}

impl Capabilities {
    pub(super) fn of(spec: &ContainerSpec) -> Self {
        if let Some(privileged) = spec.privileged.filter(|privileged| privileged.value == Some(true)) {
            let all = USUAL.into_iter().chain(OTHERS);
            let list = all.map(|name| (name.to_owned(), Some(privileged.at))).collect();
            return Self { list, unsure: false };
        }
        let names = |list: &[Text]| -> Vec<(String, At)> {
            list.iter().filter_map(|text| Some((name(text.value()?), text.at))).collect()
        };
        let (added, dropped) = (names(&spec.cap_add), names(&spec.cap_drop));
        let all_of = |list: &[(String, At)]| list.iter().find(|(name, _)| name == "ALL").map(|(_, at)| *at);
        let mut list: BTreeMap<String, Option<At>> = BTreeMap::new();
        let keep = |name: &str| !dropped.iter().any(|(dropped, _)| dropped == name);
        match (all_of(&added), all_of(&dropped)) {
            // Whoever adds all has all but what is dropped by name.
            (Some(at), _) => {
                let all = USUAL.into_iter().chain(OTHERS).filter(|name| keep(name));
                list.extend(all.map(|name| (name.to_owned(), Some(at))));
            }
            (None, Some(_)) => {}
            (None, None) => {
                list.extend(USUAL.into_iter().filter(|name| keep(name)).map(|name| (name.to_owned(), None)));
            }
        }
        if all_of(&added).is_none() {
            for (name, at) in added {
                list.entry(name).or_insert(Some(at));
            }
        }
        let unsure = spec.cap_add.iter().chain(&spec.cap_drop).any(Text::is_unknown);
        Self { list, unsure }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.list.contains_key(name)
    }
    /// What gives it, if it is held and not one of Docker's own.
    pub(super) fn given(&self, name: &str) -> Option<At> {
        self.list.get(name).copied()?
    }
    /// Held besides Docker's own.
    pub(super) fn more(&self) -> impl Iterator<Item = (&str, At)> {
        let given = self.list.iter().filter_map(|(name, at)| Some((name.as_str(), (*at)?)));
        given.filter(|(name, _)| !USUAL.contains(name))
    }
    /// How many of Docker's own are held.
    pub(super) fn usual(&self) -> usize {
        USUAL.iter().filter(|name| self.list.contains_key(**name)).count()
    }
    pub(super) fn is_all(&self) -> bool {
        OTHERS.iter().chain(&USUAL).all(|name| self.list.contains_key(*name))
    }
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.list.keys().map(String::as_str)
    }
}

pub(super) const USUAL_COUNT: usize = USUAL.len();

/// `cap_sys_admin` as `SYS_ADMIN`.
fn name(written: &str) -> String {
    let name = written.trim().to_ascii_uppercase();
    name.strip_prefix("CAP_").map_or(name.clone(), str::to_owned)
}
