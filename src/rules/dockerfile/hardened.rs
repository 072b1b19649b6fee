//! Hardened images: which have neither a shell nor a package manager, and which of them are for building.
//!
//! Sources, of November 2026: docs.docker.com/dhi ("dev and sdk variants", migration checklist), edu.chainguard.dev
//! ("Understanding Chainguard's Container Variants"), the README of GoogleContainerTools/distroless, and
//! learn.microsoft.com on chiseled images of .NET.

use super::paths;
use crate::dockerfile::{Base, Dockerfile, Instruction, Kind, Transfer};
use crate::image::{self, ImageRef};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variant {
    /// For running an application: no shell, no package manager.
    Runtime,
    /// For building, or for looking for faults: it has a shell.
    Build,
}

/// Images of Chainguard and of Docker Hardened Images whose runtime variants are known to have no shell.
const RUNTIMES: [&str; 8] = ["glibc-dynamic", "jre", "nginx", "node", "python", "ruby", "static", "temurin"];

/// The kind of a hardened image, by its name and tag; `None` for other images, and where it is not known.
pub(super) fn variant(image: &ImageRef) -> Option<Variant> {
    let tag = image.tag.unwrap_or("latest");
    let has = |mark: &str| tag.split('-').any(|part| part == mark);
    let owner = image.repository.split('/').next().unwrap_or_default();
    match (image.host(), owner) {
        ("gcr.io", "distroless") if has("debug") => Some(Variant::Build),
        ("gcr.io", "distroless") => Some(Variant::Runtime),
        ("cgr.dev", _) | ("docker.io", "chainguard") if has("dev") => Some(Variant::Build),
        ("dhi.io", _) if has("dev") || has("sdk") => Some(Variant::Build),
        ("cgr.dev" | "docker.io", "chainguard") | ("dhi.io", _)
            if RUNTIMES.contains(&image.name()) && !has("compat") && !has("debug") =>
        {
            Some(Variant::Runtime)
        }
        ("mcr.microsoft.com", "dotnet") if has("chiseled") => Some(Variant::Runtime),
        _ => None,
    }
}

/// The hardened image that a stage is built on.
pub(super) fn base<'f>(file: &'f Dockerfile<'_>, stage: usize) -> Option<(&'f str, Variant)> {
    match file.root_base(stage) {
        Base::Image(text) => Some((text, variant(&image::parse(text).ok()?)?)),
        _ => None,
    }
}

/// The name of what a stage is built on, if it has no shell where an instruction is reached, and nothing before it may
/// have brought one.
pub(super) fn without_shell<'f>(file: &'f Dockerfile<'_>, stage: usize, before: usize) -> Option<&'f str> {
    let name = match (file.root_base(stage), base(file, stage)) {
        (Base::Scratch, _) => "scratch",
        (_, Some((name, Variant::Runtime))) => name,
        _ => return None,
    };
    let stages = file.ancestry(stage).flat_map(|stage| file.stage_instructions(stage));
    let mut earlier = stages.filter(|other| other.index < before);
    (!earlier.any(|other| may_bring_shell(file, other))).then_some(name)
}

fn may_bring_shell(file: &Dockerfile, instruction: &Instruction) -> bool {
    match &instruction.kind {
        Kind::Copy(transfer) => brings(file, instruction, transfer),
        Kind::Add(transfer) => {
            // An archive may hold a whole system.
            let archive = |word: &crate::dockerfile::Word| word.text.contains(".t") || word.has_variable();
            transfer.sources.iter().any(archive) || brings(file, instruction, transfer)
        }
        Kind::Run(_) | Kind::Shell(_) | Kind::Onbuild(_) => true,
        _ => false,
    }
}

/// Something is copied to the root, to a folder of programs, or by the name of a shell.
fn brings(file: &Dockerfile, instruction: &Instruction, transfer: &Transfer) -> bool {
    let target = file.expand(&transfer.destination, instruction);
    let Some(target) = target.text().map(|target| paths::resolve(file, instruction, target)) else {
        return true;
    };
    let folder =
        ["/bin", "/sbin", "/usr", "/busybox", "?", "$"].iter().any(|start| target.starts_with(start));
    let shell =
        |text: &str| ["busybox", "/bin", "/sh", "bash", "rootfs", "$"].iter().any(|mark| text.contains(mark));
    matches!(&*target, "/" | "") || folder || transfer.sources.iter().any(|source| shell(&source.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_told_by_names_and_tags() {
        for (text, expected) in [
            ("gcr.io/distroless/static-debian12", Some(Variant::Runtime)),
            ("gcr.io/distroless/base:debug-nonroot", Some(Variant::Build)),
            ("cgr.dev/chainguard/python:latest-dev", Some(Variant::Build)),
            ("cgr.dev/chainguard/python", Some(Variant::Runtime)),
            ("cgr.dev/chainguard/wolfi-base", None),
            ("dhi.io/node:24-debian13-dev", Some(Variant::Build)),
            ("dhi.io/node:24-debian13", Some(Variant::Runtime)),
            ("mcr.microsoft.com/dotnet/aspnet:8.0-jammy-chiseled", Some(Variant::Runtime)),
            ("node:24-dev", None),
        ] {
            assert_eq!(variant(&image::parse(text).expect(text)), expected, "{text}");
        }
    }
}
