//! Context is not scope: Compose files that nobody asked to check, but that say how the checked files are used.
//!
//! A Dockerfile alone gets the verdict that it gets in a whole run only if the services that build it are known; a
//! Compose file that others extend or include, only if those are. They are found by name and read; nothing is
//! reported on them.

use std::collections::HashSet;
use std::sync::Arc;

use super::kind::{self, Kind};
use crate::blob::{Candidate, Tree};
use crate::compose;
use crate::text::Source;

/// Such files that are read. Repositories with more than this are collections of projects.
const MOST: usize = 500;

/// The Compose files that may build these Dockerfiles, or extend or include these Compose files, and that are not among
/// the candidates.
pub(super) fn context(
    candidates: &[Candidate],
    dockerfiles: &[&str],
    compose: &[Arc<Source>],
    tree: &dyn Tree,
) -> Vec<Arc<Source>> {
    // Only a file that Compose does not find by itself may be a part of others.
    let base = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let parts: HashSet<String> = compose
        .iter()
        .map(|source| base(source.path()))
        .filter(|name| !compose::is_project_file(name))
        .collect();
    if dockerfiles.is_empty() && parts.is_empty() {
        return Vec::new();
    }
    // A run over folders has found what lies in them.
    let asked = candidates.iter().filter(|candidate| candidate.explicit);
    let folders: Vec<&str> = asked.map(|candidate| compose::directory(&candidate.path)).collect();
    let known: HashSet<&str> =
        candidates.iter().filter(|file| file.document).map(|file| &*file.path).collect();
    let others = tree.around(&folders).into_iter().filter(|path| !known.contains(&**path));
    let mut found = Vec::new();
    for path in others.take(MOST).filter(|path| tree.exists(path)) {
        // What cannot be read is said of it when it is checked itself.
        let Ok(bytes) = tree.read(&path) else { continue };
        let source = Source::new(Arc::clone(&path), bytes);
        let text = source.text();
        let names_part = || {
            (text.contains("extends") || text.contains("include"))
                && parts.iter().any(|name| text.contains(name.as_str()))
        };
        let builds = || text.contains("build") && dockerfiles.iter().any(|file| may_build(&path, text, file));
        if (builds() || names_part()) && matches!(kind::kind(&source, false), Kind::Compose) {
            found.push(Arc::new(source));
        }
    }
    found
}

/// Whether the text may lead to a Dockerfile: it names the file or its folder, or needs not to.
fn may_build(compose: &str, text: &str, dockerfile: &str) -> bool {
    let (from, to) = (compose::directory(compose), compose::directory(dockerfile));
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let is_in = |folder: &str, above: &str| {
        above.is_empty() || folder.strip_prefix(above).is_some_and(|r| r.is_empty() || r.starts_with('/'))
    };
    // `build: .`, `context: ..`
    is_in(from, to)
        || text.contains(&last(to))
        || text.contains(&last(dockerfile)) && last(dockerfile) != "Dockerfile"
}
