//! What pipelines do with images: build, scan, log in, push. Workflows and composite actions of GitHub, `.gitlab-ci.yml`,
//! and the settings of bots that update base images.
//!
//! Only what is written there counts. What another repository says, or a script does, is [`What::Unknown`]. Whether an
//! order is wrong is left to the rules.

mod actions;
mod bot;
mod command;
mod github;
mod gitlab;

use std::sync::Arc;

pub use actions::names_scanner;
pub use bot::{Bot, is_dependabot, is_renovate};

use crate::surface::Form;
use crate::text::{Source, Span};

/// Bytes of a file that is read; the same as for containers.
const LARGEST: usize = 1 << 20;
/// Acts of a file; a job that waits for others is compared with theirs.
const MOST: usize = 2000;

/// A file that builds, scans, pushes or updates images.
#[derive(Debug)]
pub struct Pipeline<'s> {
    pub source: &'s Arc<Source>,
    pub jobs: Vec<Job>,
    /// What starts a workflow; empty elsewhere.
    pub triggers: Vec<Trigger>,
    pub bot: Option<Bot>,
    pub repository: Repository,
}

/// What the other files of the repository say; `None` where they are not known.
#[derive(Clone, Debug, Default)]
pub struct Repository {
    /// Some file names a scanner of images.
    pub names_scanner: Option<bool>,
    /// A Dockerfile or a Compose file whose images a bot could update, and that is for more than tests.
    pub dockerfile: Option<Box<str>>,
    pub compose: Option<Box<str>>,
    /// Another bot may update the images.
    pub has_other_bot: bool,
}

/// An event that starts a workflow.
#[derive(Debug)]
pub struct Trigger {
    pub name: Box<str>,
    pub at: Span,
    /// Only some of its kinds: `types: [closed]`.
    pub types: Vec<Box<str>>,
}

#[derive(Debug, Default)]
pub struct Job {
    /// The jobs that it waits for, directly or not, as indices.
    pub after: Vec<usize>,
    /// In their order.
    pub acts: Vec<Act>,
    /// On a machine of GitHub's, which nobody has logged in before, without services beside it.
    pub is_fresh: bool,
    /// Somebody must allow it first.
    pub is_guarded: bool,
}

/// One thing that a step does.
#[derive(Debug)]
pub struct Act {
    pub what: What,
    pub at: Span,
    /// The step, for comments above it.
    pub extent: Span,
    /// It does not always happen.
    pub is_conditional: bool,
}

#[derive(Debug)]
pub enum What {
    /// The code of a pull request is taken, not that of the branch that it is meant for.
    TakesForeignCode,
    Build {
        args: Vec<BuildArg>,
        /// The files of the job are the build context, not a commit that the builder takes itself.
        from_files: bool,
    },
    Push(Push),
    Scan {
        /// The scanner, for messages.
        name: Box<str>,
    },
    Login,
    /// It may log in.
    Unknown {
        /// It may scan, too.
        may_scan: bool,
    },
}

#[derive(Debug)]
pub struct Push {
    /// What is pushed, as far as that is written there.
    pub images: Vec<Box<str>>,
    /// It gives an image that is in the registry another name.
    pub promotes: bool,
}

/// A build argument that gets a secret of the pipeline.
#[derive(Debug)]
pub struct BuildArg {
    pub name: Box<str>,
    pub at: Span,
    pub secret: Box<str>,
}

/// Whether a text may be of interest, by its name and a cheap look.
fn is_wanted(form: Option<Form>, text: &str) -> bool {
    const WORDS: [&str; 10] = [
        "build-arg",
        "build-push-action",
        "buildah",
        "buildx",
        "crane",
        "docker build",
        "docker push",
        "kaniko",
        "podman",
        "skopeo",
    ];
    let has = |word: &&str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    matches!(form, Some(Form::Workflow | Form::Gitlab))
        && (WORDS.iter().any(has) || has(&"compose") && has(&" push"))
}

/// Whether a file may be a pipeline or the settings of a bot, by its path.
pub fn may_be(path: &str, form: Option<Form>) -> bool {
    matches!(form, Some(Form::Workflow | Form::Gitlab)) || bot::is_name(path)
}

/// Reads a file; `None` if it does nothing with images, is too large, or cannot be read, which is told by whoever looks for
/// containers in it.
pub fn read(form: Option<Form>, source: &Arc<Source>) -> Option<Pipeline<'_>> {
    let text = source.text();
    if text.len() > LARGEST {
        return None;
    }
    let mut pipeline = Pipeline {
        source,
        jobs: Vec::new(),
        triggers: Vec::new(),
        bot: None,
        repository: Repository::default(),
    };
    if bot::is_name(source.path()) {
        pipeline.bot = Some(bot::read(source)?);
        return Some(pipeline);
    }
    if !is_wanted(form, text) {
        return None;
    }
    let file = crate::yaml::parse(source);
    let root = file.root().filter(|_| file.errors.is_empty())?;
    if form == Some(Form::Gitlab) {
        pipeline.jobs = gitlab::jobs(source, root);
    } else {
        pipeline.triggers = github::triggers(root);
        pipeline.jobs = github::jobs(source, root);
    }
    let count: usize = pipeline.jobs.iter().map(|job| job.acts.len()).sum();
    (count > 0 && count <= MOST).then_some(pipeline)
}

impl Pipeline<'_> {
    /// Whether its rules ask what the other files of the repository say.
    pub fn asks_for_others(&self) -> bool {
        self.bot.is_some() || self.pushes().next().is_some()
    }

    /// All acts, each with its job and its place in it.
    pub fn acts(&self) -> impl Iterator<Item = (usize, usize, &Act)> {
        let all = self.jobs.iter().enumerate();
        all.flat_map(|(job, one)| one.acts.iter().enumerate().map(move |(at, act)| (job, at, act)))
    }

    /// The pushes among them.
    pub fn pushes(&self) -> impl Iterator<Item = (usize, usize, &Act, &Push)> {
        self.acts().filter_map(|(job, at, act)| match &act.what {
            What::Push(push) => Some((job, at, act, push)),
            _ => None,
        })
    }

    /// What has happened before an act: in its job, and in the jobs that it waits for.
    pub fn before(&self, job: usize, act: usize) -> impl Iterator<Item = &Act> {
        let others = self.jobs[job].after.iter().flat_map(|&job| &self.jobs[job].acts);
        self.jobs[job].acts[..act].iter().chain(others)
    }

    /// What happens after it: in its job, and in the jobs that wait for it.
    pub fn after(&self, job: usize, act: usize) -> impl Iterator<Item = &Act> {
        let others = self.jobs.iter().filter(move |other| other.after.contains(&job));
        self.jobs[job].acts[act + 1..].iter().chain(others.flat_map(|job| &job.acts))
    }

    /// The event of that name.
    pub fn trigger(&self, name: &str) -> Option<&Trigger> {
        self.triggers.iter().find(|trigger| &*trigger.name == name)
    }
}

/// Makes `after` of the jobs that each names: those, and the ones that they wait for.
fn wait(jobs: &mut [Job], named: &[Vec<usize>]) {
    for (at, job) in jobs.iter_mut().enumerate() {
        let mut reached = vec![false; named.len()];
        let mut todo = named[at].clone();
        while let Some(other) = todo.pop() {
            if !std::mem::replace(&mut reached[other], true) {
                todo.extend(&named[other]);
            }
        }
        job.after = (0..named.len()).filter(|&other| reached[other] && other != at).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What happens, in words, a job a line.
    fn acts(path: &str, text: &str) -> Vec<String> {
        let source = Arc::new(Source::new(path, text.into()));
        let Some(pipeline) = read(Form::of(path), &source) else { return Vec::new() };
        let word = |act: &Act| {
            let what = match &act.what {
                What::TakesForeignCode => "take".to_owned(),
                What::Build { args, .. } => {
                    let arg =
                        |arg: &BuildArg| format!(" {}<{}@{}", arg.name, arg.secret, source.slice(arg.at));
                    format!("build{}", args.iter().map(arg).collect::<Vec<_>>().join(","))
                }
                What::Push(push) => format!("push {}", push.images.join(" ")),
                What::Scan { name } => format!("scan {name}"),
                What::Login => "login".to_owned(),
                What::Unknown { may_scan } => format!("unknown {may_scan}"),
            };
            if act.is_conditional { what + "?" } else { what }
        };
        let job = |job: &Job| {
            format!("{:?} {}", job.after, job.acts.iter().map(word).collect::<Vec<_>>().join(", "))
        };
        pipeline.jobs.iter().map(job).collect()
    }

    #[test]
    fn workflows_say_what_happens_in_which_order() {
        let text = "on: push\njobs:\n  a:\n    env: {K: '${{ secrets.KEY }}'}\n    steps:\n      - run: |\n          \
                    docker build --build-arg T=${{ secrets.TOKEN }} --build-arg K --build-arg V=1 .\n          \
                    echo ${{ secrets.P }} | docker login -u x --password-stdin\n          ./push.sh\n  \
                    b:\n    needs: [a]\n    steps:\n      - {uses: example/scan-it@v1}\n      - {run: docker push a:1, if: success()}\n  \
                    c: {needs: b, uses: example/x/.github/workflows/y.yml@v1}\n";
        assert_eq!(
            acts(".github/workflows/a.yml", text),
            [
                "[] build T<TOKEN@T=${{ secrets.TOKEN }}, K<KEY@K, login, unknown false",
                "[0] unknown true, push a:1?",
                "[0, 1] unknown true",
            ]
        );
        assert_eq!(
            acts(".github/workflows/a.yml", "on: push\njobs:\n  a:\n    steps:\n      - run: make\n"),
            [""; 0]
        );
    }

    #[test]
    fn pipelines_of_gitlab_say_what_happens() {
        let text = "include:\n  - project: a/b\ndefault:\n  before_script: [docker login]\na:\n  script:\n    - docker build \
                    --build-arg T=$CI_JOB_TOKEN .\n    - docker push $X\nb:\n  before_script: []\n  script: trivy image $X\n";
        assert_eq!(
            acts(".gitlab-ci.yml", text),
            ["[] login, build T<CI_JOB_TOKEN@T=$CI_JOB_TOKEN, push $X", "[] scan trivy", "[] unknown true"]
        );
    }
}
