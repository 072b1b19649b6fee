use super::arrays;
use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::{Findings, Safety};
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in file.all().filter(|instruction| !instruction.has_error) {
        let Some(broken) = arrays::broken(file, instruction) else { continue };
        let taken_for = match instruction.kind {
            Kind::Copy(_) | Kind::Add(_) | Kind::Volume(_) => "reads as paths",
            _ => "runs as a shell command",
        };
        let message = format!("malformed JSON array, which Docker {taken_for}: {}", broken.why);
        // A place for an insertion is shown with the character before it.
        let at =
            if broken.at.is_empty() { broken.at.start.saturating_sub(1)..broken.at.start } else { broken.at };
        let is_character = broken.text.text.is_char_boundary(at.start);
        let whole = broken.text.span(0..broken.text.text.len());
        let span = if is_character && !at.is_empty() { broken.text.span(at) } else { whole };
        let found = out.at(file.source, span, message);
        if let Some(edits) = broken.edits {
            found.fix(Safety::Unsafe, "write a valid JSON array", edits);
        }
    }
}
