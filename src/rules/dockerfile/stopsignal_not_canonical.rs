use crate::dockerfile::{Dockerfile, Kind};
use crate::finding::{Findings, Safety};
use crate::rule::Context;
use crate::text::Edit;

/// Signals that stop a program, by number; the numbers are the same on all systems that run containers.
const SIGNALS: [(&str, &str); 7] = [
    ("1", "HUP"),
    ("2", "INT"),
    ("3", "QUIT"),
    ("10", "USR1"),
    ("12", "USR2"),
    ("15", "TERM"),
    ("28", "WINCH"),
];

pub fn dockerfile(_cx: &Context, file: &Dockerfile, out: &mut Findings) {
    for instruction in &file.instructions {
        let Kind::Stopsignal(word) = &instruction.kind else { continue };
        let written = word.text.to_ascii_uppercase();
        let bare = written.strip_prefix("SIG").unwrap_or(&written);
        let Some((_, name)) = SIGNALS.iter().find(|(number, name)| bare == *number || bare == *name) else {
            continue;
        };
        let name = format!("SIG{name}");
        if word.text != name {
            let message = format!("`{}` is not the usual name of this signal; write `{name}`", word.text);
            let edit = Edit::replace(word.span, name.clone());
            out.at(file.source, word.span, message).fix(Safety::Safe, format!("write `{name}`"), vec![edit]);
        }
    }
}
