//! Which shell reads a script: by what names it, and for `sh` by what the base image has under that name.

use std::collections::BTreeSet;

use super::{Base, Dockerfile, Instruction, Kind, Origin, Reader, ShellText, Word};
use crate::image::{self, ImageRef};
use crate::shell::{Call, Manager, Script};
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

/// Words in the names of images whose `sh` is bash, without the numbers at their ends. They come first:
/// `oraclelinux:9-slim`.
const BASH: [&str; 24] = [
    "al",
    "almalinux",
    "amazonlinux",
    "amzn",
    "archlinux",
    "azurelinux",
    "bci",
    "centos",
    "fedora",
    "lambda",
    "leap",
    "mageia",
    "mariner",
    "openeuler",
    "opensuse",
    "oraclelinux",
    "photon",
    "rhel",
    "rocky",
    "rockylinux",
    "sles",
    "suse",
    "tumbleweed",
    "ubi",
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
/// Owners on Docker Hub whose images have the `sh` of their distribution.
const DISTRIBUTED: [&str; 6] = ["amd64", "arm32v7", "arm64v8", "i386", "library", "nvidia"];
const BUSYBOX: [&str; 3] = ["busybox", "chainguard", "wolfi"];
/// Official images that are built on Debian or Ubuntu where the tag does not say otherwise. Source: `library/` of
/// github.com/docker-library/official-images.
const OFFICIAL_DASH: [&str; 37] = [
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
            let instructions = file.stage_instructions(stage.index);
            let known = by_link(file, instructions).or(by_base.filter(|&dialect| dialect != Dialect::Sh));
            shells.push(known.or_else(|| by_packages(instructions)).unwrap_or(Dialect::Sh));
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
        let bare = |word: &'_ str| known.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit()));
        words.into_iter().any(bare)
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
    if of(&DASH) && is_distributed(&image) || OFFICIAL_DASH.contains(&official) {
        return Some(Dialect::Dash);
    }
    OFFICIAL_BUSYBOX.contains(&official).then_some(Dialect::Busybox)
}

/// Images of others that are built on Debian or Ubuntu often have bash as `sh`, or say so by SHELL; where people write
/// for bash, they do.
fn is_distributed(image: &ImageRef) -> bool {
    let owner = image.repository.split_once('/').map_or("library", |(owner, _)| owner);
    match image.host() {
        "docker.io" => DISTRIBUTED.contains(&owner),
        "nvcr.io" => image.name() == "cuda",
        "mcr.microsoft.com" => ["dotnet", "devcontainers", "vscode"].contains(&owner),
        _ => false,
    }
}

/// A command that puts another shell in the place of `sh`.
pub fn replaces_shell(call: &Call) -> bool {
    let operands = call.operands();
    let last = operands.last().map_or("", |word| &*word.text);
    call.is("ln") && operands.len() == 2 && matches!(last, "/bin/sh" | "/usr/bin/sh")
}

fn by_link(file: &Dockerfile, instructions: &[Instruction]) -> Option<Dialect> {
    let runs = instructions.iter().map(Instruction::inner);
    let runs = runs.filter(|run| file.source.slice(run.span).contains("/bin/sh"));
    let mut calls = runs.flat_map(Instruction::scripts).flat_map(Script::calls).filter(replaces_shell);
    let target = calls.next()?.operands().first().map(|word| last_part(&word.text));
    Some(if target == Some("bash") { Dialect::Bash } else { Dialect::Sh })
}

/// A package manager says which distribution it is, where that says which shell: apt does not, see above.
fn by_packages(instructions: &[Instruction]) -> Option<Dialect> {
    let scripts = instructions.iter().filter_map(|instruction| instruction.inner().script());
    scripts.flat_map(|script| &script.facts().packages).find_map(|call| match call.manager {
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
            ("ghcr.io/acme/runtime:bookworm", None),
            ("acme/runtime:ubuntu22.04", None),
            ("arm64v8/debian:12", Some(Dialect::Dash)),
            ("nvcr.io/nvidia/cuda:12.8.1-devel-ubuntu24.04", Some(Dialect::Dash)),
            ("nvcr.io/nvidia/tritonserver:24.01-py3", None),
            ("nvidia/cuda:12.4.1-devel-ubuntu22.04", Some(Dialect::Dash)),
            ("registry.access.redhat.com/ubi9/ubi-minimal", Some(Dialect::Bash)),
            ("oraclelinux:9-slim", Some(Dialect::Bash)),
            ("public.ecr.aws/lambda/python:3.12", Some(Dialect::Bash)),
            ("nvidia/cuda:13.0.1-base-amzn2023", Some(Dialect::Bash)),
            ("nvidia/cuda:12.8.1-devel-rockylinux9", Some(Dialect::Bash)),
            ("ghcr.io/oracle/oraclelinux8-compat:8-slim", Some(Dialect::Bash)),
            ("mcr.microsoft.com/dotnet/sdk:10.0-azurelinux3.0", Some(Dialect::Bash)),
            ("ghcr.io/acme/python", None),
            ("acme/node", None),
        ] {
            assert_eq!(by_name(image), dialect, "{image}");
        }
    }
}
