//! Compose files joined, and the edges from their services to Dockerfiles.

use std::collections::HashMap;
use std::sync::Arc;

use super::load::{folder_of, resolve};
use crate::blob::Tree;
use crate::compose::{self, ComposeFile, Env, Nearby};
use crate::container::{ContainerSpec, FileId, Text};
use crate::dockerfile::Dockerfile;
use crate::project::{BuildEdge, Project, SecretFile};
use crate::text::Source;

/// What the Compose files of a run come to, before Dockerfiles are read.
pub(super) struct Joined {
    pub(super) containers: Vec<ContainerSpec>,
    pub(super) problems: Vec<compose::Problem>,
    /// One for each container with `build:`.
    pub(super) edges: Vec<Edge>,
    secret_files: Vec<SecretFile>,
}

/// A build, as paths and names.
pub(super) struct Edge {
    container: usize,
    context: Option<Arc<str>>,
    pub(super) path: Option<Arc<str>>,
    target: Target,
}

/// The stage that a build names.
enum Target {
    /// None, so the last one.
    Last,
    Named(String),
    /// Some stage, but nobody knows which.
    Unknown,
}

impl Joined {
    /// The stages that services build of a Dockerfile.
    pub(super) fn targets_of(&self, path: &str) -> Vec<&str> {
        let edges = self.edges.iter().filter(|edge| edge.path.as_deref() == Some(path));
        edges
            .filter_map(|edge| match &edge.target {
                Target::Named(name) => Some(name.as_str()),
                Target::Last | Target::Unknown => None,
            })
            .collect()
    }
}

/// Reads every source; [`FileId`] counts in `sources`.
pub(super) fn parse(sources: &[Arc<Source>]) -> Vec<ComposeFile<'_>> {
    let numbered: Vec<(usize, &Arc<Source>)> = sources.iter().enumerate().collect();
    super::each(&numbered, |(i, source)| compose::parse(source, FileId(*i as u32)))
}

/// Joins each main file with what overrides it.
pub(super) fn join(documents: &[ComposeFile], sources: &[Arc<Source>], tree: &dyn Tree) -> Joined {
    let by_path: HashMap<&str, &ComposeFile> =
        sources.iter().zip(documents).map(|(source, document)| (&**source.path(), document)).collect();
    let mut envs: HashMap<String, Env> = HashMap::new();
    for source in sources {
        let path = resolve(folder_of(source.path()), ".env").expect("a name is a path inside the tree");
        if envs.contains_key(&path) || !tree.exists(&path) {
            continue;
        }
        if let Ok(bytes) = tree.read(&path) {
            envs.insert(path, Env::parse(&String::from_utf8_lossy(&bytes)));
        }
    }

    let mut joined =
        Joined { containers: Vec::new(), problems: Vec::new(), edges: Vec::new(), secret_files: Vec::new() };
    let overridden = |path: &str| main_of(path).iter().any(|main| by_path.contains_key(main.as_str()));
    let mains: Vec<&ComposeFile> = documents.iter().filter(|d| !overridden(d.source.path())).collect();
    let models = super::each(&mains, |main| {
        let file = |path: &str| by_path.get(path).copied();
        let env = |path: &str| envs.get(path);
        let nearby = Nearby { file: &file, env: &env };
        let mut files = vec![*main];
        files.extend(
            overrides_of(main.source.path())
                .iter()
                .filter_map(|path| by_path.get(path.as_str()).copied())
                .take(1),
        );
        compose::join(&files, &nearby)
    });
    for (main, model) in mains.iter().zip(models) {
        joined.problems.extend(model.problems);
        let folder = folder_of(main.source.path());
        for secret in model.secrets {
            let Some(file) = &secret.file else { continue };
            let Some(path) = file.value().and_then(|value| resolve(folder, value)) else { continue };
            let path: Arc<str> = path.into();
            let tracked = if tree.exists(&path) { tree.is_tracked(&path) } else { Some(false) };
            joined.secret_files.push(SecretFile { at: file.at, path, tracked });
        }
        for service in model.services {
            if service.build.is_some() {
                joined.edges.push(edge(&service, joined.containers.len(), sources));
            }
            joined.containers.push(service);
        }
    }
    joined
}

/// Where a service's build leads. Relative paths are taken from the file that they are written in.
fn edge(service: &ContainerSpec, container: usize, sources: &[Arc<Source>]) -> Edge {
    let build = service.build.as_ref().expect("asked for services that are built");
    let folder_at = |text: &Text| folder_of(sources[text.at.file.0 as usize].path()).to_owned();
    let context = match &build.context {
        Some(text) => text.value().and_then(|value| resolve(&folder_at(text), value)),
        None => Some(folder_of(sources[build.at.file.0 as usize].path()).to_owned()),
    };
    let path = match (&build.dockerfile_inline, &build.dockerfile) {
        (Some(_), _) => None,
        (None, Some(file)) => context.as_ref().and_then(|context| resolve(context, file.value()?)),
        (None, None) => context.as_ref().and_then(|context| resolve(context, "Dockerfile")),
    };
    Edge {
        container,
        context: context.map(Into::into),
        path: path.map(Into::into),
        target: match &build.target {
            None => Target::Last,
            Some(target) => target.value().map_or(Target::Unknown, |name| Target::Named(name.to_owned())),
        },
    }
}

/// The main files that an override file may belong to.
fn main_of(path: &str) -> Vec<String> {
    pair(path, ".override.", ".", "")
}

/// The override files that Compose reads after a main file.
fn overrides_of(path: &str) -> Vec<String> {
    if path.contains(".override.") { Vec::new() } else { pair(path, ".", ".override.", "") }
}

fn pair(path: &str, from: &str, to: &str, none: &str) -> Vec<String> {
    let folder = folder_of(path);
    let base = path.rsplit('/').next().unwrap_or(none);
    let Some((stem, extension)) =
        ["yml", "yaml"].iter().find_map(|e| Some((base.strip_suffix(e)?.strip_suffix(from)?, e)))
    else {
        return Vec::new();
    };
    if !matches!(stem, "compose" | "docker-compose") {
        return Vec::new();
    }
    let other = if *extension == "yml" { "yaml" } else { "yml" };
    let join = |name: String| if folder.is_empty() { name } else { format!("{folder}/{name}") };
    [*extension, other].iter().map(|extension| join(format!("{stem}{to}{extension}"))).collect()
}

/// Everything joined, Dockerfiles included.
pub(super) fn project<'a>(
    joined: Joined,
    sources: Vec<Arc<Source>>,
    dockerfiles: &'a [Dockerfile<'a>],
    tree: &dyn Tree,
) -> Project<'a> {
    let by_path: HashMap<&str, &'a Dockerfile<'a>> =
        dockerfiles.iter().map(|file| (&**file.source.path(), file)).collect();
    let builds = joined.edges.into_iter().map(|edge| {
        let dockerfile = edge.path.as_deref().and_then(|path| by_path.get(path).copied());
        let stage = dockerfile.and_then(|file| match &edge.target {
            Target::Last => file.stages.len().checked_sub(1),
            Target::Named(name) => {
                let by_number = name.parse::<usize>().ok().filter(|&n| n < file.stages.len());
                file.stage_named(name).or(by_number)
            }
            Target::Unknown => None,
        });
        let dockerignore =
            edge.context.as_deref().map(|context| dockerignored(context, edge.path.as_deref(), tree));
        BuildEdge {
            container: edge.container,
            context: edge.context,
            path: edge.path,
            dockerfile,
            stage,
            dockerignore,
        }
    });
    Project {
        builds: builds.collect(),
        files: sources,
        containers: joined.containers,
        secret_files: joined.secret_files,
        problems: joined.problems,
    }
}

/// Whether `<Dockerfile>.dockerignore`, or `.dockerignore` in the context, is there.
pub(super) fn dockerignored(context: &str, dockerfile: Option<&str>, tree: &dyn Tree) -> bool {
    let own = dockerfile.is_some_and(|path| tree.exists(&format!("{path}.dockerignore")));
    own || resolve(context, ".dockerignore").is_some_and(|path| tree.exists(&path))
}
