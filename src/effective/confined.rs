//! Whether root of a container is root of the host at all.

use super::holding::Holding;
use crate::container::{ContainerSpec, Text};
use crate::rule::Context;
use crate::rules::runtime::{pulled, settings};
use crate::text::Spot;

/// What makes a container's root somebody else on the host, and where it is written.
#[derive(Clone, Debug)]
pub(super) struct Confined {
    pub(super) by: By,
    pub(super) spot: Spot,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// The engine runs as a user, and its containers can do no more than that user.
    Rootless,
    /// The engine maps users of all containers to others.
    Remap,
    /// The container has users of its own.
    Itself,
}

/// Values of `userns_mode` and `UserNS` that give a container users of its own.
/// Source: podman-run(1), `--userns`.
const OWN: [&str; 3] = ["auto", "keep-id", "nomap"];

impl Confined {
    pub(super) fn of(cx: &Context, spec: &ContainerSpec) -> Option<Self> {
        let mode = spec.userns_mode.as_ref();
        let is_own = |text: &&Text| {
            let value = text.value().unwrap_or_default();
            OWN.contains(&value.split(':').next().unwrap_or_default())
        };
        if let Some(own) = mode.filter(is_own) {
            return Some(Self { by: By::Itself, spot: cx.project.spot(own.at) });
        }
        let engine = settings::engine(cx, spec)?;
        if let Some(spot) = engine.rootless.clone() {
            return Some(Self { by: By::Rootless, spot });
        }
        let spot = engine.remaps_users.clone().filter(|_| mode.is_none())?;
        Some(Self { by: By::Remap, spot })
    }

    /// As a row of the table.
    pub(super) fn what(&self) -> &'static str {
        match self.by {
            By::Rootless => "that of a rootless engine",
            By::Remap => "mapped by the engine (`userns-remap`)",
            By::Itself => "its own",
        }
    }

    /// What a path supposes that leads out all the same; a clause after "if".
    pub(super) fn condition(&self) -> &'static str {
        match self.by {
            By::Rootless => "the engine is not the rootless one that is configured here",
            By::Remap => "the engine does not map users, as its settings here say",
            By::Itself => "the container has no users of its own",
        }
    }

    /// Why a finding is less bad; a clause after "but".
    pub(super) fn excuse(&self, holding: &Holding, refused: bool) -> String {
        match self.by {
            By::Rootless => {
                "the engine is rootless, which limits that to what the engine's user may do".to_owned()
            }
            By::Remap if refused => {
                "an engine with `userns-remap` does not start such a container".to_owned()
            }
            By::Remap => "its root is another user of the host (`userns-remap`)".to_owned(),
            By::Itself => {
                let word = pulled::word(holding.spec, "userns_mode");
                format!("its root is another user of the host ({word})")
            }
        }
    }

    /// The label of [`Confined::spot`].
    pub(super) fn label(&self) -> &'static str {
        match self.by {
            By::Rootless => "these are the settings of a rootless engine",
            By::Remap => "the engine maps users here",
            By::Itself => "the container gets its own users here",
        }
    }
}
