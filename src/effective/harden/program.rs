//! What is known of what a container's program needs: by the image as it comes, or by the Dockerfile that it is built
//! from. What is not known is guessed, and a guess is only a question.

use super::super::holding::Holding;
use super::super::user::Who;
use crate::container::{Command, CommandForm, ContainerSpec, Mount, MountKind, Text};
use crate::dockerfile::{Base, Dockerfile};
use crate::image;
use crate::rules::image::known;
use crate::rules::runtime::host_paths;
use crate::rules::runtime::image_needs::{self, Needs, Start};
use crate::rules::runtime::known_images;
use crate::text::last_part;

/// What a program needs.
#[derive(Debug, Default)]
pub(super) struct Program {
    /// As the row of a known image has it.
    pub(super) image: Option<&'static Needs>,
    /// All that it needs; if not [`Program::is_known`], what it seems to need.
    pub(super) capabilities: Vec<&'static str>,
    pub(super) is_known: bool,
    /// It starts where no program can gain privileges.
    pub(super) without_new_privileges: bool,
    /// Where it writes besides its volumes; `None` if not known.
    pub(super) writes: Option<Vec<&'static str>>,
}

/// Words in a Dockerfile or in a script that it starts which say that a program gains privileges, or has a capability
/// of its file.
const GAINS: [&str; 18] = [
    "chrome",
    "chromium",
    "doas",
    "dumpcap",
    "fixuid",
    "fping",
    "gosu",
    "iputils",
    "iputils-ping",
    "newuidmap",
    "nmap",
    "ping",
    "playwright",
    "puppeteer",
    "setcap",
    "su-exec",
    "sudo",
    "tcpdump",
];
const SHELLS: [&str; 6] = ["ash", "bash", "dash", "env", "sh", "zsh"];
/// Where programs read their settings and themselves.
const READ: [&str; 8] = ["/bin", "/dev", "/etc", "/lib", "/proc", "/run/secrets", "/sys", "/usr"];

impl Program {
    pub(super) fn of(holding: &Holding) -> Self {
        Self::of_image(holding).or_else(|| Self::built(holding)).unwrap_or_else(|| Self::guess(holding))
    }

    fn of_image(holding: &Holding) -> Option<Self> {
        let spec = holding.spec;
        if spec.build.is_some() || spec.entrypoint.as_ref().is_some_and(is_written) || !starts_image(spec) {
            return None;
        }
        let needs = image_needs::of(&known_images::of(spec)?)?;
        let is_tag_known = spec.image.as_ref().is_some_and(|image| image.value().is_some());
        if needs.depends_on_release() && !is_tag_known {
            return None;
        }
        let who = match (&spec.user, needs.start) {
            (None, Start::User) => Who::Other,
            (None, Start::Root | Start::Drops) => Who::Root,
            (Some(_), _) => holding.user.who,
        };
        let capabilities = match (who, needs.start) {
            (Who::Other, _) => needs.capabilities.as_ref().map(|_| needs.of_file.clone())?,
            // It is made for another user, and as root it may need more.
            (_, Start::User) => return None,
            _ => as_root(spec, needs)?,
        };
        // A `tmpfs` belongs to root.
        let is_as_made = who != Who::Other || needs.start == Start::User;
        let writes = needs.writes.as_ref().filter(|_| is_as_made && writes_as_usual(spec, needs));
        Some(Self {
            image: Some(needs),
            capabilities,
            is_known: true,
            without_new_privileges: needs.without_new_privileges,
            writes: writes.cloned(),
        })
    }

    /// What is built here and does not run as root holds no capability, so that dropping them takes nothing away.
    fn built(holding: &Holding) -> Option<Self> {
        let edge = holding.cx.project.build_of(holding.spec)?;
        let (file, stage) = (edge.dockerfile?, edge.stage?);
        if holding.user.who != Who::Other || gains(file) {
            return None;
        }
        let capabilities = match file.root_base(stage) {
            Base::Scratch => Vec::new(),
            Base::Image(base) => {
                let base = image::parse(base).ok()?;
                let name = base.familiar_name();
                let is_known = known::is_official(&name) || name.starts_with("gcr.io/distroless/");
                let needs = image_needs::of(&base);
                let of_file = || needs.map(|needs| needs.of_file.clone()).unwrap_or_default();
                let starts = needs.is_none_or(|needs| needs.without_new_privileges);
                (is_known && starts).then(of_file)?
            }
            Base::Unknown | Base::Stage(_) => return None,
        };
        Some(Self { capabilities, is_known: true, without_new_privileges: true, ..Self::default() })
    }

    fn guess(holding: &Holding) -> Self {
        let mut capabilities = Vec::new();
        if let Some(file) = holding.cx.project.build_of(holding.spec).and_then(|edge| edge.dockerfile) {
            let says =
                |words: &[&str]| mentions(file.source.text(), words) || mentions(&file.starts.text, words);
            if says(&["chown"]) {
                capabilities.extend(["CHOWN", "DAC_OVERRIDE"]);
            }
            if says(&["chroot", "gosu", "runuser", "setpriv", "su", "su-exec"]) {
                capabilities.extend(["SETGID", "SETUID"]);
            }
            if holding.user.who != Who::Other && low_port(holding.spec) {
                capabilities.push("NET_BIND_SERVICE");
            }
        }
        Self { capabilities, ..Self::default() }
    }
}

/// Everything that a known image needs that starts as root; `None` if not known.
fn as_root(spec: &ContainerSpec, needs: &Needs) -> Option<Vec<&'static str>> {
    let mut all = needs.capabilities.clone()?;
    if needs.ports.iter().any(|&port| port < 1024) || low_port(spec) {
        all.push("NET_BIND_SERVICE");
    }
    // Files of the host belong to somebody else, and only with this does root read and write them.
    if spec.mounts.iter().any(is_of_host) {
        all.push("DAC_OVERRIDE");
    }
    all.sort_unstable();
    all.dedup();
    Some(all)
}

/// A folder or file of the host that is not the system's own, which belongs to root.
fn is_of_host(mount: &Mount) -> bool {
    let source = mount.source.as_ref();
    let is_system = |path: &str| {
        let system = ["/etc", "/proc", "/run", "/sys", "/usr", "/var/lib/docker", "/var/run"];
        path == "/" || system.iter().any(|folder| host_paths::is_in(path, folder))
    };
    matches!(mount.kind, MountKind::Bind | MountKind::Unknown)
        && !source.and_then(host_paths::normal).is_some_and(|path| is_system(&path))
}

fn low_port(spec: &ContainerSpec) -> bool {
    let target = |port: &crate::container::Port| port.target.as_ref()?.range;
    spec.ports.iter().filter_map(target).any(|(first, _)| first < 1024)
}

fn is_written(command: &Command) -> bool {
    command.form != CommandForm::Image
}

/// The command is options of the image's program, or names a program and not a script of commands.
fn starts_image(spec: &ContainerSpec) -> bool {
    let Some(command) = spec.command.as_ref().filter(|command| is_written(command)) else { return true };
    let Some(first) = command.form.texts().first() else { return true };
    let word = first.value().and_then(|text| text.split_whitespace().next());
    word.is_some_and(|word| {
        word.starts_with('-') || !SHELLS.contains(&last_part(word)) && !word.contains('/') && !is_script(word)
    })
}

fn is_script(word: &str) -> bool {
    word.rsplit_once('.').is_some_and(|(_, end)| end == "sh")
}

/// Nothing that is set makes a known image write elsewhere.
fn writes_as_usual(spec: &ContainerSpec, needs: &Needs) -> bool {
    // Compose copies their contents into the container, which a read-only root filesystem refuses.
    let copied = !spec.configs.is_empty() || !spec.secrets.is_empty();
    if copied || !spec.hooks.is_empty() || spec.read_only.is_some() {
        return false;
    }
    let mounted: Vec<String> = targets(spec);
    let words: Vec<&Text> = spec.command.iter().flat_map(|command| command.form.texts()).collect();
    let values = spec.environment.iter().filter_map(|pair| pair.value.as_ref());
    let texts = values.chain(words.iter().copied()).map(|text| text.value().unwrap_or(&text.raw));
    let is_known = |path: &str| {
        let own = needs.volumes.iter().chain(needs.writes.iter().flatten()).copied();
        let mut all = own.chain(READ).chain(mounted.iter().map(String::as_str));
        all.any(|folder| host_paths::is_in(path, folder))
    };
    let paths = texts.flat_map(|text| text.split([':', ',', ' ', '=', ';', '"', '\'', '\n', '\t']));
    let mut paths = paths.filter(|path| path.len() > 1 && path.starts_with('/') && !path.starts_with("//"));
    let changed = |what: &&&str| {
        if what.starts_with('/') {
            return mounted.iter().any(|target| target.starts_with(**what));
        }
        let named = spec.environment.iter().any(|pair| pair.key.raw.starts_with(**what));
        named || !spec.env_files.is_empty() || words.iter().any(|word| word.raw.contains(**what))
    };
    paths.all(|path| is_known(run(path).as_ref())) && needs.unless.iter().find(changed).is_none()
}

/// What can be written although the root filesystem cannot.
pub(super) fn targets(spec: &ContainerSpec) -> Vec<String> {
    let mounts = spec.mounts.iter().filter_map(|mount| mount.target.as_ref()?.value());
    let tmpfs = spec.tmpfs.iter().filter_map(|text| text.value()?.split(':').next());
    mounts.chain(tmpfs).map(|path| run(path.trim_end_matches('/'))).collect()
}

/// `/run` for `/var/run`, which is a link to it.
fn run(path: &str) -> String {
    match path.strip_prefix("/var/run") {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("/run{rest}"),
        _ => path.to_owned(),
    }
}

fn gains(file: &Dockerfile) -> bool {
    mentions(file.source.text(), &GAINS)
        || mentions(&file.starts.text, &GAINS)
        || mentions(&file.starts.text, &["su"])
}

/// One of the words is in the text, as a word of its own.
fn mentions(text: &str, words: &[&str]) -> bool {
    let mut all = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    all.any(|word| words.contains(&word))
}
