//! The caches that a RUN mounts.

use super::paths;
use crate::dockerfile::{Dockerfile, Instruction, Mount, MountKind};

pub(super) struct Cache<'w> {
    pub(super) mount: Mount<'w>,
    /// As [`paths::resolve`] has it.
    pub(super) target: String,
}

/// Those whose targets are known.
pub(super) fn of<'w>(file: &Dockerfile, run: &'w Instruction) -> Vec<Cache<'w>> {
    let caches = run.mounts().into_iter().filter(|mount| mount.kind() == Some(MountKind::Cache));
    caches
        .filter_map(|mount| {
            let expanded = file.expand(mount.target()?, run);
            let target = paths::resolve(file, run, expanded.text()?);
            Some(Cache { mount, target })
        })
        .collect()
}
