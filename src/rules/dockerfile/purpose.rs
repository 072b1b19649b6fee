//! What a stage is for, by its name: people ship applications, and name what is for themselves. What a file is for
//! says `crate::purpose`.

use crate::rule::Context;

/// Words in names of what only developers and pipelines run.
const FOR_DEVELOPERS: [&str; 33] = [
    "bench",
    "benchmark",
    "check",
    "checks",
    "ci",
    "cov",
    "coverage",
    "debug",
    "dev",
    "devcontainer",
    "devel",
    "develop",
    "development",
    "devenv",
    "docs",
    "e2e",
    "export",
    "fix",
    "format",
    "gen",
    "generate",
    "integration",
    "lint",
    "linter",
    "local",
    "publish",
    "release",
    "test",
    "tester",
    "testing",
    "tests",
    "update",
    "validate",
];
/// Words in names of stages that exist to be used by other stages.
const FOR_STAGES: [&str; 22] = [
    "assets",
    "base",
    "build",
    "builder",
    "builds",
    "common",
    "compile",
    "compiler",
    "dependencies",
    "deps",
    "download",
    "downloader",
    "fetch",
    "fetcher",
    "install",
    "installer",
    "intermediate",
    "prepare",
    "source",
    "sources",
    "src",
    "vendor",
];

/// The stage is a target by its nature.
pub(super) fn is_for_developers(name: &str) -> bool {
    has_word(name, &FOR_DEVELOPERS)
}

/// The stage exists to be used by others.
pub(super) fn is_for_stages(name: &str) -> bool {
    has_word(name, &FOR_STAGES) && !is_for_developers(name)
}

/// The image compiles for others instead of being run: `Dockerfile.build`, `builder/Dockerfile`.
pub(super) fn is_for_building(path: &str) -> bool {
    const WORDS: [&str; 3] = ["build", "builder", "builders"];
    let mut parts = path.rsplit('/');
    parts.next().is_some_and(|file| has_word(file, &WORDS))
        || parts.next().is_some_and(|folder| WORDS.contains(&&*folder.to_ascii_lowercase()))
}

/// The file describes a workplace or a step of a pipeline rather than something to run in production.
pub(super) fn is_workplace(cx: &Context, path: &str) -> bool {
    cx.purpose(path).is_internal() || is_for_building(path)
}

fn has_word(name: &str, words: &[&str]) -> bool {
    let parts = name.split(|c: char| !c.is_ascii_alphanumeric());
    parts.map(str::to_ascii_lowercase).any(|part| words.binary_search(&&*part).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names() {
        assert!(is_for_developers("unit-test") && is_for_developers("Dev"));
        assert!(!is_for_developers("device") && !is_for_developers("runtime"));
        assert!(is_for_stages("go_builder") && !is_for_stages("build-dev") && !is_for_stages("web"));
        assert!(is_for_building("x/Dockerfile.build") && is_for_building("builder/Dockerfile"));
        assert!(!is_for_building("api/Dockerfile") && !is_for_building("build-manager/Dockerfile"));
        assert!(FOR_DEVELOPERS.is_sorted() && FOR_STAGES.is_sorted());
    }
}
