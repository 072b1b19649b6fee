use super::{is_test, only, scripts};
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{CommandKind, Join, Pipeline, commands};
use crate::text::{Span, last_part};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for code in scripts(file) {
        for seen in commands(code.script) {
            let pipelines = &seen.list.pipelines;
            let is_first = std::ptr::eq(seen.command, &raw const seen.pipeline().commands[0]);
            if !is_first || seen.tested || seen.at < 2 {
                continue;
            }
            let [before, then, otherwise] = &pipelines[seen.at - 2..=seen.at] else { continue };
            if then.joined_by != Join::And || otherwise.joined_by != Join::Or {
                continue;
            }
            // What only prints does not fail.
            if is_test(then) || cannot_mislead(then) || otherwise.negated || cannot_mislead(otherwise) {
                continue;
            }
            let operator = Span { start: before.span.end, end: then.span.start };
            let start = operator.start as usize + file.source.slice(operator).find("&&").unwrap_or(0);
            let message = "`A && B || C` is not if-then-else: `C` also runs if `B` fails; use `if`";
            let found = out.at(file.source, Span::new(start, start + 2), message);
            found.see(file.source, otherwise.span, "this also runs if the command before it fails");
        }
    }
}

/// It ends the script, or only says something.
fn cannot_mislead(pipeline: &Pipeline) -> bool {
    only(pipeline).is_some_and(|command| match &command.kind {
        CommandKind::Simple { words, .. } => words.first().is_none_or(|word| {
            matches!(last_part(&word.text), "echo" | "exit" | "return" | "printf" | "true" | ":")
        }),
        CommandKind::Group(script) | CommandKind::Subshell(script) => {
            script.pipelines.last().is_some_and(ends_script)
        }
        CommandKind::Compound { .. } => false,
    })
}

fn ends_script(pipeline: &Pipeline) -> bool {
    only(pipeline).is_some_and(|command| match &command.kind {
        CommandKind::Simple { words, .. } => {
            words.first().is_some_and(|word| matches!(&*word.text, "exit" | "return" | "false"))
        }
        _ => false,
    })
}
