use crate::dockerfile::{self, Dockerfile, ErrorKind};
use crate::finding::Findings;
use crate::rule::Context;

/// Further lines of the same fault that are shown with it.
const SHOWN: usize = 5;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    // The instruction of the last error, and how many lines its finding shows.
    let mut last: Option<(usize, usize)> = None;
    for error in file.errors.iter().filter(|error| error.kind == ErrorKind::UnknownInstruction) {
        let after = file.instructions.partition_point(|other| other.span.start <= error.span.start);
        let at = after.saturating_sub(1);
        // Lines below each other that begin with nothing like an instruction have one cause.
        if let Some((before, shown)) = last
            && before + 1 == at
            && dockerfile::meant(file.source.slice(error.span)).is_none()
            && let Some(found) = out.list.last_mut()
        {
            if shown < SHOWN {
                found.see(file.source, error.span, "and this line");
            }
            last = Some((at, shown + 1));
            continue;
        }
        out.at(file.source, error.span, error.message.clone());
        last = Some((at, 0));
    }
}
