use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::Findings;
use crate::rule::Context;

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in &file.instructions {
        let Kind::Workdir(word) = &instruction.kind else { continue };
        let expanded = file.expand(word, instruction);
        let Some(path) = expanded.text() else { continue };
        // A variable that is empty by default is not meant to stay so.
        if path.is_empty() || is_absolute(path) || word.text.starts_with('$') {
            continue;
        }
        // Any WORKDIR before it is absolute itself, of unknown value, or has been reported.
        if file.workdir_at(instruction).is_none() {
            out.at(
                file.source,
                word.span,
                format!(
                    "`{path}` is relative to the working directory of the base image; write the whole path"
                ),
            );
        }
    }
}

/// Also by Windows' reckoning: `C:\app`, `\app`.
fn is_absolute(path: &str) -> bool {
    let bytes = path.as_bytes();
    path.starts_with(['/', '\\']) || bytes.len() > 1 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':'
}
