//! Podman's quadlets: `*.container`, `*.pod` and `*.kube`, units of systemd with a section `[Container]`, `[Pod]` or `[Kube]`,
//! and drop-ins of them.

use super::code::lines;
use super::fill::Filler;
use super::words::{at, piece, stated, text};
use super::{Found, command};
use crate::compose::short;
use crate::container::{Command, CommandForm, ContainerSpec, Gap, Key, Known, Surface, Text};
use crate::shell;
use crate::text::{Joined, Source, Span};

/// The container of a unit, or what its pod or a drop-in says of it.
pub(super) fn container(source: &Source) -> Option<Found> {
    let mut unit = Unit { source, filler: Filler::new(ContainerSpec::default()), head: None, section: "" };
    let mut open: Option<(Key, Joined)> = None;
    for (start, line) in lines(source.text()) {
        let is_comment = line.trim_start().starts_with(['#', ';']);
        // A comment in the middle of a value is none of it.
        if is_comment {
            continue;
        }
        let (part, goes_on) =
            line.trim_end().strip_suffix('\\').map_or((line.trim_end(), false), |part| (part, true));
        open = match open.take() {
            Some((key, mut joined)) => {
                joined.push(" ", start.saturating_sub(1));
                joined.push(part, start);
                Some((key, joined))
            }
            None => unit.line(start, part),
        };
        if !goes_on && let Some((key, value)) = open.take() {
            unit.set(&key, &value);
        }
    }
    if let Some((key, value)) = open {
        unit.set(&key, &value);
    }
    let is_whole = source.path().ends_with(".container");
    let mut spec = unit.filler.finish();
    spec.surface = Surface::Quadlet;
    spec.at = at(unit.head?);
    if !is_whole {
        spec.gaps.push(Gap { at: spec.at, why: "the rest of the container is elsewhere".into() });
    }
    Some(Found { spec, extent: Span::new(0, source.text().len()) })
}

struct Unit<'s> {
    source: &'s Source,
    filler: Filler,
    /// Where the section begins.
    head: Option<Span>,
    section: &'s str,
}

impl<'s> Unit<'s> {
    /// Reads a line: the head of a section, or a key with its value, which may go on.
    fn line(&mut self, start: usize, line: &'s str) -> Option<(Key, Joined<'s>)> {
        let content = line.trim_start();
        let from = start + line.len() - content.len();
        if content.starts_with('[') {
            self.section = content.trim_end();
            if self.is_ours() {
                self.head.get_or_insert(Span::new(from, from + self.section.len()));
            }
            return None;
        }
        let (name, value) = content.split_once('=')?;
        let name = name.trim_end();
        let value = value.trim_start();
        let (end, place) = (from + content.len(), Span::new(from, from + name.len()));
        let key = Key { name: name.into(), at: at(place), entry: Span::new(from, end) };
        Some((key, Joined::unbroken(value, end - value.len())))
    }

    /// The section is about a container, or about all those of a pod.
    fn is_ours(&self) -> bool {
        matches!(self.section, "[Container]" | "[Kube]" | "[Pod]")
    }

    fn set(&mut self, key: &Key, value: &Joined) {
        if self.section == "[Service]" && &*key.name == "Restart" && &*value.text == "no" {
            self.filler.spec.restart = Some(whole(value));
        }
        if !self.is_ours() {
            return;
        }
        let flag = stated(&key.name, key.at);
        match &*key.name {
            "Image" => self.filler.spec.image = Some(whole(value)),
            "Exec" => {
                let words = self.words(value);
                let place = at(value.span(0..value.text.len()));
                self.filler.spec.command = Some(Command { form: CommandForm::Words(words), at: place });
            }
            "PodmanArgs" => {
                let filler = std::mem::replace(&mut self.filler, Filler::new(ContainerSpec::default()));
                self.filler = command::flags_in(self.source, filler, value);
            }
            // A device that need not be there.
            "AddDevice" if value.text.starts_with('-') => {
                self.filler.set("devices", &flag, piece(value, 1..value.text.len()));
            }
            "ReadOnly" | "RunInit" => {
                let on = short::flag(&whole(value));
                self.filler.switch(if &*key.name == "ReadOnly" { "read_only" } else { "init" }, on);
            }
            "NoNewPrivileges" => self.option(&flag, value, "no-new-privileges:true"),
            "SecurityLabelDisable" => self.option(&flag, value, "label:disable"),
            "SeccompProfile" | "AppArmor" | "SecurityLabelType" => {
                let option = match &*key.name {
                    "AppArmor" => "apparmor=",
                    "SecurityLabelType" => "label=type:",
                    _ => "seccomp=",
                };
                let whole = whole(value);
                let option = stated(&format!("{option}{}", whole.raw), whole.at);
                let option = Text {
                    known: if whole.is_unknown() { Known::Unknown } else { Known::AsWritten },
                    ..option
                };
                self.filler.set("security_opt", &flag, option);
            }
            "Unmask" if value.text.eq_ignore_ascii_case("all") => {
                let option = stated("systempaths=unconfined", whole(value).at);
                self.filler.set("security_opt", &flag, option);
            }
            name => {
                let Some((_, to, many)) = KEYS.iter().find(|row| row.0 == name) else { return };
                if value.text.is_empty() {
                    return self.filler.clear(to);
                }
                let values = if *many { self.words(value) } else { vec![whole(value)] };
                for value in values {
                    self.filler.set(to, &flag, value);
                }
            }
        }
    }

    /// A switch that stands for an entry of `security_opt`.
    fn option(&mut self, flag: &Text, value: &Joined, option: &str) {
        let whole = whole(value);
        if short::flag(&whole).is_true() {
            self.filler.set("security_opt", flag, stated(option, whole.at));
        }
    }

    /// The value as words, in quotes or not.
    fn words(&self, value: &Joined) -> Vec<Text> {
        let script = shell::parse(value);
        let calls = script.calls();
        let words =
            calls.iter().flat_map(|call| call.assignments.iter().chain(call.wrappers).chain(call.words));
        let texts: Vec<Text> = words.map(|word| text(self.source, word)).collect();
        if texts.is_empty() { vec![whole(value)] } else { texts }
    }
}

/// The value as one text.
fn whole(value: &Joined) -> Text {
    piece(value, 0..value.text.len())
}

/// Keys of `[Container]`, the key of Compose that each is, and whether it takes several words.
const KEYS: [(&str, &str, bool); 32] = [
    ("AddCapability", "cap_add", true),
    ("AddDevice", "devices", false),
    ("AddHost", "extra_hosts", false),
    ("ContainerName", "container_name", false),
    ("DNS", "dns", false),
    ("DropCapability", "cap_drop", true),
    ("Entrypoint", "entrypoint", false),
    ("Environment", "environment", true),
    ("EnvironmentFile", "env_file", false),
    ("ExposeHostPort", "expose", false),
    ("GroupAdd", "group_add", false),
    ("HealthCmd", "health_cmd", false),
    ("HealthInterval", "health_interval", false),
    ("HealthRetries", "health_retries", false),
    ("HealthTimeout", "health_timeout", false),
    ("HostName", "hostname", false),
    ("Label", "labels", true),
    ("LogDriver", "log_driver", false),
    ("LogOpt", "log_opt", false),
    ("Memory", "mem_limit", false),
    ("Mount", "mount", false),
    ("Network", "network_mode", false),
    ("PidsLimit", "pids_limit", false),
    ("PublishPort", "ports", false),
    ("Secret", "secrets", false),
    ("ShmSize", "shm_size", false),
    ("Sysctl", "sysctls", true),
    ("Tmpfs", "tmpfs", false),
    ("Ulimit", "ulimits", false),
    ("User", "user", false),
    ("UserNS", "userns_mode", false),
    ("Volume", "volumes", false),
];
