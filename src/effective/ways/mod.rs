//! The ways from a container to its host, in one table, and which of them are open.
//!
//! They suppose an engine that runs as root without user namespaces, as Docker does, unless a file says otherwise; the
//! report says so. Whatever else a way needs that no file tells is a condition of it.

mod engine;
mod joined;
mod kernel;
mod mounts;

use super::holding::{Holding, HostMount};
use super::in_file;
use super::user::Who;
use crate::container::{At, Setting};
use crate::privilege::{Gain, Place, Step, Way};
use crate::text::{Source, Span, Spot};

struct Known {
    id: &'static str,
    gains: Gain,
    /// The document that says so; `name(7)` is a page of Linux' manual.
    source: &'static str,
    find: fn(&Holding) -> Option<Trail>,
}

const fn root(id: &'static str, source: &'static str, find: fn(&Holding) -> Option<Trail>) -> Known {
    Known { id, gains: Gain::Root, source, find }
}

const ENGINE: &str = "https://docs.docker.com/engine/security/#docker-daemon-attack-surface";
const RUN: &str = "https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities";
const KUBERNETES: &str = "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath";
const UNCONFINED: &str = "user_namespaces(7), cgroups(7), https://nvd.nist.gov/vuln/detail/CVE-2022-0492";
/// The first kernel without the fault: 5.17.
const OLD_KERNEL: &str = "the host's kernel is older than 5.17 (CVE-2022-0492)";
const LOGIN: &str = "https://docs.docker.com/reference/cli/docker/login/";

/// The ways that are known. Between two that lead as far, the earlier is the shorter one.
const WAYS: [Known; 33] = [
    root("engine-socket", ENGINE, engine::socket),
    root("engine-api-socket", ENGINE, engine::api_socket),
    root("engine-address", ENGINE, engine::address),
    root("engine-port", ENGINE, engine::port),
    root("privileged", RUN, kernel::privileged),
    root("host-root", RUN, mounts::host_root),
    root("system-settings", "crontab(5), passwd(5), ld.so(8)", mounts::system_settings),
    root("programs", "hier(7)", mounts::programs),
    root("root-home", "sshd(8), AUTHORIZED_KEYS", mounts::root_home),
    root("kernel-settings", "core(5)", mounts::kernel_settings),
    root("device-events", "sysfs(5), udev(7)", mounts::device_events),
    root("control-groups", "cgroups(7)", mounts::control_groups),
    root("disk", "sd(4), debugfs(8)", kernel::disk),
    root("device-rule", "mknod(2), cgroups(7)", kernel::device_rule),
    root("system-manager", "systemd(1)", mounts::system_manager),
    root("kernel-module", "capabilities(7), init_module(2)", kernel::module),
    root("other-kernel", "capabilities(7), kexec_load(2)", kernel::other_kernel),
    root("kernel-programs", "capabilities(7), bpf-helpers(7)", kernel::programs),
    root("process-memory", "capabilities(7), ptrace(2)", kernel::process_memory),
    root("kernel-memory", "capabilities(7), mem(4)", kernel::memory),
    root("system-administration", "capabilities(7), cgroups(7)", kernel::administration),
    root("system-paths", "core(5)", kernel::system_paths),
    root("unconfined", UNCONFINED, kernel::unconfined),
    root("joined-processes", "pid_namespaces(7), proc(5), ptrace(2)", joined::processes),
    root("privileged-hook", RUN, kernel::hook),
    root("boot", "hier(7)", mounts::boot),
    Known { id: "cluster", gains: Gain::Cluster, source: KUBERNETES, find: mounts::cluster },
    Known { id: "engine-data", gains: Gain::Containers, source: ENGINE, find: mounts::engine_data },
    Known { id: "home", gains: Gain::Login, source: "sshd(8), AUTHORIZED_KEYS", find: mounts::home },
    Known {
        id: "file-handles",
        gains: Gain::Reading,
        source: "capabilities(7), open_by_handle_at(2)",
        find: kernel::file_handles,
    },
    Known { id: "credentials", gains: Gain::Accounts, source: LOGIN, find: mounts::credentials },
    Known {
        id: "host-network",
        gains: Gain::Disturbance,
        source: "capabilities(7)",
        find: kernel::host_network,
    },
    Known {
        id: "host-ipc",
        gains: Gain::Disturbance,
        source: "ipc_namespaces(7), shm_overview(7)",
        find: kernel::host_ipc,
    },
];

/// A way that was found.
pub(super) struct Found {
    id: &'static str,
    source: &'static str,
    pub(super) trail: Trail,
}

/// Open ways, the surest first, then those that lead furthest.
pub(super) fn open(holding: &Holding) -> Vec<Way> {
    found(holding).into_iter().map(|found| found.shown(holding)).collect()
}

/// As [`open`], with the places in their texts.
pub(super) fn found(holding: &Holding) -> Vec<Found> {
    let found = |known: &Known| {
        let trail = (known.find)(holding)?;
        let gains = trail.gains.unwrap_or(known.gains);
        Some(Found { id: known.id, source: known.source, trail: Trail { gains: Some(gains), ..trail } })
    };
    let mut ways: Vec<Found> = WAYS.iter().filter_map(found).collect();
    ways.sort_by_key(|way| {
        let conditions = way.trail.conditions.len();
        (conditions.min(1), way.trail.gains, conditions)
    });
    ways
}

impl Found {
    fn shown(self, holding: &Holding) -> Way {
        let Trail { steps, conditions, gains } = self.trail;
        let steps = steps.into_iter().map(|stride| Step {
            places: stride.at.iter().map(|spot| place(&spot.spot(holding))).collect(),
            text: stride.text,
        });
        let gains = gains.unwrap_or(Gain::Root);
        Way { id: self.id, gains, steps: steps.collect(), conditions, source: self.source }
    }
}

pub(super) fn place(spot: &Spot) -> Place {
    in_file(&spot.source, spot.span.start)
}

/// How far one way is known.
#[derive(Default)]
pub(super) struct Trail {
    pub(super) steps: Vec<Stride>,
    conditions: Vec<String>,
    /// Where it leads, if not where its kind does.
    gains: Option<Gain>,
}

/// One thing that is done, and what makes it possible.
pub(super) struct Stride {
    pub(super) text: String,
    at: Vec<Written>,
}

/// Where something is written.
enum Written {
    Setting(At),
    Elsewhere(Spot),
}

impl Written {
    fn spot(&self, holding: &Holding) -> Spot {
        match self {
            Self::Setting(at) => holding.cx.project.spot(*at),
            Self::Elsewhere(spot) => spot.clone(),
        }
    }
}

impl Stride {
    pub(super) fn spots(&self, holding: &Holding) -> impl Iterator<Item = Spot> {
        self.at.iter().map(|written| written.spot(holding))
    }
    /// What is written at the place makes it possible.
    pub(super) fn is_at(&self, holding: &Holding, source: &Source, span: Span) -> bool {
        self.spots(holding).any(|spot| spot.source.path() == source.path() && spot.span.overlaps(span))
    }
}

impl Trail {
    pub(super) fn new(text: impl Into<String>, at: At) -> Self {
        Self::default().step(text, [at])
    }
    /// What is done next; `at` is what makes it possible.
    pub(super) fn step(mut self, text: impl Into<String>, at: impl IntoIterator<Item = At>) -> Self {
        let at = at.into_iter().map(Written::Setting).collect();
        self.steps.push(Stride { text: text.into(), at });
        self
    }
    /// As [`Trail::step`], where it is not a setting of the container that makes it possible.
    fn step_in(mut self, text: &str, spots: Vec<Spot>) -> Self {
        let at = spots.into_iter().map(Written::Elsewhere).collect();
        self.steps.push(Stride { text: text.to_owned(), at });
        self
    }
    fn with_old_control_groups(self) -> Self {
        self.only_if("the host has the first version of control groups")
    }
    fn only_if(mut self, condition: impl Into<String>) -> Self {
        self.conditions.push(condition.into());
        self
    }
    fn gains(self, gains: Gain) -> Self {
        Self { gains: Some(gains), ..self }
    }
    pub(super) fn is_open(&self) -> bool {
        self.conditions.is_empty()
    }
    /// Only root can, and only if it is the host's; `None` where nobody becomes that.
    fn by_root(self, holding: &Holding) -> Option<Self> {
        let trail = match holding.user.who {
            Who::Root => self.naming_root(holding),
            Who::RootAtFirst => self.only_if("the attacker gets at a process that is still root"),
            Who::Unknown => self.only_if("its user is root"),
            Who::Other if holding.stays_itself() => return None,
            Who::Other => self.only_if("its user becomes root by a setuid program in the image"),
        };
        Some(trail.past_users(holding))
    }
    /// After what opens the way: its program is root, if a file says so.
    fn naming_root(mut self, holding: &Holding) -> Self {
        if holding.user.is_written {
            let at = holding.user.places.iter().cloned().map(Written::Elsewhere).collect();
            self.steps.insert(1.min(self.steps.len()), Stride { text: "its program is root".to_owned(), at });
        }
        self
    }
    /// Its root may be somebody else on the host.
    fn past_users(self, holding: &Holding) -> Self {
        match &holding.confined {
            Some(confined) => self.only_if(confined.condition()),
            None => self,
        }
    }
    /// AppArmor's profile for containers, or SELinux, is in the way.
    fn past_lsm(self, holding: &Holding) -> Self {
        match holding.lsm_off {
            Some(at) => self.step("AppArmor and SELinux do not prevent it", [at]),
            None => self.only_if("the host has neither AppArmor nor SELinux"),
        }
    }
    /// What is mounted can be read, but not written.
    fn from(self, mount: &HostMount) -> Self {
        if mount.writable { self } else { self.gains(Gain::Reading) }
    }
}

fn is_true(setting: Option<Setting<bool>>) -> Option<At> {
    setting.filter(|setting| setting.value == Some(true)).map(|setting| setting.at)
}
