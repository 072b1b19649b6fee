//! Containers that are configured elsewhere than in Compose files: one model, filled from text by pure functions.
//!
//! [`Form::of`] says by a file's name what it may be, [`Form::read`] looks for containers in it. A text in which no word
//! of the form stands is not parsed. What is wrong with a container is left to the rules.

mod bake;
mod build;
mod code;
mod command;
mod devcontainer;
mod ecs;
mod fill;
mod flags;
mod held;
mod host;
mod jenkins;
mod kubernetes;
mod nomad;
mod pipeline;
mod quadlet;
mod words;

pub use build::{Argument, arguments};
pub use code::recipes;

use crate::bake::is_bake;
use crate::container::{ContainerSpec, Known, Lifetime};
use crate::gap::{Gap, Reason};
use crate::image;
use crate::text::{Joined, Source, Span, last_part};
use crate::yaml::Node;
use crate::{hcl, json};

/// Bytes of a file that is read; few that people write are larger.
const LARGEST: usize = 1 << 20;

/// What a file is, as far as its name says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    Script,
    /// A file without an ending: a script if its first line says so.
    PerhapsScript,
    Makefile,
    Justfile,
    Jenkinsfile,
    /// A service of systemd.
    Unit,
    Markdown,
    /// A workflow or a composite action of GitHub, or of what is compatible.
    Workflow,
    Gitlab,
    Devcontainer,
    /// A unit of Podman.
    Quadlet,
    /// YAML of another name: Kubernetes, if anything.
    Manifest,
    /// `package.json`, with its scripts.
    Package,
    /// JSON of another name: a task definition of Amazon ECS or a manifest of Kubernetes, if anything.
    Json,
    /// Terraform: task definitions of Amazon ECS.
    Terraform,
    /// HCL of another name: targets of Buildx or jobs of Nomad, if anything.
    Hcl,
    /// Targets of Buildx in JSON.
    Bake,
}

/// A container, and all that is written of it.
#[derive(Clone)]
pub struct Found {
    pub spec: ContainerSpec,
    pub extent: Span,
}

impl Form {
    /// Reads a path.
    pub fn of(path: &str) -> Option<Self> {
        let name = last_part(path);
        let folder = &path[..path.len() - name.len()];
        let Some((stem, ending)) = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) else {
            return Some(match name {
                "Makefile" | "makefile" | "GNUmakefile" => Self::Makefile,
                "justfile" | "Justfile" | ".justfile" => Self::Justfile,
                "Jenkinsfile" => Self::Jenkinsfile,
                _ if name.starts_with('.') => return None,
                _ => Self::PerhapsScript,
            });
        };
        Some(match ending {
            "sh" | "bash" | "zsh" | "ksh" => Self::Script,
            "mk" => Self::Makefile,
            "just" => Self::Justfile,
            "jenkinsfile" | "Jenkinsfile" => Self::Jenkinsfile,
            "service" => Self::Unit,
            "container" | "kube" | "pod" => Self::Quadlet,
            "conf" if is_quadlet_drop_in(folder) => Self::Quadlet,
            "json" if name == "package.json" => Self::Package,
            "json" if matches!(stem, "devcontainer" | ".devcontainer" | "devcontainer-feature") => {
                Self::Devcontainer
            }
            "json" if is_bake(path) => Self::Bake,
            "json" => Self::Json,
            "tf" => Self::Terraform,
            "hcl" | "nomad" => Self::Hcl,
            "conf" if folder.ends_with(".service.d/") => Self::Unit,
            "yml" | "yaml" if name.ends_with(".gitlab-ci.yml") => Self::Gitlab,
            "yml" | "yaml" if folder.ends_with("/workflows/") || stem == "action" => Self::Workflow,
            "yml" | "yaml" => Self::Manifest,
            "md" | "mdx" | "markdown" => Self::Markdown,
            _ if stem == "Makefile" => Self::Makefile,
            _ if stem == "Jenkinsfile" => Self::Jenkinsfile,
            _ => return None,
        })
    }

    /// A cheap look: whether the text may start a container.
    fn may_start(self, text: &str) -> bool {
        let has = |words: &[&str]| {
            words.iter().any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
        };
        let engine = || has(&["docker", "DOCKER", "podman", "PODMAN", "nerdctl", "buildah", "CONTAINER_"]);
        let runs = || engine() && has(&["run", "create", "exec", "build"]);
        match self {
            Self::PerhapsScript => code::is_script(text) && runs(),
            Self::Workflow => runs() || has(&["container", "services", "docker://"]),
            Self::Gitlab | Self::Devcontainer | Self::Bake => true,
            Self::Quadlet => has(&["[Container]", "[Kube]", "[Pod]"]),
            Self::Manifest => {
                has(&["apiVersion"]) && has(&["ontainers:"]) && !has(&["{{"])
                    || has(&["AWS::ECS::TaskDefinition"])
            }
            Self::Json => {
                has(&["\"containerDefinitions\"", "\"ContainerDefinitions\""])
                    || has(&["\"essential\""]) && has(&["\"image\""])
                    || has(&["\"apiVersion\""]) && has(&["\"containers\""])
            }
            Self::Terraform => has(&["container_definitions"]),
            Self::Hcl => engine() && has(&["driver"]) || has(&["target"]),
            Self::Jenkinsfile => has(&["docker"]),
            _ => runs(),
        }
    }

    /// The shell code of a file that has hardly anything else; `None` for other files.
    pub fn scripts(self, text: &str) -> Option<Vec<Joined<'_>>> {
        Some(match self {
            Self::PerhapsScript if !code::is_script(text) => return None,
            Self::Script | Self::PerhapsScript => vec![Joined::unbroken(text, 0)],
            Self::Makefile => code::recipes(text),
            Self::Justfile => code::just(text),
            Self::Jenkinsfile => code::jenkins(text),
            Self::Unit => code::unit(text),
            Self::Markdown => code::markdown(text),
            _ => return None,
        })
    }

    /// What runs it is a machine that stays, as far as the form says.
    pub fn is_for_hosts(self) -> bool {
        matches!(self, Self::Script | Self::PerhapsScript | Self::Makefile | Self::Justfile | Self::Unit)
    }

    /// The containers of a file, in its order.
    ///
    /// # Errors
    /// It may have some, and is too large to be read, or cannot be understood.
    pub fn read(self, source: &Source) -> Result<Vec<Found>, Gap> {
        let text = source.text();
        if !self.may_start(text) {
            return Ok(Vec::new());
        }
        if text.len() > LARGEST {
            return Err(Gap::new(Reason::TooLarge, "not searched for containers: larger than 1 MiB"));
        }
        let scripts = match self {
            Self::Workflow => return pipeline::workflow(source),
            Self::Gitlab => return pipeline::gitlab(source),
            Self::Devcontainer => return devcontainer::containers(source),
            Self::Quadlet => return Ok(quadlet::container(source).into_iter().collect()),
            Self::Manifest if source.text().contains("AWS::ECS::") => return Ok(ecs::cloudformation(source)),
            Self::Manifest => return Ok(kubernetes::containers(source)),
            Self::Terraform => return hcl::parse(source).map(|file| ecs::terraform(&file)).map_err(unread),
            Self::Hcl => {
                let file = hcl::parse(source).map_err(unread)?;
                return Ok([bake::targets(&file), nomad::containers(&file)].concat());
            }
            Self::Bake => {
                let plain = json::plain(source);
                return json::parse(&plain).map(|file| bake::targets(&file)).map_err(unread);
            }
            Self::Json | Self::Package => {
                let plain = json::plain(source);
                let file = json::parse(&plain).map_err(unread)?;
                if self == Self::Package {
                    let scripts = file.root().and_then(|root| root.get("scripts"));
                    let scripts = scripts.into_iter().flat_map(Node::raw_entries).map(|entry| entry.value);
                    return Ok(command::of_nodes(source, scripts, Lifetime::Task));
                }
                return Ok([ecs::tasks(&file), kubernetes::objects(&file)].concat());
            }
            _ => self.scripts(text).unwrap_or_default(),
        };
        let lifetime = if self == Self::Unit { Lifetime::Service } else { Lifetime::Task };
        let lifetime = if self == Self::Jenkinsfile { Lifetime::Job } else { lifetime };
        let mut found: Vec<Found> =
            scripts.iter().flat_map(|script| command::containers(source, script, lifetime)).collect();
        if self == Self::Jenkinsfile {
            found.extend(jenkins::containers(source));
        }
        if self == Self::Markdown {
            for found in &mut found {
                forget_placeholder(&mut found.spec);
            }
        }
        Ok(found)
    }
}

/// Whether what lies in a folder is a drop-in of a quadlet, or of all quadlets.
fn is_quadlet_drop_in(folder: &str) -> bool {
    ["container.d/", "kube.d/", "pod.d/"].iter().any(|end| folder.ends_with(end))
}

/// A file that is not understood, for the reason that a clause says.
fn unread(why: impl std::fmt::Display) -> Gap {
    Gap::new(Reason::OtherFormat, format!("not searched for containers: {why}"))
}

/// In a text for people, what is no image is a name to be filled in: `registry.example/ORGANIZATION/app`.
fn forget_placeholder(spec: &mut ContainerSpec) {
    if let Some(image) = &mut spec.image
        && image.value().is_some_and(|name| image::parse(name).is_err())
    {
        image.known = Known::Unknown;
    }
}
