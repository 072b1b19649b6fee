//! What each Linux capability beyond Docker's default ones gives a container.
//!
//! Source: capabilities(7), and Docker's table of capabilities that it gives by default and on request.

use super::pulled;
use crate::container::{ContainerSpec, Setting, Surface, Text};
use crate::finding::Findings;
use crate::rule::{Context, Severity};
use crate::text::{self, last_part};

/// How far a capability reaches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// It leads to root on the host.
    Host,
    /// It changes or reads what the host shares with all containers.
    Shared,
    /// It is limited to the container, but opens more of the kernel to it.
    Own,
    /// Docker gives it to every container.
    Default,
}

use Reach::{Default, Host, Own, Shared};

/// Every capability, without `CAP_`, in order, with what it lets a container do.
const ALL: [(&str, Reach, &str); 41] = [
    ("AUDIT_CONTROL", Shared, "change the host's audit rules"),
    ("AUDIT_READ", Own, "read the host's audit log"),
    ("AUDIT_WRITE", Default, "write to the audit log"),
    ("BLOCK_SUSPEND", Own, "keep the host from sleeping"),
    ("BPF", Shared, "run programs in the host's kernel"),
    ("CHECKPOINT_RESTORE", Own, "restore processes with chosen ids"),
    ("CHOWN", Default, "change owners of files"),
    ("DAC_OVERRIDE", Default, "ignore permissions of files"),
    ("DAC_READ_SEARCH", Host, "read all files of the host by their handles"),
    ("FOWNER", Default, "act as the owner of files"),
    ("FSETID", Default, "keep set-user-id bits"),
    ("IPC_LOCK", Own, "lock memory"),
    ("IPC_OWNER", Own, "ignore permissions of shared memory"),
    ("KILL", Default, "signal processes of other users"),
    ("LEASE", Own, "hold leases on files"),
    ("LINUX_IMMUTABLE", Own, "make files immutable"),
    ("MAC_ADMIN", Shared, "change the host's security policies"),
    ("MAC_OVERRIDE", Shared, "ignore the host's security policies"),
    ("MKNOD", Default, "create device files"),
    ("NET_ADMIN", Own, "configure its networks"),
    ("NET_BIND_SERVICE", Default, "listen on ports below 1024"),
    ("NET_BROADCAST", Own, "send broadcasts"),
    ("NET_RAW", Default, "send raw packets"),
    ("PERFMON", Shared, "observe all processes of the host"),
    ("SETFCAP", Default, "give capabilities to files"),
    ("SETGID", Default, "change its groups"),
    ("SETPCAP", Default, "pass capabilities on"),
    ("SETUID", Default, "change its user"),
    ("SYSLOG", Shared, "read the host's kernel log and addresses of its kernel"),
    ("SYS_ADMIN", Host, "mount file systems and change control groups of the host"),
    ("SYS_BOOT", Host, "start another kernel on the host"),
    ("SYS_CHROOT", Default, "change its root folder"),
    ("SYS_MODULE", Host, "load modules into the host's kernel"),
    ("SYS_NICE", Own, "raise priorities"),
    ("SYS_PACCT", Own, "account for processes"),
    ("SYS_PTRACE", Own, "trace processes of the container"),
    ("SYS_RAWIO", Host, "read and write the host's memory and ports"),
    ("SYS_RESOURCE", Own, "exceed its limits"),
    ("SYS_TIME", Shared, "set the host's clock"),
    ("SYS_TTY_CONFIG", Own, "configure terminals"),
    ("WAKE_ALARM", Own, "wake the host"),
];

/// Those that Docker gives to every container, but Podman or CRI-O does not. Sources: `default_capabilities` in
/// containers.conf(5) and crio.conf(5).
const OF_DOCKER: [&str; 5] = ["AUDIT_WRITE", "MKNOD", "NET_RAW", "SETFCAP", "SYS_CHROOT"];

/// The container has the capability without asking, whichever engine runs it.
pub fn is_given(cx: &Context, spec: &ContainerSpec, capability: &Capability) -> bool {
    let by_docker = match spec.surface {
        Surface::ComposeService => !last_part(cx.project.source(spec.at).path()).contains("podman"),
        Surface::ServiceCreate | Surface::Job | Surface::Devcontainer | Surface::TaskDefinition => true,
        // `alias docker=podman`; Nomad takes `NET_RAW` away.
        Surface::Run | Surface::Quadlet | Surface::Kubernetes | Surface::Nomad | Surface::Build => false,
    };
    capability.reach == Reach::Default && (by_docker || !OF_DOCKER.contains(&capability.name))
}

/// A capability that is written in a list.
#[derive(Clone, Copy, Debug)]
pub struct Capability<'s> {
    pub text: &'s Text,
    pub name: &'static str,
    pub reach: Reach,
    /// "load modules into the host's kernel"
    pub lets: &'static str,
}

/// The name as it is in the table: `cap_sys_admin` as `SYS_ADMIN`.
pub fn normal(text: &Text) -> Option<String> {
    text.value().map(bare)
}

fn bare(name: &str) -> String {
    let name = name.trim().to_ascii_uppercase();
    name.strip_prefix("CAP_").map_or(name.clone(), str::to_owned)
}

/// What a capability that leads to root on the host lets a container do.
pub fn reaching_host(name: &str) -> Option<&'static str> {
    let at = ALL.binary_search_by(|(known, ..)| (*known).cmp(&bare(name))).ok()?;
    (ALL[at].1 == Host).then_some(ALL[at].2)
}

/// The known capabilities of a list.
pub fn listed(list: &[Text]) -> impl Iterator<Item = Capability<'_>> {
    list.iter().filter_map(|text| {
        let name = normal(text)?;
        let at = ALL.binary_search_by(|(known, ..)| (*known).cmp(&name)).ok()?;
        let (name, reach, lets) = ALL[at];
        Some(Capability { text, name, reach, lets })
    })
}

/// What a container gets with `cap_add`, as far as it reaches with the container's other settings.
pub fn added(spec: &ContainerSpec) -> impl Iterator<Item = Capability<'_>> {
    let is_host = |mode: &Option<Text>| mode.as_ref().is_some_and(|mode| mode.is("host"));
    let (processes, network) = (is_host(&spec.pid), is_host(&spec.network_mode));
    // Nothing is added to what a privileged container has anyway.
    let counts = !spec.privileged.as_ref().is_some_and(Setting::is_true);
    listed(&spec.cap_add).filter(move |_| counts).map(move |capability| match capability.name {
        "SYS_PTRACE" if processes => {
            Capability { reach: Host, lets: "take over processes of the host", ..capability }
        }
        "NET_ADMIN" if network => {
            Capability { reach: Shared, lets: "change the host's networks and firewall", ..capability }
        }
        _ => capability,
    })
}

/// Reports what a container gets with `cap_add`. `is_meant`: which of it. `then`: what follows from it, after what it lets
/// the container do. `milder`: the severity where the program is made for it.
pub fn report(
    cx: &Context,
    spec: &ContainerSpec,
    out: &mut Findings,
    is_meant: impl Fn(&Capability) -> bool,
    then: impl Fn(&str) -> String,
    milder: impl Fn(&str) -> Option<Severity>,
) {
    for capability in added(spec).filter(is_meant) {
        let message = format!("{} can {}{}", pulled::name(spec), capability.lets, then(capability.name));
        let finding = pulled::on(cx, spec, out, capability.text.at, message);
        if let Some(severity) = milder(capability.name) {
            finding.severity(severity);
        }
    }
}

/// The name that a wrong one is most likely meant to be.
pub fn nearest(wrong: &str) -> Option<&'static str> {
    let known = || ALL.iter().map(|&(known, ..)| known);
    text::nearest(wrong, known(), 2).or_else(|| {
        // `SYSADMIN`, `NET_BIND`
        let bare = |name: &str| name.replace('_', "");
        known().find(|known| bare(known) == bare(wrong) || wrong.len() > 5 && known.starts_with(wrong))
    })
}

/// Whether the name is a capability, or `ALL`.
pub fn is_known(name: &str) -> bool {
    name == "ALL" || ALL.binary_search_by(|(known, ..)| (*known).cmp(name)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::{ALL, nearest};

    #[test]
    fn the_table_is_in_order() {
        assert!(ALL.is_sorted_by(|one, other| one.0 < other.0));
    }

    #[test]
    fn misspelt_names_are_guessed() {
        for (wrong, want) in [
            ("SYSADMIN", Some("SYS_ADMIN")),
            ("NET_BIND", Some("NET_BIND_SERVICE")),
            ("SYS_PTRACES", Some("SYS_PTRACE")),
            ("EVERYTHING", None),
        ] {
            assert_eq!(nearest(wrong), want, "{wrong}");
        }
    }
}
