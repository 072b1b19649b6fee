//! What a container runs, with which environment, and how it is known to be well.

use super::{At, Pair, Setting, Text};

/// What a container runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Command {
    pub form: CommandForm,
    pub at: At,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CommandForm {
    /// One text, split into words by the surface, not run by a shell.
    Line(Text),
    Words(Vec<Text>),
    /// `null`: the image's own.
    Image,
}

impl CommandForm {
    /// The line, or the words.
    pub fn texts(&self) -> &[Text] {
        match self {
            Self::Words(words) => words,
            Self::Line(line) => std::slice::from_ref(line),
            Self::Image => &[],
        }
    }
}

/// `pre_start`, `post_start`, `pre_stop`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hook {
    /// The key it stands under.
    pub when: &'static str,
    pub command: Option<Command>,
    /// Only `pre_start` has one.
    pub image: Option<Text>,
    pub user: Option<Text>,
    pub privileged: Option<Setting<bool>>,
    pub environment: Vec<Pair>,
    pub at: At,
}

/// `env_file:`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EnvFile {
    pub path: Text,
    pub required: Option<Setting<bool>>,
    pub format: Option<Text>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Healthcheck {
    /// `disable: true` or `test: [NONE]`.
    pub disabled: bool,
    pub test: Option<HealthTest>,
    /// What stands behind the text of `CMD-SHELL`: arguments of the shell, that the command never sees.
    pub ignored: Vec<Text>,
    pub interval: Option<Text>,
    pub timeout: Option<Text>,
    pub start_period: Option<Text>,
    pub retries: Option<Setting<i64>>,
    pub at: At,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum HealthTest {
    /// A text, or `[CMD-SHELL, text]`.
    Shell(Text),
    /// `[CMD, word …]`, without CMD.
    Exec(Vec<Text>),
    /// `[NONE]`
    None,
}

impl HealthTest {
    /// The line, or the words.
    pub fn texts(&self) -> &[Text] {
        match self {
            Self::Shell(line) => std::slice::from_ref(line),
            Self::Exec(words) => words,
            Self::None => &[],
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DependsOn {
    pub service: Text,
    pub condition: Option<Text>,
    pub required: Option<Setting<bool>>,
    pub at: At,
}
