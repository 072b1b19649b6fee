//! `build:` of a service.

use super::read::{Reader, keys};
use super::value::{Shape, Value};
use crate::container::Build;

impl Reader<'_> {
    pub(super) fn build(&mut self, service: &Value<'_>) -> Option<Build> {
        let value = service.get("build").filter(|value| !value.is_null())?;
        let short = matches!(value.shape, Shape::Scalar(_));
        if matches!(value.shape, Shape::List(_)) {
            self.problem(value.at, "`build` must be a string or a mapping");
        }
        Some(Build {
            at: value.at,
            keys: keys(value),
            context: if short { self.text(value) } else { self.text_of(value, "context") },
            dockerfile: self.text_of(value, "dockerfile"),
            dockerfile_inline: self.text_of(value, "dockerfile_inline"),
            target: self.text_of(value, "target"),
            args: self.pairs(value, "args", &['=']),
            secrets: self.grants(value, "secrets"),
            ssh: match value.get("ssh").map(|ssh| &ssh.shape) {
                Some(Shape::Scalar(_)) => {
                    self.texts(value, "ssh").iter().map(|text| self.cut_pair(text, &['='])).collect()
                }
                _ => self.pairs(value, "ssh", &['=']),
            },
            labels: self.pairs(value, "labels", &['=']),
            additional_contexts: self.pairs(value, "additional_contexts", &['=']),
            cache_from: self.texts(value, "cache_from"),
            cache_to: self.texts(value, "cache_to"),
            tags: self.unique_texts(value, "tags"),
            platforms: self.texts(value, "platforms"),
            entitlements: self.texts(value, "entitlements"),
            network: self.text_of(value, "network"),
            privileged: self.flag(value, "privileged"),
            no_cache: self.flag(value, "no_cache"),
            pull: self.flag(value, "pull"),
        })
    }
}
