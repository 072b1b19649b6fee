use super::froms;
use crate::dockerfile::{Dockerfile, FromRef, Kind};
use crate::finding::Findings;
use crate::rule::Context;

/// What a mount of RUN names is the parser's, which knows all options of mounts.
pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    froms::each(file, |instruction, word| {
        if !matches!(instruction.kind, Kind::Copy(_))
            || file.resolve_from(word, instruction) != FromRef::Variable
        {
            return;
        }
        let message = "Docker replaces no variable here, and the build stops; give the image a stage, `FROM … AS name`, with its \
                       `ARG` before the first `FROM`, and name that";
        out.at(file.source, word.span, message);
    });
}
