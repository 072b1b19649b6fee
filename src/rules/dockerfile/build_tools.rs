//! Toolchains: images that are one, packages that are part of one, commands that build, and whether a stage starts
//! an application. Data and the questions that the rules on stages ask of it.

use super::{missing_user, purpose, root, starts};
use crate::dockerfile::{Base, Dockerfile, Instruction, Kind};
use crate::image;
use crate::rule::Context;
use crate::shell::{Action, Call, Package, PackageCall, PackageKind};
use crate::text::Span;

/// Images that are toolchains for programs which run without them. `node`, `python`, `ruby`, `php`, `elixir` are
/// runtimes, too. Source: hub pages. An entry that ends in `/` or `-` stands for all that begins so.
pub const TOOLCHAINS: [&str; 40] = [
    "buildpack-deps",
    "clojure",
    "clux/muslrust",
    "crystallang/crystal",
    "dart",
    "ekidd/rust-musl-builder",
    "emscripten/emsdk",
    "fpco/stack-build",
    "gcc",
    "gcr.io/bazel-public/bazel",
    "ghcr.io/graalvm/graalvm-community",
    "ghcr.io/graalvm/jdk-",
    "ghcr.io/graalvm/native-image-",
    "golang",
    "google/dart",
    "gradle",
    "haskell",
    "hseeberger/scala-sbt",
    "lukemathwalker/cargo-chef",
    "maven",
    "mcr.microsoft.com/dotnet/core/sdk",
    "mcr.microsoft.com/dotnet/nightly/sdk",
    "mcr.microsoft.com/dotnet/sdk",
    "mcr.microsoft.com/oss/go/",
    "mcr.microsoft.com/openjdk/jdk",
    "messense/rust-musl-cross",
    "microsoft/aspnetcore-build",
    "mozilla/sbt",
    "mozillasecurity/rust",
    "nimlang/nim",
    "nvcr.io/nvidia/cuda-",
    "quay.io/quarkus/ubi-quarkus-",
    "rust",
    "rustlang/rust",
    "sbtscala/scala-sbt",
    "silkeh/clang",
    "swift",
    "swiftlang/swift",
    "ziglang/zig",
    "public.ecr.aws/docker/library/golang",
];
/// Java's development kits; what is built in them runs in a JRE.
const JDKS: [&str; 6] = [
    "amazoncorretto",
    "azul/zulu-openjdk",
    "bellsoft/liberica-openjdk-",
    "eclipse-temurin",
    "openjdk",
    "sapmachine",
];

/// Package names that are compilers or bring one, whatever the distribution.
const COMPILERS: [&str; 36] = [
    "autoconf",
    "automake",
    "base-devel",
    "bison",
    "build-base",
    "build-essential",
    "cabal-install",
    "cargo",
    "clang",
    "cmake",
    "cpp",
    "flex",
    "g++",
    "gcc",
    "gcc-c++",
    "gfortran",
    "ghc",
    "go",
    "golang",
    "golang-go",
    "gradle",
    "libtool",
    "llvm",
    "llvm-dev",
    "make",
    "maven",
    "meson",
    "musl-dev",
    "nasm",
    "ninja",
    "ninja-build",
    "rust",
    "rustc",
    "rustup",
    "sbt",
    "yasm",
];
/// Those that alone are no sign of a build: `make` is a runner of tasks for many, `cpp` and `flex` come with others, Alpine's
/// `libtool` has a library of programs that load modules.
const WEAK: [&str; 8] = ["bison", "cpp", "flex", "go", "libtool", "make", "musl-dev", "rust"];

/// A package that only a build needs.
#[derive(Clone, Debug)]
pub(super) struct BuildPackage {
    pub(super) name: String,
    pub(super) span: Span,
}

/// The build packages that a stage installs and does not remove in the same RUN; empty if no compiler is among them.
pub(super) fn left_in(file: &Dockerfile, stage: usize) -> Vec<BuildPackage> {
    let mut found = Vec::new();
    let stages: Vec<usize> = file.ancestry(stage).collect();
    for instruction in stages.iter().rev().flat_map(|&stage| file.stage_instructions(stage)) {
        if matches!(instruction.kind, Kind::Run(_)) {
            found.extend(left_by(instruction));
        }
    }
    if !found.iter().any(|package| is_compiler(&package.name) && !WEAK.contains(&&*package.name)) {
        found.clear();
    }
    // Compilers first: they are what the finding is about.
    found.sort_by_key(|package| !is_compiler(&package.name) || WEAK.contains(&&*package.name));
    found
}

fn left_by(run: &Instruction) -> Vec<BuildPackage> {
    let calls: Vec<&PackageCall> = run.scripts().iter().flat_map(|script| &script.facts().packages).collect();
    let mut found = Vec::new();
    for (at, call) in calls.iter().enumerate() {
        if !call.manager.is_system() || !call.action.installs() {
            continue;
        }
        let later = &calls[at + 1..];
        let kept = call.packages.iter().filter(|package| is_build_package(package));
        let kept = kept.filter(|package| !later.iter().any(|later| removes(later, call, package)));
        found.extend(kept.map(|package| BuildPackage { name: package.name.to_string(), span: package.span }));
    }
    found
}

fn is_build_package(package: &Package) -> bool {
    match package.kind {
        PackageKind::Named => is_compiler(&package.name) || is_headers(&package.name),
        PackageKind::Group => package.text.to_ascii_lowercase().contains("development"),
        _ => false,
    }
}

/// `gcc`, `gcc-12`, `clang15`, `golang-1.22`
fn is_compiler(name: &str) -> bool {
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').trim_end_matches('-');
    COMPILERS.contains(&name)
        || COMPILERS.contains(&bare)
        || name.to_ascii_lowercase().contains("development tools")
}

fn is_headers(name: &str) -> bool {
    name.ends_with("-dev") || name.ends_with("-devel") || name.ends_with("-headers")
}

/// A later call takes the package away again, or takes away more than it names.
fn removes(later: &PackageCall, install: &PackageCall, package: &Package) -> bool {
    match later.action {
        Action::Autoremove => later.packages.is_empty() || named(later, install, package),
        Action::Remove => {
            later.from_input
                || later.has_flag('\0', "auto-remove")
                || later.has_flag('\0', "autoremove")
                || named(later, install, package)
        }
        _ => false,
    }
}

fn named(later: &PackageCall, install: &PackageCall, package: &Package) -> bool {
    // apk gives a set of packages a name to remove them by.
    let set = install.flag('t', "virtual").and_then(|flag| flag.value.as_deref());
    later.packages.iter().any(|removed| {
        matches!(removed.kind, PackageKind::Glob | PackageKind::Variable | PackageKind::Group)
            || removed.name == package.name
            || set.is_some_and(|set| set == &*removed.text)
    })
}

/// The stage takes in files of the project and starts a program that is neither a shell nor part of a toolchain, and
/// neither its name nor the file's says that it is a workplace.
pub(super) fn is_application(cx: &Context, file: &Dockerfile, stage: usize) -> bool {
    let programs: Vec<String> = starts::of(file, stage).flat_map(starts::programs).collect();
    !starts::of(file, stage).all(starts::nothing)
        && !programs.iter().any(|name| is_builder(name))
        && !file.stage_name(stage).is_some_and(purpose::is_for_developers)
        && !purpose::is_workplace(cx, file.source.path())
        && file
            .ancestry(stage)
            .flat_map(|stage| file.stage_instructions(stage))
            .any(|instruction| missing_user::takes_in(file, instruction))
}

/// Software that compiles while it runs, or in which people do.
const AT_RUN: [&str; 17] = [
    "cupy",
    "deepspeed",
    "flashinfer",
    "hipcc",
    "jax",
    "numba",
    "nvcc",
    "pytorch",
    "rocm",
    "sglang",
    "tensorflow",
    "theia",
    "torch",
    "torchvision",
    "triton",
    "vllm",
    "xformers",
];

/// The file names software that needs a compiler in the image that ships.
pub(super) fn compiles_at_run(file: &Dockerfile) -> bool {
    let mut words = file.source.text().split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| AT_RUN.iter().any(|known| known.eq_ignore_ascii_case(word)))
}

/// The programs that build, started by CMD in images which are tools: `cargo run`, `mvn spring-boot:run`.
fn is_builder(name: &str) -> bool {
    const BUILDERS: [&str; 25] = [
        "air",
        "bazel",
        "cabal",
        "cargo",
        "clang",
        "cmake",
        "dockerd",
        "dockerd-entrypoint.sh",
        "esy",
        "gcc",
        "go",
        "gradle",
        "gradlew",
        "javac",
        "lein",
        "make",
        "mvn",
        "mvnw",
        "ninja",
        "realize",
        "reflex",
        "rustc",
        "sbt",
        "stack",
        "swiftc",
    ];
    BUILDERS.contains(&name)
}

/// The image that a stage stands on, if it is a toolchain.
pub(super) fn toolchain<'f>(file: &'f Dockerfile, stage: usize) -> Option<&'f str> {
    let Base::Image(text) = file.root_base(stage) else { return None };
    let image = image::parse(text).ok()?;
    let name = image.familiar_name();
    let tag = image.tag.unwrap_or_default();
    // `swift:5.10-slim` has the runtime alone.
    let is_runtime = ["slim", "jre", "runtime"].iter().any(|mark| tag.contains(mark)) && name != "rust";
    let is_one = root::listed(&name, &TOOLCHAINS)
        || root::listed(&name, &JDKS)
        || name == "microsoft/dotnet" && tag.contains("sdk");
    (is_one && !is_runtime).then_some(text)
}

/// The first command of a stage that builds the project's own files.
pub(super) fn build_command(file: &Dockerfile, stage: usize) -> Option<Span> {
    let stages: Vec<usize> = file.ancestry(stage).collect();
    let runs = stages.iter().rev().flat_map(|&stage| file.stage_instructions(stage));
    runs.filter(|instruction| matches!(instruction.kind, Kind::Run(_)))
        .flat_map(crate::dockerfile::Instruction::scripts)
        .flat_map(crate::shell::Script::calls)
        .find(builds)
        .map(|call| call.span())
}

fn builds(call: &Call) -> bool {
    let has = |words: &[&str]| call.args().iter().any(|word| words.contains(&&*word.text));
    match call.name().unwrap_or_default() {
        // `go install example.com/tool@v1` fetches a tool.
        "go" => has(&["build", "install"]) && !call.args().iter().any(|word| word.text.contains('@')),
        "cargo" => has(&["build"]) || has(&["install"]) && has(&["--path"]),
        "mvn" | "mvnw" => has(&["package", "install", "verify"]),
        "gradle" | "gradlew" => {
            has(&["build", "assemble", "bootJar", "shadowJar", "installDist", "jar", "fatJar"])
        }
        "dotnet" => has(&["publish", "build"]),
        "swift" | "crystal" | "stack" | "cabal" | "bazel" => has(&["build", "install"]),
        "dart" => has(&["compile"]),
        "sbt" => has(&["assembly", "stage", "dist"]),
        "lein" => has(&["uberjar"]),
        "rustc" | "javac" | "gcc" | "g++" | "clang" | "native-image" => true,
        _ => false,
    }
}
