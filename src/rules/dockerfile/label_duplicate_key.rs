use std::collections::HashMap;

use crate::dockerfile::{Assignment, Dockerfile, Instruction, Kind};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::text::{Edit, Span};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let mut keys: HashMap<(usize, &str), (Span, Option<Edit>)> = HashMap::new();
    for instruction in &file.instructions {
        let (Kind::Label(pairs), Some(stage)) = (&instruction.kind, instruction.stage) else { continue };
        for (at, pair) in pairs.iter().enumerate().filter(|(_, pair)| !pair.key.has_variable()) {
            let key = pair.key.text.trim_matches(['"', '\'']);
            let own = (pair.key.span, without(file, instruction, pairs, at));
            let Some((first, edit)) = keys.insert((stage, key), own) else { continue };
            let message = format!("label `{key}` is set again further down; remove one of the two");
            let found = out.at(file.source, first, message);
            found.see(file.source, pair.key.span, "this value counts");
            if let Some(edit) = edit {
                found.fix(Safety::Safe, "remove the first one", vec![edit]);
            }
        }
    }
}

/// Removes a label, with the whole instruction if it is the only one.
fn without(file: &Dockerfile, instruction: &Instruction, pairs: &[Assignment], at: usize) -> Option<Edit> {
    let text = file.source.text();
    if pairs.len() == 1 {
        let end = instruction.span.end as usize;
        let line_end = text[end..].find('\n').map_or(text.len(), |newline| end + newline + 1);
        return Some(Edit::delete(Span::new(instruction.span.start as usize, line_end)));
    }
    let (start, next) = (pairs[at].span.start, pairs.get(at + 1)?.span.start);
    let gap = Span { start: pairs[at].span.end, end: next };
    let is_blank = file.source.slice(gap).chars().all(|c| c.is_whitespace() || c == file.escape);
    is_blank.then(|| Edit::delete(Span { start, end: next }))
}
