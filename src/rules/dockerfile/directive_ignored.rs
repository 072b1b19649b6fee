use crate::dockerfile::Dockerfile;
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::text::{Edit, Span};

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for &comment in &file.comments {
        let text = file.source.slice(comment);
        let Some((name, value)) = text.trim_start_matches('#').trim_start().split_once('=') else { continue };
        let (name, value) = (name.trim(), value.trim());
        let is_file = value.starts_with("docker/dockerfile");
        // `check` may stand above an instruction, too.
        let mut meant = None;
        let message = match &*name.to_ascii_lowercase() {
            "syntax" if is_file => {
                format!("`{name}` has no effect here; move it to the first line of the file")
            }
            "escape" if matches!(value, "`" | "\\") => {
                format!("`{name}` has no effect here; move it to the first line of the file")
            }
            other if is_file && strsim::osa_distance(other, "syntax") <= 2 => {
                meant = text.find(name).map(|at| comment.start as usize + at);
                format!("`{name}` is not a directive; write `syntax`")
            }
            _ => continue,
        };
        let found = out.at(file.source, comment, message);
        if let Some(at) = meant {
            let edit = Edit::replace(Span::new(at, at + name.len()), "syntax");
            found.fix(Safety::Unsafe, "write `syntax`", vec![edit]);
        }
    }
}
