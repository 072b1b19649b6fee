//! Ways through capabilities, devices and settings of the kernel.

use super::super::holding::Holding;
use super::{OLD_KERNEL, Trail, is_true};
use crate::container::{At, Device, Text};
use crate::rules::runtime::{device_rules, host_paths};

fn added(holding: &Holding, name: &str) -> Option<At> {
    let at = holding.capabilities.given(name)?;
    let is_one_of_all = holding.capabilities.is_all();
    (holding.privileged.is_none() && (!is_one_of_all || name == "SYS_MODULE")).then_some(at)
}

pub(super) fn privileged(holding: &Holding) -> Option<Trail> {
    let trail = Trail::new("`privileged` gives it every capability and every device", holding.privileged?);
    trail.step("it mounts the host's disk and writes to it", []).by_root(holding)
}

pub(super) fn disk(holding: &Holding) -> Option<Trail> {
    let writes = |device: &&Device| {
        let access = device.permissions.as_ref().and_then(Text::value).unwrap_or("rwm");
        device.source.value().is_some_and(host_paths::is_disk) && access.contains('w')
    };
    let device = holding.spec.devices.iter().find(writes)?;
    let trail = Trail::new("a disk of the host is among its devices", device.at);
    trail.step("it writes to the file system on it", []).by_root(holding)
}

pub(super) fn device_rule(holding: &Holding) -> Option<Trail> {
    let writes = |rule: &&Text| {
        device_rules::opened(rule).is_some_and(|opened| opened.what.has_disks() && opened.writes)
    };
    let rule = holding.spec.device_cgroup_rules.iter().find(writes)?;
    if !holding.capabilities.has("MKNOD") {
        return None;
    }
    let trail = Trail::new("`device_cgroup_rules` let it use the host's disks", rule.at);
    trail
        .step("it makes a device file of a disk and writes to it", holding.capabilities.given("MKNOD"))
        .by_root(holding)
}

pub(super) fn module(holding: &Holding) -> Option<Trail> {
    let trail = Trail::new("it has the capability SYS_MODULE", added(holding, "SYS_MODULE")?);
    trail.step("it loads a module of its own into the host's kernel", []).by_root(holding)
}

pub(super) fn process_memory(holding: &Holding) -> Option<Trail> {
    let trail = Trail::new("it has the capability SYS_PTRACE", added(holding, "SYS_PTRACE")?);
    let trail = trail.step("it sees the host's processes", [holding.host_pid()?]);
    let trail = trail.step("it writes code into one that is root", []);
    Some(trail.by_root(holding)?.past_lsm(holding))
}

pub(super) fn memory(holding: &Holding) -> Option<Trail> {
    let trail = Trail::new("it has the capability SYS_RAWIO", added(holding, "SYS_RAWIO")?);
    let memory = |device: &&Device| {
        device.source.value().is_some_and(|path| ["/dev/mem", "/dev/kmem", "/dev/port"].contains(&path))
    };
    let device = holding.spec.devices.iter().find(memory)?;
    let trail = trail.step("the machine's memory is among its devices", [device.at]);
    let trail = trail.step("it writes to the kernel's memory", []).by_root(holding)?;
    Some(trail.only_if("the host's kernel was built without STRICT_DEVMEM"))
}

pub(super) fn administration(holding: &Holding) -> Option<Trail> {
    let trail = Trail::new("it has the capability SYS_ADMIN", added(holding, "SYS_ADMIN")?);
    let trail = trail.step(
        "it mounts a file system of the kernel and sets a program there, which the kernel runs as root",
        [],
    );
    Some(trail.by_root(holding)?.past_lsm(holding))
}

pub(super) fn system_paths(holding: &Holding) -> Option<Trail> {
    let at = holding.system_paths.filter(|_| holding.privileged.is_none())?;
    let trail = Trail::new("`systempaths=unconfined` lets it write to `/proc/sys`", at);
    let trail = trail.step(
        "it sets `core_pattern` to a program, which the kernel runs as root when a process crashes",
        [],
    );
    Some(trail.by_root(holding)?.past_lsm(holding))
}

/// Without both, a process makes itself a namespace in which it may mount control groups.
pub(super) fn unconfined(holding: &Holding) -> Option<Trail> {
    let (seccomp, lsm) = (holding.seccomp_off?, holding.lsm_off?);
    if holding.privileged.is_some() {
        return None;
    }
    let trail = Trail::new("no seccomp profile keeps it from making user namespaces", seccomp)
        .step("neither AppArmor nor SELinux keeps it from mounting control groups there", [lsm])
        .step("it sets `release_agent` to a program, which the kernel runs as root", []);
    Some(trail.only_if(OLD_KERNEL).with_old_control_groups())
}

pub(super) fn hook(holding: &Holding) -> Option<Trail> {
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

pub(super) fn file_handles(holding: &Holding) -> Option<Trail> {
    let trail = Trail::new("it has the capability DAC_READ_SEARCH", added(holding, "DAC_READ_SEARCH")?);
    trail.step("it opens any file of the host's disk by its handle", []).by_root(holding)
}

pub(super) fn host_network(holding: &Holding) -> Option<Trail> {
    let trail = Trail::new("it shares the host's network", holding.host_network()?);
    let trail = trail.step("it has the capability NET_ADMIN", [added(holding, "NET_ADMIN")?]);
    trail.step("it changes the host's addresses, routes and firewall", []).by_root(holding)
}

pub(super) fn other_kernel(holding: &Holding) -> Option<Trail> {
    let trail = Trail::new("it has the capability SYS_BOOT", added(holding, "SYS_BOOT")?);
    trail.step("it starts a kernel of its own instead of the host's", []).by_root(holding)
}

/// Programs of BPF that trace, which need both capabilities.
pub(super) fn programs(holding: &Holding) -> Option<Trail> {
    let trail = Trail::new("it has the capability BPF", added(holding, "BPF")?);
    let trail = trail.step("it has the capability PERFMON", [added(holding, "PERFMON")?]);
    trail
        .step("it runs programs in the host's kernel that change the memory of any process", [])
        .by_root(holding)
}

pub(super) fn host_ipc(holding: &Holding) -> Option<Trail> {
    let trail = Trail::new("it shares the host's IPC", Holding::of_host(holding.spec.ipc.as_ref())?);
    trail.step("it reads and changes shared memory of the host's programs", []).by_root(holding)
}
