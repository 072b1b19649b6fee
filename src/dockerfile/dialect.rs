//! Which shell reads a script: by what names it, and for `sh` by what the base image has under that name.

use std::collections::BTreeSet;

use super::{Base, Dockerfile, Instruction, Kind, Origin, Reader, ShellText, Word};
use crate::image;
use crate::shell::Manager;
use crate::text::last_part;

/// Shell code of which the language is known.
#[derive(Clone, Copy, Debug)]
pub struct ShellCode {
    /// The index of its instruction.
    at: usize,
    pub dialect: Dialect,
    /// The shell ends at the first command that fails: `sh -e`.
    pub ends_early: bool,
}

impl<'a> Dockerfile<'a> {
    /// All instructions that a shell of a known language runs, triggers included; none of a stage that is written for
    /// PowerShell.
    pub fn shell_code(&self) -> impl Iterator<Item = (&Instruction<'a>, ShellCode)> {
        let code = self.shell_code.get_or_init(|| shell_code(self));
        code.iter().map(|&code| (self.instructions[code.at].inner(), code))
    }

    /// The file sets the variable before the instruction, or somebody else may set it: the stage that an ONBUILD runs
    /// in, whoever starts the container.
    pub fn is_given(&self, at: &Instruction, name: &str) -> bool {
        if at.is_trigger || !matches!(at.kind, Kind::Run(_)) {
            return true;
        }
        let by_secret = at.mounts().iter().any(|mount| {
            mount.options.iter().any(|option| {
                option.key.text == "env" && option.value.as_ref().is_some_and(|value| value.text == name)
            })
        });
        by_secret || !matches!(self.lookup(name, at).origin, Origin::Undeclared { .. })
    }
}

fn shell_code(file: &Dockerfile) -> Vec<ShellCode> {
    let shells = Shells::of(file);
    let texts: Vec<(&Instruction, ShellText)> =
        file.all().filter_map(|at| Some((at, at.shell_text()?))).collect();
    // A base image that is not known may be one for Windows.
    let foreign: BTreeSet<Option<usize>> =
        texts.iter().filter(|(_, shell)| is_powershell(shell)).map(|(at, _)| at.stage).collect();
    let known = texts.iter().filter(|(at, _)| !foreign.contains(&at.stage));
    let code = |(at, shell): &(&Instruction, ShellText)| {
        let dialect = shells.dialect(file, at, shell.by)?;
        Some(ShellCode { at: at.index, dialect, ends_early: ends_early(file, at, shell) })
    };
    known.filter_map(code).collect()
}

/// The text is written for PowerShell, although no SHELL says so.
fn is_powershell(shell: &ShellText) -> bool {
    let text = &*shell.text.text;
    let is_cmdlet = || {
        let verb = text
            .trim_start()
            .split_once('-')
            .filter(|(verb, _)| verb.starts_with(|c: char| c.is_ascii_uppercase()));
        verb.is_some_and(|(verb, noun)| {
            verb.bytes().all(|b| b.is_ascii_alphabetic())
                && noun.starts_with(|c: char| c.is_ascii_uppercase())
        })
    };
    matches!(shell.by, Reader::InForce) && (text.contains("$env:") || is_cmdlet())
}

/// A shell that ShellCheck knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `sh` of an image of which nothing is known.
    Sh,
    /// `sh` of Debian, Ubuntu and what is built on them.
    Dash,
    /// `sh` of Alpine, Wolfi and BusyBox.
    Busybox,
    /// `bash`, and `sh` of Fedora, Red Hat, Amazon Linux, SUSE and Arch Linux.
    Bash,
    Ksh,
}

impl Dialect {
    /// The program in a first line `#!…`.
    pub fn program(self) -> &'static str {
        match self {
            Self::Sh => "/bin/sh",
            Self::Dash => "/bin/dash",
            Self::Busybox => "/bin/busybox sh",
            Self::Bash => "/bin/bash",
            Self::Ksh => "/bin/ksh",
        }
    }
}

/// Words in the names of images whose `sh` is bash. They come first: `oraclelinux:9-slim`.
const BASH: [&str; 31] = [
    "al2",
    "al2023",
    "almalinux",
    "amazonlinux",
    "amzn2",
    "amzn2023",
    "archlinux",
    "bci",
    "centos",
    "centos7",
    "fedora",
    "lambda",
    "leap",
    "mageia",
    "openeuler",
    "opensuse",
    "oraclelinux",
    "photon",
    "rhel",
    "rocky",
    "rockylinux",
    "rockylinux10",
    "rockylinux8",
    "rockylinux9",
    "sles",
    "suse",
    "tumbleweed",
    "ubi",
    "ubi10",
    "ubi8",
    "ubi9",
];
const DASH: [&str; 18] = [
    "bionic",
    "bookworm",
    "bullseye",
    "buster",
    "buildpack",
    "cuda",
    "debian",
    "devcontainers",
    "focal",
    "jammy",
    "jessie",
    "kali",
    "noble",
    "slim",
    "stretch",
    "trixie",
    "ubuntu",
    "xenial",
];
const BUSYBOX: [&str; 3] = ["busybox", "chainguard", "wolfi"];
/// Official images that are built on Debian or Ubuntu where the tag does not say otherwise. Source: `library/` of
/// github.com/docker-library/official-images.
const OFFICIAL_DASH: [&str; 38] = [
    "cassandra",
    "clojure",
    "dart",
    "drupal",
    "eclipse-temurin",
    "elixir",
    "erlang",
    "gcc",
    "golang",
    "gradle",
    "haskell",
    "httpd",
    "jruby",
    "julia",
    "mariadb",
    "maven",
    "memcached",
    "mongo",
    "neurodebian",
    "nginx",
    "node",
    "openresty",
    "perl",
    "php",
    "postgres",
    "pypy",
    "python",
    "r-base",
    "rabbitmq",
    "rails",
    "redis",
    "ros",
    "ruby",
    "rust",
    "solr",
    "swift",
    "tomcat",
    "wordpress",
];
const OFFICIAL_BUSYBOX: [&str; 6] = ["caddy", "composer", "docker", "registry", "traefik", "vault"];

/// What `sh` is in each stage of a file.
struct Shells(Vec<Dialect>);

impl Shells {
    fn of(file: &Dockerfile) -> Self {
        let mut shells: Vec<Dialect> = Vec::with_capacity(file.stages.len());
        for stage in &file.stages {
            let by_base = match &stage.base {
                Base::Stage(base) => shells.get(*base).copied(),
                Base::Image(image) => by_name(image),
                Base::Scratch | Base::Unknown => None,
            };
            let known = by_base.filter(|&dialect| dialect != Dialect::Sh);
            shells.push(
                known.or_else(|| by_packages(file.stage_instructions(stage.index))).unwrap_or(Dialect::Sh),
            );
        }
        Self(shells)
    }

    /// The dialect of a script; `None` if ShellCheck does not know it.
    fn dialect(&self, file: &Dockerfile, at: &Instruction, by: Reader) -> Option<Dialect> {
        let program = match by {
            Reader::InForce => file.shell_at(at).program,
            Reader::Array(words) => name(words),
            Reader::FirstLine(program) => program,
        };
        match program {
            "sh" => Some(at.stage.and_then(|stage| self.0.get(stage)).copied().unwrap_or(Dialect::Sh)),
            "bash" | "rbash" => Some(Dialect::Bash),
            "dash" => Some(Dialect::Dash),
            "ash" | "busybox" => Some(Dialect::Busybox),
            "ksh" | "ksh93" => Some(Dialect::Ksh),
            _ => None,
        }
    }
}

fn name<'w>(words: &'w [Word]) -> &'w str {
    let program = words.first().map_or("", |word| &*word.text);
    last_part(program)
}

/// Whether the shell is told to end at the first command that fails: `-e`, `-o errexit`.
fn ends_early(file: &Dockerfile, at: &Instruction, shell: &ShellText) -> bool {
    let words = match shell.by {
        Reader::InForce => file.shell_at(at).words(),
        Reader::Array(words) => words,
        Reader::FirstLine(_) => {
            let line = shell.text.text.lines().next().unwrap_or_default();
            return line.split_whitespace().any(|word| word.starts_with("-e"));
        }
    };
    let flags = words.iter().skip(1).take_while(|word| !word.text.contains(char::is_whitespace));
    let is_set = |flag: &str| {
        flag == "errexit"
            || flag.strip_prefix('-').is_some_and(|flag| !flag.starts_with('-') && flag.contains('e'))
    };
    flags.into_iter().any(|word| is_set(&word.text))
}

fn by_name(name: &str) -> Option<Dialect> {
    let image = image::parse(name).ok()?;
    let tag = image.tag.unwrap_or_default();
    let (repository, tag) = (image.repository.to_ascii_lowercase(), tag.to_ascii_lowercase());
    let of = |known: &[&str]| {
        let words = repository.split(['/', '-', '_', '.']).chain(tag.split(['-', '_', '.']));
        words.into_iter().any(|word| known.contains(&word))
    };
    if repository.contains("alpine")
        || tag.contains("alpine")
        || of(&BUSYBOX)
        || image.registry == Some("cgr.dev")
    {
        return Some(Dialect::Busybox);
    }
    if of(&BASH) {
        return Some(Dialect::Bash);
    }
    let official = repository.strip_prefix("library/").unwrap_or(&repository);
    if of(&DASH) || OFFICIAL_DASH.contains(&official) {
        return Some(Dialect::Dash);
    }
    OFFICIAL_BUSYBOX.contains(&official).then_some(Dialect::Busybox)
}

/// A package manager says which distribution it is.
fn by_packages(instructions: &[Instruction]) -> Option<Dialect> {
    let scripts = instructions.iter().filter_map(|instruction| instruction.inner().script());
    scripts.flat_map(|script| &script.facts().packages).find_map(|call| match call.manager {
        Manager::AptGet | Manager::Apt | Manager::Aptitude => Some(Dialect::Dash),
        Manager::Apk => Some(Dialect::Busybox),
        Manager::Dnf
        | Manager::Microdnf
        | Manager::Yum
        | Manager::Tdnf
        | Manager::Zypper
        | Manager::Pacman => Some(Dialect::Bash),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_say_what_their_shell_is() {
        for (image, dialect) in [
            ("alpine:3.20", Some(Dialect::Busybox)),
            ("node:22-alpine3.20", Some(Dialect::Busybox)),
            ("ghcr.io/acme/alpine-base", Some(Dialect::Busybox)),
            ("cgr.dev/chainguard/python:latest-dev", Some(Dialect::Busybox)),
            ("python:3.12", Some(Dialect::Dash)),
            ("docker.io/library/ruby", Some(Dialect::Dash)),
            ("ghcr.io/acme/runtime:bookworm", Some(Dialect::Dash)),
            ("nvidia/cuda:12.4.1-devel-ubuntu22.04", Some(Dialect::Dash)),
            ("registry.access.redhat.com/ubi9/ubi-minimal", Some(Dialect::Bash)),
            ("oraclelinux:9-slim", Some(Dialect::Bash)),
            ("public.ecr.aws/lambda/python:3.12", Some(Dialect::Bash)),
            ("nvidia/cuda:13.0.1-base-amzn2023", Some(Dialect::Bash)),
            ("nvidia/cuda:12.8.1-devel-rockylinux9", Some(Dialect::Bash)),
            ("ghcr.io/acme/python", None),
            ("acme/node", None),
        ] {
            assert_eq!(by_name(image), dialect, "{image}");
        }
    }
}
