use std::cell::OnceCell;

use super::build_tools::{self, BuildPackage};
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
        let (names, verb) = list(&left, "is installed", "are installed");
        out.at(
            file.source,
            first.span,
            format!("{names} {verb} in the shipped stage; install build tools in a build stage and copy the result"),
        );
    }
}

/// The first three names, and the verb that goes with them.
pub(super) fn list<'v>(packages: &[BuildPackage], one: &'v str, many: &'v str) -> (String, &'v str) {
    let mut names: Vec<String> = Vec::new();
    for package in packages {
        let name = format!("`{}`", package.name);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let verb = if names.len() == 1 { one } else { many };
    if names.len() > 3 {
        let rest = names.len() - 2;
        names.truncate(2);
        names.push(format!("{rest} more"));
    }
    let last = names.pop().unwrap_or_default();
    let text = if names.is_empty() { last } else { format!("{} and {last}", names.join(", ")) };
    (text, verb)
}
