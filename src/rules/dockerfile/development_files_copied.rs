use std::collections::HashSet;

use super::contexts::{self, Source};
use super::shipping::in_image;
use super::{listing, purpose};
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::project::Sent;
use crate::rule::Context;

/// Files and folders at the top of an application that only people and pipelines use.
const NOT_FOR_USE: [&str; 36] = [
    ".circleci",
    ".devcontainer",
    ".editorconfig",
    ".eslintrc.js",
    ".eslintrc.json",
    ".github",
    ".gitlab-ci.yml",
    ".husky",
    ".idea",
    ".mypy_cache",
    ".nyc_output",
    ".pre-commit-config.yaml",
    ".prettierrc",
    ".pytest_cache",
    ".travis.yml",
    ".vscode",
    "CONTRIBUTING.md",
    "Jenkinsfile",
    "__pycache__",
    "__tests__",
    "cypress",
    "docker-compose.yaml",
    "docker-compose.yml",
    "e2e",
    "jest.config.js",
    "jest.config.ts",
    "node_modules",
    "phpunit.xml",
    "playwright.config.ts",
    "pytest.ini",
    "spec",
    "test",
    "tests",
    "tox.ini",
    "venv",
    "vitest.config.ts",
];

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    if purpose::is_workplace(cx, file.source.path()) {
        return;
    }
    let contexts = contexts::of(cx, file);
    let mut seen = HashSet::new();
    for source in contexts::sources(file) {
        let is_for_use = |stage: usize| {
            file.stage_name(stage)
                .is_none_or(|name| !purpose::is_for_developers(name) && !purpose::is_for_stages(name))
        };
        if source.has_wildcard()
            || !in_image(file, source.instruction)
            || !source.instruction.stage.is_some_and(is_for_use)
            // Each folder is looked at once.
            || !seen.insert(source.path.clone())
        {
            continue;
        }
        let names = contexts.iter().map(|sent| sent_names(sent, &source)).find(|names| names.len() > 1);
        let Some(names) = names else { continue };
        let (names, _) = listing::list(names.into_iter(), "", "");
        let message = format!(
            "this copies {names} into the image, which does not need them; add them to `.dockerignore`"
        );
        out.at(file.source, source.word.span, message);
    }
}

/// What lies directly in the source, is sent, and is for nobody who uses the image.
fn sent_names<'c>(sent: &'c Sent, source: &Source) -> Vec<&'c str> {
    let Some(files) = &sent.files else { return Vec::new() };
    let folder = if source.path == "." { String::new() } else { format!("{}/", source.path) };
    let mut found: Vec<&str> = Vec::new();
    for path in files.below(&folder) {
        let name = path[folder.len()..].split('/').next().unwrap_or_default();
        let is_new = found.last() != Some(&name) && NOT_FOR_USE.contains(&name);
        if is_new && sent.sends(path) == Some(true) {
            found.push(name);
        }
    }
    found
}
