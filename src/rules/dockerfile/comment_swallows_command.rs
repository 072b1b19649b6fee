use crate::dockerfile::{Command, Dockerfile, Instruction};
use crate::finding::Findings;
use crate::rule::Context;
use crate::text::Span;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in file.all() {
        let Some((comment, lost)) = swallowed(file, instruction) else { continue };
        let message = "this comment also hides the lines after it, because Docker joins them into one line; move it to \
                       its own line";
        out.at(file.source, comment, message).see(file.source, lost, "this never runs");
    }
}

/// The comment behind the last command that the shell sees, and what stands on the lines after it.
fn swallowed(file: &Dockerfile, instruction: &Instruction) -> Option<(Span, Span)> {
    let Some(Command::Shell(line)) = instruction.command() else { return None };
    if !instruction.heredocs.is_empty() || !line.text.contains('#') {
        return None;
    }
    let script = instruction.script()?;
    let whole = line.span(0..line.text.len());
    let text = &file.source.text()[..whole.end as usize];
    let mut at = script.pipelines.last().map_or(whole.start, |pipeline| pipeline.span.end) as usize;
    // Operators, continuations and whole lines of comment, which Docker takes out, may stand between.
    let mut line_start = at == whole.start as usize;
    loop {
        let rest = &text[at..];
        let c = rest.chars().next()?;
        match c {
            '\n' => line_start = true,
            '#' if line_start && at != whole.start as usize => {
                at += rest.find('\n')?;
                continue;
            }
            '#' => break,
            _ if c.is_whitespace() || c == file.escape => {}
            '&' | '|' | ';' => line_start = false,
            _ => return None,
        }
        at += c.len_utf8();
    }
    let end = at + text[at..].find('\n')?;
    let mut from = end + 1;
    for line in text[from..].split_inclusive('\n') {
        let bare = line.trim();
        let is_empty = bare.is_empty() || bare.starts_with('#') || bare.chars().eq([file.escape]);
        if !is_empty {
            let start = from + line.len() - line.trim_start().len();
            let lost = bare.trim_end_matches(file.escape).trim_end();
            let comment = text[at..end].trim_end().trim_end_matches(file.escape).trim_end();
            return Some((Span::new(at, at + comment.len()), Span::new(start, start + lost.len())));
        }
        from += line.len();
    }
    None
}
