use super::caches::{self, Left};
use super::chain;
use super::naming::named;
use crate::dockerfile::{Dockerfile, Instruction};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::shell::{Action, Manager, PackageCall};
use crate::text::Edit;

const FLAG: &str = "--no-cache";

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for Left { run, calls } in caches::APK.left(file) {
        let (updates, others): (Vec<&PackageCall>, Vec<&PackageCall>) =
            calls.iter().partition(|call| call.action == Action::Update);
        if let Some(first) = others.first() {
            let (what, span) = named(file, first);
            let finding = out.at(
                file.source,
                span,
                format!("`{what}` keeps the package index in this layer; add `{FLAG}`"),
            );
            if let Some(edits) = edits(file, run, &updates, &others) {
                finding.fix(Safety::Safe, format!("add `{FLAG}`"), edits);
            }
        } else if let Some(first) = updates.first()
            && installs(run)
        {
            let (what, span) = named(file, first);
            let finding = out.at(
                file.source,
                span,
                format!("`{what}` keeps the package index in this layer, and `{FLAG}` does not use it; remove the update"),
            );
            if let Some(edits) = edits(file, run, &updates, &[]) {
                finding.fix(Safety::Safe, "remove the update", edits);
            }
        }
    }
}

/// The same RUN installs as well.
fn installs(run: &Instruction) -> bool {
    let mut calls = run.scripts().iter().flat_map(|script| &script.facts().packages);
    calls.any(|call| call.manager == Manager::Apk && call.action.installs())
}

/// Adds the flag, and takes away the updates, which are of no use then. `None` if one of them cannot be cut out.
fn edits(
    file: &Dockerfile,
    run: &Instruction,
    updates: &[&PackageCall],
    others: &[&PackageCall],
) -> Option<Vec<Edit>> {
    let cut = updates.iter().map(|call| chain::without(file, run, call.span).map(Edit::delete));
    let add = others.iter().map(|call| {
        let (_, span) = call.subcommand.as_ref()?;
        Some(Edit::insert(span.end as usize, format!(" {FLAG}")))
    });
    cut.chain(add).collect()
}
