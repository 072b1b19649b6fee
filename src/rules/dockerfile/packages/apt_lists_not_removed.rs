use std::collections::HashSet;

use super::apt::{self, LISTS, Lists};
use super::chain::behind_chain;
use crate::dockerfile::Dockerfile;
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::rules::dockerfile::shipping::in_image;
use crate::shell::Action;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    // Lists that a later RUN installs from are still needed.
    let needed: HashSet<usize> = apt::uses(file)
        .iter()
        .filter_map(|used| match used.lists {
            Lists::Left(run, _) => Some(run),
            _ => None,
        })
        .collect();
    for run in file.runs().filter(|run| in_image(file, run) && !apt::lists_are_mounted(run)) {
        let scripts = run.scripts();
        let packages = || scripts.iter().flat_map(|script| &script.facts().packages);
        let update = packages().rfind(|call| call.manager.is_apt() && call.action == Action::Update);
        let Some(update) = update else { continue };
        // An update alone is `update-without-install`; its lists are still needed.
        if !packages().any(|call| call.manager.is_apt() && call.action != Action::Update) {
            continue;
        }
        let removed = scripts.iter().any(|script| {
            let mut removals = script.facts().removals.iter();
            removals.any(|removal| {
                removal.span.start > update.span.start && apt::clears_lists(file, run, removal)
            })
        });
        let cleaned = packages().any(apt::cleans_lists)
            || scripts.iter().any(|script| script.calls().iter().any(apt::may_clean));
        if removed || cleaned || !run.is_trigger && needed.contains(&run.index) {
            continue;
        }
        let span = update.subcommand.as_ref().map_or(update.span, |(_, span)| update.program.cover(*span));
        let finding = out.at(
            file.source,
            span,
            format!("the package lists stay in this layer and make the image larger; end the `RUN` with `rm -rf {LISTS}/*`"),
        );
        if let Some(edit) = behind_chain(file, run, &format!("rm -rf {LISTS}/*")) {
            finding.fix(Safety::Unsafe, "delete the package lists in this `RUN`", vec![edit]);
        }
    }
}
