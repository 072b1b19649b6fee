//! What a rule is: one page, one or more functions, and what the page says of itself.
//!
//! Types only; the table of all rules is made from `rules/**/*.md` by `rules/build.rs` and lives in `rules`.

use crate::compose::ComposeFile;
use crate::container::ContainerSpec;
use crate::dockerfile::Dockerfile;
use crate::finding::{Findings, Safety};
use crate::project::{ImageUse, Project};

/// Where this program lives.
pub const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// SARIF's own words for how bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Note,
    Warning,
    Error,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// How loud a run is: each holds the ones before it, but `style` is on request only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    Default,
    Strict,
    Style,
}

/// The folder that a rule's page lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    Dockerfile,
    Image,
    Compose,
    Runtime,
    Project,
}

impl Family {
    /// The folder's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dockerfile => "dockerfile",
            Self::Image => "image",
            Self::Compose => "compose",
            Self::Runtime => "runtime",
            Self::Project => "project",
        }
    }
}

impl Rule {
    /// Its page on the web, as it was for this version.
    pub fn url(&self) -> String {
        let version = env!("CARGO_PKG_VERSION");
        format!("{REPOSITORY}/blob/v{version}/rules/{}/{}.md", self.family.name(), self.id)
    }
}

/// One rule, as its page declares it.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case; also the SARIF ruleId and the name of the page.
    pub id: &'static str,
    pub title: &'static str,
    pub family: Family,
    pub severity: Severity,
    /// The quietest profile that shows it.
    pub profile: Profile,
    /// What kind of fix it may offer.
    pub fix: Option<Safety>,
    /// In the default profile one note a file, with the other places related; one finding each in `strict`.
    pub once_per_file: bool,
    /// `tool/CODE` of the same check elsewhere: `hadolint/DL3007`.
    pub aliases: &'static [&'static str],
    pub tags: &'static [&'static str],
    /// Common Weakness Enumeration ids, `CWE-250`.
    pub cwe: &'static [&'static str],
    /// Rows of the seed list of practices that it enforces.
    pub practices: &'static [&'static str],
    /// The first version that had it.
    pub since: &'static str,
    /// The page after its front matter, in Markdown.
    pub page: &'static str,
    /// None for what `scan` or a filter reports itself.
    pub checks: &'static [Check],
}

/// A rule's function, named in its module after what it looks at.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// `dockerfile`: one Dockerfile.
    Dockerfile(fn(&Context, &Dockerfile, &mut Findings)),
    /// `compose`: one Compose file as written, before it is joined with others.
    Compose(fn(&Context, &ComposeFile, &mut Findings)),
    /// `container`: one container's settings, joined, from any surface.
    Container(fn(&Context, &ContainerSpec, &mut Findings)),
    /// `image`: one image reference, from any surface.
    Image(fn(&Context, &ImageUse, &mut Findings)),
    /// `project`: all documents of the run.
    Project(fn(&Context, &Project, &mut Findings)),
}

/// What a rule may know besides the document.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    pub policy: &'a Policy,
    pub project: &'a Project<'a>,
    /// Whether a `.dockerignore` speaks for the Dockerfile at hand; `None` where nobody can say.
    pub dockerignore: Option<bool>,
}

/// What the user wants, as far as it concerns rules. Plain data, made from the configuration.
#[derive(Clone, Debug)]
pub struct Policy {
    pub profile: Profile,
    /// Registries that images may come from, `*` allowed at either end; empty means any.
    pub trusted_registries: Vec<String>,
    /// Rules that run whatever the profile says, because somebody named them.
    pub asked: Vec<&'static str>,
    /// If not empty, the only rules that run.
    pub only: Vec<&'static str>,
}

impl Policy {
    /// Whether a rule's findings are shown at all. What is switched off for some paths or lines is the filters' business.
    pub fn shows(&self, rule: &Rule) -> bool {
        if !self.only.is_empty() {
            return self.only.contains(&rule.id);
        }
        rule.profile <= self.profile || self.asked.contains(&rule.id)
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            profile: Profile::Default,
            trusted_registries: Vec::new(),
            asked: Vec::new(),
            only: Vec::new(),
        }
    }
}
