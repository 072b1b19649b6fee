//! Networks that a container joins and ports that it publishes.

use super::{At, Text};

/// A network that a container joins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NetworkRef {
    pub name: Text,
    pub aliases: Vec<Text>,
    pub at: At,
}

/// A published port, from short or long syntax.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Port {
    /// Without brackets. `None`: not written, so all interfaces.
    pub host_ip: Option<Text>,
    /// On the host. `None`: not written, so any free port.
    pub published: Option<Ports>,
    /// In the container.
    pub target: Option<Ports>,
    /// `tcp` if not written.
    pub protocol: Option<Text>,
    /// `host` or `ingress`.
    pub mode: Option<Text>,
    /// Written as a mapping.
    pub long: bool,
    /// It reads neither as a port nor as an unknown.
    pub invalid: bool,
    /// The list item.
    pub at: At,
}

/// One port or a range of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ports {
    pub text: Text,
    /// First and last; `None` if not known.
    pub range: Option<(u16, u16)>,
}
