use std::collections::HashSet;

use super::apt::{self, LISTS, Lists};
use crate::dockerfile::{Command, Dockerfile, Instruction};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::rules::dockerfile::shipping::in_image;
use crate::shell::{Action, Join, Script};
use crate::text::Edit;

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

/// The edit that adds a command behind commands that are all joined by `&&`, as the others are written: on their line, or
/// on a line of its own, with `&&` where theirs is.
fn behind_chain(file: &Dockerfile, run: &Instruction, command: &str) -> Option<Edit> {
    let script: &Script = run.script()?;
    let Some(Command::Shell(_)) = run.command() else { return None };
    // With a heredoc the script is another text, or goes on in one.
    if !run.heredocs.is_empty() {
        return None;
    }
    let chain = script.pipelines.iter().all(|pipeline| matches!(pipeline.joined_by, Join::Start | Join::And));
    let last = script.pipelines.last()?.span;
    let rest = file.source.text().get(last.end as usize..run.span.end as usize)?;
    if !(chain && rest.trim().is_empty()) {
        return None;
    }
    let text = file.source.text();
    let line_start = file.source.line_span(file.source.line_of(last.start as usize)).start as usize;
    let at = last.end as usize;
    let before = &text[line_start..last.start as usize];
    let (escape, newline) = (file.escape, file.source.newline());
    // How the last command begins its line; arguments on further lines do not count.
    let indent = &before[..before.len() - before.trim_start().len()];
    let (leads, begins) = (before.trim() == "&&", before.trim().is_empty());
    let several = text[run.span.start as usize..at].contains('\n');
    let insert = match () {
        () if leads => format!(" {escape}{newline}{indent}&& {command}"),
        () if begins => format!(" && {escape}{newline}{indent}{command}"),
        // `RUN a && b \` with b's arguments below: behind them, indented like them.
        () if several => {
            let line = file.source.line_span(file.source.line_of(at)).start as usize;
            let line = &text[line..at];
            let indent = &line[..line.len() - line.trim_start().len()];
            format!(" {escape}{newline}{indent}&& {command}")
        }
        () => format!(" && {command}"),
    };
    Some(Edit::insert(at, insert))
}
