//! Workflows, scripts and Makefiles that build images: from which folder, to which stage, with which arguments.
//!
//! They are context, as bake files are, and never linted. Only what is written out counts: a path with a variable in it
//! leads nowhere, and a stage that a variable names is unknown.

use std::collections::HashMap;
use std::sync::Arc;

use crate::bake::{Known, Names};
use crate::compose::{directory, resolve};
use crate::gap::{Gap, Reason};
use crate::project::Baked;
use crate::shell::{self, Call, Script, Word};
use crate::surface::{self, Argument};
use crate::text::{Joined, Source, last_part};
use crate::yaml::{self, Node};

/// Bytes of such a file that is read; few that people write are larger.
const LARGEST: usize = 256 << 10;
/// Bytes of a path; no system has longer ones.
const LONGEST: usize = 4096;
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
///
/// # Errors
/// It may build something, and is too large to be read, or cannot be understood.
pub(super) fn builds(source: &Source, is_there: &dyn Fn(&str) -> bool) -> Result<Vec<(String, Baked)>, Gap> {
    let text = source.text();
    let names_a_builder = ["docker", "podman", "buildah", "nerdctl"].iter().any(|word| text.contains(word));
    if !names_a_builder || !text.contains("build") {
        return Ok(Vec::new());
    }
    if text.len() > LARGEST {
        return Err(Gap::new(Reason::TooLarge, "not read as context: larger than 256 KiB"));
    }
    let mut found =
        Found { folder: directory(source.path()), is_there, list: Vec::new(), lists: HashMap::new() };
    let name = last_part(source.path());
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
        if let Some(error) = file.errors.first() {
            let line = source.line_of(error.span.start as usize);
            let why = format!("not used as context: line {line} is not valid YAML");
            return Err(Gap::new(Reason::OtherFormat, why));
        }
        // What an alias stands for is a node, too.
        for node in file.nodes().filter(|node| !node.is_alias()) {
            if node.is_mapping() {
                found.step(node);
            } else if let Some(text) = node.as_str().filter(|text| text.contains("build")) {
                found.script(text);
            }
        }
    }
    Ok(found.list)
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
    /// The names in `build-args` and `build-contexts`, by their nodes: aliases may name one text many times.
    lists: HashMap<u32, Arc<[String]>>,
}

impl Found<'_> {
    /// A step of a workflow that uses `docker/build-push-action`.
    fn step(&mut self, step: Node) {
        let uses = step.get("uses").and_then(Node::as_str).unwrap_or_default();
        if !uses.starts_with("docker/build-push-action") {
            return;
        }
        let with = |key: &str| step.get("with").and_then(|with| with.get(key)).and_then(Node::as_str);
        let literal = |text: &&str| text.len() <= LONGEST && !text.contains("${{");
        let Some(context) = Some(with("context").unwrap_or(".")).filter(literal) else { return };
        let Some(context) = resolve("", context) else { return };
        // `file` starts from the top, not from the context.
        let path = match with("file") {
            Some(file) => Some(file).filter(literal).and_then(|file| resolve("", file)),
            None => resolve(&context, "Dockerfile"),
        };
        let mut names = |key: &str| {
            let Some(node) = step.get("with").and_then(|with| with.get(key)) else { return Arc::default() };
            let list = self.lists.entry(node.resolved().id()).or_insert_with(|| {
                let lines = node.as_str().unwrap_or_default().lines();
                lines.filter_map(|line| Some(line.split_once('=')?.0.trim().to_owned())).collect()
            });
            Arc::clone(list)
        };
        let stage = with("target").filter(|target| !target.is_empty());
        let baked = Baked {
            context: context.into(),
            stage: stage.map(|target| known(target, literal(&target))),
            names: Names::new(names("build-args"), names("build-contexts")),
            ships: with("push").is_some_and(|push| push != "false"),
        };
        self.list.extend(path.map(|path| (path, baked)));
    }

    /// Commands in the order in which they stand, from the folder to which they have gone by then.
    fn script(&mut self, text: &str) {
        let script: Script = shell::parse(&Joined::unbroken(text, 0));
        // A script may be meant to be started from its own folder or from the top.
        let starts = |here: &str| [self.folder, ""].map(|folder| resolve(folder, here));
        let mut here = Some((String::new(), starts("")));
        let mut list = Vec::new();
        for call in script.calls() {
            if call.is("cd") || call.is("pushd") {
                let to = call.operands().first().and_then(|word| plain(word));
                let path = here.and_then(|(here, _)| resolve(&here, to?));
                here = path.filter(|path| path.len() <= LONGEST).map(|path| {
                    let starts = starts(&path);
                    (path, starts)
                });
            } else if call.is("popd") {
                here = None;
            } else if let Some((_, starts)) = &here {
                list.extend(self.command(&call, starts));
            }
        }
        self.list.append(&mut list);
    }

    /// What a command builds, from the first of these folders that has the Dockerfile.
    fn command(&self, call: &Call, starts: &[Option<String>]) -> Option<(String, Baked)> {
        let build = Build::of(call)?;
        let context = build.context.and_then(plain)?;
        let (path, context) = starts.iter().flatten().find_map(|start| {
            let context = resolve(start, context)?;
            let path = match build.file {
                Some(file) => plain(file).and_then(|file| resolve(start, file)),
                None => resolve(&context, "Dockerfile"),
            };
            Some((path.filter(|path| (self.is_there)(path))?, context))
        })?;
        let Build { stage, args, contexts, ships, .. } = build;
        Some((
            path,
            Baked { context: context.into(), stage, names: Names::new(args.into(), contexts.into()), ships },
        ))
    }
}

/// The arguments of `docker build`.
struct Build<'w> {
    context: Option<&'w Word>,
    file: Option<&'w Word>,
    stage: Option<Known>,
    args: Vec<String>,
    contexts: Vec<String>,
    ships: bool,
}

impl<'w> Build<'w> {
    fn of(call: &Call<'w>) -> Option<Self> {
        let mut build = Self {
            context: None,
            file: None,
            stage: None,
            args: Vec::new(),
            contexts: Vec::new(),
            ships: false,
        };
        for argument in surface::arguments(call)? {
            let (name, word, value) = match argument {
                // Only one word is the context; what a variable holds may be flags.
                Argument::Operand(word) if build.context.replace(word).is_some() => return None,
                Argument::Operand(_) => continue,
                Argument::Flag { name, word, value } => (name, word, value),
            };
            let key = || value.map(|(value, _)| value.split('=').next().unwrap_or_default().to_owned());
            match name {
                // The flag and its value in one word: what is a variable in it shows.
                "file" => build.file = Some(value.map_or(word, |(_, apart)| apart.unwrap_or(word))),
                "target" => {
                    let is_plain = !value.is_some_and(|(_, apart)| apart.unwrap_or(word).expands);
                    build.stage = value.map(|(value, _)| known(value, is_plain));
                }
                "build-arg" => build.args.extend(key()),
                "build-context" => build.contexts.extend(key()),
                "push" => build.ships = true,
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
    use std::collections::HashSet;

    use super::*;
    use crate::bake::Passed;

    fn found(path: &str, text: &str) -> Result<Vec<(String, Baked)>, Gap> {
        let source = Source::new(path, text.as_bytes().to_vec());
        builds(&source, &|path| ["Dockerfile", "api/Dockerfile", "docker/web.Dockerfile"].contains(&path))
    }

    fn read(path: &str, text: &str) -> Vec<String> {
        let sorted = |names: HashSet<&str>| {
            let mut names: Vec<String> = names.into_iter().map(str::to_owned).collect();
            names.sort();
            names
        };
        let shown = found(path, text).unwrap().into_iter().map(|(path, baked)| {
            let stage = baked.stage.as_ref().map(|stage| stage.value().unwrap_or("?"));
            let Passed { args, contexts } = Passed::by([&baked.names].into_iter());
            format!(
                "{path} from '{}' {stage:?} {:?} {:?} {}",
                baked.context,
                sorted(args),
                sorted(contexts),
                baked.ships
            )
        });
        shown.collect()
    }

    #[test]
    fn a_path_that_grows_leads_nowhere() {
        let down = |count: usize| format!("{}docker build {}\n", "cd a\n".repeat(count), "../".repeat(count));
        // `a/a/…` of 2048 folders has 4095 bytes.
        assert_eq!(read("build.sh", &down(2048)).len(), 1);
        assert_eq!(read("build.sh", &down(2049)).len(), 0);
    }

    #[test]
    fn what_is_too_large_to_be_read_is_told() {
        let large = |text: &str| format!("{text}\n{}", "#\n".repeat(LARGEST / 2));
        assert_eq!(found("build.sh", &large("docker build .")).unwrap_err().reason, Reason::TooLarge);
        assert!(found("build.sh", &large("make all")).unwrap().is_empty());
    }

    #[test]
    fn aliases_are_no_more_steps_and_share_their_lists() {
        let text = "x: &run docker build api\ny: [*run, *run]\nz: &args |\n  V=1\nsteps:\n".to_owned()
            + &"- {uses: docker/build-push-action@v6, with: {build-args: *args}}\n".repeat(2);
        let found = found(".github/workflows/a.yml", &text).unwrap();
        assert_eq!(
            found.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>(),
            ["api/Dockerfile", "Dockerfile", "Dockerfile"]
        );
        assert!(found[1].1.names.is_shared_with(&found[2].1.names));
    }

    #[test]
    fn scripts_and_makefiles_say_what_they_build() {
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
