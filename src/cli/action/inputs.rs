//! The inputs of the action and the runner's variables, read once.
//!
//! A composite action hands inputs on as it likes; ours come as `INPUT_FAIL_ON` for `fail-on`. One that is empty was
//! not given. A mistake in one is an error: a gate that was misspelt must not stand open.

use std::env;
use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow, bail};

use crate::config::{FailOn, UseShellCheck};
use crate::github::{Reporter, Token};
use crate::rule::{Family, Severity};

/// Which findings fail the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// Those that the base has not.
    New,
    /// Of those, the ones on lines that the change touches.
    ChangedLines,
    All,
}

/// Which files are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// All of what is linted, and for secrets those that changed, unless SARIF or the gate wants all.
    Auto,
    /// Those that the event changed, and nothing else counts.
    Changed,
    All,
}

/// Where configuration, ignores and lists of known findings come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Say {
    Base,
    Head,
    None,
}

/// How far the search for secrets goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Past {
    /// The commits of the event; all on schedule and by hand.
    Auto,
    Full,
    None,
}

pub(super) struct Inputs {
    /// `None`: what suits the event.
    pub(super) report: Option<Vec<Reporter>>,
    pub(super) over: Over,
    pub(super) fail_on: Option<FailOn>,
    /// The mildest that is told. What fails the run is told in any case.
    pub(super) report_level: Severity,
    pub(super) reach: Reach,
    /// Families of rules; empty for all.
    pub(super) families: Vec<Family>,
    /// Where in the workspace the repository is.
    pub(super) folder: PathBuf,
    pub(super) paths: Vec<String>,
    pub(super) config: Option<PathBuf>,
    pub(super) config_from: Option<Say>,
    pub(super) baseline: Vec<PathBuf>,
    /// What the change silences counts as well.
    pub(super) count_suppressed: bool,
    pub(super) max_comments: usize,
    pub(super) suggestions: bool,
    pub(super) category: String,
    pub(super) history: Past,
    pub(super) sarif_file: Option<PathBuf>,
    pub(super) token: Option<Token>,
    pub(super) shellcheck: Option<UseShellCheck>,
}

/// A variable that is set to something.
pub(super) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}

fn input(name: &str) -> Option<String> {
    let upper = name.to_uppercase();
    // The runner itself leaves hyphens in the names.
    variable(&format!("INPUT_{}", upper.replace('-', "_")))
        .or_else(|| variable(&format!("INPUT_{upper}")))
        .map(|value| value.trim().to_owned())
}

fn one_of<T: Copy>(name: &str, known: &[(&str, T)]) -> Result<Option<T>> {
    let Some(given) = input(name) else { return Ok(None) };
    let found = known.iter().find(|(word, _)| *word == given).map(|&(_, value)| value);
    let words: Vec<&str> = known.iter().map(|&(word, _)| word).collect();
    found.map(Some).ok_or_else(|| anyhow!("input `{name}`: `{given}` is not one of {}", words.join(", ")))
}

impl Inputs {
    pub(super) fn read() -> Result<Self> {
        let over = [("new", Over::New), ("changed-lines", Over::ChangedLines), ("all", Over::All)];
        let from = [("base", Say::Base), ("head", Say::Head), ("none", Say::None)];
        let reach = [("auto", Reach::Auto), ("changed", Reach::Changed), ("all", Reach::All)];
        let levels = [Severity::Error, Severity::Warning, Severity::Note].map(|level| (level.name(), level));
        let truth = [("true", true), ("false", false)];
        let past = [("auto", Past::Auto), ("full", Past::Full), ("none", Past::None)];
        let uses = UseShellCheck::ALL.map(|when| (when.name(), when));
        let fail_on = input("fail-on").map(|name| {
            let known = || format!("input `fail-on`: `{name}` is not one of {}", FailOn::NAMES.join(", "));
            FailOn::parse(&name).with_context(known)
        });
        let sarif_file = input("sarif-file").map(PathBuf::from);
        let (report, reach) = (reporters()?, one_of("scope", &reach)?.unwrap_or(Reach::Auto));
        let uploads = sarif_file.is_some() || report.iter().flatten().any(|&r| r == Reporter::Sarif);
        if reach == Reach::Changed && uploads {
            bail!(
                "input `scope`: `changed` skips files, and SARIF without them would close their alerts; use `auto` \
                 or `all`"
            );
        }
        let max_comments = input("max-comments").map(|text| text.parse());
        Ok(Self {
            report,
            over: one_of("gate", &over)?.unwrap_or(Over::New),
            fail_on: fail_on.transpose()?,
            report_level: one_of("report-level", &levels)?.unwrap_or(Severity::Note),
            reach,
            families: families()?,
            folder: input("working-directory")
                .map(|path| within(&path))
                .transpose()?
                .unwrap_or_default()
                .into(),
            paths: list("paths").iter().map(|path| within(path)).collect::<Result<_>>()?,
            config: input("config").map(|path| within(&path)).transpose()?.map(PathBuf::from),
            config_from: one_of("config-from", &from)?,
            baseline: list("baseline").iter().map(|p| within(p).map(PathBuf::from)).collect::<Result<_>>()?,
            max_comments: max_comments
                .transpose()
                .context("input `max-comments` must be a number")?
                .unwrap_or(25),
            count_suppressed: one_of("count-suppressed", &truth)?.unwrap_or(false),
            suggestions: one_of("suggestions", &truth)?.unwrap_or(true),
            category: input("category").unwrap_or_else(|| "hullguard".to_owned()),
            history: one_of("history", &past)?.unwrap_or(Past::Auto),
            sarif_file,
            token: input("token").and_then(|text| Token::new(&text)),
            shellcheck: one_of("shellcheck", &uses)?,
        })
    }
}

fn reporters() -> Result<Option<Vec<Reporter>>> {
    let mut reporters = Vec::new();
    let words = list("report");
    for word in &words {
        reporters.push(match word.as_str() {
            "auto" | "none" if words.len() > 1 => {
                bail!("input `report`: `{word}` cannot be combined with other values; write it alone")
            }
            "auto" => return Ok(None),
            "none" => continue,
            "sarif" => Reporter::Sarif,
            "check" => Reporter::Check,
            "review" => Reporter::Review,
            "log" | "annotations" => Reporter::Log,
            other => bail!("input `report`: `{other}` is not one of auto, sarif, check, review, log, none"),
        });
    }
    Ok((!words.is_empty()).then_some(reporters))
}

fn families() -> Result<Vec<Family>> {
    let mut families = Vec::new();
    for word in list("scan") {
        let is_meant =
            |family: &Family| word == family.name() || word == "lint" && *family != Family::Secrets;
        let before = families.len();
        families.extend(Family::ALL.into_iter().filter(is_meant));
        if families.len() == before {
            let known = Family::ALL.map(Family::name).join(", ");
            bail!("input `scan`: `{word}` is not one of lint, {known}");
        }
    }
    Ok(families)
}

/// Words between commas or line ends, and between blanks where no path is meant.
fn list(name: &str) -> Vec<String> {
    let text = input(name).unwrap_or_default();
    let words = text.split(|c: char| c == ',' || c == '\n' || matches!(name, "report" | "scan") && c == ' ');
    words.map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A path from the top of the repository, without `.` and `..`; empty for the top itself.
fn within(path: &str) -> Result<String> {
    let inside = crate::input::inside(path).filter(|_| !path.starts_with('/'));
    inside.with_context(|| {
        format!("`{path}` is outside the repository; write a path relative to its top folder")
    })
}
