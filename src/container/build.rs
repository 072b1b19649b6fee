//! How a container's image is built.

use super::{At, Grant, Key, Pair, Setting, Text};

/// `build:`
#[derive(Clone, Debug, Default)]
pub struct Build {
    /// The whole value.
    pub at: At,
    /// Every key that is written below `build`.
    pub keys: Vec<Key>,
    /// As written, relative to `base`; `None` if not written (Compose takes `.`).
    pub context: Option<Text>,
    /// Relative to the context.
    pub dockerfile: Option<Text>,
    pub dockerfile_inline: Option<Text>,
    pub target: Option<Text>,
    pub args: Vec<Pair>,
    pub secrets: Vec<Grant>,
    pub ssh: Vec<Pair>,
    pub labels: Vec<Pair>,
    pub additional_contexts: Vec<Pair>,
    pub cache_from: Vec<Text>,
    pub cache_to: Vec<Text>,
    pub tags: Vec<Text>,
    pub platforms: Vec<Text>,
    pub entitlements: Vec<Text>,
    pub network: Option<Text>,
    pub privileged: Option<Setting<bool>>,
    pub no_cache: Option<Setting<bool>>,
    pub pull: Option<Setting<bool>>,
}
