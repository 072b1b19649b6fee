//! The floors of the house: a module knows those below it only. The table is that of `src/README.md`.

use std::fs;
use std::path::{Path, PathBuf};

const FLOORS: [&[&str]; 10] = [
    &["text", "blob", "gap", "date", "purpose", "archive"],
    &[
        "bake",
        "daemon",
        "dockerfile",
        "dockerignore",
        "shell",
        "yaml",
        "compose",
        "container",
        "image",
        "json",
        "pipeline",
        "project",
        "shape",
        "packed",
        "graph",
        "privilege",
        "surface",
    ],
    &["rule", "finding", "outcome", "place", "custom", "trust"],
    &["rules", "effective", "secrets", "pragma", "shellcheck"],
    &["shown"],
    &["scan"],
    &["input", "history", "filter", "config", "baseline"],
    &["report", "fix"],
    &["github", "registry", "sweep"],
    &["main", "cli"],
];

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|modules| modules.contains(&module))
}

pub(crate) fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("src can be read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

#[test]
fn dependencies_point_down() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&src).expect("it was found below src");
        let module = inside.iter().next().expect("a path has a part").to_string_lossy();
        let module = module.trim_end_matches(".rs");
        if module == "lib" {
            continue;
        }
        let Some(own) = floor(module) else {
            wrong
                .push(format!("{}: give the module `{module}` a floor in tests/floors.rs", inside.display()));
            continue;
        };
        let text = fs::read_to_string(&file).expect("a source can be read");
        // What tests need is their own affair.
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for (prefix, line) in text.lines().flat_map(|l| ["crate::", "hullguard::"].map(|p| (p, l))) {
            if line.trim_start().starts_with("//") {
                continue;
            }
            for (at, _) in line.match_indices(prefix) {
                let rest = &line[at + prefix.len()..];
                let names: Vec<&str> = match rest.strip_prefix('{') {
                    Some(list) => list
                        .split([',', '}'])
                        .map(|n| n.trim().split("::").next().unwrap_or_default())
                        .collect(),
                    None => vec![
                        rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default(),
                    ],
                };
                for name in names {
                    if let Some(other) = floor(name).filter(|&other| other > own) {
                        wrong.push(format!(
                            "{}: `{module}` is on floor {own} and may not know `{name}` on floor {other}",
                            inside.display()
                        ));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What waits for a network has one place, and the rest of the program waits for nothing.
#[test]
fn only_github_knows_its_client() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    let knows = |file: &PathBuf| {
        let text = fs::read_to_string(file).expect("a source can be read");
        ["octocrab::", "tokio::", ".await"].iter().any(|name| text.contains(name))
    };
    files.retain(|file| !file.starts_with(src.join("github")) && knows(file));
    assert!(files.is_empty(), "{files:?} know octocrab or tokio, which only src/github may");
}
