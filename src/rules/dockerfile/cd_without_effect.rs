use super::folder_changes;
use crate::dockerfile::Dockerfile;
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for run in file.runs() {
        for script in run.scripts() {
            let Some(call) = folder_changes::last(script) else { continue };
            // Whoever has changed the folder before goes back, which does no harm. More operands are a lost command.
            let goes_back = script.calls().iter().filter(|call| call.is("cd")).count() > 1;
            if goes_back && call.operands().len() < 2 {
                continue;
            }
            let folder = call.operands().first().map_or("", |word| &*word.text);
            let message = format!(
                "this `cd` has no effect, because the next instruction starts in the old directory; use `WORKDIR {folder}`"
            );
            out.at(file.source, call.span(), message);
        }
    }
}
