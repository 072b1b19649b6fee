use super::froms;
use crate::dockerfile::{Dockerfile, FromRef};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    froms::each(file, |instruction, word| {
        let FromRef::Later(stage) = file.resolve_from(word, instruction) else { return };
        let found = out.at(
            file.source,
            word.span,
            format!("stage `{}` is defined later; move it above this stage", word.text),
        );
        if let Some(from) = file.from_of(stage) {
            let place = from.name.as_ref().map_or(from.image.span, |name| name.span);
            found.see(file.source, place, "the stage is defined here");
        }
    });
}
