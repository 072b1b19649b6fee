//! Commands that are added to a RUN, in the style of those that are there.

use crate::dockerfile::{self, Dockerfile, Instruction};
use crate::shell::{Command, CommandKind, Join, Script};
use crate::text::{Edit, Span};

/// The edit that adds a command behind commands that are all joined by `&&`, or that follow `set -e` and `;`, as the others
/// are written: on their line, or on a line of its own, with `&&` where theirs is.
pub(super) fn behind_chain(file: &Dockerfile, run: &Instruction, command: &str) -> Option<Edit> {
    let script: &Script = run.script()?;
    let Some(dockerfile::Command::Shell(_)) = run.command() else { return None };
    // With a heredoc the script is another text, or goes on in one.
    if !run.heredocs.is_empty() {
        return None;
    }
    let joined = joined(file, script)?;
    let last = script.pipelines.last()?.span;
    let rest = file.source.text().get(last.end as usize..run.span.end as usize)?;
    if !rest.trim().is_empty() {
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
    let insert = match joined {
        Joined::Semicolon if begins => format!("; {escape}{newline}{indent}{command}"),
        Joined::Semicolon => format!("; {command}"),
        Joined::And => match () {
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
        },
    };
    Some(Edit::insert(at, insert))
}

/// How the commands of a script are joined.
#[derive(Clone, Copy)]
enum Joined {
    And,
    Semicolon,
}

/// `None` if the script goes on after a command that fails, or is not a list.
fn joined(file: &Dockerfile, script: &Script) -> Option<Joined> {
    if script.pipelines.iter().all(|pipeline| matches!(pipeline.joined_by, Join::Start | Join::And)) {
        return Some(Joined::And);
    }
    let calls = script.calls();
    let stops = calls.first().is_some_and(|call| call.is("set") && call.has_flag('e', ""));
    let semicolons = script.pipelines.windows(2).all(|pair| {
        let between = Span { start: pair[0].span.end, end: pair[1].span.start };
        match pair[1].joined_by {
            Join::Then => file.source.slice(between).contains(';'),
            Join::And => true,
            _ => false,
        }
    });
    (stops && semicolons).then_some(Joined::Semicolon)
}

/// What to delete so that a command of a chain is gone: it, and the `&&` behind it with what lies between. `None` if it
/// is not a command of its own, or the last of the chain.
pub(super) fn without(file: &Dockerfile, run: &Instruction, command: Span) -> Option<Span> {
    run.scripts().iter().find_map(|script| {
        let after = script.pipelines.partition_point(|pipeline| pipeline.span.start <= command.start);
        let at = after.checked_sub(1).filter(|&at| script.pipelines[at].span.contains(command))?;
        let (own, next) = (&script.pipelines[at], script.pipelines.get(after)?);
        let alone = matches!(&*own.commands, [Command { kind: CommandKind::Simple { .. }, .. }]);
        let chained = matches!(own.joined_by, Join::Start | Join::And) && next.joined_by == Join::And;
        let cut = Span { start: own.span.start, end: next.span.start };
        // A comment between the two stays.
        (alone && chained && !file.source.slice(cut).contains('#')).then_some(cut)
    })
}
