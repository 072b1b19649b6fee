//! What a rule is: one page, one or more functions, and what the page says of itself.
//!
//! Types only; the table of all rules is made from `rules/**/*.md` by `rules/build.rs` and lives in `rules`.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::compose::ComposeFile;
use crate::container::{At, ContainerSpec};
use crate::custom::Custom;
use crate::daemon::Daemon;
use crate::dockerfile::Dockerfile;
use crate::finding::{Findings, Safety};
use crate::packed::{List, Text};
use crate::pipeline::Pipeline;
use crate::project::{ImageUse, Project, Sent};
use crate::purpose::Purpose;
use crate::shape::Alternatives;

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

    /// As bad as it is in a file for this: a step less for development, never more than a note in what is made up.
    #[must_use]
    pub fn softened(self, purpose: Purpose) -> Self {
        match (purpose, self) {
            (Purpose::Unsaid | Purpose::Production, as_is) => as_is,
            (Purpose::Development, Self::Error) => Self::Warning,
            _ => Self::Note,
        }
    }
}

/// The tag of rules whose severity follows the path to the host, and what it means, for people.
pub const FOLLOWS_PATH: (&str, &str) = (
    "host-path",
    "The severity is for a container whose root is root of the host. It is one step lower where the container or the \
     engine maps users, where a `daemon.json` in the repository belongs to a rootless engine, or where its user is not root \
     and cannot become it. The message says so. Where a path to the host is open, the finding shows its steps.",
);

/// What `softens: true` on a page means, for people.
pub const SOFTENS: &str = "In files for development the severity is one step lower. In tests, samples, documentation and \
    vendored code it is a note. hullguard decides by words in the path of the file, such as `dev`, `test`, `example`, `docs` \
    or `vendor`.";

/// How loud a run is: each holds the ones before it, but `style` is on request only. `reproducible` is by itself: the rules of
/// `default`, and those on what makes two builds differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    Default,
    Reproducible,
    Strict,
    Style,
}

impl Profile {
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Reproducible => "reproducible",
            Self::Strict => "strict",
            Self::Style => "style",
        }
    }
}

/// How far a rule can be relied on; `docs/stability.md` says what that promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stability {
    /// It is new, or its findings were not read yet: for `strict`, and for whoever asks.
    Preview,
    Stable,
    /// It goes away.
    Deprecated,
}

impl Stability {
    pub fn name(self) -> &'static str {
        match self {
            Self::Preview => "preview",
            Self::Stable => "stable",
            Self::Deprecated => "deprecated",
        }
    }
}

/// Findings on real files that a person read, each with its whole file, and what became of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The sum of the three that follow.
    pub read: u32,
    pub right: u32,
    /// Right by the page, and yet a good reader might want silence.
    pub debatable: u32,
    pub wrong: u32,
    /// There were no more to read.
    pub all: bool,
    /// The files, and the month in which they were read: `corpus 2026-11`.
    pub on: Text,
}

impl Evidence {
    /// Enough was read, and at most one finding in twenty is wrong.
    pub fn is_enough(&self) -> bool {
        (self.read >= 20 || self.all && self.read > 0) && self.wrong * 20 <= self.read
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { read, right, debatable, wrong, all, on } = self;
        let all = if *all { ", all there are" } else { "" };
        write!(f, "{read} read{all}: {right} right, {debatable} debatable, {wrong} wrong ({on})")
    }
}

/// The folder that a rule's page lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    Dockerfile,
    Image,
    Compose,
    Runtime,
    Project,
    Daemon,
    Pipeline,
    Secrets,
    /// The codes of ShellCheck, which have rows in `rules/shellcheck.tsv` and no pages.
    Shellcheck,
}

impl Family {
    pub const ALL: [Self; 9] = [
        Self::Dockerfile,
        Self::Image,
        Self::Compose,
        Self::Runtime,
        Self::Project,
        Self::Daemon,
        Self::Pipeline,
        Self::Secrets,
        Self::Shellcheck,
    ];

    /// The folder's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dockerfile => "dockerfile",
            Self::Image => "image",
            Self::Compose => "compose",
            Self::Runtime => "runtime",
            Self::Project => "project",
            Self::Daemon => "daemon",
            Self::Pipeline => "pipeline",
            Self::Secrets => "secrets",
            Self::Shellcheck => "shellcheck",
        }
    }
}

impl Rule {
    /// Its page on the web, as it was for this version. A code of ShellCheck has it in ShellCheck's wiki.
    pub fn url(&self) -> String {
        if self.family == Family::Shellcheck {
            return format!("https://www.shellcheck.net/wiki/{}", self.id);
        }
        let version = env!("CARGO_PKG_VERSION");
        format!("{REPOSITORY}/blob/v{version}/rules/{}", self.file)
    }
}

impl Rule {
    /// What to do about it, where that is the same for a whole family: secrets, first things first, and codes of
    /// ShellCheck.
    pub fn remedy(&self) -> Option<String> {
        match self.family {
            Family::Secrets => Some(self.revocation()),
            Family::Shellcheck => Some(format!(
                "ShellCheck's wiki explains the code and how to correct it: {}\n\nhullguard passes the shell code of \
                 Dockerfiles to the program `shellcheck`, if it is installed, and reports what it finds.",
                self.url()
            )),
            _ => None,
        }
    }

    fn revocation(&self) -> String {
        let place = if self.revoke.is_empty() {
            "Revoke or change it first, at the service that accepts it.".to_owned()
        } else {
            format!("Revoke it first: {}", self.revoke)
        };
        format!(
            "{place}\n\nEverybody who could read the repository may already have it. Clones, forks and caches keep \
             pushed commits, so deleting the line or rewriting history does not make it secret again. When the old one \
             no longer works, keep the new one outside of the repository: in a secret store, a mounted secret or a \
             variable of the CI. Rewriting history comes after that, if you want it."
        )
    }
}

/// One rule, as its page declares it.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case; also the SARIF ruleId and the name of the page.
    pub id: Text,
    pub title: Text,
    pub family: Family,
    pub severity: Severity,
    /// The quietest profile that shows it.
    pub profile: Profile,
    pub status: Stability,
    /// What is known of its findings on real files; `None` where nobody read them.
    pub evidence: Option<Evidence>,
    /// What kind of fix it may offer.
    pub fix: Option<Safety>,
    /// In the default profile one note a file, with the other places related; one finding each in `strict`.
    pub once_per_file: bool,
    /// Milder where the path says that the file is for development, tests or samples, or is somebody else's.
    pub softens: bool,
    /// In the default profile its findings are gathered, one a file, in a finding of this rule.
    pub part_of: Option<Text>,
    /// What its findings miss, as the sentence of that finding names it; empty where there is none.
    pub part_name: Text,
    /// It has such parts, and no findings besides. In `strict` its parts speak for themselves.
    pub gathers: bool,
    /// `tool/CODE` of the same check elsewhere: `hadolint/DL3007`.
    pub aliases: List,
    pub tags: List,
    /// Common Weakness Enumeration ids, `CWE-250`.
    pub cwe: List,
    /// Rows of `docs/practices.md` that it enforces.
    pub practices: List,
    /// Where what a secret opens is closed again: the provider's page. Empty for all other rules.
    pub revoke: Text,
    /// The page, below `rules/`.
    pub file: Text,
    /// The first version that had it.
    pub since: Text,
    /// The page after its front matter, in Markdown.
    pub page: Text,
    /// Its places in the list of all checks, see [`Rule::checks`].
    pub checks: (u16, u16),
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
    /// `daemon`: the settings of a container engine.
    Daemon(fn(&Context, &Daemon, &mut Findings)),
    /// `pipeline`: a file that builds, scans, pushes or updates images.
    Pipeline(fn(&Context, &Pipeline, &mut Findings)),
    /// A secret of a known shape, in any text.
    Secret(&'static Pattern),
}

/// What a page in `rules/secrets` says of the secrets it is about.
#[derive(Clone, Copy, Debug)]
pub struct Pattern {
    pub shape: Alternatives,
    /// For shapes that prove nothing by themselves: words of which one must stand in the key or on the line.
    pub near: List,
    pub checksum: Option<Checksum>,
    /// The least Shannon entropy, in bits per character, of what is not fixed text; `None` for a floor by alphabet and
    /// length.
    pub entropy: Option<f32>,
    /// What a match is worth whose checksum, if it has one, holds.
    pub confidence: Confidence,
}

/// How sure the tool is that something is a secret in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// A guess, or a token whose checksum is wrong. Shown in `strict` only.
    Low,
    /// It looks like one in a place where they stand.
    Medium,
    /// Shape, place and checksum leave little doubt.
    High,
}

impl Confidence {
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
    /// One step less.
    #[must_use]
    pub fn lower(self) -> Self {
        if self == Self::High { Self::Medium } else { Self::Low }
    }
}

/// What can be recomputed in a token. `secrets::checksum` knows how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// The last six characters are the CRC32 of the random part before, in base62.
    Github,
    /// As GitHub's.
    Npm,
    /// Three parts, the first a JSON object with `alg`.
    Jwt,
    /// Base64 of a JSON object.
    Base64Json,
    /// Base64 of `user:password`.
    Base64Pair,
    /// An AWS key id: base32, so no 0, 1, 8 or 9, and an account number inside.
    AwsKeyId,
    /// The last eight are the CRC32, in hex, of what stands before, an `=` between them left out.
    Atlassian,
    /// BIP 173's checksum over the whole token in small letters.
    Bech32,
    /// The last six are the base64 of the CRC32, little-endian, of what stands before.
    Confluent,
    /// The last eight are the CRC32, in hex, of the part between the last two underscores.
    Crc32Hex,
    /// The first part is the base64 of a number.
    Discord,
    /// Eight characters of the second part are base32 of a SHA-256 of what stands before them.
    GithubFineGrained,
    /// An app's number, then a JWT.
    GithubStateless,
    /// The last seven are the CRC32, in base36, of what stands before.
    GitlabRoutable,
    /// The last eight are the CRC32, little-endian, in hex, of what stands before the last underscore.
    Grafana,
    /// Base64 of a text that begins `reftkn:`.
    JfrogReference,
    /// Base32, of which the last two bytes are the CRC-16 of what stands before, little-endian.
    Nkey,
}

impl Checksum {
    /// A token whose checksum is wrong cannot be one: what is counted is the whole token, or the letters that it may have.
    /// Of what is only decoded, any other text of the same shape may be in use.
    pub fn proves(self) -> bool {
        !matches!(
            self,
            Self::Jwt
                | Self::Base64Json
                | Self::Base64Pair
                | Self::Discord
                | Self::JfrogReference
                | Self::GithubStateless
        )
    }
}

/// What a rule may know besides the document.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    pub policy: &'a Policy,
    pub project: &'a Project<'a>,
    /// What is sent to build the Dockerfile at hand, if no service says another folder; `None` where nobody can say.
    pub sent: Option<&'a Sent>,
    /// The search for secrets finds nothing in the Dockerfile at hand.
    pub is_spotless: bool,
}

/// What the value of a label must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelFormat {
    /// Anything but nothing.
    Text,
    Url,
    Rfc3339,
    Spdx,
    Hash,
    Semver,
    Email,
}

impl LabelFormat {
    /// As the configuration names them, in hadolint's words.
    pub const NAMES: [&str; 7] = ["text", "url", "rfc3339", "spdx", "hash", "semver", "email"];

    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "text" => Self::Text,
            "url" => Self::Url,
            "rfc3339" => Self::Rfc3339,
            "spdx" => Self::Spdx,
            "hash" => Self::Hash,
            "semver" => Self::Semver,
            "email" => Self::Email,
            _ => return None,
        })
    }
}

/// What the user wants, as far as it concerns rules. Plain data, made from the configuration.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is wanted or not by itself")]
pub struct Policy {
    pub profile: Profile,
    /// Rules in preview run in every profile that they are for.
    pub preview: bool,
    /// Registries that images may come from, `*` allowed at either end; empty means any.
    pub trusted_registries: Vec<String>,
    /// The labels that an image must have, with the form of their values.
    pub labels: Vec<(Box<str>, LabelFormat)>,
    /// It may have no others.
    pub strict_labels: bool,
    /// Rules that run whatever the profile says, because somebody named them.
    pub asked: Vec<&'static str>,
    /// If not empty, the only rules that run.
    pub only: Vec<&'static str>,
    /// Rules that do not run, whatever else is said; sorted.
    pub off: Vec<&'static str>,
    /// Where the run's root lies below the top of the repository, empty or ending with `/`: fingerprints and lists of
    /// findings speak of paths from the top, wherever the program was started.
    pub base: String,
    /// What the user says about the values of secrets.
    pub custom: Arc<Custom>,
    /// The stages that are shipped, by name or number, of Dockerfiles where the user says it. Paths are relative to the
    /// run's root.
    pub ships: HashMap<String, Vec<String>>,
    /// Also show secrets that are not sure enough for the profile, marked as such. For whoever asks about one.
    pub doubtful: bool,
    /// Draw the stages of Dockerfiles, too. For `scan`; no rule asks.
    pub graphs: bool,
    /// Work out what each container may do, too. For `scan`; no rule asks.
    pub privileges: bool,
    /// Work out what would take privileges from each container, too. For `scan`; no rule asks.
    pub hardening: bool,
    /// Map the networks of each project, too. For `scan`; no rule asks.
    pub networks: bool,
    /// Give places GitHub's hashes of their lines, too. For SARIF; no rule asks.
    pub line_hashes: bool,
}

impl Context<'_> {
    /// What a file of the run is for. Findings of rules that soften take this into account by themselves.
    pub fn purpose(&self, path: &str) -> Purpose {
        Purpose::of(&format!("{}{path}", self.policy.base))
    }
    /// The same of the file that a place in a container lies in.
    pub fn purpose_at(&self, at: At) -> Purpose {
        let all = || self.project.files.iter().map(|file| self.purpose(file.path())).collect();
        self.project.purposes.get_or_init(all)[at.file.0 as usize]
    }
}

impl Policy {
    /// Whether a rule's findings are shown at all. What is switched off for some paths or lines is the filters' business.
    pub fn shows(&self, rule: &Rule) -> bool {
        let is_off = |id: &str| self.off.binary_search(&id).is_ok();
        if is_off(rule.id.get())
            || self.profile < Profile::Strict && rule.part_of.is_some_and(|whole| is_off(&whole))
        {
            return false;
        }
        if rule.gathers && self.profile >= Profile::Strict {
            return false;
        }
        if !self.only.is_empty() {
            return self.only.contains(&rule.id.get())
                || rule.part_of.is_some_and(|whole| self.only.contains(&whole.get()));
        }
        self.includes(rule) || self.asked.contains(&rule.id.get()) || rule.part_of.is_some()
    }
    /// Whether a rule runs although nobody named it.
    pub fn includes(&self, rule: &Rule) -> bool {
        let is_meant = self.profile == Profile::Reproducible && rule.tags.has("reproducible");
        let is_loud = self.preview || self.profile >= Profile::Strict || is_meant;
        let is_in = rule.profile <= self.profile && rule.profile != Profile::Reproducible;
        (is_in || is_meant) && (rule.status != Stability::Preview || is_loud)
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            profile: Profile::Default,
            preview: false,
            trusted_registries: Vec::new(),
            labels: Vec::new(),
            strict_labels: false,
            asked: Vec::new(),
            only: Vec::new(),
            off: Vec::new(),
            base: String::new(),
            custom: Arc::default(),
            ships: HashMap::new(),
            doubtful: false,
            graphs: false,
            privileges: false,
            hardening: false,
            networks: false,
            line_hashes: true,
        }
    }
}
