//! Ways through folders and files of the host.

use super::super::holding::{Holding, HostMount};
use super::{OLD_KERNEL, Trail};
use crate::rules::runtime::host_paths;

/// The first mount of these that can be written, else the first.
pub(super) fn mounted<'h>(
    holding: &'h Holding,
    wanted: impl Fn(&HostMount) -> bool,
) -> Option<&'h HostMount> {
    let all = || holding.mounts.iter().filter(|mount| wanted(mount));
    all().find(|mount| mount.writable).or_else(|| all().next())
}

/// As [`mounted`], where reading is of no use.
fn writable<'h>(holding: &'h Holding, wanted: impl Fn(&HostMount) -> bool) -> Option<&'h HostMount> {
    holding.mounts.iter().find(|mount| mount.writable && wanted(mount))
}

fn writing(mount: &HostMount) -> Trail {
    mount.trail(format!("it can write to the host's `{}`", mount.written))
}

pub(super) fn host_root(holding: &Holding) -> Option<Trail> {
    let mount = mounted(holding, |mount| mount.is(&["/"]))?;
    let trail = mount.trail("the host's `/` is mounted").from(mount);
    if mount.writable {
        trail.step("it adds a job to `/etc/cron.d`, which the host runs as root", []).by_root(holding)
    } else {
        trail.step("it reads `/etc/shadow`, keys and other services' secrets", []).by_root(holding)
    }
}

pub(super) fn system_settings(holding: &Holding) -> Option<Trail> {
    let folders = [
        "/etc/cron.d",
        "/etc/cron.daily",
        "/etc/cron.hourly",
        "/etc/crontab",
        "/etc/docker",
        "/etc/init.d",
        "/etc/ld.so.conf.d",
        "/etc/ld.so.preload",
        "/etc/pam.d",
        "/etc/passwd",
        "/etc/profile.d",
        "/etc/shadow",
        "/etc/ssh",
        "/etc/sudoers",
        "/etc/sudoers.d",
        "/etc/systemd",
        "/etc/udev",
        "/lib/systemd",
        "/usr/lib/systemd",
        "/var/spool/cron",
    ];
    let mount =
        writable(holding, |mount| mount.is(&["/etc", "/var", "/var/spool"]) || mount.is_in(&folders))?;
    writing(mount).step("it adds a job or an account, which the host takes as its own", []).by_root(holding)
}

pub(super) fn programs(holding: &Holding) -> Option<Trail> {
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

pub(super) fn root_home(holding: &Holding) -> Option<Trail> {
    let mount = writable(holding, |mount| mount.is(&["/root", "/root/.ssh"]))?;
    writing(mount).step("it adds a key to root's `authorized_keys`", []).by_root(holding)
}

pub(super) fn kernel_settings(holding: &Holding) -> Option<Trail> {
    let kernel = ["/proc", "/proc/sys", "/proc/sys/kernel", "/proc/sys/kernel/core_pattern"];
    let mount = writable(holding, |mount| mount.is(&kernel))?;
    writing(mount)
        .step("it sets `core_pattern` to a program, which the kernel runs as root when a process crashes", [])
        .by_root(holding)
}

pub(super) fn device_events(holding: &Holding) -> Option<Trail> {
    let mount = writable(holding, |mount| mount.is(&["/sys", "/sys/kernel"]))?;
    writing(mount)
        .step("it sets `uevent_helper` to a program, which the kernel runs as root", [])
        .by_root(holding)
}

/// The first version of control groups lets the kernel start a program as root when a group gets empty.
pub(super) fn control_groups(holding: &Holding) -> Option<Trail> {
    let mount = writable(holding, |mount| mount.is_in(&["/sys/fs/cgroup"]) || mount.is(&["/sys/fs"]))?;
    let trail = writing(mount)
        .step("it sets `release_agent` to a program, which the kernel runs as root", [])
        .by_root(holding)?;
    let trail = match holding.capabilities.given("SYS_ADMIN") {
        Some(_) => trail,
        None => trail.only_if(OLD_KERNEL),
    };
    Some(trail.with_old_control_groups())
}

pub(super) fn system_manager(holding: &Holding) -> Option<Trail> {
    let sockets = ["/run/dbus", "/run/systemd"];
    let mount = mounted(holding, |mount| mount.is_in(&sockets) && !mount.is_in(&["/run/systemd/journal"]))?;
    let trail = mount.trail(format!("it reaches systemd through `{}`", mount.written));
    let trail = trail.step("it tells systemd to start a program on the host", []);
    Some(trail.by_root(holding)?.past_lsm(holding))
}

pub(super) fn boot(holding: &Holding) -> Option<Trail> {
    let mount = writable(holding, |mount| mount.is_in(&["/boot", "/lib/modules", "/usr/lib/modules"]))?;
    writing(mount)
        .step("it changes the kernel or a module, which the host loads at its next start", [])
        .by_root(holding)
}

pub(super) fn cluster(holding: &Holding) -> Option<Trail> {
    let mount = mounted(holding, |mount| mount.is_in(&["/etc/kubernetes", "/var/lib/kubelet"]))?;
    let trail = mount.trail(format!("it reads the host's `{}`", mount.written));
    trail.step("it acts as the node with the keys and tokens there", []).by_root(holding)
}

pub(super) fn engine_data(holding: &Holding) -> Option<Trail> {
    let folders = ["/var/lib/containerd", "/var/lib/containers", "/var/lib/docker"];
    let mount = mounted(holding, |mount| mount.is(&["/var", "/var/lib"]) || mount.is_in(&folders))?;
    let trail = mount.trail(format!("the engine's data in `{}` is mounted", mount.written)).from(mount);
    let next = if mount.writable {
        "it changes programs and settings of other containers"
    } else {
        "it reads files and secrets of other containers"
    };
    trail.step(next, []).by_root(holding)
}

pub(super) fn home(holding: &Holding) -> Option<Trail> {
    let is_home = |mount: &HostMount| mount.is(&["/home", "~", "~/.ssh"]) || host_paths::is_home(&mount.path);
    let mount = writable(holding, is_home)?;
    let trail = mount.trail(format!("it can write to `{}`", mount.written));
    let trail =
        trail.step("it adds a key to the user's `authorized_keys`, or a command to a shell's start file", []);
    Some(if holding.is_hosts_root() {
        trail
    } else {
        trail.only_if("its user has the number of the owner, or is root")
    })
}

pub(super) fn credentials(holding: &Holding) -> Option<Trail> {
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
    let trail = mount.trail(format!("`{}` is mounted", mount.written));
    let trail = trail.step("it uses the credentials in it", []);
    Some(if holding.is_hosts_root() { trail } else { trail.only_if("its user may read them") })
}
