//! Several files, one model: documents in order, override files, `include`, `extends`.
//!
//! The order of steps is that of compose-go's `loader.go`: a document's includes, its `extends`, then the document
//! onto what came before it.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::merge;
use super::paths::{directory, is_project_file, is_remote, resolve};
use super::value::{Field, Maker, Shape, Tag, Value};
use super::{ComposeFile, Env, Nearby, Problem, ProblemKind};
use crate::container::{At, FileId, PullKind};
use crate::text::{Span, last_part};
use crate::yaml::{Entry, Node};

/// Top-level sections that are joined.
pub(super) const SECTIONS: [&str; 5] = ["services", "networks", "volumes", "secrets", "configs"];
/// Includes inside includes, extends after extends.
const MAX_CHAIN: usize = 32;
/// Files that one model reads, each once for every project directory that it is included for.
const MAX_LOADS: usize = 1000;
/// Documents of one file that are joined with each other.
const MAX_DOCUMENTS: usize = 1000;
const TOO_LONG: &str =
    "more than 32 files or services refer to each other up to here; the rest is not checked";

/// All that is known after joining, before services are read.
pub(super) struct Joined<'r> {
    /// By section, in the order of [`SECTIONS`].
    pub(super) sections: [Vec<Field<'r>>; 5],
    pub(super) files: Vec<&'r ComposeFile<'r>>,
    /// What relative paths in a file start from.
    pub(super) directories: HashMap<FileId, String>,
    pub(super) envs: HashMap<FileId, Vec<&'r Arc<Env>>>,
    pub(super) maker: Maker,
    pub(super) problems: Vec<Problem>,
    /// Those that Compose compares with its schema: not those that are only extended.
    pub(super) compared: Vec<&'r ComposeFile<'r>>,
    /// Every file that was named was found.
    pub(super) complete: bool,
    /// Services in which a line was passed over because it is no YAML, and where.
    pub(super) broken: HashMap<&'r str, At>,
    /// Services of files that are extended.
    bases: HashMap<FileId, Rc<Services<'r>>>,
    /// How the files and services on the way here were entered, so that a cycle is told at one place wherever it is
    /// entered.
    includes: HashMap<FileId, (At, &'r str)>,
    extends: HashMap<(FileId, &'r str), (At, &'r str)>,
    /// What files come to with all that they include, by the directory that they are read for. A file is read once
    /// for each, however many ways lead to it.
    loaded: HashMap<(FileId, String), Rc<Sections<'r>>>,
}

pub(super) fn join<'r>(files: &[&'r ComposeFile<'r>], nearby: &Nearby<'r>) -> Joined<'r> {
    let mut joined = Joined {
        sections: Default::default(),
        files: Vec::new(),
        compared: Vec::new(),
        directories: HashMap::new(),
        envs: HashMap::new(),
        maker: Maker::default(),
        problems: Vec::new(),
        complete: true,
        broken: HashMap::new(),
        bases: HashMap::new(),
        includes: HashMap::new(),
        extends: HashMap::new(),
        loaded: HashMap::new(),
    };
    if let Some(first) = files.first() {
        let home = directory(first.source.path()).to_owned();
        let env = resolve(&home, ".env").and_then(|path| (nearby.env)(&path));
        let mut stack = Vec::new();
        let mut sections =
            joined.load(files, &home, &env.into_iter().collect::<Vec<_>>(), nearby, &mut stack);
        for section in &mut sections {
            section.retain(|field| field.value.tag != Tag::Reset);
            for field in section {
                field.value.clean();
            }
        }
        joined.sections = sections;
    }
    // A file that is too large by itself has said so; this one becomes it by what it names.
    if let Some(at) = joined.maker.exhausted
        && joined.files.iter().all(|file| file.yaml.errors.is_empty())
    {
        let message = "this file and the files that it names have more than 100,000 nodes, 1000 files, 1000 documents \
                       or 64 nested collections; the rest is not checked";
        joined.problem(ProblemKind::TooLarge, at, message);
    }
    joined
}

type Sections<'r> = [Vec<Field<'r>>; 5];

/// The services of a file, before anything is extended, by name.
type Services<'r> = HashMap<&'r str, Field<'r>>;

impl<'r> Joined<'r> {
    fn problem(&mut self, kind: ProblemKind, at: At, message: impl Into<Box<str>>) {
        self.problems.push(Problem { kind, at, message: message.into(), also: None });
    }

    /// Takes note of a file that goes into the model.
    fn enter(&mut self, file: &'r ComposeFile<'r>, home: &str, env: &[&'r Arc<Env>]) {
        if self.directories.contains_key(&file.id) {
            return;
        }
        self.files.push(file);
        self.broken.extend(broken(file));
        self.directories.insert(file.id, home.to_owned());
        self.envs.entry(file.id).or_insert_with(|| env.to_vec());
    }

    fn load(
        &mut self,
        files: &[&'r ComposeFile<'r>],
        home: &str,
        env: &[&'r Arc<Env>],
        nearby: &Nearby<'r>,
        stack: &mut Vec<FileId>,
    ) -> Sections<'r> {
        let mut all = Sections::default();
        for &file in files {
            let key = (file.id, home.to_owned());
            let own = match self.loaded.get(&key).cloned() {
                Some(known) => {
                    let at = At::new(file.id, Span::at(0));
                    let copied = known.iter().flatten().map(|field| &field.value);
                    if !self.maker.pays_for(copied, at) {
                        continue;
                    }
                    (*known).clone()
                }
                None if self.loaded.len() > MAX_LOADS => {
                    self.maker.exhausted.get_or_insert(At::new(file.id, Span::at(0)));
                    continue;
                }
                None => {
                    stack.push(file.id);
                    let own = self.load_one(file, home, env, nearby, stack);
                    stack.pop();
                    // The main file and its overrides are asked for once.
                    if !stack.is_empty() {
                        self.loaded.insert(key, Rc::new(own.clone()));
                    }
                    own
                }
            };
            for ((section, own), name) in all.iter_mut().zip(own).zip(SECTIONS) {
                *section = join_section(std::mem::take(section), own, name);
            }
        }
        all
    }

    /// A file with what it includes and extends.
    fn load_one(
        &mut self,
        file: &'r ComposeFile<'r>,
        home: &str,
        env: &[&'r Arc<Env>],
        nearby: &Nearby<'r>,
        stack: &mut Vec<FileId>,
    ) -> Sections<'r> {
        let mut all = Sections::default();
        self.enter(file, home, env);
        if self.compared.iter().all(|known| known.id != file.id) {
            self.compared.push(file);
        }
        for (number, root) in file.yaml.documents().enumerate() {
            if number == MAX_DOCUMENTS {
                self.maker.exhausted.get_or_insert(At::new(file.id, root.span()));
                break;
            }
            let mut own = Sections::default();
            for (section, name) in own.iter_mut().zip(SECTIONS) {
                for written in root.entry(name).into_iter().chain(jobs(root, name)) {
                    let value = self.maker.value(written.value, file.id, None);
                    section.extend(self.section(value, written.key_str()));
                }
            }
            if let Some(include) = root.get("include") {
                let include = self.maker.value(include, file.id, None);
                self.include(&include, &mut own, home, env, nearby, stack);
            }
            self.extend_all(&mut own[0], file, home, nearby);
            for ((section, own), name) in all.iter_mut().zip(own).zip(SECTIONS) {
                *section = join_section(std::mem::take(section), own, name);
            }
        }
        all
    }

    fn section(&mut self, value: Value<'r>, name: &str) -> Vec<Field<'r>> {
        match value.shape {
            Shape::Map(fields) => fields,
            Shape::Null => Vec::new(),
            _ => {
                self.problem(ProblemKind::WrongType, value.at, format!("`{name}` must be a mapping"));
                Vec::new()
            }
        }
    }

    fn include(
        &mut self,
        include: &Value<'r>,
        own: &mut Sections<'r>,
        home: &str,
        env: &[&'r Arc<Env>],
        nearby: &Nearby<'r>,
        stack: &mut Vec<FileId>,
    ) {
        for item in include.items() {
            let paths = match item.get("path") {
                Some(path) if !path.items().is_empty() => path.items().iter().collect(),
                Some(path) => vec![path],
                None => vec![item],
            };
            let mut files = Vec::new();
            for path in paths {
                let Some(written) = path.str() else { continue };
                match self.find(written, home, path.at, nearby, "include") {
                    Some(file) if stack.contains(&file.id) => {
                        self.includes.insert(file.id, (path.at, written));
                        let (at, written) = self.told_of(stack, file.id).unwrap_or((path.at, written));
                        let message = format!(
                            "`{written}` includes itself, directly or through others; remove one `include`"
                        );
                        self.problem(ProblemKind::IncludeCycle, at, message);
                    }
                    Some(_) if stack.len() > MAX_CHAIN => {
                        self.problem(ProblemKind::TooLarge, path.at, TOO_LONG);
                    }
                    Some(file) => {
                        self.includes.insert(file.id, (path.at, written));
                        files.push(file);
                    }
                    None => {}
                }
            }
            let Some(first) = files.first() else { continue };
            let there = item.get("project_directory").and_then(Value::str).map_or_else(
                || Some(directory(first.source.path()).to_owned()),
                |written| resolve(home, written),
            );
            let there = there.unwrap_or_else(|| home.to_owned());
            let env_files: Vec<String> = match item.get("env_file") {
                Some(value) if !value.items().is_empty() => {
                    value.items().iter().filter_map(|item| resolve(home, item.str()?)).collect()
                }
                Some(value) => value.str().and_then(|path| resolve(home, path)).into_iter().collect(),
                None => resolve(&there, ".env").into_iter().collect(),
            };
            // The including project's variables win.
            let mut envs = env.to_vec();
            envs.extend(env_files.iter().filter_map(|path| (nearby.env)(path)));
            let included = self.load(&files, &there, &envs, nearby, stack);
            for ((section, included), name) in own.iter_mut().zip(included).zip(SECTIONS) {
                *section = join_section(included, std::mem::take(section), name);
            }
        }
    }

    /// Where a cycle of includes is reported, wherever it is entered: at the include in the file that Compose finds by
    /// itself, or else comes first by its path. `stack` ends in the cycle, which closes in `again`.
    fn told_of(&self, stack: &[FileId], again: FileId) -> Option<(At, &'r str)> {
        let path =
            |id: FileId| self.files.iter().find(|file| file.id == id).map(|file| &**file.source.path());
        let cycle: Vec<FileId> = stack.iter().copied().skip_while(|&id| id != again).collect();
        let order = |&at: &usize| {
            let path = path(cycle[at]).unwrap_or_default();
            (!is_project_file(last_part(path)), path)
        };
        let first = (0..cycle.len()).min_by_key(order)?;
        self.includes.get(&cycle[(first + 1) % cycle.len()]).copied()
    }

    /// The file at `written`; says why there is none.
    fn find(
        &mut self,
        written: &str,
        home: &str,
        at: At,
        nearby: &Nearby<'r>,
        what: &str,
    ) -> Option<&'r ComposeFile<'r>> {
        let (kind, message) = if is_remote(written) {
            (ProblemKind::Remote, format!("`{what}` reads `{written}`, which is not in this repository"))
        } else if written.contains('$') {
            (ProblemKind::Remote, format!("`{what}` reads `{written}`, whose value is not known"))
        } else {
            match resolve(home, written) {
                None => (
                    ProblemKind::Remote,
                    format!("`{what}` reads `{written}`, which is outside of this repository"),
                ),
                Some(path) => {
                    if let Some(file) = (nearby.file)(&path) {
                        return Some(file);
                    }
                    let why = "that file does not exist; create it, or correct the path";
                    (ProblemKind::FileMissing, format!("`{what}` names `{written}`, and {why}"))
                }
            }
        };
        if what == "include" {
            self.complete = false;
        }
        self.problem(kind, at, message);
        None
    }

    fn extend_all(
        &mut self,
        services: &mut Vec<Field<'r>>,
        file: &'r ComposeFile<'r>,
        home: &str,
        nearby: &Nearby<'r>,
    ) {
        if services.iter().all(|service| service.value.field("extends").is_none()) {
            return;
        }
        let written: Services = services.iter().map(|field| (field.name, field.clone())).collect();
        for service in services {
            let mut chain = Vec::new();
            service.value = self.extended(service, &written, file, home, nearby, &mut chain);
        }
    }

    /// A service with what it extends; `services` are those of its file. What cannot be found stays as `extends`.
    fn extended(
        &mut self,
        service: &Field<'r>,
        services: &Services<'r>,
        file: &'r ComposeFile<'r>,
        home: &str,
        nearby: &Nearby<'r>,
        chain: &mut Vec<(FileId, &'r str)>,
    ) -> Value<'r> {
        let mut own = service.value.clone();
        let Some(extends) = own.field("extends").map(|field| field.value.clone()) else { return own };
        let (reference, path) = match extends.shape {
            Shape::Scalar(_) => (Some(&extends), None),
            _ => (extends.get("service"), extends.get("file")),
        };
        let Some((name, reference)) = reference.and_then(|value| value.str().map(|name| (name, value)))
        else {
            let message = "`extends` names no service; add `service:` with its name";
            self.problem(ProblemKind::ServiceMissing, extends.at, message);
            return own;
        };
        self.extends.insert((file.id, service.name), (extends.at, name));
        if chain.contains(&(file.id, service.name)) {
            let cycle = chain.iter().skip_while(|link| **link != (file.id, service.name));
            let path_of = |id: FileId| self.files.iter().find(|file| file.id == id).map(|f| f.source.path());
            let first = cycle.min_by_key(|(id, name)| (path_of(*id), *name));
            let (at, name) =
                first.and_then(|link| self.extends.get(link)).copied().unwrap_or((extends.at, name));
            let message =
                format!("`{name}` extends itself, directly or through others; remove one `extends`");
            self.problem(ProblemKind::ExtendsCycle, at, message);
            return own;
        }
        if chain.len() > MAX_CHAIN {
            self.problem(ProblemKind::TooLarge, extends.at, TOO_LONG);
            return own;
        }
        chain.push((file.id, service.name));
        let other = match path.and_then(|path| path.str().map(|written| (written, path.at))) {
            Some((written, at)) => match self.find(written, home, at, nearby, "extends") {
                Some(other) => Some(other),
                None => return own,
            },
            None => None,
        };
        let loaded;
        let (services, file, home) = match other {
            Some(other) => {
                let there = directory(other.source.path());
                let env = self.envs.get(&file.id).cloned().unwrap_or_default();
                self.enter(other, there, &env);
                loaded = self.services_of(other);
                (&*loaded, other, there)
            }
            None => (services, file, home),
        };
        let Some(base) = services.get(name) else {
            // What could not be read may hold it.
            let whole = file.yaml.errors.is_empty() && self.maker.exhausted.is_none();
            if whole && !name.contains('$') {
                let file = file.source.path();
                let message = format!(
                    "`extends` names the service `{name}`, which `{file}` does not have; correct the name"
                );
                self.problem(ProblemKind::ServiceMissing, reference.at, message);
            }
            return own;
        };
        // Each service that extends another holds a copy of it.
        if !self.maker.pays_for([&base.value], extends.at) {
            return own;
        }
        let mut base = self.extended(base, services, file, home, nearby, chain);
        let unresolved = base.field("extends").is_some();
        base.set_pull(self.maker.pull(PullKind::Extends, extends.at.file, extends.at.span));
        if let (Shape::Map(fields), false) = (&mut own.shape, unresolved) {
            fields.retain(|field| field.name != "extends");
        }
        merge::join(base, own, &mut vec!["services", service.name])
    }

    /// The services of a file that is extended: its documents joined, nothing else followed.
    fn services_of(&mut self, file: &'r ComposeFile<'r>) -> Rc<Services<'r>> {
        if let Some(known) = self.bases.get(&file.id) {
            return Rc::clone(known);
        }
        let mut all = Vec::new();
        let sections = |root: Node<'r>| root.entry("services").into_iter().chain(jobs(root, "services"));
        for written in file.yaml.documents().take(MAX_DOCUMENTS).flat_map(sections) {
            let value = self.maker.value(written.value, file.id, None);
            let fields = self.section(value, written.key_str());
            all = join_section(all, fields, "services");
        }
        let all: Rc<Services> = Rc::new(all.into_iter().map(|field| (field.name, field)).collect());
        self.bases.insert(file.id, Rc::clone(&all));
        all
    }
}

/// `jobs:` beside `services:`, since Compose 5.6: a job is a service that is run on demand, with every setting of one.
fn jobs<'r>(root: Node<'r>, section: &str) -> Option<Entry<'r>> {
    (section == "services").then(|| root.entry("jobs")).flatten()
}

/// A line that was passed over belongs to the service that it stands in.
fn broken<'r>(file: &'r ComposeFile<'r>) -> Vec<(&'r str, At)> {
    if file.yaml.errors.is_empty() {
        return Vec::new();
    }
    let mut services: Vec<(u32, &str)> =
        file.services().iter().map(|entry| (entry.key_span().start, entry.key_str())).collect();
    services.sort_unstable();
    let of = |span: Span| {
        let after = services.partition_point(|&(start, _)| start <= span.start);
        services[..after].last().map(|&(_, name)| (name, At::new(file.id, span)))
    };
    file.yaml.errors.iter().filter_map(|error| of(error.span)).collect()
}

fn join_section<'r>(base: Vec<Field<'r>>, over: Vec<Field<'r>>, name: &'r str) -> Vec<Field<'r>> {
    if base.is_empty() {
        return over;
    }
    let value = |fields| Value { at: At::default(), tag: Tag::Join, shape: Shape::Map(fields) };
    match merge::join(value(base), value(over), &mut vec![name]).shape {
        Shape::Map(fields) => fields,
        _ => Vec::new(),
    }
}
