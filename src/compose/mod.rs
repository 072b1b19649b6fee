//! Compose files as documents, and several of them joined into one model.
//!
//! [`parse`] gives a file as it is written: its tree, its sections, its variables. [`join`] gives what Compose would
//! run: documents, override files, `extends` and `include` put together, variables replaced where they are known,
//! short forms read, each service a [`ContainerSpec`]. Both are pure; the files that others name are asked for
//! through [`Nearby`]. Facts are compose-go's (e70e961, 2026-07-21): where the Compose specification and the code
//! differ, the code was followed.
//!
//! What a service may not do is left to the rules.

use crate::container::{At, ContainerSpec, FileId, Key, Pair, Setting, Text};
use crate::text::{Source, Span};
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
    /// The services as written, before anything is joined.
    pub fn services(&self) -> Vec<Entry<'_>> {
        self.section("services")
    }
}

/// What lies around the files of a model. No IO: the caller has read them, or has not.
#[derive(Clone, Copy)]
pub struct Nearby<'r> {
    /// The Compose file at a path relative to the root of the run.
    pub file: &'r dyn Fn(&str) -> Option<&'r ComposeFile<'r>>,
    /// The variables of the `.env`-like file at a path relative to the root of the run.
    pub env: &'r dyn Fn(&str) -> Option<&'r Env>,
}

/// Variables with known values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Env {
    pub variables: Vec<(Box<str>, Box<str>)>,
}

impl Env {
    /// TODO-STUB
    pub fn parse(_text: &str) -> Self {
        Self::default()
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

/// Something that Compose would refuse, or that could not be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub kind: ProblemKind,
    pub at: At,
    /// Without a full stop.
    pub message: Box<str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// `extends` names a file or a service that is not there.
    ExtendsMissing,
    ExtendsCycle,
    IncludeMissing,
    IncludeCycle,
    /// A remote file (git, OCI, URL): not read.
    Remote,
    /// `${` without a sense.
    Interpolation,
    /// A value of the wrong kind: a text where a list belongs, `privileged: maybe`.
    WrongType,
    /// More nodes than the budget allows.
    TooLarge,
}

/// Joins files in order: the first, then those that override it.
pub fn join(_files: &[&ComposeFile<'_>], _nearby: &Nearby<'_>) -> Model {
    Model::default()
}

/// Where in `file` a span stands; for tests and rules that only have the place.
pub fn slice<'a>(file: &ComposeFile<'a>, span: Span) -> &'a str {
    file.source.slice(span)
}
