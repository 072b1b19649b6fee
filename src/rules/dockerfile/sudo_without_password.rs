use super::shipping::in_image;
use super::sudo_used;
use crate::dockerfile::{Dockerfile, Instruction, Kind};
use crate::finding::Findings;
use crate::rule::Context;
use crate::shell::Script;
use crate::text::Span;

const MARK: &str = "NOPASSWD";

pub fn dockerfile(cx: &Context, file: &Dockerfile, out: &mut Findings) {
    if !file.source.text().contains(MARK) {
        return;
    }
    for instruction in file.all().filter(|instruction| in_image(file, instruction)) {
        // Whoever works in the container is meant to become root.
        if sudo_used::is_workplace(cx, file, instruction) {
            continue;
        }
        if let Some(span) = written(file, instruction) {
            let message = "with `NOPASSWD` the user becomes root without a password, so `USER` protects nothing; remove \
                           `sudo`, and do what needs root before `USER`";
            out.at(file.source, span, message);
        }
    }
}

/// Where an instruction writes the word into a file of sudo.
fn written(file: &Dockerfile, instruction: &Instruction) -> Option<Span> {
    let within = |span: Span| {
        let text = file.source.slice(span);
        // Some commands only are another matter.
        let for_all = |at: usize| text[at + MARK.len()..].trim_start_matches([':', ' ']).starts_with("ALL");
        let at = text.match_indices(MARK).map(|(at, _)| at).find(|&at| for_all(at))?;
        Some(span.start as usize + at).map(|at| Span::new(at, at + MARK.len()))
    };
    match &instruction.kind {
        Kind::Copy(_) | Kind::Add(_) => instruction.heredocs.iter().find_map(|heredoc| within(heredoc.body)),
        Kind::Run(_) => {
            let calls: Vec<_> = instruction.scripts().iter().flat_map(Script::calls).collect();
            let writes = calls.iter().filter(|call| !matches!(call.name(), Some("grep" | "egrep")));
            let mut words = writes.flat_map(|call| {
                let bodies = call.redirects().iter().filter_map(|redirect| redirect.body.as_ref());
                call.args().iter().chain(bodies)
            });
            words.find_map(|word| within(word.span))
        }
        _ => None,
    }
}
