//! Compose files as documents, and several of them joined into one model.
//!
//! [`parse`] gives a file as it is written: its tree, its sections, its variables. [`join`] gives what Compose would
//! run: documents, override files, `extends` and `include` put together, variables replaced where they are known,
//! short forms read, each service a [`ContainerSpec`]. Both are pure; the files that others name are asked for
//! through [`Nearby`]. Facts are compose-go's (e70e961, 2026-07-21): where the Compose specification and the code
//! differ, the code was followed.
//!
//! What a service may not do is left to the rules.

mod build;
mod conflict;
mod conform;
mod env;
mod exclusive;
mod insertion;
mod interpolate;
mod join;
mod merge;
mod paths;
mod ports;
mod read;
mod resource;
mod service;
pub mod short;
mod spec;
mod value;
mod volumes;

use std::collections::HashMap;
use std::sync::Arc;

pub use env::Env;
pub use interpolate::{Operator, Piece, Variable, interpolate, pieces};
pub use paths::{
    beside, directory, groups, is_main_file, is_named_for_compose, is_project_file, is_remote, resolve,
};

use crate::container::{At, ContainerSpec, FileId, Key, Pair, Setting, Text};
use crate::text::{Source, last_part};
use crate::yaml::{self, Entry, Node, Yaml};

/// One Compose file as written.
#[derive(Debug)]
pub struct ComposeFile<'a> {
    pub id: FileId,
    pub source: &'a Source,
    pub yaml: Yaml<'a>,
}

/// Reads a file. Never fails: see [`Yaml::errors`].
pub fn parse(source: &Source, id: FileId) -> ComposeFile<'_> {
    ComposeFile { id, source, yaml: yaml::parse(source) }
}

impl ComposeFile<'_> {
    /// A top-level setting, of the last document that has it.
    pub fn top(&self, key: &str) -> Option<Entry<'_>> {
        self.yaml.documents().filter_map(|root| root.entry(key)).last()
    }
    /// The entries of a top-level section (`services`, `networks`, `volumes` …) of all documents.
    pub fn section(&self, key: &str) -> Vec<Entry<'_>> {
        self.yaml.documents().filter_map(|root| root.get(key)).flat_map(Node::entries).collect()
    }
    /// The services and jobs as written, before anything is joined.
    pub fn services(&self) -> Vec<Entry<'_>> {
        let mut services = self.section("services");
        services.extend(self.section("jobs"));
        services
    }
    /// Whether Compose would find a container in it: some service with `image`, `build` or `extends`.
    pub fn has_containers(&self) -> bool {
        let marks = ["image", "build", "extends", "provider"];
        self.services().iter().any(|service| marks.iter().any(|mark| service.value.get(mark).is_some()))
    }
    /// The variables in all values (Compose does not look at keys), and what is written wrongly; each with the scalar
    /// that it stands in.
    pub fn variables(&self) -> Vec<(Node<'_>, Piece)> {
        if !self.source.text().contains('$') {
            return Vec::new();
        }
        let mut found = Vec::new();
        for node in self.yaml.nodes().filter(|node| !node.is_alias()) {
            let values = node.raw_entries().map(|entry| entry.value).chain(node.items());
            for value in values.filter(|value| !value.is_alias()) {
                let pieces = value.as_str().filter(|text| text.contains('$')).map(pieces).unwrap_or_default();
                let wanted =
                    pieces.into_iter().filter(|p| matches!(p, Piece::Variable(_) | Piece::Invalid(_)));
                found.extend(wanted.map(|piece| (value, piece)));
            }
        }
        found
    }
}

/// What lies around the files of a model. No IO: the caller has read them, or has not.
#[derive(Clone, Copy)]
pub struct Nearby<'r> {
    /// The Compose file at a path relative to the root of the run.
    pub file: &'r dyn Fn(&str) -> Option<&'r ComposeFile<'r>>,
    /// The variables of the `.env`-like file at a path relative to the root of the run.
    pub env: &'r dyn Fn(&str) -> Option<&'r Arc<Env>>,
}

impl Nearby<'_> {
    /// Nothing is known but the files that are joined.
    pub fn nothing() -> Self {
        Self { file: &|_| None, env: &|_| None }
    }
}

/// What Compose would make of some files.
#[derive(Debug, Default)]
pub struct Model {
    /// Every file that went into it, the main one first.
    pub files: Vec<FileId>,
    pub services: Vec<ContainerSpec>,
    pub networks: Vec<Resource>,
    pub volumes: Vec<Resource>,
    pub secrets: Vec<Resource>,
    pub configs: Vec<Resource>,
    pub problems: Vec<Problem>,
    /// Every included file was found: a name that is not here does not exist.
    pub complete: bool,
    /// What sets the variables of each file, as far as it is known.
    pub envs: HashMap<FileId, Vec<Arc<Env>>>,
    directories: HashMap<FileId, String>,
}

impl Model {
    /// What relative paths that are written in `file` start from, relative to the root of the run.
    pub fn directory(&self, file: FileId) -> &str {
        self.directories.get(&file).map_or("", String::as_str)
    }
    /// A relative path that is written at `at`, from the root of the run; `None` if it leads out of it.
    pub fn path(&self, text: &Text) -> Option<String> {
        resolve(self.directory(text.at.file), text.value()?)
    }
}

/// A network, volume, secret or config at top level.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its name in the file.
    pub key: Box<str>,
    /// The key.
    pub at: At,
    pub keys: Vec<Key>,
    /// `name:`
    pub name: Option<Text>,
    /// `external: true`, or the old `external: {name: …}`.
    pub external: bool,
    pub driver: Option<Text>,
    pub driver_opts: Vec<Pair>,
    /// Secrets and configs.
    pub file: Option<Text>,
    pub environment: Option<Text>,
    pub content: Option<Text>,
    /// Networks.
    pub internal: Option<Setting<bool>>,
    pub attachable: Option<Setting<bool>>,
    pub labels: Vec<Pair>,
}

impl ProblemKind {
    /// The file is not as Compose's schema wants it.
    fn is_of_form(self) -> bool {
        matches!(
            self,
            Self::WrongType | Self::UnknownKey | Self::StrangeKey | Self::InvalidValue | Self::Undefined
        )
    }
}

/// Something that Compose would refuse, or that could not be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub kind: ProblemKind,
    pub at: At,
    /// Without a full stop.
    pub message: Box<str>,
    /// Another place that it is about, and what is there.
    pub also: Option<(At, &'static str)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// `extends` names no service, or one that its file has not.
    ServiceMissing,
    /// `extends` or `include` names a file that is not there.
    FileMissing,
    ExtendsCycle,
    IncludeCycle,
    /// A remote file (git, OCI, URL): not read.
    Remote,
    /// A value of the wrong kind: a text where a list belongs, `privileged: maybe`.
    WrongType,
    /// A key that is misspelt or in the wrong place.
    UnknownKey,
    /// A key that older versions of Compose do not know.
    NewerKey,
    /// A key of no version of Compose that is known here.
    StrangeKey,
    /// A value of the right type that means nothing: `restart: allways`.
    InvalidValue,
    /// A name of a service, network, volume, secret, config or model that is not defined.
    Undefined,
    /// Services need each other.
    DependencyCycle,
    /// Neither image nor build.
    NothingToRun,
    PublishedTwice,
    NamedTwice,
    /// Keys or values that exclude each other.
    Conflict,
    /// More nodes, or files and services behind each other, than the budget allows.
    TooLarge,
}

/// Joins files in order: the first, then those that override it (see [`groups`]).
pub fn join<'r>(files: &[&'r ComposeFile<'r>], nearby: &Nearby<'r>) -> Model {
    let mut joined = join::join(files, nearby);
    // `podman-compose.yml` is written for a program that reads more than Compose.
    let for_podman =
        joined.files.first().is_some_and(|file| last_part(file.source.path()).contains("podman"));
    let envs = std::mem::take(&mut joined.envs);
    let mut reader = read::Reader::new(&envs);
    let needs = conform::conform(&mut reader, &mut joined, for_podman);
    let pulls: Arc<[_]> = joined.maker.pulls.as_slice().into();
    let [services, networks, volumes, secrets, configs] = &joined.sections;
    let mut services: Vec<ContainerSpec> =
        services.iter().map(|field| service::service(&mut reader, &joined, &pulls, field)).collect();
    let mut resources = |fields: &[value::Field]| {
        fields.iter().map(|field| resource::resource(&mut reader, field, for_podman)).collect()
    };
    let (networks, volumes): (_, Vec<Resource>) = (resources(networks), resources(volumes));
    volumes::bind_volumes(&mut services, &volumes);
    resource::share_host_network(&mut services, &networks);
    let (secrets, configs) = (resources(secrets), resources(configs));
    let mut problems = std::mem::take(&mut joined.problems);
    problems.append(&mut reader.problems);
    let path = files.first().map_or("", |file| file.source.path());
    // A file with keys of its own, whose name promises nothing to Compose, has values of its own, too.
    let is_strange = |problem: &Problem| problem.kind == ProblemKind::StrangeKey;
    if !is_named_for_compose(path) && problems.iter().any(is_strange) {
        problems.retain(|problem| !problem.kind.is_of_form());
    }
    conflict::conflicts(&joined.sections[0], &services, &needs, path, &mut problems);
    if !for_podman {
        exclusive::exclusive(&joined.sections, &mut problems);
    }
    Model {
        files: joined.files.iter().map(|file| file.id).collect(),
        services,
        networks,
        volumes,
        secrets,
        configs,
        problems,
        complete: joined.complete,
        envs: envs.into_iter().map(|(file, envs)| (file, envs.into_iter().cloned().collect())).collect(),
        directories: joined.directories,
    }
}

#[cfg(test)]
mod tests;
