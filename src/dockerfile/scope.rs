//! What every variable stands for at every place: ARG, ENV, what a stage inherits, what BuildKit gives.
//!
//! Computed once a file, forwards, and looked up by name and place. In one stage the later of ARG and ENV wins, as in
//! BuildKit's `dispatchArg` and `dispatchEnv`.

use std::borrow::Cow;
use std::collections::HashMap;

use super::expand::{Expanded, expand_with};
use super::{Assignment, Base, Dockerfile, Instruction, Kind};

/// The value of a variable. Unknown is a third answer beside set and unset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// It cannot be otherwise.
    Known(Box<str>),
    /// The default of an ARG, or made from one: so unless the caller passes something else.
    Default(Box<str>),
    /// Certainly not set.
    Unset,
    /// The caller, the platform or the base image says.
    Unknown,
}

/// Where a variable comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// ENV; the index of the instruction.
    Env(usize),
    /// ARG in a stage, or before the first FROM for words of FROM; the index of the instruction.
    Arg(usize),
    /// `TARGETPLATFORM` and its like: there in FROM, and in a stage that declares them with ARG.
    Platform,
    /// `HTTP_PROXY` and its like, and `PATH`: there without being declared.
    Predefined,
    /// Nothing in the file sets it. The base image may, unless it is `scratch` or the word is one of FROM.
    Undeclared { base_may_set: bool },
}

/// What a name stands for at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    pub origin: Origin,
    pub value: Value,
}

/// Source: docs of `ARG`, "Automatic platform ARGs in the global scope"; `dockerfile2llb/platform.go`.
const PLATFORM: [&str; 11] = [
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDOSVERSION",
    "BUILDARCH",
    "BUILDVARIANT",
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETOSVERSION",
    "TARGETARCH",
    "TARGETVARIANT",
    "TARGETSTAGE",
];
/// Source: docs of `ARG`, "Predefined ARGs". `PATH` is set in every image.
const PREDEFINED: [&str; 6] = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY", "PATH"];

/// How many stages built on each other are looked through for a name.
const MAX_ANCESTRY: usize = 256;

#[derive(Debug, Default)]
pub(super) struct Scopes<'a> {
    /// ARG before the first FROM.
    global: Table<'a>,
    stages: Vec<Table<'a>>,
}

/// The assignments of each name, in order.
#[derive(Debug, Default)]
struct Table<'a>(HashMap<Cow<'a, str>, Vec<Entry>>);

#[derive(Debug)]
struct Entry {
    /// Instruction, and for ARG the position in it, at which it takes effect: words there and before do not see it.
    at: (usize, usize),
    binding: Binding,
}

impl Table<'_> {
    /// The last assignment before a place.
    fn before(&self, name: &str, at: (usize, usize)) -> Option<&Binding> {
        let entries = self.0.get(name)?;
        let count = entries.partition_point(|entry| entry.at < at);
        Some(&entries[count.checked_sub(1)?].binding)
    }
}

/// The variables that one place sees.
pub(super) struct Entries<'f, 'a> {
    scopes: &'f Scopes<'a>,
    file: &'f Dockerfile<'a>,
    place: Place,
}

#[derive(Clone, Copy)]
struct Place {
    /// `None`: the scope of FROM and of ARG before it.
    stage: Option<usize>,
    at: (usize, usize),
    trigger: bool,
}

impl Entries<'_, '_> {
    pub(super) fn value(&self, name: &str) -> Value {
        self.binding(name).value
    }
    fn binding(&self, name: &str) -> Binding {
        let binding = find(self.scopes, self.file, self.place, name);
        if !self.place.trigger {
            return binding;
        }
        // A trigger runs in another file's stage: ENV is still there, though perhaps changed, and ARG is not.
        match (binding.origin, binding.value) {
            (Origin::Env(_), Value::Known(value)) => {
                Binding { origin: binding.origin, value: Value::Default(value) }
            }
            (Origin::Undeclared { .. }, _) => {
                Binding { origin: Origin::Undeclared { base_may_set: true }, value: Value::Unknown }
            }
            (Origin::Arg(_), _) => Binding { origin: binding.origin, value: Value::Unknown },
            (_, value) => Binding { origin: binding.origin, value },
        }
    }
}

fn find(scopes: &Scopes, file: &Dockerfile, place: Place, name: &str) -> Binding {
    let outside = |base_may_set: bool| {
        let predefined = PREDEFINED.iter().any(|known| known.eq_ignore_ascii_case(name));
        if predefined && place.stage.is_some() {
            return Binding { origin: Origin::Predefined, value: Value::Unknown };
        }
        let value = if base_may_set { Value::Unknown } else { Value::Unset };
        Binding { origin: Origin::Undeclared { base_may_set }, value }
    };
    let Some(mut stage) = place.stage else {
        return match scopes.global.before(name, place.at) {
            Some(binding) => binding.clone(),
            None if PLATFORM.contains(&name) => Binding { origin: Origin::Platform, value: Value::Unknown },
            None => outside(false),
        };
    };
    let mut at = place.at;
    for _ in 0..MAX_ANCESTRY {
        if let Some(binding) = scopes.stages.get(stage).and_then(|table| table.before(name, at)) {
            return binding.clone();
        }
        match file.stages.get(stage).map(|stage| &stage.base) {
            Some(Base::Stage(base)) => stage = *base,
            Some(Base::Scratch) => return outside(false),
            _ => return outside(true),
        }
        at = (usize::MAX, 0);
    }
    outside(true)
}

impl<'a> Dockerfile<'a> {
    /// What a name stands for in the words of an instruction.
    pub fn lookup(&self, name: &str, at: &Instruction) -> Binding {
        self.scope_at(at, 0).binding(name)
    }

    /// The names that ARG and ENV have set before an instruction, in this stage and those it is built FROM, with
    /// where the last of them comes from; sorted by name.
    pub fn names_at(&self, at: &Instruction) -> Vec<(&str, Origin)> {
        let scopes = self.scopes();
        let mut names: HashMap<&str, Origin> = HashMap::new();
        let mut before = (at.index, 0);
        for stage in at.stage.into_iter().flat_map(|stage| self.ancestry(stage)).take(MAX_ANCESTRY) {
            let Some(table) = scopes.stages.get(stage) else { break };
            for name in table.0.keys() {
                if let Some(binding) = table.before(name, before) {
                    names.entry(name).or_insert(binding.origin);
                }
            }
            before = (usize::MAX, 0);
        }
        let mut names: Vec<_> = names.into_iter().collect();
        names.sort_unstable_by_key(|&(name, _)| name);
        names
    }

    /// The variables that the words of an instruction see; `position` is that of the word in ARG.
    pub(super) fn scope_at(&self, at: &Instruction, position: usize) -> Entries<'_, 'a> {
        // FROM stands in a stage but sees what stands before all stages.
        let stage = at.stage.filter(|_| !at.keyword.text.eq_ignore_ascii_case("FROM"));
        let place = Place { stage, at: (at.index, position), trigger: at.is_trigger };
        Entries { scopes: self.scopes_for(stage), file: self, place }
    }
    fn scopes(&self) -> &Scopes<'a> {
        self.scopes.get_or_init(|| Scopes::read(self))
    }
    /// While stages are still being resolved only the global scope is there, and FROM asks for no more.
    fn scopes_for(&self, stage: Option<usize>) -> &Scopes<'a> {
        match stage {
            None => {
                self.globals.get_or_init(|| Scopes { global: Scopes::read_global(self), stages: Vec::new() })
            }
            Some(_) => self.scopes(),
        }
    }
}

impl<'a> Scopes<'a> {
    fn read(file: &Dockerfile<'a>) -> Self {
        let mut scopes = Scopes { global: Self::read_global(file), stages: Vec::new() };
        for stage in &file.stages {
            scopes.stages.push(Table::default());
            for instruction in &file.instructions[stage.instructions.clone()] {
                let place = |position| Place {
                    stage: Some(stage.index),
                    at: (instruction.index, position),
                    trigger: false,
                };
                match &instruction.kind {
                    Kind::Env(pairs) => {
                        // All of them see what was before the first, so none is entered before all are read.
                        let entries: Vec<_> =
                            pairs.iter().filter_map(|pair| scopes.env(file, pair, place(0))).collect();
                        for (key, value) in entries {
                            let binding = Binding { origin: Origin::Env(instruction.index), value };
                            scopes.enter(key, (instruction.index, 0), binding);
                        }
                    }
                    Kind::Arg(pairs) => {
                        for (position, pair) in pairs.iter().enumerate() {
                            let value = scopes.arg(file, pair, place(position));
                            let known = PLATFORM.contains(&&*pair.key.text) && pair.value.is_none();
                            let origin =
                                if known { Origin::Platform } else { Origin::Arg(instruction.index) };
                            let key = pair.key.text.clone();
                            scopes.enter(key, (instruction.index, position), Binding { origin, value });
                        }
                    }
                    _ => {}
                }
            }
        }
        scopes
    }
    fn read_global(file: &Dockerfile<'a>) -> Table<'a> {
        let mut scopes = Scopes::default();
        for instruction in file.instructions.iter().take_while(|instruction| instruction.stage.is_none()) {
            let Kind::Arg(pairs) = &instruction.kind else { continue };
            for (position, pair) in pairs.iter().enumerate() {
                let at = (instruction.index, position);
                let value = scopes.arg(file, pair, Place { stage: None, at, trigger: false });
                let binding = Binding { origin: Origin::Arg(instruction.index), value };
                scopes.global.0.entry(pair.key.text.clone()).or_default().push(Entry { at, binding });
            }
        }
        scopes.global
    }
    fn enter(&mut self, key: Cow<'a, str>, at: (usize, usize), binding: Binding) {
        if let Some(table) = self.stages.last_mut() {
            table.0.entry(key).or_default().push(Entry { at, binding });
        }
    }

    fn expand<'w>(&self, file: &Dockerfile<'a>, text: &'w str, place: Place) -> Expanded<'w> {
        expand_with(text, file.escape, &|name| find(self, file, place, name).value)
    }
    fn env(
        &self,
        file: &Dockerfile<'a>,
        pair: &Assignment<'a>,
        place: Place,
    ) -> Option<(Cow<'a, str>, Value)> {
        let key = if pair.key.text.contains(['$', '"', '\'', file.escape]) {
            Cow::Owned(self.expand(file, &pair.key.text, place).text()?.to_owned())
        } else {
            pair.key.text.clone()
        };
        let value = match self.expand(file, &pair.value.as_ref()?.text, place) {
            Expanded::Known(text) => Value::Known(text.into()),
            Expanded::Default(text) => Value::Default(text.into()),
            Expanded::Unknown => Value::Unknown,
        };
        Some((key, value))
    }
    fn arg(&self, file: &Dockerfile<'a>, pair: &Assignment<'a>, place: Place) -> Value {
        let name = &*pair.key.text;
        if let Some(value) = &pair.value {
            return match self.expand(file, &value.text, place) {
                Expanded::Known(text) | Expanded::Default(text) => Value::Default(text.into()),
                Expanded::Unknown => Value::Unknown,
            };
        }
        let global = place.stage.and_then(|_| self.global.before(name, (usize::MAX, 0)));
        let before = global.cloned().unwrap_or_else(|| find(self, file, place, name));
        match before.value {
            // It has a value, or the caller passes another.
            Value::Known(value) | Value::Default(value) => Value::Default(value),
            Value::Unset | Value::Unknown => Value::Unknown,
        }
    }
}
