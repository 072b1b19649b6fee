use super::scripts;
use crate::dockerfile::{Dialect, Dockerfile};
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{CommandKind, Script, What, splits};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for code in scripts(file) {
        for split in splits(code.script, code.dialect == Dialect::Sh, &|_| false) {
            let What::Command(substitution) = split.what else { continue };
            // Their output is a list.
            if !matches!(only_command(&substitution.script), Some("seq" | "pgrep")) {
                let message = "the output of this command is split at blanks and expanded as a pattern; \
                    put it in double quotes";
                out.at(file.source, split.span, message);
            }
        }
    }
}

/// The name of the command, if there is one alone.
fn only_command(script: &Script) -> Option<&str> {
    let [pipeline] = &script.pipelines[..] else { return None };
    let [command] = &pipeline.commands[..] else { return None };
    match &command.kind {
        CommandKind::Simple { words, .. } => words.first()?.literal(),
        _ => None,
    }
}
