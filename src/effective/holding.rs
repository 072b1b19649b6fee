//! What a container holds: the settings that count for a way out of it, each with its place, and the table of them.

use super::capabilities::{Capabilities, USUAL_COUNT};
use super::confined::{By, Confined};
use super::user::{User, Who};
use super::ways::Trail;
use super::{place, ways};
use crate::container::{At, ContainerSpec, Mount, Text};
use crate::daemon::Engine;
use crate::privilege::{Aspect, Held, Place, Weight};
use crate::rule::Context;
use crate::rules::runtime::neighbours::{self, MANY};
use crate::rules::runtime::{exposure, host_paths, security_options, settings};
use crate::text::Spot;

/// How many names a row of the table shows.
pub(super) const SHOWN: usize = 8;

#[derive(Debug)]
pub(super) struct Holding<'c, 'p> {
    pub(super) cx: &'c Context<'p>,
    pub(super) spec: &'c ContainerSpec,
    pub(super) user: User,
    /// Its root is somebody else on the host.
    pub(super) confined: Option<Confined>,
    /// The service whose network it has.
    pub(super) network_of: Option<(&'c ContainerSpec, At)>,
    pub(super) capabilities: Capabilities,
    /// `privileged: true`
    pub(super) privileged: Option<At>,
    /// What is written about `no-new-privileges`, the last word counts.
    pub(super) no_new_privileges: Option<(bool, At)>,
    /// The engine's settings, if they are here and the container's surface has an engine.
    pub(super) engine: Option<&'c Engine>,
    pub(super) seccomp_off: Option<At>,
    /// A profile is named, or none.
    seccomp_said: bool,
    /// AppArmor or SELinux is off.
    pub(super) lsm_off: Option<At>,
    /// `systempaths=unconfined`: `/proc/sys` can be written.
    pub(super) system_paths: Option<At>,
    pub(super) mounts: Vec<HostMount>,
}

/// A folder, file or socket of the host.
#[derive(Debug)]
pub(super) struct HostMount {
    /// As [`host_paths::normal`] makes it.
    pub(super) written: String,
    /// The same, with `/run` for `/var/run`.
    pub(super) path: String,
    /// Not `ro`, as far as is known.
    pub(super) writable: bool,
    pub(super) at: At,
    /// The service that it comes from by `volumes_from`.
    pub(super) lent: Option<(Box<str>, At)>,
}

impl HostMount {
    fn of((mount, written, at): (&Mount, String, At), lent: Option<(Box<str>, At)>) -> Self {
        let path = match written.strip_prefix("/var/run") {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("/run{rest}"),
            _ => written.clone(),
        };
        Self { written, path, writable: mount.read_only != Some(true), at, lent }
    }
    /// A way that begins with it.
    pub(super) fn trail(&self, text: impl Into<String>) -> Trail {
        match &self.lent {
            Some((name, at)) => {
                Trail::new(format!("it gets the mounts of `{name}`"), *at).step(text, [self.at])
            }
            None => Trail::new(text, self.at),
        }
    }
    /// It is the engine's socket, or a folder with it.
    pub(super) fn holds_socket(&self) -> bool {
        host_paths::reaches_engine(&self.path)
    }
    /// It is the system's own.
    pub(super) fn is_sensitive(&self) -> bool {
        self.is(&["/"]) || host_paths::sensitive(&self.path).is_some()
    }
    /// It is one of these paths.
    pub(super) fn is(&self, paths: &[&str]) -> bool {
        paths.contains(&&*self.path)
    }
    /// It is one of these paths or lies below one.
    pub(super) fn is_in(&self, folders: &[&str]) -> bool {
        folders.iter().any(|folder| host_paths::is_in(&self.path, folder))
    }
}

impl<'c, 'p> Holding<'c, 'p> {
    pub(super) fn of(cx: &'c Context<'p>, spec: &'c ContainerSpec) -> Self {
        let privileged = spec.privileged.filter(|setting| setting.value == Some(true)).map(|s| s.at);
        let mut holding = Self {
            cx,
            spec,
            user: User::of(cx, spec),
            confined: Confined::of(cx, spec),
            network_of: spec.network_mode.as_ref().and_then(|mode| neighbours::joined(cx, mode)),
            capabilities: Capabilities::of(spec),
            privileged,
            no_new_privileges: None,
            engine: settings::engine(cx, spec),
            seccomp_off: privileged,
            seccomp_said: privileged.is_some(),
            lsm_off: privileged,
            system_paths: privileged,
            mounts: Vec::new(),
        };
        for option in security_options::known(spec) {
            let at = Some(option.text.at);
            if let Some(on) = option.no_new_privileges() {
                holding.no_new_privileges = Some((on, option.text.at));
            } else if option.name.eq_ignore_ascii_case("seccomp") {
                holding.seccomp_said = true;
                holding.seccomp_off = at.filter(|_| option.is("seccomp", "unconfined"));
            } else if option.is("apparmor", "unconfined") || option.is("label", "disable") {
                holding.lsm_off = at;
            } else if option.is("systempaths", "unconfined") {
                holding.system_paths = at;
            }
        }
        holding.mounts.extend(host_paths::mounted(spec).map(|mount| HostMount::of(mount, None)));
        holding.mounts.extend(lent(cx, spec));
        holding
    }

    /// Its user cannot become another one.
    pub(super) fn stays_itself(&self) -> bool {
        match self.no_new_privileges {
            Some((on, _)) => on,
            None => self.engine.is_some_and(|engine| engine.no_new_privileges.is_some()),
        }
    }
    /// It runs as root from the start, and that is the host's root, or a rootless engine's user.
    pub(super) fn is_hosts_root(&self) -> bool {
        let is_other = self.confined.as_ref().is_some_and(|confined| confined.by != By::Rootless);
        self.user.who == Who::Root && !is_other
    }
    /// Where the container shares a namespace with the host.
    pub(super) fn of_host(setting: Option<&Text>) -> Option<At> {
        setting.filter(|text| text.is("host")).map(|text| text.at)
    }
    pub(super) fn host_network(&self) -> Option<At> {
        let joined =
            self.network_of.filter(|(other, _)| Self::of_host(other.network_mode.as_ref()).is_some());
        Self::of_host(self.spec.network_mode.as_ref()).or(joined.map(|(_, at)| at))
    }
    pub(super) fn host_pid(&self) -> Option<At> {
        Self::of_host(self.spec.pid.as_ref())
    }
    pub(super) fn place(&self, at: At) -> Place {
        place(self.cx, at)
    }

    /// The table, in the order of [`Aspect`].
    pub(super) fn rows(&self) -> Vec<Held> {
        let mut rows = vec![self.user_row()];
        rows.extend(self.users_row());
        rows.extend([self.capability_row(), self.no_new_privileges_row(), self.seccomp_row()]);
        rows.push(self.switch(Aspect::Lsm, self.lsm_off));
        rows.push(self.root_row());
        rows.extend(self.namespace_row());
        rows.extend(self.mount_rows());
        rows.extend(self.spec.devices.iter().map(|device| {
            let access = device.permissions.as_ref().and_then(Text::value);
            let access = access.map_or(String::new(), |access| format!(" ({access})"));
            self.more(Aspect::Devices, format!("{}{access}", device.source.raw), &[device.at])
        }));
        rows.extend(
            self.spec
                .device_cgroup_rules
                .iter()
                .map(|rule| self.more(Aspect::Devices, format!("rule {}", rule.raw), &[rule.at])),
        );
        rows.extend(self.engine().into_iter().map(|(what, at)| self.more(Aspect::Engine, what, &[at])));
        rows.extend(self.port_row());
        rows.extend(self.reach_row());
        rows
    }

    fn row(&self, aspect: Aspect, what: impl Into<String>, weight: Weight, at: &[At]) -> Held {
        let places = at.iter().map(|at| self.place(*at)).collect();
        Held { aspect, what: what.into(), weight, places }
    }
    fn more(&self, aspect: Aspect, what: impl Into<String>, at: &[At]) -> Held {
        self.row(aspect, what, Weight::More, at)
    }

    fn user_row(&self) -> Held {
        let weight = match self.user.who {
            Who::Other => Weight::Less,
            _ => Weight::Usual,
        };
        let groups = self.spec.group_add.iter().map(|group| format!(", group {}", group.raw));
        let what = self.user.what.clone() + &groups.collect::<String>();
        let places = self.user.places.iter().map(ways::place).collect();
        Held { aspect: Aspect::User, what, weight, places }
    }

    /// Only where it is not the host's.
    fn users_row(&self) -> Option<Held> {
        let confined = self.confined.as_ref()?;
        Some(by_engine(Aspect::Users, confined.what(), Weight::Less, &confined.spot))
    }

    fn capability_row(&self) -> Held {
        let held = &self.capabilities;
        let dropped = self.spec.cap_drop.iter().map(|text| text.at);
        let mut at: Vec<At> = held.more().map(|(_, at)| at).chain(dropped).collect();
        at.sort_unstable();
        at.dedup();
        let more: Vec<&str> = held.more().map(|(name, _)| name).collect();
        let (mut what, weight) = match (held.usual(), more.is_empty()) {
            _ if held.is_all() => ("all".to_owned(), Weight::More),
            (0, true) => ("none".to_owned(), Weight::Less),
            (USUAL_COUNT, true) => (format!("Docker's {USUAL_COUNT}"), Weight::Usual),
            (USUAL_COUNT, false) => {
                (format!("Docker's {USUAL_COUNT}, and {}", some(more.iter())), Weight::More)
            }
            (_, true) => (some(held.names()), Weight::Less),
            (_, false) => (some(held.names()), Weight::More),
        };
        if held.unsure {
            what.push_str(", and others that are not known");
        }
        if self.user.who == Who::Other && !held.is_all() {
            what.push_str(" (for root only)");
        }
        self.row(Aspect::Capabilities, what, weight, &at)
    }

    fn no_new_privileges_row(&self) -> Held {
        match self.no_new_privileges {
            Some((true, at)) => self.row(Aspect::NewPrivileges, "not allowed", Weight::Less, &[at]),
            Some((false, at)) => self.row(Aspect::NewPrivileges, "allowed", Weight::Usual, &[at]),
            None => match self.engine.and_then(|engine| engine.no_new_privileges.as_ref()) {
                Some(spot) => {
                    by_engine(Aspect::NewPrivileges, "not allowed, by the engine", Weight::Less, spot)
                }
                None => self.row(Aspect::NewPrivileges, "allowed", Weight::Usual, &[]),
            },
        }
    }

    fn seccomp_row(&self) -> Held {
        match self.engine.and_then(|engine| engine.seccomp_off.as_ref()).filter(|_| !self.seccomp_said) {
            Some(spot) => by_engine(Aspect::Seccomp, "off, by the engine", Weight::More, spot),
            None => self.switch(Aspect::Seccomp, self.seccomp_off),
        }
    }

    fn switch(&self, aspect: Aspect, off: Option<At>) -> Held {
        match off {
            Some(at) => self.more(aspect, "off", &[at]),
            None => self.row(aspect, "as the host has it", Weight::Usual, &[]),
        }
    }

    fn root_row(&self) -> Held {
        match self.spec.read_only.filter(|setting| setting.value == Some(true)) {
            Some(setting) => self.row(Aspect::Root, "read-only", Weight::Less, &[setting.at]),
            None => self.row(Aspect::Root, "writable", Weight::Usual, &[]),
        }
    }

    /// The namespaces that the container shares with the host.
    pub(super) fn namespaces(&self) -> impl Iterator<Item = (&'static str, At)> {
        let spec = self.spec;
        let all = [
            ("network", &spec.network_mode),
            ("processes", &spec.pid),
            ("IPC", &spec.ipc),
            ("names", &spec.uts),
            ("users", &spec.userns_mode),
            ("cgroups", &spec.cgroup),
        ];
        all.into_iter().filter_map(|(name, text)| Some((name, Self::of_host(text.as_ref())?)))
    }

    fn namespace_row(&self) -> Option<Held> {
        let (names, at): (Vec<&str>, Vec<At>) = self.namespaces().unzip();
        (!names.is_empty()).then(|| self.more(Aspect::Namespaces, names.join(", "), &at))
    }

    fn mount_rows(&self) -> impl Iterator<Item = Held> {
        self.mounts.iter().map(|mount| {
            let access = if mount.writable { "" } else { " (read-only)" };
            let weight = if mount.is_sensitive() { Weight::More } else { Weight::Usual };
            self.row(Aspect::Mounts, format!("{}{access}", mount.written), weight, &[mount.at])
        })
    }

    /// The ways to the container engine, as a table shows them.
    pub(super) fn engine(&self) -> Vec<(String, At)> {
        let mut ways = Vec::new();
        for mount in &self.mounts {
            if mount.holds_socket() {
                ways.push((format!("its socket, by `{}`", mount.written), mount.at));
            }
        }
        if let Some(api) = self.spec.use_api_socket.filter(|setting| setting.value == Some(true)) {
            ways.push(("its socket, by `use_api_socket`".to_owned(), api.at));
        }
        if let Some(address) = settings::engine_address(self.spec) {
            ways.push((format!("its API, at `{}`", address.value().unwrap_or_default()), address.at));
        }
        ways
    }

    fn port_row(&self) -> Option<Held> {
        let open = |port: &&crate::container::Port| exposure::on_all_interfaces(self.cx, self.spec, port);
        let ports: Vec<_> = self.spec.ports.iter().filter(open).collect();
        let names = ports.iter().map(|port| match port.published.as_ref().or(port.target.as_ref()) {
            Some(number) => number.text.raw.to_string(),
            None => "?".to_owned(),
        });
        let names: Vec<String> = names.collect();
        let at: Vec<At> = ports.iter().map(|port| port.at).collect();
        (!ports.is_empty()).then(|| {
            self.row(Aspect::Ports, format!("{} on all interfaces", some(&names)), Weight::Usual, &at)
        })
    }

    fn reach_row(&self) -> Option<Held> {
        if self.host_network().is_some() {
            return Some(self.row(Aspect::Reaches, "all that the host reaches", Weight::More, &[]));
        }
        if self.cx.project.containers.len() > MANY {
            let what = format!("not worked out: the project has more than {MANY} services");
            return Some(self.row(Aspect::Reaches, what, Weight::Usual, &[]));
        }
        if self.spec.network_mode.as_ref().is_some_and(|mode| mode.is("bridge")) {
            let spot = self.engine?.bridge_closed.as_ref()?;
            return Some(by_engine(Aspect::Reaches, "no other container, by `icc`", Weight::Less, spot));
        }
        let others = self.cx.project.containers.iter().filter(|other| other.name != self.spec.name);
        let near = others.filter(|other| neighbours::shared(self.spec, other).is_some());
        let names: Vec<&str> = near.map(|other| &*other.name).collect();
        (!names.is_empty()).then(|| self.row(Aspect::Reaches, some(&names), Weight::Usual, &[]))
    }
}

/// A row that rests on the engine's settings.
fn by_engine(aspect: Aspect, what: &str, weight: Weight, spot: &Spot) -> Held {
    Held { aspect, what: what.to_owned(), weight, places: vec![ways::place(spot)] }
}

/// What it gets by `volumes_from`, from other services of the project.
fn lent(cx: &Context, spec: &ContainerSpec) -> Vec<HostMount> {
    let mut mounts = Vec::new();
    for from in &spec.volumes_from {
        let Some(other) = from.value().and_then(|name| neighbours::lender(cx, name)) else { continue };
        let all = host_paths::mounted(other);
        mounts.extend(all.map(|mount| HostMount::of(mount, Some((other.name.clone(), from.at)))));
    }
    mounts
}

/// A list of names, cut where it gets long.
fn some<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    let names: Vec<S> = names.into_iter().collect();
    let shown: Vec<&str> = names.iter().take(SHOWN).map(AsRef::as_ref).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
