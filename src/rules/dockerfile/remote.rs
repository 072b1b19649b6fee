//! Ways in from outside: which servers people log in to, and which images are made for one.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::shipping::in_image;
use super::starts;
use crate::dockerfile::{Base, Command, Dockerfile, Instruction, Kind};
use crate::shell::{PackageKind, Script};
use crate::text::{Span, last_part};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Service {
    Ftp,
    Ssh,
    Telnet,
    Rdp,
    Vnc,
}

/// The ports that are assigned to them (IANA; 5800 and 5900 as VNC's servers have it).
pub(super) const PORTS: [(u16, Service, &str); 6] = [
    (21, Service::Ftp, "FTP"),
    (22, Service::Ssh, "SSH"),
    (23, Service::Telnet, "telnet"),
    (3389, Service::Rdp, "RDP"),
    (5800, Service::Vnc, "VNC"),
    (5900, Service::Vnc, "VNC"),
];

/// Packages of Debian, Alpine, Fedora and SUSE. Alpine's `openssh` is mostly there for its client.
const SHELLS: [&str; 8] = [
    "openssh-server",
    "openssh-server-pam",
    "dropbear",
    "dropbear-bin",
    "telnetd",
    "inetutils-telnetd",
    "telnet-server",
    "tinysshd",
];

/// Words in the names of folders, images and programs that say what a server is for. `ssh` and its like count within a
/// word, too.
fn words(service: Service) -> (&'static [&'static str], &'static [&'static str]) {
    match service {
        Service::Ftp => (&["ftp"], &["filezilla"]),
        Service::Ssh => (
            &["ssh", "sftp", "gitea", "gitolite", "gitlab", "gitserver", "forgejo", "jumphost"],
            &["agent", "bastion", "gerrit", "git", "gogs", "jump", "onedev", "rsync", "scp", "slave"],
        ),
        Service::Telnet => (&["telnet"], &["bbs", "mud"]),
        Service::Rdp => (&["rdp", "desktop"], &["gnome", "kde", "lxde", "mate", "xfce", "xfce4"]),
        Service::Vnc => (&["vnc", "desktop"], &["browser", "kasm", "selenium", "xvfb", "xfce", "xfce4"]),
    }
}

/// Software whose machines log in to each other, or that is tried on such a machine.
const CLUSTERS: [&str; 14] = [
    "alluxio", "ansible", "efa", "hadoop", "hdfs", "horovod", "mpi", "mpich", "mpirun", "openmpi", "pgpool",
    "repmgr", "slurm", "tachyon",
];

/// The file names a screen that is shown elsewhere, or a machine that has one.
fn has_screen(file: &Dockerfile) -> bool {
    let text = file.source.text().to_ascii_lowercase();
    ["vnc", "rdp", "jlesage/", "libvirt", "qemu", "kvm"].iter().any(|word| text.contains(word))
}

/// The file names such software, in a command, an address or a comment.
fn is_for_cluster(file: &Dockerfile) -> bool {
    let words = file.source.text().split(|c: char| !c.is_ascii_alphanumeric());
    let mut words = words.map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()));
    words.any(|word| CLUSTERS.iter().any(|known| known.eq_ignore_ascii_case(word)))
}

fn speaks_of(name: &str, service: Service) -> bool {
    let name = name.to_ascii_lowercase();
    let (parts, whole) = words(service);
    parts.iter().any(|part| name.contains(part))
        || name.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| whole.contains(&word))
}

/// What has been found of the images of a file, so that each stage is looked through once.
#[derive(Default)]
pub(super) struct Made {
    stages: HashMap<(usize, Service), bool>,
    is_for_cluster: OnceCell<bool>,
    has_screen: OnceCell<bool>,
}

impl Made {
    /// The image of a stage is made for that service.
    pub(super) fn is_for(&mut self, file: &Dockerfile, stage: usize, service: Service) -> bool {
        let by_text = || match service {
            Service::Ssh => *self.is_for_cluster.get_or_init(|| is_for_cluster(file)),
            // Nobody opens a screen to others by the way.
            Service::Vnc | Service::Rdp => *self.has_screen.get_or_init(|| has_screen(file)),
            Service::Ftp | Service::Telnet => false,
        };
        let is_one = || is_made_for(file, stage, service) || by_text();
        *self.stages.entry((stage, service)).or_insert_with(is_one)
    }
}

/// By the name of its folder, of its base, or of what it starts; or it installs a server for it, unless people mean that
/// for `docker exec`.
fn is_made_for(file: &Dockerfile, stage: usize, service: Service) -> bool {
    let path = file.source.path().rsplit('/').take(3).any(|part| speaks_of(part, service));
    let base = match file.root_base(stage) {
        Base::Image(text) => speaks_of(text, service),
        _ => false,
    };
    let starts = || {
        starts::of(file, stage)
            .flat_map(starts::programs)
            .any(|name| name != "sshd" && speaks_of(&name, service))
    };
    let installs = || {
        let instructions = file.ancestry(stage).flat_map(|stage| file.stage_instructions(stage));
        let packages = instructions.flat_map(Instruction::scripts).flat_map(|script| script.facts().kept());
        packages.filter(|(_, package)| package.kind == PackageKind::Named).any(|(_, package)| {
            speaks_of(&package.name, service)
                && !SHELLS.contains(&&*package.name)
                && !package.name.contains("client")
        })
    };
    // `COPY telnet.xinetd /etc/xinetd.d/telnet`
    let copies = || {
        let instructions = file.ancestry(stage).flat_map(|stage| file.stage_instructions(stage));
        let mut words = instructions.flat_map(|instruction| match &instruction.kind {
            Kind::Copy(transfer) | Kind::Add(transfer) => &transfer.sources[..],
            _ => &[],
        });
        words.any(|word| speaks_of(last_part(&word.text), service))
    };
    path || base
        || starts()
        || service != Service::Ssh && copies()
        || service != Service::Ssh && service != Service::Telnet && installs()
}

/// A server for logging in that the image installs or starts.
pub(super) struct LogIn {
    pub(super) stage: usize,
    pub(super) span: Span,
    /// The package, if it is installed.
    pub(super) package: Option<String>,
}

/// Where images that ship get a server for logging in, in the file's order.
pub(super) fn log_ins(file: &Dockerfile) -> Vec<LogIn> {
    let mut found = Vec::new();
    for instruction in file.instructions.iter().filter(|instruction| in_image(file, instruction)) {
        let Some(stage) = instruction.stage else { continue };
        match &instruction.kind {
            Kind::Run(_) => {
                for (_, package) in instruction.scripts().iter().flat_map(|script| script.facts().kept()) {
                    if SHELLS.contains(&&*package.name) {
                        found.push(LogIn {
                            stage,
                            span: package.span,
                            package: Some(package.name.to_string()),
                        });
                    }
                }
            }
            Kind::Cmd(command) | Kind::Entrypoint(command) => {
                let exec = match command {
                    Command::Exec { words, .. } => words.first(),
                    Command::Shell(_) => None,
                };
                let exec = exec.filter(|word| last_part(&word.text) == "sshd").map(|word| word.span);
                let calls = || instruction.scripts().iter().flat_map(Script::calls);
                let span = exec.or_else(|| calls().find(|call| call.is("sshd")).map(|call| call.name_span()));
                found.extend(span.map(|span| LogIn { stage, span, package: None }));
            }
            _ => {}
        }
    }
    found
}
