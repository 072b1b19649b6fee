use super::swallowed;
use crate::dockerfile::Dockerfile;
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::text::{Edit, Span};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    let text = file.source.text();
    for instruction in file.instructions.iter().filter(|instruction| !instruction.has_error) {
        for one in swallowed::of(file, instruction) {
            let keyword = file.source.slice(one.keyword);
            let message = format!(
                "`{keyword}` is an argument of the `{}` above, because the line before ends with `{}`; remove it there",
                instruction.keyword.text, file.escape
            );
            let found = out.at(file.source, one.keyword, message);
            found.see(file.source, one.escape, "this continues the instruction");
            let before = text[..one.escape.start as usize].trim_end();
            // What ends with an operator waits for another command.
            if !before.ends_with(['&', '|', ';', ',', '(', '{']) {
                let edit = Edit::delete(Span { start: before.len() as u32, end: one.escape.end });
                found.fix(Safety::Unsafe, format!("remove the `{}`", file.escape), vec![edit]);
            }
        }
    }
}
