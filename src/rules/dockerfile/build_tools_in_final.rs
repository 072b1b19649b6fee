use std::cell::OnceCell;

use super::{build_tools, listing};
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    // A file with one stage is `require-multi-stage`'s.
    if file.stages.len() < 2 {
        return;
    }
    let at_run = OnceCell::new();
    let mut told = Vec::new();
    for stage in file.stages.iter().filter(|stage| stage.ships) {
        if build_tools::toolchain(file, stage.index).is_some()
            || !build_tools::is_application(cx, file, stage.index)
        {
            continue;
        }
        let left = build_tools::left_in(file, stage.index);
        let Some(first) = left.first() else { continue };
        if *at_run.get_or_init(|| build_tools::compiles_at_run(file)) {
            return;
        }
        // Shipped stages may share the stage that installs them.
        if told.contains(&first.span) {
            continue;
        }
        told.push(first.span);
        let (names, verb) =
            listing::list(left.iter().map(|package| &*package.name), "is installed", "are installed");
        out.at(
            file.source,
            first.span,
            format!("{names} {verb} in the shipped stage; install build tools in a build stage and copy the result"),
        );
    }
}
