//! Context is not scope: Compose and bake files, workflows and build scripts that nobody asked to check, but that say how the checked files are used.
//!
//! A Dockerfile alone gets the verdict that it gets in a whole run only if the services that build it are known; a
//! Compose file that others extend or include, only if those are. They are found by name, from the repository's top, and
//! read; nothing is reported on them but that they could not be read.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use super::aside::{misread, unread};
use super::builds;
use super::kind::{self, Kind, Name};
use super::load::references;
use crate::bake::{self, Known};
use crate::blob::{Candidate, Miss, Origin, Tracked, Tree};
use crate::compose::{self, directory, resolve};
use crate::gap::{Gap, Reason};
use crate::outcome::Told;
use crate::project::Baked;
use crate::shown::guarded;
use crate::text::{Source, last_part};

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
        .filter(|path| !compose::is_project_file(last_part(path)))
        .collect();
    if dockerfiles.is_empty() && parts.is_empty() {
        return all;
    }
    // Near is what lies beside these files or above them. A run over folders has found what lies in them, but not above.
    let mut near: HashSet<&str> = HashSet::new();
    for path in dockerfiles.iter().chain(&parts) {
        let mut folder = directory(path);
        while near.insert(folder) && !folder.is_empty() {
            folder = directory(folder);
        }
    }
    let folders: Vec<&str> = near.iter().copied().collect();
    let known: HashSet<&str> =
        candidates.iter().filter(|file| file.document).map(|file| &*file.path).collect();
    let mut others = tree.around(&folders, &mut |path, why| all.skipped.push(unread(path, why)));
    let is_named =
        |candidate: &&Candidate| bake::is_bake(&candidate.path) || builds::is_recipe(&candidate.path);
    others.extend(candidates.iter().filter(is_named).map(|candidate| Arc::clone(&candidate.path)));
    others.retain(|path| !known.contains(&**path) || builds::is_recipe(path));
    let built: HashSet<&str> = dockerfiles.iter().copied().collect();
    others.sort_by_cached_key(|path| (!near.contains(directory(path)), Arc::clone(path)));
    others.dedup();
    let (mut bakes, mut yaml): (Vec<Arc<Source>>, Vec<Arc<Source>>) = Default::default();
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
            Err(why) => {
                all.skipped.push(unread(&path, why));
                continue;
            }
        };
        if bake::is_bake(&path) {
            match bake::flaw(&source) {
                Some(flaw) => all.skipped.push(misread(&path, &flaw)),
                None => bakes.push(source),
            }
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
        yaml.push(source);
    }
    let told = &mut all.skipped;
    all.compose = leading(yaml, &parts, dockerfiles, tree, &mut |path, why| told.push(unread(path, why)));
    read_bakes(&bakes, &mut all);
    all
}

/// The Compose files among these that may build one of the Dockerfiles or name one of the parts, or that extend or
/// include a file that does, directly or not. `miss` gets what could not be followed.
fn leading(
    mut sources: Vec<Arc<Source>>,
    parts: &[&str],
    dockerfiles: &[&str],
    tree: &dyn Tree,
    miss: Miss,
) -> Vec<Arc<Source>> {
    let count = sources.len();
    let names: HashSet<&str> = parts.iter().map(|path| last_part(path)).collect();
    let mut places: HashMap<Arc<str>, usize> =
        sources.iter().enumerate().map(|(at, source)| (Arc::clone(source.path()), at)).collect();
    // For each file those that name it.
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut found: Vec<usize> = Vec::new();
    let mut at = 0;
    while let Some(source) = sources.get(at).cloned() {
        let (path, text) = (source.path(), source.text());
        let mentions = text.contains("include") || text.contains("extends");
        let builds = || {
            text.contains("build")
                && (hides(text) || dockerfiles.iter().any(|file| may_build(path, text, file)))
        };
        let mut leads = builds() || mentions && names.iter().any(|name| text.contains(name));
        let named = if mentions && !leads { guarded(|| references(&source)) } else { Ok(Vec::new()) };
        let named = named.unwrap_or_else(|why| {
            miss(path, why);
            Vec::new()
        });
        for other in named {
            leads |= parts.contains(&&*other);
            if let Some(&place) = places.get(&*other) {
                users[place].push(at);
            } else if sources.len() == count + MOST {
                let why =
                    format!("hullguard follows {MOST} references of Compose files near the checked files");
                miss(path, Gap::new(Reason::Limit, why));
                break;
            } else if tree.exists(&other) {
                let other: Arc<str> = other.into();
                places.insert(Arc::clone(&other), sources.len());
                users.push(vec![at]);
                sources.push(super::load::source(
                    &other,
                    tree.read(&other).unwrap_or_else(|why| {
                        miss(&other, why);
                        Vec::new()
                    }),
                ));
            }
        }
        if leads {
            found.push(at);
        }
        at += 1;
    }
    let mut leads: HashSet<usize> = found.iter().copied().collect();
    while let Some(at) = found.pop() {
        found.extend(users[at].iter().filter(|&&user| leads.insert(user)));
    }
    let of_compose = |at: usize, source: &Arc<Source>| {
        at < count && leads.contains(&at) && matches!(kind::kind(source, false), Kind::Compose)
    };
    sources
        .into_iter()
        .enumerate()
        .filter(|(at, source)| of_compose(*at, source))
        .map(|(_, source)| source)
        .collect()
}

/// Whether what is built is more than its letters somewhere: a variable, an escape, or an alias or a longer text that
/// may hold one.
fn hides(text: &str) -> bool {
    let odd = |text: &str| text.contains(['$', '\\']);
    let mut lines = if odd(text) { text } else { "" }.lines().peekable();
    while let Some(line) = lines.next() {
        let tells = ["build", "context", "dockerfile"].iter().any(|key| line.contains(key));
        let mut goes_on = || line.trim_end().ends_with(':') && lines.peek().is_some_and(|next| odd(next));
        if tells && (odd(line) || line.contains(['*', '>', '|']) || goes_on()) {
            return true;
        }
    }
    false
}

/// Whether the text may lead to a Dockerfile: it names the file or its folder, or needs not to.
fn may_build(compose: &str, text: &str, dockerfile: &str) -> bool {
    let (from, to) = (directory(compose), directory(dockerfile));
    let is_in = |folder: &str, above: &str| {
        above.is_empty() || folder.strip_prefix(above).is_some_and(|r| r.is_empty() || r.starts_with('/'))
    };
    // `build: .`, `context: ..`
    is_in(from, to)
        || text.contains(last_part(to))
        || text.contains(last_part(dockerfile)) && last_part(dockerfile) != "Dockerfile"
}

/// Buildx reads `docker-bake.json`, then `docker-bake.hcl`, then their override files; of any other name it is told.
fn read_bakes(sources: &[Arc<Source>], all: &mut Surroundings) {
    let mut sets: HashMap<&str, Vec<&Arc<Source>>> = HashMap::new();
    for source in sources {
        let path: &str = source.path();
        let usual = ["docker-bake.", "docker-bake.override."].iter().any(|start| {
            last_part(path).strip_prefix(start).is_some_and(|ending| matches!(ending, "hcl" | "json"))
        });
        sets.entry(if usual { directory(path) } else { path }).or_default().push(source);
    }
    for mut files in sets.into_values() {
        files.sort_by_key(|source| (source.path().contains(".override."), source.path().ends_with(".hcl")));
        let folder = directory(files[0].path());
        let sources: Vec<&Source> = files.iter().map(|source| &***source).collect();
        let (targets, rest) = bake::targets(&sources);
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

/// A tree seen from the repository's top, where its root lies at `base`, which ends with `/`.
pub(super) struct FromTop<'t> {
    tree: &'t dyn Tree,
    base: &'t str,
    tracked: OnceLock<Option<Arc<[Tracked]>>>,
}

impl<'t> FromTop<'t> {
    pub(super) fn new(tree: &'t dyn Tree, base: &'t str) -> Self {
        Self { tree, base, tracked: OnceLock::new() }
    }
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
    fn tracked(&self) -> Option<Arc<[Tracked]>> {
        let from_top = || {
            let from_root = self.tree.tracked()?;
            // What is resolved loses the slash that ends the name of a submodule.
            let end = |path: &str| if path.ends_with('/') { "/" } else { "" };
            let seen = |one: &Tracked| {
                let path = format!("{}{}", resolve(self.base, &one.path)?, end(&one.path));
                Some(Tracked { path: path.into(), ..one.clone() })
            };
            let mut all: Vec<Tracked> = from_root.iter().filter_map(seen).collect();
            all.sort_unstable_by(|a, b| a.path.cmp(&b.path));
            Some(all.into())
        };
        self.tracked.get_or_init(from_top).clone()
    }
    fn has(&self, path: &str) -> bool {
        self.tree.has(&self.path(path))
    }
    fn around(&self, folders: &[&str], miss: Miss) -> Vec<Arc<str>> {
        let folders: Vec<String> =
            folders.iter().map(|folder| self.path(folder)).chain([String::new()]).collect();
        let folders: Vec<&str> = folders.iter().map(String::as_str).collect();
        let found = self.tree.around(&folders, &mut |path, why| {
            let path = resolve(self.base, path).unwrap_or_else(|| path.to_owned());
            miss(if path.is_empty() { "." } else { &path }, why);
        });
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

/// As [`relative`], for people: the folder itself is `.`, and no folder ends with `/`.
pub fn seen(base: &str, path: &str) -> String {
    let seen = relative(base, if path == "." { "" } else { path });
    let seen = seen.trim_end_matches('/');
    if seen.is_empty() { ".".to_owned() } else { seen.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{relative, seen};

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
        for (base, path, told) in
            [("", ".", "."), ("a/b/", ".", "../.."), ("a/", "a", "."), ("a/", "a/b", "b")]
        {
            assert_eq!(seen(base, path), told, "{base} {path}");
        }
    }
}
