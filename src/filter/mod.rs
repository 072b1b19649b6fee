//! What a run's findings count for: a list of plain functions over the [`Outcome`], each in a file of its own.
//!
//! Filters mark findings, they never drop one; what to show is for the reports to say. They read no file and know no
//! clock: today's date is handed in.

mod allowlist;
mod baseline;
mod config_ignore;
mod foreign;
mod group;
mod inline;
mod order;
mod parts;
mod severity;

use crate::baseline::Known;
use crate::config::{Config, Date};
use crate::outcome::Outcome;
use crate::rule::Policy;

pub use baseline::{expired as expired_entries, is_listed_as_kin};
pub use config_ignore::expired;
pub use group::group;
pub use severity::place as severity_set_in;

/// Only what the texts say themselves: for findings whose texts are not those of the run.
pub fn inline(outcome: &mut Outcome) {
    let policy = Policy { only: vec![""], ..Policy::default() };
    inline::mark(outcome, &Config::default(), &policy);
}

/// Only what silences a finding in the place where it stands: for texts whose findings are not told.
pub fn in_place(outcome: &mut Outcome, config: &Config, policy: &Policy, today: Date) {
    severity::set(outcome, config, policy);
    allowlist::mark(outcome, policy);
    inline(outcome);
    config_ignore::mark(outcome, config, today);
}

/// Whether what [`in_place`] says may depend on the path.
pub fn knows_paths(config: &Config, policy: &Policy) -> bool {
    config.ignores.iter().any(|ignore| ignore.paths.is_some())
        || config.rules.iter().any(|setting| setting.paths.is_some())
        || policy.custom.allow.iter().any(|allow| !allow.paths.is_empty())
        || policy
            .custom
            .rules
            .iter()
            .any(|rule| rule.path.is_some() || rule.allow.iter().any(|allow| !allow.paths.is_empty()))
}

/// Only lists of other tools, which name places.
pub fn listed(outcome: &mut Outcome, policy: &Policy, known: &Known) {
    foreign::mark(outcome, policy, known);
}

/// Only what is gathered, one finding a file, from the rules that are parts of another.
pub fn gather(outcome: &mut Outcome, policy: &Policy) {
    parts::gather(outcome, &Config::default(), policy);
    order::sort(outcome);
}

/// All filters, in their order. What is compared with another run is compared before it is gathered with [`group`].
pub fn apply(outcome: &mut Outcome, config: &Config, policy: &Policy, known: &Known, today: Date) {
    severity::set(outcome, config, policy);
    allowlist::mark(outcome, policy);
    inline::mark(outcome, config, policy);
    config_ignore::mark(outcome, config, today);
    config_ignore::unused(outcome, config, policy, known, today);
    let mut lists = baseline::Use::of(known);
    baseline::mark(outcome, &mut lists, policy, today);
    parts::gather(outcome, config, policy);
    baseline::mark(outcome, &mut lists, policy, today);
    baseline::unused(outcome, &lists, config, policy, known);
    foreign::mark(outcome, policy, known);
    order::sort(outcome);
}

#[cfg(test)]
mod tests;
