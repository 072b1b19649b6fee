//! What a container is given of the host and of the project: mounts, devices, secrets, configs.

use super::{At, Setting, Text};

/// A mount, from short (`source:target:mode`) or long syntax.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mount {
    pub kind: MountKind,
    /// Host path, volume name or image; `None` for an anonymous volume.
    pub source: Option<Text>,
    pub target: Option<Text>,
    /// `ro`, `read_only: true`; `None` if it cannot be known.
    pub read_only: Option<bool>,
    /// Words of the short syntax's third part (`ro`, `z`, `cached`), as written.
    pub options: Vec<Text>,
    /// `shared`, `rslave` …
    pub propagation: Option<Text>,
    pub create_host_path: Option<Setting<bool>>,
    /// Written as a mapping (or `--mount`).
    pub long: bool,
    /// The list item.
    pub at: At,
}

impl Mount {
    /// A mount whose parts are written apart, without any yet.
    pub fn long(kind: MountKind, at: At) -> Self {
        Self {
            kind,
            source: None,
            target: None,
            read_only: Some(false),
            options: Vec::new(),
            propagation: None,
            create_host_path: None,
            long: true,
            at,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum MountKind {
    Bind,
    Volume,
    Tmpfs,
    /// Windows named pipe.
    Npipe,
    Cluster,
    Image,
    /// The source is a variable without a value: path or name.
    Unknown,
}

/// `devices:`, `--device`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Device {
    pub source: Text,
    pub target: Option<Text>,
    /// Some of `rwm`.
    pub permissions: Option<Text>,
    pub at: At,
}

/// A secret or a config that a container may read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Grant {
    pub source: Text,
    pub target: Option<Text>,
    pub mode: Option<Text>,
    pub uid: Option<Text>,
    pub gid: Option<Text>,
    pub at: At,
}
