use super::froms;
use crate::dockerfile::{Dockerfile, FromRef, Kind};
use crate::finding::Findings;
use crate::rule::Context;

/// Mounts of RUN are checked by the parser, which knows all their options.
pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    froms::each(file, |instruction, word| {
        if !matches!(instruction.kind, Kind::Copy(_))
            || file.resolve_from(word, instruction) != FromRef::Variable
        {
            return;
        }
        let message = "Docker does not replace variables here, so the build stops; use the variable in `FROM … AS name`, with \
                       its `ARG` before the first `FROM`, and copy from that stage";
        out.at(file.source, word.span, message);
    });
}
