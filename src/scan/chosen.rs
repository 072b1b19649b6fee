//! The rules of a run, chosen once: to ask all of them again for every file and service costs more than many a rule.

use super::searches;
use crate::rule::{Check, Family, Policy, Rule};
use crate::rules::RULES;

/// The rules that a policy shows, by what they look at.
pub(super) struct Chosen<'p> {
    pub(super) policy: &'p Policy,
    /// On Dockerfiles and the images that they name.
    pub(super) dockerfile: Vec<&'static Rule>,
    pub(super) compose: Vec<&'static Rule>,
    /// On containers and their images.
    pub(super) container: Vec<&'static Rule>,
    pub(super) project: Vec<&'static Rule>,
    pub(super) daemon: Vec<&'static Rule>,
    pub(super) pipeline: Vec<&'static Rule>,
    /// Files are searched for secrets.
    pub(super) searches: bool,
    /// A rule asks for files that are named and are not there.
    pub(super) asks_for_files: bool,
}

impl<'p> Chosen<'p> {
    pub(super) fn by(policy: &'p Policy) -> Self {
        // Most rules are kinds of secrets, which have a search of their own.
        let shown = |rule: &&Rule| rule.family != Family::Secrets && policy.shows(rule);
        let shown: Vec<&Rule> = RULES.iter().filter(shown).collect();
        let that_look_at = |is_it: fn(&Check) -> bool| {
            shown.iter().copied().filter(|rule| rule.checks().iter().any(is_it)).collect()
        };
        Self {
            policy,
            dockerfile: that_look_at(|check| matches!(check, Check::Dockerfile(_) | Check::Image(_))),
            compose: that_look_at(|check| matches!(check, Check::Compose(_))),
            container: that_look_at(|check| matches!(check, Check::Container(_) | Check::Image(_))),
            project: that_look_at(|check| matches!(check, Check::Project(_))),
            daemon: that_look_at(|check| matches!(check, Check::Daemon(_))),
            pipeline: that_look_at(|check| matches!(check, Check::Pipeline(_))),
            searches: searches(policy),
            asks_for_files: shown.iter().any(|rule| rule.id == "named-file-missing"),
        }
    }
}
