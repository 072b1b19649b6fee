//! `hullguard practices --write`: first drafts of what practices need outside of Dockerfiles and Compose files.
//!
//! Nothing is overwritten. Whether a draft fits a host only its owner can tell, so each comes with what to look at before it
//! is used.

use std::path::Path;

use anyhow::Result;
use clap::ValueEnum;

use crate::cli::{CLEAN, init, print};

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum Draft {
    /// daemon.json: user namespaces, no new privileges, rotated logs
    Daemon,
    /// docker-audit.rules: auditd watches Docker's files
    Audit,
    /// seccomp.json: records the system calls of a program
    Seccomp,
    /// A workflow that scans an image before it is pushed
    Scan,
    /// A workflow that signs a pushed image with cosign
    Sign,
    /// Notes on an engine without root
    Rootless,
    /// Notes on user namespaces
    Userns,
}

impl Draft {
    /// Where it is written, its text, and what to do before it is used.
    fn parts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Daemon => (
                "daemon.json",
                include_str!("drafts/daemon.json"),
                "It belongs in /etc/docker/. With `userns-remap` the engine does not see the images and volumes that \
                 it has now. `live-restore` does not work with Swarm. `icc: false` separates containers of the \
                 default bridge only. Restart the engine on a test machine first.",
            ),
            Self::Audit => (
                "docker-audit.rules",
                include_str!("drafts/docker-audit.rules"),
                "It belongs in /etc/audit/rules.d/. Remove the lines of files that the host does not have, then run \
                 `augenrules --load`.",
            ),
            Self::Seccomp => (
                "seccomp.json",
                include_str!("drafts/seccomp.json"),
                "It forbids nothing: it only writes every system call to the host's audit log. Run the program with \
                 it in a test, then remove from Docker's default profile what the program never called.",
            ),
            Self::Scan => (
                ".github/workflows/scan-images.yml",
                include_str!("drafts/scan-images.yml"),
                "Replace the name of the image, and pin the scanner by its digest.",
            ),
            Self::Sign => (
                ".github/workflows/sign-images.yml",
                include_str!("drafts/sign-images.yml"),
                "Replace the name of the image, and COMMIT by the commit of a release of the action.",
            ),
            Self::Rootless => (
                "rootless-docker.md",
                include_str!("drafts/rootless-docker.md"),
                "The commands are those of Docker's documentation for a systemd host.",
            ),
            Self::Userns => (
                "user-namespaces.md",
                include_str!("drafts/user-namespaces.md"),
                "The commands are those of Docker's documentation.",
            ),
        }
    }
}

/// Writes a draft below the current folder.
pub(super) fn write(draft: Draft) -> Result<u8> {
    let (name, text, advice) = draft.parts();
    init::create(Path::new("."), name, text)?;
    print(
        format!("written: {name}\nIt is a first draft and not tested on your machines. {advice}\n")
            .as_bytes(),
    )?;
    Ok(CLEAN)
}
