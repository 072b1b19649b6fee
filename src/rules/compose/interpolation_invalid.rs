use crate::compose::{self, ComposeFile, Piece};
use crate::container::At;
use crate::finding::Findings;
use crate::rule::Context;
use crate::text::Span;

pub fn compose(cx: &Context, file: &ComposeFile, out: &mut Findings) {
    // Another program may read the file, with variables of its own.
    if !compose::is_named_for_compose(file.source.path()) {
        return;
    }
    for (node, piece) in file.variables() {
        let Piece::Invalid(range) = piece else { continue };
        // The expression ends with its word; the piece with its line.
        let span = match node.verbatim() {
            Some(start) => Span::new(start + range.start, start + range.start + 2),
            None => node.span(),
        };
        let message = "Compose cannot read the variable that begins here, and refuses the file; write `$$` for a dollar \
                       sign, or correct it";
        out.on(cx, At::new(file.id, span), message);
    }
}
