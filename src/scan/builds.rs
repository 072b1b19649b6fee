//! Workflows, scripts and Makefiles that build images: from which folder, to which stage, with which arguments.
//!
//! They are context, as bake files are, and never linted. Only what is written out counts: a path with a variable in it
//! leads nowhere, and a stage that a variable names is unknown.

use crate::bake::Known;
use crate::compose::{directory, resolve};
use crate::project::Baked;
use crate::shell::{self, Call, Script, Word};
use crate::text::{Joined, Source};
use crate::yaml::{self, Node};

/// Bytes of such a file that is read; what is larger builds no image by hand.
const LARGEST: usize = 256 << 10;
/// Flags of `docker build` that take the next word.
const WITH_VALUE: [&str; 37] = [
    "add-host",
    "allow",
    "annotation",
    "attest",
    "build-arg",
    "build-context",
    "builder",
    "cache-from",
    "cache-to",
    "cgroup-parent",
    "cpu-period",
    "cpu-quota",
    "cpu-shares",
    "cpuset-cpus",
    "cpuset-mems",
    "file",
    "format",
    "iidfile",
    "isolation",
    "label",
    "layers",
    "memory",
    "memory-swap",
    "metadata-file",
    "network",
    "no-cache-filter",
    "output",
    "platform",
    "policy",
    "progress",
    "secret",
    "security-opt",
    "shm-size",
    "ssh",
    "tag",
    "target",
    "ulimit",
];

/// Whether a file may build images, by its path; only the last part of it may be known.
pub(super) fn is_recipe(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let yaml = matches!(ending(name), "yml" | "yaml");
    let says_build =
        || ["build", "docker", "image", "publish", "push", "release"].iter().any(|word| name.contains(word));
    yaml && (folder.ends_with(".github/workflows") || name == ".gitlab-ci.yml")
        || matches!(name, "Makefile" | "makefile" | "GNUmakefile")
        || ending(name) == "sh" && says_build()
}

fn ending(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}

/// What a file builds, with the path of each Dockerfile; `is_there` tells which paths are Dockerfiles of the run.
pub(super) fn builds(source: &Source, is_there: &dyn Fn(&str) -> bool) -> Vec<(String, Baked)> {
    let text = source.text();
    let names_a_builder = ["docker", "podman", "buildah", "nerdctl"].iter().any(|word| text.contains(word));
    if text.len() > LARGEST || !names_a_builder || !text.contains("build") {
        return Vec::new();
    }
    let mut found = Found { folder: directory(source.path()), is_there, list: Vec::new() };
    let name = source.path().rsplit('/').next().unwrap_or_default();
    if ending(name) == "sh" {
        found.script(text);
    } else if name.ends_with("akefile") {
        for recipe in recipes(text) {
            found.script(&recipe);
        }
    } else {
        // Steps run at the top.
        found.folder = "";
        let file = yaml::parse(source);
        for node in file.nodes() {
            if node.is_mapping() {
                found.step(node);
            } else if let Some(text) = node.as_str().filter(|text| text.contains("build")) {
                found.script(text);
            }
        }
    }
    found.list
}

/// The recipe lines of a Makefile, each with its continuations: every one is a shell of its own.
fn recipes(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in text.lines() {
        let recipe = line.strip_prefix('\t').map(|line| line.trim_start_matches(['@', '-', '+', ' ']));
        match (recipe, found.last_mut()) {
            (_, Some(last)) if goes_on => {
                last.push('\n');
                last.push_str(line.trim_start());
            }
            (Some(line), _) => found.push(line.to_owned()),
            (None, _) => continue,
        }
        goes_on = line.ends_with('\\');
    }
    found.retain(|recipe| recipe.contains("build"));
    found
}

struct Found<'f> {
    /// Where commands start.
    folder: &'f str,
    is_there: &'f dyn Fn(&str) -> bool,
    list: Vec<(String, Baked)>,
}

impl Found<'_> {
    /// A step of a workflow that uses `docker/build-push-action`.
    fn step(&mut self, step: Node) {
        let uses = step.get("uses").and_then(Node::as_str).unwrap_or_default();
        if !uses.starts_with("docker/build-push-action") {
            return;
        }
        let with = |key: &str| step.get("with").and_then(|with| with.get(key)).and_then(Node::as_str);
        let literal = |text: &&str| !text.contains("${{");
        let Some(context) = Some(with("context").unwrap_or(".")).filter(literal) else { return };
        let Some(context) = resolve("", context) else { return };
        // `file` starts from the top, not from the context.
        let path = match with("file") {
            Some(file) => Some(file).filter(literal).and_then(|file| resolve("", file)),
            None => resolve(&context, "Dockerfile"),
        };
        let names = |key: &str| {
            let lines = with(key).unwrap_or_default().lines();
            lines.filter_map(|line| Some(line.split_once('=')?.0.trim().to_owned())).collect()
        };
        let stage = with("target").filter(|target| !target.is_empty());
        let baked = Baked {
            context: context.into(),
            stage: stage.map(|target| known(target, literal(&target))),
            args: names("build-args"),
            contexts: names("build-contexts"),
            ships: with("push").is_some_and(|push| push != "false"),
        };
        self.list.extend(path.map(|path| (path, baked)));
    }

    /// Commands in the order in which they stand, from the folder to which they have gone by then.
    fn script(&mut self, text: &str) {
        let script: Script = shell::parse(&Joined::unbroken(text, 0));
        let mut here = Some(String::new());
        for call in script.calls() {
            if call.is("cd") || call.is("pushd") {
                let to = call.operands().first().and_then(|word| plain(word));
                here = here.and_then(|here| resolve(&here, to?));
            } else if call.is("popd") {
                here = None;
            } else if let Some(here) = &here {
                self.command(&call, here);
            }
        }
    }

    fn command(&mut self, call: &Call, here: &str) {
        let words = call.args();
        let verb = |at: usize| words.get(at).map_or("", |word| &*word.text);
        let start = match (call.name().unwrap_or_default(), verb(0), verb(1)) {
            ("docker" | "podman" | "nerdctl", "build", _) | ("buildah", "build" | "bud", _) => 1,
            ("docker" | "podman", "buildx" | "image" | "builder", "build") => 2,
            _ => return,
        };
        let Some(build) = Build::of(&words[start..]) else { return };
        let Some(context) = build.context.and_then(plain) else { return };
        // A script may be meant to be started from its own folder or from the top.
        for folder in [self.folder, ""] {
            let Some(start) = resolve(folder, here) else { continue };
            let Some(context) = resolve(&start, context) else { continue };
            let path = match build.file {
                Some(file) => plain(file).and_then(|file| resolve(&start, file)),
                None => resolve(&context, "Dockerfile"),
            };
            if let Some(path) = path.filter(|path| (self.is_there)(path)) {
                let baked = Baked { context: context.into(), ..build.baked };
                self.list.push((path, baked));
                return;
            }
        }
    }
}

/// The arguments of `docker build`.
struct Build<'w> {
    context: Option<&'w Word>,
    file: Option<&'w Word>,
    /// All but the context.
    baked: Baked,
}

impl<'w> Build<'w> {
    fn of(words: &'w [Word]) -> Option<Self> {
        let baked =
            Baked { context: "".into(), stage: None, args: Vec::new(), contexts: Vec::new(), ships: false };
        let mut build = Self { context: None, file: None, baked };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let text = &*word.text;
            let Some(flag) = text.strip_prefix('-').filter(|flag| !flag.is_empty()) else {
                // Only one word is the context; what a variable holds may be flags.
                if build.context.replace(word).is_some() {
                    return None;
                }
                continue;
            };
            let name = match flag.strip_prefix('-') {
                Some(long) => long,
                None if matches!(flag, "f" | "t" | "m" | "c" | "o") => flag,
                None => continue,
            };
            let (name, value) = match name.split_once('=') {
                Some((name, value)) => (name, Some((value, None))),
                None if name.len() == 1 || WITH_VALUE.binary_search(&name).is_ok() => {
                    (name, words.next().map(|word| (&*word.text, Some(word))))
                }
                None => (name, None),
            };
            let key = || value.map(|(value, _)| value.split('=').next().unwrap_or_default().to_owned());
            match name {
                // The flag and its value in one word: what is a variable in it shows.
                "f" | "file" => build.file = Some(value.map_or(word, |(_, apart)| apart.unwrap_or(word))),
                "target" => {
                    let is_plain = !value.is_some_and(|(_, apart)| apart.unwrap_or(word).expands);
                    build.baked.stage = value.map(|(value, _)| known(value, is_plain));
                }
                "build-arg" => build.baked.args.extend(key()),
                "build-context" => build.baked.contexts.extend(key()),
                "push" => build.baked.ships = true,
                _ => {}
            }
        }
        Some(build)
    }
}

fn known(text: &str, is_plain: bool) -> Known {
    if is_plain { Known::Text(text.to_owned()) } else { Known::Unknown }
}

/// A word without variables; of a flag and its value, the value.
fn plain(word: &Word) -> Option<&str> {
    let text = (!word.expands).then_some(&*word.text)?;
    Some(text.strip_prefix("--").and_then(|flag| flag.split_once('=')).map_or(text, |(_, value)| value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, text: &str) -> Vec<String> {
        let source = Source::new(path, text.as_bytes().to_vec());
        let there = |path: &str| ["Dockerfile", "api/Dockerfile", "docker/web.Dockerfile"].contains(&path);
        let found = builds(&source, &there).into_iter();
        let shown = found.map(|(path, baked)| {
            let stage = baked.stage.as_ref().map(|stage| stage.value().unwrap_or("?"));
            format!(
                "{path} from '{}' {stage:?} {:?} {:?} {}",
                baked.context, baked.args, baked.contexts, baked.ships
            )
        });
        shown.collect()
    }

    #[test]
    fn scripts_and_makefiles_say_what_they_build() {
        assert!(WITH_VALUE.is_sorted());
        for (path, text, built) in [
            ("build.sh", "docker build -t x .\n", "Dockerfile from '' None [] [] false"),
            (
                "ci/build.sh",
                "docker buildx build --push --target=prod -f docker/web.Dockerfile \\\n  --build-arg V=1 .\n",
                r#"docker/web.Dockerfile from '' Some("prod") ["V"] [] true"#,
            ),
            (
                "build.sh",
                "cd api && podman build --target $T .\n",
                r#"api/Dockerfile from 'api' Some("?") [] [] false"#,
            ),
            ("api/build.sh", "docker build .\n", "api/Dockerfile from 'api' None [] [] false"),
            (
                "Makefile",
                "image: x\n\t@docker build \\\n\t  --build-context src=../src --file=docker/web.Dockerfile .\n",
                r#"docker/web.Dockerfile from '' None [] ["src"] false"#,
            ),
        ] {
            assert_eq!(read(path, text), [built], "{path}: {text}");
        }
        for text in [
            "docker build $DIR\n",
            "cd $X\ndocker build .\n",
            "docker build -f $F .\n",
            "docker build other\n",
        ] {
            assert_eq!(read("build.sh", text), [""; 0], "{text}");
        }
    }

    #[test]
    fn workflows_say_what_they_build() {
        let steps = "jobs:\n  a:\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          context: .\n          \
                     file: docker/web.Dockerfile\n          target: prod\n          push: true\n          build-args: |\n            V=1\n            W=2\n          \
                     build-contexts: base=docker-image://x\n      - run: docker build api\n";
        assert_eq!(
            read(".github/workflows/ci.yml", steps),
            [
                r#"docker/web.Dockerfile from '' Some("prod") ["V", "W"] ["base"] true"#,
                "api/Dockerfile from 'api' None [] [] false",
            ]
        );
        assert!(
            is_recipe(".github/workflows/ci.yml")
                && is_recipe("x/Makefile")
                && is_recipe("hack/build-image.sh")
        );
        assert!(!is_recipe("compose.yml") && !is_recipe("entrypoint.sh"));
    }
}
