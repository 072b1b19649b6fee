//! Paths of the host: which are control sockets, which are the system's own. Paths are compared part by part.

use crate::container::{At, ContainerSpec, Mount, MountKind, Text};
use crate::text::last_part;

/// Sockets that command the container engine or the whole machine, with their usual folders left out.
const SOCKETS: [&str; 9] = [
    "docker.sock",
    "docker.raw.sock",
    "dockershim.sock",
    "containerd.sock",
    "containerd.sock.ttrpc",
    "crio.sock",
    "podman.sock",
    "cri-dockerd.sock",
    "buildkitd.sock",
];
/// Folders that hold such a socket, so that whoever has the folder has it, too.
const SOCKET_FOLDERS: [&str; 8] = [
    "/run",
    "/run/buildkit",
    "/run/containerd",
    "/run/crio",
    "/run/docker",
    "/run/docker/containerd",
    "/run/podman",
    "/run/user",
];
/// Whole folders of the system. What lies below is judged by [`BELOW`] only: `/etc/traefik` is a program's own.
const WHOLE: [&str; 24] = [
    "/etc",
    "/proc",
    "/sys",
    "/dev",
    "/boot",
    "/lib",
    "/lib32",
    "/lib64",
    "/usr",
    "/usr/bin",
    "/usr/sbin",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local",
    "/usr/local/bin",
    "/usr/local/sbin",
    "/bin",
    "/sbin",
    "/root",
    "/home",
    "/var",
    "/var/lib",
    "/var/log",
    "/var/spool",
];
/// Folders and files that are sensitive with all that lies below them.
const BELOW: [&str; 40] = [
    "/etc/passwd",
    "/etc/shadow",
    "/etc/gshadow",
    "/etc/sudoers",
    "/etc/sudoers.d",
    "/etc/pam.d",
    "/etc/ssh",
    "/etc/security",
    "/etc/cron.d",
    "/etc/cron.daily",
    "/etc/cron.hourly",
    "/etc/crontab",
    "/etc/systemd",
    "/etc/init.d",
    "/etc/docker",
    "/etc/kubernetes",
    "/etc/ld.so.preload",
    "/etc/ld.so.conf.d",
    "/etc/profile.d",
    "/boot",
    "/proc",
    "/sys/kernel",
    "/sys/firmware",
    "/dev/mem",
    "/dev/kmem",
    "/dev/port",
    "/dev/mapper",
    "/lib/systemd",
    "/usr/lib/systemd",
    "/root/.ssh",
    "/root/.docker",
    "/root/.kube",
    "/root/.aws",
    "/root/.gnupg",
    "/var/lib/docker",
    "/var/lib/containerd",
    "/var/lib/containers",
    "/var/lib/kubelet",
    "/run/systemd",
    "/var/spool/cron",
];
/// What lies in a user's home and opens doors elsewhere.
const HOME: [&str; 9] =
    [".ssh", ".aws", ".kube", ".docker", ".gnupg", ".azure", ".config/gcloud", ".netrc", ".git-credentials"];
/// Where a user's programs have their sockets, of some user.
const RUNTIME: &str = "/run/user/1000";
/// What containers commonly need of the system and can do no harm with: clock, names, certificates, devices.
const HARMLESS: [&str; 8] = [
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/loadavg",
    "/proc/uptime",
    "/proc/sys/kernel/random",
    "/sys/fs/cgroup",
    "/sys/class",
    "/sys/devices",
];

/// A path with `//`, `.` and `..` taken out, `$HOME` as `~` and a user's runtime folder as `/run/user/1000`; `None` if it is
/// not known from the root or from one of these.
pub fn normal(source: &Text) -> Option<String> {
    let path = match source.value() {
        Some(path) => path.to_owned(),
        None => users(&source.raw)?,
    };
    let path = path.replace('\\', "/");
    let path = path.trim();
    if let Some(drive) = drive(path) {
        return Some(drive);
    }
    let (root, rest) = match path.strip_prefix('~') {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => ("~", rest),
        _ => ("", path.strip_prefix('/').map(|_| path)?),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in rest.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let joined = parts.iter().fold(root.to_owned(), |path, part| path + "/" + part);
    Some(if joined.is_empty() { "/".to_owned() } else { joined })
}

/// What lies in a folder of the user, whose path no repository knows but whose meaning everybody does: `$HOME/…`,
/// `${XDG_RUNTIME_DIR}/…`, and how systemd and dev containers write them.
fn users(raw: &str) -> Option<String> {
    const FOLDERS: [(&str, &str); 8] = [
        ("${HOME}", "~"),
        ("$HOME", "~"),
        ("${localEnv_HOME}${localEnv_USERPROFILE}", "~"),
        ("${localEnv_HOME}", "~"),
        ("%h", "~"),
        ("${XDG_RUNTIME_DIR}", RUNTIME),
        ("$XDG_RUNTIME_DIR", RUNTIME),
        ("%t", RUNTIME),
    ];
    let (rest, folder) =
        FOLDERS.iter().find_map(|(written, folder)| Some((raw.strip_prefix(written)?, folder)))?;
    let is_whole = rest.is_empty() || rest.starts_with('/');
    (is_whole && !rest.contains(['$', '%'])).then(|| format!("{folder}{rest}"))
}

/// A Windows drive's root as `/`, what lies below it as it is.
fn drive(path: &str) -> Option<String> {
    let mut chars = path.chars();
    let is_drive = chars.next()?.is_ascii_alphabetic() && chars.next() == Some(':');
    let rest = chars.as_str();
    (is_drive && (rest.is_empty() || rest.starts_with('/')))
        .then(|| if rest.trim_matches('/').is_empty() { "/".to_owned() } else { path.to_owned() })
}

/// Whether `path` is `folder` or lies below it.
pub fn is_in(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The path is a socket that commands the engine.
pub fn is_control_socket(path: &str) -> bool {
    let name = last_part(path);
    SOCKETS.contains(&name)
        || is_in(path, "/run/systemd/private")
        || path.ends_with("/pipe/docker_engine")
        || path.ends_with("/podman/podman.sock")
}

/// The path is a folder with such a socket in it: `/run`, `/var/run`, `/run/podman`.
pub fn holds_control_socket(path: &str) -> bool {
    let path = path.strip_prefix("/var").filter(|rest| is_in(rest, "/run")).unwrap_or(path);
    SOCKET_FOLDERS.contains(&path)
}

/// The path is such a socket, or a folder with one.
pub fn reaches_engine(path: &str) -> bool {
    is_control_socket(path) || holds_control_socket(path)
}

/// The path is the socket of an engine that runs as a user, below that user's runtime folder.
pub fn is_of_rootless(path: &str) -> bool {
    let path = path.strip_prefix("/var").filter(|rest| is_in(rest, "/run")).unwrap_or(path);
    path.strip_prefix("/run/user/").is_some_and(|rest| rest.contains('/') && !rest.starts_with("0/"))
        && is_control_socket(path)
}

/// How bad it is to hand out a path of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sensitive {
    /// Reading it gives away what the machine knows.
    Read,
    /// Only writing it does harm.
    Write,
}

/// Whether a path is the system's own; control sockets and `/` are other rules' business.
pub fn sensitive(path: &str) -> Option<Sensitive> {
    if path == "/" || reaches_engine(path) || HARMLESS.iter().any(|folder| is_in(path, folder)) {
        return None;
    }
    if is_home(path) {
        return Some(Sensitive::Read);
    }
    if let Some(rest) = path.strip_prefix("~/") {
        return HOME.iter().any(|secret| is_in(rest, secret)).then_some(Sensitive::Read);
    }
    let rest = path.strip_prefix("/home/").and_then(|rest| rest.split_once('/'));
    if let Some((_, rest)) = rest {
        return HOME.iter().any(|secret| is_in(rest, secret)).then_some(Sensitive::Read);
    }
    // Logs and modules are mounted read-only by well-made collectors and VPNs; tools often bring the host's programs.
    let write_only =
        ["/var/log", "/lib", "/lib32", "/lib64", "/usr", "/bin", "/sbin", "/etc/passwd", "/etc/group"];
    let whole = WHOLE.contains(&path);
    if whole || BELOW.iter().any(|folder| is_in(path, folder)) || is_disk(path) {
        let harmless_to_read = write_only.iter().any(|folder| is_in(path, folder));
        return Some(if harmless_to_read { Sensitive::Write } else { Sensitive::Read });
    }
    None
}

/// A folder of the system itself, and not of one program.
pub fn is_system_folder(path: &str) -> bool {
    WHOLE.contains(&path)
}

/// The folder of the kubelet, or what lies in it.
pub fn is_of_kubelet(path: &str) -> bool {
    is_in(path, "/var/lib/kubelet")
}

/// A folder in which plugins of the kubelet register and are called.
pub fn is_for_plugins(path: &str) -> bool {
    const FOLDERS: [&str; 3] = ["device-plugins", "plugins", "plugins_registry"];
    let rest = path.strip_prefix("/var/lib/kubelet/");
    rest.is_some_and(|rest| FOLDERS.iter().any(|folder| is_in(rest, folder)))
}

/// All of somebody's home, keys included.
pub fn is_home(path: &str) -> bool {
    let below =
        |folder: &str| path.strip_prefix(folder).is_some_and(|name| !name.is_empty() && !name.contains('/'));
    path == "~" || below("/home/") || below("/Users/")
}

/// A disk of the host as a device file: `/dev/sda1`, `/dev/nvme0n1`.
pub fn is_disk(path: &str) -> bool {
    path.strip_prefix("/dev/").is_some_and(|name| {
        ["sd", "nvme", "vd", "xvd", "mmcblk", "disk/", "dm-"].iter().any(|kind| {
            name.strip_prefix(kind).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
        })
    })
}

/// The host paths that a container is given, with the mount and the path's place.
pub fn mounted(spec: &ContainerSpec) -> impl Iterator<Item = (&Mount, String, At)> {
    let binds = spec
        .mounts
        .iter()
        .filter(|mount| matches!(mount.kind, MountKind::Bind | MountKind::Npipe | MountKind::Unknown));
    binds.filter_map(|mount| {
        let source = mount.source.as_ref()?;
        Some((mount, normal(source)?, source.at))
    })
}

#[cfg(test)]
mod tests {
    use super::{Sensitive, holds_control_socket, is_control_socket, normal, sensitive};
    use crate::container::{At, Known, Text};

    fn text(raw: &str) -> Text {
        let known = if raw.contains(['$', '%']) { Known::Unknown } else { Known::AsWritten };
        Text { raw: raw.into(), known, at: At::default(), skip: None }
    }

    #[test]
    fn paths_are_made_normal() {
        for (raw, path) in [
            ("//var/run/docker.sock", Some("/var/run/docker.sock")),
            ("/var/run/../run/./x", Some("/var/run/x")),
            ("/", Some("/")),
            ("/..", Some("/")),
            ("C:\\", Some("/")),
            ("\\\\.\\pipe\\docker_engine", Some("/pipe/docker_engine")),
            ("$HOME/.ssh", Some("~/.ssh")),
            ("${localEnv_HOME}/.aws", Some("~/.aws")),
            ("%t/podman/podman.sock", Some("/run/user/1000/podman/podman.sock")),
            ("$XDG_RUNTIME_DIR/docker.sock", Some("/run/user/1000/docker.sock")),
            ("$HOMEPAGE/x", None),
            ("~", Some("~")),
            ("./data", None),
            ("data", None),
            ("${DATA}/x", None),
            ("~other/x", None),
        ] {
            assert_eq!(normal(&text(raw)).as_deref(), path, "{raw}");
        }
    }

    #[test]
    fn the_systems_own_is_told_from_what_programs_keep() {
        for path in [
            "/etc",
            "/proc",
            "/root",
            "/var/lib/docker/volumes",
            "/dev/sda1",
            "~/.ssh/id_rsa",
            "~",
            "/home/jo",
            "/Users/jo",
            "/etc/shadow",
        ] {
            assert_eq!(sensitive(path), Some(Sensitive::Read), "{path}");
        }
        for path in ["/lib/systemd", "/usr/bin", "/var/log", "/etc/passwd"] {
            assert_eq!(sensitive(path), Some(Sensitive::Write), "{path}");
        }
        for path in [
            "/etc/localtime",
            "/etc/traefik/acme.json",
            "/etc/ssl/certs",
            "/dev/dri",
            "/dev/net/tun",
            "/devdata",
            "/running",
            "/var/lib/grafana",
            "/usr/share/zoneinfo",
            "/sys/fs/cgroup",
            "/home/jo/site",
            "/srv",
            "/var/run/docker.sock",
        ] {
            assert_eq!(sensitive(path), None, "{path}");
        }
    }

    #[test]
    fn sockets_are_known_by_name() {
        assert!(is_control_socket("/run/user/1000/docker.sock"));
        assert!(is_control_socket("/pipe/docker_engine"));
        assert!(!is_control_socket("/var/run/mysqld/mysqld.sock"));
        for folder in ["/run", "/var/run", "/var/run/podman", "/run/docker/containerd"] {
            assert!(holds_control_socket(folder) && sensitive(folder).is_none(), "{folder}");
        }
        for folder in
            ["/run/mysqld", "/var/run/postgresql", "/run/user/1000/pulse", "/runner", "/var/runtime"]
        {
            assert!(!holds_control_socket(folder), "{folder}");
        }
    }
}
