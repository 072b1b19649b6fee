//! What a file is for, as its path says: production, development, tests, samples, or somebody else's code.
//!
//! This is the one place that has the words. Rules and the search for secrets ask it, so that `tests/compose.yaml` is
//! a test for all of them. Only names are read here: whether a file is a template, or is written by a tool, is asked
//! elsewhere.
//!
//! A name is cut into words at everything that is no letter or digit, and where a small letter meets a capital:
//! `e2e-tests`, `integrationTest` and `__tests__` have the word, `latest`, `contest` and `devices` do not.
//!
//! - A *folder* counts by its whole name or by its last word, which in English says what the thing is: `e2e-tests/`
//!   holds tests, and `dev-portal/` is a portal. A word like `data` or `app` may follow: `test-data/`, `example-app/`.
//! - In the name of a *file* every word counts, because such names are qualified with words (`compose.dev-ssh.yaml`,
//!   `docker-compose-test-parallel.yml`), unless the words name a program: `Dockerfile.dev-portal`.

use crate::lengths::Lengths;

/// What a path says its file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Purpose {
    /// The path does not say. Most files that run in production do not.
    #[default]
    Unsaid,
    Production,
    /// A developer's machine or a step of a pipeline.
    Development,
    /// Tests and what they need.
    Test,
    /// Examples, demonstrations, documentation: for reading and trying out.
    Sample,
    /// Somebody else's code, copied into the repository.
    Vendored,
}

const PRODUCTION: [&str; 4] = ["live", "prod", "production", "release"];
const DEVELOPMENT: [&str; 17] = [
    "ci",
    "cicd",
    "debug",
    "dev",
    "devcontainer",
    "devel",
    "develop",
    "developer",
    "developers",
    "development",
    "devenv",
    "lint",
    "linter",
    "local",
    "localdev",
    "override",
    "sandbox",
];
const TEST: [&str; 38] = [
    "bench",
    "benchmark",
    "benchmarks",
    "cypress",
    "e2e",
    "expected",
    "fixture",
    "fixtures",
    "golden",
    "integration",
    "itest",
    "itests",
    "loadtest",
    "mock",
    "mocks",
    "playwright",
    "regress",
    "regression",
    "selftest",
    "smoke",
    "snapshots",
    "spec",
    "specs",
    "stub",
    "stubs",
    "test",
    "testbed",
    "testcase",
    "testcases",
    "testdata",
    "tester",
    "testing",
    "tests",
    "testsuite",
    "testsuites",
    "testutil",
    "unittest",
    "unittests",
];
const SAMPLE: [&str; 21] = [
    "demo",
    "demos",
    "doc",
    "docs",
    "documentation",
    "example",
    "examples",
    "labs",
    "playground",
    "playgrounds",
    "quickstart",
    "quickstarts",
    "sample",
    "samples",
    "showcase",
    "snippets",
    "tutorial",
    "tutorials",
    "walkthrough",
    "workshop",
    "workshops",
];
/// Whole names of folders.
const VENDORED: [&str; 14] = [
    ".yarn",
    "_vendor",
    "bower_components",
    "dist-packages",
    "godeps",
    "node_modules",
    "site-packages",
    "third-party",
    "third_party",
    "thirdparty",
    "vendor",
    "vendored",
    "vendored_components",
    "vendors",
];
/// Words that add nothing to the one before them: `test-data`, `dev-env`.
const EMPTY: [&str; 19] = [
    "app",
    "apps",
    "assets",
    "cases",
    "code",
    "config",
    "data",
    "env",
    "environment",
    "files",
    "harness",
    "helpers",
    "project",
    "projects",
    "resources",
    "setup",
    "suite",
    "support",
    "utils",
];
/// Words that make those before them a program's name: `dev-portal`, `test-runner`.
const PROGRAMS: [&str; 18] = [
    "center",
    "controller",
    "dashboard",
    "exporter",
    "gateway",
    "hub",
    "kit",
    "manager",
    "operator",
    "platform",
    "portal",
    "registry",
    "runner",
    "service",
    "services",
    "store",
    "tool",
    "tracker",
];

impl Purpose {
    /// What a path, with `/` between its parts and from the top of the repository, says; `!` leads into an archive.
    ///
    /// Somebody else's code stays theirs whatever it calls its files, and a sample of a production set-up is a sample.
    /// Between development and production the name nearest to the file decides, and within one name production.
    pub fn of(path: &str) -> Self {
        let mut parts = path.rsplit(['/', '!']);
        let file = parts.next().unwrap_or_default();
        let (mut test, mut sample, mut near) = (false, false, None);
        let folders = parts.filter(|part| !matches!(*part, "" | "." | ".."));
        for said in std::iter::once(of_file(file)).chain(folders.map(of_folder)) {
            match said {
                Self::Vendored => return said,
                Self::Test => test = true,
                Self::Sample => sample = true,
                Self::Development | Self::Production if near.is_none() => near = Some(said),
                _ => {}
            }
        }
        match (test, sample) {
            (true, _) => Self::Test,
            (_, true) => Self::Sample,
            _ => near.unwrap_or_default(),
        }
    }

    /// What is here runs for nobody but those who work on it, or not at all.
    pub fn is_internal(self) -> bool {
        !matches!(self, Self::Unsaid | Self::Production)
    }

    /// What is here is made up, or somebody else's: people write invented credentials there, and nobody runs it to
    /// serve others.
    pub fn is_made_up(self) -> bool {
        matches!(self, Self::Test | Self::Sample | Self::Vendored)
    }
}

fn of_file(name: &str) -> Purpose {
    let mut said = [false; 4];
    for segment in name.split('.') {
        let (mut here, mut is_program) = ([false; 4], false);
        each_word(segment, |word| {
            is_program = has(&PROGRAMS, word);
            if let Some(at) = strength(word) {
                here[at] = true;
            }
        });
        if !is_program {
            said.iter_mut().zip(here).for_each(|(said, here)| *said |= here);
        }
    }
    let strongest = said.iter().position(|&said| said);
    strongest.map_or(Purpose::Unsaid, |at| STRONGEST[at].0)
}

fn of_folder(name: &str) -> Purpose {
    if VENDORED.iter().any(|vendored| name.eq_ignore_ascii_case(vendored)) {
        return Purpose::Vendored;
    }
    let mut telling = Purpose::Unsaid;
    each_word(name, |word| {
        if !has(&EMPTY, word) {
            telling = strength(word).map_or(Purpose::Unsaid, |at| STRONGEST[at].0);
        }
    });
    telling
}

/// What words say; what comes first wins in the name of a file.
const STRONGEST: [(Purpose, &[&str]); 4] = [
    (Purpose::Test, &TEST),
    (Purpose::Sample, &SAMPLE),
    (Purpose::Production, &PRODUCTION),
    (Purpose::Development, &DEVELOPMENT),
];

/// Which of [`STRONGEST`] has the word.
fn strength(word: &str) -> Option<usize> {
    if !LENGTHS.may_have(word) {
        return None;
    }
    STRONGEST.iter().position(|(_, words)| has(words, word))
}

fn has(sorted: &[&str], word: &str) -> bool {
    sorted.binary_search(&word).is_ok()
}

static LENGTHS: Lengths = Lengths::of(&[&TEST, &SAMPLE, &PRODUCTION, &DEVELOPMENT]);

/// Shows the words of a name one after the other, in small letters. Every file of a run is asked for each of its folders,
/// so none is made anew that is written small.
fn each_word(name: &str, mut see: impl FnMut(&str)) {
    let (mut start, mut small) = (0, false);
    let ends = name.char_indices().map(|(at, c)| (at, Some(c))).chain([(name.len(), None)]);
    for (at, c) in ends {
        let (in_word, capital) = (c.is_some_and(char::is_alphanumeric), c.is_some_and(char::is_uppercase));
        if !in_word || small && capital {
            let word = &name[start..at];
            if word.bytes().any(|byte| !matches!(byte, b'a'..=b'z' | b'0'..=b'9')) {
                see(&word.to_lowercase());
            } else if !word.is_empty() {
                see(word);
            }
            start = at + if in_word { 0 } else { c.map_or(0, char::len_utf8) };
        }
        small = c.is_some_and(char::is_lowercase);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted() {
        for list in [&PRODUCTION[..], &DEVELOPMENT, &TEST, &SAMPLE, &VENDORED, &EMPTY, &PROGRAMS] {
            assert!(list.is_sorted(), "{list:?}");
        }
    }

    #[test]
    fn whole_words_count() {
        use Purpose::*;
        for (purpose, paths) in [
            (
                Development,
                "docker-compose.dev.yml Dockerfile.dev dev.Dockerfile compose.dev-ssh.yaml dev/compose.yaml \
                 .devcontainer/compose.yaml compose.override.yaml ci/Dockerfile deploy/api-dev/compose.yaml \
                 local-dev/compose.yml dev-env/compose.yml docker-compose_ci.yml .ci/Dockerfile \
                 prod/docker-compose.dev.yml",
            ),
            (
                Test,
                "compose.test.yaml tests/compose.yaml playwright/compose.yaml cypress/e2e/a.ts __tests__/a.js spec/a.rb fixtures/.env a/testdata/b.yml \
                 e2e-tests/compose.yaml integrationTest/compose.yml src/test/java/A.java My.Tests/a.cs \
                 api_test.go docker-compose-test-parallel.yml docker-compose.override.unit_tests_cicd.yml \
                 test-data/.env __mocks__/db.js tests/docker-compose.prod.yml examples/tests/compose.yml",
            ),
            (
                Sample,
                "examples/compose.yaml samples/a/compose.yml demo/Dockerfile playground/compose.yml \
                 labs/01/compose.yml docs/compose.yml .env.example example-app/compose.yml \
                 examples/production/compose.yml compose.demo.yaml",
            ),
            (
                Vendored,
                "vendor/a/compose.yml web/node_modules/x/Dockerfile third_party/x/tests/compose.yml \
                 third-party/a.yml Godeps/x/Dockerfile lib/site-packages/a.py",
            ),
            (
                Production,
                "docker-compose.prod.yml deploy/production/compose.yaml Dockerfile.release dev/compose.prod.yml \
                 compose.prod.override.yml",
            ),
            (
                Unsaid,
                "compose.yaml Dockerfile latest/compose.yml contest/Dockerfile attest/a.yml devices/compose.yml \
                 development-kit/compose.yml update-service/Dockerfile release-manager/Dockerfile \
                 dev-portal/Dockerfile DevPortal/Dockerfile Dockerfile.dev-portal test-runner.Dockerfile \
                 docs-portal/compose.yml vendor-portal/compose.yml protest/compose.yml inventory/compose.yml \
                 templates/compose.yml build/Dockerfile src/vendors.rs",
            ),
        ] {
            for path in paths.split_whitespace() {
                assert_eq!(Purpose::of(path), purpose, "{path}");
            }
        }
    }
}
