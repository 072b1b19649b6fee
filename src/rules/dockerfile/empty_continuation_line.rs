use super::swallowed;
use crate::dockerfile::Dockerfile;
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::text::{Edit, Span};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let text = file.source.text();
    let mut instructions = file.instructions.iter().peekable();
    let mut lines = file.blank_continuations.iter().peekable();
    // One finding an instruction: its empty lines are put right in one go.
    while let Some(first) = lines.next() {
        while instructions.next_if(|instruction| instruction.span.end <= first.start).is_some() {}
        let end = instructions.peek().map_or(first.end, |instruction| instruction.span.end);
        let mut all = vec![*first];
        while let Some(line) = lines.next_if(|line| line.start < end) {
            all.push(*line);
        }
        // A blank line after the last line of an instruction interrupts nothing.
        if first.end >= end {
            continue;
        }
        // One that swallows the next instruction was not meant to go on.
        if instructions.peek().is_some_and(|instruction| !swallowed::of(file, instruction).is_empty()) {
            continue;
        }
        // An empty place cannot be shown, the mark before it can.
        let before = text[..first.start as usize].trim_end().len();
        let mark = Span::new(before - file.escape.len_utf8(), before);
        let message =
            "an empty line follows inside the instruction, which Docker will refuse in the future; remove it";
        let found = out.at(file.source, mark, message);
        for line in &all[1..] {
            found.see(file.source, *line, "and here");
        }
        let with_end = |line: &Span| {
            let newline = text[line.end as usize..].find('\n').map_or(0, |n| n + 1);
            Edit::delete(Span { start: line.start, end: line.end + newline as u32 })
        };
        found.fix(Safety::Safe, "remove the empty line", all.iter().map(with_end).collect());
    }
}
