use super::froms;
use crate::dockerfile::{Dockerfile, FromRef};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    froms::each(file, |instruction, word| {
        if let FromRef::Itself(_) = file.resolve_from(word, instruction) {
            out.at(
                file.source,
                word.span,
                format!("stage `{}` copies from itself; name another stage, or use `RUN cp`", word.text),
            );
        }
    });
}
