//! All documents of one run, and the edges between them: which service builds which stage of which Dockerfile.
//!
//! Plain data for rules. `scan` reads the files, asks the tree what exists, and fills it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use crate::bake::{Known, Names, Passed};
use crate::blob::Tracked;
use crate::compose::{Problem, Resource};
use crate::container::{At, ContainerSpec, MountKind, Text};
use crate::daemon::Engine;
use crate::dockerfile::{Base, Dockerfile, FromRef, Instruction, Kind, Value, Word};
use crate::dockerignore::Ignore;
use crate::image;
use crate::purpose::Purpose;
use crate::text::{Source, Span, Spot, last_part};

/// What belongs together: a Compose file with what overrides, extends and includes it, and the Dockerfiles that it
/// builds. While a Dockerfile is checked: the services of all Compose files that build it, whose own texts are gone
/// by then. Anything else passes by and is in no project, so that a run over thousands of files stays small.
#[derive(Debug, Default)]
pub struct Project<'a> {
    /// The files of Compose documents; [`FileId`](crate::container::FileId) counts in it.
    pub files: &'a [Arc<Source>],
    /// What each of these is for; filled when a rule asks.
    pub purposes: OnceLock<Vec<Purpose>>,
    /// The services, joined over `extends`, `include` and override files.
    pub containers: Vec<ContainerSpec>,
    /// One for each container that is built.
    pub builds: Vec<BuildEdge<'a>>,
    /// The files that Compose `secrets` name.
    pub secret_files: Vec<SecretFile>,
    /// Files that the services name and that are not there.
    pub missing_files: Vec<MissingFile>,
    /// The networks that the files define.
    pub networks: Vec<Resource>,
    /// What Compose would refuse, or what could not be followed.
    pub problems: Vec<Problem>,
    pub around: Around,
    /// What runs the containers, as far as the repository says.
    pub engine: Arc<Engine>,
    /// While a Dockerfile is checked: the targets of bake files that build it.
    pub baked: &'a [Baked],
    /// What they pass.
    pub passed: Passed<'a>,
}

/// A bake target, a workflow or a script builds the Dockerfile at hand.
#[derive(Clone, Debug)]
pub struct Baked {
    /// The build context, relative to the run's root.
    pub context: Arc<str>,
    /// The stage that it names.
    pub stage: Option<Known>,
    pub names: Names,
    /// It makes an image that goes somewhere.
    pub ships: bool,
}

/// What the services of one group share.
#[derive(Debug, Default)]
pub struct Around {
    /// `docker stack deploy` runs them, not Compose: Swarm publishes, limits and secures in its own ways.
    pub swarm: bool,
    /// The keys beginning with `x-` at the top of the files: `x-casaos`.
    pub extensions: Vec<Box<str>>,
    /// What the services are called on their networks.
    pub hosts: HashSet<Box<str>>,
    /// The run has no Compose files besides these.
    pub is_alone: bool,
}

impl Around {
    /// The services of some files, which are named like this.
    pub fn of<'f>(
        containers: &[ContainerSpec],
        mut paths: impl Iterator<Item = &'f str>,
        extensions: Vec<Box<str>>,
    ) -> Self {
        let for_swarm =
            |container: &ContainerSpec| container.deploy.as_ref().is_some_and(|deploy| deploy.for_swarm);
        // What `docker stack deploy` leaves out or refuses is written for Compose.
        let for_compose = |container: &ContainerSpec| {
            container.container_name.is_some()
                || container.restart.is_some()
                || !container.profiles.is_empty()
                || container.key("network_mode").is_some()
                || container.image.is_none() && container.build.is_some()
                || container.depends_on.iter().any(|other| other.condition.is_some())
        };
        let by_name = |path: &str| {
            let name = last_part(path);
            name.contains("swarm") || name.contains("docker-stack")
        };
        let stack = paths.any(by_name) || containers.iter().any(for_swarm);
        let mut hosts = HashSet::new();
        for container in containers {
            hosts.insert(container.name.clone());
            let names = [&container.container_name, &container.hostname].into_iter().flatten();
            hosts.extend(names.filter_map(|name| name.value().map(Box::from)));
            let networks = container.networks.iter().flatten();
            let aliases = networks.flat_map(|network| &network.aliases);
            hosts.extend(aliases.filter_map(|alias| alias.value().map(Box::from)));
        }
        Self { swarm: stack && !containers.iter().any(for_compose), extensions, hosts, is_alone: false }
    }
}

/// A service builds a stage of a Dockerfile.
#[derive(Clone, Debug)]
pub struct BuildEdge<'a> {
    /// Index in [`Project::containers`].
    pub container: usize,
    /// The build context, relative to the run's root; `None` if it is remote or not known.
    pub context: Option<Arc<str>>,
    /// The Dockerfile's path, relative to the run's root; `None` if it is inline, remote or not known.
    pub path: Option<Arc<str>>,
    /// The Dockerfile, if it is there.
    pub dockerfile: Option<&'a Dockerfile<'a>>,
    /// The stage that is built: `target`, else the final one. `None` if the target names no stage, or is not known.
    pub stage: Option<usize>,
    /// `None` if the context is not known.
    pub sent: Option<Sent>,
}

/// What is known of the folder that a build sends.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// A `.dockerignore` speaks for it.
    pub ignores: bool,
    /// It holds git's folder.
    pub git: bool,
    /// What is left out, where that is known.
    pub ignore: Option<Arc<Ignore>>,
    /// A service, a bake file or a script names the folder. Otherwise it is the Dockerfile's own, as people mostly have it.
    pub is_named: bool,
    /// The files in it that git tracks; `None` where nobody can say.
    pub files: Option<Files>,
    /// What the Dockerfile copies, and what may hold secrets by its name, that is there though git does not track it.
    pub untracked: Vec<String>,
}

impl Sent {
    /// Whether a file of the folder is sent; `None` where the patterns that decide it are not known.
    pub fn sends(&self, path: &str) -> Option<bool> {
        match &self.ignore {
            Some(ignore) => Some(ignore.leaves_out(path).ok()?.is_none()),
            None => (!self.ignores).then_some(true),
        }
    }
}

/// The files that git tracks in a folder.
#[derive(Clone, Debug)]
pub struct Files {
    /// By path, from the run's root.
    pub all: Arc<[Tracked]>,
    /// Empty, or ends with `/`.
    pub folder: Box<str>,
}

impl Files {
    /// The files below a folder, which is empty or ends with `/`.
    pub fn tracked(&self, folder: &str) -> impl Iterator<Item = &Tracked> {
        let whole = format!("{}{folder}", self.folder);
        let start = self.all.partition_point(|one| *one.path < *whole);
        self.all[start..].iter().take_while(move |one| one.path.starts_with(&whole))
    }
    /// Their names, as seen from the top of these files.
    pub fn below(&self, folder: &str) -> impl Iterator<Item = &str> {
        let cut = self.folder.len();
        self.tracked(folder).map(move |one| &one.path[cut..])
    }
    /// The file of this name.
    pub fn get(&self, path: &str) -> Option<&Tracked> {
        let whole = format!("{}{path}", self.folder);
        self.all.binary_search_by(|known| (*known.path).cmp(&whole)).ok().map(|at| &self.all[at])
    }
    /// Whether a file or folder is there, or lies behind a link or in a submodule, where nobody can say.
    pub fn may_have(&self, path: &str) -> bool {
        let whole = format!("{}{path}", self.folder);
        let is_there = |path: &str| self.all.binary_search_by(|known| (*known.path).cmp(path)).is_ok();
        let above = whole.match_indices('/').map(|(at, _)| &whole[..at]);
        is_there(&whole)
            || self.below(&format!("{path}/")).next().is_some()
            || above.into_iter().any(|above| is_there(above) || is_there(&format!("{above}/")))
    }
}

/// A file that a Compose file declares as a secret.
#[derive(Clone, Debug)]
pub struct SecretFile {
    /// The value of `file:`.
    pub at: At,
    /// Relative to the run's root.
    pub path: Arc<str>,
    /// Whether git tracks it; `None` where nobody can say.
    pub tracked: Option<bool>,
}

/// A file that a Compose file names, that is not there, and that nothing beside it shows how to make.
#[derive(Clone, Debug)]
pub struct MissingFile {
    pub at: At,
    /// Relative to the run's root.
    pub path: Arc<str>,
    pub named: Named,
}

/// What names a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Named {
    EnvFile,
    /// The `file` of a config.
    Resource,
    Mount,
}

impl<'a> Project<'a> {
    /// The file that a place in a container lies in.
    pub fn source(&self, at: At) -> &Arc<Source> {
        &self.files[at.file.0 as usize]
    }
    /// The place with its file.
    pub fn spot(&self, at: At) -> Spot {
        Spot { source: Arc::clone(self.source(at)), span: at.span }
    }
    /// How a container is built.
    pub fn build_of(&self, container: &ContainerSpec) -> Option<&BuildEdge<'a>> {
        // Builds stand in the order of their containers, and those in one piece of memory.
        let place = |build: &BuildEdge| &raw const self.containers[build.container];
        let at =
            self.builds.binary_search_by(|build| place(build).cmp(&std::ptr::from_ref(container))).ok()?;
        self.builds.get(at)
    }
    /// The services that build a Dockerfile.
    pub fn builders_of(&self, path: &str) -> impl Iterator<Item = (&BuildEdge<'a>, &ContainerSpec)> {
        let builds = self.builds.iter().filter(move |build| build.path.as_deref() == Some(path));
        builds.map(|build| (build, &self.containers[build.container]))
    }
}

/// One mention of an image: a FROM, a `COPY --from`, a service's `image`.
#[derive(Clone, Debug)]
pub struct ImageUse<'a> {
    pub source: &'a Arc<Source>,
    /// The reference as it stands, without quotes.
    pub span: Span,
    /// With variables replaced; `None` where one has no known value.
    pub reference: Option<Cow<'a, str>>,
    pub role: ImageRole,
    /// The same project builds it, so its name is the project's own.
    pub built_here: bool,
    /// Where else the file names the same reference: what is wrong with it is wrong once.
    pub again: Vec<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageRole {
    /// FROM
    Base,
    /// `COPY --from`
    CopyFrom,
    /// `RUN --mount=from=`
    MountFrom,
    /// `# syntax=`
    Frontend,
    /// What a container runs.
    Container,
}

/// The images from outside that a Dockerfile names: FROM, `COPY --from`, mounts and `# syntax=`.
pub fn dockerfile_images<'f>(file: &'f Dockerfile<'_>) -> Vec<ImageUse<'f>> {
    let mut images: Vec<ImageUse> = Vec::new();
    // Where each reference stands in `images`.
    let mut known: HashMap<Cow<'f, str>, usize> = HashMap::new();
    let mut add = |span, reference: Option<Cow<'f, str>>, role| {
        // A frontend is judged otherwise, and there is one.
        if let Some(text) = reference.as_ref().filter(|_| role != ImageRole::Frontend) {
            if let Some(&at) = known.get(text) {
                images[at].again.push(span);
                return;
            }
            known.insert(text.clone(), images.len());
        }
        images.push(ImageUse {
            source: file.source,
            span,
            reference,
            role,
            built_here: false,
            again: Vec::new(),
        });
    };
    for directive in &file.directives {
        if directive.name.text.eq_ignore_ascii_case("syntax") {
            add(directive.value.span, Some(Cow::Borrowed(&*directive.value.text)), ImageRole::Frontend);
        }
    }
    for stage in &file.stages {
        let Some(from) = file.from_of(stage.index) else { continue };
        match &stage.base {
            // An argument without a value leaves a hole, which is not the image's fault.
            Base::Image(image) if has_hole(file, stage.index, image) => {
                add(from.image.span, None, ImageRole::Base);
            }
            Base::Image(image) => add(from.image.span, Some(Cow::Borrowed(&**image)), ImageRole::Base),
            Base::Unknown => add(from.image.span, None, ImageRole::Base),
            Base::Stage(_) | Base::Scratch => {}
        }
    }
    for instruction in file.all() {
        if let (Kind::Copy(_), Some(value)) =
            (&instruction.kind, instruction.flag("from").and_then(|f| f.value.as_ref()))
            && let Some(image) = outside(file, value, instruction)
        {
            add(value.span, Some(image.into()), ImageRole::CopyFrom);
        }
        for mount in instruction.mounts() {
            if let Some(value) = mount.from()
                && let Some(image) = outside(file, value, instruction)
            {
                add(value.span, Some(image.into()), ImageRole::MountFrom);
            }
        }
    }
    images
}

/// The name of a stage's image is broken, and a variable in it is empty.
fn has_hole(file: &Dockerfile, stage: usize, image: &str) -> bool {
    let Some(from) = file.from_of(stage).filter(|_| image::parse(image).is_err()) else { return false };
    let Some(at) = file.stage_instructions(stage).first() else { return false };
    file.variables(&from.image).iter().any(|variable| match file.lookup(variable.name, at).value {
        Value::Known(value) | Value::Default(value) => value.is_empty(),
        Value::Unset | Value::Unknown => true,
    })
}

/// What a `--from` names, if it is no stage. A bare word may be a named context of whoever builds.
fn outside(file: &Dockerfile, from: &Word, at: &Instruction) -> Option<String> {
    match file.resolve_from(from, at) {
        FromRef::Outside(name) => Some(name.into_owned()),
        _ => None,
    }
}

/// The names that a project gives to images it builds itself.
pub fn built_images<'p>(project: &'p Project<'_>) -> HashSet<&'p str> {
    let built = project.builds.iter().map(|build| &project.containers[build.container]);
    built.filter_map(|spec| spec.image.as_ref()?.value()).collect()
}

/// The images of each container, in their order; without those that another container of the same file names as well and
/// has with both places.
pub fn container_images<'a>(project: &'a Project<'a>) -> Vec<Vec<ImageUse<'a>>> {
    let built = built_images(project);
    let mut images: Vec<Vec<ImageUse>> = Vec::with_capacity(project.containers.len());
    // Where each is in `images`.
    let mut known: HashMap<(&str, String, bool), (usize, usize)> = HashMap::new();
    for (at, spec) in project.containers.iter().enumerate() {
        images.push(Vec::new());
        for (text, start) in named_images(spec) {
            let image = container_image(project, spec, (text, start), &built);
            let reference = image.reference.as_deref().map(str::to_owned);
            let key = reference.map(|reference| (&**image.source.path(), reference, image.built_here));
            if let Some(&(at, place)) = key.as_ref().and_then(|key| known.get(key)) {
                let first = &mut images[at][place];
                // Services that inherit it, or share an anchor, have it at one place.
                if first.span != image.span && first.again.last() != Some(&image.span) {
                    first.again.push(image.span);
                }
                continue;
            }
            known.extend(key.map(|key| (key, (at, images[at].len()))));
            images[at].push(image);
        }
    }
    images
}

/// The images that are written for a container, each with the byte of its text at which it begins: what it runs, what its
/// hooks run, what it mounts, what its build takes as a context.
fn named_images(spec: &ContainerSpec) -> impl Iterator<Item = (&Text, usize)> {
    const CONTEXT: &str = "docker-image://";
    let hooks = spec.hooks.iter().filter_map(|hook| hook.image.as_ref());
    let mounts = spec.mounts.iter().filter(|mount| mount.kind == MountKind::Image);
    let mounts = mounts.filter_map(|mount| mount.source.as_ref());
    let contexts = spec.build.iter().flat_map(|build| &build.additional_contexts);
    let contexts = contexts.filter_map(|context| context.value.as_ref());
    let contexts = contexts.filter(|context| context.raw.starts_with(CONTEXT));
    let whole = spec.image.iter().chain(hooks).chain(mounts).map(|image| (image, 0));
    whole.chain(contexts.map(|context| (context, CONTEXT.len())))
}

/// An image that a container names; `built` is [`built_images`].
fn container_image<'a>(
    project: &'a Project<'a>,
    spec: &'a ContainerSpec,
    (text, start): (&'a Text, usize),
    built: &HashSet<&str>,
) -> ImageUse<'a> {
    let reference = text.value().and_then(|value| value.get(start..));
    let is_own = spec.image.as_ref().is_some_and(|image| std::ptr::eq(image, text)) && spec.build.is_some();
    ImageUse {
        source: project.source(text.at),
        span: text.part(start..text.raw.len()),
        reference: reference.map(Cow::Borrowed),
        role: ImageRole::Container,
        built_here: is_own || reference.is_some_and(|name| built.contains(name)),
        again: Vec::new(),
    }
}
