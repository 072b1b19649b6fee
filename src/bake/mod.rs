//! Bake files (`docker-bake.hcl`, `docker-bake.json`): which Dockerfiles Buildx builds, from which folder, to which stage.
//!
//! Here they are context; what is wrong with a target is found by `surface`. So a reader of the little that matters is
//! enough: blocks of targets and variables, and attributes that are texts, lists or mappings of texts. Whatever is computed
//! otherwise is unknown, which is a third answer.

mod read;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::hcl;
use crate::text::{Source, last_part};
use crate::yaml::Node;
use read::{Attributes, Blocks, Value};

/// Targets of one set of files that are looked at; all of them are there to be inherited.
const MOST: usize = 2000;
/// Bytes of a text, as written and with its variables filled in. No path and no name of a stage is longer, and a few
/// letters of a file may stand for very many.
const LONGEST: usize = 4096;

/// Files that Buildx finds by themselves, and what people call others: `app.docker-bake.hcl`.
pub fn is_bake(path: &str) -> bool {
    let name = last_part(path);
    name.contains("docker-bake") && matches!(name.rsplit_once('.'), Some((_, "hcl" | "json")))
}

/// A text, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    Text(String),
    /// It is there, and its value is computed.
    Unknown,
}

impl Known {
    pub fn value(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Unknown => None,
        }
    }
}

/// What one target builds. What it leaves out is what Buildx takes then.
#[derive(Clone, Debug)]
pub struct Target {
    /// Relative to the bake file's folder.
    pub context: Known,
    /// Relative to the context; `None` if it is written into the bake file.
    pub dockerfile: Option<Known>,
    /// The stage; `None` is the last one.
    pub stage: Option<Known>,
    pub names: Names,
    /// It makes an image that goes somewhere: it has tags, or an output that is an image. Targets without are for tests.
    pub ships: bool,
}

/// The names of the build arguments that a build passes and of the further contexts that it brings, its own and those
/// that it inherits. Targets share them: a file of n names and n targets that inherit them would be n² names.
#[derive(Clone, Debug)]
pub struct Names {
    layers: Arc<[Layer]>,
    at: usize,
}

#[derive(Debug, Default)]
struct Layer {
    args: Arc<[String]>,
    contexts: Arc<[String]>,
    /// The layers that it inherits.
    parents: Vec<usize>,
}

impl Names {
    /// Of a build that inherits nothing.
    pub fn new(args: Arc<[String]>, contexts: Arc<[String]>) -> Self {
        Self { layers: Arc::new([Layer { args, contexts, parents: Vec::new() }]), at: 0 }
    }
    /// Both have one list of arguments.
    #[cfg(test)]
    pub(crate) fn is_shared_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.layers[self.at].args, &other.layers[other.at].args)
    }
}

/// What at least one of several builds passes.
#[derive(Debug, Default)]
pub struct Passed<'n> {
    pub args: HashSet<&'n str>,
    pub contexts: HashSet<&'n str>,
}

impl<'n> Passed<'n> {
    pub fn by(all: impl Iterator<Item = &'n Names>) -> Self {
        let mut passed = Self::default();
        let mut seen: HashSet<*const Layer> = HashSet::new();
        let mut lists: HashSet<(*const String, bool)> = HashSet::new();
        let mut todo: Vec<usize> = Vec::new();
        for Names { layers, at } in all {
            todo.push(*at);
            while let Some(at) = todo.pop() {
                let layer = &layers[at];
                if !seen.insert(layer) {
                    continue;
                }
                for (to, names, is_args) in
                    [(&mut passed.args, &layer.args, true), (&mut passed.contexts, &layer.contexts, false)]
                {
                    if lists.insert((names.as_ptr(), is_args)) {
                        to.extend(names.iter().map(String::as_str));
                    }
                }
                todo.extend(&layer.parents);
            }
        }
        passed
    }
}

/// Why a text is no bake file, in a clause. What a file computes is unknown and no flaw.
pub fn flaw(source: &Source) -> Option<String> {
    Blocks::default().read(source).err()
}

/// The targets of a bake file, by name, and of the files that override it, in their order; and how many more there are.
pub fn targets(files: &[&Source]) -> (Vec<Target>, usize) {
    let mut all = Blocks::default();
    for file in files {
        // One that has a flaw says nothing.
        let _ = all.read(file);
    }
    let variables = &all.variables;
    let parents = all.parents();
    let own: Vec<Facts> = all.targets.values().map(|block| Facts::of(block, variables)).collect();
    let facts = inherited(&own, &parents);
    let names = |(block, parents): (&Attributes, Vec<usize>)| {
        let keys = |key: &str| match block.get(key) {
            Some(Value::Keys(keys)) => keys.as_slice().into(),
            _ => Arc::default(),
        };
        Layer { args: keys("args"), contexts: keys("contexts"), parents }
    };
    let layers: Arc<[Layer]> = all.targets.values().zip(parents).map(names).collect();
    let seen = facts.iter().take(MOST).enumerate();
    let targets =
        seen.map(|(at, facts)| facts.target(variables, Names { layers: Arc::clone(&layers), at })).collect();
    (targets, facts.len().saturating_sub(MOST))
}

/// Variables with a default that is a plain text, by name.
#[derive(Debug, Default)]
pub struct Variables(HashMap<String, String>);

impl Variables {
    /// Adds the variables of a file, which is HCL or JSON; of one that was read before, its word counts.
    pub fn read(&mut self, root: Node) {
        for block in hcl::labelled(root, "variable") {
            let Some(default) = block.value.get("default") else { continue };
            let name = block.key_str().to_owned();
            match default.as_str().filter(|text| text.len() <= LONGEST && !text.contains("${")) {
                Some(text) => self.0.insert(name, text.to_owned()),
                None => self.0.remove(&name),
            };
        }
    }

    /// What a text comes to: references to variables with a default are followed, once. `None` if that is not known.
    pub fn fill(&self, text: &str) -> Option<String> {
        if text.len() > LONGEST {
            return None;
        }
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}').filter(|_| !before.ends_with('$'))?;
            out.push_str(before);
            out.push_str(self.0.get(name.trim())?);
            if out.len() > LONGEST {
                return None;
            }
            rest = after;
        }
        Some(out + rest)
    }
}

impl Blocks {
    /// The targets that each target inherits, as numbers, in their order.
    fn parents(&self) -> Vec<Vec<usize>> {
        let numbers: HashMap<&str, usize> =
            self.targets.keys().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
        let named = |block: &Attributes| match block.get("inherits") {
            Some(Value::List(names)) => {
                let number = |name: &Value| match name {
                    Value::Text(name) => numbers.get(name.as_str()).copied(),
                    _ => None,
                };
                names.iter().filter_map(number).collect()
            }
            _ => Vec::new(),
        };
        self.targets.values().map(named).collect()
    }
}

/// What a target says by itself, or with what it inherits.
#[derive(Clone, Copy, Default)]
struct Facts<'b> {
    context: Option<&'b Value>,
    dockerfile: Option<&'b Value>,
    stage: Option<&'b Value>,
    inline: bool,
    /// There are some.
    tags: Option<bool>,
    /// One of them is an image; `Some(None)`: none is listed.
    #[expect(clippy::option_option, reason = "not set, not known, and known are three things")]
    output: Option<Option<bool>>,
}

impl<'b> Facts<'b> {
    fn of(block: &'b Attributes, variables: &Variables) -> Self {
        let is_image = |value: &Value| match text(value, variables) {
            Known::Text(text) => {
                let kind = text.split(',').find_map(|part| part.trim().strip_prefix("type="));
                kind.is_some_and(|kind| matches!(kind, "image" | "registry" | "docker" | "oci"))
            }
            Known::Unknown => false,
        };
        Self {
            context: block.get("context"),
            dockerfile: block.get("dockerfile"),
            stage: block.get("target"),
            inline: block.contains_key("dockerfile-inline"),
            tags: block.get("tags").map(|tags| !matches!(tags, Value::List(tags) if tags.is_empty())),
            output: block.get("output").or(block.get("outputs")).map(|output| match output {
                Value::List(outputs) if !outputs.is_empty() => Some(outputs.iter().any(is_image)),
                _ => None,
            }),
        }
    }

    /// What it says wins over what `below` says.
    fn over(self, below: Self) -> Self {
        Self {
            context: self.context.or(below.context),
            dockerfile: self.dockerfile.or(below.dockerfile),
            stage: self.stage.or(below.stage),
            inline: self.inline || below.inline,
            tags: self.tags.or(below.tags),
            output: self.output.or(below.output),
        }
    }

    fn target(self, variables: &Variables, names: Names) -> Target {
        let known = |value: Option<&Value>| value.map(|value| text(value, variables));
        let or =
            |value: Option<Known>, default: &str| value.unwrap_or_else(|| Known::Text(default.to_owned()));
        Target {
            context: or(known(self.context), "."),
            dockerfile: (!self.inline).then(|| or(known(self.dockerfile), "Dockerfile")),
            stage: known(self.stage),
            names,
            ships: self.output.flatten().unwrap_or(self.tags.unwrap_or(false)),
        }
    }
}

/// Each target with what it inherits, of which the later win; each is looked at once, after its parents. In a circle,
/// which Buildx refuses, one of them is without its parent.
fn inherited<'b>(own: &[Facts<'b>], parents: &[Vec<usize>]) -> Vec<Facts<'b>> {
    let mut all: Vec<Option<Facts>> = vec![None; own.len()];
    let mut entered = vec![false; own.len()];
    // Targets with how many of their parents have been entered.
    let mut open: Vec<(usize, usize)> = Vec::new();
    for root in 0..own.len() {
        if !entered[root] {
            entered[root] = true;
            open.push((root, 0));
        }
        while let Some((at, next)) = open.last_mut() {
            if let Some(&parent) = parents[*at].get(*next) {
                *next += 1;
                if !entered[parent] {
                    entered[parent] = true;
                    open.push((parent, 0));
                }
            } else {
                let done = parents[*at].iter().filter_map(|&parent| all[parent]);
                let below = done.fold(Facts::default(), |below, parent| parent.over(below));
                all[*at] = Some(own[*at].over(below));
                open.pop();
            }
        }
    }
    all.into_iter().flatten().collect()
}

/// What a value comes to.
fn text(value: &Value, variables: &Variables) -> Known {
    let Value::Text(text) = value else { return Known::Unknown };
    variables.fill(text).map_or(Known::Unknown, Known::Text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The targets of files with these paths and texts.
    fn read(files: &[(&str, &str)]) -> (Vec<Target>, usize) {
        let files: Vec<Source> =
            files.iter().map(|(path, text)| Source::new(*path, (*text).into())).collect();
        targets(&files.iter().collect::<Vec<_>>())
    }

    fn told(path: &str, text: &str) -> Vec<(String, String, String, bool)> {
        let show = |known: &Known| known.value().unwrap_or("?").to_owned();
        read(&[(path, text)])
            .0
            .iter()
            .map(|target| {
                let file = target.dockerfile.as_ref().map_or("-".to_owned(), show);
                (
                    show(&target.context),
                    file,
                    target.stage.as_ref().map_or("-".to_owned(), show),
                    target.ships,
                )
            })
            .collect()
    }

    /// The arguments and contexts of the target with this number, sorted.
    fn passed(text: &str, number: usize) -> (String, String) {
        let (targets, _) = read(&[("docker-bake.hcl", text)]);
        let Passed { args, contexts } = Passed::by([&targets[number].names].into_iter());
        let join = |names: HashSet<&str>| {
            let mut names: Vec<&str> = names.into_iter().collect();
            names.sort_unstable();
            names.join(" ")
        };
        (join(args), join(contexts))
    }

    fn row(context: &str, file: &str, stage: &str, ships: bool) -> (String, String, String, bool) {
        (context.to_owned(), file.to_owned(), stage.to_owned(), ships)
    }

    #[test]
    fn targets_are_read_from_hcl() {
        let text = r#"
            # target "not" { context = "this" }
            variable "FOLDER" { default = "services" }
            variable "TAG" {}
            group "default" { targets = ["api", "web"] }
            function "tag" { params = [x]
              result = ["a/${x}"] }
            target "base" {
              context = "./${FOLDER}/api" // here
              args = { VERSION = "1", "OTHER" = null }
            }
            target "api" {
              inherits = ["base"]
              dockerfile = "docker/api.Dockerfile"
              target = "run"
              tags = tag("api")
              contexts = { lib = "target:lib" }
              args = { OWN = "1" }
            }
            target "lint" { context = "." 
              target = "lint"
              output = ["type=cacheonly"] tags = ["x"]
            }
            target "web" {
              context = TAG != "" ? "a" : "b"
              dockerfile-inline = <<EOF
FROM a
target "hidden" { context = "x" }
EOF
              tags = ["acme/web:${TAG}",
                      "acme/web"]
            }
        "#;
        assert_eq!(
            told("docker-bake.hcl", text),
            [
                row("./services/api", "docker/api.Dockerfile", "run", true),
                row("./services/api", "Dockerfile", "-", false),
                row(".", "Dockerfile", "lint", false),
                row("?", "-", "-", true),
            ]
        );
        assert_eq!(passed(text, 0), ("OTHER OWN VERSION".to_owned(), "lib".to_owned()));
    }

    #[test]
    fn targets_are_read_from_json_and_overridden() {
        let main = r#"{"target": {"a": {"context": "x", "tags": ["t"]}, "b": {"dockerfile": "B"}}}"#;
        assert_eq!(
            told("docker-bake.json", main),
            [row("x", "Dockerfile", "-", true), row(".", "B", "-", false)]
        );
        let both =
            [("docker-bake.json", main), ("docker-bake.override.hcl", "target \"a\" { context = \"y\" }")];
        assert_eq!(read(&both).0[0].context, Known::Text("y".to_owned()));
    }

    #[test]
    fn the_last_of_what_is_inherited_wins() {
        let text = r#"
            target "a" { inherits = ["b", "c"] }
            target "b" { inherits = ["d"]
              target = "b" }
            target "c" { context = "c" }
            target "d" { context = "d"
              target = "d"
              dockerfile = "D" }
        "#;
        assert_eq!(told("docker-bake.hcl", text)[0], row("c", "D", "b", false));
    }

    #[test]
    fn a_value_that_grows_is_unknown() {
        let a = |count: usize| format!("variable \"A\" {{ default = \"{}\" }}\n", "a".repeat(count));
        let target = |text: &str| format!("target \"t\" {{ context = \"{text}\" }}\n");
        for (text, known) in [
            (a(2048) + &target("${A}${A}"), true),
            (a(2049) + &target("${A}${A}"), false),
            (a(1) + &target(&"${A}".repeat(1024)), true),
            (a(0) + &target(&"${A}".repeat(1025)), false),
            (a(4097) + &target("${A}"), false),
        ] {
            let context = &read(&[("docker-bake.hcl", &text)]).0[0].context;
            assert_eq!(context.value().is_some(), known, "{context:?}");
        }
    }

    /// A piece so many times; `@` in it is its number, `@+` the next one.
    fn many(piece: &str, count: usize) -> String {
        let one = |n: usize| piece.replace("@+", &(n + 1).to_string()).replace('@', &n.to_string());
        (0..count).map(one).collect()
    }

    #[test]
    fn targets_share_what_they_inherit() {
        let args = many("A@ = \"\"\n", 100);
        let mut text = format!("target \"base\" {{\n args = {{\n{args}}}\n}}\n");
        text += &many("target \"t@\" { inherits = [\"base\", \"t@+\"] }\n", 100);
        let (targets, rest) = read(&[("docker-bake.hcl", &text)]);
        assert_eq!((targets.len(), rest), (101, 0));
        let layers = &targets[0].names.layers;
        assert!(targets.iter().all(|target| Arc::ptr_eq(&target.names.layers, layers)));
        assert_eq!(layers.iter().map(|layer| layer.args.len()).sum::<usize>(), 100);
        assert_eq!(Passed::by(targets.iter().map(|target| &target.names)).args.len(), 100);
        assert_eq!(passed(&text, 100).0.split(' ').count(), 100);
    }

    #[test]
    fn many_targets_are_counted_and_a_long_chain_is_followed() {
        let mut text = format!("target \"a{MOST}\" {{ context = \"x\" }}\n");
        text += &many("target \"a@\" { inherits = [\"a@+\"] }\n", MOST);
        let (targets, rest) = read(&[("docker-bake.hcl", &text)]);
        assert_eq!((targets.len(), rest), (MOST, 1));
        assert!(targets.iter().all(|target| target.context == Known::Text("x".to_owned())));
    }

    #[test]
    fn no_text_stops_the_reader() {
        let deep = format!("target \"a\" {{ context = {}", "[({".repeat(100_000));
        let circle = "target \"a\" { inherits = [\"b\"] }\ntarget \"b\" { inherits = [\"a\"] }";
        for text in [
            "",
            "target",
            "target \"a\"",
            "target \"a\" {",
            "\"",
            "<<",
            "<<A\n",
            "}",
            &deep,
            circle,
            "${",
            "/*",
        ] {
            let _ = read(&[("docker-bake.hcl", text), ("docker-bake.json", text)]);
        }
    }
}
