//! `docker run`, `podman create`, `nerdctl run`, `docker service create`, `docker compose run` among the commands of a script.

use super::fill::Filler;
use super::flags::{self, Flag};
use super::held::Held;
use super::words::{at, text};
use super::{Found, build};
use crate::compose::short;
use crate::container::{Command, CommandForm, ContainerSpec, Gap, Lifetime, Setting, Surface, Text};
use crate::shell::{self, Call, Word};
use crate::text::{Joined, Source};
use crate::yaml::Node;

const ENGINES: [&str; 3] = ["docker", "podman", "nerdctl"];
/// Programs that are `docker compose` by another name.
const COMPOSE: [&str; 2] = ["docker-compose", "podman-compose"];
/// Variables that people name the engine with, in small letters.
const VARIABLES: [&str; 12] = [
    "container_bin",
    "container_cli",
    "container_cmd",
    "container_engine",
    "container_runtime",
    "container_tool",
    "docker",
    "docker_bin",
    "docker_cmd",
    "docker_command",
    "podman",
    "podman_cmd",
];
/// Flags of the engines themselves, and of Compose, that take the next word.
const GLOBAL: [&str; 23] = [
    "-H",
    "-c",
    "-f",
    "-l",
    "-n",
    "-p",
    "--config",
    "--connection",
    "--context",
    "--env-file",
    "--file",
    "--host",
    "--identity",
    "--log-level",
    "--namespace",
    "--profile",
    "--project-directory",
    "--project-name",
    "--root",
    "--runroot",
    "--storage-driver",
    "--storage-opt",
    "--url",
];

/// The containers that a script starts. `lifetime` is that of those for which the command says nothing.
pub(super) fn containers(source: &Source, script: &Joined, lifetime: Lifetime) -> Vec<Found> {
    let script = shell::parse(script);
    let held = Held::new(source, &script);
    let found = script.calls().into_iter().filter_map(|call| {
        container(source, &held, &call, lifetime).or_else(|| build::image(source, &call, lifetime))
    });
    found.collect()
}

fn container(source: &Source, held: &Held, call: &Call, lifetime: Lifetime) -> Option<Found> {
    let (what, first) = runs(call)?;
    let name = call.words[0].span.cover(call.words[first - 1].span);
    let surface = if what == Runs::Service { Surface::ServiceCreate } else { Surface::Run };
    let mut spec = ContainerSpec::new(surface, "", at(name));
    spec.lifetime = lifetime;
    let mut reader = Reader { source, held: Some(held), filler: Filler::new(spec) };
    reader.filler.detached = &*call.words[first - 1].text == "create";
    match what {
        Runs::Container | Runs::Service => reader.read(&call.words[first..]),
        Runs::Process => reader.read_process(&call.words[first..], "the container was started elsewhere"),
        Runs::OfCompose => {
            reader.read_process(&call.words[first..], "the service is described in a Compose file");
        }
    }
    Some(Found { spec: reader.filler.finish(), extent: call.span() })
}

/// What a call starts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Runs {
    Container,
    Service,
    /// A process in a container that is there.
    Process,
    /// A container of a service that a Compose file describes.
    OfCompose,
}

/// What a call starts, and the index of its first argument.
fn runs(call: &Call) -> Option<(Runs, usize)> {
    let is_variable = || {
        let bare = call.words[0].text.trim_matches(['$', '{', '}', '(', ')']).to_ascii_lowercase();
        VARIABLES.contains(&bare.as_str())
    };
    let word = |at: usize| call.words.get(at).map(|word| &*word.text);
    let verb = |mut at: usize| {
        while let Some(flag) = word(at).filter(|word| word.starts_with('-')) {
            at += if GLOBAL.contains(&flag) { 2 } else { 1 };
        }
        at
    };
    let at = verb(1);
    let of_compose = |at: usize| match word(at)? {
        "run" => Some((Runs::OfCompose, at + 1)),
        "exec" => Some((Runs::Process, at + 1)),
        _ => None,
    };
    if call.name().is_some_and(|name| COMPOSE.contains(&name)) {
        return of_compose(at);
    }
    if !call.name().map_or_else(is_variable, |name| ENGINES.contains(&name)) {
        return None;
    }
    match (word(at)?, word(at + 1)) {
        ("run" | "create", _) => Some((Runs::Container, at + 1)),
        ("exec", _) => Some((Runs::Process, at + 1)),
        ("container", Some("run" | "create")) => Some((Runs::Container, at + 2)),
        ("container", Some("exec")) => Some((Runs::Process, at + 2)),
        ("service", Some("create")) => Some((Runs::Service, at + 2)),
        ("compose", _) => of_compose(verb(at + 1)),
        _ => None,
    }
}

/// The containers that scripts in a file of YAML or JSON start.
pub(super) fn of_nodes<'y>(
    source: &Source,
    scripts: impl IntoIterator<Item = Node<'y>>,
    lifetime: Lifetime,
) -> Vec<Found> {
    let scripts = scripts.into_iter().filter_map(Node::joined);
    scripts.flat_map(|script| containers(source, &script, lifetime)).collect()
}

/// A text of flags without the name of a program: `options` of a workflow, `args` of Jenkins.
pub(super) fn flags_in(source: &Source, filler: Filler, flags: &Joined) -> Filler {
    let script = shell::parse(flags);
    script.calls().into_iter().fold(filler, |filler, call| options(source, filler, call.words))
}

/// Flags without the name of a program, as `options` of a workflow or `runArgs` have them.
pub(super) fn options(source: &Source, filler: Filler, words: &[Word]) -> Filler {
    let mut reader = Reader { source, held: None, filler };
    reader.flags(words);
    reader.filler
}

struct Reader<'s> {
    source: &'s Source,
    /// What variables hold; nothing while one of them is read.
    held: Option<&'s Held>,
    filler: Filler,
}

impl Reader<'_> {
    fn gap(&mut self, word: &Word, why: &str) {
        self.filler.spec.gaps.push(Gap { at: at(word.span), why: why.into() });
    }

    /// The arguments: flags, the image, what runs in it.
    fn read(&mut self, words: &[Word]) {
        let rest = self.flags(words);
        let Some((image, command)) = rest.split_first() else {
            let at = self.filler.spec.at;
            self.filler.spec.gaps.push(Gap { at, why: "its image is not written".into() });
            return;
        };
        self.filler.spec.image = Some(text(self.source, image));
        if let (Some(first), Some(last)) = (command.first(), command.last()) {
            let words = command.iter().map(|word| text(self.source, word)).collect();
            let span = first.span.cover(last.span);
            self.filler.spec.command = Some(Command { form: CommandForm::Words(words), at: at(span) });
        }
    }

    /// The arguments of `exec`, which gives a process in a container that is there rights of its own, or of `compose run`,
    /// which adds to what `why` says.
    fn read_process(&mut self, words: &[Word], why: &str) {
        let at = self.filler.spec.at;
        self.filler.spec.gaps.push(Gap { at, why: why.into() });
        let rest = self.flags(words);
        self.filler.spec.container_name = rest.first().map(|name| text(self.source, name));
    }

    /// Reads flags; what is left begins with the image, or is empty if that cannot be told.
    fn flags<'w>(&mut self, words: &'w [Word]) -> &'w [Word] {
        let mut rest = words;
        while let Some((word, after)) = rest.split_first() {
            if &*word.text == "--" {
                return after;
            }
            let Some(flag) = word.text.strip_prefix('-').filter(|flag| !flag.is_empty()) else {
                let held = self.held.map_or(&[] as &[Word], |held| held.words(word));
                if held.is_empty() && !may_be_flags(word, after) {
                    return rest;
                }
                self.gap(word, "flags that a variable holds are not known");
                let all = self.held.take();
                self.flags(held);
                self.held = all;
                rest = after;
                continue;
            };
            let taken = match flag.strip_prefix('-') {
                Some(name) => self.long(word, name, after),
                None => self.bundle(word, after),
            };
            let Some(taken) = taken else {
                self.gap(word, "a flag that is not known");
                return &[];
            };
            rest = after.get(taken..).unwrap_or_default();
        }
        rest
    }

    /// `--name`, `--name=value`, `--name value`; how many words more it takes.
    fn long(&mut self, word: &Word, name: &str, after: &[Word]) -> Option<usize> {
        let (name, has_value) = name.split_once('=').map_or((name, false), |(name, _)| (name, true));
        let whole = text(self.source, word);
        let joined = || self.filler.short.piece(&whole, "--".len() + name.len() + 1..whole.raw.len());
        match flags::long(name)? {
            Flag::Switch(key) => {
                let setting = if has_value { short::flag(&joined()) } else { on(&whole) };
                self.filler.switch(key, setting);
                Some(0)
            }
            Flag::WithValue(key) if has_value => {
                let value = joined();
                self.filler.set(key, &whole, value);
                Some(0)
            }
            Flag::WithValue(key) => {
                let value = text(self.source, after.first()?);
                self.filler.set(key, &whole, value);
                Some(1)
            }
        }
    }

    /// `-it`, `-p80:80`, `-e NAME=value`; how many words more it takes.
    fn bundle(&mut self, word: &Word, after: &[Word]) -> Option<usize> {
        let whole = text(self.source, word);
        for (letter_at, letter) in word.text.char_indices().skip(1) {
            match flags::short(letter)? {
                Flag::Switch(key) => self.filler.switch(key, on(&whole)),
                Flag::WithValue(key) => {
                    let tail = &word.text[letter_at + 1..];
                    if tail.is_empty() {
                        let value = text(self.source, after.first()?);
                        self.filler.set(key, &whole, value);
                        return Some(1);
                    }
                    let start = letter_at + 1 + usize::from(tail.starts_with('='));
                    let value = self.filler.short.piece(&whole, start..whole.raw.len());
                    self.filler.set(key, &whole, value);
                    return Some(0);
                }
            }
        }
        Some(0)
    }
}

/// A switch that is there.
fn on(flag: &Text) -> Setting<bool> {
    Setting { value: Some(true), from_default: false, invalid: false, at: flag.at }
}

/// A word where the image may be holds flags instead, as a variable does: its name says so, or more flags follow.
fn may_be_flags(word: &Word, after: &[Word]) -> bool {
    if !word.text.starts_with('$') || after.is_empty() {
        return false;
    }
    let names = word.parameters.first().map_or("", |parameter| &parameter.name).to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| names.contains(word));
    let is_flag = |word: &Word| {
        let name = word.text.strip_prefix("--").map(|flag| flag.split('=').next().unwrap_or_default());
        name.is_some_and(|name| flags::long(name).is_some())
            || matches!(&*word.text, "-v" | "-e" | "-p" | "-it")
    };
    !has(&["image", "img", "tag"])
        && (has(&["opt", "arg", "flag", "param", "env", "vol", "mount"]) || is_flag(&after[0]))
}
