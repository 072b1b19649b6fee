//! What entries of `device_cgroup_rules` open: `c 188:* rw`, `b *:* rwm`.

use crate::container::Text;

/// Major numbers of disks: SCSI, IDE, virtio, NVMe, device mapper, MMC. Source: the kernel's `devices.txt` and the ranges
/// that it gives out.
const DISKS: [&str; 8] = ["3", "8", "22", "65", "179", "253", "254", "259"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Devices {
    All,
    AllDisks,
    Disks,
    AllCharacters,
    Memory,
}

impl Devices {
    pub fn has_disks(self) -> bool {
        matches!(self, Self::All | Self::AllDisks | Self::Disks)
    }
}

/// Devices that a rule lets a container read or write.
#[derive(Clone, Copy, Debug)]
pub struct Opened {
    pub what: Devices,
    pub writes: bool,
}

/// What a rule opens, if that is much. Containers may make device files by default, so that the rule alone decides.
pub fn opened(rule: &Text) -> Option<Opened> {
    let mut words = rule.value()?.split_whitespace();
    let (kind, numbers, access) = (words.next()?, words.next()?, words.next()?);
    let (major, minor) = numbers.split_once(':')?;
    if !access.contains(['r', 'w']) {
        return None;
    }
    let what = match (kind, major, minor) {
        ("a", "*", _) => Devices::All,
        ("b", "*", _) => Devices::AllDisks,
        ("b" | "a", disk, "*") if DISKS.contains(&disk) => Devices::Disks,
        ("c", "*", _) => Devices::AllCharacters,
        ("c", "1", "*" | "1") => Devices::Memory,
        _ => return None,
    };
    Some(Opened { what, writes: access.contains('w') })
}
