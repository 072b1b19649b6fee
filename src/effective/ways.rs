//! The ways from a container to its host, in one table, and which of them are open.
//!
//! They suppose an engine that runs as root without user namespaces, as Docker does unless its host says otherwise; the
//! report says so. Whatever else a way needs that no file tells is a condition of it.

use super::holding::{Holding, HostMount};
use super::user::Who;
use crate::container::{At, Device, Setting, Text};
use crate::privilege::{Gain, Step, Way};
use crate::rules::runtime::neighbours::MANY;
use crate::rules::runtime::{host_paths, known_images};

struct Known {
    id: &'static str,
    gains: Gain,
    /// The document that says so; `name(7)` is a page of Linux' manual.
    source: &'static str,
    find: fn(&Holding) -> Option<Trail>,
}

const ENGINE: &str = "https://docs.docker.com/engine/security/#docker-daemon-attack-surface";
const RUN: &str = "https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities";

/// The ways that are known. Between two that lead as far, the earlier is the shorter one.
const WAYS: [Known; 26] = [
    Known { id: "engine-socket", gains: Gain::Root, source: ENGINE, find: engine_socket },
    Known { id: "engine-api-socket", gains: Gain::Root, source: ENGINE, find: api_socket },
    Known { id: "engine-address", gains: Gain::Root, source: ENGINE, find: engine_address },
    Known { id: "privileged", gains: Gain::Root, source: RUN, find: privileged },
    Known { id: "host-root", gains: Gain::Root, source: RUN, find: host_root },
    Known {
        id: "system-settings",
        gains: Gain::Root,
        source: "crontab(5), passwd(5), ld.so(8)",
        find: system_settings,
    },
    Known { id: "programs", gains: Gain::Root, source: "hier(7)", find: programs },
    Known { id: "root-home", gains: Gain::Root, source: "sshd(8), AUTHORIZED_KEYS", find: root_home },
    Known { id: "kernel-settings", gains: Gain::Root, source: "core(5)", find: kernel_settings },
    Known { id: "device-events", gains: Gain::Root, source: "sysfs(5), udev(7)", find: device_events },
    Known { id: "disk", gains: Gain::Root, source: "sd(4), debugfs(8)", find: disk },
    Known { id: "device-rule", gains: Gain::Root, source: "mknod(2), cgroups(7)", find: device_rule },
    Known { id: "system-manager", gains: Gain::Root, source: "systemd(1)", find: system_manager },
    Known {
        id: "kernel-module",
        gains: Gain::Root,
        source: "capabilities(7), init_module(2)",
        find: kernel_module,
    },
    Known {
        id: "process-memory",
        gains: Gain::Root,
        source: "capabilities(7), ptrace(2)",
        find: process_memory,
    },
    Known { id: "kernel-memory", gains: Gain::Root, source: "capabilities(7), mem(4)", find: kernel_memory },
    Known {
        id: "system-administration",
        gains: Gain::Root,
        source: "capabilities(7), cgroups(7)",
        find: administration,
    },
    Known { id: "system-paths", gains: Gain::Root, source: "core(5)", find: system_paths },
    Known { id: "privileged-hook", gains: Gain::Root, source: RUN, find: hook },
    Known { id: "boot", gains: Gain::Root, source: "hier(7)", find: boot },
    Known {
        id: "cluster",
        gains: Gain::Cluster,
        source: "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath",
        find: cluster,
    },
    Known { id: "engine-data", gains: Gain::Containers, source: ENGINE, find: engine_data },
    Known { id: "home", gains: Gain::Login, source: "sshd(8), AUTHORIZED_KEYS", find: home },
    Known {
        id: "file-handles",
        gains: Gain::Reading,
        source: "capabilities(7), open_by_handle_at(2)",
        find: file_handles,
    },
    Known {
        id: "credentials",
        gains: Gain::Accounts,
        source: "https://docs.docker.com/reference/cli/docker/login/",
        find: credentials,
    },
    Known { id: "host-network", gains: Gain::Disturbance, source: "capabilities(7)", find: host_network },
];

/// Open ways, the surest first, then those that lead furthest.
pub(super) fn open(holding: &Holding) -> Vec<Way> {
    let found = WAYS.iter().filter_map(|known| {
        let trail = (known.find)(holding)?;
        // What is mounted read-only can still be read.
        let gains = if trail.read_only { Gain::Reading } else { known.gains };
        let steps = trail
            .steps
            .into_iter()
            .map(|(text, at)| Step { text, places: at.into_iter().map(|at| holding.place(at)).collect() });
        Some(Way {
            id: known.id,
            gains,
            steps: steps.collect(),
            conditions: trail.conditions,
            source: known.source,
        })
    });
    let mut ways: Vec<Way> = found.collect();
    ways.sort_by_key(|way| (way.conditions.len().min(1), way.gains, way.conditions.len()));
    ways
}

/// How far one way is known.
#[derive(Default)]
struct Trail {
    steps: Vec<(String, Vec<At>)>,
    conditions: Vec<String>,
    /// It leads to reading only.
    read_only: bool,
}

impl Trail {
    fn new(text: impl Into<String>, at: At) -> Self {
        Self::default().step(text, [at])
    }
    /// What is done next; `at` is what makes it possible.
    fn step(mut self, text: impl Into<String>, at: impl IntoIterator<Item = At>) -> Self {
        self.steps.push((text.into(), at.into_iter().collect()));
        self
    }
    fn only_if(mut self, condition: impl Into<String>) -> Self {
        self.conditions.push(condition.into());
        self
    }
    /// Only root can; `None` where nobody becomes root.
    fn by_root(self, holding: &Holding) -> Option<Self> {
        match holding.user.who {
            Who::Root => Some(self),
            Who::RootAtFirst => Some(self.only_if("the attacker gets at a process that is still root")),
            Who::Unknown => Some(self.only_if("its user is root")),
            Who::Other if holding.stays_itself() => None,
            Who::Other => Some(self.only_if("its user becomes root by a setuid program in the image")),
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
        Self { read_only: !mount.writable, ..self }
    }
}

/// The capability, if it was added by name. Of all of them, one way is enough.
fn added(holding: &Holding, name: &str) -> Option<At> {
    let at = holding.capabilities.given(name)?;
    let is_one_of_all = holding.capabilities.is_all();
    (holding.privileged.is_none() && (!is_one_of_all || name == "SYS_MODULE")).then_some(at)
}

fn is_true(setting: Option<Setting<bool>>) -> Option<At> {
    setting.filter(|setting| setting.value == Some(true)).map(|setting| setting.at)
}

/// The first mount of these that can be written, else the first.
fn mounted<'h>(holding: &'h Holding, wanted: impl Fn(&HostMount) -> bool) -> Option<&'h HostMount> {
    let all = || holding.mounts.iter().filter(|mount| wanted(mount));
    all().find(|mount| mount.writable).or_else(|| all().next())
}

/// As [`mounted`], where reading is of no use.
fn writable<'h>(holding: &'h Holding, wanted: impl Fn(&HostMount) -> bool) -> Option<&'h HostMount> {
    holding.mounts.iter().find(|mount| mount.writable && wanted(mount))
}

fn writing(mount: &HostMount) -> Trail {
    Trail::new(format!("it can write to the host's `{}`", mount.written), mount.at)
}

const ORDERS: &str = "it tells the engine to run a privileged container with the host's `/`";

/// Sockets of engines belong to root and a group.
fn to_engine(trail: Trail, holding: &Holding) -> Trail {
    let trail = match holding.user.who {
        Who::Root => trail,
        _ => match holding.spec.group_add.first() {
            Some(group) => {
                trail.step("its user is in an additional group, which may be the socket's", [group.at])
            }
            None => trail.only_if("its user is root or in the socket's group"),
        },
    };
    trail.step(ORDERS, [])
}

fn engine_socket(holding: &Holding) -> Option<Trail> {
    let mount = mounted(holding, HostMount::holds_socket)?;
    let what = if host_paths::is_control_socket(&mount.path) { "is" } else { "contains" };
    let read_only = if mount.writable { "" } else { ", and `ro` does not limit what is sent to it" };
    let text = format!("`{}` {what} the engine's socket{read_only}", mount.written);
    Some(to_engine(Trail::new(text, mount.at), holding))
}

fn api_socket(holding: &Holding) -> Option<Trail> {
    let at = is_true(holding.spec.use_api_socket)?;
    Some(to_engine(Trail::new("`use_api_socket` gives it the engine's socket", at), holding))
}

fn engine_address(holding: &Holding) -> Option<Trail> {
    let (address, at) = holding.engine_address()?;
    let rest = address.split_once("://")?.1;
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    let trail = Trail::new("it calls an engine through `DOCKER_HOST`", at);
    let this = ["host.docker.internal", "gateway.docker.internal", "172.17.0.1"];
    if this.contains(&host) || matches!(host, "localhost" | "127.0.0.1") && holding.host_network().is_some() {
        return Some(trail.step(ORDERS, []));
    }
    let other = holding.cx.project.containers.iter().take(MANY).find(|other| &*other.name == host)?;
    let socket = host_paths::mounted(other)
        .find(|(_, path, _)| host_paths::is_control_socket(path) || host_paths::holds_control_socket(path));
    let (_, _, socket) = socket?;
    let trail =
        trail.step(format!("`{host}` passes it on to the engine's socket"), [socket]).step(ORDERS, []);
    let is_proxy = known_images::of(other).is_some_and(|image| known_images::is_socket_proxy(&image));
    Some(if is_proxy { trail.only_if(format!("`{host}` lets it create containers")) } else { trail })
}

fn privileged(holding: &Holding) -> Option<Trail> {
    let trail = Trail::new("`privileged` gives it every capability and every device", holding.privileged?);
    trail.step("it mounts the host's disk and writes to it", []).by_root(holding)
}

fn host_root(holding: &Holding) -> Option<Trail> {
    let mount = mounted(holding, |mount| mount.is(&["/"]))?;
    let trail = Trail::new("the host's `/` is mounted", mount.at).from(mount);
    if mount.writable {
        trail.step("it adds a job to `/etc/cron.d`, which the host runs as root", []).by_root(holding)
    } else {
        trail.step("it reads `/etc/shadow`, keys and other services' secrets", []).by_root(holding)
    }
}

fn system_settings(holding: &Holding) -> Option<Trail> {
    let folders = [
        "/etc/cron.d",
        "/etc/cron.daily",
        "/etc/cron.hourly",
        "/etc/crontab",
        "/etc/init.d",
        "/etc/ld.so.preload",
        "/etc/pam.d",
        "/etc/passwd",
        "/etc/profile.d",
        "/etc/shadow",
        "/etc/ssh",
        "/etc/sudoers",
        "/etc/sudoers.d",
        "/etc/systemd",
        "/lib/systemd",
        "/usr/lib/systemd",
        "/var/spool/cron",
    ];
    let mount = writable(holding, |mount| mount.is(&["/etc"]) || mount.is_in(&folders))?;
    writing(mount).step("it adds a job or an account, which the host takes as its own", []).by_root(holding)
}

fn programs(holding: &Holding) -> Option<Trail> {
    let folders = [
        "/bin",
        "/lib",
        "/lib64",
        "/sbin",
        "/usr",
        "/usr/bin",
        "/usr/lib",
        "/usr/local",
        "/usr/local/bin",
        "/usr/sbin",
    ];
    let mount = writable(holding, |mount| mount.is(&folders))?;
    writing(mount).step("it replaces a program that root runs", []).by_root(holding)
}

fn root_home(holding: &Holding) -> Option<Trail> {
    let mount = writable(holding, |mount| mount.is(&["/root", "/root/.ssh"]))?;
    writing(mount).step("it adds a key to root's `authorized_keys`", []).by_root(holding)
}

fn kernel_settings(holding: &Holding) -> Option<Trail> {
    let mount = writable(holding, |mount| mount.is(&["/proc", "/proc/sys", "/proc/sys/kernel"]))?;
    writing(mount)
        .step("it sets `core_pattern` to a program, which the kernel runs as root when a process crashes", [])
        .by_root(holding)
}

fn device_events(holding: &Holding) -> Option<Trail> {
    let mount = writable(holding, |mount| mount.is(&["/sys", "/sys/kernel"]))?;
    writing(mount)
        .step("it sets `uevent_helper` to a program, which the kernel runs as root", [])
        .by_root(holding)
}

fn disk(holding: &Holding) -> Option<Trail> {
    let writes = |device: &&Device| {
        let access = device.permissions.as_ref().and_then(Text::value).unwrap_or("rwm");
        device.source.value().is_some_and(host_paths::is_disk) && access.contains('w')
    };
    let device = holding.spec.devices.iter().find(writes)?;
    let trail = Trail::new("a disk of the host is among its devices", device.at);
    trail.step("it writes to the file system on it", []).by_root(holding)
}

fn device_rule(holding: &Holding) -> Option<Trail> {
    let is_wide = |rule: &&Text| {
        let words: Vec<&str> = rule.value().unwrap_or_default().split_whitespace().collect();
        let [kind, numbers, access] = words[..] else { return false };
        let of_disks = ["*:*", "8:*", "253:*", "254:*", "259:*", "*:0"].contains(&numbers);
        matches!(kind, "a" | "b") && of_disks && access.contains('w')
    };
    let rule = holding.spec.device_cgroup_rules.iter().find(is_wide)?;
    if !holding.capabilities.has("MKNOD") {
        return None;
    }
    let trail = Trail::new("`device_cgroup_rules` let it use the host's disks", rule.at);
    trail
        .step("it makes a device file of a disk and writes to it", holding.capabilities.given("MKNOD"))
        .by_root(holding)
}

fn system_manager(holding: &Holding) -> Option<Trail> {
    let sockets = ["/run/dbus", "/run/systemd"];
    let mount = mounted(holding, |mount| mount.is_in(&sockets) && !mount.is_in(&["/run/systemd/journal"]))?;
    let trail = Trail::new(format!("it reaches systemd through `{}`", mount.written), mount.at);
    let trail = trail.step("it tells systemd to start a program on the host", []);
    Some(trail.by_root(holding)?.past_lsm(holding))
}

fn kernel_module(holding: &Holding) -> Option<Trail> {
    let trail = Trail::new("it has the capability SYS_MODULE", added(holding, "SYS_MODULE")?);
    trail.step("it loads a module of its own into the host's kernel", []).by_root(holding)
}

fn process_memory(holding: &Holding) -> Option<Trail> {
    let trail = Trail::new("it has the capability SYS_PTRACE", added(holding, "SYS_PTRACE")?);
    let trail = trail.step("it sees the host's processes", [holding.host_pid()?]);
    let trail = trail.step("it writes code into one that is root", []);
    Some(trail.by_root(holding)?.past_lsm(holding))
}

fn kernel_memory(holding: &Holding) -> Option<Trail> {
    let trail = Trail::new("it has the capability SYS_RAWIO", added(holding, "SYS_RAWIO")?);
    let memory = |device: &&Device| {
        device.source.value().is_some_and(|path| ["/dev/mem", "/dev/kmem", "/dev/port"].contains(&path))
    };
    let device = holding.spec.devices.iter().find(memory)?;
    let trail = trail.step("the machine's memory is among its devices", [device.at]);
    let trail = trail.step("it writes to the kernel's memory", []).by_root(holding)?;
    Some(trail.only_if("the host's kernel was built without STRICT_DEVMEM"))
}

fn administration(holding: &Holding) -> Option<Trail> {
    let trail = Trail::new("it has the capability SYS_ADMIN", added(holding, "SYS_ADMIN")?);
    let trail = trail.step(
        "it mounts a file system of the kernel and sets a program there, which the kernel runs as root",
        [],
    );
    Some(trail.by_root(holding)?.past_lsm(holding))
}

fn system_paths(holding: &Holding) -> Option<Trail> {
    let at = holding.system_paths.filter(|_| holding.privileged.is_none())?;
    let trail = Trail::new("`systempaths=unconfined` lets it write to `/proc/sys`", at);
    let trail = trail.step(
        "it sets `core_pattern` to a program, which the kernel runs as root when a process crashes",
        [],
    );
    Some(trail.by_root(holding)?.past_lsm(holding))
}

fn hook(holding: &Holding) -> Option<Trail> {
    // Where the container itself is privileged, that is the shorter way.
    if holding.privileged.is_some() || is_true(holding.spec.read_only).is_some() {
        return None;
    }
    let mut hooks = holding.spec.hooks.iter().filter(|hook| hook.image.is_none());
    let (when, at) = hooks.find_map(|hook| Some((hook.when, is_true(hook.privileged)?)))?;
    let trail = Trail::new(format!("`{when}` runs a command with every capability in this container"), at);
    let trail = trail.step("it replaces the program that the command runs", []);
    Some(trail.by_root(holding)?.only_if("the command runs after the attacker came in"))
}

fn boot(holding: &Holding) -> Option<Trail> {
    let mount = writable(holding, |mount| mount.is_in(&["/boot", "/lib/modules", "/usr/lib/modules"]))?;
    writing(mount)
        .step("it changes the kernel or a module, which the host loads at its next start", [])
        .by_root(holding)
}

fn cluster(holding: &Holding) -> Option<Trail> {
    let mount = mounted(holding, |mount| mount.is_in(&["/etc/kubernetes", "/var/lib/kubelet"]))?;
    let trail = Trail::new(format!("it reads the host's `{}`", mount.written), mount.at);
    trail.step("it acts as the node with the keys and tokens there", []).by_root(holding)
}

fn engine_data(holding: &Holding) -> Option<Trail> {
    let folders = ["/var/lib/containerd", "/var/lib/containers", "/var/lib/docker"];
    let mount = mounted(holding, |mount| mount.is_in(&folders))?;
    let trail =
        Trail::new(format!("the engine's data in `{}` is mounted", mount.written), mount.at).from(mount);
    let next = if mount.writable {
        "it changes programs and settings of other containers"
    } else {
        "it reads files and secrets of other containers"
    };
    trail.step(next, []).by_root(holding)
}

fn home(holding: &Holding) -> Option<Trail> {
    let is_home = |mount: &HostMount| mount.is(&["/home", "~", "~/.ssh"]) || host_paths::is_home(&mount.path);
    let mount = writable(holding, is_home)?;
    let trail = Trail::new(format!("it can write to `{}`", mount.written), mount.at);
    let trail =
        trail.step("it adds a key to the user's `authorized_keys`, or a command to a shell's start file", []);
    Some(match holding.user.who {
        Who::Root => trail,
        _ => trail.only_if("its user has the number of the owner, or is root"),
    })
}

fn file_handles(holding: &Holding) -> Option<Trail> {
    let trail = Trail::new("it has the capability DAC_READ_SEARCH", added(holding, "DAC_READ_SEARCH")?);
    trail.step("it opens any file of the host's disk by its handle", []).by_root(holding)
}

fn credentials(holding: &Holding) -> Option<Trail> {
    let folders = [
        "~/.aws",
        "~/.azure",
        "~/.config/gcloud",
        "~/.docker",
        "~/.git-credentials",
        "~/.gnupg",
        "~/.kube",
        "~/.netrc",
    ];
    let mount = mounted(holding, |mount| mount.is_in(&folders))?;
    let trail = Trail::new(format!("`{}` is mounted", mount.written), mount.at);
    let trail = trail.step("it uses the credentials in it", []);
    Some(match holding.user.who {
        Who::Root => trail,
        _ => trail.only_if("its user may read them"),
    })
}

fn host_network(holding: &Holding) -> Option<Trail> {
    let trail = Trail::new("it shares the host's network", holding.host_network()?);
    let trail = trail.step("it has the capability NET_ADMIN", [added(holding, "NET_ADMIN")?]);
    trail.step("it changes the host's addresses, routes and firewall", []).by_root(holding)
}
