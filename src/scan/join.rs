//! A group of Compose files joined, and the edges from its services to Dockerfiles.

use std::collections::HashMap;
use std::sync::Arc;

use super::aside::Aside;
use super::contexts;
use super::gitignore::Ignored;
use crate::blob::{Origin, Tree};
use crate::compose::{self, ComposeFile, Env, Model, Nearby, Resource, resolve};
use crate::container::{ContainerSpec, FileId, Mount, MountKind, Text};
use crate::dockerfile::Dockerfile;
use crate::finding::Draft;
use crate::project::{Around, BuildEdge, MissingFile, Named, Project, SecretFile};
use crate::rule::Policy;
use crate::text::{Source, last_part};
use crate::yaml::Node;

/// A service that builds a Dockerfile, and how: what the Dockerfile's rules want to know of a group.
pub(super) struct Builder {
    service: ContainerSpec,
    edge: Edge,
}

/// What a group of Compose files comes to, before Dockerfiles are read.
#[derive(Default)]
pub(super) struct Joined {
    pub(super) containers: Vec<ContainerSpec>,
    problems: Vec<compose::Problem>,
    /// One for each container with `build:`.
    pub(super) edges: Vec<Edge>,
    secret_files: Vec<SecretFile>,
    missing_files: Vec<MissingFile>,
    networks: Vec<Resource>,
    pub(super) around: Around,
    /// What sets the variables of each file.
    pub(super) envs: HashMap<FileId, Vec<Arc<Env>>>,
}

/// A build, as paths and names.
#[derive(Clone)]
pub(super) struct Edge {
    container: usize,
    context: Option<Arc<str>>,
    pub(super) path: Option<Arc<str>>,
    target: Target,
}

/// The stage that a build names.
#[derive(Clone)]
enum Target {
    /// None, so the last one.
    Last,
    Named(String),
    /// Some stage, but nobody knows which.
    Unknown,
}

impl Joined {
    /// Nobody runs the services as they are.
    pub(super) fn forget_services(&mut self) {
        self.containers.clear();
        self.edges.clear();
        self.secret_files.clear();
        self.missing_files.clear();
    }
    /// The stages that services build of a Dockerfile.
    fn targets_of(&self, path: &str) -> Vec<&str> {
        let edges = self.edges.iter().filter(|edge| edge.path.as_deref() == Some(path));
        edges
            .filter_map(|edge| match &edge.target {
                Target::Named(name) => Some(name.as_str()),
                Target::Last | Target::Unknown => None,
            })
            .collect()
    }
    /// The folders that services send to build a Dockerfile.
    pub(super) fn contexts_of(&self, path: &str) -> impl Iterator<Item = Option<&str>> {
        let edges = self.edges.iter().filter(move |edge| edge.path.as_deref() == Some(path));
        edges.map(|edge| edge.context.as_deref())
    }
    /// The services that build one Dockerfile, of whatever groups.
    pub(super) fn of(builders: &[Builder]) -> Self {
        let edges = builders.iter().enumerate();
        Self {
            edges: edges.map(|(container, builder)| Edge { container, ..builder.edge.clone() }).collect(),
            containers: builders.iter().map(|builder| builder.service.clone()).collect(),
            ..Self::default()
        }
    }
}

/// The services that build one of the Dockerfiles that are here, each with its Dockerfile's path.
pub(super) fn builders(
    containers: &[ContainerSpec],
    edges: Vec<Edge>,
    dockerfiles: &[Arc<Source>],
) -> Vec<(Arc<str>, Builder)> {
    let built = edges.into_iter().filter_map(|edge| {
        let path = edge.path.clone().filter(|path| dockerfiles.iter().any(|file| file.path() == path))?;
        Some((path, Builder { service: containers[edge.container].clone(), edge }))
    });
    built.collect()
}

/// Joins one group: the main file, then what overrides it. `documents` holds what they name, too.
/// `asks_for_files`: files that are named and are not there are looked for.
pub(super) fn join(
    group: &[&ComposeFile],
    documents: &[ComposeFile],
    asks_for_files: bool,
    aside: &Aside,
) -> Joined {
    let tree = aside.tree();
    let by_path: HashMap<&str, &ComposeFile> =
        documents.iter().map(|document| (&**document.source.path(), document)).collect();
    let file = |path: &str| by_path.get(path).copied();
    let mut envs: HashMap<String, Arc<Env>> = HashMap::new();
    for path in documents.iter().flat_map(env_files) {
        if !envs.contains_key(&path)
            && let Some(bytes) = aside.read(&path)
        {
            let source = Arc::new(Source::new(path.as_str(), bytes));
            envs.insert(path, Arc::new(Env::parse(&source)));
        }
    }
    let env = |path: &str| envs.get(path);
    let mut model = compose::join(group, &Nearby { file: &file, env: &env });
    let mut joined = Joined { problems: std::mem::take(&mut model.problems), ..Joined::default() };
    for secret in &model.secrets {
        let Some(file) = &secret.file else { continue };
        let Some(path) = model.path(file) else { continue };
        let tracked = if tree.exists(&path) { tree.is_tracked(&path) } else { Some(false) };
        joined.secret_files.push(SecretFile { at: file.at, path: path.into(), tracked });
    }
    if asks_for_files {
        joined.missing_files = missing(&model, tree);
    }
    joined.envs = std::mem::take(&mut model.envs);
    joined.networks = std::mem::take(&mut model.networks);
    let services = std::mem::take(&mut model.services);
    for (container, service) in services.iter().enumerate().filter(|(_, service)| service.build.is_some()) {
        joined.edges.push(edge(service, container, &model));
    }
    let paths = group.iter().map(|file| &**file.source.path());
    let keys = group.iter().flat_map(|file| file.yaml.documents()).flat_map(Node::entries);
    let extensions = keys.map(|entry| entry.key_str()).filter(|key| key.starts_with("x-")).map(Box::from);
    joined.around = Around::of(&services, paths, extensions.collect());
    joined.containers = services;
    joined
}

/// What the name of an example ends with, beside the file that people make of it.
const EXAMPLES: [&str; 6] = [".example", ".sample", ".template", ".dist", ".tmpl", "-example"];

/// The files that a group names and that are not there.
fn missing(model: &Model, tree: &dyn Tree) -> Vec<MissingFile> {
    if tree.origin() == Origin::Stdin {
        return Vec::new();
    }
    // The file of a secret is made where the project is set up.
    let resources = model.configs.iter().filter(|resource| !resource.external);
    let resources = resources.filter_map(|resource| Some((resource.file.as_ref()?, Named::Resource)));
    let files = model.services.iter().flat_map(|service| &service.env_files);
    let files = files.filter(|file| file.required.is_none_or(|required| required.is_true()));
    let mounts = model.services.iter().flat_map(|service| &service.mounts).filter_map(mounted_file);
    let named = resources.chain(files.map(|file| (&file.path, Named::EnvFile)));
    let mut known: HashMap<String, bool> = HashMap::new();
    let mut ignored = Ignored::new(tree);
    let mut is_missing = |path: &String| {
        let has = |path: &str| tree.has(path);
        !has(path) && !EXAMPLES.iter().any(|end| has(&format!("{path}{end}"))) && !ignored.has(path)
    };
    let mut missing = Vec::new();
    for (text, named) in named.chain(mounts.map(|text| (text, Named::Mount))) {
        let Some(path) = model.path(text) else { continue };
        if *known.entry(path.clone()).or_insert_with_key(&mut is_missing) {
            missing.push(MissingFile { at: text.at, path: path.into(), named });
        }
    }
    missing
}

/// The source of a mount, if it looks like a file of the project.
fn mounted_file(mount: &Mount) -> Option<&Text> {
    let source =
        mount.source.as_ref().filter(|source| source.value().is_some_and(|path| path.starts_with('.')))?;
    let is_file = |text: &Text| {
        let name = text.value().map(last_part).unwrap_or_default();
        name.rsplit_once('.').is_some_and(|(stem, ending)| {
            !stem.is_empty() && !matches!(ending, "" | "d" | "sock") && !stem.ends_with('.')
        })
    };
    let is_both = is_file(source) && mount.target.as_ref().is_some_and(is_file);
    (is_both
        && mount.kind == MountKind::Bind
        && !mount.create_host_path.is_some_and(|create| create.is_false()))
    .then_some(source)
}

/// So many variables of one value are looked up.
const VARIABLES: usize = 4;

/// Adds to findings on values with variables the lines of `.env` files that set those.
pub(super) fn see_variables(
    drafts: &mut [Draft],
    sources: &[Arc<Source>],
    envs: &HashMap<FileId, Vec<Arc<Env>>>,
) {
    let ids: HashMap<&str, FileId> =
        sources.iter().map(|source| &**source.path()).zip((0..).map(FileId)).collect();
    for draft in drafts {
        let envs = ids.get(&**draft.source.path()).and_then(|id| envs.get(id));
        let source = Arc::clone(&draft.source);
        let text = source.slice(draft.span);
        let (Some(envs), false) = (envs, text.contains('\n')) else { continue };
        let names = compose::pieces(text).into_iter().filter_map(|piece| match piece {
            compose::Piece::Variable(variable) => Some(&text[variable.name]),
            _ => None,
        });
        for name in names.take(VARIABLES) {
            if let Some((env, at)) = envs.iter().find_map(|env| Some((env, env.place(name)?))) {
                draft.see(&env.source, at, format!("`{name}` is set here"));
            }
        }
    }
}

/// The files that a Compose file's variables may come from: `.env` beside it, and those that its includes name.
fn env_files(file: &ComposeFile) -> Vec<String> {
    let mut named = vec![".env".to_owned()];
    for item in file.top("include").iter().flat_map(|include| include.value.items()) {
        let Some(files) = item.get("env_file") else {
            let folder = item.get("project_directory").and_then(Node::as_str);
            named.extend(folder.map(|folder| format!("{folder}/.env")));
            continue;
        };
        named.extend(
            files.as_str().into_iter().chain(files.items().filter_map(Node::as_str)).map(str::to_owned),
        );
    }
    let folder = compose::directory(file.source.path());
    named.iter().filter_map(|name| resolve(folder, name)).collect()
}

/// Where a service's build leads.
fn edge(service: &ContainerSpec, container: usize, model: &Model) -> Edge {
    let build = service.build.as_ref().expect("asked for services that are built");
    let context = match &build.context {
        Some(text) => model.path(text),
        None => Some(model.directory(build.at.file).to_owned()),
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

/// Marks the stages of a Dockerfile that ship: as the user says, else the final one, what services build, and `others`.
pub(super) fn ship<'t>(
    file: &mut Dockerfile,
    joined: &'t Joined,
    others: impl Iterator<Item = &'t str>,
    policy: &Policy,
) {
    if let Some(targets) = policy.ships.get(&**file.source.path()) {
        file.ship_only(targets);
    } else {
        let targets = joined.targets_of(file.source.path()).into_iter().chain(others);
        file.ship(&targets.collect::<Vec<_>>());
    }
}

/// Everything joined, Dockerfiles included.
pub(super) fn project<'a>(
    joined: Joined,
    sources: &'a [Arc<Source>],
    dockerfiles: &'a [Dockerfile<'a>],
    aside: &Aside,
) -> Project<'a> {
    let by_path: HashMap<&str, &'a Dockerfile<'a>> =
        dockerfiles.iter().map(|file| (&**file.source.path(), file)).collect();
    let builds = joined.edges.into_iter().map(|edge| {
        let dockerfile = edge.path.as_deref().and_then(|path| by_path.get(path).copied());
        let stage = dockerfile.and_then(|file| match &edge.target {
            Target::Last => file.stages.len().checked_sub(1),
            Target::Named(name) => file.target(name),
            Target::Unknown => None,
        });
        let path = edge.path.as_deref();
        let sent = edge.context.as_deref().map(|context| contexts::sent(context, path, dockerfile, aside));
        BuildEdge {
            container: edge.container,
            context: edge.context,
            path: edge.path,
            dockerfile,
            stage,
            sent,
        }
    });
    Project {
        builds: builds.collect(),
        files: sources,
        containers: joined.containers,
        secret_files: joined.secret_files,
        missing_files: joined.missing_files,
        networks: joined.networks,
        problems: joined.problems,
        around: joined.around,
        ..Project::default()
    }
}
