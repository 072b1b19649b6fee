//! The configuration file: where it lies, what it says, and what is wrong with it.
//!
//! [`find`] looks for it, [`read`] makes a [`Config`] of its text or tells every mistake with its place. Flags, which
//! win over the file, are merged in `cli`; what settings do to findings is `filter`'s business.

mod extends;
pub mod gitleaks;
mod globs;
pub mod keys;
mod reader;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use crate::date::Date;
pub use extends::{Around, Open, of, read};
pub use globs::Globs;
pub use reader::suggest;

use crate::rule::{LabelFormat, Profile, Rule, Severity};

/// Names of the file in a folder, which may have one of them.
pub const NAMES: [&str; 6] = [
    "hullguard.yaml",
    "hullguard.yml",
    ".hullguard.yaml",
    ".hullguard.yml",
    ".github/hullguard.yaml",
    ".github/hullguard.yml",
];

/// What the file says; all patterns are already relative to the root of the run.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file's name, for messages; empty if there is none.
    pub name: String,
    /// The file and those that it extends.
    pub files: Vec<PathBuf>,
    pub profile: Option<Profile>,
    /// Rules in preview run, too.
    pub preview: bool,
    /// In file order; of those that hold for a finding, the last counts.
    pub rules: Vec<Setting>,
    pub ignores: Vec<Ignore>,
    pub fail_on: Option<FailOn>,
    pub trusted_registries: Vec<String>,
    /// The labels that an image must have, each once.
    pub labels: Vec<(Box<str>, LabelFormat)>,
    pub strict_labels: bool,
    pub exclude: Globs,
    /// The patterns of `exclude` and of `rules`, for those that match nothing. What a file extends is for other
    /// repositories, too, so its patterns are not here.
    pub patterns: Vec<Pattern>,
    /// Lists of known findings, relative to the file until `cli` makes them absolute; empty: those with the usual names.
    pub baselines: Vec<PathBuf>,
    /// As they are; `None`: the one with the usual name.
    pub gitleaks: Option<PathBuf>,
    /// One for a Dockerfile.
    pub ships: Vec<Ship>,
    pub shellcheck: Option<UseShellCheck>,
}

/// One entry of `ships`.
#[derive(Clone, Debug)]
pub struct Ship {
    /// Relative to the root of the run.
    pub dockerfile: String,
    /// The stages that are shipped, by name or number.
    pub targets: Vec<String>,
    /// The configuration file, and the line in it.
    pub file: Arc<str>,
    pub line: u32,
}

/// A pattern as it is written.
#[derive(Clone, Debug)]
pub struct Pattern {
    pub text: String,
    /// It leaves files out.
    pub excludes: bool,
    /// The configuration file, and the line in it.
    pub file: Arc<str>,
    pub line: u32,
}

/// `rules: {id: …}`
#[derive(Clone, Debug)]
pub struct Setting {
    pub rule: &'static Rule,
    pub level: Level,
    /// `None`: everywhere.
    pub paths: Option<Globs>,
    /// It was given to the rule's whole family, which asks for none of its rules by name.
    pub family: bool,
    /// The file that says so, and the line in it, for messages.
    pub file: Arc<str>,
    pub line: u32,
}

impl Setting {
    pub fn place(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Off,
    At(Severity),
    /// As the page says.
    Own,
}

/// One item of `ignore`.
#[derive(Clone, Debug)]
pub struct Ignore {
    /// Empty: every rule.
    pub rules: Vec<&'static Rule>,
    /// As they are named in the file.
    pub named: Vec<String>,
    /// `None`: everywhere.
    pub paths: Option<Globs>,
    /// As they are written.
    pub patterns: Vec<String>,
    pub reason: String,
    /// The last day on which it counts.
    pub expires: Option<Date>,
    /// The configuration file, and the line that it begins on.
    pub file: Arc<str>,
    pub line: u32,
}

impl Config {
    /// Takes in a later file's values: lists hold both, of anything else the later counts.
    fn take(&mut self, later: Self) {
        self.files.extend(later.files);
        self.profile = later.profile.or(self.profile);
        self.preview |= later.preview;
        self.rules.extend(later.rules);
        self.ignores.extend(later.ignores);
        self.fail_on = later.fail_on.or(self.fail_on);
        self.trusted_registries.extend(later.trusted_registries);
        self.labels.retain(|(key, _)| later.labels.iter().all(|(other, _)| other != key));
        self.labels.extend(later.labels);
        self.strict_labels |= later.strict_labels;
        self.exclude.add(later.exclude);
        self.baselines.extend(later.baselines);
        self.gitleaks = later.gitleaks.or(self.gitleaks.take());
        self.shellcheck = later.shellcheck.or(self.shellcheck);
        later.ships.into_iter().for_each(|ship| self.ship(ship));
    }
    /// All files that say how a run goes.
    pub fn settings(&self) -> impl Iterator<Item = &PathBuf> {
        self.files.iter().chain(&self.baselines).chain(&self.gitleaks)
    }
    /// Of two entries for a Dockerfile the later counts.
    fn ship(&mut self, ship: Ship) {
        self.ships.retain(|before| before.dockerfile != ship.dockerfile);
        self.ships.push(ship);
    }
    /// Rules that are given a severity: whoever does that wants them, whatever the profile says.
    pub fn asked(&self) -> Vec<&'static str> {
        let given =
            self.rules.iter().filter(|setting| matches!(setting.level, Level::At(_)) && !setting.family);
        given.map(|setting| setting.rule.id.get()).collect()
    }
}

impl Ignore {
    /// Where it stands, for messages.
    pub fn place(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }
    /// What it ignores, for messages.
    pub fn what(&self) -> String {
        if self.named.is_empty() {
            return "everything".to_owned();
        }
        self.named.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    }
    pub fn is_expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| last < today)
    }
}

/// Whether shell code is checked by ShellCheck.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UseShellCheck {
    /// If it is there.
    #[default]
    Auto,
    /// It must be there.
    Require,
    Off,
}

impl UseShellCheck {
    pub const NAMES: [&'static str; 3] = [Self::Auto.name(), Self::Require.name(), Self::Off.name()];
    pub const ALL: [Self; 3] = [Self::Auto, Self::Require, Self::Off];

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|when| when.name() == name)
    }
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Require => "require",
            Self::Off => "off",
        }
    }
}

/// From which severity on findings fail a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    At(Severity),
    Never,
}

impl Default for FailOn {
    fn default() -> Self {
        Self::At(Severity::Warning)
    }
}

impl FailOn {
    pub const NAMES: [&'static str; 4] = ["error", "warning", "note", "never"];

    pub fn parse(name: &str) -> Option<Self> {
        if name == "never" { Some(Self::Never) } else { severity(name).map(Self::At) }
    }
    /// The mildest that fails a run; `None` if nothing does.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::At(least) => Some(least),
            Self::Never => None,
        }
    }
    pub fn fails(self, severity: Severity) -> bool {
        matches!(self, Self::At(least) if severity >= least)
    }
}

/// The severity of that name.
pub fn severity(name: &str) -> Option<Severity> {
    [Severity::Error, Severity::Warning, Severity::Note].into_iter().find(|severity| severity.name() == name)
}

/// The profile of that name.
pub fn profile(name: &str) -> Option<Profile> {
    match name {
        "default" => Some(Profile::Default),
        "reproducible" => Some(Profile::Reproducible),
        "strict" => Some(Profile::Strict),
        "style" => Some(Profile::Style),
        _ => None,
    }
}

/// The file that holds for a run: in its root, or above it up to the top of the repository. Outside of a repository
/// only the root is looked at, so that a stray file in a shared folder configures nobody.
///
/// # Errors
/// A folder has several.
pub fn find(root: &Path) -> Result<Option<PathBuf>, String> {
    let top = crate::input::top_of(root).unwrap_or(root);
    for folder in root.ancestors().take_while(|folder| folder.starts_with(top)) {
        // A link that leads nowhere is one that cannot be read, and no reason to do without.
        let is_there = |file: &PathBuf| file.is_file() || file.is_symlink() && !file.exists();
        if let Some(name) = only(|name| is_there(&folder.join(name)))? {
            return Ok(Some(folder.join(name)));
        }
    }
    Ok(None)
}

/// The name that a folder has a configuration under.
///
/// # Errors
/// There are several, and nobody can say which is meant.
pub fn only(is_there: impl Fn(&str) -> bool) -> Result<Option<&'static str>, String> {
    let there: Vec<&str> = NAMES.into_iter().filter(|name| is_there(name)).collect();
    match there.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        several => Err(format!(
            "several configuration files: {}; keep one, or name one with --config",
            several.join(" and ")
        )),
    }
}

/// The folder that paths in a configuration are relative to.
pub fn folder(file: &Path) -> &Path {
    let folder = file.parent().unwrap_or(file);
    if folder.ends_with(".github") { folder.parent().unwrap_or(folder) } else { folder }
}
