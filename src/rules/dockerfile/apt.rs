//! What several rules ask of apt.

use crate::dockerfile::{Dockerfile, Instruction, MountKind};
use crate::shell::{Manager, PackageCall, PackageKind};

/// The file sets an option of apt for good somewhere, in `apt.conf.d` or in a variable of options: rules cannot tell
/// how far that reaches, so they say nothing.
pub(super) fn is_configured(file: &Dockerfile, option: &str) -> bool {
    file.source.text().to_ascii_lowercase().contains(option)
}

/// apt-get or apt; aptitude has other ways.
pub(super) fn is_apt(call: &PackageCall) -> bool {
    matches!(call.manager, Manager::AptGet | Manager::Apt)
}

/// Options may hide in a variable: `apt-get install $APT_OPTIONS curl`.
pub(super) fn may_have_hidden_flags(call: &PackageCall) -> bool {
    call.packages.iter().filter(|package| package.kind == PackageKind::Variable).any(|package| {
        let name = package.text.to_ascii_uppercase();
        ["OPT", "FLAG", "ARG", "APT_"].iter().any(|part| name.contains(part))
    })
}

/// The lists lie in a cache or tmpfs mount, not in the layer.
pub(super) fn lists_are_mounted(run: &Instruction) -> bool {
    run.mounts().iter().any(|mount| {
        matches!(mount.kind(), Some(MountKind::Cache | MountKind::Tmpfs))
            && mount.target().is_some_and(|target| {
                let target = target.text.trim_end_matches('/');
                matches!(target, "/var/lib/apt" | "/var/lib/apt/lists" | "/var/lib" | "/var")
            })
    })
}
