//! Context is not scope: Compose and bake files, workflows and build scripts that nobody asked to check, but that say how the checked files are used.
//!
//! A Dockerfile alone gets the verdict that it gets in a whole run only if the services that build it are known; a
//! Compose file that others extend or include, only if those are. They are found by name, from the repository's top, and
//! read; nothing is reported on them but that they could not be read.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::builds;
use super::kind::{self, Kind, Name};
use crate::bake::{self, Known};
use crate::blob::{Candidate, Origin, Tree};
use crate::compose::{self, directory, resolve};
use crate::gap::{Gap, Reason};
use crate::outcome::Told;
use crate::project::Baked;
use crate::text::Source;

/// Such files that are read, those that lie nearest first. Repositories with more than this are collections of projects.
const MOST: usize = 500;

/// What surrounds the files that are checked.
#[derive(Default)]
pub(super) struct Surroundings {
    /// Compose files that may build these Dockerfiles, or extend or include these Compose files.
    pub(super) compose: Vec<Arc<Source>>,
    /// The bake targets that build a Dockerfile, by its path.
    pub(super) baked: HashMap<String, Vec<Baked>>,
    /// What could not be read, or was not.
    pub(super) skipped: Vec<Told>,
}

/// Whether a file may say how others are used, by its name; of YAML of any name only its content tells.
pub fn is_wanted(path: &str, yaml: bool) -> bool {
    let name = kind::name(path);
    name == Name::Compose || yaml && name == Name::Yaml || bake::is_bake(path) || builds::is_recipe(path)
}

/// What lies around the candidates. `dockerfiles` and `compose` are what was found among them.
pub(super) fn surroundings(
    candidates: &[Candidate],
    dockerfiles: &[&str],
    compose: &[Arc<Source>],
    tree: &dyn Tree,
) -> Surroundings {
    let mut all = Surroundings::default();
    // Only a file that Compose does not find by itself may be a part of others.
    let parts: Vec<&str> = compose
        .iter()
        .map(|source| &**source.path())
        .filter(|path| !compose::is_project_file(last(path)))
        .collect();
    if dockerfiles.is_empty() && parts.is_empty() {
        return all;
    }
    // A run over folders has found what lies in them.
    let asked = candidates.iter().filter(|candidate| candidate.explicit);
    let folders: Vec<&str> = asked.map(|candidate| directory(&candidate.path)).collect();
    let known: HashSet<&str> =
        candidates.iter().filter(|file| file.document).map(|file| &*file.path).collect();
    let mut others = tree.around(&folders);
    let is_named =
        |candidate: &&Candidate| bake::is_bake(&candidate.path) || builds::is_recipe(&candidate.path);
    others.extend(candidates.iter().filter(is_named).map(|candidate| Arc::clone(&candidate.path)));
    others.retain(|path| !known.contains(&**path) || builds::is_recipe(path));
    let built: HashSet<&str> = dockerfiles.iter().copied().collect();
    // Near is what lies beside these files or above them.
    let mut near: HashSet<&str> = HashSet::new();
    for path in dockerfiles.iter().chain(&parts) {
        let mut folder = directory(path);
        while near.insert(folder) && !folder.is_empty() {
            folder = directory(folder);
        }
    }
    others.sort_by_cached_key(|path| (!near.contains(directory(path)), Arc::clone(path)));
    others.dedup();
    let names: HashSet<&str> = parts.iter().map(|path| last(path)).collect();
    let mut bakes: Vec<Arc<Source>> = Vec::new();
    let (mut read, count) = (0, others.len());
    for (at, path) in others.into_iter().enumerate() {
        let content = tree.read(&path);
        // git's index has it, and nothing else.
        if matches!(&content, Err(gap) if gap.reason == Reason::NotFound) {
            continue;
        }
        if read == MOST {
            let rest = count - at;
            let why = format!(
                "not read as context: hullguard reads {MOST} Compose and bake files near the checked files, and there are {rest} more"
            );
            all.skipped.push(Told::new(path, Gap::new(Reason::Limit, why)));
            break;
        }
        read += 1;
        let source = match content {
            Ok(bytes) => super::load::source(&path, bytes),
            Err(Gap { reason, why }) => {
                let why = format!("not read as context: {why}");
                all.skipped.push(Told::new(path, Gap::new(reason, why)));
                continue;
            }
        };
        if bake::is_bake(&path) {
            bakes.push(source);
            continue;
        }
        if builds::is_recipe(&path) {
            match builds::builds(&source, &|path| built.contains(path)) {
                Ok(found) => {
                    for (path, baked) in found {
                        all.baked.entry(path).or_default().push(baked);
                    }
                }
                Err(gap) => all.skipped.push(Told::new(path, gap)),
            }
            continue;
        }
        let text = source.text();
        let names_part = || {
            (text.contains("extends") || text.contains("include"))
                && names.iter().any(|name| text.contains(name))
        };
        let builds = || text.contains("build") && dockerfiles.iter().any(|file| may_build(&path, text, file));
        if (builds() || names_part()) && matches!(kind::kind(&source, false), Kind::Compose) {
            all.compose.push(source);
        }
    }
    read_bakes(&bakes, &mut all);
    all
}

/// Whether the text may lead to a Dockerfile: it names the file or its folder, or needs not to.
fn may_build(compose: &str, text: &str, dockerfile: &str) -> bool {
    let (from, to) = (directory(compose), directory(dockerfile));
    let is_in = |folder: &str, above: &str| {
        above.is_empty() || folder.strip_prefix(above).is_some_and(|r| r.is_empty() || r.starts_with('/'))
    };
    // `build: .`, `context: ..`
    is_in(from, to)
        || text.contains(last(to))
        || text.contains(last(dockerfile)) && last(dockerfile) != "Dockerfile"
}

/// Buildx reads `docker-bake.json`, then `docker-bake.hcl`, then their override files; of any other name it is told.
fn read_bakes(sources: &[Arc<Source>], all: &mut Surroundings) {
    let mut sets: HashMap<&str, Vec<&Arc<Source>>> = HashMap::new();
    for source in sources {
        let path: &str = source.path();
        let usual = ["docker-bake.", "docker-bake.override."].iter().any(|start| {
            last(path).strip_prefix(start).is_some_and(|ending| matches!(ending, "hcl" | "json"))
        });
        sets.entry(if usual { directory(path) } else { path }).or_default().push(source);
    }
    for mut files in sets.into_values() {
        files.sort_by_key(|source| (source.path().contains(".override."), source.path().ends_with(".hcl")));
        let texts: Vec<(&str, &str)> = files.iter().map(|source| (&**source.path(), source.text())).collect();
        let folder = directory(texts[0].0);
        let (targets, rest) = bake::targets(&texts);
        if rest > 0 {
            let why = format!(
                "{rest} of its targets are not used as context: hullguard reads {} targets of a bake file",
                targets.len()
            );
            all.skipped.push(Told::new(Arc::clone(files[0].path()), Gap::new(Reason::Limit, why)));
        }
        for target in targets {
            let context = target.context.value().and_then(|context| resolve(folder, context));
            let named = target.dockerfile.as_ref().and_then(Known::value);
            let (Some(context), Some(named)) = (context, named) else { continue };
            let Some(path) = resolve(&context, named) else { continue };
            all.baked.entry(path).or_default().push(Baked {
                context: context.into(),
                stage: target.stage,
                names: target.names,
                ships: target.ships,
            });
        }
    }
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A tree seen from the repository's top, where its root lies at `base`, which ends with `/`.
pub(super) struct FromTop<'t> {
    pub(super) tree: &'t dyn Tree,
    pub(super) base: &'t str,
}

impl FromTop<'_> {
    fn path(&self, path: &str) -> String {
        let path = resolve("", path).unwrap_or_else(|| path.to_owned());
        relative(self.base, &path)
    }
}

impl Tree for FromTop<'_> {
    fn origin(&self) -> Origin {
        self.tree.origin()
    }
    fn read(&self, path: &str) -> Result<Vec<u8>, Gap> {
        self.tree.read(&self.path(path))
    }
    fn exists(&self, path: &str) -> bool {
        self.tree.exists(&self.path(path))
    }
    fn is_tracked(&self, path: &str) -> Option<bool> {
        self.tree.is_tracked(&self.path(path))
    }
    fn around(&self, folders: &[&str]) -> Vec<Arc<str>> {
        let folders: Vec<String> =
            folders.iter().map(|folder| self.path(folder)).chain([String::new()]).collect();
        let folders: Vec<&str> = folders.iter().map(String::as_str).collect();
        let found = self.tree.around(&folders);
        found.iter().filter_map(|path| resolve(self.base, path)).map(Into::into).collect()
    }
    fn gone(&self, each: &mut dyn FnMut(&Arc<str>, Vec<u8>)) {
        self.tree.gone(&mut |path, bytes| each(&format!("{}{path}", self.base).into(), bytes));
    }
}

/// A path from the repository's top, as seen from one of its folders, which may end with `/`.
pub fn relative(base: &str, path: &str) -> String {
    let (mut from, mut to) = (base.split('/').filter(|part| !part.is_empty()).peekable(), path);
    while let Some(part) = from.peek() {
        match to.strip_prefix(part) {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => to = rest.trim_start_matches('/'),
            _ => break,
        }
        from.next();
    }
    format!("{}{to}", "../".repeat(from.count()))
}

#[cfg(test)]
mod tests {
    use super::relative;

    #[test]
    fn paths_are_seen_from_a_folder() {
        for (base, path, seen) in [
            ("", "a/b", "a/b"),
            ("a", "a/b", "b"),
            ("a/", "ab/c", "../ab/c"),
            ("a/b/", "a/c", "../c"),
            ("a/b", "c", "../../c"),
            ("a/b/", "a/b/c/d", "c/d"),
            ("a/b", "a/b", ""),
            ("a/b", "a", "../"),
        ] {
            assert_eq!(relative(base, path), seen, "{base} {path}");
        }
    }
}
