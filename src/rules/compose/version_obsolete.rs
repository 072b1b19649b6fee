use crate::compose::ComposeFile;
use crate::container::At;
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::text::{Edit, Span};
use crate::yaml;

pub fn compose(cx: &Context, file: &ComposeFile, out: &mut Findings) {
    // `docker stack deploy` reads it.
    if cx.project.around.swarm {
        return;
    }
    for root in file.yaml.documents() {
        let Some(entry) = root.entry("version").filter(|entry| entry.merged.is_none()) else { continue };
        let at = At::new(file.id, entry.key_span());
        let finding = out.on(cx, at, "Compose ignores `version` and prints a warning; remove it");
        // An anchor may be needed further down.
        if entry.value.anchor().is_some() {
            continue;
        }
        if let Some(lines) = yaml::entry_lines(&entry) {
            let edit = Edit::delete(with_blank_line(file.source.text(), lines));
            finding.fix(Safety::Safe, "remove `version`", vec![edit]);
        }
    }
}

/// The lines and the blank one after them, if otherwise two blank lines would meet or the file would begin with one.
fn with_blank_line(text: &str, lines: Span) -> Span {
    let (before, after) = (&text[..lines.start as usize], &text[lines.end as usize..]);
    let blank = ["\n", "\r\n"].iter().find(|end| after.starts_with(**end));
    let alone =
        before.is_empty() || before.ends_with("\n\n") || before.ends_with("\n\r\n") || before == "\u{feff}";
    match blank {
        Some(end) if alone => Span::new(lines.start as usize, lines.end as usize + end.len()),
        _ => lines,
    }
}
