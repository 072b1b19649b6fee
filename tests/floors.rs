//! The floors of the house: a module knows those below it only. The table is that of `src/README.md`.

use std::fs;
use std::path::{Path, PathBuf};

const FLOORS: [&[&str]; 11] = [
    &["text", "blob", "gap", "date", "gitignore", "lengths", "purpose", "archive"],
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
        "hcl",
        "json",
        "pipeline",
        "project",
        "shape",
        "packed",
        "graph",
        "privilege",
        "surface",
    ],
    &["rule", "finding", "outcome", "place", "custom", "trust", "table"],
    &["secrets"],
    &["rules", "effective", "pragma", "shellcheck"],
    &["shown"],
    &["scan"],
    &["input", "history", "filter", "config", "baseline"],
    &["report", "fix"],
    &["github", "registry", "sweep"],
    &["main", "cli"],
];

/// The files of `src/secrets` in the order of a byte's way: facts, then what finds, then what judges, then the search. A
/// file knows those before it only.
const SECRETS: [&str; 39] = [
    // What bytes, names, values and files look like.
    "about",
    "random",
    "vocabulary",
    "programs",
    "checksum",
    "printed",
    "wide",
    "far",
    "fakes",
    "remarks",
    "cursor",
    "names",
    "values",
    "decode",
    "strength",
    // The table of kinds, and a hit.
    "kinds",
    "hit",
    // Matchers.
    "before",
    "below",
    "syntax",
    "rows",
    "jwt",
    "patterns",
    "provider",
    "structures",
    "headers",
    "cookies",
    "keys",
    "commands",
    "calls",
    "around",
    "assigned",
    // The gate, and what asks it about a value.
    "gate",
    "leads",
    "near",
    "within",
    // What is made of it all.
    "merit",
    "search",
    "custom",
];

/// Who says how far new lines reach knows what the matchers keep to, and nobody knows it.
const REACH: &str = "reach";

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

#[test]
fn secrets_know_only_what_comes_before_them() {
    let place = |name: &str| match name {
        REACH => Some(SECRETS.len()),
        _ => SECRETS.iter().position(|file| *file == name),
    };
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/secrets");
    let mut files = Vec::new();
    sources(&src, &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if name == "mod" {
            continue;
        }
        let Some(own) = place(&name) else {
            wrong.push(format!("give src/secrets/{name}.rs a place in tests/floors.rs"));
            continue;
        };
        let text = fs::read_to_string(&file).expect("a source can be read");
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for other in text.split("super::").skip(1).flat_map(named) {
            if place(&other).is_none_or(|other| other >= own) {
                wrong.push(format!(
                    "src/secrets/{name}.rs may not know `{other}`, which comes behind it or is no file"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What stands behind `super::`: one name, or the first of each path in braces.
fn named(rest: &str) -> Vec<String> {
    let word = |path: &str| {
        let path = path.trim_start();
        path[..path.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(path.len())].to_owned()
    };
    let Some(list) = rest.strip_prefix('{') else { return vec![word(rest)] };
    let (mut depth, mut paths) = (0, vec![String::new()]);
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => paths.push(String::new()),
            _ if depth == 0 => paths.last_mut().expect("there is one").push(c),
            _ => {}
        }
    }
    paths.iter().map(|path| word(path)).filter(|word| !word.is_empty()).collect()
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
