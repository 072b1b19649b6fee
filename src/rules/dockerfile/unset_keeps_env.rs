use crate::dockerfile::{Dockerfile, Origin};
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::{CommandKind, Word};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs() {
        // Nothing comes after it that could miss the variable.
        let last = run.script().and_then(|script| script.pipelines.last());
        let Some([command]) = last.map(|pipeline| &pipeline.commands[..]) else { continue };
        let CommandKind::Simple { words, .. } = &command.kind else { continue };
        let Some((name, names)) = words.split_first().filter(|(name, _)| &*name.text == "unset") else {
            continue;
        };
        let is_env = |word: &&Word| matches!(file.lookup(&word.text, run).origin, Origin::Env(_));
        if let Some(word) = names.iter().find(is_env) {
            let message = format!(
                "`{0}` stays set in the image, because `unset` ends with this `RUN`; set it in the `RUN` that needs it \
                 instead of with `ENV`",
                word.text
            );
            out.at(file.source, name.span.cover(word.span), message);
        }
    }
}
