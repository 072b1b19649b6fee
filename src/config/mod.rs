//! The configuration file: where it lies, what it says, and what is wrong with it.
//!
//! [`find`] looks for it, [`read`] makes a [`Config`] of its text or tells every mistake with its place. Flags, which
//! win over the file, are merged in `cli`; what settings do to findings is `filter`'s business.

pub mod gitleaks;
mod globs;
mod reader;

use std::path::{Path, PathBuf};

pub use crate::date::Date;
pub use globs::Globs;
pub use reader::{read, suggest};

use crate::rule::{Profile, Rule, Severity};

/// Names of the file, in the order they are looked for in a folder.
pub const NAMES: [&str; 3] = ["hullguard.yaml", ".hullguard.yaml", ".github/hullguard.yaml"];

/// What the file says; all patterns are already relative to the root of the run.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file's name, for messages; empty if there is none.
    pub name: String,
    pub profile: Option<Profile>,
    /// Rules in preview run, too.
    pub preview: bool,
    /// In file order; of those that hold for a finding, the last counts.
    pub rules: Vec<Setting>,
    pub ignores: Vec<Ignore>,
    pub fail_on: Option<FailOn>,
    pub trusted_registries: Vec<String>,
    pub exclude: Globs,
    /// Lists of known findings, relative to the file until `cli` makes them absolute; empty: those with the usual names.
    pub baselines: Vec<PathBuf>,
    /// As they are; `None`: the one with the usual name.
    pub gitleaks: Option<PathBuf>,
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
    /// `None`: everywhere.
    pub paths: Option<Globs>,
    pub reason: String,
    /// The last day on which it counts.
    pub expires: Option<Date>,
    /// The line of the file that it begins on.
    pub line: u32,
}

impl Config {
    /// Rules that are given a severity: whoever does that wants them, whatever the profile says.
    pub fn asked(&self) -> Vec<&'static str> {
        let given =
            self.rules.iter().filter(|setting| matches!(setting.level, Level::At(_)) && !setting.family);
        given.map(|setting| setting.rule.id).collect()
    }
}

impl Ignore {
    pub fn is_expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| last < today)
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
        "strict" => Some(Profile::Strict),
        "style" => Some(Profile::Style),
        _ => None,
    }
}

/// The file that holds for a run: in its root, or above it up to the top of the repository. Outside of a repository
/// only the root is looked at, so that a stray file in a shared folder configures nobody.
pub fn find(root: &Path) -> Option<PathBuf> {
    let top = crate::input::top_of(root).unwrap_or(root);
    let folders = root.ancestors().take_while(|folder| folder.starts_with(top));
    folders.flat_map(|folder| NAMES.map(|name| folder.join(name))).find(|file| file.is_file())
}

/// The path from the folder that a configuration's patterns are relative to, to the root of the run. A file from
/// elsewhere (`--config`) speaks of the root itself.
pub fn base(file: &Path, root: &Path) -> String {
    crate::input::below(folder(file), root).unwrap_or_default()
}

/// The folder that paths in a configuration are relative to.
pub fn folder(file: &Path) -> &Path {
    let folder = file.parent().unwrap_or(file);
    if folder.ends_with(".github") { folder.parent().unwrap_or(folder) } else { folder }
}
