//! Paths as text: relative to the root of the run, with `/` between their parts. No file is touched.

use crate::text::last_part;
use std::collections::HashMap;

/// The directory of a file; empty for the root.
pub fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// `path` as seen from `directory`, without `.` and `..`. `None` if it is absolute, a home directory, a URL, or
/// leads out of the run.
pub fn resolve(directory: &str, path: &str) -> Option<String> {
    if path.starts_with(['/', '~', '\\']) || is_remote(path) || path.as_bytes().get(1) == Some(&b':') {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in directory.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// A git repository, an OCI artifact or a URL: compose-go's remote loaders take these.
pub fn is_remote(path: &str) -> bool {
    path.contains("://")
        || path.starts_with("git@")
        || path.starts_with("github.com/")
        || path.starts_with("oci:")
}

/// Compose's own names for a project's main file, first wins.
const MAIN_NAMES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
/// Names of the file that is merged onto the main file by itself, first wins.
const OVERRIDE_NAMES: [&str; 4] = [
    "compose.override.yaml",
    "compose.override.yml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
];

/// Whether Compose reads a file of this name without being told to.
pub fn is_project_file(name: &str) -> bool {
    MAIN_NAMES.contains(&name) || OVERRIDE_NAMES.contains(&name)
}

/// Whether Compose reads the file at this path as the main one without being told to.
pub fn is_main_file(path: &str) -> bool {
    MAIN_NAMES.contains(&last_part(path))
}

/// Whether the name says that Compose reads the file, alone or after `-f`. Under another name, services may be pieces for
/// `extends`, or for a program with keys of its own.
pub fn is_named_for_compose(path: &str) -> bool {
    let starts = ["compose", "docker-compose", "docker-stack", "podman-compose"];
    starts.iter().any(|start| last_part(path).starts_with(start))
}

/// The files that Compose reads together with the one at `path`, by their names alone: for a main file those that may
/// override it, for an override file those that it may override. Of each the first that exists counts.
pub fn beside(path: &str) -> Vec<String> {
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
    let names = match name {
        _ if MAIN_NAMES.contains(&name) => OVERRIDE_NAMES,
        _ if OVERRIDE_NAMES.contains(&name) => MAIN_NAMES,
        _ => return Vec::new(),
    };
    names.iter().filter_map(|name| resolve(folder, name)).collect()
}

/// Which files of a run belong together: each group is joined in its order. Indices are those of `paths`.
///
/// An override file joins the main file of its directory; every other file stands alone, because nothing here says
/// which `-f` chains are used.
pub fn groups(paths: &[&str]) -> Vec<Vec<usize>> {
    let places: HashMap<&str, usize> = paths.iter().enumerate().map(|(index, &path)| (path, index)).collect();
    let name = |path: &str| last_part(path).to_owned();
    let beside = |path: &str, names: &[&str]| {
        let folder = &path[..path.len() - name(path).len()];
        names.iter().find_map(|wanted| places.get(format!("{folder}{wanted}").as_str()).copied())
    };
    let mut groups = Vec::new();
    for (index, path) in paths.iter().enumerate() {
        let is_override = OVERRIDE_NAMES.contains(&&*name(path));
        let main = beside(path, &MAIN_NAMES);
        if main == Some(index) {
            groups.push(std::iter::once(index).chain(beside(path, &OVERRIDE_NAMES)).collect());
        } else if !(is_override && main.is_some() && beside(path, &OVERRIDE_NAMES) == Some(index)) {
            groups.push(vec![index]);
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_resolve() {
        assert_eq!(resolve("a/b", "../c/./d.yml").as_deref(), Some("a/c/d.yml"));
        assert_eq!(resolve("", "x.yml").as_deref(), Some("x.yml"));
        for path in ["../x", "/x", "~/x", "C:\\x", "https://x/y.git", "git@x:y"] {
            assert_eq!(resolve("", path), None, "{path}");
        }
    }

    #[test]
    fn overrides_join_their_main_file() {
        let paths = [
            "a/docker-compose.yml",
            "a/docker-compose.override.yml",
            "a/docker-compose.prod.yml",
            "b/compose.override.yaml",
            "compose.yaml",
            "docker-compose.yml",
            "compose.override.yml",
        ];
        assert_eq!(groups(&paths), [vec![0, 1], vec![2], vec![3], vec![4, 6], vec![5]]);
    }
}
